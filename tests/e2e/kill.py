#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""kill -9 at random points of pulling and of telling, with a hub that is often
in trouble: every durable sighting arrives exactly once by id, watermarks skip
nothing, the release log agrees with what the hub received.
usage: kill.py NOROSHI PULL_PROBE PUSH_PROBE SOURCE_DIR WORK_DIR ROUNDS [SEED]"""
import hashlib
import json
import os
import random
import subprocess
import sys
import time

from pulling import Probe, hub_of, want

noroshi, pull_probe, push_probe, source, work = sys.argv[1:6]
ROUNDS = int(sys.argv[6])
SEED = int(sys.argv[7]) if len(sys.argv) > 7 else random.randrange(1 << 32)
hub_module = hub_of(source)
indicator = hub_module.indicator
# Two at a time (the short and the long one) must not share a folder.
ours = Probe(work, f"kill-{ROUNDS}", pull_probe, push_probe)
dice = random.Random(SEED)
TROUBLES = ({}, {}, {"slow": 0.01}, {"drop": True}, {"cut_json": True},
            {"no_next": True}, {"forget_next": True}, {"dates": "none"},
            {"pending": 1}, {"no_status": True, "pending": 1})
WELL = {"slow": 0, "drop": False, "cut_json": False, "no_next": False,
        "forget_next": False, "dates": "Z", "pending": 0, "no_status": False}


class Loop:
    """Both ways, with what must come of them."""

    def __init__(self, hub):
        self.hub = hub
        self.pulled = ours.store()
        self.state = ours.path("state")
        os.mkdir(self.state)
        self.spool = f"{self.state}/spool.db"
        self.published, self.revoked = 0, set()
        self.first, self.durable, self.kills = 0, 0, 0

    def publish(self):
        count = dice.randrange(1, 20)
        self.hub.publish(*[indicator(self.published + n)
                           for n in range(count)])
        self.published += count
        if dice.random() < 0.3:
            victim = dice.randrange(self.published)
            if victim not in self.revoked:
                self.revoked.add(victim)
                self.hub.revoke(indicator(victim)["id"])

    def trouble(self):
        self.hub.set(**WELL)
        self.hub.set(**dice.choice(TROUBLES))
        if dice.random() < 0.2:
            self.hub.fail(dice.randrange(1, 5), dice.choice((500, 502, 503)))
        else:
            self.hub.fail(0, 0)

    def round(self):
        self.publish()
        self.trouble()
        pull = subprocess.Popen(
            ours.pull_arguments(self.pulled, self.hub.url, limit=7,
                                seconds=30, load="no"),
            stdout=subprocess.DEVNULL)
        push = subprocess.Popen(
            [push_probe, self.spool, self.hub.url, "sightings",
             str(self.first), "12", "30"], stdout=subprocess.PIPE, text=True)
        self.first += 12
        ends = [(dice.uniform(0, 0.12), child) for child in (pull, push)]
        ends.sort(key=lambda end: end[0])
        before = 0
        for after, child in ends:
            time.sleep(after - before)
            before = after
            child.kill()
        self.kills += (pull.wait() == -9) + (push.wait() == -9)
        lines = push.stdout.read().split("\n")[:-1]
        push.stdout.close()
        self.durable += sum(line.isdigit() for line in lines)


def released(state):
    """The release log, its chain checked."""
    done = subprocess.run([noroshi, "released", "--state", state, "--json"],
                          check=True, stdout=subprocess.PIPE, text=True)
    lines = done.stdout.splitlines()
    log = [json.loads(line) for line in lines]
    assert [line["n"] for line in log] == list(range(1, len(log) + 1))
    for before, line in zip(lines, log[1:]):
        digest = hashlib.sha256(before.encode()).hexdigest()
        assert line["prev"] == digest, f"line {line['n']} is of another chain"
    return {line["object"] for line in log if line["act"] == "released"}


def main():
    print(f"seed {SEED}, {ROUNDS} rounds", flush=True)
    with hub_module.Hub() as hub:
        loop = Loop(hub)
        for number in range(ROUNDS):
            loop.round()
            if number % 50 == 49:
                print(f"{number + 1} rounds, {loop.kills} kills, "
                      f"{loop.durable} sightings durable", flush=True)
        hub.set(**WELL)
        hub.fail(0, 0)
        got = ours.push(loop.spool, hub.url, 0, 0, seconds=120)
        # A status that vanished twice is unconfirmed, and arrived.
        want(got, queued=0, accepted=0, failed=0, held=0)
        seen = [o for o in hub.received() if o["type"] == "sighting"]
        ids = {o["id"] for o in seen}
        assert got["confirmed"] + got["unconfirmed"] == len(ids), got
        assert loop.durable <= len(ids) <= loop.durable + loop.kills, \
            (loop.durable, len(ids), loop.kills)
        assert len({json.dumps(o, sort_keys=True) for o in seen}) == \
            len(ids), "the same id is never two objects"
        assert released(loop.state) == ids, "the log and the hub disagree"
        # The first walk may be an old one's rest, as it was when it began.
        got = ours.pull(loop.pulled, hub.url, limit=50, seconds=60, walks=2)
        want(got, health="well", objects=loop.published,
             indicators=loop.published - len(loop.revoked))
        print(f"{loop.kills} kills: {len(ids)} sightings arrived, each once; "
              f"{loop.published} indicators, none skipped")
        assert loop.kills >= ROUNDS, "hardly anything was killed"


try:
    main()
except AssertionError:
    print(f"to see it again: seed {SEED}")
    raise
