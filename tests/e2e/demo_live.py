#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The live loop on one machine: a hub, a sensor, a client and a server in two
network namespaces of our own, which end with this program.
usage: demo_live.py NOROSHI SOURCE_DIR OUT_DIR"""
import json
import os
import shutil
import sys
import time

noroshi, source, out = sys.argv[1:4]
sys.path[:0] = [os.path.dirname(os.path.abspath(__file__)),
                os.path.join(source, "tests", "hub")]
import hub as hub_module  # noqa: E402
import net  # noqa: E402

WEB, HUB = 8080, 8081
GREEN = "marking-definition--bab4a63c-aed9-4cf5-a766-dfca5abac2bb"


def say(text):
    print(f"\n== {text}", flush=True)


def indicator(n, host, marking):
    return {"type": "indicator", "spec_version": "2.1",
            "id": f"indicator--{n:08x}-0000-4000-8000-000000000000",
            "created": "2026-01-01T00:00:00.000Z",
            "modified": "2026-01-01T00:00:00.000Z",
            "name": f"Lantern command server {n}", "pattern_type": "stix",
            "pattern": f"[domain-name:value = '{host}']",
            "object_marking_refs": marking,
            "valid_from": "2026-01-01T00:00:00Z"}


def defanged(text):
    return text.replace(".", "[.]")


def wait_for(condition):
    end = time.monotonic() + 20
    while not condition() and time.monotonic() < end:
        time.sleep(0.1)


def sightings(hub):
    return [thing for thing in hub.received() if thing["type"] == "sighting"]


net.need_rights()
shutil.rmtree(out, ignore_errors=True)
os.makedirs(out)
with net.Net() as hosts:
    hosts.python(hosts.server, "web", WEB)
    hosts.start(hosts.server, [sys.executable, hub_module.__file__, "--bind",
                               net.SERVER, "--port", str(HUB), "--control",
                               f"{out}/hub"], stdout=sys.stderr)
    wait_for(lambda: os.path.exists(f"{out}/hub"))
    hub = hub_module.Control(f"{out}/hub")
    say("a member shares two indicators at the hub: one GREEN, one unmarked")
    hub.publish(indicator(1, "c2-0.example", [GREEN]),
                indicator(2, "c2-1.example", []))
    options = ["--taxii", f"http://{net.SERVER}:{HUB}/taxii2/",
               "--collection", "alerts", "--interval", "1", "--report-to",
               "sightings", "--report-mode", "auto", "--reporter",
               "Member 7", "--contact", "soc@member.example", "--out", out,
               "--state", f"{out}/state"]
    say("noroshi run --interface c0 " + " ".join(options))
    sensor = net.Sensor(hosts, noroshi, *options)
    sensor.wait_for("2 of 2 indicators")
    say("a client of ours asks for both names")
    hosts.python(hosts.client, "browse", WEB, "c2", 2, 0).wait()
    wait_for(lambda: sightings(hub))
    say("what the sensor said")
    sensor.end()
    print("\n".join(sensor.lines).strip())
    say(f"what stays at home: {out}/hits.jsonl")
    with open(f"{out}/hits.jsonl") as file:
        for line in map(json.loads, file):
            if "raises" not in line:
                print(f"  {line['time']}  {defanged(line['value']):18}"
                      f"{line['own']['ip']} -> "
                      f"{defanged(line['peer']['ip'])}  {line['tlp']}")
    say("what came back to the hub: the GREEN one, without our own host")
    for thing in sightings(hub):
        print(f"  {thing['id']}\n    of {thing['sighting_of_ref']}, seen "
              f"{thing['count']} time(s), first {thing['first_seen']}")
    print()
    sys.exit(0 if len(sightings(hub)) == 1 else 1)
