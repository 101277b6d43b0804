# SPDX-License-Identifier: Apache-2.0
"""What flows.py asks last: whether both modes tell the same hits of addresses
on the mix of real captures. Two sensors at one interface, on which each frame
passes once: one reads packets, the other has the kernel keep flows."""
import collections
import json
import os
import random
import shutil
import subprocess
import sys
import time

from material import build, make_once, noroshi, source, work

sys.path.insert(0, os.path.join(source, "tests", "e2e"))
import net  # noqa: E402

FRAMES, RATE, VALUES = 300000, 10000, 600
place = os.path.join(work, "flows-mix")
ADDRESSES = ("ip.src", "ip.dst")


def choose(once):
    """Addresses that really pass; not those that alone would be all hits."""
    done = subprocess.run([noroshi, "observe", "--tsv", "--fields",
                           ",".join(ADDRESSES), once], capture_output=True,
                          text=True, errors="replace", check=True)
    seen = collections.Counter(line.partition("\t")[2]
                               for line in done.stdout.splitlines())
    some = sorted(value for value, times in seen.items()
                  if value and times <= 2000)
    random.Random(7).shuffle(some)
    return some[:VALUES]


def told(name):
    """Hits of addresses of flows; how many, of each."""
    with open(f"{place}/{name}/hits.jsonl", encoding="utf-8") as file:
        hits = [json.loads(line) for line in file]
    return collections.Counter(
        (hit["value"], hit["field"], hit["flow"]) for hit in hits
        if hit.get("field") in ADDRESSES)


def sensor(hosts, name, *more):
    run = net.Sensor(hosts, noroshi, "--indicators", f"{place}/list.txt",
                     "--out", f"{place}/{name}", "--workers", "2",
                     "--promiscuous", "--socket", f"{place}/{name}.sock",
                     "--state", f"{place}/{name}.state", *more)
    run.wait_for("running", timeout=120)
    return run


def dropped(name):
    done = subprocess.run([noroshi, "status", "--json", "--socket",
                           f"{place}/{name}.sock"], capture_output=True,
                          text=True, check=False)
    return json.loads(done.stdout)["interfaces"][0]["dropped"]


def same_hits():
    """True, and what was compared is printed."""
    shutil.rmtree(place, ignore_errors=True)
    os.makedirs(place)
    once, count = make_once(f"{place}/once.pcap", FRAMES, RATE)
    with open(f"{place}/list.txt", "w", encoding="utf-8") as file:
        file.write("\n".join(choose(once)) + "\n")
    with net.Net() as hosts:
        sensors = {"packets": sensor(hosts, "packets"),
                   "flows": sensor(hosts, "flows", "--source", "bpf")}
        hosts.start(hosts.server, [f"{build}/bench/live", "send", "s0", once,
                                   str(RATE), "0"]).wait()
        time.sleep(1)
        lost = sum(dropped(name) for name in sensors)
        for run in sensors.values():
            run.end()
    packets, flows = told("packets"), told("flows")
    missed, more = packets - flows, flows - packets
    shutil.rmtree(place)
    print(f"the mix, {count} frames: {sum(packets.values())} hits of addresses "
          f"in packets, {sum(missed.values())} of them not in flows, "
          f"{sum(more.values())} in flows alone, {lost} lost; "
          f"{list((missed + more).items())[:3]}")
    return sum(packets.values()) > 500 and not missed and not more
