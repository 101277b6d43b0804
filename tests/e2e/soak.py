#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A sensor under real and hostile traffic for a long time, its set swapped
every five seconds: it never ends by itself, every packet that was sent is
received or counted as dropped, all that was received was taken, each set comes
into force, a file that is none never does, and memory comes to rest: in the
last quarter it is not more than a twentieth above the third. (Before, pages of
tables with a fixed room are touched for the first time.)

Real: captures of ../shared, or the demo's where that is absent. Hostile: the
same frames with octets flipped, cut short, or with another's end. What is done
to addresses and ports is done once, or there would be new flows without end and
memory could not be flat before the tables for them are full; what lies behind
them is spoilt anew each time.
usage: soak.py NOROSHI SOURCE_DIR WORK_DIR SECONDS [PACKETS_PER_S]"""
import glob
import json
import os
import random
import re
import signal
import socket
import struct
import subprocess
import sys
import time

import case
import net

noroshi, source, work = sys.argv[1:4]
seconds = int(sys.argv[4])
RATE = int(sys.argv[5]) if len(sys.argv) > 5 else 3000
SEED = int(os.environ.get("NOROSHI_SEED", "5"))
SWAP_S, LOOK_S = 5, 10
FRAMES_MAX, GROWN = 60000, 1.05
ONCE, ANEW = 26, 58  # octets that stay as they are
WARM_S = 600  # shorter runs say nothing of memory: tables are still filling
place = os.path.join(work, f"soak-{seconds}")


def check(holds, text):
    if holds:
        print(text, flush=True)
    case.check(holds, text)


def frames_of(path):
    """Ethernet frames of a classic capture that veth takes."""
    with open(path, "rb") as file:
        head = file.read(24)
        order = {0xa1b2c3d4: "<", 0xd4c3b2a1: ">"}.get(
            struct.unpack("<I", head[:4])[0]) if len(head) == 24 else None
        if order is None or struct.unpack(order + "I", head[20:])[0] != 1:
            return
        while len(record := file.read(16)) == 16:
            length = struct.unpack(order + "8xII", record)[0]
            frame = file.read(min(length, 1 << 18))
            if ONCE <= len(frame) <= 1514:
                yield frame


def collect(chance):
    """Some frames of many captures, each capture's in order."""
    shared = case.shared(source)
    paths = [path for path in glob.glob(f"{shared}/corpus/pcap/**/*",
                                        recursive=True)
             if os.path.isfile(path)] or [f"{source}/tests/data/demo.pcap"]
    chance.shuffle(paths)
    frames = []
    for path in paths:
        for i, frame in enumerate(frames_of(path)):
            if i == 2000 or len(frames) == FRAMES_MAX:
                break
            frames.append(frame)
    return frames


def mangle(frame, frames, chance, start):
    """Hostile, and still a frame: its end is never before a tag's, because the
    kernel drops tags without a type behind them before anybody counts."""
    kind = chance.randrange(4)
    if len(frame) <= start:
        return frame
    if kind == 0:
        return frame[:chance.randrange(start, len(frame) + 1)]
    if kind == 1:
        other = chance.choice(frames)
        at = chance.randrange(start, len(frame) + 1)
        return (frame[:at] + other[at:])[:1514]
    mangled = bytearray(frame)
    for _ in range(1 + chance.randrange(8)):
        at = chance.randrange(14 if start == ONCE else start, len(mangled))
        mangled[at] = chance.randrange(256)
    return bytes(mangled)


def send(interface):
    """In the other namespace, until the time is over: a line at the end."""
    chance = random.Random(SEED)
    frames = collect(chance)
    frames += [mangle(frame, frames, chance, ONCE) for frame in frames[::3]]
    sent, at = 0, 0
    end = time.monotonic() + seconds
    with socket.socket(socket.AF_PACKET, socket.SOCK_RAW) as wire:
        wire.bind((interface, 0))
        while (begun := time.monotonic()) < end:
            for _ in range(RATE // 20):
                frame = frames[at % len(frames)]
                at += 1
                if chance.randrange(4) == 0:
                    frame = mangle(frame, frames, chance, ANEW)
                wire.send(frame)
                sent += 1
            time.sleep(max(0, begun + 0.05 - time.monotonic()))
    print(sent, flush=True)


def resident_kb(pid):
    with open(f"/proc/{pid}/status") as file:
        return int(re.search(r"VmRSS:\s+(\d+)", file.read())[1])


def interface(sock):
    done = subprocess.run([noroshi, "status", "--json", "--socket", sock],
                          capture_output=True, text=True, timeout=60)
    check(done.returncode in (0, 1), f"status answers: {done.stderr[-300:]}")
    return json.loads(done.stdout)["interfaces"][0]


class Sets:
    """Which file is in force, and what it should be."""

    def __init__(self, path):
        self.path, self.count, self.wanted = path, 0, 0
        self.names = [f"host-{i}.example" for i in range(5000)]
        self.next()

    def next(self):
        """Every tenth is no list at all."""
        self.count += 1
        if self.count % 10 == 0:
            net.replace(self.path, "\x00\x01\x02 not a list")
            return
        self.wanted += 1
        lines = self.names[::-1 if self.count % 2 else 1]
        net.replace(self.path, f"turn-{self.count}.example\n8.8.8.8\n"
                    "192.0.2.0/28\nwww.google.com\n" +
                    "\n".join(lines) + "\n")


def watch(sensor, sets, sending):
    """Swap and look, while packets come."""
    sizes, begun = [], time.monotonic()
    looked = begun
    while sending.poll() is None and sensor.process.poll() is None:
        time.sleep(SWAP_S)
        sets.next()
        sensor.signal(signal.SIGHUP)
        if time.monotonic() - looked >= LOOK_S:
            looked = time.monotonic()
            sizes.append(resident_kb(sensor.process.pid))
    return sizes


def flat(sizes):
    quarter = len(sizes) // 4
    if seconds < WARM_S:
        print("too short to say anything of memory")
        return
    means = [sum(sizes[i * quarter:(i + 1) * quarter]) / quarter
             for i in range(4)]
    check(means[3] <= means[2] * GROWN, "memory in the four quarters: " +
          ", ".join(f"{mean / 1024:.0f} MB" for mean in means))


def main():
    net.need_rights()
    case.fresh(place)
    sets = Sets(f"{place}/list.txt")
    with net.Net() as hosts:
        for where in (hosts.client, hosts.server):
            subprocess.run(["ip", "netns", "exec", where, "sysctl", "-qw",
                            "net.ipv6.conf.all.disable_ipv6=1"], check=True)
        for where, link in ((hosts.client, "c0"), (hosts.server, "s0")):
            subprocess.run(["ip", "-n", where, "link", "set", link, "arp",
                            "off"], check=True)
        sensor = net.Sensor(
            hosts, noroshi, "--indicators", sets.path, "--out", f"{place}/out",
            "--workers", "2", "--promiscuous", "--socket", f"{place}/sock",
            "--state", f"{place}/state")
        sensor.wait_for("running", timeout=120)
        sending = hosts.start(
            hosts.server, [sys.executable, __file__, *sys.argv[1:4],
                           str(seconds), str(RATE), "s0"],
            stdout=subprocess.PIPE, text=True)
        sizes = watch(sensor, sets, sending)
        sent = int(sending.communicate()[0])
        time.sleep(2)
        seen = interface(f"{place}/sock")
        check(sensor.end() == 0, "it ran to the end, which has status 0")
        ended = sensor.wait_for(r"ended: \d+ packets")[0]
        taken = int(re.search(r"ended: (\d+) packets", ended)[1])
        forces = sensor.wait_for("set generation")
        kept = [int(re.search(r": (\d+) of", line)[1]) for line in forces]
        check(seen["received"] == sent,
              f"{sent} packets sent, {seen['received']} received")
        check(taken == seen["received"] - seen["dropped"],
              f"{taken} taken, {seen['dropped']} dropped by the kernel")
        # One that is noticed before it is asked for may be told twice; on a
        # busy machine the next one may be there before one was read.
        check(len(forces) >= sets.wanted * 0.9 and min(kept) >= 5000,
              f"{len(forces)} times a set came into force, of "
              f"{sets.wanted} good and {sets.count - sets.wanted} bad files; "
              f"the smallest has {min(kept)} indicators")
        flat(sizes)
        print(ended)


if len(sys.argv) > 6:
    send(sys.argv[6])
else:
    main()
    case.end()
