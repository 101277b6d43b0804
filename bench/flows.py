#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Claim: a program in the kernel that keeps 50,000 flows and tells of each new
one passes at least 0.45 of the packets that a program at the same place passes
which only counts; and no event is lost. On the mix of real captures a sensor
that has the kernel keep flows tells the same hits of addresses as one beside it
that reads packets (flows_mix.py; where the captures are).

A sender sends frames of 64 octets, of 50,000 flows in turn, as fast as it can
through a veth pair between two network namespaces of our own; what the program
costs is the sender's time. Both alternate in one run; each counts with its best
round. Wants root.
usage: flows.py BUILD_DIR [--gate]"""
import json
import os
import signal
import struct
import subprocess
import sys

from flows_mix import same_hits
from material import build, shared

FLOWS, SECONDS, ROUNDS, BAR, GATE = 50000, 4, 3, 0.45, 3
OUT, IN = f"nrso{os.getpid()}", f"nrsi{os.getpid()}"
work = f"{build}/bench"


def inside(where, core, *command):
    return ["ip", "netns", "exec", where, "taskset", "-c", str(core),
            *map(str, command)]


def make_frames(path):
    """UDP, 22 octets of payload; a source port and address for each flow."""
    with open(path, "wb") as out:
        out.write(struct.pack("<IHHiIII", 0xa1b2c3d4, 2, 4, 0, 0, 65535, 1))
        for i in range(FLOWS):
            source = struct.pack(">BBBB", 10, 0, i // 256 % 256, i % 256)
            ip = (b"\x45\0" + struct.pack(">HHHBBH", 50, 0, 0, 64, 17, 0) +
                  source + b"\xc0\0\x02\x01")
            udp = struct.pack(">HHHH", 1024 + i % 60000, 9999, 30, 0)
            frame = (b"\x02\0\0\0\0\x02\x02\0\0\0\0\x01\x08\0" + ip + udp +
                     bytes(22))
            out.write(struct.pack("<IIII", 0, 0, len(frame), len(frame)))
            out.write(frame)


def one(what, capture):
    receiver = subprocess.Popen(inside(IN, 1, f"{work}/flows", what, "i0"),
                                stdout=subprocess.PIPE, text=True)
    if receiver.stdout.readline() != "ready\n":
        print("skipped: this kernel keeps no flows for us")
        sys.exit(77)
    done = subprocess.run(
        inside(OUT, 0, f"{work}/live", "send", "o0", capture, 0, SECONDS),
        stdout=subprocess.PIPE, check=True)
    sent = json.loads(done.stdout)
    receiver.send_signal(signal.SIGTERM)
    told = json.loads(receiver.communicate()[0])
    rate = told["packets"] / sent["seconds"]
    print(f"{what}: {rate / 1e6:.2f} M packets/s, {told}")
    return rate, told.get("dropped", 0)


if os.geteuid() != 0:
    print("skipped: network namespaces need root")
    sys.exit(77)
capture = f"{work}/flows.pcap"
make_frames(capture)
best, lost = {"count": 0, "flows": 0}, 0
try:
    for command in (("netns", "add", OUT), ("netns", "add", IN),
                    ("link", "add", "o0", "netns", OUT, "type", "veth", "peer",
                     "name", "i0", "netns", IN),
                    ("-n", OUT, "link", "set", "o0", "up"),
                    ("-n", IN, "link", "set", "i0", "up")):
        subprocess.run(["ip", *command], check=True)
    for _ in range(ROUNDS):
        for what in best:
            rate, dropped = one(what, capture)
            best[what] = max(best[what], rate)
            lost += dropped
finally:
    for where in (OUT, IN):
        subprocess.run(["ip", "netns", "del", where], check=False)
    os.unlink(capture)
ratio = best["flows"] / best["count"]
print(f"keeping flows: {ratio:.2f} of counting (bar {BAR}), {lost} events lost")
slack = GATE if "--gate" in sys.argv else 1
good = ratio >= BAR / slack and (lost == 0 or slack > 1)
if os.path.isdir(shared) and not same_hits():
    good = False
sys.exit(0 if good else 1)
