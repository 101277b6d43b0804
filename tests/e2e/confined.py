#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""noroshi run that was started as root and becomes another user: what the
kernel says of its process; it still is asked, takes what is added, writes its
hits, and opens an interface that went away and came back.
usage: confined.py NOROSHI SOURCE_DIR WORK_DIR"""
import os
import pwd
import shutil
import subprocess
import sys
import time

import case
import net
import written
from case import check, until

noroshi = sys.argv[1]
USER = "nobody"
PORT = 8080


def status_of(pid):
    with open(f"/proc/{pid}/status") as lines:
        return dict(line.rstrip("\n").split(":\t", 1) for line in lines
                    if ":\t" in line)


def processors(pid):
    """Where each worker may run."""
    found = []
    for task in os.listdir(f"/proc/{pid}/task"):
        with open(f"/proc/{pid}/task/{task}/comm") as file:
            if file.read().strip() == "worker":
                found.append(frozenset(os.sched_getaffinity(int(task))))
    return found


def has_hit(folder, value):
    return until(lambda: value in written.values(folder), 10)


def run(hosts, place):
    # Read as root, before; others may not look into it.
    listed = f"{place}/list.txt"
    net.replace(listed, "shop-1.example\n")
    config = net.config(place, sensor={"user": USER}, workers=2)
    socket = f"{place}/control/sock"
    os.chmod(place, 0o755)
    # Who changed its user cannot be traced, which a leak check would do.
    os.environ["ASAN_OPTIONS"] = "detect_leaks=0"
    sensor = net.Sensor(hosts, noroshi, "-c", config)
    sensor.wait_for("running")
    about = status_of(sensor.process.pid)
    uid = str(pwd.getpwnam(USER).pw_uid)
    check(about["Uid"].split() == [uid] * 4, f"is {USER}: {about['Uid']}")
    for kind, rights in (("CapEff", 0x2000), ("CapPrm", 0x2000),
                         ("CapAmb", 0), ("CapBnd", 0x2000)):
        check(int(about[kind], 16) == rights, f"{kind} {about[kind]}")
    check(about["NoNewPrivs"] == "1", "no new privileges")
    if not any("filters no system calls" in line for line in sensor.lines):
        check(about["Seccomp"] == "2", "system calls are filtered")

    if len(os.sched_getaffinity(0)) >= 2:
        # A thread names itself when it first runs.
        until(lambda: len(processors(sensor.process.pid)) == 2, 10)
        places = processors(sensor.process.pid)
        check(len(places) == 2 and len(set(places)) == 2 and
              all(len(place) == 1 for place in places),
              f"each worker stays on a processor of its own: {places}")

    found = f"{place}/out"
    hosts.python(hosts.client, "browse", PORT, "shop", 3, 0.02).wait()
    check(has_hit(found, "shop-1.example"), "a hit is written")
    case.run(noroshi, "add", "--socket", socket, "shop-2.example")
    hosts.python(hosts.client, "browse", PORT, "shop", 3, 0.02).wait()
    check(has_hit(found, "shop-2.example"), "what was added is matched")
    check(os.path.exists(f"{place}/state/added.list"), "and kept")

    for way in ("down", "up"):
        subprocess.run(["ip", "-n", hosts.client, "link", "set", "c0", way],
                       check=True)
        time.sleep(0.5)
    sensor.wait_for("tried again every second")
    case.run(noroshi, "add", "--socket", socket, "shop-0.example")

    def is_read():  # once a second it is looked for
        hosts.python(hosts.client, "browse", PORT, "shop", 1, 0.02).wait()
        return "shop-0.example" in written.values(found)

    check(until(is_read, 30, 0.5), "the interface is read again")
    check(sensor.end() == 0, "it ends well")


def by_rights_alone(hosts, place):
    """Started as that user, with three rights: the kernel shares packets out
    to the workers all the same."""
    rights = "-all,+net_raw,+net_admin,+bpf"
    net.replace(f"{place}/list.txt", "shop-1.example\n")
    os.chmod(f"{place}/list.txt", 0o644)
    os.makedirs(f"{place}/own")
    shutil.chown(f"{place}/own", USER)
    said = open(f"{place}/said", "w+")
    sensor = hosts.start(hosts.client, [
        "setpriv", "--reuid", USER, "--regid", "nogroup", "--clear-groups",
        "--inh-caps", rights, "--ambient-caps", rights, "--bounding-set",
        rights, noroshi, "run", "--interface", "c0", "--workers", "2",
        "--indicators", f"{place}/list.txt", "--out", f"{place}/own/out",
        "--state", f"{place}/own/state", "--socket", f"{place}/own/sock"],
        stderr=said)
    until(lambda: b"running:" in written.octets(f"{place}/said"))
    text = written.octets(f"{place}/said").decode()
    check("running:" in text and "one thread" not in text,
          f"each worker reads its own socket: {text}")
    about = status_of(sensor.pid)
    check(int(about["CapPrm"], 16) == 0x2000, f"CapPrm {about['CapPrm']}")
    hosts.python(hosts.client, "browse", PORT, "shop", 3, 0.02).wait()
    check(has_hit(f"{place}/own/out", "shop-1.example"),
          "and a hit is written")
    sensor.terminate()
    check(sensor.wait(20) == 0, "it ends well")
    said.close()


def both(hosts, place):
    run(hosts, place)
    by_rights_alone(hosts, place)


net.in_place("confined", both, PORT)
case.end()
