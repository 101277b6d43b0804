# SPDX-License-Identifier: Apache-2.0
"""Packets made by hand, octet by octet, and a capture file of them."""
import struct

CLIENT, SERVER = "192.0.2.10", "198.51.100.20"
NEAR, FAR = "203.0.113.1", "203.0.113.2"  # a tunnel's ends
PORT, START = 40000, 1000
SYN, RST, PSH, ACK, FIN = 2, 4, 8, 16, 1


def total(data):
    """The one's complement sum of RFC 1071."""
    if len(data) % 2:
        data += b"\0"
    value = sum(struct.unpack(f">{len(data) // 2}H", data))
    while value >> 16:
        value = (value & 0xffff) + (value >> 16)
    return ~value & 0xffff


def address(text):
    return bytes(int(part) for part in text.split("."))


def ip(payload, proto=6, src=CLIENT, dst=SERVER, **more):
    """more: id, offset (octets), has_more, ttl."""
    flags = (0x2000 if more.get("has_more") else 0) | more.get("offset", 0) // 8
    head = struct.pack(">BBHHHBBH", 0x45, 0, 20 + len(payload),
                       more.get("id", 1), flags, more.get("ttl", 64), proto, 0)
    head += address(src) + address(dst)
    return head[:10] + struct.pack(">H", total(head)) + head[12:] + payload


def fragments(packet, *cuts):
    """The IP packet in fragments that begin at 0 and at each cut (octets of
    its payload, multiples of eight)."""
    proto, body = packet[9], packet[20:]
    src, dst = (".".join(map(str, packet[at:at + 4])) for at in (12, 16))
    ends = [*cuts, len(body)]
    return [ip(body[start:end], proto, src, dst, id=7, offset=start,
               has_more=end < len(body))
            for start, end in zip([0, *cuts], ends)]


def segment(at, payload=b"", flags=PSH | ACK, to_server=True, **more):
    """at: octets behind the stream's first one; more: ttl, bad_sum, start,
    ports (the client's first)."""
    ports = more.get("ports", (PORT, 80))
    ports = ports if to_server else ports[::-1]
    ends = (CLIENT, SERVER) if to_server else (SERVER, CLIENT)
    start = more.get("start", START) if to_server else 5000
    head = struct.pack(">HHIIBBHHH", *ports, (start + at) & 0xffffffff,
                       more.get("ack", 0), 0x50, flags, 65535, 0, 0)
    pseudo = address(ends[0]) + address(ends[1]) + struct.pack(
        ">HH", 6, len(head) + len(payload))
    check = total(pseudo + head + payload) ^ (
        0x5555 if more.get("bad_sum") else 0)
    head = head[:16] + struct.pack(">H", check) + head[18:]
    return ip(head + payload, 6, *ends, ttl=more.get("ttl", 64))


def udp(payload, ports, src=CLIENT, dst=SERVER):
    return ip(struct.pack(">HHHH", *ports, 8 + len(payload), 0) + payload, 17,
              src, dst)


def opening(start=START, ports=(PORT, 80)):
    """A handshake, for a stream whose first octet is `start`."""
    return [segment(-1, flags=SYN, start=start, ports=ports),
            segment(-1, flags=SYN | ACK, to_server=False, ack=start,
                    ports=ports),
            segment(0, flags=ACK, start=start, ports=ports)]


class Side:
    """One side of a connection that goes on."""

    def __init__(self, ports, to_server=True):
        self.at, self.more = 0, {"ports": ports, "to_server": to_server}

    def send(self, at, octets, **more):
        return segment(self.at + at, octets, **self.more, **more)

    def say(self, octets):
        packet = self.send(0, octets)
        self.at += len(octets)
        return packet

    def close(self):
        return self.send(0, b"", flags=FIN | ACK)


def ethernet(packet):
    return b"\2\0\0\0\0\2" + b"\2\0\0\0\0\1" + b"\x08\0" + packet


def write(path, packets):
    """A pcap of Ethernet frames, a millisecond apart."""
    with open(path, "wb") as file:
        file.write(struct.pack("<IHHiIII", 0xa1b2c3d4, 2, 4, 0, 0, 65535, 1))
        for number, packet in enumerate(packets):
            frame = ethernet(packet)
            file.write(struct.pack("<IIII", 1700000000, number * 1000,
                                   len(frame), len(frame)) + frame)
