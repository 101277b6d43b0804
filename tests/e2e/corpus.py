#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Every capture of the shared corpus through match and observe: no crash, no
sanitizer's report, and the same bytes for any number of workers.
usage: corpus.py NOROSHI SOURCE_DIR WORK_DIR"""
import os
import subprocess
import sys

noroshi, source, work = sys.argv[1:4]
shared = os.environ.get("NOROSHI_SHARED",
                        os.path.join(source, "..", "shared"))
corpus = os.path.join(shared, "corpus", "pcap")
if not os.path.isdir(corpus):
    print(f"skipped: no {corpus} (set NOROSHI_SHARED)")
    sys.exit(77)

captures = sorted(os.path.join(place, name)
                  for place, _, names in os.walk(corpus) for name in names)
values = ("*.com", "*.org", "*.net", "10.0.0.0/8", "192.168.0.0/16",
          "2001:db8::/32", "http://www.example.com/")


def run(arguments, output):
    done = subprocess.run([noroshi, *arguments], stdout=output,
                          stderr=subprocess.PIPE, check=False)
    text = done.stderr.decode("utf-8", "replace")
    if done.returncode not in (0, 1) or "Sanitizer" in text or (
            "runtime error" in text):
        print(text[-4000:])
        print(f"status {done.returncode}: {arguments[0]}")
        sys.exit(1)


def read(workers, name):
    with open(os.path.join(work, f"corpus-{workers}", name), "rb") as file:
        return file.read()


iocs = [word for value in values for word in ("--ioc", value)]
for workers in (1, 2, 5):
    run(["match", *iocs, "--workers", str(workers), "--out",
         os.path.join(work, f"corpus-{workers}"), *captures],
        subprocess.DEVNULL)
for name in ("hits.jsonl", "sightings.internal.json", "run.json"):
    if not read(1, name) == read(2, name) == read(5, name):
        sys.exit(f"{name} depends on the number of workers")
hits = read(1, "hits.jsonl").count(b"\n")
run(["observe", *captures], subprocess.DEVNULL)
print(f"{len(captures)} captures, {hits} hits")
sys.exit(0 if hits > 1000 else 1)
