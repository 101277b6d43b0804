#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""noroshi run --source bpf ends: what the kernel has counted until then is in
the log of flows, to the packet and for each tenant, with more flows than are
told in one go, and while packets go on to come.
usage: kernel_end.py NOROSHI SOURCE_DIR WORK_DIR"""
import collections
import json
import os
import re
import shutil
import subprocess
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import net  # noqa: E402

noroshi, source, work = sys.argv[1:4]
PORT, MANY, FEW = 9999, 30_000, 2_000
place = os.path.join(work, "kernel-end")
failures = []


def check(holds, text):
    if not holds:
        failures.append(text)
        print("FAILED:", text)


def sensor(name):
    config = f"{place}/{name}.yaml"
    net.replace(config, f"""
sensor: {{source: bpf}}
interfaces: [{{name: c0, promiscuous: yes}}]
indicators: [{{file: {place}/list.txt}}]
home_net: [{net.CLIENT}/32]
workers: 2
control: {{socket: ""}}
state: {{dir: {place}/state}}
out: {{dir: {place}/{name}, logs: {{flows: yes}}}}
""")
    run = net.Sensor(hosts, noroshi, "-c", config)
    net.flows_are_kept(run)
    return run


def flood(*arguments):
    return hosts.python(hosts.server, "flood", "s0", PORT, *arguments)


def logged(name):
    """Packets by flow: client and VLAN."""
    packets = collections.Counter()
    for log in os.listdir(f"{place}/{name}"):
        if not log.startswith("flows-"):
            continue
        done = subprocess.run(["zstd", "-dcq", f"{place}/{name}/{log}"],
                              stdout=subprocess.PIPE, check=True)
        for line in done.stdout.splitlines():
            flow = json.loads(line)
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
if shutil.which("zstd") is None:
    net.skip("no zstd command")
shutil.rmtree(place, ignore_errors=True)
os.makedirs(place)
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
if failures:
    print("\n".join(many.lines + few.lines))
print("failed:", len(failures))
sys.exit(1 if failures else 0)
