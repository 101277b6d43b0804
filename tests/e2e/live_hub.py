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
import signal
import subprocess

import case
import isac
import net
import written
from case import check, until

noroshi, source, place = case.begin()
PORT = 8080


def hits():
    return written.hits(f"{place}/out")


def wait_for_hits(count):
    until(lambda: len(hits()) >= count, 10)
    return collections.Counter(hit["value"] for hit in hits())


def sightings(hub):
    """What was posted: indicator to the ids of its sightings."""
    found = collections.defaultdict(list)
    for thing in isac.sightings(hub):
        found[thing["sighting_of_ref"]].append(thing["id"])
    return found


def wait_for_sightings(hub, wanted):
    until(lambda: set(wanted) <= set(sightings(hub)), 20)
    return sightings(hub)


def status(*more):
    return subprocess.run([noroshi, "status", "--socket", f"{place}/sock",
                           *more], capture_output=True, text=True, check=False)


def status_says(text, code):
    def says():
        done = status()
        return text in done.stdout and done.returncode == code

    return until(says, 10)


def browse(hosts, prefix, count):
    hosts.python(hosts.client, "browse", PORT, prefix, count, 0).wait()


net.need_rights()
with open(os.open(f"{place}/secret", os.O_WRONLY | os.O_CREAT, 0o600),
          "w") as file:
    file.write("member:open sesame\n")

with net.Net() as hosts:
    hosts.web(PORT)
    hub = isac.start(hosts, place, "--basic", "member:open sesame")
    hub.publish(isac.indicator(1, "shop-0.example"))

    def start():
        sensor = net.Sensor(
            hosts, noroshi, "--taxii", isac.URL, *isac.AUTO, "--auth", "basic",
            "--secret-file", f"{place}/secret", "--state", f"{place}/state",
            "--out", f"{place}/out", "--workers", "2", "--socket",
            f"{place}/sock")
        sensor.wait_for("running")
        return sensor

    sensor = start()
    sensor.wait_for("1 of 1 indicators")
    browse(hosts, "shop", 2)
    seen = wait_for_hits(1)
    check(seen == {"shop-0.example": 1}, f"what is published hits: {seen}")
    ids = [isac.indicator(n, "")["id"] for n in range(6)]
    check(hits()[0]["indicator"] == ids[1] and
          hits()[0]["source"] == "hub/alerts", "with its id and source")

    # Its sighting comes back; own hosts do not.
    got = wait_for_sightings(hub, [ids[1]])
    check(list(got) == [ids[1]] and len(got[ids[1]]) == 1,
          f"one sighting of it: {dict(got)}")
    bytes_sent = json.dumps(hub.received())
    check(net.CLIENT not in bytes_sent, "the own host is not told")
    check('"member-' in bytes_sent and "Member 7" not in bytes_sent and
          "shop-0.example" in bytes_sent,
          f"who saw what, by a pseudonym unless told: {bytes_sent}")
    # The hub has it before the sensor has the hub's answer.
    until(lambda: json.loads(status("--json").stdout)["audiences"][0]
          ["accepted"] == 1, 20)
    shown = json.loads(status("--json").stdout)
    told = shown["audiences"][0]
    check(told["name"] == "report" and told["accepted"] == 1 and
          told["held"] == 0, f"status counts it: {told}")
    check(shown["hubs"][0]["name"] == "hub/alerts" and
          shown["hubs"][0]["pulled"] is not None, "and says when it pulled")
    # Unmarked is AMBER+STRICT: seen at home, and never told.
    secret = isac.indicator(5, "shop-4.example")
    del secret["object_marking_refs"]
    hub.publish(secret)
    sensor.wait_for("2 of 2 indicators")
    hosts.python(hosts.client, "browse", PORT, "shop", 5, 0).wait()
    check(wait_for_hits(3)["shop-4.example"] == 1, "seen at home")
    hub.revoke(ids[5])
    sensor.wait_for("1 of 2 indicators")
    with open(f"{place}/out/hits.jsonl", "w"):
        pass

    hub.publish(isac.indicator(2, "shop-1.example"))
    hub.revoke(ids[1])
    sensor.wait_for("set generation", 5)
    browse(hosts, "shop", 2)
    seen = wait_for_hits(1)
    check(seen == {"shop-1.example": 1},
          f"revoked: no more; published: at once: {seen}")

    hub.vanish()
    sensor.wait_for("hub/alerts: .*trouble")
    check(status_says("DEGRADED hub/alerts has failed for ", 1),
          "status says what is wrong, and that something is")
    browse(hosts, "shop", 2)
    check(wait_for_hits(2)["shop-1.example"] == 2,
          "without the hub the set stays in force")
    hub.back()
    hub.publish(isac.indicator(3, "shop-2.example"))
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
    seen = wait_for_hits(4)
    check(seen == {"shop-1.example": 3, "shop-2.example": 1},
          f"after kill -9: {seen}")
    hub.back()
    before = len(hub.requests())
    hub.publish(isac.indicator(4, "shop-3.example"))
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
    for thing in isac.sightings(hub):
        told[thing["sighting_of_ref"]] += thing["count"]
    check(told[ids[1]] in (1, 2) and told[ids[2]] in (1, 2, 3) and
          told[ids[3]] == 1, f"counted once: {told}")
    check(ids[5] not in got and "shop-4.example" not in
          json.dumps(hub.received()), "AMBER+STRICT never left")
    check("sesame" not in "\n".join(sensor.lines), "no secret is said")
case.end()
