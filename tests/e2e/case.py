# SPDX-License-Identifier: Apache-2.0
"""How a test of the program, as a person runs it, begins and ends:

    noroshi, source, place = case.begin()
    check(HOLDS, "what holds, and what was found instead")
    case.end()

check goes on after a failure, so that one run tells of all; end makes the exit
status of what was checked. Where nothing was, nothing is proven: that fails."""
import os
import shutil
import subprocess
import sys
import time

verdicts = []


def begin():
    """NAME.py NOROSHI SOURCE_DIR WORK_DIR: the program, the sources, and a
    new folder for the test NAME."""
    noroshi, source, work = sys.argv[1:4]
    name = os.path.basename(sys.argv[0]).removesuffix(".py")
    return noroshi, source, fresh(os.path.join(work, name.replace("_", "-")))


def fresh(folder):
    shutil.rmtree(folder, ignore_errors=True)
    os.makedirs(folder)
    return folder


def shared(source):
    """The folder of data that is shared and may be absent."""
    return os.environ.get("NOROSHI_SHARED",
                          os.path.join(source, "..", "shared"))


def check(holds, text):
    verdicts.append(bool(holds))
    if not holds:
        print("FAILED:", text, flush=True)


def failed():
    return verdicts.count(False)


def run(*command, status=0, **more):
    """@command to its end, whose status is checked."""
    done = subprocess.run(command, capture_output=True, text=True,
                          check=False, **more)
    check(done.returncode == status,
          f"{command[1:]}: status {done.returncode}: {done.stderr[-2000:]}")
    return done


def until(found, timeout=30, pause=0.1):
    """What @found says, once it is true or the time is over; a file that is
    not there yet has not been found."""
    end_s = time.monotonic() + timeout
    while True:
        try:
            got = found()
        except FileNotFoundError:
            got = None
        if got or time.monotonic() > end_s:
            return got
        time.sleep(pause)


def skip(reason):
    """What has failed before is not forgotten."""
    if failed():
        end()
    print(f"skipped: {reason}")
    sys.exit(77)


def need(*programs):
    for program in programs:
        if shutil.which(program) is None:
            skip(f"no {program}")


def end():
    print(f"{len(verdicts)} checks, {failed()} failed")
    sys.exit(0 if verdicts and not failed() else 1)
