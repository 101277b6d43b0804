#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""noroshi run against a hub, in network namespaces: what is published hits,
what is revoked hits no more; sightings come back to the hub, and nothing that
may not leave; the hub goes and comes back; after kill -9 the set is there at
once, the collection is not read again, and no sighting is told twice.
usage: live_hub.py NOROSHI SOURCE_DIR WORK_DIR"""
import collections
import json
import os
import shutil
import signal
import subprocess
import sys
import time

noroshi, source, work = sys.argv[1:4]
sys.path[:0] = [os.path.dirname(os.path.abspath(__file__)),
                os.path.join(source, "tests", "hub")]
import hub as hub_module  # noqa: E402
import net  # noqa: E402

PORT, HUB_PORT = 8080, 8081
failures = []


def check(holds, text):
    if not holds:
        failures.append(text)
        print("FAILED:", text)


GREEN = "marking-definition--bab4a63c-aed9-4cf5-a766-dfca5abac2bb"


def indicator(n, name, modified="2026-01-01T00:00:00.000Z"):
    return {"type": "indicator", "spec_version": "2.1",
            "object_marking_refs": [GREEN],
            "id": f"indicator--{n:08x}-0000-4000-8000-000000000000",
            "created": "2026-01-01T00:00:00.000Z", "modified": modified,
            "name": f"name {n}", "pattern_type": "stix",
            "pattern": f"[domain-name:value = '{name}']",
            "valid_from": "2026-01-01T00:00:00Z"}


def hits(place):
    with open(f"{place}/out/hits.jsonl") as file:
        lines = [json.loads(line) for line in file]
    return [line for line in lines if "raises" not in line]


def wait_for_hits(place, count, timeout=10):
    end = time.monotonic() + timeout
    while len(hits(place)) < count and time.monotonic() < end:
        time.sleep(0.05)
    return collections.Counter(hit["value"] for hit in hits(place))


def sightings(hub):
    """What was posted: indicator to the ids of its sightings."""
    found = collections.defaultdict(list)
    for thing in hub.received():
        if thing["type"] == "sighting":
            found[thing["sighting_of_ref"]].append(thing["id"])
    return found


def wait_for_sightings(hub, wanted, timeout=20):
    end = time.monotonic() + timeout
    while (set(wanted) - set(sightings(hub)) and time.monotonic() < end):
        time.sleep(0.1)
    return sightings(hub)


def status_says(text, code, timeout=10):
    end = time.monotonic() + timeout
    while True:
        done = subprocess.run([noroshi, "status", "--socket",
                               f"{place}/sock"], capture_output=True,
                              text=True, check=False)
        if (text in done.stdout and done.returncode == code) or \
                time.monotonic() > end:
            return text in done.stdout and done.returncode == code
        time.sleep(0.2)


def browse(hosts, prefix, count):
    hosts.python(hosts.client, "browse", PORT, prefix, count, 0).wait()


net.need_rights()
place = os.path.join(work, "live-hub")
shutil.rmtree(place, ignore_errors=True)
os.makedirs(place)
with open(os.open(f"{place}/secret", os.O_WRONLY | os.O_CREAT, 0o600),
          "w") as file:
    file.write("member:open sesame\n")

with net.Net() as hosts:
    hosts.python(hosts.server, "web", PORT)
    hosts.start(hosts.server,
                [sys.executable, hub_module.__file__, "--bind", net.SERVER,
                 "--port", str(HUB_PORT), "--control", f"{place}/control",
                 "--basic", "member:open sesame"])
    end = time.monotonic() + 10
    while not os.path.exists(f"{place}/control"):
        assert time.monotonic() < end, "the hub did not start"
        time.sleep(0.05)
    hub = hub_module.Control(f"{place}/control")
    hub.publish(indicator(1, "shop-0.example"))

    def start():
        sensor = net.Sensor(
            hosts, noroshi, "--taxii", f"http://{net.SERVER}:{HUB_PORT}/taxii2/",
            "--collection", "alerts", "--auth", "basic", "--secret-file", f"{place}/secret",
            "--interval", "1", "--state", f"{place}/state", "--out",
            f"{place}/out", "--workers", "2", "--socket", f"{place}/sock",
            "--report-to", "sightings",
            "--report-mode", "auto", "--reporter", "Member 7", "--contact",
            "ops@member.example")
        sensor.wait_for("running")
        return sensor

    sensor = start()
    sensor.wait_for("1 of 1 indicators")
    browse(hosts, "shop", 2)
    check(wait_for_hits(place, 1) == {"shop-0.example": 1},
          f"what is published hits: {wait_for_hits(place, 1)}")
    check(hits(place)[0]["indicator"] == indicator(1, "")["id"] and
          hits(place)[0]["source"] ==
          "hub/alerts", "with its id and source")

    # Its sighting comes back; own hosts do not.
    ids = [indicator(n, "")["id"] for n in range(6)]
    got = wait_for_sightings(hub, [ids[1]])
    check(list(got) == [ids[1]] and len(got[ids[1]]) == 1,
          f"one sighting of it: {dict(got)}")
    bytes_sent = json.dumps(hub.received())
    check(net.CLIENT not in bytes_sent, "the own host is not told")
    check('"member-' in bytes_sent and "Member 7" not in bytes_sent and
          "shop-0.example" in bytes_sent,
          f"who saw what, by a pseudonym unless told: {bytes_sent}")
    # The hub has it before the sensor has the hub's answer.
    until = time.monotonic() + 20
    while True:
        status = json.loads(subprocess.run(
            [noroshi, "status", "--json", "--socket", f"{place}/sock"],
            capture_output=True, text=True, check=True).stdout)
        told = status["audiences"][0]
        if told["accepted"] == 1 or time.monotonic() > until:
            break
        time.sleep(0.1)
    check(told["name"] == "report" and told["accepted"] == 1 and
          told["held"] == 0, f"status counts it: {told}")
    check(status["hubs"][0]["name"] == "hub/alerts" and
          status["hubs"][0]["pulled"] is not None, "and says when it pulled")
    # Unmarked is AMBER+STRICT: seen at home, and never told.
    secret = indicator(5, "shop-4.example")
    del secret["object_marking_refs"]
    hub.publish(secret)
    sensor.wait_for("2 of 2 indicators")
    hosts.python(hosts.client, "browse", PORT, "shop", 5, 0).wait()
    check(wait_for_hits(place, 3)["shop-4.example"] == 1, "seen at home")
    hub.revoke(ids[5])
    sensor.wait_for("1 of 2 indicators")
    with open(f"{place}/out/hits.jsonl", "w"):
        pass

    hub.publish(indicator(2, "shop-1.example"))
    hub.revoke(indicator(1, "")["id"])
    sensor.wait_for("set generation", 5)
    browse(hosts, "shop", 2)
    check(wait_for_hits(place, 1) ==
          {"shop-1.example": 1},
          f"revoked: no more; published: at once: {wait_for_hits(place, 1)}")

    hub.vanish()
    sensor.wait_for("hub/alerts: .*trouble")
    check(status_says("DEGRADED hub/alerts has failed for ", 1),
          "status says what is wrong, and that something is")
    browse(hosts, "shop", 2)
    check(wait_for_hits(place, 2)["shop-1.example"] == 2,
          "without the hub the set stays in force")
    hub.back()
    hub.publish(indicator(3, "shop-2.example"))
    sensor.wait_for("hub/alerts: pulled", 2)
    sensor.wait_for("2 of 4 indicators")
    check(status_says("hub/alerts pulled ", 0), "and is well again by itself")

    # kill -9: the set is there without the hub, and only what is new is asked.
    sensor.signal(signal.SIGKILL)
    sensor.process.wait()
    hub.vanish()
    sensor = start()
    sensor.wait_for("set generation 1 .* 2 of 4 indicators")
    browse(hosts, "shop", 3)
    seen = wait_for_hits(place, 4)
    check(seen == {"shop-1.example": 3, "shop-2.example": 1},
          f"after kill -9: {seen}")
    hub.back()
    before = len(hub.requests())
    hub.publish(indicator(4, "shop-3.example"))
    sensor.wait_for("3 of 5 indicators")
    asked = [request["path"] for request in hub.requests()[before:]
             if "/objects/" in request["path"]]
    check(asked and all("added_after=" in path for path in asked),
          f"the collection is not read from its start again: {asked}")
    got = wait_for_sightings(hub, [ids[2], ids[3]])
    check(set(got) == {ids[1], ids[2], ids[3]},
          f"what was seen without the hub is told when it is back: {got}")
    check(sensor.end() == 0, "SIGTERM ends with status 0")
    got = sightings(hub)
    everything = [i for ids_of_one in got.values() for i in ids_of_one]
    check(len(everything) == len(set(everything)), "no id twice")
    # The first of a kind is told at once, the rest of its window later; what
    # a kill took from a window is lost, and nothing is counted twice.
    told = collections.Counter()
    for thing in hub.received():
        if thing["type"] == "sighting":
            told[thing["sighting_of_ref"]] += thing["count"]
    check(told[ids[1]] in (1, 2) and told[ids[2]] in (1, 2, 3) and
          told[ids[3]] == 1, f"counted once: {told}")
    check(ids[5] not in got and "shop-4.example" not in
          json.dumps(hub.received()), "AMBER+STRICT never left")
    check("sesame" not in "\n".join(sensor.lines), "no secret is said")
sys.exit(1 if failures else 0)
