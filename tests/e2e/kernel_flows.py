#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""noroshi run --source bpf in network namespaces, beside one that reads all
packets: the same hits of addresses, names and hosts; what was not looked into
is counted to the packet; the programs are gone afterwards.
usage: kernel_flows.py NOROSHI SOURCE_DIR WORK_DIR"""
import json
import os
import re
import subprocess
import time

import case
import net
import written
from case import check, until

noroshi, source, place = case.begin()
PORT, BULK_PORT, BULK = 8080, 8081, 20_000_000
MUCH = "indicator--6f6b5c0e-6c0a-4e5c-9d0a-0d7a3f6f7c11"


def identity(hit):
    return (hit["indicator"], hit["field"], hit["value"], hit["own"]["ip"],
            hit["own"]["port"], hit["peer"]["ip"], hit["peer"]["port"])


def outcomes(found):
    return sorted((identity(hit), hit["outcome"]) for hit in found)


def sensor(name, *more):
    out = os.path.join(place, name)
    os.makedirs(out)
    run = net.Sensor(hosts, noroshi, "--indicators", f"{place}/list.txt",
                     "--indicators", f"{place}/much.json",
                     "--out", out, "--socket", f"{out}/sock", *more)
    run.wait_for("running")
    return run


def counted(lines):
    """Packets and octets that were not looked into."""
    for line in lines:
        found = re.search(r"kernel alone: (\d+) packets, (\d+) octets", line)
        if found:
            return tuple(map(int, found.groups()))
    return 0, 0


def programs():
    """Ids of those that keep flows, another sensor's too."""
    done = subprocess.run(["bpftool", "prog", "show"], text=True,
                          capture_output=True, check=False)
    return set(re.findall(r"^(\d+): .* name nrs_flows ", done.stdout, re.M))


net.need_rights()
others = programs()
with open(f"{place}/list.txt", "w", encoding="utf-8") as file:
    file.write(f"{net.SERVER}\nshop-1.example\nshop-7.example\n"
               f"{net.SERVER}:{BULK_PORT}\n")
# What only the kernel can have counted.
with open(f"{place}/much.json", "w", encoding="utf-8") as file:
    json.dump({"type": "indicator", "spec_version": "2.1",
               "id": MUCH, "created": "2026-01-01T00:00:00.000Z",
               "modified": "2026-01-01T00:00:00.000Z",
               "valid_from": "2026-01-01T00:00:00Z", "pattern_type": "stix",
               "pattern": f"[network-traffic:dst_byte_count > {BULK} AND "
                          "network-traffic:dst_packets > 100 AND "
                          f"network-traffic:dst_port = {BULK_PORT}]"}, file)

with net.Net() as hosts:
    hosts.web(PORT)
    hosts.python(hosts.server, "bulk", BULK_PORT, BULK)
    time.sleep(0.5)
    packets = sensor("packets")
    flows = sensor("flows", "--source", "bpf")
    net.flows_are_kept(flows)
    check(programs() - others, "the programs are at the interface")
    hosts.python(hosts.client, "browse", PORT, "shop", 20, 0.01).wait()
    hosts.python(hosts.client, "fetch", BULK_PORT, BULK).wait()
    time.sleep(1)
    check(packets.end() == 0, "the one that reads packets ends well")
    check(flows.end() == 0, "the one that reads flows ends well")
    # The kernel takes its time with them.
    check(until(lambda: programs() <= others, 10), "the programs are gone")

counts = counted(flows.lines)
all_packets, of_flows = (written.hits(f"{place}/{name}")
                         for name in ("packets", "flows"))
check(len(all_packets) >= 24, f"{len(all_packets)} hits of packets")
check(outcomes(all_packets) == outcomes(of_flows),
      "both tell the same hits and outcomes: "
      f"{set(outcomes(all_packets)) ^ set(outcomes(of_flows))}")
check(MUCH in {hit["indicator"] for hit in of_flows},
      "what the kernel counted is the flow's")
check(counts[0] > 100 and counts[1] > BULK * 0.99,
      f"what was not looked into is counted: {counts}")
if case.failed():
    print("\n".join(flows.lines))
case.end()
