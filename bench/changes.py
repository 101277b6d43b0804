#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Claim: with a million indicators in force, `noroshi add` matches at most a
second after it was called, and `noroshi withdraw` matches no more a second
after; also while everything is compiled anew.

A sensor in a network namespace; a client beside it sends a datagram every
5 ms to the address that is added and withdrawn, each from a port of its own.
What is measured is the time of the first packet that hit, and of the last one,
since the command was begun: the programs' start and the disk are in it. The
slowest of ROUNDS rounds counts. The gate, for machines that others share, is
three times the bar. Needs the right to make network namespaces.
usage: changes.py BUILD_DIR [--gate]"""
import datetime
import json
import os
import random
import shutil
import subprocess
import sys
import time

build = os.path.abspath(sys.argv[1])
source = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
sys.path.insert(0, os.path.join(source, "tests", "e2e"))
import net  # noqa: E402

BAR, GATE, ROUNDS, MILLION = 1.0, 3, 5, 1000000
TARGET = "192.0.2.77"
noroshi = os.path.join(build, "app", "noroshi")
work = os.path.join(build, "bench", "changes")
SEND = f"""
import socket, time
while True:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
        s.sendto(b"x", ("{TARGET}", 9))
    time.sleep(0.005)
"""


def make_list(path):
    chance = random.Random(4)
    with open(path, "w") as file:
        for i in range(MILLION // 2):
            file.write(f"{chance.getrandbits(48):012x}.example\n")
            file.write(".".join(str(chance.getrandbits(8))
                                for _ in range(4)) + "\n")


def hits():
    """Times of the hits so far."""
    with open(f"{work}/out/hits.jsonl") as file:
        for line in file:
            hit = json.loads(line)
            if hit.get("value") == TARGET:
                yield datetime.datetime.fromisoformat(
                    hit["time"].replace("Z", "+00:00")[:26] + "+00:00"
                    if len(hit["time"]) > 27 else
                    hit["time"].replace("Z", "+00:00")).timestamp()


def say(*words):
    subprocess.run([noroshi, words[0], "--socket", f"{work}/sock", *words[1:]],
                   check=True, capture_output=True)


def status():
    done = subprocess.run([noroshi, "status", "--json", "--socket",
                           f"{work}/sock"], capture_output=True, text=True)
    return json.loads(done.stdout)["set"]


def changes(name, disturb):
    added, withdrawn = [], []
    for i in range(ROUNDS):
        disturb()
        before = len(list(hits()))
        begun = time.time()
        say("add", TARGET)
        time.sleep(2.5)
        new = list(hits())[before:]
        added.append(new[0] - begun if new else float("inf"))
        disturb()
        begun = time.time()
        say("withdraw", TARGET)
        time.sleep(2.5)
        late = [t for t in hits() if t > begun]
        withdrawn.append(late[-1] - begun if late else 0.0)
    for what, times in (("add", added), ("withdraw", withdrawn)):
        print(f"{name}: {what} within {max(times):.2f} s (bar {BAR:.0f} s; "
              + ", ".join(f"{t:.2f}" for t in times) + ")")
    return max(added + withdrawn)


def main():
    net.need_rights()
    shutil.rmtree(work, ignore_errors=True)
    os.makedirs(work)
    make_list(f"{work}/million.txt")
    bar = BAR * (GATE if "--gate" in sys.argv else 1)
    with net.Net() as hosts:
        subprocess.run(["ip", "-n", hosts.client, "neigh", "add", TARGET,
                        "lladdr", "02:00:00:00:00:01", "dev", "c0"],
                       check=True)
        sensor = net.Sensor(hosts, noroshi, "--indicators",
                            f"{work}/million.txt", "--state", f"{work}/state",
                            "--out", f"{work}/out", "--socket",
                            f"{work}/sock", "--workers", "1")
        sensor.wait_for("running", timeout=120)
        hosts.start(hosts.client, [sys.executable, "-c", SEND])
        print(f"{status()['kept']:,} indicators in force")
        worst = changes("at rest", lambda: None)
        worst = max(worst, changes("while all is compiled anew",
                                   lambda: say("reload")))
        sensor.end()
    sys.exit(worst > bar)


main()
