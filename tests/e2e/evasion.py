#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Each case of tests/data/evasion is matched, or counted as ambiguous or as not
wholly seen; and none says so when the same packets are harmless.
usage: evasion.py NOROSHI SOURCE_DIR WORK_DIR"""
import hashlib
import json
import os
import subprocess
import sys

import case
import written
from case import check

noroshi, source, folder = case.begin()
sys.path.insert(0, os.path.join(source, "tests", "data", "evasion"))
import files  # noqa: E402
import transfers  # noqa: E402
from cases import MATCHED, READ, cases  # noqa: E402
from packets import write  # noqa: E402


def on_payload(name):
    """A file with an indicator of the octets that name @name."""
    path = os.path.join(folder, f"{name}.json")
    host, _, domain = name.partition(".")
    expression = rf"(?i){host}[.\\x07]{domain}"
    with open(path, "w", encoding="utf-8") as file:
        json.dump({
            "type": "indicator", "spec_version": "2.1",
            "id": "indicator--00000000-0000-4000-8000-000000000001",
            "created": "2020-01-01T00:00:00.000Z",
            "modified": "2020-01-01T00:00:00.000Z",
            "pattern_type": "stix", "valid_from": "2020-01-01T00:00:00Z",
            "pattern": f"[artifact:payload_bin MATCHES '{expression}']"}, file)
    return path


def match(asked, capture):
    """The hits on what is @asked for, and the run's counters."""
    subprocess.run([noroshi, "match", *asked, "--out", folder,
                    "--workers", "2", capture], check=True,
                   capture_output=True)
    hits = len(written.lines(os.path.join(folder, "hits.jsonl")))
    with open(os.path.join(folder, "run.json"), encoding="utf-8") as file:
        return hits, json.load(file)["counters"]


# The name as a value that is read, and as octets that pass.
ways = (("value", ["--ioc", "c2.example"], ["--ioc", "c3.example"]),
        ("payload", ["--indicators", on_payload("c2.example")],
         ["--indicators", on_payload("c3.example")]))
count = 0
for name, packets, outcome in cases():
    count += 1
    capture = os.path.join(folder, "case.pcap")
    write(capture, packets)
    for way, asked, other in ways:
        if way == "payload" and (outcome == READ or "mail_" in outcome):
            continue
        hits, counters = match(asked, capture)
        told = {key: value for key, value in counters.items()
                if value and ("contradict" in key or "otherwise" in key)}
        if outcome in (MATCHED, READ):
            check(hits == 1, f"{name}, {way}: {hits} hits; {told}")
        else:
            check(counters[outcome] != 0,
                  f"{name}, {way}: {outcome} is 0; {told}")
        check(match(other, capture)[0] == 0,
              f"{name}, {way}: another name hits")


def digests(octets):
    """All three kinds of digest are asked for at once."""
    return [word for kind in (hashlib.md5, hashlib.sha1, hashlib.sha256)
            for word in ("--ioc", kind(octets).hexdigest())]


for name, packets, outcome in [*files.cases(), *transfers.cases()]:
    count += 1
    capture = os.path.join(folder, "case.pcap")
    write(capture, packets)
    hits, counters = match(digests(files.FILE), capture)
    # Of what is said twice the first may be told, and it is counted.
    allowed = ((3,) if outcome == MATCHED else
               (0,) if outcome.startswith("files_") else (0, 3))
    check(hits in allowed, f"{name}: {hits} hits")
    check(outcome == MATCHED or counters[outcome] != 0,
          f"{name}: {outcome} is 0")
    check(match(digests(files.FILE + b"!"), capture)[0] == 0,
          f"{name}: another file hits")
check(count >= 300, f"{count} cases")
case.end()
