#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The metrics of a sensor that was started as root and gave its rights away:
asked over HTTP in its namespace, they hold what passed and what was hit, by
source and by indicator, and of what is not marked clear an opaque id alone;
clients that dawdle do not keep it from matching; promtool, where it is
installed, finds nothing to complain of.
usage: metrics.py NOROSHI SOURCE_DIR WORK_DIR"""
import os
import re
import shutil
import subprocess
import sys

import case
import net
from case import check, until

noroshi = sys.argv[1]
WEB, LISTEN = 8080, 9273

# Run inside the sensor's namespace, where its loopback is.
SCRAPER = """
import http.client, sys
c = http.client.HTTPConnection("127.0.0.1", int(sys.argv[1]), timeout=10)
c.request("GET", "/metrics")
r = c.getresponse()
sys.stdout.write(str(r.status) + "\\n" + r.getheader("Content-Type") + "\\n")
sys.stdout.write(r.read().decode())
"""
DAWDLER = """
import socket, sys, time
held = [socket.create_connection(("127.0.0.1", int(sys.argv[1])))
        for _ in range(40)]
for s in held:
    s.send(b"GET /met")
print("held", flush=True)
time.sleep(60)
"""


def inside(hosts, program):
    return ["ip", "netns", "exec", hosts.client, sys.executable, "-c",
            program, str(LISTEN)]


def scrape(hosts):
    done = subprocess.run(inside(hosts, SCRAPER), capture_output=True,
                          text=True, timeout=30, check=True)
    status, kind, text = done.stdout.split("\n", 2)
    check(status == "200" and kind.startswith("text/plain; version=0.0.4"),
          f"{status} {kind}")
    return text


def samples(text):
    """{name with labels: number}"""
    found = {}
    for line in text.splitlines():
        if not line.startswith("#"):
            name, number = line.rsplit(" ", 1)
            check(name not in found, f"twice: {name}")
            found[name] = float(number)
    return found


def wait_for(hosts, condition, what):
    def found():
        try:
            told = samples(scrape(hosts))
        except subprocess.CalledProcessError:
            return None  # while others hold every place
        return told if condition(told) else None

    told = until(found, 15, 0.3)
    check(told, f"never: {what}")
    return told or {}


def promtool(text):
    program = shutil.which("promtool")
    if program is None:
        print("promtool is not installed: the format is left to test_metrics")
        return
    case.run(program, "check", "metrics", input=text, timeout=60)


def run(hosts, place):
    for name, values in (("open", "shop-1.example\nshop-2.example\n"),
                         ("secret", "shop-3.example\n")):
        net.replace(f"{place}/{name}.txt", values)
    config = net.config(
        place, sensor={"user": "nobody"}, workers=2,
        indicators=[{"file": f"{place}/{name}.txt", "source": name,
                     "default_tlp": tlp}
                    for name, tlp in (("open", "clear"), ("secret", "amber"))],
        metrics={"listen": f"127.0.0.1:{LISTEN}"})
    os.chmod(place, 0o755)
    os.environ["ASAN_OPTIONS"] = "detect_leaks=0"
    sensor = net.Sensor(hosts, noroshi, "-c", config)
    sensor.wait_for("running")
    before = samples(scrape(hosts))
    check(before['noroshi_source_indicators{source="open"}'] == 2,
          "what a source holds")
    check(before["noroshi_hits_total"] == 0, "no hit yet")
    hosts.python(hosts.client, "browse", WEB, "shop", 5, 0.02).wait()
    told = wait_for(hosts, lambda t: t["noroshi_hits_reported_total"] == 3,
                    "three hits")
    check(told["noroshi_hits_total"] == 3, "matched")
    check(told['noroshi_source_hits_total{source="open"}'] == 2 and
          told['noroshi_source_hits_total{source="secret"}'] == 1,
          "by source")
    rows = [name for name in told
            if name.startswith("noroshi_indicator_hits_total{")]
    check(len(rows) == 3, f"by indicator: {rows}")
    opaque = [name for name in rows
              if re.search(r'\{indicator="[0-9a-f]{16}"\}$', name)]
    check(len(opaque) == 1, f"of the amber one an opaque id alone: {rows}")
    check(told["noroshi_indicator_hits_opaque_total"] == 1, "and a count")
    told = wait_for(hosts, lambda t: sum(
        number for name, number in t.items()
        if name.startswith("noroshi_source_trials_total")) >= 3, "costs")
    check(told['noroshi_source_trials_total{source="open"}'] >= 2 and
          told['noroshi_source_trials_total{source="secret"}'] >= 1,
          "what each source cost")
    rows = [name for name in told
            if name.startswith("noroshi_indicator_trials_total{")]
    check(len(rows) == 4 and len([
        name for name in rows
        if re.search(r'\{indicator="[0-9a-f]{16}"\}$', name)]) == 1,
          f"what each indicator and all others cost: {rows}")
    check(told['noroshi_indicator_trials_total{indicator="other"}'] == 0 and
          told['noroshi_indicator_cost_seconds_total{indicator="other"}'] == 0,
          "nothing else was tried")
    check(told['noroshi_interface_received_packets_total{interface="c0"}'] > 0,
          "packets of the interface")
    check(told["noroshi_packets_total"] > before["noroshi_packets_total"],
          "packets read")
    check(told["noroshi_cpu_seconds_total"] > 0 and
          told["noroshi_resident_memory_bytes"] > 0, "the process's figures")

    dawdler = subprocess.Popen(inside(hosts, DAWDLER), text=True,
                               stdout=subprocess.PIPE)
    dawdler.stdout.readline()
    hosts.python(hosts.client, "browse", WEB, "shop", 5, 0.02).wait()
    # It is still asked.
    case.run(noroshi, "status", "--socket", f"{place}/control/sock", timeout=10)
    dawdler.kill()
    dawdler.wait()
    wait_for(hosts, lambda t: t["noroshi_hits_reported_total"] == 6,
             "six hits, all the while")
    text = scrape(hosts)
    check("shop-" not in text and net.CLIENT not in text and
          net.SERVER not in text, "no value and no address is told")
    promtool(text)
    check(sensor.end() == 0, "it ends well")


net.in_place("metrics", run, WEB)
case.end()
