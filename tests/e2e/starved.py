#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A running sensor is starved: its hub's name does not resolve, then its disk
is full. It goes on, says what is wrong, loses nothing in silence, and recovers
by itself when names resolve again and there is room.
usage: starved.py NOROSHI SOURCE_DIR WORK_DIR"""
import collections
import os
import subprocess
import sys
import time

import case
import isac
import net
import written
from case import check, until

PORT, NAME = 8080, "hub.isac.example"


def mount(*arguments):
    return subprocess.run(["mount", *arguments],
                          capture_output=True).returncode == 0


def names(prefix, count, first):
    domains = [f"{prefix}-{n}.example" for n in range(count)]
    return [isac.indicator(first + n, domain, name=domain)
            for n, domain in enumerate(domains)]


def status():
    done = subprocess.run([noroshi, "status", "--socket", f"{place}/sock"],
                          capture_output=True, text=True, check=False)
    return done.returncode, done.stdout


def told():
    """How often each indicator's sightings arrived, by their ids."""
    return collections.Counter(
        ref for _, ref in {(o["id"], o["sighting_of_ref"])
                           for o in isac.sightings(hub)})


def has_told(things):
    return all(told()[thing["id"]] >= 1 for thing in things)


def browse(prefix, count):
    hosts.python(hosts.client, "browse", PORT, prefix, count, 0).wait()


def fill(path):
    """Until nothing more goes on the disk."""
    with open(path, "wb", buffering=0) as file:
        size = 65536
        while size > 0:
            try:
                file.write(b"x" * size)
            except OSError:
                size //= 2


net.need_rights()
if os.environ.get("NRS_STARVED") is None:
    case.need("unshare")
    os.execvpe("unshare", ["unshare", "--mount", sys.executable, *sys.argv],
               dict(os.environ, NRS_STARVED="1"))
noroshi, source, place = case.begin()
disk = f"{place}/disk"
os.makedirs(disk)
for name, text in (("hosts", "127.0.0.1 localhost\n"),
                   ("resolv.conf", "nameserver 127.0.0.1\n")):
    with open(f"{place}/{name}", "w", encoding="utf-8") as file:
        file.write(text)
    if not mount("--bind", f"{place}/{name}", f"/etc/{name}"):
        net.skip(f"no right to mount over /etc/{name}")
if not mount("-t", "tmpfs", "-o", "size=4m", "tmpfs", disk):
    net.skip("no right to mount a tmpfs")

with net.Net() as hosts:
    hosts.web(PORT)
    hub = isac.start(hosts, place)
    well, full, late = (names("well", 3, 0), names("full", 20, 100),
                        names("late", 2, 200))
    hub.publish(*well, *full)
    sensor = net.Sensor(
        hosts, noroshi, "--taxii", isac.URL.replace(net.SERVER, NAME),
        *isac.AUTO, "--state", f"{disk}/state", "--out", f"{disk}/out",
        "--socket", f"{place}/sock")
    sensor.wait_for("running")

    # The hub's name.
    check(until(lambda: "resolve" in status()[1].lower()) and
          status()[0] == 1, f"a name that does not resolve is said: {status()}")
    with open("/etc/hosts", "a", encoding="utf-8") as file:
        file.write(f"{net.SERVER} {NAME}\n")
    sensor.wait_for("23 of 23 indicators")
    # Posts are tried ever more rarely, at least every five minutes.
    check(until(lambda: status()[0] == 0, 100), f"well by itself: {status()}")
    browse("well", 3)
    check(until(lambda: has_told(well)), f"told: {told()}")

    # Gone again while there is something to tell: it waits.
    with open("/etc/hosts", "r+", encoding="utf-8") as file:
        file.truncate(0)

    # The disk.
    fill(f"{disk}/fill")
    hub.publish(*late)
    browse("full", 20)
    check(until(lambda: status()[0] == 1 and "DEGRADED" in status()[1]),
          f"status says so: {status()}")
    time.sleep(3)
    check(sensor.process.poll() is None, "it goes on")
    text = status()[1]
    check("database or disk is full" in text and
          "lines of hits.jsonl were lost" in text and
          "sightings cannot be kept" in text, f"and what suffers: {text}")
    os.unlink(f"{disk}/fill")
    with open("/etc/hosts", "a", encoding="utf-8") as file:
        file.write(f"{net.SERVER} {NAME}\n")
    sensor.wait_for("25 of 25 indicators", timeout=90)
    check(until(lambda: has_told(full), 60),
          f"what was seen meanwhile is told: {told()}")
    browse("late", 2)
    check(until(lambda: has_told(late)), f"and what is seen now: {told()}")
    check(until(lambda: {"late-0.example", "late-1.example"} <=
                set(written.values(f"{disk}/out"))),
          "hits are written again")
    missing = {thing["name"] for thing in full} - \
        set(written.values(f"{disk}/out"))
    check(missing and f"{len(missing)} lines of hits.jsonl were lost" in
          status()[1], f"those that were not are counted: {missing} {status()}")
    check(until(lambda: status()[0] == 0, 100), f"well again: {status()}")
    check(sensor.end() == 0, "SIGTERM ends with status 0")
    check(max(told().values()) == 1, f"each once: {told()}")
case.end()
