#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What noroshi sees of captures, against two other engines' reading of them.

Rows are distinct (capture, value). For each field: recall over what both
engines saw (bar 0.99), recall over what Suricata alone reports (bar 0.98, 0.95
below 20 rows), and precision: how many of our rows one of them has (bar 0.98).
Rows that the table in docs/coverage.md settles count as right, and the raw
figure stands behind. --list prints the rows that differ.
usage: score.py NOROSHI CORPUS_DIR [--fields F,F] [--list]
CORPUS_DIR holds pcap/ and reference/{suricata,tshark}-reference.tsv."""
import argparse
import collections
import email.errors
import email.header
import email.utils
import json
import os
import re
import string
import subprocess
import sys

# our field: Suricata's, tshark's with the protocols that it may stand in
# (None: any), how values are compared
FIELDS = {
    "dns.query": ("dns.query", ("dns.qry.name", ("DNS", "MDNS", "LLMNR")),
                  "name"),
    "dns.answer.rrname": ("dns.answer.rrname", None, "name"),
    "dns.rr.A": ("dns.rr.A", ("dns.a", None), "text"),
    "dns.rr.AAAA": ("dns.rr.AAAA", ("dns.aaaa", None), "text"),
    "dns.rr.CNAME": ("dns.rr.CNAME", ("dns.cname", None), "name"),
    "dns.rr.MX": ("dns.rr.MX", None, "name"),
    "dns.rr.NS": ("dns.rr.NS", None, "name"),
    "dns.rr.PTR": ("dns.rr.PTR", None, "name"),
    "dns.rr.SOA": ("dns.rr.SOA", None, "name"),
    "dns.rr.SRV": ("dns.rr.SRV", None, "name"),
    "dns.rr.TXT": ("dns.rr.TXT", None, "text"),
    "dns.rr.NULL": ("dns.rr.NULL", None, "text"),
    "dns.rr.SSHFP": ("dns.rr.SSHFP", None, "text"),
    "http.method": ("http.method", None, "text"),
    "http.host": ("http.host", ("http.host", None), "host"),
    "http.uri": ("http.uri", ("http.request.uri", None), "uri"),
    "http.user_agent": ("http.user_agent", ("http.user_agent", None), "text"),
    "http.referer": ("http.referer", None, "text"),
    "http.status": ("http.status", None, "text"),
    "http.location": ("http.location", None, "text"),
    "http.content_type": ("http.content_type", None, "type"),
    "tls.sni": ("tls.sni", ("tls.handshake.extensions_server_name",
                            ("TLS", "SSL", "GTP <TLS")), "name"),
    "tls.version": ("tls.version", None, "text"),
    "tls.ja3": ("tls.ja3", ("tls.handshake.ja3", ("TLS", "SSL", "GTP <TLS")),
                "text"),
    "tls.ja3s": ("tls.ja3s", ("tls.handshake.ja3s", None), "text"),
    "tls.ja4": ("tls.ja4", None, "text"),
    "tls.cert_sha1": ("tls.cert_sha1", None, "hex"),
    "tls.serial": ("tls.serial", ("x509af.serialNumber", None), "hex"),
    "tls.subject": ("tls.subject", None, "dn"),
    "tls.issuer": ("tls.issuer", None, "dn"),
    "quic.sni": ("quic.sni", ("tls.handshake.extensions_server_name",
                              ("QUIC", "GQUIC")), "name"),
    "quic.version": ("quic.version", None, "version"),
    "quic.ja3": ("quic.ja3", ("tls.handshake.ja3", ("QUIC",)), "text"),
    "quic.ja3s": ("quic.ja3s", None, "text"),
    "ftp.command": ("ftp.command", None, "text"),
    "tftp.file": ("tftp.file", None, "text"),
    "file.md5": ("file.md5", None, "text"),
    "file.sha1": ("file.sha1", None, "text"),
    "file.sha256": ("file.sha256", None, "text"),
    "file.name": ("file.name", None, "path"),
    "smb.filename": ("smb.filename", None, "text"),
    "smb.share": ("smb.share", None, "share"),
    "http2.method": ("http2.method", None, "text"),
    "http2.host": ("http2.host", ("http2.headers.authority", None), "host"),
    "http2.uri": ("http2.uri", None, "uri"),
    "http2.user_agent": ("http2.user_agent", None, "text"),
    "http2.status": ("http2.status", None, "text"),
    "ssh.client.software": ("ssh.client.software", None, "text"),
    "ssh.server.software": ("ssh.server.software", None, "text"),
    "smtp.helo": ("smtp.helo", None, "text"),
    "smtp.mail_from": ("smtp.mail_from", None, "mailboxes"),
    "smtp.rcpt_to": ("smtp.rcpt_to", None, "mailboxes"),
    "email.from": ("email.from", ("imf.from", None), "mailboxes"),
    "email.to": ("email.to", ("imf.to", None), "mailboxes"),
    "email.cc": ("email.cc", None, "mailboxes"),
    "email.subject": ("email.subject", ("imf.subject", None), "words"),
    "email.message_id": ("email.message_id", None, "text"),
    "email.attachment": ("email.attachment", None, "words"),
    "email.url": ("email.url", None, "link"),
}
# What Suricata says of a file that has no name.
NAMELESS = ("<share_root>", "<unknown>")
NO_NAME = ("", "libhtp::request_uri_not_seen")
# Suricata reads the first certificate of a chain only.
LEAF = ("tls.cert_sha1", "tls.serial", "tls.subject", "tls.issuer")
DN_SPELLINGS = (("emailaddress=", "email="), ("street=", "streetaddress="),
                ("jurisdictionc=", "msjurisdictioncountry="),
                ("jurisdictionst=", "msjurisdictionstateorprovince="))


# Octets stand for themselves here: 0x85 and 0xa0 may be half a character.
BLANKS = re.compile(r"(\\[rnt]|\s)+", re.ASCII)


def unescape(text):
    """Of the references and of ours; octets that are no text stand as \\xNN
    with one backslash or two."""
    pairs = {"t": "\t", "n": "\n", "r": "\r", "0": "\0", "\\": "\\"}
    text = text.encode("utf-8", "replace").decode("latin-1")
    text = re.sub(r"\\\\x([0-9a-f]{2})", r"\\x\1", text)
    return re.sub(r"\\(x[0-9a-f]{2}|[tnr0\\])",
                  lambda m: pairs.get(m[1]) or chr(int(m[1][1:], 16)), text)


def form(kind, text):
    """A value as it is compared."""
    text = unescape(text).strip(string.whitespace)
    text = "".join(c.lower() if c < "\x80" else c for c in text)
    if kind == "name":
        return text.rstrip(".")
    if kind == "host":
        return re.sub(r":\d+$", "", text)
    if kind == "version":  # 51303530 is "Q050"
        return (bytes.fromhex(text).decode().lower()
                if re.fullmatch("5[14]30[0-9a-f]{4}", text) else text)
    if kind == "hex":
        return re.sub("[^0-9a-f]", "", text).lstrip("0")
    if kind == "type":
        return re.split("[;, ]", text)[0]
    if kind == "path":  # the last segment; what has none is no name
        text = re.sub("%([0-9a-f]{2})", lambda m: chr(int(m[1], 16)), text)
        return re.split(r"[/\\]", text)[-1]
    if kind == "share":  # Suricata takes the first backslash for padding
        return text.lstrip("\\")
    if kind == "link":
        return re.sub("^[a-z]+://", "", text)
    if kind == "uri":
        return re.sub("^[a-z]+://[^/]*", "", text) or "/"
    if kind == "dn":
        for ours, theirs in DN_SPELLINGS:
            text = text.replace(ours, theirs)
        return text.replace("\\", "")
    return text


def words(text):
    """A header's text, as octets, with its encoded words (RFC 2047) decoded
    and its folds one blank."""
    text = BLANKS.sub(" ", text)
    text = text.encode("latin-1").decode("utf-8", "replace")
    try:
        text = str(email.header.make_header(email.header.decode_header(text)))
    except (LookupError, UnicodeError, ValueError,
            email.errors.HeaderParseError):
        pass
    return text.strip(string.whitespace)


def forms(kind, text):
    """What a row of a reference, or of ours, says: of mailboxes the addresses
    alone, of which it may list several."""
    if kind == "words":
        return [form("text", words(unescape(text)))]
    if kind != "mailboxes":
        return [form(kind, text)]
    text = BLANKS.sub(" ", unescape(text)).rstrip(";")
    return [form("text", a) for _, a in email.utils.getaddresses([text])
            if "@" in a]


def suricata(path, fields):
    names = {FIELDS[f][0]: f for f in fields}
    rows = collections.defaultdict(set)
    with open(path, encoding="utf-8", errors="replace") as file:
        for line in file:
            part = line.rstrip("\n").split("\t")
            if (len(part) == 4 and part[2] in names
                    and part[3] not in NAMELESS):
                f = names[part[2]]
                for value in forms(FIELDS[f][2], part[3]):
                    if FIELDS[f][2] == "path" and value in NO_NAME:
                        continue
                    rows[f].add((f"{part[0]}/{part[1]}", value))
    return rows


def tshark(path, fields):
    rows = collections.defaultdict(set)
    with open(path, encoding="utf-8", errors="replace") as file:
        for line in file:
            part = line.rstrip("\n").split("\t")
            name, _, protocol = part[1].partition(":")
            for f in fields:
                if FIELDS[f][1] is None or FIELDS[f][1][0] != name:
                    continue
                allowed = FIELDS[f][1][1]
                if allowed is None or protocol.startswith(allowed):
                    for value in forms(FIELDS[f][2], part[2]):
                        rows[f].add((part[0], value))
    return rows


def read_by_others(reference):
    """Captures that the references have any row of: copies were left out."""
    captures = set()
    for name, parts in (("suricata", 2), ("tshark", 1)):
        path = os.path.join(reference, f"{name}-reference.tsv")
        with open(path, encoding="utf-8", errors="replace") as file:
            for line in file:
                captures.add("/".join(line.split("\t", parts)[:parts]))
    return captures


def run(noroshi, capture, form_option, fields):
    done = subprocess.run([noroshi, "observe", form_option, "--fields",
                           ",".join(fields), capture],
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                          check=False)
    error = done.stderr.decode("utf-8", "replace")
    if (done.returncode not in (0, 1) or "Sanitizer" in error
            or "runtime error" in error):
        print(f"{capture}: status {done.returncode}\n{error[-4000:]}")
        sys.exit(2)
    text = done.stdout.decode("utf-8", "replace")
    return [line for line in text.split("\n") if line]


def observe(noroshi, capture, fields):
    plain = [f for f in fields if f not in LEAF]
    leaf = [f for f in fields if f in LEAF]
    for line in run(noroshi, capture, "--tsv", plain) if plain else []:
        f, value = line.split("\t", 1)
        # octets that are no text as the references have them: \\xNN
        yield f, re.sub(r"\\(x..|.)", lambda m: "\\" * (m[1][0] == "x")
                        + m[0], value)
    for line in run(noroshi, capture, "--json", leaf) if leaf else []:
        for value in json.loads(line)["values"]:
            if value["object"] == 0:
                yield value["field"], value["value"].replace("\\", "\\\\")


def ours(noroshi, corpus, fields, captures):
    rows = collections.defaultdict(set)
    for capture in sorted(captures):
        path = os.path.join(corpus, "pcap", capture)
        if not os.path.isfile(path):
            continue
        for f, value in observe(noroshi, path, fields):
            for found in forms(FIELDS[f][2], value):
                rows[f].add((capture, found))
    return rows


def settled_rows(path):
    """Rows `| right | field | capture | value | frame | why |`; a value of *
    stands for any, a bar in one for \\x7c. A row of several fields has a
    value for each, between blanks."""
    rows = set()
    with open(path, encoding="utf-8") as file:
        for line in file:
            cell = [c.strip() for c in line.strip().split("|")]
            if len(cell) == 8 and cell[1] == "right" and cell[5].isdigit():
                fields = cell[2].strip("`").split()
                values = [cell[4].strip("`")]
                if len(fields) > 1:
                    values = values[0].split()
                for f, value in zip(fields, values):
                    rows.add((f, cell[3].strip("`"), form("text", value)))
    return rows


def is_settled(settled, field, row):
    capture, value = row
    return ((field, capture, form("text", escape(value))) in settled
            or (field, capture, "*") in settled)


def escape(value):
    """As the table has it."""
    return "".join(c if " " <= c <= "~" and c not in "\\|`"
                   else f"\\x{ord(c):02x}" for c in value)


def rate(have, all_of):
    return len(have) / len(all_of) if all_of else 1.0


def score(field, left, right, seen, settled):
    """The line of a field, whether it holds, and the rows that differ."""
    both = left & right
    alone = left - right
    known = seen & (left | right)
    lost = {r for r in left - seen if not is_settled(settled, field, r)}
    odd = {r for r in seen - known if not is_settled(settled, field, r)}
    figures = [rate(both - lost, both), rate(alone - lost, alone),
               rate(seen - odd, seen)]
    raw = [rate(both & seen, both), rate(alone & seen, alone),
           rate(known, seen)]
    bars = [0.99, 0.98 if len(alone) >= 20 else 0.95, 0.98]
    good = all(f >= b for f, b in zip(figures, bars))
    line = [field]
    for count, figure, plain in zip((both, alone, seen), figures, raw):
        line += [str(len(count)), f"{figure:.4f}", f"{plain:.4f}"]
    return "\t".join(line + ["ok" if good else "BELOW"]), good, lost, odd


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("noroshi")
    parser.add_argument("corpus")
    parser.add_argument("--fields", default=",".join(FIELDS))
    parser.add_argument("--list", action="store_true")
    options = parser.parse_args()
    fields = options.fields.split(",")
    place = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    settled = settled_rows(os.path.join(place, "docs", "coverage.md"))
    reference = os.path.join(options.corpus, "reference")
    left = suricata(os.path.join(reference, "suricata-reference.tsv"), fields)
    right = tshark(os.path.join(reference, "tshark-reference.tsv"), fields)
    captures = read_by_others(reference)
    seen = ours(options.noroshi, options.corpus, fields, captures)
    failed = False
    print("field\tboth\trecall\traw\tSuricata alone\trecall\traw\tours\t"
          "precision\traw\t")
    for f in fields:
        line, good, lost, odd = score(f, left[f], right[f], seen[f], settled)
        failed |= not good
        print(line)
        if options.list:
            for sign, rows in (("-", lost), ("+", odd)):
                for capture, value in sorted(rows):
                    both = (capture, value) in right[f]
                    print(f"{sign}{'both' if both else ''} {f}\t{capture}\t"
                          f"{escape(value)}")
    return 1 if failed else 0


sys.exit(main())
