#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Patterns over several observations live, in network namespaces: which are
complete, each told once; observations that two workers see, and such that lie
on both sides of a change of the set, belong together.
usage: several_live.py NOROSHI SOURCE_DIR WORK_DIR"""
import collections
import json
import time
import uuid

import case
import net
import written
from case import check, until

noroshi, source, place = case.begin()
PORT = 8080


def name(prefix):
    """A site that net.browse asks for."""
    return f"[domain-name:value = '{prefix}-0.example']"


PATTERNS = {
    "and": f"{name('a')} AND {name('b')}",
    "in order": f"{name('a')} FOLLOWEDBY {name('b')}",
    "out of order": f"{name('b')} FOLLOWEDBY {name('a')}",
    "soon": f"({name('a')} AND {name('b')}) WITHIN 600 SECONDS",
    "too late": f"({name('a')} AND {name('b')}) WITHIN 1 SECONDS",
    "often": f"{name('c')} REPEATS 3 TIMES",
    "too often": f"{name('c')} REPEATS 4 TIMES",
    "through a change": f"{name('d')} AND {name('e')}",
    "with another": f"{name('d')} AND "
                    f"[network-traffic:dst_port = {PORT + 1}]",
    "half": f"{name('a')} AND {name('never')}",
}
COMPLETE = ["and", "in order", "soon", "often", "through a change",
            "with another"]
IDS = {key: "indicator--" + str(uuid.uuid5(uuid.NAMESPACE_DNS, key))
       for key in PATTERNS}


def bundle(path, more=()):
    objects = [{"type": "indicator", "spec_version": "2.1", "id": identity,
                "created": "2026-01-01T00:00:00.000Z",
                "modified": "2026-01-01T00:00:00.000Z",
                "pattern_type": "stix", "pattern": pattern,
                "valid_from": "2026-01-01T00:00:00Z"}
               for identity, pattern in
               [(IDS[key], PATTERNS[key]) for key in PATTERNS] + list(more)]
    net.replace(path, json.dumps({
        "type": "bundle", "id": "bundle--" + str(uuid.uuid4()),
        "objects": objects}))


def seen(place):
    """How often each indicator was told; and by how many hits of its own."""
    return collections.Counter(hit["indicator"]
                               for hit in written.hits(f"{place}/out"))


def wait_for(place, wanted):
    until(lambda: set(wanted) <= set(seen(place)), 20)


net.need_rights()
bundle(f"{place}/set.json")
with net.Net() as hosts:
    def browse(prefix, port=PORT):
        hosts.python(hosts.client, "browse", port, prefix, 1, 0).wait()

    for port in (PORT, PORT + 1):
        hosts.web(port)
    sensor = net.Sensor(hosts, noroshi, "--indicators", f"{place}/set.json",
                        "--out", f"{place}/out", "--workers", "2")
    sensor.wait_for("running")
    browse("a")
    time.sleep(1.5)
    browse("b")
    for _ in range(3):
        browse("c")
    browse("d")
    browse("x", PORT + 1)
    wait_for(place, [IDS[key] for key in COMPLETE
                     if key != "through a change"])
    check(IDS["through a change"] not in seen(place), "e was not there yet")
    # The set changes: what was observed under the old one counts on.
    bundle(f"{place}/set.json",
           [("indicator--" + str(uuid.uuid4()), name("never"))])
    sensor.wait_for("set generation 2")
    browse("e")
    wait_for(place, [IDS[key] for key in COMPLETE])
    # And nothing is told again.
    browse("b")
    browse("c")
    time.sleep(1)
    check(sensor.end() == 0, "SIGTERM ends with status 0")
    told = seen(place)
    for key in PATTERNS:
        # Once more: b after a was, and c for the fourth time.
        wanted = key in COMPLETE or key == "too often"
        check((IDS[key] in told) == wanted,
              f"{key}: told {told[IDS[key]]} times, wanted: {wanted}")
    check(told[IDS["through a change"]] == 1, f"once, not {told}")
    check("FOLLOWEDBY" not in PATTERNS["out of order"] or
          IDS["out of order"] not in told, "order counts")
print(f"{sum(told.values())} hits")
case.end()
