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
import subprocess
import sys

noroshi, source, work = sys.argv[1:4]
data = os.path.join(source, "tests", "data")


def match(workers):
    out = os.path.join(work, f"demo-{workers}")
    subprocess.run(
        [noroshi, "match", "--indicators", f"{data}/demo.stix.json",
         "--indicators", f"{data}/demo.list.txt", "--workers", str(workers),
         "--out", out, f"{data}/demo.pcap"],
        check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return out


def read(path):
    with open(path, "rb") as file:
        return file.read()


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
    for line in read(f"{out}/hits.jsonl").splitlines():
        hit = json.loads(line)
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
    bundle = json.loads(read(f"{out}/sightings.internal.json"))
    for item in bundle["objects"]:
        if item["id"] == indicator:
            return item["name"]
    return "?"


def wrong_objects(out):
    """Objects that their STIX schema refuses, as lines; None: no schemas."""
    shared = os.environ.get("NOROSHI_SHARED", os.path.join(source, "..",
                                                           "shared"))
    folder = os.path.join(shared, "schemas", "stix-2.1", "schemas")
    try:
        import jsonschema
    except ImportError:
        return None
    if not os.path.isdir(folder):
        return None
    store = {}
    for place, _, names in os.walk(folder):
        for name in names:
            path = os.path.join(place, name)
            schema = json.loads(read(path))
            schema.pop("$id", None)
            store["file://" + os.path.abspath(path)] = schema
    wrong = []
    for item in json.loads(read(f"{out}/sightings.internal.json"))["objects"]:
        path = next(p for p in store if p.endswith(f"/{item['type']}.json"))
        resolver = jsonschema.RefResolver(path, store[path], store=store)
        validator = jsonschema.Draft202012Validator(store[path],
                                                    resolver=resolver)
        wrong += [f"{item['id']}: {e.message}"
                  for e in validator.iter_errors(item)]
    return wrong


def main():
    first = match(1)
    faults = list(wrong_hits(first))
    for workers in (2, 3, 7):
        other = match(workers)
        for name in ("hits.jsonl", "sightings.internal.json", "run.json"):
            if read(f"{first}/{name}") != read(f"{other}/{name}"):
                faults.append(f"{name} differs with {workers} workers")
    objects = wrong_objects(first)
    if objects is None:
        print("objects not validated: no schemas or no jsonschema here")
    faults += objects or []
    print("\n".join(faults))
    sys.exit(1 if faults else 0)


main()
