#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Claim: with a million indicators in force, whether from lists, a STIX bundle,
an image or a hub, `noroshi add` matches at most a second after it was called,
`noroshi withdraw` matches no more a second after (what was added as well as
what is one of the million), and so does what a hub publishes and revokes,
beside the time until it is asked; also while everything is compiled anew.

A sensor in a network namespace; a client beside it sends a datagram every
5 ms to each of a few addresses, each from a port of its own. What is measured
is the time of the first packet that hit, and of the last one, since the command
was begun, or since the hub was asked next: the programs' start and the disk are
in it. The slowest of ROUNDS rounds counts. The gate, for machines that others
share, is three times the bar. Needs the right to make network namespaces.
usage: changes.py BUILD_DIR [--gate] [list] [stix] [image] [hub]"""
import datetime
import json
import os
import random
import shutil
import subprocess
import sys
import time
import uuid

build = os.path.abspath(sys.argv[1])
source = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
sys.path[:0] = [os.path.join(source, "tests", "e2e"),
                os.path.join(source, "tests", "hub")]
import hub as hub_module  # noqa: E402
import net  # noqa: E402

BAR, GATE, ROUNDS, MILLION, HUB_PORT = 1.0, 3, 3, 1000000, 8081
ADDED = "192.0.2.77"  # comes and goes
THERE = [f"192.0.2.{80 + i}" for i in range(ROUNDS)]  # of the million
noroshi = os.path.join(build, "app", "noroshi")
work = os.path.join(build, "bench", "changes")
SEND = f"""
import socket, time
while True:
    for host in {[ADDED] + THERE}:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
            s.sendto(b"x", (host, 9))
    time.sleep(0.005)
"""


def values():
    chance = random.Random(4)
    yield from THERE
    for _ in range(MILLION // 2):
        yield f"{chance.getrandbits(48):012x}.example"
        yield ".".join(str(chance.getrandbits(8)) for _ in range(4))


def indicator(value, id_):
    kind = "domain-name" if value.endswith("e") else "ipv4-addr"
    return {"type": "indicator", "spec_version": "2.1", "id": id_,
            "created": "2026-01-01T00:00:00.000Z",
            "modified": "2026-01-01T00:00:00.000Z",
            "pattern": f"[{kind}:value = '{value}']",
            "pattern_type": "stix", "valid_from": "2026-01-01T00:00:00Z"}


def new_id():
    return f"indicator--{uuid.uuid4()}"


def make_list(path):
    with open(path, "w") as file:
        for value in values():
            file.write(value + "\n")


def make_bundle(path):
    with open(path, "w") as file:
        file.write(f'{{"type":"bundle","id":"bundle--{uuid.uuid4()}",'
                   '"objects":[')
        file.write(",".join(json.dumps(indicator(value, new_id()))
                            for value in values()))
        file.write("]}")


def make_image(path):
    make_list(f"{work}/million.txt")
    subprocess.run([noroshi, "compile", "--home-net", f"{net.CLIENT}/32", "-o",
                    path, f"{work}/million.txt"],
                   check=True, capture_output=True,
                   env={**os.environ, "XDG_STATE_HOME": work})


def hits(address):
    """Times of the hits on @address so far."""
    with open(f"{work}/out/hits.jsonl") as file:
        for line in file:
            hit = json.loads(line)
            if hit.get("value") == address:
                yield datetime.datetime.fromisoformat(
                    hit["time"][:26].rstrip("Z") + "+00:00").timestamp()


def say(*words):
    done = subprocess.run([noroshi, words[0], "--socket", f"{work}/sock",
                           *words[1:]], capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(f"{words}: {done.stdout}{done.stderr}")


def status():
    done = subprocess.run([noroshi, "status", "--json", "--socket",
                           f"{work}/sock"], capture_output=True, text=True)
    return json.loads(done.stdout)["set"]


def until_first(address, do):
    """From the end of @do's beginning to the first hit."""
    begun = do()
    time.sleep(2.5)
    new = [t for t in hits(address) if t > begun]
    return new[0] - begun if new else float("inf")


def until_last(address, do):
    before = time.time()
    begun = do()
    time.sleep(2.5)
    late = list(hits(address))
    if not late or late[-1] < before - 1:
        return float("inf")  # it did not match before
    return max(late[-1] - begun, 0.0) if late[-1] < time.time() - 1 \
        else float("inf")


def commanded(*words):
    def do():
        begun = time.time()
        say(*words)
        return begun
    return do


def asked(hub, change):
    """Do it at the hub; the time when it is asked next."""
    def do():
        before = len(hub.requests())
        change()
        while True:
            new = hub.requests()[before:]
            if any("/objects/" in r["path"] for r in new):
                return time.time()
            time.sleep(0.005)
    return do


def report(name, times):
    print(f"{name}: within {max(times):.2f} s (bar {BAR:.0f} s; "
          + ", ".join(f"{t:.2f}" for t in times) + ")", flush=True)
    return max(times)


def by_hand(name, disturb):
    added, withdrawn = [], []
    for _ in range(ROUNDS):
        disturb()
        added.append(until_first(ADDED, commanded("add", ADDED)))
        disturb()
        withdrawn.append(until_last(ADDED, commanded("withdraw", ADDED)))
    return max(report(f"{name}: add", added),
               report(f"{name}: withdraw", withdrawn))


def of_the_million(name):
    return report(f"{name}: withdraw one of the million",
                  [until_last(address, commanded("withdraw", address))
                   for address in THERE])


def by_hub(hub, there):
    published, revoked, known = [], [], []
    for i in range(ROUNDS):
        one = indicator(ADDED, new_id())
        published.append(until_first(ADDED, asked(
            hub, lambda one=one: hub.publish(one))))
        revoked.append(until_last(ADDED, asked(
            hub, lambda one=one: hub.revoke(one["id"]))))
        known.append(until_last(THERE[i], asked(
            hub, lambda i=i: hub.revoke(there[i]))))
    return max(report("hub: published", published),
               report("hub: revoked", revoked),
               report("hub: revoked, one of the million", known))


def measure_hub(hosts):
    control = f"{work}/control"
    hosts.start(hosts.server, [sys.executable, hub_module.__file__, "--bind",
                               net.SERVER, "--port", str(HUB_PORT),
                               "--control", control])
    while not os.path.exists(control):
        time.sleep(0.05)
    hub = hub_module.Control(control)
    there = [new_id() for _ in THERE]
    hub.many(MILLION)
    sensor = start(hosts, "--taxii",
                   f"http://{net.SERVER}:{HUB_PORT}/taxii2/", "--collection",
                   "alerts", "--interval", "1")
    while status()["received"] < MILLION:
        time.sleep(1)
    hub.many(0)
    for value, id_ in zip(THERE, there):
        hub.publish(indicator(value, id_))
    sensor.wait_for(f"of {MILLION + len(THERE)} indicators", timeout=60)
    merged = status()["generation"]
    say("reload")
    while status()["generation"] == merged:
        time.sleep(0.2)
    print(f"hub: {status()['kept']:,} indicators in force", flush=True)
    hosts.start(hosts.client, [sys.executable, "-c", SEND])
    time.sleep(1)
    worst = by_hub(hub, there)
    sensor.end()
    return worst


def start(hosts, *options):
    sensor = net.Sensor(hosts, noroshi, *options, "--state", f"{work}/state",
                        "--out", f"{work}/out", "--socket", f"{work}/sock",
                        "--workers", "1")
    sensor.wait_for("running", timeout=120)
    return sensor


def measure_file(hosts, kind):
    path = f"{work}/million.{kind}"
    {"list": make_list, "stix": make_bundle, "image": make_image}[kind](path)
    sensor = start(hosts, "--indicators", path)
    hosts.start(hosts.client, [sys.executable, "-c", SEND])
    print(f"{kind}: {status()['kept']:,} indicators in force", flush=True)
    worst = by_hand(f"{kind}: at rest", lambda: None)
    if kind != "image":
        worst = max(worst, by_hand(f"{kind}: while all is compiled anew",
                                   lambda: say("reload")))
    worst = max(worst, of_the_million(kind))
    sensor.end()
    return worst


def main():
    net.need_rights()
    bar = BAR * (GATE if "--gate" in sys.argv else 1)
    kinds = [kind for kind in ("list", "stix", "image", "hub")
             if kind in sys.argv[2:]] or ["list", "stix", "image", "hub"]
    worst = 0
    for kind in kinds:
        shutil.rmtree(work, ignore_errors=True)
        os.makedirs(work)
        with net.Net() as hosts:
            for address in [ADDED] + THERE:
                subprocess.run(["ip", "-n", hosts.client, "neigh", "add",
                                address, "lladdr", "02:00:00:00:00:01", "dev",
                                "c0"], check=True)
            worst = max(worst, measure_hub(hosts) if kind == "hub"
                        else measure_file(hosts, kind))
    sys.exit(worst > bar)


main()
