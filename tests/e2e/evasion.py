#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Each case of tests/data/evasion is matched, or counted as ambiguous; and none
says so when the same packets are harmless.
usage: evasion.py NOROSHI SOURCE_DIR WORK_DIR"""
import json
import os
import subprocess
import sys

noroshi, source, work = sys.argv[1:4]
sys.path.insert(0, os.path.join(source, "tests", "data", "evasion"))
from cases import MATCHED, cases  # noqa: E402
from packets import write  # noqa: E402

folder = os.path.join(work, "evasion")
os.makedirs(folder, exist_ok=True)
failures = []


def match(value, capture):
    """The hits on @value, and the run's counters."""
    subprocess.run([noroshi, "match", "--ioc", value, "--out", folder,
                    "--workers", "2", capture], check=True,
                   capture_output=True)
    with open(os.path.join(folder, "hits.jsonl"), encoding="utf-8") as file:
        hits = len(file.readlines())
    with open(os.path.join(folder, "run.json"), encoding="utf-8") as file:
        return hits, json.load(file)["counters"]


count = 0
for name, packets, outcome in cases():
    count += 1
    capture = os.path.join(folder, "case.pcap")
    write(capture, packets)
    hits, counters = match("c2.example", capture)
    told = {key: value for key, value in counters.items()
            if value and ("contradict" in key or "otherwise" in key)}
    if outcome == MATCHED and hits != 1:
        failures.append(f"{name}: {hits} hits; {told}")
    if outcome != MATCHED and counters[outcome] == 0:
        failures.append(f"{name}: {outcome} is 0; {told}")
    if match("c3.example", capture)[0] != 0:
        failures.append(f"{name}: another name hits")
for text in failures:
    print("FAILED:", text)
print(f"{count} cases, {len(failures)} failures")
sys.exit(1 if failures or count < 35 else 0)
