#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What noroshi sees of captures, against two other engines' reading of them.
For each field: rows both engines have and how many of them are ours (recall),
and how many of ours one of them has (precision), per capture and distinct
value. --list prints the rows that differ.
usage: score.py NOROSHI CORPUS_DIR [--fields F,F] [--list]
CORPUS_DIR holds pcap/ and reference/{suricata,tshark}-reference.tsv."""
import argparse
import collections
import os
import subprocess
import sys

# our field: Suricata's, tshark's (the part before the protocol)
FIELDS = {
    "tls.sni": ("tls.sni", "tls.handshake.extensions_server_name"),
    "tls.version": ("tls.version", None),
    "tls.ja3": ("tls.ja3", "tls.handshake.ja3"),
    "tls.ja3s": ("tls.ja3s", "tls.handshake.ja3s"),
    "tls.ja4": ("tls.ja4", None),
}
# tshark's rows of these transports belong to fields that are not ours
ELSEWHERE = ("QUIC", "DTLS", "GQUIC")


def suricata(path, fields):
    names = {FIELDS[f][0]: f for f in fields}
    rows = collections.defaultdict(set)
    with open(path, encoding="utf-8", errors="replace") as file:
        for line in file:
            part = line.rstrip("\n").split("\t")
            if len(part) == 4 and part[2] in names:
                rows[names[part[2]]].add((f"{part[0]}/{part[1]}",
                                          part[3].lower()))
    return rows


def tshark(path, fields):
    names = {FIELDS[f][1]: f for f in fields if FIELDS[f][1]}
    rows = collections.defaultdict(set)
    with open(path, encoding="utf-8", errors="replace") as file:
        for line in file:
            part = line.rstrip("\n").split("\t")
            name, _, protocol = part[1].partition(":")
            if name in names and not protocol.startswith(ELSEWHERE):
                rows[names[name]].add((part[0], part[2].lower()))
    return rows


def ours(noroshi, corpus, fields, captures):
    rows = collections.defaultdict(set)
    for capture in sorted(captures):
        done = subprocess.run(
            [noroshi, "observe", "--tsv", "--fields", ",".join(fields),
             os.path.join(corpus, "pcap", capture)],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False)
        error = done.stderr.decode("utf-8", "replace")
        if (done.returncode not in (0, 1) or "Sanitizer" in error
                or "runtime error" in error):
            print(f"{capture}: status {done.returncode}\n{error[-4000:]}")
            sys.exit(2)
        for line in done.stdout.decode("utf-8", "replace").splitlines():
            part = line.split("\t")
            for at, word in enumerate(part[:-1]):
                if word in fields:
                    rows[word].add((capture, part[at + 1].lower()))
                    break
    return rows


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("noroshi")
    parser.add_argument("corpus")
    parser.add_argument("--fields", default=",".join(FIELDS))
    parser.add_argument("--list", action="store_true")
    options = parser.parse_args()
    fields = options.fields.split(",")
    reference = os.path.join(options.corpus, "reference")
    left = suricata(os.path.join(reference, "suricata-reference.tsv"), fields)
    right = tshark(os.path.join(reference, "tshark-reference.tsv"), fields)
    captures = {c for f in fields for c, _ in left[f] | right[f]}
    seen = ours(options.noroshi, options.corpus, fields, captures)
    failed = False
    print("field\tmust\thave\trecall\tours\tknown\tprecision")
    for f in fields:
        # a field only one engine has is judged by that one
        must = left[f] & right[f] if FIELDS[f][1] else left[f]
        have, known = must & seen[f], seen[f] & (left[f] | right[f])
        recall = len(have) / len(must) if must else 1.0
        precision = len(known) / len(seen[f]) if seen[f] else 1.0
        failed |= recall < 0.99 or precision < 0.98
        print(f"{f}\t{len(must)}\t{len(have)}\t{recall:.4f}\t{len(seen[f])}"
              f"\t{len(known)}\t{precision:.4f}")
        if options.list:
            for sign, differ in (("-", must - seen[f]),
                                 ("+", seen[f] - known)):
                for capture, value in sorted(differ):
                    print(f"{sign} {f}\t{capture}\t{value}")
    return 1 if failed else 0


sys.exit(main())
