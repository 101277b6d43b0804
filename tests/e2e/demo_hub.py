#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The whole way of an alert and back, on the demo capture: published at a hub,
in force at a sensor, the recorded traffic on its wire, hits, sightings that
wait for a person, released, arrived, answered. ./dev demo --hub shows it to
people; as a test it counts on the way. Two network namespaces of our own.
usage: demo_hub.py NOROSHI SOURCE_DIR OUT_DIR"""
import collections
import json
import os
import struct
import subprocess
import sys
import time
import uuid

import case
import isac
import net
import written
from case import check, until

noroshi, source, out = sys.argv[1:4]
noroshi, source, out = map(os.path.abspath, (noroshi, source, out))
DATA = os.path.join(source, "tests", "data")
CONFIG = f"""\
sensor: {{name: edge-07}}
interfaces: [{{name: c0}}]
home_net: [10.20.30.0/24, "fd00:20:30::/64"]
validity: since-expiry        # the capture is older than its indicators
hubs:
  isac-a:
    url: {isac.URL}
    auth: {{type: basic, secret_file: hub.secret}}
    collections:
      - {{title: alerts, interval: 1s}}
  open-feed:                  # a MISP feed on any web server
    type: misp-feed
    url: http://{net.SERVER}:{isac.PORT}/feed/
    collections:
      - {{title: events, interval: 1s, default_tlp: clear}}
audiences:
  isac-a:
    collection: sightings
    mode: hold                # a person decides
    max_tlp: amber
    blocks: [core, technique]
    own_host: token           # stable inside this community
    reporter: pseudonym
    time: 60s
    heartbeat: yes            # the hub may know since when an alert is here
reporter: {{name: Example Power SOC, contact: soc@power.example}}
out: {{dir: out, heartbeat: heartbeat.json}}
state: {{dir: state}}
control: {{socket: sock}}
"""
began = time.monotonic()
times = []


def say(text):
    print(f"\n\033[1m== {text}\033[0m" if sys.stdout.isatty()
          else f"\n== {text}", flush=True)


def moment(name):
    times.append((name, time.monotonic() - began))


def run(*arguments, show=True):
    if show:
        print("$ noroshi", *arguments)
    done = subprocess.run([noroshi, *arguments], cwd=out, text=True,
                          stdout=subprocess.PIPE, check=False)
    return done.stdout


def frames():
    """Of the demo capture, as they were on the wire."""
    data = written.octets(f"{DATA}/demo.pcap")
    at = 24
    while at < len(data):
        length = struct.unpack_from("<I", data, at + 8)[0]
        yield data[at + 16:at + 16 + length]
        at += 16 + length


def replay():
    """The capture's frames out of s0, to where the sensor listens."""
    path = f"{out}/frames"
    with open(path, "wb") as file:
        for frame in frames():
            file.write(struct.pack("<I", len(frame)) + frame)
    hosts.python(hosts.server, "replay", "s0", path).wait()


def hits():
    return written.hits(f"{out}/out")


def settled(count, seconds=1.0):
    """@count() once it has not changed for a while."""
    seen, since = count(), time.monotonic()
    while time.monotonic() - since < seconds:
        time.sleep(0.1)
        now = count()
        if now != seen:
            seen, since = now, time.monotonic()
    return seen


def held():
    return [json.loads(line) for line in
            run("held", "-c", "noroshi.yaml", "--json",
                show=False).splitlines()]


def sighting_of(row):
    return next(o for o in row["objects"] if o["type"] == "sighting")


def beats(rows):
    """Heartbeats wait for a person, too."""
    return [row for row in rows
            if any(o["type"] == "note" for o in row["objects"])]


def arrived():
    return isac.sightings(hub)


def status():
    return json.loads(run("status", "--socket", "sock", "--json", show=False))


def defanged(text):
    return text.replace(".", "[.]").replace("http", "hxxp")


def own_forms():
    for ip in {hit["own"]["ip"] for hit in hits() if hit.get("own")}:
        yield ip


net.need_rights()
case.fresh(out)
for name, text, mode in (("noroshi.yaml", CONFIG, 0o644),
                         ("hub.secret", "member7:open sesame\n", 0o600)):
    with open(os.open(f"{out}/{name}", os.O_WRONLY | os.O_CREAT, mode),
              "w", encoding="utf-8") as file:
        file.write(text)
with open(f"{DATA}/demo.stix.json", encoding="utf-8") as file:
    OBJECTS = json.load(file)["objects"]
NAMES = {o["id"]: o.get("name", "") for o in OBJECTS}
EVENT = {"uuid": str(uuid.UUID(int=1, version=4)), "info": "Open event",
         "timestamp": "1763700000", "date": "2026-11-20", "analysis": "2",
         "threat_level_id": "2", "Orgc": {"name": "open", "uuid":
                                          str(uuid.UUID(int=2, version=4))},
         "Attribute": [{"uuid": str(uuid.UUID(int=3, version=4)),
                        "type": "domain", "category": "Network activity",
                        "value": "updates.toro.example", "to_ids": True,
                        "timestamp": "1763700000"}]}

with net.Net() as hosts:
    hub = isac.start(hosts, out, "--basic", "member7:open sesame",
                     stdout=subprocess.DEVNULL)

    say("a sensor of Example Power, member of isac-a: noroshi.yaml")
    print(CONFIG, end="")
    sensor = net.Sensor(hosts, noroshi, "-c", "noroshi.yaml",
                        where=out)
    sensor.wait_for("running")
    hub.misp_event(EVENT)
    sensor.wait_for("generation 2 .*: 1 of 1 ")
    say(f"isac-a publishes an alert: {len(OBJECTS)} objects")
    hub.publish(*OBJECTS)
    moment("published at the hub")
    sensor.wait_for(r"generation 3 .*: [1-9]\d+ of ")
    moment("in force at the sensor")
    print(sensor.wait_for("generation 3")[0])

    say(f"traffic: {sum(1 for _ in frames())} recorded packets pass by")
    replay()
    moment("traffic has passed")
    until(hits)
    moment("hits in hits.jsonl")
    until(held)
    moment("sightings held")
    settled(lambda: len(hits()), 2)
    seen = hits()
    classes = collections.Counter(hit["class"] for hit in seen)
    print(f"{len(seen)} hits: " + ", ".join(
        f"{name} {count}" for name, count in classes.most_common()))
    print("at home, with own hosts (hits.jsonl); one line for each indicator:")
    for hit in {hit["indicator"]: hit for hit in seen}.values():
        print(f"  {hit['tlp'] or 'unmarked':13}"
              f"{NAMES.get(hit['indicator'], 'MISP')[:30]:31}"
              f"{(hit['own'] or {}).get('ip', '-'):16} "
              f"{defanged(hit['value'])[:48]}")

    say("nothing has left: sightings wait for a person")
    settled(lambda: len(held()), 2)
    moment("a person has looked (this demo waits for the last ones)")
    everything = held()
    waiting = [row for row in everything if row not in beats(everything)]
    check(not arrived(), "nothing leaves by itself")
    lines = run("held", "-c", "noroshi.yaml").splitlines()
    print("\n".join(lines[:4] + ["  ..."] + lines[-1:]))
    strict = {o["id"] for o in OBJECTS if o["type"] == "indicator" and
              {"marking-definition--939a9414-2ddd-4d32-a0cd-375ea402b003",
               "marking-definition--e828b379-4e03-4974-9ac4-e53a884c97c1",
               "marking-definition--5e57c739-391a-4eb3-b6be-7d15ca92d5ed"} &
              set(o.get("object_marking_refs", [])) or
              o["type"] == "indicator" and "object_marking_refs" not in o}
    fed = {hit["indicator"] for hit in seen
           if hit["source"] == "open-feed/events"}
    check(len(fed) == 1, f"the feed's value is seen: {fed}")
    strict |= fed  # no hub of ours supplied it
    due = {hit["indicator"] for hit in seen
           if hit["class"] in ("report", "urgent")} | fed
    check(due & strict and due - strict, "hits of either kind")
    # A hit's class is of its first moment; an answer may have raised it.
    told = {sighting_of(row)["sighting_of_ref"] for row in waiting}
    check(due - strict <= told and not told & strict and
          told <= {hit["indicator"] for hit in seen},
          "all that deserves to leave waits, and nothing that may not")
    refused = collections.Counter(
        hit["tlp"] or "unmarked" for hit in seen
        if hit["indicator"] in strict and hit["class"] == "report")
    print("kept here by rule 6 (a stricter audience is not named): " +
          ", ".join(f"{n} {tlp}" for tlp, n in refused.items()) + " hits")

    first = next(row for row in waiting if row["tlp"] == "amber")
    say("exactly what one of them would tell: "
        f"noroshi held -c noroshi.yaml {first['id']}")
    for thing in first["objects"]:
        print("  " + json.dumps(thing)[:400])

    say("a person looks, keeps one back, lets the others leave")
    print(run("refuse", "-c", "noroshi.yaml", "--by", "kana", first["id"]),
          end="")
    print(run("release", "-c", "noroshi.yaml", "--by", "kana", "--all",
              "isac-a"), end="")
    moment("released")
    wanted = {row["id"] for row in waiting} - {first["id"]}
    told_too = {row["id"] for row in beats(everything)}
    until(lambda: len(arrived()) >= len(wanted))
    moment("arrived at the hub")
    came = arrived()
    check(len(came) == len(wanted) and {o["id"] for o in came} == wanted,
          "what was released arrives, each once, and nothing else")
    everything = json.dumps(hub.received())
    check(not [ip for ip in own_forms() if ip in everything],
          "no own address in any of it")

    say(f"what the hub has now: {len(came)} sightings")
    for thing in came:
        print(f"  {NAMES[thing['sighting_of_ref']][:34]:35}"
              f"{thing['count']:3} time(s) from {thing['first_seen']}  "
              f"confidence {thing.get('confidence', '-')}")
    reporter = next(o for o in hub.received() if o["type"] == "identity")
    print(f"  reported by {reporter['name']}")

    say("and its heartbeat: which reports are in force here, since when")
    notes = [o for o in hub.received() if o["type"] == "note"]
    reports = {o["id"] for o in OBJECTS if o["type"] == "report"}
    check(notes and set(notes[-1]["object_refs"]) <= reports,
          f"the hub's own reports: {notes}")
    print("  " + notes[-1]["content"].replace("\n", "\n  "))
    with open(f"{out}/heartbeat.json", encoding="utf-8") as file:
        at_home = json.load(file)
    check({r["id"] for r in at_home["reports"]
           if r["source"] == "isac-a/alerts"} == reports and
          at_home["set"].startswith("sha256:"), f"at home: {at_home}")

    say("others answer at the hub")
    opinion = {"type": "opinion", "spec_version": "2.1",
               "created": "2026-01-02T00:00:00.000Z",
               "modified": "2026-01-02T00:00:00.000Z"}
    hub.publish({**opinion, "id": f"opinion--{uuid.uuid4()}",
                 "opinion": "strongly-agree", "object_refs": [came[0]["id"]],
                 "explanation": "seen here too, same hour"},
                {**opinion, "id": f"opinion--{uuid.uuid4()}",
                 "opinion": "disagree", "object_refs": [came[1]["id"]],
                 "explanation": "our own scanner"})
    until(lambda: status()["audiences"][0]["answered"] == 2)
    moment("answered, and shown in status")
    told = status()["audiences"][0]
    check((told["answered"], told["answered_confirmed"],
           told["answered_false"]) == (2, 1, 1), f"answers: {told}")
    sent = len(came) + len(told_too)
    check(until(lambda: status()["audiences"][0]["confirmed"] == sent) and
          status()["degraded"] == [], "all confirmed, and the sensor is well")
    print(run("status", "--socket", "sock"), end="")

    say("the release log: who decided what, by which rule")
    log = [json.loads(line) for line in
           run("released", "-c", "noroshi.yaml", "--json",
               show=False).splitlines()]
    lines = run("released", "-c", "noroshi.yaml").splitlines()
    print("\n".join(lines[:3] + ["  ..."] + lines[-3:]))
    check({line["object"] for line in log if line["act"] == "released"} ==
          wanted | told_too, "the log agrees with what the hub received")
    check(sensor.end() == 0, "the sensor ends well")
    check("open sesame" not in "\n".join(sensor.lines), "no secret is said")

say("times")
for (name, at), (_, before) in zip(times, times[:1] + times):
    print(f"  {at:6.2f} s  +{at - before:5.2f} s  {name}")
print()
case.end()
