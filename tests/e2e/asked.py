# SPDX-License-Identifier: Apache-2.0
"""Captures of DNS questions: who asks for what at which second."""
import socket
import struct

BASE = 1772366400  # 2026-03-01T12:00:00Z


def question(client, port, name, number):
    """An Ethernet frame: @client asks 192.0.2.53 for @name."""
    labels = b"".join(bytes([len(p)]) + p.encode() for p in name.split("."))
    dns = struct.pack(">6H", number, 0x100, 1, 0, 0, 0) + labels + \
        b"\0\0\x01\0\x01"
    udp = struct.pack(">4H", port, 53, 8 + len(dns), 0) + dns
    head = struct.pack(">BBHHHBBH4s4s", 0x45, 0, 20 + len(udp), number, 0, 64,
                       17, 0, socket.inet_aton(client),
                       socket.inet_aton("192.0.2.53"))
    return b"\x02\0\0\0\0\x01\x02\0\0\0\0\x02\x08\0" + head + udp


def write_capture(path, asked):
    """@asked: (second, client, name)."""
    with open(path, "wb") as file:
        file.write(struct.pack("<IHHiIII", 0xa1b2c3d4, 2, 4, 0, 0, 65535, 1))
        for number, (second, client, name) in enumerate(asked):
            frame = question(client, 40000 + number, name, number)
            file.write(struct.pack("<IIII", BASE + int(second),
                                   int(second * 1000000) % 1000000,
                                   len(frame), len(frame)) + frame)
