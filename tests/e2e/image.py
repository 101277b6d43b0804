#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A compiled set matches as its sources do, byte for byte; what is no image of
ours is refused with a reason, and so is what an image cannot do.
usage: image.py NOROSHI SOURCE_DIR WORK_DIR"""
import os
import subprocess

import case
import written

noroshi, source, place = case.begin()
data = os.path.join(source, "tests", "data")
image = os.path.join(place, "set.nrs")
demo = [f"{data}/demo.stix.json", f"{data}/demo.list.txt"]
capture = f"{data}/demo.pcap"


def run(*arguments, state="state"):
    surroundings = dict(os.environ, XDG_STATE_HOME=os.path.join(place, state))
    return subprocess.run([noroshi, *arguments], env=surroundings,
                          stdin=subprocess.DEVNULL, capture_output=True,
                          text=True, errors="replace", timeout=300)


def check(name, good, detail=""):
    case.check(good, f"{name}: {str(detail)[-1500:]}")


def given(files):
    return [word for file in files for word in ("--indicators", file)]


def match(out, files, *options, state="state"):
    out = os.path.join(place, out)
    done = run("match", *given(files), "--out", out, "--packets",
               f"{out}.pcapng", *options, capture, state=state)
    check(f"match to {out}", done.returncode == 0, done.stderr)
    return out, done


def same(name, one, other):
    for file in ("hits.jsonl", "sightings.internal.json", "run.json"):
        a, b = (written.octets(f"{out}/{file}") for out in (one, other))
        check(f"{name}: {file}", a == b and len(a) > 100)
    check(f"{name}: packets",
          written.octets(f"{one}.pcapng") == written.octets(f"{other}.pcapng"))


def refused(name, done, *words):
    told = done.stderr + done.stdout
    check(f"{name}: status {done.returncode}", done.returncode == 1, told)
    for word in words:
        check(f"{name}: no {word!r}", word in told, told)
    check(f"{name}: a sanitizer's report", "Sanitizer" not in told, told)


# The same bytes, with any options that an image is compiled with.
for number, options in enumerate(([], ["--subdomains"], ["--no-guards"],
                                     ["--strict"])):
    done = run("compile", "-o", image, *options, *demo)
    check(f"compile {options}", done.returncode == 0, done.stderr)
    sources, _ = match(f"sources-{number}", demo, *options)
    for workers in ("1", "3"):
        mapped, done = match(f"image-{number}-{workers}", [image], *options,
                             "--workers", workers)
        same(f"{options} with {workers}", sources, mapped)
        check("nothing is compiled again", "anew" not in done.stderr,
              done.stderr)

# Another user has another key, or none: the same, and a line about it.
done = run("compile", "-o", image, *demo)
mapped, done = match("stranger", [image], state="stranger")
same("without the key", os.path.join(place, "sources-0"), mapped)
check("a line about expressions", "compiled anew" in done.stderr, done.stderr)
key = os.path.join(place, "state", "noroshi", "image.key")
if not os.path.exists("/var/lib/noroshi/image.key"):
    check("the key is the owner's alone",
          os.stat(key).st_mode & 0o777 == 0o600 and
          os.path.getsize(key) == 32)

# check says the same of both.
for options in ([], ["--list"], ["--json"], ["--at", "2026-06-01"]):
    one, other = run("check", *options, *demo), run("check", *options, image)
    check(f"check {options}", one.stdout == other.stdout and one.stdout,
          one.stdout + other.stdout + other.stderr)

# What an image cannot be.
whole = written.octets(image)


def spoiled(name, content):
    path = os.path.join(place, name)
    with open(path, "wb") as file:
        file.write(content)
    return run("match", "--indicators", path, capture)


refused("cut", spoiled("cut.nrs", whole[:-1]), "cut.nrs", "a cut image")
refused("cut in its head", spoiled("head.nrs", whole[:100]), "a cut image")
refused("longer", spoiled("long.nrs", whole + b"x"), "checksum")
for at in (40, len(whole) // 3, len(whole) // 2, len(whole) - 1):
    other = bytearray(whole)
    other[at] ^= 1
    refused(f"damaged at {at}", spoiled("bad.nrs", bytes(other)), "bad.nrs",
            "damaged")
newer = bytearray(whole)
newer[12] += 1
refused("newer", spoiled("newer.nrs", bytes(newer)), "newer", "compile it")
foreign = bytearray(whole)
foreign[8:12] = foreign[8:12][::-1]
refused("foreign", spoiled("foreign.nrs", bytes(foreign)), "order of octets")
refused("not alone", run("match", *given([image, *demo]), capture),
        "stands alone")
refused("with a value", run("match", "--indicators", image, "--ioc",
                            "x.example", capture), "stands alone")
refused("other options", run("match", "--indicators", image, "--subdomains",
                             capture), "--subdomains")
refused("compile", run("compile", "-o", f"{place}/again.nrs", image),
        "compiled image")
refused("nowhere to write", run("compile", "-o", f"{place}/no/set.nrs", *demo),
        "no/set.nrs")
done = run("compile", *demo)
check("compile without -o", done.returncode == 2, done.stderr)
check("nothing is left beside", not os.path.exists(f"{image}.new"))

case.end()
