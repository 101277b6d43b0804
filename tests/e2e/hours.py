#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""match --hours: what is counted of each tenant and own network is what the
flow records of the same packets add up to, and for DNS, where tshark is there,
what tshark counts; the same files for any number of workers; noroshi hours
sums the pieces.
usage: hours.py NOROSHI SOURCE_DIR WORK_DIR"""
import collections
import ipaddress
import json
import os
import shutil
import subprocess

import case
import written
from case import check

noroshi, source, place = case.begin()
TENANTS = {"finance": ["10.0.0.0/24", "fd00:1::/48"], "all-of-ten": ["10.0.0.0/8"]}
HOME = ["10.0.0.0/8", "192.168.0.0/16", "fc00::/7", "fe80::/10"]


def run(*arguments):
    return case.run(noroshi, *arguments).stdout


def owner(text):
    """The longest prefix speaks; of the same one the tenant's."""
    address = ipaddress.ip_address(text)
    best = None
    named = [(net, name) for name, nets in TENANTS.items() for net in nets]
    for net, name in named + [(net, net) for net in HOME]:
        network = ipaddress.ip_network(net)
        if address.version == network.version and address in network and \
                (best is None or network.prefixlen > best[0]):
            best = network.prefixlen, name
    return None if best is None else best[1]


case.need("zstd")
capture = os.path.join(source, "tests", "data", "demo.pcap")
policy = os.path.join(place, "noroshi.yaml")
with open(policy, "w", encoding="utf-8") as file:
    json.dump({"home_net": HOME, "tenants": {
        name: {"nets": nets} for name, nets in TENANTS.items()}}, file)
logs = os.path.join(place, "logs")
run("match", "--ioc", "never.example", "--policy", policy, "--workers", "1",
    "--hours", logs, "--flows", logs, capture)
for workers in ("2", "5"):
    other = os.path.join(place, "logs-" + workers)
    run("match", "--ioc", "never.example", "--policy", policy, "--workers",
        workers, "--hours", other, "--flows", other, capture)
    check(written.files(other) == written.files(logs),
          f"{workers} workers write the same")

wanted = collections.Counter()
TRANSPORTS = {6: "tcp", 17: "udp", 1: "icmp", 58: "icmp"}
for flow in written.logs(logs, "flows-"):
    client, server = owner(flow["client"]["ip"]), owner(flow["server"]["ip"])
    way = ("internal" if client and server else "out" if client else
           "in" if server else "transit")
    back = {"out": "in", "in": "out"}.get(way, way)
    hour = flow["end"][:13] + ":00:00Z"
    for name in {client, server} - {None} or {"transit"}:
        row = (hour, name)
        wanted[row + ("flows", way)] += 1
        for side, where in (("client", way), ("server", back)):
            for what in ("packets", "bytes"):
                wanted[row + (what, where)] += flow[side][what]
        wanted[row + ("outcomes", flow["outcome"])] += 1
        wanted[row + ("transports",
                      TRANSPORTS.get(flow["proto"], "other"))] += 1
        for what in flow["protocols"]:
            if what in ("dns", "http", "tls", "smtp", "quic", "ssh", "ftp"):
                wanted[row + ("spoken", what)] += 1
wanted = +wanted


def counted(lines, groups=None):
    sums = collections.Counter()
    for line in lines:
        row = line["hour"], line.get("tenant") or line["network"]
        for group, counters in line.items():
            if isinstance(counters, dict) and (groups is None or
                                               group in groups):
                for name, count in counters.items():
                    sums[row + (group, name)] += count
    return sums


lines = written.logs(logs, "hours-")
check(len({line["hour"] for line in lines}) == 2, "two hours of traffic")
check({"finance", "all-of-ten"} & {line.get("tenant") for line in lines},
      "a tenant counts")
check("10.0.0.0/8" not in {line.get("network") for line in lines},
      "of a network that is a tenant's the tenant counts")
got = counted(lines, {"flows", "packets", "bytes", "outcomes", "transports",
                      "spoken"})
check(got == wanted, f"flows say {wanted - got} more, {got - wanted} less")

# Pieces of one hour: what a second run in another folder counted is added.
once = counted(map(json.loads, run("hours", "--json", logs).splitlines()))
check(once == counted(lines), "noroshi hours says the same")
twice = [json.loads(line) for line in
         run("hours", "--json", logs, os.path.join(place, "logs-2"))
         .splitlines()]
check(len(twice) == len(lines) and counted(twice) ==
      collections.Counter({key: 2 * n for key, n in once.items()}),
      "pieces of an hour add up")
told = run("hours", "--from", lines[-1]["hour"], logs)
check(len(told.splitlines()) == 1 + len(
    {line.get("tenant") or line["network"] for line in lines
     if line["hour"] == lines[-1]["hour"]}), told)
# Whoever looks back passes them over.
run("match", "--ioc", "never.example", logs)

# Another engine's DNS, with every host an own one.
if shutil.which("tshark"):
    everyone = os.path.join(place, "everyone")
    run("match", "--ioc", "never.example", "--home-net", "0.0.0.0/0,::/0",
        "--hours", everyone, capture)
    ours, codes = collections.Counter(), collections.Counter()
    for line in written.logs(everyone, "hours-"):
        ours.update(line.get("dns", {}))
        codes.update(line.get("rcodes", {}))
    done = subprocess.run(
        ["tshark", "-r", capture, "-Y", "dns && !icmp && !icmpv6", "-T",
         "fields", "-e", "dns.flags.response", "-e", "dns.qry.type", "-e",
         "dns.flags.rcode"], capture_output=True, text=True)
    NAMES = {1: "A", 28: "AAAA", 12: "PTR", 15: "MX", 16: "TXT", 65: "HTTPS",
             64: "SVCB", 33: "SRV", 2: "NS", 6: "SOA", 5: "CNAME"}
    CODES = ["NOERROR", "FORMERR", "SERVFAIL", "NXDOMAIN", "NOTIMP", "REFUSED"]
    theirs, their_codes = collections.Counter(), collections.Counter()
    for row in done.stdout.splitlines():
        response, kind, code = (row.split("\t") + ["", ""])[:3]
        # one frame of TCP may hold several messages
        answers = response.split(",")
        kinds = iter(kind.split(","))
        rcodes = iter(code.split(",") if code else [])
        for answer in answers:
            name = NAMES.get(int(next(kinds) or 0), "other")
            if answer in ("1", "True"):
                their_codes[CODES[int(next(rcodes))]] += 1
            else:
                theirs[name] += 1
    check(ours == theirs, f"types of questions: {ours}, tshark {theirs}")
    check(codes == their_codes, f"codes: {codes}, tshark {their_codes}")
    print(f"{sum(ours.values())} questions, {sum(codes.values())} answers "
          "as tshark counts them")
print(f"{len(lines)} lines, {sum(1 for key in wanted)} counters")
case.end()
