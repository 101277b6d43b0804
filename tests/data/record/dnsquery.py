# SPDX-License-Identifier: Apache-2.0
"""dnsquery: one DNS question over UDP or TCP, the name's case kept.

For what a C library's resolver would not ask by itself.
Usage: dnsquery.py SERVER NAME TYPE [tcp]
"""
import socket
import struct
import sys

TYPES = {"A": 1, "NS": 2, "CNAME": 5, "MX": 15, "TXT": 16, "AAAA": 28}

server, name, rrtype = sys.argv[1:4]
over_tcp = sys.argv[4:] == ["tcp"]
labels = b"".join(
    bytes([len(label)]) + label.encode("ascii") for label in name.split(".")
)
# One number per question is enough here: it only has to come back.
head = struct.pack("!HHHHHH", 0x4E52, 0x0100, 1, 0, 0, 0)
question = head + labels + b"\0" + struct.pack("!HH", TYPES[rrtype], 1)

family = socket.AF_INET6 if ":" in server else socket.AF_INET
kind = socket.SOCK_STREAM if over_tcp else socket.SOCK_DGRAM
with socket.socket(family, kind) as sock:
    sock.settimeout(3)
    sock.connect((server, 53))
    try:
        if over_tcp:
            sock.sendall(struct.pack("!H", len(question)) + question)
        else:
            sock.send(question)
        answer = sock.recv(4096)
        print(name, rrtype, len(answer), "octets")
    except OSError as e:
        print(name, rrtype, e)
