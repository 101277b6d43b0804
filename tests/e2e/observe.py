#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""observe: --json holds the values of --tsv, each in its transaction and its
objects; --fields gives exactly the rows of its fields; escapes turn back into
the bytes that were seen.
usage: observe.py NOROSHI SOURCE_DIR WORK_DIR"""
import collections
import json
import os
import subprocess

import case
from case import check

noroshi, source, _ = case.begin()
shared = case.shared(source)
capture = os.path.join(source, "tests", "data", "demo.pcap")
captures = [capture]
more = os.path.join(shared, "corpus", "pcap", "zeek")
if os.path.isdir(more):
    found = sorted(os.path.join(folder, name)
                   for folder, _, names in os.walk(more) for name in names)
    captures += found[::25]


def observe(path, *options):
    done = subprocess.run([noroshi, "observe", *options, path],
                          capture_output=True)
    check(done.returncode in (0, 1), f"{options} {path}: {done.returncode}")
    return done.stdout.decode("utf-8").splitlines()


def escaped(text):
    return (text.replace("\\", "\\\\").replace("\t", "\\t")
            .replace("\n", "\\n").replace("\r", "\\r").replace("\0", "\\x00"))


for path in captures:
    rows = collections.Counter(observe(path, "--tsv"))
    check(rows == collections.Counter(observe(path)), "--tsv is the default")
    told = collections.Counter()
    for line in observe(path, "--json"):
        item = json.loads(line)
        ids = {thing["id"] for thing in item["objects"]}
        check(len(ids) == len(item["objects"]), "an object stands once")
        for thing in item["objects"]:
            for key, value in thing.items():
                if key.endswith("_ref"):
                    check(value in ids, f"{key} {value} is there")
        for value in item["values"]:
            told[value["field"] + "\t" + escaped(value["value"])] += 1
    # Bytes that are no UTF-8 become \\xNN in one and U+FFFD in the other.
    clean = {row for row in rows if "\\x" not in row}
    check(all(rows[row] == told[row] for row in clean) and
          sum(rows.values()) == sum(told.values()),
          f"{path}: the same values in both forms: "
          f"{[row for row in clean if rows[row] != told[row]][:3]}")
    fields = sorted({row.split("\t")[0] for row in rows})
    for field in fields:
        check(collections.Counter(observe(path, "--fields", field)) ==
              {row: count for row, count in rows.items()
               if row.split("\t")[0] == field},
              f"{path}: --fields {field}")
# By hand from the capture: the first question and its answer.
first = json.loads(observe(capture, "--json", "--fields",
                           "dns.query,dns.rr.A")[0])
check(first["kind"] == "dns" and
      first["client"] == {"ip": "10.20.30.11", "port": 45354} and
      [(v["field"], v["value"]) for v in first["values"]] ==
      [("dns.query", "news.example"), ("dns.rr.A", "192.0.2.10")] and
      [(o["type"], o.get("value")) for o in first["objects"]][-2:] ==
      [("domain-name", "news.example"), ("ipv4-addr", "192.0.2.10")],
      f"the first question: {first}")
for options, status in ((["--fields", "no.such", capture], 2), ([], 2),
                        (["/nonexistent"], 1)):
    check(subprocess.run([noroshi, "observe", *options],
                         capture_output=True).returncode == status,
          f"{options}: status {status}")
case.end()
