#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""match --flows: every packet of a capture is in one flow record, by another
reading of the same packets (here, and where they are, another engine's flows
and tshark's Community IDs); the same files for any number of workers.
usage: flows.py NOROSHI SOURCE_DIR WORK_DIR"""
import collections
import ipaddress
import os
import shutil
import struct
import subprocess

import case
import written
from case import check

noroshi, source, place = case.begin()
shared = case.shared(source)


def canonical(text):
    address = ipaddress.ip_address(text)
    return str(getattr(address, "ipv4_mapped", None) or address)


def flows_of(capture, workers=1):
    logs = os.path.join(place, "logs")
    shutil.rmtree(logs, ignore_errors=True)
    subprocess.run([noroshi, "match", "--ioc", "never.example", "--workers",
                    str(workers), "--flows", logs, capture],
                   capture_output=True)
    return written.logs(logs), written.files(logs)


def packets_of(capture):
    """IP packets of a plain Ethernet pcap: protocol, ends, octets, flags."""
    with open(capture, "rb") as file:
        data = file.read()
    order = "<" if data[:4] in (b"\xd4\xc3\xb2\xa1", b"\x4d\x3c\xb2\xa1") else ">"
    at = 24
    while at < len(data):
        caplen = struct.unpack(order + "I", data[at + 8:at + 12])[0]
        frame = data[at + 16:at + 16 + caplen]
        at += 16 + caplen
        kind = frame[12:14]
        if kind == b"\x08\x00":
            ip = frame[14:]
            size, proto = struct.unpack(">H", ip[2:4])[0], ip[9]
            ends = ip[12:16], ip[16:20]
            rest = ip[(ip[0] & 15) * 4:]
        elif kind == b"\x86\xdd":
            ip = frame[14:]
            size, proto = struct.unpack(">H", ip[4:6])[0] + 40, ip[6]
            ends = ip[8:24], ip[24:40]
            rest = ip[40:]
        else:
            continue
        ports = struct.unpack(">HH", rest[:4]) if proto in (6, 17) else (0, 0)
        flags = rest[13] if proto == 6 else 0
        yield (proto, (str(ipaddress.ip_address(ends[0])), ports[0]),
               (str(ipaddress.ip_address(ends[1])), ports[1]), size, flags)


capture = os.path.join(source, "tests", "data", "demo.pcap")
case.need("zstd")
lines, files = flows_of(capture)
check(len(files) >= 2, "a new file every hour")
for workers in (2, 5):
    check(flows_of(capture, workers)[1] == files,
          f"{workers} workers write the same")

# (from, to) of each protocol: packets, octets, shortest, longest, flags
wanted = {}
for proto, src, dst, size, flags in packets_of(capture):
    row = wanted.setdefault((proto, src, dst), [0, 0, 1 << 20, 0, 0])
    row[0] += 1
    row[1] += size
    row[2] = min(row[2], size)
    row[3] = max(row[3], size)
    row[4] |= flags
got = {}
LETTERS = "FSRPAUEC"
for line in lines:
    sides = line["client"], line["server"]
    for mine, other in (sides, sides[::-1]):
        if mine["packets"] == 0:
            continue
        row = got.setdefault(
            (line["proto"], (mine["ip"], mine.get("port", 0)),
             (other["ip"], other.get("port", 0))), [0, 0, 1 << 20, 0, 0])
        row[0] += mine["packets"]
        row[1] += mine["bytes"]
        row[2] = min(row[2], mine["shortest"])
        row[3] = max(row[3], mine["longest"])
        row[4] |= sum(1 << LETTERS.index(c) for c in mine.get("flags", ""))
missing = {key for key in wanted if got.get(key) != wanted[key]}
# An ICMP error is told with the flow that it refused.
refused = sum("refused" in line for line in lines)
check(not {key for key in missing if key[0] not in (1, 58)},
      f"flows that differ: {missing}")
check(not set(got) - set(wanted), "flows of no packet")
print(f"{len(lines)} flows, {len(wanted)} sides, {refused} refused")

# Another engine's flows of real captures.
table = os.path.join(shared, "corpus", "reference", "suricata-flows.tsv")
if os.path.exists(table):
    theirs = collections.defaultdict(collections.Counter)
    with open(table, encoding="utf-8", errors="replace") as file:
        next(file)
        for row in file:
            field = row.rstrip("\n").split("\t")
            if field[2] not in ("TCP", "UDP"):
                continue
            ends = sorted(((canonical(field[3]), int(field[4])),
                           (canonical(field[5]), int(field[6]))))
            theirs[field[0] + "/" + field[1]][
                (6 if field[2] == "TCP" else 17, *ends)] += \
                int(field[8]) + int(field[9])
    same = other = absent = 0
    for name in sorted(theirs)[::12]:
        path = os.path.join(shared, "corpus", "pcap", name)
        if not os.path.exists(path) or os.path.getsize(path) > 4 << 20:
            continue
        ours = collections.Counter()
        for line in flows_of(path)[0]:
            ends = sorted((line[side]["ip"], line[side].get("port", 0))
                          for side in ("client", "server"))
            ours[(line["proto"], *ends)] += sum(
                line[side]["packets"] for side in ("client", "server"))
        for key, packets in theirs[name].items():
            absent += key not in ours
            same += key in ours and ours[key] == packets
            other += key in ours and ours[key] != packets
    # It counts ICMP errors as packets of the flow that they quote.
    check(absent == 0 and same >= 20 * other,
          f"{same} as another engine counts, {other} otherwise, {absent} absent")
    print(f"flows: {same} as another engine counts, {other} otherwise")

# Community IDs, packet by packet, by tshark.
if shutil.which("tshark"):
    def by_tshark(which):
        done = subprocess.run(
            ["tshark", "-r", capture, "--enable-protocol", "communityid",
             "-T", "fields", "-e", "communityid", which],
            capture_output=True, text=True)
        return {i for line in done.stdout.split() for i in line.split(",")}

    # All ICMP between two hosts is one flow here, named by its first packet.
    ours = {line["flow"]: line["proto"] for line in lines}
    streams = {i for i, proto in ours.items() if proto in (6, 17)}
    check(streams == by_tshark("(tcp or udp) and not (icmp or icmpv6)"),
          "Community IDs of TCP and UDP")
    check(set(ours) <= by_tshark("ip or ipv6"), "Community IDs")
    print(f"Community IDs: {len(ours)} as tshark has them")
case.end()
