#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What may be run and not read is matched, and shown nowhere: not by any
command, in any file, nor out of an image.
usage: hidden.py NOROSHI SOURCE_DIR WORK_DIR"""
import json
import os
import re
import subprocess

import case
import written
from case import check

noroshi, source, place = case.begin()
capture = os.path.join(source, "tests", "data", "demo.pcap")


def run(*arguments):
    done = subprocess.run([noroshi, *arguments], capture_output=True,
                          text=True, check=False)
    return done.stdout + done.stderr


# One that hits in the demo, under a name and an id of its own.
with open(os.path.join(source, "tests", "data", "demo.stix.json"),
          encoding="utf-8") as file:
    bundle = json.load(file)
run("match", "--indicators", os.path.join(source, "tests", "data",
                                          "demo.stix.json"),
    "--out", f"{place}/open", capture)
hit = written.lines(f"{place}/open/hits.jsonl")[0]
secret = next(o for o in bundle["objects"] if o["id"] == hit["indicator"])
secret["name"], secret["description"] = "lantern campaign", "of the lantern"
secret["labels"] = ["display:no"]
value = hit["value"]
words = [secret["id"], value, re.sub(r"\.", "[.]", value), "lantern",
         secret["pattern"], hit["peer"]["ip"],
         re.sub(r"\.", "[.]", hit["peer"]["ip"])]


def write(name, **more):
    path = f"{place}/{name}"
    with open(path, "w", encoding="utf-8") as to:
        json.dump(dict(bundle, objects=[dict(secret, **more)]), to)
    return path


def shows_nothing(what, text, asked=()):
    found = [word for word in words if word in text and word not in asked]
    check(not found, f"what may be run and not read is shown nowhere: {what} "
          f"says {found}: {text[:500]}")
    return text


alert = write("alert.json")
later = write("later.json", modified="2030-01-01T00:00:00.000Z",
              pattern="[domain-name:value = 'other.example']")
run("compile", "-o", f"{place}/alert.img", alert)
for name in (alert, f"{place}/alert.img"):
    out = f"{place}/out-{os.path.basename(name)}"
    text = run("match", "--indicators", name, "--out", out, "--eve",
               "--packets", f"{out}.pcapng", capture)
    check("hidden--" in shows_nothing("match", text), text)
    for part in ("hits.jsonl", "eve.json", "sightings.internal.json",
                 "run.json"):
        text = shows_nothing(part, written.octets(f"{out}/{part}").decode())
        check(part not in ("hits.jsonl", "eve.json") or "hidden--" in text,
              f"it is matched: {part} {text}")
    frames = written.octets(f"{out}.pcapng")
    check(b"hidden--" in frames and b"lantern" not in frames and
          secret["id"].encode() not in frames, "comments of packets")
    for words_of in (("check", "--list"), ("check", "--json"),
                     ("check", "--why")):
        shows_nothing(" ".join(words_of), run(*words_of, name))
    for words_of in (("check", "--why"), ("check", "--why", "--json"),
                     ("find",), ("find", "--json")):
        text = run(*words_of, value, name)
        asked = (value, words[2])
        check("hidden--" in shows_nothing(" ".join(words_of), text, asked) or
              "--json" in words_of, f"{words_of}: {text}")
for words_of in (("diff",), ("diff", "--json")):
    check("hidden--" in shows_nothing(" ".join(words_of),
                                      run(*words_of, alert, later)),
          f"{words_of}")
for form in ("list", "stix", "suricata", "rpz", "nftables", "squid"):
    shows_nothing(f"export {form}",
                  run("export", "--as", form, "--why", alert))

# What was seen of it is no report's to make: the sensor itself tells.
with open(f"{place}/noroshi.yaml", "w", encoding="utf-8") as file:
    file.write(f"state: {{dir: {place}/state}}\n"
               "hubs: {h: {url: 'http://127.0.0.1:9/'}}\n"
               "audiences: {a: {collection: h/c}}\n")
text = run("report", "-c", f"{place}/noroshi.yaml", "--to", "a", "--dry-run",
           f"{place}/out-alert.json/hits.jsonl")
check("run and not read" in text, f"report says why: {text}")
case.end()
