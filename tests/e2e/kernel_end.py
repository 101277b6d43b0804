#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""noroshi run --source bpf ends: what the kernel has counted until then is in
the log of flows, to the packet and for each tenant, with more flows than are
told in one go, and while packets go on to come.
usage: kernel_end.py NOROSHI SOURCE_DIR WORK_DIR"""
import collections
import re
import time

import case
import net
import written
from case import check

noroshi, source, place = case.begin()
PORT, MANY, FEW = 9999, 30_000, 2_000


def sensor(name):
    run = net.Sensor(hosts, noroshi, "-c", net.config(
        place, name, sensor={"source": "bpf"}, workers=2,
        interfaces=[{"name": "c0", "promiscuous": True}],
        control={"socket": ""},
        out={"dir": f"{place}/{name}", "logs": {"flows": True}}))
    net.flows_are_kept(run)
    return run


def flood(*arguments):
    return hosts.python(hosts.server, "flood", "s0", PORT, *arguments)


def logged(name):
    """Packets by flow: client and VLAN."""
    packets = collections.Counter()
    for flow in written.logs(f"{place}/{name}", "flows-"):
        if flow["server"].get("port") == PORT:
            packets[flow["client"]["ip"], flow["vlan"]] += (
                flow["client"]["packets"])
    return packets


def seen(run):
    """Packets that passed the program, and those that it lost."""
    for line in run.lines:
        found = re.search(r"kernel has seen (\d+) packets, (\d+) ", line)
        if found:
            return tuple(map(int, found.groups()))
    return 0, 0


net.need_rights()
case.need("zstd")
net.replace(f"{place}/list.txt", "never.example\n")
with net.Net() as hosts:
    for name in (hosts.client, hosts.server):
        hosts.ip("netns", "exec", name, "sysctl", "-qw",
                 "net.ipv6.conf.all.disable_ipv6=1")
    # Three of each: the last one is known to the kernel alone.
    many = sensor("many")
    flood(MANY, 3).wait()
    check(many.end() == 0, "with many flows it ends well")
    few = sensor("few")
    going_on = flood(FEW, 0)
    time.sleep(2)
    check(few.end() == 0, "while packets come it ends well")
    going_on.kill()

packets = logged("many")
check(len(packets) == MANY, f"{len(packets)} of {MANY} flows are logged")
check(set(packets.values()) == {3},
      f"with their packets: {collections.Counter(packets.values())}")
packets = logged("few")
passed, lost = seen(few)
check(len(packets) == FEW, f"{len(packets)} of {FEW} flows are logged")
check(passed > 3 * FEW and sum(packets.values()) == passed,
      f"{sum(packets.values())} of {passed} packets are logged, {lost} lost")
if case.failed():
    print("\n".join(many.lines + few.lines))
case.end()
