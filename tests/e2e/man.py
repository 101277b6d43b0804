#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The man pages: groff has nothing to warn of, nor mandoc where it is; every
command of the program has its synopsis, its own words and its options in
noroshi(1), every setting of the configuration stands in noroshi.conf(5).
usage: man.py NOROSHI BUILD_DIR"""
import re
import shutil
import subprocess
import sys

import case
from case import check

noroshi, build = sys.argv[1:3]
PAGES = ("noroshi.1", "noroshi.conf.5", "noroshi.7")


def output(*command):
    return subprocess.run(command, check=True, capture_output=True, text=True)


def renders(page):
    path = f"{build}/man/{page}"
    said = output("groff", "-ww", "-man", "-Tutf8", "-z", path).stderr
    check(said == "", f"{page} renders without a warning: {said[:400]}")
    if shutil.which("mandoc") is None:
        print("no mandoc: only groff has looked")
        return
    done = subprocess.run(["mandoc", "-Tlint", "-Wwarning", path],
                          capture_output=True, text=True)
    # An empty date is meant: the same source makes the same page.
    said = [line for line in done.stdout.splitlines()
            if "missing date" not in line]
    check(not said, f"{page}: mandoc: {said[:5]}")


def fits(page):
    """On a terminal of 80 columns, blocks that are not filled too."""
    text = output("groff", "-man", "-Tutf8", "-P-cbou", "-rLL=80n",
                  f"{build}/man/{page}").stdout
    wide = [line for line in text.splitlines() if len(line) > 80]
    check(not wide, f"{page} is 80 columns wide: {wide[:5]}")


def plain(page):
    """As a person reads it, without hyphenation and in long lines."""
    text = output("groff", "-man", "-Tascii", "-P-cbou", "-rLL=400n", "-rHY=0",
                  f"{build}/man/{page}").stdout
    return re.sub(r"[ \t]+", " ", text)


def all_commands():
    page = plain("noroshi.1")
    with open(f"{build}/man/noroshi.1") as file:
        roff = file.read()
    described = roff[roff.index(".SH DESCRIPTION"):roff.index(".SH OPTIONS")]
    names = re.findall(r"^  ([a-z]+) ", output(noroshi, "--help").stdout, re.M)
    check(len(names) >= 18, f"the program lists its commands: {names}")
    for name in names:
        check(f"noroshi {name}" in page, f"{name} has a synopsis")
        check(re.search(rf"^\.B .*(\b|\\fB){name}\b", described, re.M),
              f"{name} is described in words")
        for line in output(noroshi, name, "--help").stdout.splitlines():
            check(" ".join(line.split()).replace("usage: ", "") in page,
                  f"{name}: {line!r} stands in noroshi(1)")


def all_settings():
    page = plain("noroshi.conf.5")
    keys = []
    for line in output(noroshi, "run", "--print-defaults").stdout.splitlines():
        # A set one, a sample ("#key:"), an item ("#- key:").
        found = re.match(r" *#?(?:- )?([a-z_]+):(?: |$)", line)
        if found:
            keys.append(found[1])
    check(len(keys) > 100, f"there are settings: {len(keys)}")
    for key in set(keys):
        check(re.search(rf"(^|[ .]){key}\b", page, re.M),
              f"{key} stands in noroshi.conf(5)")


case.need("groff")
for name in PAGES:
    renders(name)
    fits(name)
all_commands()
all_settings()
case.end()
