# SPDX-License-Identifier: Apache-2.0
"""What noroshi writes, read without any reader of its own."""
import json
import os
import subprocess

from case import check


def lines(path):
    """Objects of a file of JSON lines; one that is being written is none."""
    with open(path, encoding="utf-8") as file:
        return [json.loads(line) for line in file if line.endswith("\n")]


def hits(folder):
    """Of hits.jsonl, without what is said later of a hit."""
    return [line for line in lines(f"{folder}/hits.jsonl")
            if "raises" not in line]


def values(folder):
    """What has hit, as the hits tell it."""
    return [hit["value"] for hit in hits(folder)]


def unpacked(path):
    """Objects of a compressed log."""
    done = subprocess.run(["zstd", "-dcq", path], capture_output=True)
    check(done.returncode == 0, f"{path}: {done.stderr}")
    return [json.loads(line) for line in done.stdout.splitlines()]


def logs(folder, begin=""):
    """Objects of all compressed logs whose names @begin so."""
    return [line for name in sorted(os.listdir(folder))
            if name.startswith(begin)
            for line in unpacked(os.path.join(folder, name))]


def octets(path):
    with open(path, "rb") as file:
        return file.read()


def files(folder):
    """{name: octets}"""
    return {name: octets(os.path.join(folder, name))
            for name in os.listdir(folder)}
