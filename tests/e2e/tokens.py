#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Observations with tokens in place of own hosts: looking back finds in them
what it finds in a log with addresses, told with one token for each own host,
but for what names an own address; the key is kept, and another site's differs.
usage: tokens.py NOROSHI SOURCE_DIR WORK_DIR"""
import ipaddress
import json
import os
import re

import case
import written
from case import check

noroshi, source, place = case.begin()
OWN = [ipaddress.ip_network(net) for net in
       ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "169.254.0.0/16",
        "fc00::/7", "fe80::/10")]


def path(name):
    return os.path.join(place, name)


def run(*arguments):
    return case.run(noroshi, *arguments).stdout


def policy(site):
    with open(path(site + ".yaml"), "w", encoding="utf-8") as file:
        json.dump({"state": {"dir": path(site)},
                   "out": {"logs": {"own_host": "token"}}}, file)
    return path(site + ".yaml")


def back(log):
    """Hits of everything in it."""
    run("match", "--no-guards", "--indicators", path("list.txt"), "--eve",
        "--out", log + "-hits", log)
    return written.lines(log + "-hits/hits.jsonl")


def is_own(text):
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return False
    return any(address.version == net.version and address in net
               for net in OWN)


def names_own(value):
    return "arpa" in value or any(
        is_own(word) for word in re.split(r"[^0-9a-f.:]+", value) +
        re.findall(r"\d+\.\d+\.\d+\.\d+", value))


# All names and addresses of the capture are looked for.
capture = os.path.join(source, "tests", "data", "demo.pcap")
values = set()
for line in run("observe", "--json", capture).splitlines():
    line = json.loads(line)
    values |= {line["client"]["ip"], line["server"]["ip"]}
    values |= {value["value"] for value in line.get("values", [])
               if value["field"] in ("dns.query", "dns.rr.A", "http.host",
                                     "http.url", "tls.sni", "dns.rr.CNAME")}
with open(path("list.txt"), "w", encoding="utf-8") as file:
    file.write("\n".join(sorted(values)) + "\n")
check(len(values) > 20, f"values to look for: {len(values)}")

run("match", "--ioc", "never.example", "--seen", path("plain"), capture)
here = policy("here")
for workers in ("1", "3"):
    run("match", "--ioc", "never.example", "--policy", here, "--workers",
        workers, "--seen", path("log" + workers), capture)
log = written.files(path("log1"))
check(log == written.files(path("log3")),
      "the same files for any number of workers, and the key is kept")
run("match", "--ioc", "never.example", "--policy", policy("there"), "--seen",
    path("log-there"), capture)
check(log != written.files(path("log-there")), "another site has other tokens")


def row(hit):
    peer = hit["peer"] or hit["client"]
    return (hit["indicator"], hit["field"], hit["value"], hit["direction"],
            peer.get("ip") if not is_own(peer.get("ip", "x")) else None,
            hit["time"], hit["times"])


plain, tokens = back(path("plain")), back(path("log1"))
wanted = sorted((row(hit) for hit in plain if not names_own(hit["value"])),
                key=str)
got = sorted(map(row, tokens), key=str)
check(got == wanted, f"{len(got)} hits, with addresses {len(wanted)}: "
      f"{[r for r in wanted if r not in got][:3]} "
      f"{[r for r in got if r not in wanted][:3]}")
check(len(plain) > len(wanted) > 30,
      f"{len(plain)} hits with addresses, {len(wanted)} with tokens")

# One token for each own host, and no own address anywhere.
text = ""
for name in ("hits.jsonl", "eve.json", "sightings.internal.json"):
    with open(os.path.join(path("log1-hits"), name), encoding="utf-8") as file:
        text += file.read()
for match in set(re.findall(r"\d+\.\d+\.\d+\.\d+|[0-9a-f:]*::[0-9a-f:]*",
                            text)):
    check(not is_own(match), f"an own address was told: {match}")
check('"token":"h-' in text and "100::" not in text, "tokens are told as such")
hosts = {}
by_row = {}
for hit in plain:
    if hit["own"]:
        by_row.setdefault((hit["field"], hit["value"], hit["time"]),
                          hit["own"]["ip"])
for hit in tokens:
    own = by_row.get((hit["field"], hit["value"], hit["time"]))
    if hit["own"] and own:
        hosts.setdefault(own, set()).add(hit["own"]["token"])
check(len(hosts) > 1 and all(len(found) == 1 for found in hosts.values()) and
      len(set.union(*hosts.values())) == len(hosts), f"{hosts}")
print(f"{len(got)} hits of {len(hosts)} own hosts by token")
case.end()
