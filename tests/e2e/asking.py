#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What find and diff say of a set is what match and the files say: each value
that hit in the demo is covered by the indicator that it hit, and a comparison
done here by hand finds the changes that diff tells.
usage: asking.py NOROSHI SOURCE_DIR WORK_DIR"""
import json
import os
import random
import subprocess

import case
import written

noroshi, source, place = case.begin()
data = os.path.join(source, "tests", "data")
bundle = os.path.join(data, "demo.stix.json")
listed = os.path.join(data, "demo.list.txt")
AT = "2026-11-20T00:00:00Z"


def check(name, good, detail=""):
    case.check(good, f"{name}: {str(detail)[-1500:]}")


def lines(*words, status=0):
    done = subprocess.run([noroshi, *words], capture_output=True, text=True,
                          errors="replace", timeout=120, check=False)
    check(f"{words[0]} ran", done.returncode == status and
          "Sanitizer" not in done.stderr, done.stderr)
    return [json.loads(line) for line in done.stdout.splitlines()]


# Every value that hit, asked for again.
subprocess.run([noroshi, "match", "--indicators", bundle, "--indicators",
                listed, "--out", place, os.path.join(data, "demo.pcap")],
               capture_output=True, timeout=120, check=True)
asked = {}
for hit in written.lines(f"{place}/hits.jsonl"):
    if hit["field"].startswith(("flow.", "tcp.", "icmp.", "http.method",
                                "http.uri", "http.request_body")):
        continue  # find asks for values that stand for themselves
    asked.setdefault(hit["value"], set()).add(
        (hit["indicator"], hit["field"]))
check("there is something to ask for", len(asked) > 15, len(asked))
for value, wanted in asked.items():
    found = {i["id"]: i for i in lines("find", "--json", "--at", AT, value,
                                       bundle, listed)}
    for indicator, field in wanted:
        told = found.get(indicator, {})
        check(f"find {value}", told.get("relation") in
              ("covers it", "wants more than it"), (indicator, list(found)))
        check(f"find {value}: where", field in told.get("fields", []),
              (field, told.get("fields")))
        check(f"find {value}: status", told.get("status") in
              ("full", "partial"), told)
# What never hit is not found for a name that only ends like one.
check("another name", not lines("find", "--json", "xhigan.example.net",
                                bundle, listed))

# A compiled set answers as its sources do.
image = os.path.join(place, "set.nrs")
environment = dict(os.environ, XDG_STATE_HOME=os.path.join(place, "state"))


def said(*words):
    return subprocess.run([noroshi, *words], capture_output=True, text=True,
                          errors="replace", timeout=120, check=False,
                          env=environment).stdout


said("compile", "-o", image, bundle, listed)
for words in (["find", "--json", "--at", AT, "portal.higan.example"],
              ["find", "--within", "--at", AT, "203.0.113.0/24"],
              ["export", "--as", "squid", "--at", AT],
              ["export", "--as", "stix", "--at", AT]):
    check(f"{words[0]} of an image", said(*words, image) ==
          said(*words, bundle, listed) != "", said(*words, image))
check("diff of an image and its source",
      "updated 0, revoked 0, expired 0, gone" in
      said("diff", "--at", AT, image, bundle))

# Two deliveries that differ in ways that are counted here.
chance = random.Random(7)
old = [{"type": "indicator", "spec_version": "2.1",
        "id": f"indicator--00000000-0000-4000-8000-{n:012}",
        "created": "2026-01-01T00:00:00.000Z",
        "modified": "2026-01-01T00:00:00.000Z", "pattern_type": "stix",
        "valid_from": "2026-01-01T00:00:00Z", "confidence": 10,
        "pattern": f"[domain-name:value = 'n{n}.example']"}
       for n in range(200)]
new, want = [], {"new": set(), "updated": set(), "revoked": set(),
                 "expired": set(), "gone": set()}
for item in old:
    item = dict(item)
    kind = chance.choice(["same", "same", "updated", "revoked", "expired",
                          "gone"])
    if kind != "same":
        want[kind].add(item["id"])
        item["modified"] = "2026-11-01T00:00:00.000Z"
    if kind == "updated":
        item["confidence"] = 90
    if kind == "revoked":
        item["revoked"] = True
    if kind == "expired":
        item["valid_until"] = "2026-11-19T00:00:00Z"
    if kind != "gone":
        new.append(item)
for n in range(200, 220):
    new.append(dict(old[0], id=f"indicator--00000000-0000-4000-8000-{n:012}"))
    want["new"].add(new[-1]["id"])
chance.shuffle(new)
paths = []
for name, objects in (("old.json", old), ("new.json", new)):
    paths.append(os.path.join(place, name))
    with open(paths[-1], "w", encoding="utf-8") as file:
        json.dump({"type": "bundle", "id": "bundle--1", "objects": objects},
                  file)
told = lines("diff", "--json", "--at", AT, *paths)
for kind, ids in want.items():
    got = {i["id"] for i in told if i["change"] == kind}
    check(f"diff: {kind}", got == ids, got ^ ids)
for item in told:
    if item["change"] == "updated":
        check("diff: what was updated", item["properties"] ==
              {"confidence": {"old": "10", "new": "90"}}, item)
check("diff of a file with itself", not lines("diff", "--json", bundle,
                                              bundle))
back = lines("diff", "--json", "--at", AT, paths[1], paths[0])
check("diff the other way round", {i["id"] for i in back
                                   if i["change"] == "gone"} >= want["new"])

case.end()
