#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Looking back: what match finds in captures it finds in the logs of the same
packets, and the reverse, for the kinds that the logs hold; the same files for
any number of workers; damaged logs are said.
usage: retro.py NOROSHI SOURCE_DIR WORK_DIR"""
import collections
import os
import random
import subprocess

import case
import written
from case import check

noroshi, source, place = case.begin()
shared = case.shared(source)


def path(name):
    return os.path.join(place, name)


def match(indicators, out, what, *options):
    done = subprocess.run(
        [noroshi, "match", *indicators, "--out", path(out), *options, *what],
        capture_output=True, text=True)
    check(done.returncode in (0, 1), f"{out}: {done.stderr}")
    return written.lines(path(out) + "/hits.jsonl"), done


def key(hit):
    """An indicator with an own host; the peer is the first one's in a log."""
    own = hit["own"]["ip"] if hit["own"] else (hit["client"]["ip"],)
    return (hit["indicator"], own, hit["direction"])


def compare(name, indicators, captures, logs=()):
    """Hits of captures and of their logs; returns the former's number."""
    wanted, _ = match(indicators, name, captures, "--seen", path(name + "-s"),
                      "--flows", path(name + "-f"), "--workers", "1", *logs)
    found, _ = match(indicators, name + "-retro", [path(name + "-s")])
    check(all(hit["mode"] == "retro" and hit["packet"] is None and
              hit["times"] >= 1 and hit["time"] <= hit["last"]
              for hit in found), f"{name}: marks of looking back")
    here, there = set(map(key, wanted)), set(map(key, found))
    check(here == there, f"{name}: missed {sorted(here - there)[:5]}, "
          f"too many {sorted(there - here)[:5]}")
    graded = {(key(hit), hit["grade"], hit["how"]) for hit in wanted}
    check({(key(hit), hit["grade"], hit["how"]) for hit in found} == graded,
          f"{name}: grades")
    return len(wanted)


# The demo: patterns of all kinds. observe --json holds whole transactions.
capture = os.path.join(source, "tests", "data", "demo.pcap")
both = ["--indicators", os.path.join(source, "tests", "data",
                                     "demo.stix.json"),
        "--indicators", os.path.join(source, "tests", "data",
                                     "demo.list.txt")]
with open(path("observed.jsonl"), "wb") as out:
    subprocess.run([noroshi, "observe", "--json", capture], stdout=out,
                   check=True)
wanted, _ = match(both, "demo", [capture], "--seen", path("s"), "--flows",
                  path("f"))


def tell(hits):
    return {(hit["indicator"], hit["field"], hit["value"], hit["flow"],
             hit["direction"], hit["grade"]) for hit in hits}


found, _ = match(both, "observed", [path("observed.jsonl")])
several = {hit["indicator"] for hit in wanted if "observations" in hit}
check(tell(found) == {row for row in tell(wanted) if row[0] not in several},
      f"observe --json: {tell(wanted) ^ tell(found)}")
# A flow log holds addresses, ports, counters: what fires on the flow itself.
found, _ = match(both, "flows", [path("f")])
flow_hits = {row for row in tell(wanted) if row[1].startswith("ip.")}
check(tell(found) == flow_hits, f"flows: {tell(found) ^ flow_hits}")
for workers in ("2", "7"):
    for what in ("s", "f", "observed.jsonl"):
        match(both, "one", [path(what)], "--workers", "1")
        match(both, "many", [path(what)], "--workers", workers)
        check(written.files(path("one")) == written.files(path("many")),
              f"{what}: {workers} workers write the same")

# A log of single values, for indicators of single values.
singles = ["--indicators", os.path.join(source, "tests", "data",
                                        "demo.list.txt")]
for value in ("higan.example", "198.51.100.23", "portal.higan.example"):
    singles += ["--ioc", value]
total = compare("single", singles, [capture])
check(total > 5, f"{total} hits")
total += compare("strictly", [*singles, "--validity", "strict"], [capture])

# Real captures, with the values that another engine read in them.
table = os.path.join(shared, "corpus", "reference", "suricata-reference.tsv")
if os.path.exists(table):
    FIELDS = {"dns.query", "dns.rr.A", "dns.rr.CNAME", "tls.sni", "http.host",
              "tls.ja3", "tls.cert_sha1", "ip.dst", "ip.src", "file.sha256",
              "email.from", "quic.sni"}
    values = collections.defaultdict(list)
    with open(table, encoding="utf-8", errors="replace") as file:
        for row in file:
            cells = row.rstrip("\n").split("\t")
            if len(cells) == 4 and cells[2] in FIELDS and cells[3]:
                values[cells[0] + "/" + cells[1]].append(cells[3])
    random.seed(3)
    names = [name for name in sorted(values) if os.path.getsize(
        os.path.join(shared, "corpus", "pcap", name)) < 2 << 20]
    chosen = sorted(random.sample(names, 150))
    rows = sorted({value for name in chosen for value in values[name]})
    with open(path("corpus.txt"), "w", encoding="utf-8") as out:
        out.write("\n".join(rows[::2]) + "\n")
    corpus = compare("corpus", ["--indicators", path("corpus.txt")],
                     [os.path.join(shared, "corpus", "pcap", name)
                      for name in chosen])
    check(corpus > 500, f"{corpus} hits in the corpus")
    total += corpus

# What is cut or damaged is said, and the rest is found.
log = os.path.join(path("s"), sorted(os.listdir(path("s")))[0])
data = written.octets(log)
with open(path("cut.nrslog"), "wb") as file:
    file.write(data + data[:-9])
_, done = match(singles, "cut", [path("cut.nrslog")])
check(done.returncode == 1 and "cut.nrslog" in done.stderr, done.stderr)
with open(path("bad.nrslog"), "wb") as file:
    file.write(data[:-1] + bytes([data[-1] ^ 1]) + data)
hits, done = match(singles, "bad", [path("bad.nrslog")])
check(done.returncode == 1 and "1 blocks" in done.stderr and hits, done.stderr)
done = subprocess.run([noroshi, "match", *singles, log, capture],
                      capture_output=True, text=True)
check(done.returncode == 2 and "not both" in done.stderr, done.stderr)
print(f"{total} hits, found in packets and in logs alike")
case.end()
