#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""noroshi run looks back, in network namespaces: what was seen before an
indicator came is told once it is there, in hits.jsonl (mode: retro) and as a
sighting, though it was not written yet; once only, also after a restart and
after kill -9; what comes later is told live alone; no packet is lost for it.
usage: look_back.py NOROSHI SOURCE_DIR WORK_DIR"""
import collections
import json
import subprocess
import time

import case
import isac
import net
import written
from case import check, until

noroshi, source, place = case.begin()
PORT = 8080


def indicator(n, name):
    """Of today, as a new alert is: older traffic comes before it."""
    now = time.strftime("%Y-%m-%dT%H:%M:%S.000Z", time.gmtime())
    return isac.indicator(n, name, created=now, modified=now, valid_from=now)


def hits(mode):
    """Hits by value."""
    return collections.Counter(
        line["value"] for line in written.lines(f"{place}/out/hits.jsonl")
        if line.get("mode") == mode)


def status():
    return json.loads(subprocess.run(
        [noroshi, "status", "--json", "--socket", f"{place}/sock"],
        capture_output=True, text=True, check=False).stdout)


def wait(what, holds):
    check(until(holds, 40), f"{what}: {status().get('look_back')}, "
          f"retro {hits('retro')}, live {hits('live')}")


def looked():
    """Nothing is left to be looked for; figures of this run."""
    look = status()["look_back"]
    return look if look["waiting"] == 0 and not look["under_way"] else None


def add(*values):
    subprocess.run([noroshi, "add", "--socket", f"{place}/sock", *values],
                   check=True, capture_output=True)


net.need_rights()
net.replace(f"{place}/list.txt", "known-0.example\n")
config = net.config(
    place, sensor={"name": "edge-07"}, workers=2,
    control={"socket": f"{place}/sock"},
    hubs={"isac": {"url": isac.URL, "collections": [
        {"title": "alerts", "interval": "1s"}]}},
    reporter={"name": "Member 7", "contact": "ops@member.example"},
    audiences={"isac": {"collection": "sightings", "mode": "auto"}},
    out={"dir": f"{place}/out",
         "logs": {"observations": True, "flows": True, "write": "1h"}})
with net.Net() as hosts:
    def browse(name, count):
        hosts.python(hosts.client, "browse", PORT, name, count, 0.01).wait()
        time.sleep(0.5)  # what the sensor still has to read

    def start():
        sensor = net.Sensor(hosts, noroshi, "-c", config)
        sensor.wait_for("running")
        return sensor

    hosts.web(PORT)
    hub = isac.start(hosts, place)

    sensor = start()
    sensor.wait_for("logs of 90 days; 1 indicators are known, 0 of them")
    browse("early", 4)
    browse("known", 2)
    wait("what is known", lambda: hits("live") == {"known-0.example": 1})

    # An alert comes, and somebody adds a name.
    hub.publish(indicator(1, "early-0.example"))
    add("early-1.example")
    wait("found in what was not written yet", lambda: set(hits("retro")) == {
        "early-0.example", "early-1.example"})
    wait("looked for both", lambda: looked() and
         looked()["indicators"] == 2)
    wait("a sighting of the alert", lambda: isac.sightings(hub))
    told = isac.sightings(hub)
    check([thing["sighting_of_ref"] for thing in told] ==
          [indicator(1, "")["id"]], f"{told}")
    check(all(thing["count"] >= 1 and thing["first_seen"] <=
              thing["last_seen"] for thing in told), f"{told}")
    check(net.CLIENT not in json.dumps(hub.received()),
          "the own host is not told")

    sensor.wait_for("looked back for")

    # From now on they are told live, and not looked for again.
    browse("early", 4)
    add("other.example")
    wait("looked for the other", lambda: looked() and
         looked()["indicators"] == 3)
    check(hits("retro") == {"early-0.example": 1, "early-1.example": 1},
          f"once: {hits('retro')}")
    check(hits("live") == {"known-0.example": 1, "early-0.example": 1,
                           "early-1.example": 1}, f"{hits('live')}")
    look = looked()
    check(look["hits"] == 2 and look["rows"] > 0 and look["ended"] and
          look["failed"] + look["damaged"] + look["refused"] == 0, f"{look}")
    check(all(interface["dropped"] == 0
              for interface in status()["interfaces"]), "no packet is lost")
    check(sensor.end() == 0, "SIGTERM ends with status 0")

    # While it is down another one comes; what is known is not told again.
    with open(f"{place}/list.txt", "a", encoding="utf-8") as file:
        file.write("early-2.example\n")
    sensor = start()
    wait("found after the restart", lambda: "early-2.example" in hits("retro"))
    wait("looked for it", lambda: looked() and looked()["indicators"] == 1)
    once = {"early-0.example": 1, "early-1.example": 1}
    got = hits("retro")
    # Two logs by now, and two rows: before and after the look in the first.
    check({name: got[name] for name in once} == once and
          got["early-2.example"] == 2, f"{got}")
    text = subprocess.run([noroshi, "status", "--socket", f"{place}/sock"],
                          capture_output=True, text=True, check=False).stdout
    check("looked back for 1 indicators" in text, text)

    # After kill -9 nothing that was told is told again.
    time.sleep(1)
    sensor.signal(9)
    sensor.process.wait()
    sensor = start()
    add("early-3.example")
    wait("found after kill -9", lambda: "early-3.example" in hits("retro"))
    wait("looked for it", lambda: looked() and looked()["indicators"] == 1)
    again = hits("retro")
    check({name: again[name] for name in got} == got, f"{again}")
    check(sensor.end() == 0, "SIGTERM ends with status 0")
case.end()
