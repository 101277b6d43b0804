#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""End to end on the demo capture: every hit that was read from the packets by
hand (tests/data/expected.tsv) and no other; the same bytes for any number of
workers; every object valid against the STIX schemas where they are at hand.
usage: demo.py NOROSHI SOURCE_DIR WORK_DIR"""
import collections
import csv
import json
import os

import case
import written
from case import check
from valid import wrong_objects

noroshi, source, place = case.begin()
data = os.path.join(source, "tests", "data")


def match(workers):
    out = os.path.join(place, str(workers))
    case.run(noroshi, "match", "--indicators", f"{data}/demo.stix.json",
             "--indicators", f"{data}/demo.list.txt", "--workers",
             str(workers), "--out", out, f"{data}/demo.pcap")
    return out


def objects_of(out):
    return json.loads(
        written.octets(f"{out}/sightings.internal.json"))["objects"]


def key(row):
    return tuple(row[k] for k in ("indicator", "own", "peer", "direction",
                                  "outcome"))


def wrong_hits(out):
    """Differences between expected.tsv and hits.jsonl, as lines."""
    expected = collections.Counter()
    with open(f"{data}/expected.tsv", newline="") as file:
        file.seek(2)  # the head is a comment: "# indicator ..."
        for row in csv.DictReader(file, delimiter="\t",
                                  quoting=csv.QUOTE_NONE):
            if row["transactions"].isdigit() and int(row["transactions"]):
                expected[key(row) + (row["field"], row["value"])] += int(
                    row["transactions"])
    for hit in written.lines(f"{out}/hits.jsonl"):
        name = hit["indicator"]
        if hit["source"] == "demo.list.txt":
            name = "list:" + list_value(out, name)
        start = (name, hit["own"] and hit["own"]["ip"], hit["peer"]["ip"],
                 hit["direction"], hit["outcome"])
        keys = [start + (v["field"], v["value"]) for v in hit["values"]]
        known = [k for k in keys if expected[k] > 0]
        if known:
            expected[known[0]] -= 1
        else:
            yield f"not expected: {keys} {hit['packet']}"
    for k, count in expected.items():
        if count:
            yield f"missing {count}: {k}"


def list_value(out, indicator):
    """The list's value that stands behind a derived id."""
    for item in objects_of(out):
        if item["id"] == indicator:
            return item["name"]
    return "?"


first = match(1)
faults = list(wrong_hits(first))
check(not faults, "\n".join(faults))
for workers in (2, 3, 7):
    other = match(workers)
    for name in ("hits.jsonl", "sightings.internal.json", "run.json"):
        check(written.octets(f"{first}/{name}") ==
              written.octets(f"{other}/{name}"),
              f"{name} differs with {workers} workers")
wrong = wrong_objects(source, objects_of(first))
check(not wrong, "\n".join(wrong))
case.end()
