#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Claim: sets change under traffic and nobody notices. 1,000 swaps of prebuilt
sets and 10 of compiled ones while a capture of real traffic passes once: every
hit of an indicator that is in both sets is told, and told once, as a replay of
the same frames tells them; no packet is lost that a program which only counts
on the same rings would have caught; and 100 swaps of a million indicators
leave the memory resident where the first left it, within 5 %.

Sender and receiver sit in two network namespaces of our own, joined by a veth
pair. Two workers, so that both swap and records of both are merged. Last, the
worst pause of a worker that a swap is to blame for is at most 50 us: pause.c.
Wants root.
usage: swaps.py BUILD_DIR"""
import collections
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time

from material import (build, make_million, make_mix, make_once, need_shared,
                      noroshi, source, work)

sys.path.insert(0, os.path.join(source, "tests", "e2e"))
import net  # noqa: E402

FRAMES, RATE = 800000, 25000  # what passes once, in half a minute
PREBUILT, COMPILED, LARGE = 1000, 10, 100
BUSY, BUSY_SECONDS = 200000, 5
BESIDE = 300000  # lines beside them that are compiled
GROWN = 1.05
GENERATION = "set generation"
KEPT = "kept.txt"  # the source of what is in every set
place = os.path.join(work, "swaps")
failures = []


def check(holds, text):
    print(("" if holds else "FAILED: ") + text)
    if not holds:
        failures.append(text)


def choose(once):
    """Names and addresses that really pass, and many that do not."""
    seen = collections.Counter()
    done = subprocess.run(
        [noroshi, "observe", "--tsv", "--fields",
         "dns.query,tls.sni,http.host,ip.dst", once], capture_output=True,
        text=True, errors="replace", check=True)
    for line in done.stdout.splitlines():
        field, _, value = line.partition("\t")
        if value and " " not in value and "\\" not in value:
            seen[value] += 1
    # Not the ones that alone would be all hits.
    some = sorted(value for value, times in seen.items() if times <= 2000)
    random.Random(7).shuffle(some)
    return some[:600]


def write(path, lines):
    with open(path, "w") as file:
        file.write("\n".join(lines) + "\n")


def lines_of(path):
    with open(path) as file:
        return file.read().split("\n")[:-1]


def compile_set(name, lines):
    """An image; the source has the same name in each."""
    image, folder = f"{place}/{name}.nrs", f"{place}/{name}"
    os.makedirs(folder)
    write(f"{folder}/{KEPT}", lines)
    done = subprocess.run([noroshi, "compile", "-o", image, "--home-net",
                           f"{net.CLIENT}/32", f"{folder}/{KEPT}"],
                          capture_output=True, text=True,
                          env={**os.environ, "XDG_STATE_HOME": place})
    if not os.path.exists(image):
        sys.exit(done.stderr)
    return image


def put(path, to):
    """In its place at once, as another file."""
    if os.path.lexists(to + ".new"):
        os.unlink(to + ".new")
    os.link(path, to + ".new")
    os.rename(to + ".new", to)


def identity(hit):
    return (hit["listed"]["name"], hit["field"], hit["value"], hit["flow"],
            hit["transaction"])


def hits_of(folder, common):
    """Of the indicators that are in every set."""
    told = collections.Counter()
    with open(f"{folder}/hits.jsonl") as file:
        for line in file:
            hit = json.loads(line)
            if ("raises" not in hit and hit["source"] == KEPT and
                    hit["listed"]["name"] in common):
                told[identity(hit)] += 1
    return told


class Run:
    """A sensor on c0, what it says, and what it counted."""

    def __init__(self, hosts, name, *indicators):
        self.out = f"{place}/{name}"
        shutil.rmtree(self.out, ignore_errors=True)
        self.socket = f"{place}/sock"
        files = [word for path in indicators for word in ("--indicators", path)]
        self.sensor = net.Sensor(
            hosts, noroshi, *files, "--out", self.out, "--workers", "2",
            "--promiscuous", "--socket", self.socket, "--state",
            f"{self.out}.state")
        self.sensor.wait_for("running", timeout=120)
        self.swaps = 0

    def swap(self, path, to, timeout=60):
        """Another file in the place of one; until its set is in force. (It may
        have been noticed before it was asked for: then it is read twice.)"""
        before = self.generations()
        put(path, to)
        self.sensor.signal(signal.SIGHUP)
        self.sensor.wait_for(GENERATION, before + 1, timeout)
        self.swaps = self.generations() - 1

    def generations(self):
        return sum(GENERATION in line for line in list(self.sensor.lines))

    def quiet(self):
        """Until nothing is compiled any more."""
        count = -1
        while count != self.generations():
            count = self.generations()
            time.sleep(2)

    def figures(self):
        done = subprocess.run([noroshi, "status", "--json", "--socket",
                               self.socket], capture_output=True, text=True)
        return json.loads(done.stdout)["interfaces"][0]

    def resident(self):
        with open(f"/proc/{self.sensor.process.pid}/status") as file:
            fields = dict(line.split(":", 1) for line in file)
        return int(fields["VmRSS"].split()[0])

    def end(self):
        check(self.sensor.end() == 0, "the sensor ends with status 0")


def sender(hosts, capture, rate, seconds):
    return hosts.start(hosts.server, [
        "taskset", "-c", "0", f"{build}/bench/live", "send", "s0", capture,
        str(rate), str(seconds)], stdout=subprocess.PIPE, text=True)


def sent_by(process):
    return json.loads(process.communicate()[0])["sent"]


def compared(run, common, replayed):
    live = hits_of(run.out, common)
    missed, more = replayed - live, live - replayed
    check(len(live) > 500, f"  {sum(live.values())} hits live, "
          f"{sum(replayed.values())} in the replay")
    check(not missed and not more,
          f"  {sum(missed.values())} missed, {sum(more.values())} doubled or "
          f"new: {list((missed + more).items())[:3]}")


def prebuilt(hosts, once, common, replayed):
    """Two images, in turn, as fast as they are taken."""
    rest = [f"rest-{i}.example" for i in range(1000)]
    images = [compile_set("a", common + rest),
              compile_set("b", rest[::2] + common[::-1])]
    current = f"{place}/now.nrs"
    put(images[0], current)
    run = Run(hosts, "prebuilt", current)
    sending = sender(hosts, once, RATE, 0)
    begun, turn = time.monotonic(), 0
    while sending.poll() is None and run.swaps < 20 * PREBUILT:
        turn += 1
        run.swap(images[turn % 2], current)
    took = time.monotonic() - begun
    sent = sent_by(sending)
    time.sleep(1)
    figures = run.figures()
    run.end()
    check(run.swaps >= PREBUILT, f"prebuilt: {run.swaps} swaps in {took:.0f} s "
          f"under {sent / took:.0f} packets/s")
    check(figures["dropped"] == 0 and figures["received"] >= sent,
          f"  {sent} sent, {figures['received']} received, "
          f"{figures['dropped']} dropped")
    compared(run, common, replayed)


def compiled(hosts, once, common, replayed, million):
    """Many lines beside them, which are compiled anew each time."""
    lines = lines_of(million)[:BESIDE]
    large = f"{place}/large.txt"
    for i in range(2):
        write(f"{large}.{i}", lines[i * 20000:len(lines) - 20000 + i * 20000])
    put(f"{large}.0", large)
    run = Run(hosts, "compiled", f"{place}/{KEPT}", large)
    sending = sender(hosts, once, RATE, 0)
    begun, turn = time.monotonic(), 0
    while run.swaps < COMPILED and sending.poll() is None:
        turn += 1
        run.swap(f"{large}.{turn % 2}", large)
    took = time.monotonic() - begun
    sent = sent_by(sending)
    time.sleep(1)
    figures = run.figures()
    run.end()
    check(run.swaps >= COMPILED, f"compiled: {run.swaps} swaps of "
          f"{len(lines) - 20000} lines in {took:.0f} s")
    check(figures["dropped"] == 0, f"  {sent} sent, {figures['received']} "
          f"received, {figures['dropped']} dropped")
    compared(run, common, replayed)


def counted(hosts, capture):
    """What a program that only counts on the same rings loses."""
    counting = hosts.start(hosts.client, [f"{build}/bench/live", "count",
                                          "c0"],
                           stdout=subprocess.PIPE, text=True)
    counting.stdout.readline()
    sent = sent_by(sender(hosts, capture, BUSY, BUSY_SECONDS))
    time.sleep(0.2)
    counting.send_signal(signal.SIGTERM)
    return sent, json.loads(counting.communicate()[0])["dropped"]


def busy(hosts, mix):
    """Swaps on a busy link, in turn with the counting program."""
    current = f"{place}/now.nrs"
    run_lost = count_lost = swaps = turn = 0
    for _ in range(3):
        sent, lost = counted(hosts, mix)
        count_lost += lost
        run = Run(hosts, "busy", current)
        sending = sender(hosts, mix, BUSY, BUSY_SECONDS)
        while sending.poll() is None:
            turn += 1
            run.swap(f"{place}/{'ab'[turn % 2]}.nrs", current)
            time.sleep(0.02)
        sent = sent_by(sending)
        time.sleep(0.5)
        run_lost += run.figures()["dropped"]
        swaps += run.swaps
        run.end()
        put(f"{place}/a.nrs", current)
    check(run_lost <= count_lost,
          f"busy: {sent / BUSY_SECONDS:.0f} packets/s, {swaps} swaps: "
          f"{run_lost} lost, counting alone loses {count_lost}")


def memory(hosts, million):
    """A million each time, as images."""
    lines = lines_of(million)
    images = [compile_set("m0", lines),
              compile_set("m1", lines[::-1][1:])]
    current = f"{place}/large.nrs"
    put(images[0], current)
    run = Run(hosts, "memory", current)
    after = []
    for i in range(LARGE + 1):
        run.swap(images[(i + 1) % 2], current)
        # Of like to like: the image of the first swap is the last one's too.
        if i in (0, LARGE):
            run.quiet()
            after.append(run.resident())
    run.end()
    check(after[1] <= after[0] * GROWN,
          f"memory: {after[0] / 1024:.1f} MB resident after the first swap of "
          f"{len(lines)}, {after[1] / 1024:.1f} MB after {LARGE} more")


def main():
    net.need_rights()
    need_shared()
    shutil.rmtree(place, ignore_errors=True)
    os.makedirs(place)
    once, count = make_once(f"{place}/once.pcap", FRAMES, RATE)
    common = choose(once)
    write(f"{place}/{KEPT}", common)
    print(f"{count} frames, {len(common)} indicators of what passes")
    million = make_million()[0]
    with net.Net() as hosts:
        for where, link in ((hosts.client, "c0"), (hosts.server, "s0")):
            subprocess.run(["ip", "-n", where, "link", "set", link, "arp",
                            "off"], check=True)
        subprocess.run(
            [noroshi, "match", "--indicators", f"{place}/{KEPT}",
             "--validity", "strict", "--home-net", f"{net.CLIENT}/32",
             "--out", f"{place}/replay", once], check=True,
            capture_output=True)
        common = set(common)
        replayed = hits_of(f"{place}/replay", common)
        prebuilt(hosts, once, sorted(common), replayed)
        compiled(hosts, once, common, replayed, million)
        busy(hosts, once)
        memory(hosts, million)
    write(f"{place}/half.txt", lines_of(million)[::2])
    paused = subprocess.run([f"{build}/bench/pause", million,
                             f"{place}/half.txt", make_mix()])
    check(paused.returncode == 0, "the pause of a worker")
    sys.exit(1 if failures else 0)


main()
