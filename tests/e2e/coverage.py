#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""match --coverage and run.json: each reason why something is not inspected,
on captures made here, whose packets and octets are counted by hand; the same
for any number of workers; and on captures of others, as tshark counts them.
usage: coverage.py NOROSHI SOURCE_DIR WORK_DIR"""
import json
import os
import struct
import subprocess

import case
from case import check

noroshi, source, place = case.begin()
shared = case.shared(source)
MACS = b"\x02\0\0\0\0\x02\x02\0\0\0\0\x01"
SYN, ACK, PSH = 2, 16, 24
GET = b"GET / HTTP/1.1\r\nHost: a.example\r\n\r\n"


def ip(proto, payload, swap=False, fragment=0, host=1):
    ends = [bytes([192, 0, 2, host]), bytes([192, 0, 2, 200])]
    return struct.pack(">BBHHHBBH", 0x45, 0, 20 + len(payload), 7, fragment,
                       64, proto, 0) + b"".join(ends[::-1] if swap else
                                                ends) + payload


def tcp(flags, payload=b"", seq=0, ack=0, swap=False, port=80):
    ports = (port, 40000) if swap else (40000, port)
    return ip(6, struct.pack(">HHIIBBHHH", *ports, seq, ack, 0x50, flags,
                             65535, 0, 0) + payload, swap)


def udp(payload, port, source=40000):
    return ip(17, struct.pack(">HHHH", source, port, 8 + len(payload), 0) +
              payload)


def session(*sent, port=80):
    """A handshake, then what client (bytes) and server (str) say."""
    seq = [10, 100]
    out = [tcp(SYN, seq=9, port=port),
           tcp(SYN | ACK, seq=99, ack=10, swap=True, port=port)]
    for text in sent:
        side = isinstance(text, str)
        octets = text.encode("latin-1") if side else text
        out.append(tcp(PSH, octets, seq[side], seq[not side], side, port))
        seq[side] += len(octets)
    return out


def hello(*extensions, version=b""):
    """A ClientHello, or with a version a ServerHello that chooses it."""
    text = b"\3\3" + bytes(32) + b"\0"
    text += b"\x13\x01\0" if version else b"\0\2\x13\x01\1\0"
    if version:
        extensions += (b"\0\x2b\0\2" + version,)
    text += struct.pack(">H", sum(map(len, extensions))) + b"".join(extensions)
    kind = b"\2" if version else b"\1"
    text = kind + struct.pack(">I", len(text))[1:] + text
    return b"\x16\3\1" + struct.pack(">H", len(text)) + text


def question(name=b"\1a\7example\0"):
    return b"\1\2\1\0\0\1\0\0\0\0\0\0" + name + b"\0\1\0\1"


HALF = "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf"
SNI = b"\0\0\0\x0e\0\x0c\0\0\x09a.example"
ECH = b"\xfe\x0d\0\x0a\0\0\1\0\1\1\0\0\0\0"


def capture(name, packets, link=1, snaplen=None):
    """IP packets get an Ethernet header; pairs are (ethertype, payload)."""
    path = f"{place}/{name}.pcap"
    with open(path, "wb") as out:
        out.write(struct.pack("<IHHiIII", 0xa1b2c3d4, 2, 4, 0, 0, 65535, link))
        for at, packet in enumerate(packets):
            kind, octets = packet if isinstance(packet, tuple) else (0x800,
                                                                     packet)
            if link == 1:
                octets = MACS + struct.pack(">H", kind) + octets
            got = octets[:snaplen]
            out.write(struct.pack("<IIII", 1772366400 + at // 1000, at % 1000,
                                  len(got), len(octets)) + got)
    return path


def coverage(path, *options):
    out = f"{place}/out"
    done = subprocess.run([noroshi, "match", "--out", out, "--coverage",
                           *options, path], capture_output=True, text=True)
    check(done.returncode in (0, 1), f"{path}: {done.stderr}")
    with open(f"{out}/run.json") as file:
        return json.load(file)["coverage"], done.stdout


def marks(found):
    return {name: tuple(one.get(key) for key in ("flows", "packets", "bytes"))
            for name, one in found["not_inspected"].items()
            if one["packets"] > 0 or one.get("flows")}


NAME = ("--ioc", "c2.example")
HASH = ("--ioc", "a" * 64)
CERTIFICATE = f"{place}/certificate.json"
with open(CERTIFICATE, "w") as out:
    json.dump({"type": "bundle",
               "id": "bundle--5d0092c5-5f74-4287-9642-33f4c354e56d",
               "objects": [{
                   "type": "indicator", "spec_version": "2.1",
                   "id": "indicator--8e2e2d2b-17d4-4cbf-938f-98ee46b3cd3f",
                   "created": "2026-01-01T00:00:00Z",
                   "modified": "2026-01-01T00:00:00Z",
                   "pattern_type": "stix",
                   "valid_from": "2026-01-01T00:00:00Z",
                   "pattern": "[x509-certificate:hashes.'SHA-256' = '" +
                              "a" * 64 + "']"}]}, out)
# an Ethernet header has 14 octets, of IP 20, TCP 20, UDP 8
cases = [
    ("link", {"packets": [b"x" * 40], "link": 189}, NAME,
     {"link_type": (None, 1, 40)}),
    ("arp", {"packets": [(0x806, b"\0\1\x08\0\6\4\0\1" + bytes(20))]}, NAME,
     {"not_ip": (None, 1, 42)}),
    ("macsec", {"packets": [(0x88e5, b"\x2c" + bytes(39))]}, NAME,
     {"encapsulation": (None, 1, 54)}),
    ("header", {"packets": [b"\x42" + udp(b"data", 9)[1:]]}, NAME,
     {"headers": (None, 1, 46)}),
    ("fragment", {"packets": [ip(17, struct.pack(">HHHH", 9, 53, 200, 0) +
                                 b"x" * 16, fragment=0x2000)]}, NAME,
     {"fragments": (None, 1, 44), "in_fragments": (1, 1, 0)}),
    ("rejoined", {"packets": [ip(17, struct.pack(">HHHH", 9, 53, 37, 0) +
                                 question()[:16], fragment=0x2000),
                              ip(17, question()[16:], fragment=3)]}, NAME, {}),
    ("tunnel", {"packets": [ip(47, b"\0\0\x12\x34" + bytes(16))]}, NAME,
     {"tunnels": (None, 1, 40)}),
    ("tunnel with a packet", {"packets": [ip(47, b"\0\0\x08\0" + udp(
        question(), 53))]}, NAME, {}),
    ("cut", {"packets": [udp(question(), 53)], "snaplen": 14 + 28 + 20}, NAME,
     {"snaplen": (None, 1, 7), "cut": (1, 1, 28 + 27),
      "refused": (1, 1, 28 + 27)}),
    ("cut headers", {"packets": session(GET), "snaplen": 14 + 30}, NAME,
     {"snaplen": (None, 3, 10 + 10 + 10 + len(GET))}),
    ("cut head", {"packets": session(GET), "snaplen": 14 + 50}, NAME,
     {"snaplen": (None, 1, len(GET) - 10),
      "cut": (1, 3, 120 + len(GET)), "protocol": (1, 3, 120 + len(GET))}),
    ("one side", {"packets": [tcp(SYN, seq=9), tcp(ACK, seq=10, ack=100),
                              tcp(PSH, GET, 10, 100),
                              tcp(ACK, seq=10 + len(GET), ack=150)]}, NAME,
     {"one_sided": (1, 4, 160 + len(GET))}),
    ("late", {"packets": [tcp(PSH, GET, 10, 100),
                          tcp(ACK, seq=100, ack=10 + len(GET), swap=True)]},
     NAME, {"late": (1, 2, 80 + len(GET))}),
    ("gap", {"packets": session() + [
        tcp(PSH, GET, 30, 100),
        tcp(ACK, seq=100, ack=30 + len(GET), swap=True)]}, NAME,
     {"gaps": (1, 4, 160 + len(GET))}),
    ("unknown", {"packets": session(b"\5\1\x7f")}, NAME,
     {"protocol": (1, 3, 123)}),
    ("unknown datagram", {"packets": [udp(b"data", 9)]}, NAME,
     {"protocol": (1, 1, 32)}),
    ("esp", {"packets": [ip(50, bytes(40))]}, NAME,
     {"transport": (1, 1, 60)}),
    ("tls", {"packets": session(hello(SNI), port=443)}, NAME,
     {"encrypted": (1, 3, 120 + len(hello(SNI)))}),
    ("tls without a name", {"packets": session(hello(), port=443)}, NAME,
     {"encrypted": (1, 3, 120 + len(hello())),
      "no_name": (1, 3, 120 + len(hello()))}),
    ("ech", {"packets": session(hello(SNI, ECH), port=443)}, NAME,
     {"encrypted": (1, 3, 120 + len(hello(SNI, ECH))),
      "ech": (1, 3, 120 + len(hello(SNI, ECH)))}),
    ("certificate", {"packets": session(
        hello(SNI), hello(version=b"\3\4").decode("latin-1"), port=443)},
     ("--indicators", CERTIFICATE),
     {name: (1, 4, 160 + len(hello(SNI) + hello(version=b"\3\4")))
      for name in ("encrypted", "certificate")}),
    ("nobody asks for it", {"packets": session(
        hello(SNI), hello(version=b"\3\4").decode("latin-1"), port=443)},
     ("--ioc", "203.0.113.9"),
     {"encrypted": (1, 4, 160 + len(hello(SNI) + hello(version=b"\3\4")))}),
    ("a name that points to itself",
     {"packets": [udp(question(b"\xc0\x0c"), 53)]}, NAME,
     {"refused": (1, 1, 28 + 18)}),
    ("half a file", {"packets": session(GET, HALF)}, HASH,
     {"partial": (1, 4, 160 + len(GET) + len(HALF))}),
    ("two versions", {"packets": session() + [
        tcp(PSH, GET[4:], 14, 100),
        tcp(PSH, GET[4:].replace(b"a.ex", b"b.ex"), 14, 100),
        tcp(PSH, GET[:4], 10, 100)]}, NAME,
     {"ambiguous": (1, 5, 200 + 2 * len(GET) - 4)}),
    # a shard holds 32,769 flows, of which 8,192 can be read at once
    ("many", {"packets": [udp(question(), 53, port) for port in
                          range(10000, 10000 + 8195)]}, NAME,
     {"pool": (3, 3, 3 * (28 + 27))}),
    ("too many", {"packets": [ip(50, b"x", host=1)] + [
        udp(b"", 9, port) for port in range(1, 32771)]}, NAME,
     {"transport": (1, 1, 21), "evicted": (2, 2, 21 + 28)}),
]
for name, made, options, expected in cases:
    path = capture("made", **made)
    found, table = coverage(path, *options, "--workers", "1")
    check(marks(found) == expected,
          f"{name}: {marks(found)}, not {expected}")
    check(("NOT INSPECTED" in table) == bool(expected), f"{name}: {table}")
    check(found == coverage(path, *options, "--workers", "3")[0],
          f"{name}: the same with three workers")
    # every flow is either clear or has a reason
    check(found["clear"]["flows"] == found["seen"]["flows"] if not any(
        one[0] for one in expected.values()) else
        found["clear"]["flows"] < found["seen"]["flows"], f"{name}: clear")
# As tshark 4.0 counts it: packets and octets by -Y esp; '!ip and !ipv6';
# 'frame.cap_len < frame.len'; ipv6.fraghdr; 'ip.proto == 113'; streams with
# a ServerHello of 1.3; with extension 65037; with a hello and no server_name;
# and of TCP, in a capture without a single SYN.
others = [
    ("zeek/ip6_esp.pcap", "transport", (12, 120, 16440)),
    ("zeek/nmap-vsn.pcap", "not_ip", (None, 503, 21126)),
    ("zeek/tcp/timestamp.pcap", "snaplen", (None, 691, 979270)),
    ("zeek/ipv6-reassembly-state-leak.pcap", "fragments", (None, 92, 136208)),
    ("ndpi/default/pcap/pgm.pcap", "transport", (1, 1000, 182302)),
    ("ndpi/default/pcap/reddit.pcap", "certificate", (34,)),
    ("ndpi/default/pcap/sites.pcapng", "ech", (15,)),
    ("ndpi/default/pcap/no_sni.pcap", "no_name", (4,)),
    ("zeek/modbus/modbusBig.pcap", "late", (3,)),
]
for name, reason, expected in others:
    path = os.path.join(shared, "corpus", "pcap", name)
    if not os.path.exists(path):
        print("not checked:", name)
        continue
    told = marks(coverage(path, *NAME)[0]).get(reason, ())
    check(told[:len(expected)] == expected,
          f"{name}: {reason} {told}, not {expected}")
case.end()
