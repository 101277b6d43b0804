#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""noroshi selftest against a running sensor: a packet in front of a worker is
matched, told and spooled, as an exercise; --wire is seen where the interface
carries the look-up, and fails where it does not; nothing of it stays.
usage: selftest.py NOROSHI SOURCE_DIR WORK_DIR"""
import os
import shutil
import subprocess
import sys

import case
import net
import written
from case import check

noroshi = sys.argv[1]


def ask(hosts, place, *words):
    return subprocess.run(["ip", "netns", "exec", hosts.client, noroshi,
                           words[0], "--socket", f"{place}/control/sock",
                           *words[1:]],
                          capture_output=True, text=True, timeout=90)


def resolver(hosts, address):
    """Who is asked for names in the client's namespace."""
    os.makedirs(f"/etc/netns/{hosts.client}", exist_ok=True)
    with open(f"/etc/netns/{hosts.client}/resolv.conf", "w") as file:
        file.write(f"nameserver {address}\noptions timeout:1 attempts:1\n")


def hits(place):
    return written.hits(f"{place}/out")


def run(hosts, place):
    net.replace(f"{place}/list.txt", "shop-0.example\n")
    sensor = net.Sensor(hosts, noroshi, "-c", net.config(
        place, workers=2, reporter={"name": "us",
                                    "contact": "soc@power.example"},
        hubs={"own": {"url": "https://127.0.0.1:9/",
                      "collections": [{"id": "r", "name": "r"}]}},
        audiences={"own": {"collection": "own/r",
                           "folder": f"{place}/told"}}))
    sensor.wait_for("running")
    done = ask(hosts, place, "selftest")
    check(done.returncode == 0, f"it passes: {done}")
    check("the injected packet was matched and told after" in done.stdout and
          "hits.jsonl" in done.stdout and "the spool took it" in done.stdout
          and "does not prove that the mirror" in done.stdout,
          f"and says what was proven: {done.stdout}")
    check(len(hits(place)) >= 1 and all(
        hit["exercise"] == "selftest" and
        hit["value"].startswith("p-") for hit in hits(place)),
        f"an exercise: {hits(place)}")
    resolver(hosts, net.SERVER)
    done = ask(hosts, place, "selftest", "--wire")
    check(done.returncode == 0 and "seen on the wire after" in done.stdout,
          f"a real look-up is seen: {done}")
    check(any(hit["value"].startswith("w-") and
              hit["own"]["ip"] == net.CLIENT for hit in hits(place)),
          f"from this machine: {hits(place)}")
    resolver(hosts, "127.0.0.1")
    done = ask(hosts, place, "selftest", "--wire")
    check(done.returncode == 1 and "FAILED: the look-up was not seen"
          in done.stdout and "matched and told" in done.stdout,
          f"a look-up that takes another way is not: {done}")
    check(not os.path.exists(f"{place}/state/added.d/noroshi-selftest.json"),
          "its indicator is withdrawn")
    check(not os.path.exists(f"{place}/told") or
          not os.listdir(f"{place}/told"), "nothing of it was told")
    shown = ask(hosts, place, "status").stdout
    check("hits today 0\n" in shown, f"a self-test is no hit: {shown}")
    check(", 1 of 1 indicators" in shown, f"the set is as before: {shown}")
    check(sensor.end() == 0, "it ends well")
    shutil.rmtree(f"/etc/netns/{hosts.client}", ignore_errors=True)


net.in_place("selftest", run)
case.end()
