#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Hits inside of tunnels: at a packet and at a tick, each with the tunnels and
the capture of its flow, the same for any number of workers; and tenants of an
overlay who use the same addresses and ports, each with flows of its own.
usage: tunnels.py NOROSHI SOURCE_DIR WORK_DIR"""
import json
import os
import struct
import subprocess
import sys

import case
import written
from case import check

noroshi, source, place = case.begin()
sys.path.insert(0, os.path.join(source, "tests", "data", "evasion"))
import packets  # noqa: E402
from packets import FAR, NEAR, ethernet, ip, opening, segment, udp  # noqa: E402

REQUEST = b"GET / HTTP/1.1\r\nHost: c2.example\r\n\r\n"
FLOW = opening() + [segment(0, REQUEST)]


def gre(inner, near=NEAR, far=FAR):
    return ip(b"\0\0\x08\0" + inner, 47, near, far)


def nvgre(inner, key, near=NEAR, far=FAR):
    return ip(b"\x20\0\x65\x58" + struct.pack(">I", key) + ethernet(inner), 47,
              near, far)


def vxlan(inner, vni):
    return udp(struct.pack(">II", 0x08000000, vni << 8) + ethernet(inner),
               (50000, 4789), NEAR, FAR)


def geneve(inner, vni):
    return udp(struct.pack(">HHI", 0, 0x6558, vni << 8) + ethernet(inner),
               (50000, 6081), NEAR, FAR)


def erspan(inner, session):
    """Type II (draft-foschiano-erspan), with a sequence number."""
    return ip(b"\x10\0\x88\xbe\0\0\0\1" + struct.pack(
        ">HHI", 0x1000, session, 0) + ethernet(inner), 47, NEAR, FAR)


def indicator(pattern):
    path = os.path.join(place, "indicator.json")
    with open(path, "w", encoding="utf-8") as file:
        json.dump({"type": "indicator", "spec_version": "2.1",
                   "id": "indicator--00000000-0000-4000-8000-000000000001",
                   "created": "2020-01-01T00:00:00.000Z",
                   "modified": "2020-01-01T00:00:00.000Z",
                   "pattern_type": "stix", "pattern": pattern,
                   "valid_from": "2020-01-01T00:00:00Z"}, file)
    return path


def match(pattern, captures, workers=1):
    """hits.jsonl, the STIX objects and the flows of a run."""
    subprocess.run([noroshi, "match", "--indicators", indicator(pattern),
                    "--out", place, "--workers", str(workers), *captures],
                   check=True, capture_output=True)
    hits, objects, run = (
        written.octets(os.path.join(place, name)).decode() for name in
        ("hits.jsonl", "sightings.internal.json", "run.json"))
    return [hits, objects], json.loads(run)["counters"]["flows"]


def capture(name, sent):
    path = os.path.join(place, name)
    packets.write(path, sent)
    return path


# One capture with tunnels in tunnels, one without any.
deep = capture("deep.pcap", [ip(gre(p), 4, FAR, NEAR) for p in FLOW])
plain = capture("plain.pcap", FLOW)
at_packet = "[domain-name:value = 'c2.example']"
at_tick = ("[network-traffic:src_packets = 3 AND "
           "network-traffic:dst_port = 80]")
for name, pattern in (("packet", at_packet), ("tick", at_tick)):
    first, _ = match(pattern, [deep, plain])
    for workers in (2, 3, 8):
        check(match(pattern, [deep, plain], workers)[0] == first,
              f"{name}: {workers} workers tell something else")
    hits = [json.loads(line) for line in first[0].splitlines()]
    hits = [hit for hit in hits if "raises" not in hit]
    check([os.path.basename(h["capture"]) for h in hits]
          == ["deep.pcap", "plain.pcap"], f"{name}: captures")
    tunnels = [[(t["client"]["ip"], t["server"]["ip"], t["protocol"])
                for t in hit.get("tunnels", [])] for hit in hits]
    check(tunnels == [[(FAR, NEAR, "ipv4"), (NEAR, FAR, "gre")], []],
          f"{name}: {tunnels}")
    check("encapsulates_refs" in first[1], f"{name}: encapsulates_refs")

# Two tenants: one and the same connection, twice at the same time.
TWO = [("VXLAN", lambda p, n, _: vxlan(p, n + 5), 2),
       ("GENEVE", lambda p, n, _: geneve(p, n + 5), 2)]
# A mirror that numbers the directions: one connection, one flow.
SIDES = [("ERSPAN", lambda p, _, back: erspan(p, 5 + back), 1),
         ("a mirror over GRE with keys",
          lambda p, _, back: nvgre(p, back << 25), 1)]
for name, wrap, wanted in TWO + SIDES:
    sent = [wrap(p, n, int(p[12:16] == packets.address(packets.SERVER)))
            for p in FLOW for n in (0, 1)]
    (hits, _), flows = match(at_packet, [capture("tenants.pcap", sent)])
    hits = [h for h in map(json.loads, hits.splitlines())
            if "raises" not in h]
    check(len(hits) == wanted, f"{name}: {len(hits)} hits")
    for hit in hits:
        check(hit["outcome"] == "established", f"{name}: {hit['outcome']}")
case.end()
