#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The loop as one: published, active, traffic, a hit, its sighting held; a
person looks, releases one and refuses another; the one arrives at the hub, the
other never does, and the log tells of both; others answer at the hub.
usage: held.py NOROSHI SOURCE_DIR WORK_DIR"""
import json
import uuid

import case
import isac
import net
import written
from case import check, until

noroshi, source, place = case.begin()
PORT = 8080


def indicator(n):
    return isac.indicator(n, f"shop-{n}.example")


def ask(*arguments, status=0):
    return case.run(noroshi, *arguments, status=status).stdout


def arrived():
    return [thing["id"] for thing in isac.sightings(hub)]


net.need_rights()
state = ("--state", f"{place}/state")
sharing = (*state, "--taxii", isac.URL, "--collection", "alerts",
           "--report-to", "sightings", "--reporter", "Member 7", "--contact",
           "ops@member.example")

ask("held", *state, status=1)
with net.Net() as hosts:
    hosts.web(PORT)
    hub = isac.start(hosts, place)
    for n in range(2):
        hub.publish(indicator(n))
    sensor = net.Sensor(hosts, noroshi, *sharing, "--interval", "1", "--out",
                        f"{place}/out", "--socket", f"{place}/sock")
    sensor.wait_for("running")
    sensor.wait_for("2 of 2 indicators")
    hosts.python(hosts.client, "browse", PORT, "shop", 2, 0).wait()

    def held():
        return [json.loads(line) for line in
                ask("held", *state, "--json").splitlines()]

    check(until(lambda: len(held()) == 2),
          f"both wait: {held()} {sensor.lines[-5:]}")
    check(not arrived(), "a new audience starts in hold: nothing has left")
    rows = {next(o["sighting_of_ref"] for o in row["objects"]
                 if o["type"] == "sighting"): row for row in held()}
    check(set(rows) == {indicator(0)["id"], indicator(1)["id"]},
          f"one of each: {list(rows)}")
    one, other = (rows[indicator(n)["id"]] for n in range(2))
    check(one["to"] == "report" and one["class"] == "report" and
          one["tlp"] == "green", f"recipient, class and marking: {one}")

    seen = ask("held", *state, one["id"])
    check(f"{one['id']}  to report  report  green" in seen and
          json.loads(seen.split("leaves: ")[1]) == one["objects"],
          f"exactly what leaves: {seen}")
    check(net.CLIENT not in json.dumps([one, other]), "no own host in it")
    check("2 held" in ask("held", *state), "people see how many")

    # Without the settings that name the audience nothing is released.
    ask("release", *state, one["id"], status=1)
    check(len(held()) == 2, "an audience that is not known gets nothing")
    out = ask("release", *sharing, "--by", "kana", one["id"])
    check(out == f"{one['id']}: 1 released\n", out)
    ask("refuse", *sharing, "--by", "kana", "--all", "report")
    check(held() == [], "nothing waits any more")
    check(until(lambda: arrived() == [one["id"]]),
          f"what was released arrives: {arrived()}")
    ask("release", *sharing, other["id"], status=1)
    ask("held", *state, other["id"], status=1)

    def status():
        told = json.loads(ask("status", "--json", "--socket",
                              f"{place}/sock"))["audiences"][0]
        return told["held"], told["accepted"]

    check(until(lambda: status() == (0, 1)), f"status tells: {status()}")

    # Others answer at the hub; what names ours is told, the rest is not.
    answer = {"type": "opinion", "spec_version": "2.1", "authors": ["Member 3"],
              "created": "2026-01-02T00:00:00.000Z",
              "modified": "2026-01-02T00:00:00.000Z"}
    hub.publish({**answer, "id": f"opinion--{uuid.uuid4()}",
                 "opinion": "strongly-agree", "object_refs": [one["id"]],
                 "explanation": "seen here too \x1b[31m"},
                {**answer, "id": f"opinion--{uuid.uuid4()}",
                 "opinion": "disagree",
                 "object_refs": [f"sighting--{uuid.uuid4()}"]})

    def answered():
        told = json.loads(ask("status", "--json", "--socket",
                              f"{place}/sock"))["audiences"][0]
        return (told["answered"], told["answered_confirmed"],
                told["answered_false"])

    check(until(lambda: answered() == (1, 1, 0)), f"answered: {answered()}")
    check("answered 1 (1 confirmed)" in ask("status", "--socket",
                                            f"{place}/sock"), "for people")
    seen = ask("held", *state)
    check(f"{one['id']}  to report  confirmed by opinion--" in seen and
          "seen here too" in seen and "\x1b" not in seen, seen)
    log = [json.loads(line) for line in
           ask("released", *state, "--json").splitlines()]
    told = [(line["act"], line["object"], line["by"]) for line in log]
    check(("released", one["id"], "kana") in told and
          ("refused", other["id"], "kana") in told and
          ("held", one["id"], "auto") in told, f"the log tells of both: {told}")
    check([line["n"] for line in log] == list(range(1, len(log) + 1)),
          "no line is missing")
    check("by kana" in ask("released", *state), "people can read it")

    # A person calls it false: it is taken back at the hub, and quiet at home.
    told = ask("verdict", *sharing, "--by", "kana", indicator(0)["id"],
               "false")
    check(f"{indicator(0)['id']}: 1 sightings are taken back" in told, told)
    check(until(lambda: arrived() == [one["id"]] * 2),
          f"the same id once more: {arrived()}")
    last = isac.sightings(hub)[-1]
    first = next(o for o in one["objects"] if o["type"] == "sighting")
    check(last["revoked"] is True and last["modified"] > first["modified"] and
          last["created"] == first["created"], f"revoked: {last}")
    sensor.wait_for("assets and verdicts were read again")
    hosts.python(hosts.client, "browse", PORT, "shop", 1, 0).wait()

    check(until(lambda: len(written.hits(f"{place}/out")) == 3), "three hits")
    last = written.hits(f"{place}/out")[-1]
    check(last["class"] == "noise" and last["suppressed_by"] == "kana",
          f"noise at home, and says by whom: {last}")
    check(sensor.end() == 0, "SIGTERM ends with status 0")
    check(arrived() == [one["id"]] * 2, "and nothing else ever left")
case.end()
