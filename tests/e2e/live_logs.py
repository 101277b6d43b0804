#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""noroshi run with logs of all traffic, in network namespaces: what hit is
found in them again, flows name their sensor, a collector is told of them, and
kill -9 leaves what was written until then, which a later run keeps.
usage: live_logs.py NOROSHI SOURCE_DIR WORK_DIR"""
import json
import os
import shutil
import subprocess
import time

import case
import net
import written
from case import check, until

noroshi, source, place = case.begin()
PORT = 8080
out = os.path.join(place, "out")


def logs(ending):
    return sorted(os.path.join(out, name) for name in os.listdir(out)
                  if name.endswith(ending))


def find(*paths):
    """Hits of the list in logs."""
    subprocess.run([noroshi, "match", "--indicators", f"{place}/list.txt",
                    "--home-net", f"{net.CLIENT}/32", "--out",
                    f"{place}/retro", *paths], capture_output=True)
    return written.lines(f"{place}/retro/hits.jsonl")


def asked_by_lab():
    """HTTP requests in the counters of all hours."""
    told = case.run(noroshi, "hours", "--json", out)
    rows = [json.loads(line) for line in told.stdout.splitlines()]
    return sum(row.get("asked", {}).get("http", 0) for row in rows
               if row.get("tenant") == "lab")


def browse(hosts, name, count):
    hosts.python(hosts.client, "browse", PORT, name, count, 0.02).wait()


net.need_rights()
net.replace(f"{place}/list.txt",
            f"{net.SERVER}\nshop-1.example\nlate-2.example\nother.example\n")
config = net.config(
    place, sensor={"name": "edge-07"}, workers=2, control={"socket": ""},
    out={"dir": out,
         "logs": {"flows": True, "observations": True, "hours": True,
                  "write": "10s", "location": "hall 2"},
         "ipfix": {"collector": "127.0.0.1:4739", "domain": 5}},
    tenants={"lab": {"nets": f"{net.CLIENT}/32"}})
with net.Net() as hosts:
    hosts.web(PORT)
    hosts.python(hosts.client, "collect", 4739, f"{place}/messages")
    sensor = net.Sensor(hosts, noroshi, "-c", config)
    sensor.wait_for("running")
    browse(hosts, "shop", 6)
    time.sleep(0.5)  # what it still has to read
    check(sensor.end() == 0, "SIGTERM ends with status 0")
    live = written.hits(out)
    check(len(live) == 7, f"6 addresses and a name, not {len(live)} hits")
    seen = logs(".nrslog")
    flows = [path for path in logs(".jsonl.zst") if "flows-" in path]
    check(asked_by_lab() == 6, "six requests of the tenant")
    check(seen and flows and not logs(".part"), f"{seen} {flows}")
    retro = find(*seen)
    check({(hit["indicator"], hit["own"]["ip"]) for hit in retro} ==
          {(hit["indicator"], hit["own"]["ip"]) for hit in live},
          "the same indicators in the log")
    by_address = [hit for hit in retro if hit["field"] == "ip.dst"]
    check([hit["times"] for hit in by_address] == [6],
          f"six flows to the server: {by_address}")
    check(len([hit for hit in find(*flows) if hit["field"] == "ip.dst"]) == 6,
          "six flows in the log of flows")
    if shutil.which("zstd"):
        lines = [line for path in flows for line in written.unpacked(path)]
        check(lines and all((line["sensor"], line["location"],
                             line["interface"]) == ("edge-07", "hall 2", "c0")
                            for line in lines), f"{lines[:1]}")

    # Records are told in clear: both ends, and who saw it where.
    told = written.octets(f"{place}/messages")
    pair = bytes(map(int, f"{net.CLIENT}.{net.SERVER}".split(".")))
    check(told[:2] == b"\0\x0a" and told[12:16] == b"\0\0\0\5",
          f"an IPFIX message: {told[:16].hex()}")
    check(told.count(pair) == 6, f"{told.count(pair)} records of six flows")
    check(b"\x0fedge-07, hall 2" in told and b"\x02c0" in told,
          "names of the sensor and its interface")

    # What was written is there after kill -9, and after the next start.
    sensor = net.Sensor(hosts, noroshi, "-c", config)
    sensor.wait_for("running")
    browse(hosts, "late", 3)
    until(lambda: any(map(os.path.getsize, logs(".nrslog.part"))))
    sensor.signal(9)
    sensor.process.wait()
    parts = logs(".nrslog.part")
    check(asked_by_lab() > 6, "what kill -9 left of the counters")
    check(parts and {hit["value"] for hit in find(*parts)} >=
          {"late-2.example", net.SERVER}, f"after kill -9: {parts}")
    sensor = net.Sensor(hosts, noroshi, "-c", config)
    sensor.wait_for("running")
    check(sensor.end() == 0, "SIGTERM ends with status 0")
    check(not logs(".part") and len(logs(".nrslog")) == 2,
          f"parts keep their names: {os.listdir(out)}")
    check("late-2.example" in {hit["value"] for hit in find(out)},
          "the folder as a whole")
case.end()
