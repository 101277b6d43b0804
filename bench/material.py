# SPDX-License-Identifier: Apache-2.0
"""What the benchmarks work on: a large mix of real captures, and a million
indicators, both made from ../shared once and kept below the build's folder.
The first argument of a benchmark is the build's folder."""
import glob
import os
import struct
import subprocess
import sys
import time

MILLION = 1000000
# Left out by the corpus's README: they would be most of the mix.
LEFT_OUT = ("contentline/", "echo-connections", "ipv6-dos",
            "dhcp-request-flood", "defrag", "fuzz", "stress", "flood")
build = os.path.abspath(sys.argv[1])
source = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
shared = os.environ.get("NOROSHI_SHARED", os.path.join(source, "..", "shared"))
work = os.path.join(build, "bench", "data")
noroshi = os.path.join(build, "app", "noroshi")


def need_shared():
    """Ends with 77 where the captures are not there."""
    if not os.path.isdir(shared):
        print("skipped: no shared data (../shared or NOROSHI_SHARED)")
        sys.exit(77)
    os.makedirs(work, exist_ok=True)


def captures():
    return sorted(path for path in glob.glob(f"{shared}/corpus/pcap/**/*",
                                             recursive=True)
                  if os.path.isfile(path))


def make_mix():
    mix = f"{work}/mix.pcap"
    if os.path.exists(mix):
        return mix
    with open(f"{work}/mix.list", "w") as out:
        for path in captures():
            if not any(word in path for word in LEFT_OUT):
                out.write(path + "\n")
    subprocess.run(["cc", "-O2", f"{shared}/corpus/mkmix.c", "-lpcap", "-o",
                    f"{work}/mkmix"], check=True)
    subprocess.run([f"{work}/mkmix", f"{work}/mix.list", mix + ".new", "7",
                    "300"], check=True, stdout=subprocess.DEVNULL,
                   stderr=subprocess.DEVNULL)
    os.rename(mix + ".new", mix)
    return mix


def make_once(path, frames, rate):
    """The mix's Ethernet frames that veth takes, at the times at which they
    will be sent if that begins now: what passes once, and what is replayed."""
    begun_ns, count = time.time_ns(), 0
    with open(make_mix(), "rb") as file, open(path, "wb") as out:
        head = file.read(24)
        assert struct.unpack_from("<I", head)[0] == 0xa1b2c3d4
        out.write(struct.pack("<IHHiIII", 0xa1b23c4d, 2, 4, 0, 0, 262144, 1))
        while count < frames:
            record = file.read(16)
            if len(record) < 16:
                break
            length, _ = struct.unpack_from("<8xII", record)
            frame = file.read(length)
            if not 60 <= length <= 1514:
                continue
            at = begun_ns + count * 10**9 // rate
            out.write(struct.pack("<IIII", at // 10**9, at % 10**9, length,
                                  length) + frame)
            count += 1
    return path, count


def make_million():
    path = f"{work}/million.txt"
    lines = []
    for name in ("ipv4", "url", "domain"):
        with open(f"{shared}/feeds/{name}.txt") as file:
            lines += [line for line in file if line.strip() and line[0] != "#"]
    with open(path, "w") as out:
        out.writelines(lines[:MILLION])
    return path, min(len(lines), MILLION)


def compiled(path):
    """Its image, so that no start-up drowns what is measured."""
    image = f"{work}/million.nrs"
    subprocess.run([noroshi, "compile", "-o", image, path], check=False,
                   capture_output=True,
                   env={**os.environ, "XDG_STATE_HOME": work})
    return image
