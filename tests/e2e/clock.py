#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The wall clock is set back by a day while a sensor runs: an interface that
goes away is opened again when it is back, metrics and status go on telling what
is new, and clients that say a byte now and then are let go all the same. It is
a clock of that process alone: stepped_clock.c.
usage: clock.py NOROSHI STEPPED_CLOCK"""
import mmap
import os
import re
import subprocess
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import net  # noqa: E402

noroshi, stepped = sys.argv[1:3]
WEB, LISTEN = 8080, 9274
DAY_NS = 86400 * 10**9
failures = []

# Run inside the sensor's namespace, where its loopback is.
SCRAPER = """
import http.client, sys
c = http.client.HTTPConnection("127.0.0.1", int(sys.argv[1]), timeout=3)
c.request("GET", "/metrics")
sys.stdout.write(c.getresponse().read().decode())
"""
TRICKLER = """
import socket, sys, time
held = [socket.create_connection(("127.0.0.1", int(sys.argv[1])))
        for _ in range(16)]
print("held", flush=True)
while True:
    for s in held:
        try:
            s.send(b"G")
        except OSError:
            pass
    time.sleep(1)
"""


def check(holds, text):
    if not holds:
        failures.append(text)
        print("FAILED:", text)


def inside(program):
    return [sys.executable, "-c", program, str(LISTEN)]


def scrape(hosts, name):
    """The number told as @name; None: nobody answered."""
    done = subprocess.run(["ip", "netns", "exec", hosts.client,
                           *inside(SCRAPER)], capture_output=True, text=True,
                          timeout=30)
    found = re.search(rf"^{name} (\d+)$", done.stdout, re.M)
    return int(found[1]) if found else None


def wait_for(condition, what, timeout=25):
    end = time.monotonic() + timeout
    while not condition():
        if time.monotonic() > end:
            check(False, f"not in {timeout} s: {what}")
            return
        time.sleep(0.3)


def browse(hosts):
    check(hosts.python(hosts.client, "browse", WEB, "shop", 1, 0).wait() == 0,
          "the client was answered")


def run(hosts, place):
    net.replace(f"{place}/list.txt", "shop-0.example\n")
    config = f"{place}/noroshi.yaml"
    net.replace(config, "sensor: {name: edge-07}\n"
                        "interfaces: [{name: c0}]\n"
                        "workers: 2\n"
                        f"indicators: [{{file: {place}/list.txt}}]\n"
                        f"metrics: {{listen: '127.0.0.1:{LISTEN}'}}\n"
                        f"state: {{dir: {place}/state}}\n"
                        f"out: {{dir: {place}/out}}\n"
                        f"control: {{socket: {place}/sock}}\n")
    with open(f"{place}/clock", "wb+") as file:
        file.write(bytes(8))
        file.flush()
        clock = mmap.mmap(file.fileno(), 8)
    os.environ.update(LD_PRELOAD=stepped, NRS_TEST_CLOCK=f"{place}/clock")
    sensor = net.Sensor(hosts, noroshi, "-c", config)
    del os.environ["LD_PRELOAD"], os.environ["NRS_TEST_CLOCK"]
    sensor.wait_for("running")

    def hits():
        return scrape(hosts, "noroshi_hits_reported_total")

    def tell(count):
        wait_for(lambda: hits() == count, f"{count} hits are told")

    browse(hosts)
    tell(1)
    clock[:] = (-DAY_NS).to_bytes(8, "little", signed=True)
    browse(hosts)
    tell(2)
    status = subprocess.run([noroshi, "status", "--socket", f"{place}/sock"],
                            capture_output=True, text=True, timeout=30).stdout
    check(re.match(r"edge-07 up [1-9]\d* s\n", status), f"status: {status}")
    hosts.unplug()
    sensor.wait_for("tried again every second")
    hosts.plug()
    time.sleep(5)  # once a second it is looked for
    browse(hosts)
    tell(3)
    trickler = hosts.start(hosts.client, inside(TRICKLER),
                           stdout=subprocess.PIPE, text=True)
    trickler.stdout.readline()
    clock[:] = (-2 * DAY_NS).to_bytes(8, "little", signed=True)
    check(hits() is None, "they hold all places")
    tell(3)
    check(sensor.end() == 0, "SIGTERM ends with status 0")


with open(noroshi, "rb") as program:
    if b"san_init" in program.read():
        net.skip("sanitizers want to stand in front of the C library")
net.in_place("clock", run, WEB)
sys.exit(1 if failures else 0)
