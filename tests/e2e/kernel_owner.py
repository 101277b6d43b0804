#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""noroshi run --source bpf on the host that is guarded, with a cgroup: hits
name the process that asked, and the one that answered, and its cgroup by path;
also of connections and listeners that were there before the sensor, and of a
cgroup that was made later. A process outside of the cgroup has no name. In
network namespaces and a cgroup of our own.
usage: kernel_owner.py NOROSHI SOURCE_DIR WORK_DIR"""
import os
import sys
import time

import case
import net
import written
from case import check

noroshi, source, place = case.begin()
PORT, OWN_PORT, OLD_PORT = 8080, 8090, 8091


def own_group():
    """A new cgroup of version 2; None where there is no such thing."""
    for root in ("/sys/fs/cgroup", "/sys/fs/cgroup/unified"):
        if os.path.exists(f"{root}/cgroup.controllers"):
            path = f"{root}/nrs-{os.getpid()}"
            os.mkdir(path)
            return path
    return None


def inside(group, where, function, *arguments):
    """net.FUNCTION in a namespace, by a process of @group."""
    code = ("import os, sys; "
            f"open({group + '/cgroup.procs'!r}, 'w').write(str(os.getpid())); "
            f"sys.path.insert(0, {os.path.dirname(net.__file__)!r}); "
            f"import net; net.{function}(*sys.argv[1:])")
    return hosts.start(where, [sys.executable, "-c", code,
                               *map(str, arguments)])


def processes_of(value, port=None):
    """Of the hits of @value (its beginning), as told at once or later."""
    all_lines = written.lines(f"{place}/out/hits.jsonl")
    found = []
    for hit in all_lines:
        if not hit.get("value", "").startswith(value) or \
                port not in (None, hit["own"]["port"]):
            continue
        later = [line for line in all_lines
                 if line.get("raises") == hit["n"] and "process" in line]
        found.append((later[0] if later else hit).get("process"))
    return found


net.need_rights()
group = own_group()
if group is None:
    case.skip("no cgroup of version 2 here")
number = os.stat(group).st_ino
late = f"{group}/late"
old_names = "".join(f"old-{i}.example\n" for i in range(1000))
with open(f"{place}/list.txt", "w", encoding="utf-8") as file:
    file.write("in-0.example\nout-0.example\nlate-0.example\n"
               f"visited.example\n{old_names}")
config = net.config(place, sensor={"source": "bpf", "cgroup": group})

try:
    with net.NetWithCgroups() as hosts:
        hosts.web(PORT)
        old = inside(group, hosts.client, "linger", PORT, "old", 600, 0.1)
        old_server = inside(group, hosts.client, "web", OLD_PORT)
        time.sleep(0.5)
        sensor = net.Sensor(hosts, noroshi, "-c", config)
        net.flows_are_kept(sensor)
        if any("name no process" in line for line in sensor.lines):
            sensor.end()
            case.skip("this kernel notes no processes for us")
        asking = inside(group, hosts.client, "browse", PORT, "in", 1, 0)
        asking.wait()
        hosts.python(hosts.client, "browse", PORT, "out", 1, 0).wait()
        serving = inside(group, hosts.client, "web", OWN_PORT)
        time.sleep(0.5)
        for port in OWN_PORT, OLD_PORT:
            hosts.python(hosts.server, "visit", net.CLIENT, port).wait()
        os.mkdir(late)
        late_number = os.stat(late).st_ino
        asking_late = inside(late, hosts.client, "browse", PORT, "late", 1, 0)
        asking_late.wait()
        time.sleep(0.5)
        check(sensor.end() == 0, "it ends well")
        lost = [line for line in sensor.lines if "open before" in line]
        check(not lost, f"nothing of it is lost: {lost}")
finally:
    for _ in range(50):
        try:
            if os.path.exists(late):
                os.rmdir(late)
            os.rmdir(group)
            break
        except OSError:
            time.sleep(0.1)

# nsenter execs the command, so the pid is the process's own.
own_path = f"/{os.path.basename(group)}"
for value, port, pid, of, path in (
        ("in-0.example", None, asking.pid, number, own_path),
        ("out-0.example", None, None, None, None),
        ("visited.example", OWN_PORT, serving.pid, number, own_path),
        ("visited.example", OLD_PORT, old_server.pid, number, own_path),
        ("old-", None, old.pid, number, own_path),
        ("late-0.example", None, asking_late.pid, late_number,
         f"{own_path}/late")):
    got = processes_of(value, port)
    expected = None if pid is None else {
        "pid": pid, "cgroup": of, "cgroup_path": path}
    for process in got:
        if process is not None:
            check(process.pop("command", "").startswith("python"),
                  f"{value}: its command")
    check(got and all(process == expected for process in got),
          f"{value}: {got}, expected {expected}")
case.end()
