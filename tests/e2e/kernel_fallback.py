#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""noroshi run --source bpf on kernels that refuse a part of it: without links
(before 5.7 there were none, before 6.6 none for packets) it stands at clsact,
finds the same and says what is lost; without any program it reads packets.
The kernel of this machine is made to refuse by a filter of system calls that
the sensor inherits.
usage: kernel_fallback.py NOROSHI SOURCE_DIR WORK_DIR"""
import os
import platform
import subprocess
import sys

import case
import net
import written
from case import check

noroshi = os.path.abspath(sys.argv[1])
PORT = 8080
PROG_LOAD, LINK_CREATE = 5, 28  # of bpf(2)

# Runs @noroshi as if the kernel did not know one command of bpf(2).
REFUSING = """#!{python}
import ctypes, os, struct, sys
libc = ctypes.CDLL(None, use_errno=True)
code = b"".join(struct.pack("<HBBI", *step) for step in (
    (0x20, 0, 0, 0), (0x15, 0, 3, {call}),          # another call: let it be
    (0x20, 0, 0, 16), (0x15, 0, 1, {command}),      # its first argument
    (0x06, 0, 0, 0x00050000 | 22), (0x06, 0, 0, 0x7fff0000)))  # EINVAL
room = ctypes.create_string_buffer(code)
program = struct.pack("<HxxxxxxQ", 6, ctypes.addressof(room))
for option in ((38, 1, 0, 0, 0), (22, 2, program, 0, 0)):
    if libc.prctl(*option) != 0:
        sys.exit("no filter of system calls")
os.execv({noroshi!r}, [{noroshi!r}, *sys.argv[1:]])
"""


def refusing(place, command):
    """A program like noroshi whose kernel refuses @command."""
    call = {"x86_64": 321, "aarch64": 280}.get(platform.machine())
    if call is None:
        net.skip("the number of bpf(2) is not known here")
    path = f"{place}/refusing-{command}"
    with open(path, "w", encoding="utf-8") as file:
        file.write(REFUSING.format(python=sys.executable, call=call,
                                   command=command, noroshi=noroshi))
    os.chmod(path, 0o755)
    return path


def start(hosts, place, program, name, confine):
    out = f"{place}/{name}"
    os.makedirs(out)
    return net.Sensor(hosts, program, "-c", net.config(
        place, name, out={"dir": out}, state={"dir": f"{out}/state"},
        sensor={"source": "bpf", "cgroup": group, "confine": confine}))


def values(place, name):
    return sorted(written.values(f"{place}/{name}"))


def left(hosts):
    """Is a program of ours at the interface?"""
    done = subprocess.run(["tc", "-n", hosts.client, "filter", "show", "dev",
                           "c0", "ingress"], text=True, capture_output=True,
                          check=False)
    return "nrs_flows" in done.stdout or "bpf" in done.stdout


def says(sensor, text):
    check(any(text in line for line in sensor.lines), f"it says: {text}")


def run(hosts, place):
    with open(f"{place}/list.txt", "w", encoding="utf-8") as file:
        file.write(f"{net.SERVER}\nshop-1.example\n")
    wanted = sorted([net.SERVER] * 3 + ["shop-1.example"])
    program = refusing(place, LINK_CREATE)
    # The second one meets what the first one had to leave behind.
    for name, confine in (("left", True), ("after", False)):
        sensor = start(hosts, place, program, name, confine)
        net.flows_are_kept(sensor)
        says(sensor, "kept in the kernel (clsact)")
        says(sensor, "hits name no process")
        hosts.python(hosts.client, "browse", PORT, "shop", 3, 0.01).wait()
        check(sensor.end() == 0, f"{name}: it ends well")
        check(values(place, name) == wanted,
              f"{name}: {values(place, name)}")
        if confine:
            says(sensor, "the programs stay at the interface")
            says(sensor, "is not watched again")
        check(left(hosts) == confine,
              f"{name}: what it said of what stays is so")

    sensor = start(hosts, place, refusing(place, PROG_LOAD), "none", True)
    sensor.wait_for("running")
    says(sensor, "does not take the program that keeps flows (it takes CAP_BPF")
    says(sensor, "packets are read instead, and hits name no process")
    hosts.python(hosts.client, "browse", PORT, "shop", 3, 0.01).wait()
    check(sensor.end() == 0, "without programs: it ends well")
    check(values(place, "none") == wanted, f"none: {values(place, 'none')}")


group = next((path for path in ("/sys/fs/cgroup", "/sys/fs/cgroup/unified")
              if os.path.exists(f"{path}/cgroup.controllers")), None)
if group is None:
    net.skip("no cgroup of version 2 here")
net.in_place("kernel-fallback", run, PORT, net.NetWithCgroups)
case.end()
