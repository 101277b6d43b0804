#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Choosing what a site wants: a policy over a made bundle against the same
rules written down once more here; one value's way; that the shadow changes
nothing.
usage: choose.py NOROSHI SOURCE_DIR WORK_DIR [SEED]"""
import json
import os
import random
import re
import shutil
import sys
import uuid

import case
import written
from case import check

noroshi, source, place = case.begin()
seed = int(sys.argv[4]) if len(sys.argv) > 4 else random.randrange(1 << 32)
AT = "2026-11-20T00:00:00Z"
COUNT = 4000
TLP = {"clear": "94868c89-83c2-464b-929b-a1a8aa3c8487",
       "green": "bab4a63c-aed9-4cf5-a766-dfca5abac2bb",
       "amber": "55d920b0-5e8b-4f79-9ee9-91f868d9b421",
       "red": "e828b379-4e03-4974-9ac4-e53a884c97c1"}
RULES = """select:
  rules:
    - {action: keep, label: [vip], min_confidence: 1}
    - {action: drop, within: [home_net, own.example]}
    - action: require
      min_confidence: 40
      name: who knows
    - {action: drop, kind: anonymization, type: [ipv4-addr, url]}
    - {action: require, tlp: "clear, green, amber"}
    - {action: watch, phase: ["demo:recon*"]}
    - {action: drop, min_age: 100d, unknown: yes}
    - {action: require, label: ["lab*", other], unknown: yes}
  otherwise: keep
home_net: [10.0.0.0/8]
"""


def write(name, text):
    with open(f"{place}/{name}", "w", encoding="utf-8") as file:
        file.write(text)
    return f"{place}/{name}"


def run(*arguments, status=0):
    done = case.run(noroshi, *arguments, status=status, timeout=300)
    return done.stdout, done.stderr


def made(dice, number):
    """An indicator with whatever, and beside it what the rules ask about."""
    kind = dice.choice(["ipv4-addr", "domain-name", "url", "process"])
    own = dice.random() < 0.1
    value = {"ipv4-addr": f"{'10' if own else '198'}.51.{number // 250}."
                          f"{number % 250}",
             "domain-name": f"n{number}.{'own' if own else 'c2'}.example",
             "url": f"http://{'own' if own else 'c2'}.example/{number}",
             "process": "evil"}[kind]
    item = {"type": "indicator", "spec_version": "2.1",
            "id": f"indicator--{uuid.UUID(int=dice.getrandbits(128))}",
            "created": "2020-01-01T00:00:00.000Z",
            "pattern_type": "stix", "valid_from": "2020-01-01T00:00:00Z",
            "pattern": f"[{kind}:{'name' if kind == 'process' else 'value'}"
                       f" = '{value}']"}
    age = dice.choice([5, 50, 99, 100, 101, 400])
    day = 20 - age  # of November 2026
    months = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31]
    month, year = 11, 2026
    while day < 1:
        month -= 1
        if month == 0:
            month, year = 12, year - 1
        day += months[month - 1] if month < 11 else 30 if month == 11 else 31
    item["modified"] = f"{year}-{month:02d}-{day:02d}T00:00:00.000Z"
    if dice.random() < 0.8:
        item["confidence"] = dice.choice([0, 1, 39, 40, 90])
    if dice.random() < 0.7:
        item["labels"] = dice.sample(["vip", "lab-7", "other", "Third"], 1)
    if dice.random() < 0.3:
        item["indicator_types"] = [dice.choice(["anonymization", "benign"])]
    tlp = dice.choice([None, *TLP])
    if tlp:
        item["object_marking_refs"] = [f"marking-definition--{TLP[tlp]}"]
    if dice.random() < 0.3:
        item["kill_chain_phases"] = [
            {"kill_chain_name": "demo", "phase_name": "reconnaissance"}]
    if dice.random() < 0.1:
        item["valid_until"] = dice.choice(["2026-11-20T00:00:00Z",
                                           "2026-11-20T00:00:01Z"])
    item["revoked"] = dice.random() < 0.05
    return item, {"kind": kind, "own": own, "age": age, "tlp": tlp,
                  "value": value}


def fate(item, facts):
    """Where it ends, by the order of the funnel and the rules above."""
    confidence = item.get("confidence")
    labels = [word.lower() for word in item.get("labels", [])]
    types = item.get("indicator_types", [])
    if item["revoked"]:
        return "revoked"
    if "benign" in types:
        return "benign"
    if item.get("valid_until", "9") <= AT:
        return "expired"
    if facts["kind"] == "process":
        return "not evaluable"
    if facts["own"] and facts["kind"] == "ipv4-addr":
        return "guards"  # home_net is set
    if "vip" in labels and confidence is not None and confidence >= 1:
        return "kept"
    if facts["own"]:
        return 2
    if confidence is None or confidence < 40:
        return 3
    if "anonymization" in types and facts["kind"] in ("ipv4-addr", "url"):
        return 4
    if facts["tlp"] not in ("clear", "green", "amber"):
        return 5
    if "kill_chain_phases" in item:
        return "watched"
    if facts["age"] >= 100:
        return 7
    if labels and not any(word.startswith("lab") or word == "other"
                          for word in labels):
        return 8
    return "kept"


def funnel(bundle, policy):
    text, _ = run("check", "--why", "--json", "--at", AT, "--policy", policy,
                  bundle)
    seen = json.loads(text)
    stages = {}
    for stage in seen["stages"]:
        stages[stage.get("rule", stage["stage"])] = stage["dropped"]
    return seen, stages


def the_funnel(dice):
    items = [made(dice, number) for number in range(COUNT)]
    fates = [fate(*item) for item in items]
    objects = [item for item, _ in items]
    objects += dice.sample(objects, 30)  # 30 come twice
    bundle = write("bundle.json", json.dumps(
        {"type": "bundle", "id": f"bundle--{uuid.uuid4()}",
         "objects": objects}))
    dice.shuffle(objects)
    os.mkdir(f"{place}/shuffled")
    other = write("shuffled/bundle.json", json.dumps(
        {"type": "bundle", "id": f"bundle--{uuid.uuid4()}",
         "objects": objects}))
    policy = write("policy.yaml", RULES)
    seen, stages = funnel(bundle, policy)
    check(seen["received"] == COUNT + 30, f"received {seen['received']}")
    for name in ["revoked", "benign", "expired", "not evaluable", "guards",
                 2, 3, 4, 5, 7, 8]:
        check(stages[name] == fates.count(name),
              f"{name}: {stages[name]}, want {fates.count(name)}")
        check(fates.count(name) > 0, f"{name} is tried")
    kept = fates.count("kept") + fates.count("watched")
    check(seen["kept"]["all"] == kept, f"kept {seen['kept']}, want {kept}")
    check(seen["kept"]["watched"] == fates.count("watched"), "watched")
    check(stages["duplicates"] == 30, f"duplicates {stages['duplicates']}")
    check(seen["stages"][-1]["left"] == kept, "what is left is what is kept")
    check(funnel(other, policy)[0] == seen, "the order changes nothing")
    text, _ = run("check", "--why", "--at", AT, "--policy", policy, bundle)
    check(text == run("check", "--why", "--at", AT, "--policy", policy,
                      other)[0], "nor does it the text")
    check(re.search(rf"^4,030 received \| .*-{fates.count(3):,} who knows "
                    r"\(rule 3, :5\)", text.replace("\n  |", " |")), text)
    check(text.endswith(f"= {kept:,} kept: full {kept:,}, partial 0; "
                        f"{fates.count('watched')} of them watched\n"), text)
    return bundle, items, fates


def one_way(dice, bundle, items, fates):
    """Of some: by which rule, and does what it says keep it?"""
    policy = f"{place}/policy.yaml"
    asked = dice.sample(range(COUNT), 150)
    ids = [items[i][0]["id"] for i in asked]
    text, _ = run("check", "--why", "--json", "--at", AT, "--policy", policy,
                  *ids, bundle)
    told = {}
    for line in text.splitlines():
        item = json.loads(line)
        if item["status"] != "duplicate":
            told[item["id"]] = item
    tried = 0
    for i in asked:
        item = told[items[i][0]["id"]]
        if isinstance(fates[i], int):
            check(item["status"] == "dropped" and
                  item["cause"].startswith(f"rule {fates[i]}, ") and
                  item["kept_if"], f"{item} {fates[i]}")
        elif fates[i] in ("kept", "watched"):
            check(item["status"] == "full" and item["kept_if"] == "" and
                  ("watched" in item["cause"]) == (fates[i] == "watched"),
                  item)
        remedy = re.fullmatch(r"min_confidence <= (\d+)", item["kept_if"])
        if remedy and tried < 8:
            tried += 1
            softer = write("softer.yaml", RULES.replace(
                "min_confidence: 40", f"min_confidence: {remedy.group(1)}"))
            text, _ = run("check", "--why", "--at", AT, "--policy", softer,
                          item["id"], bundle)
            check(": kept: full" in text, f"{item['kept_if']}: {text}")
            harder = write("harder.yaml", RULES.replace(
                "min_confidence: 40",
                f"min_confidence: {int(remedy.group(1)) + 1}"))
            text, _ = run("check", "--why", "--at", AT, "--policy", harder,
                          item["id"], bundle)
            check(": dropped by rule 3" in text, text)
    check(tried > 0, "some remedy is tried")
    i = fates.index(3)
    value = items[i][1]["value"].replace(".", "[.]").replace("http", "hxxp")
    text, _ = run("check", "--why", "--at", AT, "--policy", policy, value,
                  bundle)
    check(text.startswith(f"{items[i][0]['id']} bundle.json: dropped by rule "
                          "3, ") and "; kept if " in text, text)
    text, _ = run("check", "--why", "--policy", policy, "nobody.example",
                  bundle)
    check("nothing that was received speaks of it" in text, text)


def exceptions(bundle, items, fates):
    """They come before the rules, for their sources and until their end."""
    policy = f"{place}/policy.yaml"
    names = [facts["value"] for (_, facts), end in zip(items, fates)
             if facts["kind"] == "domain-name" and end in ("kept", 3)]
    own = write("own.txt", "".join(f"{name} # ours\n" for name in names[:40]) +
                f"{names[40]} until=2026-11-20\n{names[41]} source=other\n"
                f"{names[42]} until=2026-11-21 source=bundle*\n")
    warning = write("list.json", json.dumps(
        {"name": "Known names", "type": "string", "list": names[43:46],
         "matching_attributes": ["domain"]}))
    plain = funnel(bundle, policy)
    text, _ = run("check", "--why", "--json", "--at", AT, "--policy", policy,
                  "--except", own, "--except", warning, bundle)
    seen = json.loads(text)
    stages = {stage.get("rule", stage["stage"]): stage["dropped"]
              for stage in seen["stages"]}
    check(stages["excepted"] == 44, f"excepted {stages['excepted']}")
    gone = plain[1][3] - stages[3] + plain[0]["kept"]["all"] - \
        seen["kept"]["all"]
    check(gone == 44, f"44 fewer for the rules: {gone}")
    text, _ = run("check", "--list", "--at", AT, "--except", own, "--except",
                  warning, bundle)
    vetoes = re.findall(r"\texcepted\texception (\S+) of (.*), (?:line|entry) "
                        r"\d+(?:, until \S+|: ours)?$", text, re.M)
    check(sorted(vetoes) == sorted(
        [(name, "own.txt") for name in names[:40] + [names[42]]] +
        [(name, "Known names") for name in names[43:46]]), f"{vetoes}")
    _, said = run("check", "--except", write("bad.txt", "a b c\nx.example\n"),
                  bundle)
    check("bad.txt: refused 1; the first at 1: " in said, said)
    run("check", "--except", f"{place}/none.txt", bundle, status=2)


def what_it_names():
    """Without files: those of the configuration, under their names there."""
    shutil.copy(f"{source}/tests/data/demo.list.txt", f"{place}/list.txt")
    policy = write("named.yaml", f"""indicators:
  - {{file: {place}/list.txt, source: block/one, default_tlp: green}}
select:
  rules:
    - {{action: drop, source: "block/*", type: url}}
    - {{action: require, tlp: green}}
""")
    bare, _ = run("check", "--why", "--json", "--at", AT, "--policy", policy)
    named, _ = run("check", "--why", "--json", "--at", AT, "--policy", policy,
                   f"{place}/list.txt")
    check(json.loads(bare) == json.loads(named), "the same file either way")
    stages = json.loads(bare)["stages"]
    check(stages[-2]["dropped"] > 0 and stages[-1]["dropped"] == 0, stages)
    _, said = run("check", "--policy", write("bad.yaml", "select:\n  rules:\n"
                  "    - {action: limit}\n    - {action: drop, max: 3}\n"
                  "    - {action: drop, min_confidence: 9, max_confidence: 8}"
                  "\n    - {action: keep, within: [no place]}\n"), status=2)
    for place_and_reason in ["bad.yaml:3: select.rules[0]: limit wants a max",
                             "bad.yaml:4: select.rules[1].max: max goes with",
                             "bad.yaml:5: select.rules[2].min_confidence: is "
                             "above max_confidence",
                             "bad.yaml:6: select.rules[3].within: 'no place'"]:
        check(place_and_reason in said, f"{place_and_reason}\nin\n{said}")


def the_shadow():
    """Neither hits nor sightings know of it, and nothing is counted twice."""
    data = f"{source}/tests/data"
    policy = write("shadow.yaml", """select:
  rules:
    - {action: require, min_confidence: 70, unknown: yes}
    - {action: drop, type: url}
    - {action: limit, max: 30}
""")
    files = ["--indicators", f"{data}/demo.stix.json",
             "--indicators", f"{data}/demo.list.txt"]
    facts = {}
    for name, options in [("all", []), ("chosen", ["--policy", policy]),
                          ("shadow", ["--policy", policy, "--shadow"]),
                          ("one", ["--policy", policy, "--shadow",
                                   "--workers", "1"])]:
        _, said = run("match", *files, *options, "--at", AT, "--out",
                      f"{place}/{name}", f"{data}/demo.pcap")
        with open(f"{place}/{name}/run.json", encoding="utf-8") as file:
            facts[name] = json.load(file)
    for name in ["hits.jsonl", "sightings.internal.json"]:
        seen = [written.octets(f"{place}/{run}/{name}")
                for run in ["chosen", "shadow", "one"]]
        check(seen[0] == seen[1] == seen[2], f"{name} is the same")
    shadow = facts["shadow"].pop("shadow")
    check(facts["one"].pop("shadow") == shadow, "one worker or more")
    check(facts["shadow"] == facts["chosen"], "run.json besides")
    check(shadow["hits"] > 0 and facts["all"]["hits"] ==
          facts["chosen"]["hits"] + shadow["hits"], f"{shadow}")
    check(shadow["dropped"] == facts["chosen"]["set"]["dropped"], f"{shadow}")
    check(sum(rule["hits"] for rule in shadow["rules"]) == shadow["hits"],
          f"{shadow}")
    check(f"would have given {shadow['hits']} hits" in said, said)
    run("match", *files, "--shadow", "-", status=2)


print(f"seed {seed}")
bones = random.Random(seed)
crowd = the_funnel(bones)
one_way(bones, *crowd)
exceptions(*crowd)
what_it_names()
the_shadow()
case.end()
