#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What `noroshi check` says of the shared lifecycle bundle, indicator by
indicator, against what the bundle's authors expect.
usage: lifecycle.py NOROSHI SOURCE_DIR WORK_DIR"""
import json
import os
import subprocess

import case
from case import check

noroshi, source, _ = case.begin()
folder = os.path.join(case.shared(source), "bundles", "lifecycle")
if not os.path.isdir(folder):
    case.skip(f"no {folder} (set NOROSHI_SHARED)")

with open(f"{folder}/lifecycle.expect.json", encoding="utf-8") as file:
    expect = json.load(file)
lines = subprocess.run(
    [noroshi, "check", "--json", "--at", expect["now"],
     f"{folder}/lifecycle.json"],
    check=True, stdout=subprocess.PIPE).stdout.splitlines()


def verdict(item):
    """The word of lifecycle.expect.json for what check printed."""
    status = item["status"]
    if status in ("revoked", "superseded", "rejected"):
        return status
    if status == "not evaluable":
        return "unsupported"
    if item["validity"] in ("expired", "pending"):
        return item["validity"]
    if status == "partial":
        return "active-partial"
    return "active-warn" if item["warned"] else "active"


def same_time(a, b):
    """Timestamps with any number of fraction digits."""
    return a.rstrip("Z").rstrip("0").rstrip(".") == b.rstrip("Z").rstrip(
        "0").rstrip(".")


seen = [json.loads(line) for line in lines]
for want in expect["expect"]:
    got = [item for item in seen if item["id"] == want["id"] and
           same_time(item["modified"], want["modified"]) and
           item["status"] != "duplicate"]
    words = [verdict(item) for item in got]
    check(words == [want["want"]],
          f"{want['id']} {want['why']}: want {want['want']}, got {words}")
case.end()
