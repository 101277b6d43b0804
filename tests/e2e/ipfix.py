#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""match --ipfix: what comes over UDP and TCP is, as tshark reads it, what the
log of flows of the same run says, for a demo and captures of the corpus.
usage: ipfix.py NOROSHI SOURCE_DIR WORK_DIR"""
import collections
import datetime
import glob
import ipaddress
import os
import shutil
import socket
import struct
import subprocess
import threading
import xml.etree.ElementTree

import case
import written
from case import check

noroshi, source, place = case.begin()
shared = case.shared(source)
REASONS = {"idle": 1, "closed": 3, "forced": 4, "evicted": 5}
LETTERS = "FSRPAUEC"
BACK = "Reverse"


class Collector:
    """Messages that come to a port of the loopback, until it is ended."""

    def __init__(self, is_tcp):
        self.messages = []
        self.is_tcp = is_tcp
        self.socket = socket.socket(
            socket.AF_INET, socket.SOCK_STREAM if is_tcp else
            socket.SOCK_DGRAM)
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4 << 20)
        self.socket.bind(("127.0.0.1", 0))
        self.socket.settimeout(30)
        if is_tcp:
            self.socket.listen()
        self.name = ("tcp:" if is_tcp else "") + \
            "127.0.0.1:%u" % self.socket.getsockname()[1]
        self.thread = threading.Thread(
            target=self.stream if is_tcp else self.datagrams)
        self.thread.start()

    def datagrams(self):
        while True:
            message = self.socket.recv(65536)
            if not message:
                return
            self.messages.append(message)

    def stream(self):
        peer, _ = self.socket.accept()
        octets = b"".join(iter(lambda: peer.recv(65536), b""))
        while octets:
            length = struct.unpack(">H", octets[2:4])[0]
            self.messages.append(octets[:length])
            octets = octets[length:]

    def end(self):
        if not self.is_tcp:  # an empty datagram is none of IPFIX
            socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(
                b"", self.socket.getsockname())
        self.thread.join()
        self.socket.close()
        return self.messages


def match(captures, is_tcp=False):
    """Lines of the log, messages."""
    logs = os.path.join(place, "logs")
    shutil.rmtree(logs, ignore_errors=True)
    collector = Collector(is_tcp)
    done = subprocess.run([noroshi, "match", "--ioc", "never.example",
                           "--flows", logs, "--ipfix", collector.name,
                           *captures], capture_output=True, text=True)
    messages = collector.end()
    check("collector" not in done.stderr, done.stderr)
    return written.logs(logs), messages


def as_pcap(messages):
    """The messages as UDP over IPv4, to port 4739."""
    path = os.path.join(place, "messages.pcap")
    with open(path, "wb") as file:
        file.write(struct.pack("<IHHiIII", 0xa1b2c3d4, 2, 4, 0, 0, 262144,
                               101))
        for message in messages:
            udp = struct.pack(">HHHH", 40000, 4739, 8 + len(message), 0) + \
                message
            packet = struct.pack(">BBHHHBBH4s4s", 0x45, 0, 20 + len(udp), 0,
                                 0, 64, 17, 0, b"\x7f\0\0\1",
                                 b"\x7f\0\0\1") + udp
            file.write(struct.pack("<IIII", 1, 0, len(packet), len(packet)) +
                       packet)
    return path


def tshark(path, *more):
    return subprocess.run(["tshark", "-r", path, "-d", "udp.port==4739,cflow",
                           *more], capture_output=True, text=True).stdout


def told_flows(messages):
    """Each flow as {field: [values]}, those of the way back under "back."."""
    path = as_pcap(messages)
    check(tshark(path, "-Y", "_ws.malformed or _ws.expert") == "",
          "tshark has nothing to say of it")
    flows = []
    for field in xml.etree.ElementTree.fromstring(
            tshark(path, "-T", "pdml")).iter("field"):
        if not field.get("show", "").startswith("Flow ") or \
                field.get("name") != "":
            continue
        flow = {}
        for part in field.iter("field"):
            name = part.get("name", "").removeprefix("cflow.")
            if BACK in part.get("showname", ""):
                name = "back." + name
            flow.setdefault(name, part.get("value" if name.endswith("tcpflags")
                                           else "show"))
        flows.append(flow)
    return flows


def number(text):
    return None if text is None else int(text, 0)


def milliseconds(text):
    """2026-03-01T12:00:00.104233Z, or Mar  1, 2026 12:00:00.104000000 UTC."""
    form = "%Y-%m-%dT%H:%M:%S" if text[0].isdigit() else "%b %d, %Y %H:%M:%S"
    whole, _, rest = text.partition(".")
    return (datetime.datetime.strptime(whole, form), int(rest[:3]))


def icmp_told(flow):
    both = flow.get("icmp_type_code_ipv4")
    if both is not None:
        return divmod(int(both, 16), 256)
    return tuple(number(flow.get(f"icmp_ipv6_{what}"))
                 for what in ("type", "code"))


def row_told(flow):
    side = {}
    for prefix in ("", "back."):
        flags = flow.get(prefix + "tcpflags")
        side[prefix] = tuple(
            number(flow.get(prefix + name)) for name in
            ("packets", "octets", "length_min", "length_max")) + (
                None if flags is None else int(flags, 16),)
    return (str(ipaddress.ip_address(flow.get("srcaddr") or
                                     flow["srcaddrv6"])),
            number(flow.get("srcport")),
            str(ipaddress.ip_address(flow.get("dstaddr") or
                                     flow["dstaddrv6"])),
            number(flow.get("dstport")), number(flow["protocol"]),
            *icmp_told(flow), number(flow.get("dot1q_vlan_id")),
            side[""], side["back."], number(flow["flow_end_reason"]),
            number(flow["biflow_direction"]),
            milliseconds(flow["abstimestart"]),
            milliseconds(flow["abstimeend"]))


def row_logged(line):
    side = []
    for name in ("client", "server"):
        end = line[name]
        flags = end.get("flags")
        side.append((end["packets"], end["bytes"], end.get("shortest"),
                     end.get("longest"),
                     None if flags is None else
                     sum(1 << LETTERS.index(c) for c in flags)))
    if line["server"]["packets"] == 0:
        side[1] = (None,) * 5
    icmp = line.get("icmp", {})
    return (line["client"]["ip"], line["client"].get("port"),
            line["server"]["ip"], line["server"].get("port"), line["proto"],
            icmp.get("type"), icmp.get("code"), line.get("vlan"), side[0], side[1],
            REASONS[line["ended"]], 1, milliseconds(line["start"]),
            milliseconds(line["end"]))


def compare(name, lines, messages):
    """tshark checks the sequence numbers, too."""
    check(all(len(message) <= 1400 for message in messages),
          f"{name}: messages of 1,400 octets at most")
    got = collections.Counter(map(row_told, told_flows(messages)))
    want = collections.Counter(map(row_logged, lines))
    check(got == want, f"{name}: told {list((got - want).items())[:2]}, "
          f"logged {list((want - got).items())[:2]}")
    return sum(got.values())


case.need("tshark", "zstd")
demo = os.path.join(source, "tests", "data", "demo.pcap")
flows = compare("demo", *match([demo]))
check(flows > 60, "the demo's flows")
check(compare("demo over TCP", *match([demo], True)) == flows,
      "over TCP the same")
captures = [path for path in sorted(glob.glob(
    os.path.join(shared, "corpus", "pcap", "**", "*.pcap"), recursive=True))
            if os.path.getsize(path) < 300000][::10]
if captures:
    flows += compare("captures", *match(captures))
print(f"{flows} flows of {1 + len(captures)} captures as tshark reads them")

# Nobody there: it is said, and the hits are found all the same.
for collector, status, words in (
        ("tcp:127.0.0.1:1", 1, "Connection refused"),
        ("collector.example:4739", 2, "ADDRESS:PORT")):
    done = case.run(noroshi, "match", "--ioc", "never.example", "--ipfix",
                    collector, demo, status=status)
    check(words in done.stderr, f"{collector}: {done.stderr}")
case.end()
