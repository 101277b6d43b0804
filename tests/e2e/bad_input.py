#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Bad input of every kind ends in a message that names the place, with the
documented status, and never in a crash.
usage: bad_input.py NOROSHI SOURCE_DIR WORK_DIR"""
import json
import os
import struct
import subprocess

import case
import written

noroshi, source, place = case.begin()
data = os.path.join(source, "tests", "data")


def file(name, content):
    path = os.path.join(place, name)
    with open(path, "wb") as out:
        out.write(content if isinstance(content, bytes) else content.encode())
    return path


def run(*arguments, stdin=subprocess.DEVNULL):
    return subprocess.run([noroshi, *arguments], stdin=stdin,
                          capture_output=True, text=True, errors="replace",
                          timeout=120)


def check(name, done, status, *words):
    problem = None
    if done.returncode != status:
        problem = f"status {done.returncode}, not {status}"
    for word in words:
        if word not in done.stderr + done.stdout:
            problem = f"no {word!r}"
    if "Sanitizer" in done.stderr or "runtime error" in done.stderr:
        problem = "a sanitizer's report"
    case.check(not problem, f"{name}: {problem}\n{done.stderr[-1500:]}")


def indicator(pattern, **more):
    return {"type": "indicator", "spec_version": "2.1",
            "id": "indicator--00000001-0000-4000-8000-000000000000",
            "created": "2026-01-01T00:00:00Z",
            "modified": "2026-01-01T00:00:00Z", "pattern_type": "stix",
            "valid_from": "2026-01-01T00:00:00Z", "pattern": pattern, **more}


def bundle(*objects):
    return json.dumps({"type": "bundle", "id":
                       "bundle--00000002-0000-4000-8000-000000000000",
                       "objects": objects})


capture = f"{data}/demo.pcap"
good = indicator("[ipv4-addr:value = '192.0.2.1']")
one = ("--ioc", "192.0.2.1")

# Indicators.
check("no such file", run("match", "--indicators", "/nonexistent.json",
                          capture), 1, "/nonexistent.json", "No such file")
check("a directory", run("match", "--indicators", place, capture), 1, place)
check("an empty file", run("match", "--indicators", file("empty", ""),
                           capture), 1, "empty")
check("binary for JSON", run("check", file("binary.json", os.urandom(5000))),
      1, "binary.json")
cut = bundle(good, indicator("[url:value = 'http://a.example/']", id=
                             "indicator--00000003-0000-4000-8000-000000000000"
                             ))
done = run("check", "--list", file("cut.json", cut[:-90]))
check("a bundle cut in the middle", done, 1, "cut.json", "middle")
check("and its good part loads", done, 1, "full 1")
text = "[ipv4-addr:value = '" + "9" * (1 << 20) + "']"
check("a megabyte of pattern", run("check", "--list", file(
    "long.json", bundle(indicator(text), dict(good, id="indicator--00000004-"
                                              "0000-4000-8000-000000000000"))
)), 0, "long.json", "full 1")
check("a megabyte of brackets", run("check", "--list", file(
    "deep.json", bundle(indicator("[" + "(" * (1 << 19))))), 0, "deep.json")
check("a 20-digit integer", run("check", "--list", file(
    "digits.json", bundle(dict(good, confidence=12345678901234567890),
                          indicator("[network-traffic:dst_port = "
                                    "12345678901234567890]", id="indicator--"
                                    "00000005-0000-4000-8000-000000000000")
                          ))), 0, "digits.json")
check("JSON without end", run("check", file("open.json", '[{"a":"' + "x" *
                                            (1 << 21))), 1, "open.json")
check("ten thousand levels", run("check", file(
    "levels.json", '{"objects":[' + '{"a":' * 10000 + "1" + "}" * 10000 +
    "]}")), 1, "levels.json")
check("a line of a megabyte", run("check", file("line.txt", "a" * (1 << 20) +
                                                "\n192.0.2.1\n")), 0,
      "line.txt")
check("XML that is none", run("check", file("x.xml", "<stix><")), 1, "x.xml")
check("a value that is none", run("match", "--ioc", "not a value", capture),
      1, "not a value")

# Captures.
octets = written.octets(capture)
check("no such capture", run("match", *one, "/nonexistent.pcap"), 1,
      "/nonexistent.pcap")
check("a directory for a capture", run("match", *one, place), 1, place)
check("an empty capture", run("match", *one, file("empty.pcap", "")), 1,
      "empty.pcap", "empty")
check("text for a capture", run("match", *one, file(
    "text.pcap", "this is no capture at all, is it?\n" * 9)), 1, "text.pcap")
done = run("match", "--indicators", f"{data}/demo.stix.json",
           file("cut.pcap", octets[:-7]))
check("a capture cut in the middle", done, 1, "cut.pcap")
check("and what can be read is", done, 1, "480 packets")
check("a length that lies", run("match", *one, file(
    "lie.pcap", octets[:32] + b"\xff\xff\xff\x7f" + octets[36:])), 1,
      "lie.pcap")
check("a link type that nobody decodes", run("match", *one, file(
    "link.pcap", octets[:20] + struct.pack("<I", 147) + octets[24:])), 1,
      "link.pcap", "147")
sparse = os.path.join(place, "sparse.pcap")
with open(sparse, "wb") as out:
    out.truncate(10 << 30)
check("ten gigabytes of nothing", run("match", *one, sparse), 1,
      "sparse.pcap")
check("the good one behind a bad one", run(
    "match", "--indicators", f"{data}/demo.stix.json", "/nonexistent.pcap",
    capture), 1, "481 packets")
with open(file("in.pcap", octets[:-7]), "rb") as stdin:
    check("cut on standard input", run("match", *one, "-", stdin=stdin), 1)

# Usage.
for name, arguments in (
        ("no arguments", []), ("no such command", ["frobnicate"]),
        ("no indicators", ["match", capture]),
        ("no capture", ["match", *one]),
        ("no such option", ["match", *one, "--frobnicate", capture]),
        ("no such time", ["match", *one, "--from", "yesterday", capture]),
        ("no such validity", ["match", *one, "--validity", "x", capture]),
        ("no workers", ["match", *one, "--workers", "0", capture]),
        ("a filter that is none", ["match", *one, "--filter", "port port",
                                   capture]),
        ("a network that is none", ["match", *one, "--home-net", "10.0.0.0/99",
                                    capture]),
        ("nothing to check", ["check"])):
    check(name, run(*arguments), 2)
check("a folder that cannot be made", run(
    "match", *one, "--out", f"{place}/empty/out", capture), 1, "out")
# A user who may not capture is told what it takes.
try:
    done = subprocess.run(
        [noroshi, "run", "--interface", "lo", "--indicators",
         f"{data}/demo.list.txt"], stdin=subprocess.DEVNULL,
        capture_output=True, text=True, timeout=120,
        user=65534 if os.geteuid() == 0 else None)
    check("no right to capture", done, 1, "CAP_NET_RAW")
except PermissionError: # the program is where that user may not look
    pass
# Help fits a screen and shows an example; every subcommand is asked.
listed = run("--help")
check("--help", listed, 0, "usage")
check("--version", run("--version"), 0, "noroshi 0")
commands = [line.split()[0] for line in listed.stdout.splitlines()
            if line.startswith("  ")]
case.check(len(commands) >= 7, f"--help lists only {commands}")
for command in commands:
    done = run(command, "--help")
    check(f"{command} --help", done, 0, "example: noroshi " + command, "usage")
    lines = done.stdout.splitlines()
    case.check(len(lines) <= 25 and max(map(len, lines)) <= 80,
               f"{command} --help: {len(lines)} lines, "
               f"{max(map(len, lines))} columns")
case.end()
