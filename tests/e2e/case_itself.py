#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The module that makes a test's exit status (case.py), by small tests of its
own; and every test that begins with it ends with it, or it could not fail.
usage: case_itself.py NOROSHI SOURCE_DIR WORK_DIR"""
import glob
import os
import subprocess
import sys

import case
from case import check

# What a test does, its exit status, what it prints.
CASES = (
    ("check(True, 'a'); end()", 0, "1 checks, 0 failed"),
    ("check([1], 'a'); check('', 'b'); check(1, 'c'); end()", 1, "FAILED: b"),
    ("end()", 1, "0 checks, 0 failed"),
    ("check(True, 'a'); skip('none here')", 77, "skipped: none here"),
    ("check(False, 'a'); skip('none here')", 1, "FAILED: a"),
    ("check(True, 'a'); raise OSError", 1, ""),
    ("need('sh', 'no-such-program'); end()", 77, "no no-such-program"),
    ("run('sh', '-c', 'exit 3', status=3); end()", 0, "1 checks, 0 failed"),
    ("run('sh', '-c', 'echo why >&2; exit 3'); end()", 1, "why"),
    ("check(until(lambda: 0, 0.1, 0.01) == 0, 'a'); end()", 0, "1 checks"),
    ("check(until(lambda: open('/none'), 0.1, 0.01), 'a'); end()", 1, "1 "),
    ("n = iter((0, 0, 5)); check(until(lambda: next(n), 9, 0.01) == 5, 'a');"
     " end()", 0, "1 checks"),
)

noroshi, source, place = case.begin()
here = os.path.dirname(os.path.abspath(__file__))
for text, status, words in CASES:
    done = subprocess.run([sys.executable, "-c", f"from case import *; {text}"],
                          capture_output=True, text=True, cwd=here, check=False)
    check(done.returncode == status and words in done.stdout,
          f"{text}: {done.returncode}: {done.stdout}{done.stderr}")
with open(f"{place}/left", "w", encoding="utf-8") as file:
    file.write("of an earlier run")
check(case.begin() == (noroshi, source, place) and not os.listdir(place),
      "each begins with a folder of its own, without an earlier run's files")
for path in sorted(glob.glob(f"{here}/*.py")):
    with open(path, encoding="utf-8") as file:
        lines = file.read().splitlines()
    if any(line in ("import case", "from case import check")
           for line in lines) and lines[0].startswith("#!"):
        check(lines[-1].strip() == "case.end()",
              f"{path} ends with case.end()")
case.end()
