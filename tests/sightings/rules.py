#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Each of the 21 rules of sharing has a row in the table beside this, each row
names a test that is there and runs; what is not built is listed.
usage: rules.py SOURCE_DIR"""
import os
import re
import sys

tests = os.path.join(sys.argv[1], "tests")
wrong, holes, seen = [], [], set()
with open(os.path.join(tests, "sightings", "rules"), encoding="utf-8") as table:
    rows = [line.split(None, 2) for line in table
            if line.strip() and not line.startswith("#")]
for rule, name, text in rows:
    number = int(re.match(r"\d+", rule)[0])
    text = text.strip()
    if name == "-":
        holes.append(f"rule {rule}: not built: {text}")
        seen.add(number)
        continue
    try:
        with open(os.path.join(tests, name), encoding="utf-8") as file:
            source = file.read()
    except FileNotFoundError:
        wrong.append(f"rule {rule}: there is no {name}")
        continue
    # A test in C is defined, and named once more where it is run.
    if name.endswith(".c") and len(re.findall(rf"\b{text}\b", source)) < 2:
        wrong.append(f"rule {rule}: {name} has no test {text}")
    elif text not in source:
        wrong.append(f"rule {rule}: {name} does not say '{text}'")
    seen.add(number)
wrong += [f"rule {n} has no row" for n in range(1, 22) if n not in seen]
print("\n".join(wrong + holes))
sys.exit(1 if wrong else 0)
