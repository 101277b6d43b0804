#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Patterns over several observations, by recorded traffic: DNS questions of
some clients at known seconds. Which patterns are complete, of which
observations, the same bytes for any number of workers, and what run.json says
of those that wait or were forgotten.
usage: several.py NOROSHI SOURCE_DIR WORK_DIR"""
import json
import uuid

import case
from asked import write_capture
import written
from case import check

noroshi, source, place = case.begin()


def name(text):
    return f"[domain-name:value = '{text}']"


patterns = {
    "and": f"{name('a.example')} AND {name('b.example')}",
    "within": f"({name('a.example')} AND {name('b.example')}) "
              "WITHIN 3 SECONDS",
    "not within": f"({name('a.example')} AND {name('b.example')}) "
                  "WITHIN 1 SECONDS",
    "in order": f"{name('a.example')} FOLLOWEDBY {name('b.example')}",
    "out of order": f"{name('b.example')} FOLLOWEDBY {name('a.example')}",
    "often": f"{name('c.example')} REPEATS 3 TIMES WITHIN 60 SECONDS",
    "too often": f"{name('c.example')} REPEATS 4 TIMES",
    "in part": f"({name('a.example')} AND {name('b.example')}) OR "
               "([process:name = 'x'] AND [process:pid = 1])",
    "unseen": f"{name('a.example')} AND [process:name = 'x']",
    "never": f"{name('a.example')} AND [domain-name:value IN ()]",
    "forgotten": f"{name('d.example')} AND {name('e.example')}",
}
# What is complete, and at which seconds its observations are.
complete = {"and": [[1, 3]], "within": [[1, 3]], "in order": [[1, 3]],
            "often": [[5, 6, 7]], "in part": [[1, 3]]}
statuses = {"in part": "partial", "unseen": "not evaluable"}

ids = {key: "indicator--" + str(uuid.uuid5(uuid.NAMESPACE_DNS, key))
       for key in patterns}
bundle = {"type": "bundle", "id": "bundle--" + str(uuid.uuid4()), "objects": [
    {"type": "indicator", "spec_version": "2.1", "id": ids[key],
     "created": "2026-01-01T00:00:00.000Z",
     "modified": "2026-01-01T00:00:00.000Z", "pattern_type": "stix",
     "pattern": pattern, "valid_from": "2026-01-01T00:00:00Z"}
    for key, pattern in patterns.items()]}
with open(f"{place}/set.json", "w", encoding="utf-8") as out:
    json.dump(bundle, out)

# Clients that fall into different shards, so that workers share the work.
write_capture(f"{place}/asked.pcap", [
    (0, "10.0.0.1", "x.example"), (1, "10.0.0.2", "a.example"),
    (2, "10.0.0.3", "y.example"), (3, "10.0.0.4", "b.example"),
    (5, "10.0.0.5", "c.example"), (6, "10.0.0.6", "c.example"),
    (7, "10.0.0.7", "c.example"), (10, "10.0.0.8", "d.example"),
    (4000, "10.0.0.9", "e.example")])


def match(workers, indicators="set.json", *options):
    out = f"{place}/out{workers}"
    case.run(noroshi, "match", "--indicators", f"{place}/{indicators}",
             "--workers", str(workers), "--out", out, *options,
             f"{place}/asked.pcap")
    return [written.octets(f"{out}/{kind}") for kind in
            ("hits.jsonl", "run.json", "sightings.internal.json")]


first = match(1)
for workers in (2, 4, 7):
    check(match(workers) == first, f"the same bytes with {workers} workers")

case.run(noroshi, "compile", "-o", f"{place}/set.nrs", f"{place}/set.json")
check(match(1, "set.nrs")[0] == first[0], "the same hits from an image")
check(match(3, "set.json", "--strict")[0] == first[0],
      "the same hits to the letter")

hits = [json.loads(line) for line in first[0].splitlines()]
for key in patterns:
    mine = [hit for hit in hits if hit["indicator"] == ids[key]]
    seconds = [[round((int(o["start"][14:16]) * 60 + float(o["start"][17:-1])))
                for o in hit["observations"]] for hit in mine]
    check(seconds == complete.get(key, []), f"{key}: {seconds}")
    for hit in mine:
        check([hit["flow"], hit["values"]] in
              [[o["flow"], o["values"]] for o in hit["observations"]],
              f"{key}: the hit is one of its observations")
        check(hit["grade"] == statuses.get(key, "full"), f"{key}: grade")
        check(len({o["flow"] for o in hit["observations"]}) ==
              len(hit["observations"]), f"{key}: one flow each")

objects = {o["id"]: o for o in json.loads(first[2])["objects"]}
for sighting in objects.values():
    if sighting["type"] != "sighting":
        continue
    key = next(k for k in ids if ids[k] == sighting["sighting_of_ref"])
    observed = [objects[ref] for ref in sighting["observed_data_refs"]]
    seconds = [int(o["first_observed"][17:19]) for o in observed]
    check([seconds] == complete[key], f"{key}: observed at {seconds}")
    check([int(sighting[k][17:19]) for k in ("first_seen", "last_seen")] ==
          [seconds[0], seconds[-1]], f"{key}: seen from first to last")
    for one in observed:
        kinds = {objects[ref]["type"] for ref in one["object_refs"]}
        check({"network-traffic", "domain-name"} <= kinds, f"{key}: {kinds}")

case.run(noroshi, "match", "--indicators", f"{place}/set.json", "--packets",
         f"{place}/picked.pcapng", f"{place}/asked.pcap")
octets = written.octets(f"{place}/picked.pcapng")
counts = {n: octets.count(bytes([1, ord(n), 7]) + b"example")
          for n in "abcdexy"}
check(counts == {"a": 1, "b": 1, "c": 3, "d": 0, "e": 0, "x": 0, "y": 0},
      f"the packets of all observations, no others: {counts}")

run = json.loads(first[1])["correlation"]
check(run["hits"] == 5 and run["forgotten_old"] > 0 and
      run["forgotten_many"] == 0 and run["undecided"] == 0, f"run: {run}")

told = case.run(noroshi, "check", "--json", f"{place}/set.json").stdout
for item in map(json.loads, told.splitlines()):
    key = next(k for k in ids if ids[k] == item["id"])
    check(item["status"] == statuses.get(key, "full"),
          f"check {key}: {item['status']}, {item['reason']}")
    check(("process:name" in item["reason"]) == (key in statuses),
          f"check {key}: {item['reason']}")
    check(("can never match" in item["reason"]) == (key == "never"),
          f"check {key}: {item['reason']}")
print(f"{len(hits)} hits")
case.end()
