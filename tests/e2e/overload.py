#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A sensor that is kept from running (SIGSTOP) while its interface is not: when
it goes on its rings are full, it takes every step of leaving something out,
says so in status, counts it, and takes the steps back when it is calm. What
passes then is matched like before. With rings of packets, and with flows that
the kernel keeps.
usage: overload.py NOROSHI SOURCE_DIR WORK_DIR"""
import signal
import subprocess
import sys

import case
import net
import written
from case import check, until

noroshi = sys.argv[1]
WEB = 8080
# Many flows, one after another and new ones all the time, to both workers: a
# block of a ring is handed over after 10 ms, so that a few packets fill a ring
# in time.
TRICKLE = """
import socket, sys, time
end = time.monotonic() + float(sys.argv[1])
while time.monotonic() < end:
    s = [socket.socket(socket.AF_INET, socket.SOCK_DGRAM) for _ in range(64)]
    for i in range(64):
        s[i].sendto(b"x" * int(sys.argv[3]), (sys.argv[2], 9000 + i))
    time.sleep(0.004)
"""


def status(place, *more):
    return subprocess.run([noroshi, "status", "--socket", f"{place}/sock",
                           *more], capture_output=True, text=True,
                          timeout=30)


def wait_until(condition, what):
    check(until(condition, 20, 0.05), f"never: {what}")


def trickle(hosts, seconds, octets):
    return hosts.start(hosts.client, [sys.executable, "-c", TRICKLE,
                                      str(seconds), net.SERVER, str(octets)])


def run(hosts, place, *more, octets=1):
    net.replace(f"{place}/list.txt", "shop-0.example\nshop-1.example\n")
    sensor = net.Sensor(hosts, noroshi, "--indicators", f"{place}/list.txt",
                        "--out", f"{place}/out", "--workers", "2",
                        "--socket", f"{place}/sock", *more)
    sensor.wait_for("running")
    hosts.python(hosts.client, "browse", WEB, "shop", 1, 0.02).wait()
    wait_until(lambda: written.values(f"{place}/out") == ["shop-0.example"],
               "a hit before")
    check("overload" not in status(place).stdout, "nothing is left out")
    sensor.signal(signal.SIGSTOP)
    trickle(hosts, 4, octets).wait()
    said = []
    sensor.signal(signal.SIGCONT)
    wait_until(lambda: said.append(status(place)) or
               "overload" in said[-1].stdout, "status tells of the overload")
    shown = said[-1]
    check(shown.returncode == 1 and "DEGRADED overload: " in shown.stdout and
          "leave out payload patterns" in shown.stdout,
          f"and why it is degraded: {shown.stdout}")
    wait_until(lambda: "under load" in status(place).stdout,
               "it takes the steps back, and tells what it left out")
    shown = status(place)
    words = dict(zip(("patterns", "digests", "bodies", "flows"),
                     (int(word) for word in shown.stdout.split("under load")
                      [1].replace(",", "").split() if word.isdigit())))
    check(len(words) == 4 and words["patterns"] >= words["digests"] >=
          words["bodies"] >= words["flows"] > 0, f"each was counted: {words}")
    check(shown.returncode == 0 or "DEGRADED c0 lost" in shown.stdout,
          f"it is well again, but for what was lost: {shown.stdout}")
    hosts.python(hosts.client, "browse", WEB, "shop", 2, 0.02).wait()
    wait_until(lambda: written.values(f"{place}/out") ==
               ["shop-0.example", "shop-0.example", "shop-1.example"],
               "what passes now is matched")
    check(sensor.end() == 0, "it ends well")


def run_flows(hosts, place):
    # One ring of 16 MB, in which each flow's first frame waits.
    run(hosts, place, "--source", "bpf", octets=1200)


net.in_place("overload", run, WEB)
net.in_place("overload-flows", run_flows, WEB)
case.end()
