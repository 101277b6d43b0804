#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The live loop on one machine: a hub, a sensor, a client and a server in two
network namespaces of our own, which end with this program.
usage: demo_live.py NOROSHI SOURCE_DIR OUT_DIR"""
import sys

import case
import isac
import net
import written

noroshi, source, out = sys.argv[1:4]
WEB = 8080


def say(text):
    print(f"\n== {text}", flush=True)


def indicator(n, host, marking):
    return isac.indicator(n, host, name=f"Lantern command server {n}",
                          object_marking_refs=marking)


def defanged(text):
    return text.replace(".", "[.]")


net.need_rights()
case.fresh(out)
with net.Net() as hosts:
    hosts.web(WEB)
    hub = isac.start(hosts, out, stdout=sys.stderr)
    say("a member shares two indicators at the hub: one GREEN, one unmarked")
    hub.publish(indicator(1, "c2-0.example", [isac.GREEN]),
                indicator(2, "c2-1.example", []))
    options = ["--taxii", isac.URL, *isac.AUTO, "--out", out, "--state",
               f"{out}/state"]
    say("noroshi run --interface c0 " + " ".join(options))
    sensor = net.Sensor(hosts, noroshi, *options)
    sensor.wait_for("2 of 2 indicators")
    say("a client of ours asks for both names")
    hosts.python(hosts.client, "browse", WEB, "c2", 2, 0).wait()
    case.until(lambda: isac.sightings(hub))
    say("what the sensor said")
    sensor.end()
    print("\n".join(sensor.lines).strip())
    say(f"what stays at home: {out}/hits.jsonl")
    for hit in written.hits(out):
        print(f"  {hit['time']}  {defanged(hit['value']):18}"
              f"{hit['own']['ip']} -> {defanged(hit['peer']['ip'])}  "
              f"{hit['tlp']}")
    say("what came back to the hub: the GREEN one, without our own host")
    told = isac.sightings(hub)
    for thing in told:
        print(f"  {thing['id']}\n    of {thing['sighting_of_ref']}, seen "
              f"{thing['count']} time(s), first {thing['first_seen']}")
    print()
case.check(len(told) == 1, f"one sighting has come: {told}")
case.end()
