#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""noroshi run --source bpf that was started as root and became another user:
an interface that is deleted and made again is watched again.
usage: kernel_back.py NOROSHI SOURCE_DIR WORK_DIR"""
import os
import sys

import case
import net
import written
from case import check, until

noroshi = sys.argv[1]
PORT = 8080


def has_hit(folder, value):
    return until(lambda: value in written.values(folder), 10)


def run(hosts, place):
    net.replace(f"{place}/list.txt", "before-0.example\nafter-0.example\n")
    config = net.config(place, sensor={"source": "bpf", "user": "nobody"},
                        interfaces=[{"name": "c0", "promiscuous": True}])
    os.chmod(place, 0o755)
    # Who changed its user cannot be traced, which a leak check would do.
    os.environ["ASAN_OPTIONS"] = "detect_leaks=0"
    sensor = net.Sensor(hosts, noroshi, "-c", config)
    net.flows_are_kept(sensor)
    found = f"{place}/out"
    hosts.python(hosts.client, "browse", PORT, "before", 1, 0).wait()
    check(has_hit(found, "before-0.example"), "a hit is written")
    hosts.unplug()
    sensor.wait_for("c0: it went away; tried again every second")
    hosts.plug()

    def is_older():
        return any("older than 6.6" in line for line in sensor.lines)

    def is_watched():  # once a second it is looked for
        hosts.python(hosts.client, "browse", PORT, "after", 1, 0).wait()
        return is_older() or "after-0.example" in written.values(found)

    check(until(is_watched, 30, 0.5), "the interface is watched again")
    if is_older():
        check("after-0.example" not in written.values(found),
              "what takes a right that was given away is not pretended")
    check(len(sensor.wait_for("went away")) == 1, "said once")
    check(sensor.end() == 0, "it ends well")


net.in_place("kernel-back", run, PORT)
case.end()
