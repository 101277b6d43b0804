#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The systemd unit: systemd-analyze finds nothing wrong in it and little
exposed; what it promises to the manager (READY, WATCHDOG, STOPPING) the sensor
does; the check before the start refuses a wrong configuration.
usage: unit.py NOROSHI SOURCE_DIR WORK_DIR"""
import os
import re
import shutil
import signal
import socket
import subprocess
import time

import case
from case import check

noroshi, source, place = case.begin()
EXPOSED = 20  # tenths, of 100


def settings():
    """{key: [values]} of the unit; a key may stand there more than once."""
    found = {}
    with open(f"{source}/dist/noroshi.service") as file:
        for line in file:
            key, equals, value = line.rstrip("\n").partition("=")
            if equals and not line.startswith("#"):
                found.setdefault(key, []).append(value)
    return found


def analyze():
    program = shutil.which("systemd-analyze")
    if program is None:
        print("no systemd-analyze: the unit is not verified by it")
        return
    unit = f"{place}/noroshi.service"
    with open(f"{source}/dist/noroshi.service") as file:
        text = file.read().replace("/usr/bin/noroshi", noroshi)
    with open(unit, "w") as file:
        file.write(text)
    done = subprocess.run([program, "verify", "--man=no", unit],
                          capture_output=True, text=True)
    ours = [line for line in done.stderr.splitlines() if "noroshi" in line]
    check(done.returncode == 0 and not ours, f"verify: {done.stderr}")
    done = subprocess.run([program, "security", "--offline=true",
                           f"--threshold={EXPOSED}", "--no-pager", unit],
                          capture_output=True, text=True)
    if "unrecognized option" in done.stderr:
        print("systemd-analyze cannot look at security offline")
        return
    level = re.search(r"exposure level for \S+ ([\d.]+)", done.stdout)
    print("exposure:", level.group(1) if level else done.stderr)
    check(done.returncode == 0, f"more is exposed than before: {done.stdout}")


def the_check_before_the_start(unit):
    command = unit["ExecStartPre"][0].split()
    check(command[:3] == ["/usr/bin/noroshi", "run", "--check"], f"{command}")
    with open(f"{place}/list", "w") as file:
        file.write("a.example\n")
    for key, good in (("indicators", True), ("indicator", False)):
        text = f"interfaces: [lo]\n{key}: [{place}/list]\n"
        with open(f"{place}/noroshi.yaml", "w") as file:
            file.write(text)
        done = subprocess.run([noroshi, *command[1:-1],
                               f"{place}/noroshi.yaml"], capture_output=True,
                              text=True, timeout=60)
        check((done.returncode == 0) == good, f"{text}: {done.stderr}")


class Manager:
    """The other end of NOTIFY_SOCKET."""

    def __init__(self):
        self.path = f"{place}/notify"
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.socket.bind(self.path)

    def hear(self, word, seconds):
        """When @word came, or None."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            self.socket.settimeout(max(0.01, end - time.monotonic()))
            try:
                if word in self.socket.recv(4096).decode():
                    return time.monotonic()
            except socket.timeout:
                break
        return None


def the_watchdog(unit):
    if os.geteuid() != 0:
        print("capturing needs root: the watchdog is not tried")
        return
    allowed = int(unit["WatchdogSec"][0])
    manager = Manager()
    sensor = subprocess.Popen(
        [noroshi, "run", "--interface", "lo", "--indicators", f"{place}/list",
         "--state", f"{place}/state", "--socket", f"{place}/sock"],
        stderr=subprocess.PIPE, text=True,
        env=dict(os.environ, NOTIFY_SOCKET=manager.path,
                 WATCHDOG_USEC=str(allowed * 1000000)))
    check(manager.hear("READY=1", 30) is not None, "READY=1")
    times = [manager.hear("WATCHDOG=1", 10) for _ in range(3)]
    check(None not in times, "WATCHDOG=1, again and again")
    if None not in times:
        check(times[2] - times[0] < allowed / 2, "in time, with as much left")
    sensor.send_signal(signal.SIGSTOP)
    while manager.hear("WATCHDOG=1", 0.5) is not None:
        pass
    check(manager.hear("WATCHDOG=1", 2) is None,
          "who does not run is not alive")
    sensor.send_signal(signal.SIGCONT)
    check(manager.hear("WATCHDOG=1", 10) is not None, "alive again")
    sensor.terminate()
    check(manager.hear("STOPPING=1", 10) is not None, "STOPPING=1")
    sensor.communicate(timeout=30)
    check(sensor.returncode == 0, "it ends well")


unit = settings()
for key, value in (("Type", "notify"), ("User", "noroshi"),
                   ("NoNewPrivileges", "yes"), ("ProtectSystem", "strict"),
                   ("Restart", "on-failure")):
    check(unit.get(key) == [value], f"{key}={value}: {unit.get(key)}")
analyze()
the_check_before_the_start(unit)
the_watchdog(unit)
case.end()
