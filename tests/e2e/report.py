#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What was found offline is reported by the same rules: shown to the octet
first, then posted or held; never twice, never what may not leave.
usage: report.py NOROSHI SOURCE_DIR WORK_DIR"""
import gzip
import json
import os
import subprocess

import case
import written
from case import check
from pulling import hub_of

noroshi, source, place = case.begin()
data = os.path.join(source, "tests", "data")


def run(*arguments, status=0):
    return case.run(noroshi, *arguments, status=status).stdout


def config(hub, mode, name="noroshi", default_tlp="green", more=""):
    path = f"{place}/{name}.yaml"
    with open(path, "w", encoding="utf-8") as file:
        file.write(f"""
sensor: {{name: edge-07}}
state: {{dir: {place}/{name}-state}}
reporter: {{name: Member 7, contact: soc@member.example}}
hubs:
  isac-a:
    url: {hub.url}
    collections: [{{id: alerts, name: alerts}}]
indicators:
  - {{file: {data}/demo.stix.json, source: demo.stix.json,
     origin: isac-a/alerts, default_tlp: {default_tlp}}}
  - {{file: {data}/demo.list.txt, source: demo.list.txt,
     origin: isac-a/alerts, default_tlp: {default_tlp}}}
audiences:
  isac-a: {{collection: sightings, mode: {mode}, own_host: token{more}}}
""")
    return path


def sightings(hub):
    return [o for o in hub.received() if o["type"] == "sighting"]


# Sources carry the names of their files, as in the configuration.
run("match", "--indicators", f"{data}/demo.stix.json", "--indicators",
    f"{data}/demo.list.txt", "--out", f"{place}/case", f"{data}/demo.pcap")
hits = f"{place}/case/hits.jsonl"
lines = written.lines(hits)
check(all(line["class"] in ("noise", "watch", "report") for line in lines),
      "each hit has its class")
worth = {(line["indicator"], line["own"]["ip"], line["outcome"])
         for line in lines
         if line["class"] == "report" and "listed" not in line
         and line["tlp"] not in ("red", "amber+strict")}
check(worth and len({w[0] for w in worth}) <
      len({line["indicator"] for line in lines if line["class"] == "report"}),
      "the demo has something worth a report, and something that stays")

with hub_of(source).Hub() as hub:
    auto = config(hub, "auto")
    told = ("report", "-c", auto, "--to", "isac-a")

    # Exactly what would leave, and nothing does.
    shown = run(*told, "--dry-run", hits).splitlines()
    dry = [json.loads(line.removeprefix("    leaves: "))
           for line in shown if line.startswith("    leaves: ")]
    heads = [line for line in shown if line.startswith("to ")]
    check(heads and all(" by rule " in line for line in heads) and
          all(line.startswith("to isac-a (isac-a/") for line in heads),
          f"recipient and rule: {heads[:2]}")
    check(not hub.received(), "a dry run posts nothing")
    check(run("released", "-c", auto, "--json") == "", "and decides nothing")

    out = run(*told, hits)
    got = sightings(hub)
    planned = [o for objects in dry for o in objects
               if o["type"] == "sighting"]
    check({o["id"] for o in got} == {o["id"] for o in planned} and
          len(got) == len({o["id"] for o in got}),
          f"what was shown arrives, once: {len(got)}, {len(planned)}: {out}")
    by_id = {o["id"]: o for objects in dry for o in objects}
    # An address is in an envelope once, marked as for the first that told it.
    other = [(by_id[o["id"]], o) for o in hub.received()
             if dict(by_id[o["id"]], object_marking_refs=0) !=
             dict(o, object_marking_refs=0)]
    check(not other, f"to the octet as it was shown: {other[:1]}")
    check({o["sighting_of_ref"] for o in got} == {w[0] for w in worth},
          "those that deserve it, and no list's value without leave to")
    counted = {w[0]: 0 for w in worth}
    for line in lines:
        if line["class"] == "report" and line["indicator"] in counted and \
                line["tlp"] not in ("red", "amber+strict"):
            counted[line["indicator"]] += 1
    posted = dict.fromkeys(counted, 0)
    for thing in got:
        posted[thing["sighting_of_ref"]] += thing["count"]
    check(posted == counted, f"each transaction once: {posted} {counted}")
    text = json.dumps(hub.received())
    check(not any(f'"{line["own"]["ip"]}"' in text for line in lines),
          "no own host")
    check("own host h-" in text, "but its token")
    with open(f"{data}/demo.stix.json", encoding="utf-8") as file:
        pulled = {o["id"] for o in json.load(file)["objects"]
                  if o["type"] != "marking-definition"}
    check(not pulled & {o["id"] for o in hub.received()},
          "nothing that was pulled is posted back")

    # The same again, by other names: nothing new.
    with gzip.open(f"{place}/copy.gz", "wb") as to:
        to.write(written.octets(hits))
    run(*told, hits, f"{place}/copy.gz")
    check(len(sightings(hub)) == len(got), "told once, whatever it is given")

    # In hold a person decides; what is released is posted without files.
    hold = config(hub, "hold", "hold")
    before = len(sightings(hub))
    run("report", "-c", hold, "--to", "isac-a", hits)
    held = run("held", "-c", hold, "--json").splitlines()
    check(len(held) == len(got) and len(sightings(hub)) == before,
          f"held: {len(held)}")
    run("release", "-c", hold, "--all", "isac-a")
    run("report", "-c", hold, "--to", "isac-a")
    check(len(sightings(hub)) == before + len(held), "released and posted")

    # Unmarked without default_tlp is AMBER+STRICT: nothing leaves.
    strict = config(hub, "auto", "strict", "none")
    before = len(sightings(hub))
    out = run("report", "-c", strict, "--to", "isac-a", "--dry-run", hits)
    check("refused by rule 2: unmarked" in out, f"rule 2: {out[:300]}")
    may = {line["indicator"] for line in lines if line["tlp"] != "none"}
    shown = [o for line in out.splitlines() if "leaves: " in line
             for o in json.loads(line.split("leaves: ")[1])
             if o["type"] == "sighting"]
    check(shown and {o["sighting_of_ref"] for o in shown} <= may,
          "what is unmarked stays")
    run("report", "-c", strict, "--to", "isac-a", hits)
    check(len(sightings(hub)) == before + len(shown), "also when it counts")

    # An indicator that a list gave needs leave to be published.
    lists = config(hub, "auto", "lists", more=", publish_indicators: yes")
    run("report", "-c", lists, "--to", "isac-a", hits)
    new = [o for o in hub.received() if o["type"] == "indicator"]
    check(new and all(o["pattern"].startswith("[") for o in new),
          f"indicators of our own making: {new}")

    # A folder instead of the hub: bundles, and nothing is asked.
    out = config(hub, "auto", "folder", more=f", folder: {place}/bundles")
    before = len(hub.requests())
    run("report", "-c", out, "--to", "isac-a", hits)
    bundles = list(map(json.loads, written.files(f"{place}/bundles").values()))
    check(len(hub.requests()) == before and
          all(b["type"] == "bundle" for b in bundles) and
          {o["sighting_of_ref"] for b in bundles for o in b["objects"]
           if o["type"] == "sighting"} == {o["sighting_of_ref"] for o in got},
          "the same sightings, as bundles")

    # A MISP: each sighting of its attribute, by the indicator's UUID.
    known = got[0]["sighting_of_ref"]
    hub.misp_attribute("c2.example", known.removeprefix("indicator--"))
    path = config(hub, "auto", "misp")
    text = written.octets(path).decode()
    base = hub.url.split("/taxii2")[0]
    with open(path, "w", encoding="utf-8") as file:
        file.write(text.replace(f"url: {hub.url}", f"url: {base}/\n    type: misp")
                   .replace("    collections: [{id: alerts, name: alerts}]\n",
                            ""))
    done = subprocess.run([noroshi, "report", "-c", path, "--to", "isac-a",
                           hits], capture_output=True, text=True, check=False)
    records = hub.misp_sightings()
    of_it = [o for o in got if o["sighting_of_ref"] == known]
    check(len(records) == len(of_it) and
          all(r["type"] == "0" and r["source"].startswith("member-")
              for r in records),
          f"{records} {done.stderr}")
    check("the hub did not take" in done.stderr,
          f"attributes that it does not have: {done.stderr}")

    # What cannot be read is said, the rest is told.
    with open(hits, encoding="utf-8") as file:
        one = file.readline()
    with open(f"{place}/bad.jsonl", "w", encoding="utf-8") as file:
        file.write("not a hit\n" + one + one[:100])
    bad = config(hub, "hold", "bad")
    done = case.run(noroshi, "report", "-c", bad, "--to", "isac-a",
                    "--no-send", f"{place}/bad.jsonl", f"{place}/none.jsonl",
                    status=1)
    check("refused 2 lines" in done.stderr and
          "bad.jsonl:1: is no JSON object" in done.stderr and
          "none.jsonl" in done.stderr and "1 hits:" in done.stdout,
          f"{done.stdout} {done.stderr}")
    check(not [name for name in os.listdir(f"{place}/bad-state")
               if name.startswith("report-")], "nothing is left lying")
    run("report", "-c", bad, "--to", "nobody", hits, status=2)
    run("report", "-c", bad, hits, status=2)

    # A hub that is gone: it waits, and says so.
    hub.vanish()
    hasty = config(hub, "auto", "hasty", more=f", copy_to: {place}/urgent")
    with open(hasty, "a", encoding="utf-8") as file:
        file.write("classes:\n  - {class: urgent, min_outcome: answered}\n")
    done = case.run(noroshi, "report", "-c", hasty, "--to", "isac-a", hits,
                    status=1)
    urgent = [o for text in written.files(f"{place}/urgent").values()
              for o in json.loads(text)["objects"] if o["type"] == "sighting"]
    check("isac-a: " in done.stderr and
          "isac-a/copy_to: " in done.stdout and urgent,
          f"what is urgent goes by its own ways too: {done.stdout} "
          f"{done.stderr} {urgent}")
    gone = config(hub, "auto", "gone")
    done = case.run(noroshi, "report", "-c", gone, "--to", "isac-a", hits,
                    status=1)
    check(" wait: " in done.stderr, done.stderr)
    hub.back()
    before = len(sightings(hub))
    run("report", "-c", gone, "--to", "isac-a")
    check(len(sightings(hub)) == before + len(got), "later it is posted")
    run("report", "-c", hasty, "--to", "isac-a")
    check({o["id"] for o in urgent} <= {o["id"] for o in sightings(hub)},
          "the hub gets the same objects, when it is back")
case.end()
