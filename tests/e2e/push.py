#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Sightings posted to the test hub through the real door to libcurl.
usage: push.py PUSH_PROBE SOURCE_DIR WORK_DIR"""
import base64
import ipaddress
import json
import random
import shutil
import subprocess
import sys
import time

from pulling import Probe, hub_of, want
from valid import wrong_objects

probe, source, work = sys.argv[1:4]
Hub = hub_of(source).Hub
ours = Probe(work, "push", None, probe)
store = ours.store


def start(where, hub, first, count, seconds=20):
    return subprocess.Popen(
        [probe, where, hub.url, "sightings", str(first), str(count),
         str(seconds)], stdout=subprocess.PIPE, text=True)


def run(where, hub, first, count, seconds=20):
    return ours.push(where, hub.url, first, count, seconds)


def sightings(hub):
    return [o for o in hub.received() if o["type"] == "sighting"]


def own(n):
    """As push_probe makes it."""
    if n % 5 == 4:
        return ipaddress.ip_address(f"fd00::{n // 65536 + 1:x}:"
                                    f"{n % 65536 + 1:x}")
    return ipaddress.ip_address(
        f"10.{n // 40000 % 250}.{n // 200 % 200}.{n % 200 + 1}")


def forms(address):
    """What rule 21 names, as bytes in lower case and as they are."""
    raw, text = address.packed, str(address)
    yield text
    yield address.exploded
    yield raw.hex()
    yield raw.hex().upper()
    yield base64.b64encode(raw).decode()
    yield base64.b64encode(text.encode()).decode()
    yield address.reverse_pointer.rsplit(".", 2)[0]
    if address.version == 4:
        yield f"::ffff:{text}"
        yield "::ffff:%x:%x" % (int.from_bytes(raw[:2], "big"),
                                int.from_bytes(raw[2:], "big"))


def everything_arrives_confirmed_and_nothing_of_ours_with_it():
    count = 40
    with Hub() as hub:
        got = run(store(), hub, 0, count)
        want(got, confirmed=count, queued=0, accepted=0, failed=0,
             health="well")
        seen = sightings(hub)
        assert len(seen) == len({o["id"] for o in seen}) == count
        text = json.dumps(hub.received(), ensure_ascii=False)
        for n in range(count):
            for form in forms(own(n)):
                at = text.find(form)
                # 10.0.0.1 stands in 10.0.0.12, which would be found itself
                assert at < 0, f"{form}: {text[at - 60:at + 60]}"
        assert "edge-07" not in text
        return hub.received()


def an_object_that_the_hub_refuses_is_quarantined_alone():
    """Ids are keyed with the store's secret: the same store, copied before
    it is sent, gives them away."""
    where, copy = store(), store()
    with Hub() as hub:
        hub.fail(1000, 503)
        want(run(where, hub, 0, 3, seconds=1), queued=3)
    shutil.copy(where, copy)
    with Hub() as hub:
        want(run(copy, hub, 0, 0), confirmed=3)
        bad = sightings(hub)[1]["id"]
    with Hub() as hub:
        hub.reject(bad, "no such indicator here")
        want(run(where, hub, 0, 0), confirmed=2, failed=1)
        assert bad not in {o["id"] for o in sightings(hub)}


def a_hub_that_is_away_gets_it_all_when_it_is_back():
    where = store()
    with Hub() as hub:
        hub.fail(3, 503)
        want(run(where, hub, 0, 10), confirmed=10)
        assert len(sightings(hub)) == 10


def a_status_is_polled_until_it_is_complete():
    with Hub() as hub:
        hub.set(pending=2)
        want(run(store(), hub, 0, 5), confirmed=5)


def a_status_that_vanishes_makes_one_more_post_of_the_same():
    with Hub() as hub:
        hub.set(pending=1, no_status=True)
        want(run(store(), hub, 0, 3), unconfirmed=3)
        seen = sightings(hub)
        assert len(seen) == 6 and len({o["id"] for o in seen}) == 3
        assert len({json.dumps(o, sort_keys=True) for o in seen}) == 3


def killed_at_random_times_each_arrives_once_by_id():
    seed = int(time.time())
    print(f"seed {seed}")
    dice = random.Random(seed)
    where, told, kills, first = store(), 0, 25, 0
    with Hub() as hub:
        for _ in range(kills):
            child = start(where, hub, first, 60)
            time.sleep(dice.random() * 0.15)
            child.kill()
            out = child.communicate()[0]
            told += sum(1 for line in out.split("\n")[:-1]
                        if line.isdigit())
            first += 60
        got = run(where, hub, 0, 0, seconds=60)
        seen = sightings(hub)
        ids = {o["id"] for o in seen}
        assert got["queued"] == got["accepted"] == got["failed"] == 0, got
        assert got["confirmed"] == len(ids), (got, len(ids))
        assert told <= len(ids) <= told + kills, (told, len(ids))
        # The same id is never two objects.
        assert len({json.dumps(o, sort_keys=True) for o in seen}) == len(ids)


def main():
    objects = everything_arrives_confirmed_and_nothing_of_ours_with_it()
    kinds = {o["type"] for o in objects}
    assert {"sighting", "observed-data", "identity", "marking-definition",
            "network-traffic", "ipv4-addr", "ipv6-addr",
            "domain-name"} <= kinds, kinds
    wrong = wrong_objects(source, objects)
    assert not wrong, "\n".join(wrong)
    an_object_that_the_hub_refuses_is_quarantined_alone()
    a_hub_that_is_away_gets_it_all_when_it_is_back()
    a_status_is_polled_until_it_is_complete()
    a_status_that_vanishes_makes_one_more_post_of_the_same()
    killed_at_random_times_each_arrives_once_by_id()


main()
