#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""1,000,000 indicators from the test hub in pages of 1,000: constant memory,
and after a kill no more than a page is read again.
usage: pull_million.py PULL_PROBE SOURCE_DIR WORK_DIR [COUNT]"""
import os
import resource
import subprocess
import sys
import time

from pulling import Probe, hub_of

probe, source, work = sys.argv[1:4]
COUNT = int(sys.argv[4]) if len(sys.argv) > 4 else 1000000
PAGE = 1000
hub_module = hub_of(source)
ours = Probe(work, f"million-{COUNT}", probe)
# What the sanitizer holds back would be taken for growth.
os.environ.setdefault("ASAN_OPTIONS", "quarantine_size_mb=1")


def pages(hub):
    return sum("/objects/" in r["path"] for r in hub.requests())


def peak_mb():
    """Of the largest child so far."""
    return resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024


def main():
    # What a tenth of it takes, for comparison.
    with hub_module.Hub() as hub:
        hub.many(COUNT // 10)
        got = ours.pull(ours.store(), hub.url, limit=PAGE, seconds=600,
                        timeout=700, load="no")
        assert got["objects"] == COUNT // 10, got
    small = peak_mb()
    began = time.monotonic()
    with hub_module.Hub() as hub:
        hub.many(COUNT)
        where = ours.store()
        child = subprocess.Popen(
            ours.pull_arguments(where, hub.url, limit=PAGE, seconds=1000,
                                load="no"), stdout=subprocess.DEVNULL)
        while pages(hub) < COUNT // PAGE // 2:
            assert child.poll() is None, "the pull ended early"
            time.sleep(0.01)
        child.kill()
        child.wait()
        got = ours.pull(where, hub.url, limit=PAGE, seconds=1000,
                        timeout=1200, load="no")
        took, peak, asked = time.monotonic() - began, peak_mb(), pages(hub)
        print(f"{COUNT} indicators in {took:.0f} s, {asked} pages of {PAGE}; "
              f"after the kill {got['known']} objects were read again; at "
              f"most {peak:.1f} MB resident ({small:.1f} MB for a tenth)")
        assert got["objects"] == COUNT and got["health"] == "well", got
        assert got["known"] <= PAGE, got
        # One page may be under way when it is killed.
        assert asked <= COUNT // PAGE + 1, asked
        assert peak < small + 8, "memory grows with the collection"


main()
