#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Indicators that mean the same, written otherwise, from sources with their own
markings: one transaction reports every one of them, each with its own source,
version and marking; the tests behind them are compiled once.
usage: same.py NOROSHI SOURCE_DIR WORK_DIR"""
import json
import uuid

import case
import written
from asked import write_capture
from case import check

noroshi, source, place = case.begin()
GREEN = "marking-definition--bab4a63c-aed9-4cf5-a766-dfca5abac2bb"
AMBER = "marking-definition--55d920b0-5e8b-4f79-9ee9-91f868d9b421"
NAME = "domain-name:value = 'a.example'"
LIKE = "domain-name:value LIKE 'a.%'"
# source: marking, patterns of equal meaning
feeds = {
    "one": (GREEN, [f"[{NAME} AND {LIKE}]", f"[{LIKE} AND {NAME}]"]),
    "two": (AMBER, [f"[({LIKE}) AND domain-name:value = 'A[.]EXAMPLE.']"]),
    "three": (None, [f"[domain-name:value = 'never.example' OR ({NAME} AND "
                     f"{LIKE})]"])}
wanted = set()
for feed, (marking, patterns) in feeds.items():
    objects = []
    for number, pattern in enumerate(patterns):
        item = {"type": "indicator", "spec_version": "2.1",
                "id": "indicator--" + str(uuid.uuid5(
                    uuid.NAMESPACE_DNS, f"{feed}{number}")),
                "created": "2026-01-01T00:00:00.000Z",
                "modified": f"2026-01-0{number + 1}T00:00:00.000Z",
                "pattern_type": "stix", "pattern": pattern,
                "valid_from": "2020-01-01T00:00:00Z"}
        if marking is not None:
            item["object_marking_refs"] = [marking]
        objects.append(item)
        wanted.add((item["id"], item["modified"], f"{feed}.json",
                    {GREEN: "green", AMBER: "amber", None: "unmarked"}[marking]))
    with open(f"{place}/{feed}.json", "w", encoding="utf-8") as file:
        json.dump({"type": "bundle", "id": "bundle--" + str(uuid.uuid4()),
                   "objects": objects}, file)


write_capture(f"{place}/asked.pcap", [(1, "10.0.0.1", "a.example")])
case.run(noroshi, "match", "--out", f"{place}/out",
         *[word for feed in feeds for word in
           ("--indicators", f"{place}/{feed}.json")], f"{place}/asked.pcap")
hits = written.lines(f"{place}/out/hits.jsonl")
got = {(hit["indicator"], hit["modified"], hit["source"], hit["tlp"])
       for hit in hits}
check(got == wanted and len(hits) == len(wanted), f"{got ^ wanted}")
check(len({hit["flow"] for hit in hits}) == 1, "all of one transaction")
print(f"{len(hits)} hits")
case.end()
