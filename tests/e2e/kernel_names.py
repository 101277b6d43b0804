#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""noroshi run --source bpf finds names where they stand at the beginning of a
flow, which is all that the kernel sends up of it: messages of DNS, requests of
HTTP, hellos of TLS and of QUIC; in IPv4, IPv6, behind VLAN tags, and in tunnels.
Frames made by hand, in network namespaces.
usage: kernel_names.py NOROSHI SOURCE_DIR WORK_DIR"""
import ipaddress
import struct
import time

import case
import net
import written
from case import check

noroshi, source, place = case.begin()
SYN, PSH, ACK = 2, 8, 16
BULK = 200_000  # octets that follow a request, and are not looked at


def ip(src, dst, proto, payload):
    ends = ipaddress.ip_address(src).packed + ipaddress.ip_address(dst).packed
    if len(ends) == 32:
        return struct.pack(">IHBB", 6 << 28, len(payload), proto, 64) + ends \
            + payload
    return struct.pack(">BBHHHBBH", 0x45, 0, 20 + len(payload), 0, 0, 64,
                       proto, 0) + ends + payload


def ethernet(packet, tags=b""):
    kind = b"\x86\xdd" if packet[0] >> 4 == 6 else b"\x08\x00"
    return b"\2\0\0\0\0\2" + b"\2\0\0\0\0\1" + tags + kind + packet


def udp(src, dst, ports, payload):
    return ip(src, dst, 17, struct.pack(">HHHH", *ports, 8 + len(payload), 0)
              + payload)


def tcp(src, dst, ports, at, flags, payload=b""):
    return ip(src, dst, 6, struct.pack(">HHIIBBHHH", *ports, at, 1, 0x50,
                                       flags, 65535, 0, 0) + payload)


def stream(src, dst, port, payload):
    """A handshake, @payload in two segments, and much that follows."""
    there, back = (50000, port), (port, 50000)
    yield tcp(src, dst, there, 0, SYN)
    yield tcp(dst, src, back, 0, SYN | ACK)
    yield tcp(src, dst, there, 1, ACK)
    half = len(payload) // 2
    yield tcp(src, dst, there, 1, PSH | ACK, payload[:half])
    yield tcp(src, dst, there, 1 + half, PSH | ACK, payload[half:])
    for at in range(0, BULK, 1000):
        yield tcp(dst, src, back, 1 + at, ACK, bytes(1000))


def dns_query(name):
    labels = b"".join(bytes([len(part)]) + part.encode()
                      for part in name.split("."))
    return struct.pack(">HHHHHH", 1, 0x100, 1, 0, 0, 0) + labels + \
        struct.pack(">BHH", 0, 1, 1)


def client_hello(name):
    def sized(format_, data):
        return struct.pack(format_, len(data)) + data
    names = sized(">H", b"\0" + sized(">H", name.encode()))
    extensions = sized(">H", struct.pack(">H", 0) + sized(">H", names))
    body = b"\x03\x03" + bytes(32) + b"\0" + sized(">H", b"\x13\x01") + \
        b"\x01\0" + extensions
    handshake = b"\x01\0" + sized(">H", body)
    return b"\x16\x03\x01" + sized(">H", handshake)


with open(f"{source}/tests/data/quic/rfc9001-a2-client.hex",
          encoding="ascii") as text:
    INITIAL = bytes.fromhex("".join(text.read().split()))
QUIC_NAME = "example.com"  # of RFC 9001 A.2


def packets(way, src, dst):
    """IP packets of one client, each name with the way that it goes."""
    for message in range(3):  # all of them, and not only the first
        yield udp(src, dst, (40000, 53),
                  dns_query(f"dns{message}-{way}.example"))
    yield from stream(src, dst, 80, b"GET / HTTP/1.1\r\nHost: "
                      + f"http-{way}.example\r\n\r\n".encode())
    yield from stream(src, dst, 443, client_hello(f"tls-{way}.example"))
    yield udp(src, dst, (40001, 443), INITIAL)


def vxlan(packet):
    return udp("203.0.113.1", "203.0.113.2", (4000, 4789),
               b"\x08\0\0\0\0\0\x07\0" + ethernet(packet))


def geneve(packet):
    return udp("2001:db8::1", "2001:db8::2", (4000, 6081),
               b"\0\0\x65\x58\0\0\x07\0" + ethernet(packet))


def gre(packet):
    kind = b"\x86\xdd" if packet[0] >> 4 == 6 else b"\x08\x00"
    return ip("203.0.113.1", "203.0.113.2", 47, b"\0\0" + kind + packet)


# The way, the client, the server, and what is put around an IP packet.
V4, V6 = "198.51.100.20", "2001:db8:9::20"
WAYS = (
    ("ipv4", "10.9.0.1", V4, ethernet),
    ("ipv6", "fd09::1", V6, ethernet),
    ("vlan", "10.9.0.2", V4, lambda p: ethernet(p, b"\x81\0\0\x2a")),
    ("vlan6", "fd09::2", V6, lambda p: ethernet(p, b"\x81\0\0\x2a")),
    ("qinq", "10.9.0.3", V4,
     lambda p: ethernet(p, b"\x88\xa8\0\x07\x81\0\0\x2a")),
    ("vxlan", "10.9.0.4", V4, lambda p: ethernet(vxlan(p))),
    ("vxlan6", "fd09::4", V6, lambda p: ethernet(vxlan(p))),
    ("geneve6", "fd09::5", V6, lambda p: ethernet(geneve(p))),
    ("gre6", "fd09::6", V6, lambda p: ethernet(gre(p))),
    ("gre-vlan", "10.9.0.7", V4,
     lambda p: ethernet(gre(p), b"\x81\0\0\x2a")),
)

net.need_rights()
expected = {(QUIC_NAME, client) for _, client, _, _ in WAYS} | {
    (f"{kind}-{way}.example", client) for way, client, _, _ in WAYS
    for kind in ("dns0", "dns1", "dns2", "http", "tls")}
with open(f"{place}/list.txt", "w", encoding="utf-8") as file:
    file.write("\n".join(sorted({name for name, _ in expected})) + "\n")
with open(f"{place}/frames", "wb") as file:
    for name, client, server, wrap in WAYS:
        for inside in packets(name, client, server):
            frame = wrap(inside)
            file.write(struct.pack("<I", len(frame)) + frame)
config = net.config(place, sensor={"source": "bpf"},
                    home_net=["10.9.0.0/16", "fd09::/64"])

with net.Net() as hosts:
    sensor = net.Sensor(hosts, noroshi, "-c", config)
    net.flows_are_kept(sensor)
    hosts.python(hosts.server, "replay", "s0", f"{place}/frames").wait()
    time.sleep(0.5)
    check(sensor.end() == 0, "it ends well")

found = {(hit["value"], hit["own"]["ip"])
         for hit in written.hits(f"{place}/out")}
missing, more = expected - found, found - expected
check(not missing, f"missing: {sorted(missing)}")
check(not more, f"more: {sorted(more)}")
alone = [line for line in sensor.lines if "kernel alone" in line]
print("\n".join(alone))
# Of 201 segments of each server at most 32 went up.
bulk = int(alone[0].split("kernel alone: ")[1].split()[0]) if alone else 0
check(bulk >= 2 * len(WAYS) * (BULK // 1000 - 32),
      f"the rest stayed in the kernel: {bulk}")
case.end()
