#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""match --packets: the packets of the flows that hit, no others, with the hit
as comment; the same bytes for any number of workers; what is written hits just
as the captures did; wrong usage is refused before anything is written.
usage: packets.py NOROSHI SOURCE_DIR WORK_DIR"""
import collections
import gzip
import os
import shutil
import struct
import subprocess

import case
import written
from case import check

noroshi, source, place = case.begin()
data = os.path.join(source, "tests", "data")


def match(name, captures, *options):
    out = os.path.join(place, name)
    case.run(noroshi, "match", "--indicators", f"{data}/demo.stix.json",
             "--indicators", f"{data}/demo.list.txt", "--out", out,
             "--packets", out + ".pcapng", *options, *captures)
    return written.lines(f"{out}/hits.jsonl"), out + ".pcapng"


def identities(hits):
    return collections.Counter(
        (hit["time"], hit["indicator"], hit["value"], hit["flow"],
         hit["outcome"]) for hit in hits)


def blocks(path):
    """Interfaces and packets of a pcapng file: (interface, time, frame,
    comment), read by the draft's layout and not with our reader."""
    octets = written.octets(path)
    names, packets, at = [], [], 0
    while at < len(octets):
        kind, length = struct.unpack_from("<II", octets, at)
        check(length % 4 == 0 and length >= 12, f"block length {length}")
        check(struct.unpack_from("<I", octets, at + length - 4)[0] == length,
              "both lengths of a block are the same")
        body = octets[at + 8:at + length - 4]
        if at == 0:
            check(kind == 0x0a0d0d0a and
                  struct.unpack_from("<I", body)[0] == 0x1a2b3c4d,
                  "a section header comes first")
        if kind == 1:
            options = read_options(body[8:])
            check(options[9] == b"\x09", "stamps in nanoseconds")
            names.append(options[2].decode())
        elif kind == 6:
            interface, high, low, got, wire = struct.unpack_from("<5I", body)
            check(interface < len(names), "the interface was described")
            end = 20 + (got + 3) // 4 * 4
            options = read_options(body[end:])
            packets.append((names[interface], high << 32 | low,
                            body[20:20 + got],
                            options.get(1, b"").decode()))
        at += length
    return packets


def read_options(octets):
    found, at = {}, 0
    while at + 4 <= len(octets):
        code, length = struct.unpack_from("<HH", octets, at)
        if code == 0:
            break
        found[code] = octets[at + 4:at + 4 + length]
        at += 4 + (length + 3) // 4 * 4
    return found


def frames(path):
    """(time in ns, octets) of a little-endian microsecond pcap."""
    octets = written.octets(path)
    at, found = 24, []
    while at < len(octets):
        seconds, micro, got, _ = struct.unpack_from("<4I", octets, at)
        found.append((seconds * 10**9 + micro * 1000,
                      octets[at + 16:at + 16 + got]))
        at += 16 + got
    return found


def pair_of(frame):
    """Both addresses of an Ethernet frame's IP packet, unordered."""
    kind = struct.unpack_from("!H", frame, 12)[0]
    if kind == 0x0800:
        return frozenset((frame[26:30], frame[30:34]))
    if kind == 0x86dd:
        return frozenset((frame[22:38], frame[38:54]))
    return None


capture = f"{data}/demo.pcap"
hits, path = match("one", [capture], "--workers", "1")
for workers in ("2", "5"):
    _, other = match(f"w{workers}", [capture], "--workers", workers)
    check(written.octets(path) == written.octets(other),
          f"the same bytes for {workers} workers")
packets = blocks(path)
known = frames(capture)
left = collections.Counter(known)
for _, when, frame, _ in packets:
    left[(when, frame)] -= 1
check(min(left.values()) >= 0 and len(packets) > 0,
      "every packet written is one of the capture, with its time")
check([p[1] for p in packets] == sorted(p[1] for p in packets),
      "in the order of the capture")
# Each hit is said at its packet (a hit at a flow's end, at its last one).
said = collections.Counter()
for _, when, frame, comment in packets:
    for line in comment.split("\n") if comment else []:
        said[line.split(": ")[0].split()[-1]] += 1
        value = line.split(": ", 1)[1].split(" (")[0].split(" ")[1]
        host = value.split("://")[-1].split("/")[0]
        check("http" not in value and "." not in host.replace("[.]", ""),
              f"defanged: {line}")
check(said == collections.Counter(hit["indicator"] for hit in hits),
      "a comment for each hit")
by_frame = {frame: comment for _, when, frame, comment in packets}
for hit in hits:
    if hit["packet"] is not None:
        frame = known[hit["packet"] - 1][1]
        check(hit["indicator"] in by_frame.get(frame, ""),
              f"frame {hit['packet']} says {hit['indicator']}")
# Pairs of hosts of which nothing hit are not there.
wanted = {pair_of(known[hit["packet"] - 1][1]) for hit in hits
          if hit["packet"] is not None}
check({pair_of(p[2]) for p in packets} <= wanted | {None},
      "only hosts of flows that hit")
check(len({p[2] for p in packets}) < len({frame for _, frame in known}),
      "not the whole capture")
# What was written hits in the same way.
again, _ = match("again", [path])
check(identities(again) == identities(hits), "the written file hits the same")
# Several captures, compressed, and joined to one session.
with gzip.open(f"{place}/demo.pcap.gz", "wb") as packed:
    packed.write(written.octets(capture))
twice, both = match("both", [capture, f"{place}/demo.pcap.gz"])
check(len(blocks(both)) == 2 * len(packets) and
      {p[0] for p in blocks(both)} == {"demo.pcap", "demo.pcap.gz"},
      "two captures: twice the packets, each under its name")
_, rotated = match("rotated", [capture], "--rotated")
check([p[1:] for p in blocks(rotated)] == [p[1:] for p in packets],
      "rotated: the same packets")
_, part = match("part", [capture], "--filter", "udp port 53")
check({p[2][23] for p in blocks(part) if p[2][12:14] == b"\x08\x00"} == {17},
      "the filter holds in the second pass")
# Refused, with the reason, and nothing is harmed.
shutil.copy(capture, f"{place}/own.pcap")
for captures, target in ((["-"], f"{place}/x.pcapng"),
                         ([f"{place}/own.pcap"], f"{place}/own.pcap")):
    done = case.run(noroshi, "match", "--ioc", "192.0.2.1", "--packets",
                    target, *captures, status=2, stdin=subprocess.DEVNULL)
    check("--packets" in done.stderr, f"{captures}: {done.stderr}")
check(written.octets(capture) == written.octets(f"{place}/own.pcap"),
      "a capture is never written over")
done = case.run(noroshi, "match", "--ioc", "192.0.2.1", "--packets",
                f"{place}/none/x.pcapng", capture, status=1)
check("none/x.pcapng" in done.stderr, f"no such folder: {done.stderr}")
case.end()
