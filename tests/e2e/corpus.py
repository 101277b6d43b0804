#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Every capture of the shared corpus through match and observe: no crash, no
sanitizer's report, and the same bytes for any number of workers.
usage: corpus.py NOROSHI SOURCE_DIR WORK_DIR"""
import os
import subprocess

import case
import written
from case import check

noroshi, source, work = case.begin()
corpus = os.path.join(case.shared(source), "corpus", "pcap")
if not os.path.isdir(corpus):
    case.skip(f"no {corpus} (set NOROSHI_SHARED)")

captures = sorted(os.path.join(place, name)
                  for place, _, names in os.walk(corpus) for name in names)
values = ("*.com", "*.org", "*.net", "10.0.0.0/8", "192.168.0.0/16",
          "2001:db8::/32", "http://www.example.com/")


def run(arguments, output):
    done = subprocess.run([noroshi, *arguments], stdout=output,
                          stderr=subprocess.PIPE, check=False)
    text = done.stderr.decode("utf-8", "replace")
    check(done.returncode in (0, 1) and "Sanitizer" not in text and
          "runtime error" not in text,
          f"status {done.returncode}: {arguments[0]}: {text[-4000:]}")


def read(workers, name):
    return written.octets(os.path.join(work, str(workers), name))


iocs = [word for value in values for word in ("--ioc", value)]
for workers in (1, 2, 5):
    run(["match", *iocs, "--workers", str(workers), "--out",
         os.path.join(work, str(workers)), *captures],
        subprocess.DEVNULL)
for name in ("hits.jsonl", "sightings.internal.json", "run.json"):
    check(read(1, name) == read(2, name) == read(5, name),
          f"{name} depends on the number of workers")
hits = read(1, "hits.jsonl").count(b"\n")
run(["observe", *captures], subprocess.DEVNULL)
check(hits > 1000, f"{hits} hits")
print(f"{len(captures)} captures, {hits} hits")
case.end()
