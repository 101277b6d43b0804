#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Counter-measure files are taken by the programs they are for, also where an
indicator's texts try to say something there, and come back as what they were.
Programs that are not installed are named and left out.
usage: export.py NOROSHI SOURCE_DIR WORK_DIR"""
import json
import os
import re
import shutil
import subprocess

import case

noroshi, source, place = case.begin()
data = os.path.join(source, "tests", "data")
AT = "2026-11-20T00:00:00Z"


def path(name, content=None):
    full = os.path.join(place, name)
    if content is not None:
        with open(full, "w", encoding="utf-8") as out:
            out.write(content)
    return full


def check(name, good, detail=""):
    case.check(good, f"{name}: {str(detail)[-1500:]}")


def run(*words):
    return subprocess.run(words, capture_output=True, text=True,
                          errors="replace", timeout=120, check=False)


def export(what, *files):
    out = path("file." + what)
    done = run(noroshi, "export", "--as", what, "--at", AT, "--out", out,
               *files)
    check(f"{what} ran", done.returncode == 0 and "Sanitizer" not in
          done.stderr, done.stderr)
    with open(out, encoding="utf-8") as file:
        return out, file.read()


def indicator(number, pattern, **more):
    return {"type": "indicator", "spec_version": "2.1",
            "id": f"indicator--00000000-0000-4000-8000-{number:012}",
            "created": "2026-01-01T00:00:00.000Z",
            "modified": "2026-01-01T00:00:00.000Z", "pattern_type": "stix",
            "valid_from": "2026-01-01T00:00:00Z", "pattern": pattern, **more}


# What a hostile source would like to say in somebody's configuration.
BAD = ['x.example\ndrop all', 'x.example; drop', 'x.example } table x {',
       '*.example', '*', 'x.example #', 'x.example" any', "x.example\\'",
       'x.example\tIntel::ADDR', '.', '-', 'x..example', 'com', '0.0.0.0/0',
       '0/0', '10.0.0.0/8', '::/0', '$(id).example', 'x.example. 0 IN A 1']
hostile = []
for n, text in enumerate(BAD):
    quoted = text.replace("\\", "\\\\").replace("'", "\\'")
    named = {"name": text, "description": text, "labels": [text]}
    for m, test in enumerate(("domain-name:value =", "url:value =",
                              "domain-name:value LIKE",
                              "ipv4-addr:value =", "email-addr:value =",
                              "file:hashes.MD5 =")):
        value = "http://h.example/" + quoted if m == 1 else quoted
        hostile.append(indicator(n * 10 + m, f"[{test} '{value}']", **named))
    hostile.append(indicator(n * 10 + 9, "[domain-name:value = "
                             f"'good-{n}.example.net']", **named))
files = [os.path.join(data, "demo.stix.json"),
         os.path.join(data, "demo.list.txt"),
         path("hostile\nname.json", json.dumps(
             {"type": "bundle", "id": "bundle--1", "objects": hostile})),
         path("list.txt", "*.tree.example.net\nx.tree.example.net\n"
              "198.51.100.0/24\n198.51.100.7\n2001:db8::/32\n2001:db8::7\n"
              "203.0.113.9:8443\n203.0.113.0/28\n[2001:db8::9]:53\n"
              "http://c2.example.net/a?b=c\"d;e'f\nc2.example.net/x\n"
              "0123456789abcdef0123456789abcdef\n")]

# Each line that is no comment has the form it must have, and no other.
FORMS = {
    "rpz": (";", r"\$TTL 300|@ IN (SOA|NS) localhost\..*|"
            r"(\*\.)?[a-z0-9_.-]+ CNAME \."),
    "nftables": ("#", r"table inet noroshi( \{)?|delete table inet noroshi|"
                 r"\}|set \w+ \{|type [\w. ]+|flags interval|elements = \{|"
                 r"[0-9a-f.:/]+( \. \d+)?,|chain \w+ \{|"
                 r"type filter hook \w+ priority filter - 10; policy accept;|"
                 r"(ct direction original )?ip6? [sd]addr( \. th dport)? "
                 r"@\w+ drop"),
    "suricata": ("#", r'alert (ip|tcp|udp|dns|tls|http) \S+ \S+ (->|<>) \S+ '
                 r'\S+ \(msg:"[\w .@/+-]*"; ([a-z0-9._]+; |'
                 r'content:"[^";\\:]+"; |bsize:\d+; )*sid:\d+; rev:1;\)'),
    "zeek": ("#", r"\S+\tIntel::[A-Z_]+\t[^\t]+\t[^\t]+"),
    "squid": ("#", r"acl noroshi_(names dstdomain|addresses dst|below "
              r"dstdom_regex -i|urls url_regex) \S+"),
    "list": ("#", r"\S+ # owner .*"),
}
VALUES = {
    "rpz": r"^(\S+) CNAME",
    "nftables": r"^([0-9a-f.:/]+)",
    "suricata": r'content:"([^"]*)"|<> (\S+)|-> (?!any)(\S+)',
    "zeek": r"^([^#\s]\S*)\t",
    "squid": r"^acl noroshi_\S+ \S+ (?:-i )?(\S+)",
    "list": r"^([^#\s]\S*)",
}
for what, (mark, form) in FORMS.items():
    out, text = export(what, *files)
    for line in text.split("\n"):
        line = line.strip()
        if line and not line.startswith(mark):
            check(f"{what}: a line of another form",
                  re.fullmatch(form, line), line)
    check(f"{what}: good names beside bad texts",
          what == "nftables" or "good-3.example.net" in text)
    said = [v for line in text.split("\n")
            for m in re.finditer(VALUES[what], line.strip())
            for v in m.groups() if v is not None]
    check(f"{what}: values are found", len(said) > 5, said)
    check(f"{what}: nothing of everybody's", not [
        v for v in said if re.fullmatch(
            r"[*.]*(com|example|-)?|0[./].*|10\..*|::/0", v)], said)

# Each indicator that is used is named with its owner.
_, zone = export("rpz", files[0])
check("owner, end and indicator stand beside an entry", re.search(
    r"; owner demo\.stix\.json of Example Sharing Circle, until "
    r"2027-02-10T00:00:00Z, indicator--59ba1b0d-\S+, TLP amber\+strict\n"
    r"32\.23\.100\.51\.198\.rpz-ip CNAME \.\n", zone), zone)

# The programs themselves.
TOOLS = {
    "named-checkzone": ("rpz", lambda tool, file: run(
        tool, "rpz.noroshi.example", file)),
    "nft": ("nftables", lambda tool, file: run(tool, "-c", "-f", file)),
    "suricata": ("suricata", lambda tool, file: run(
        tool, "-T", "-S", file, "-l", place)),
    "squid": ("squid", lambda tool, file: run(
        tool, "-k", "parse", "-f", path(
            "squid.conf", "http_port 3128\n" + open(file).read()))),
}
for name, (what, ask) in TOOLS.items():
    tool = shutil.which(name) or shutil.which(name, path="/usr/sbin:/sbin")
    if tool is None:
        print(f"left out: {name} is not installed")
        continue
    done = ask(tool, path("file." + what))
    said = done.stdout + done.stderr
    if name == "nft" and "Operation not permitted" in said:
        print("left out: nft may not ask this kernel")
        continue
    check(f"{name} takes the file", done.returncode == 0, said)
    check(f"{name} has nothing to complain of",
          not re.search(r"(?i)warning|error|fatal|bungled", said), said)

# What others read, this program reads too.
for what, wanted in (("list", "list"), ("zeek", "zeek"), ("stix", "stix")):
    out, text = export(what, *files[:2])
    kept = [line for line in text.split("\n")
            if line.strip() and not line.startswith("#")]
    done = run(noroshi, "check", "--format", wanted, "--json", out)
    back = [json.loads(line) for line in done.stdout.splitlines()]
    check(f"{what} comes back", done.returncode == 0 and back and
          all(i["status"] != "rejected" for i in back), done.stderr)
    if what != "stix":
        check(f"{what} comes back whole", len(back) == len(kept),
              f"{len(back)} of {len(kept)}")
first = json.loads(export("stix", *files[:2])[1])
ids = {o["id"]: o for o in first["objects"] if o["type"] == "indicator"}
theirs = {o["id"]: o for o in json.load(open(files[0]))["objects"]
          if o["type"] == "indicator"}
for i, ours in ids.items():
    for key in ("modified", "pattern", "name", "confidence", "valid_until"):
        if i in theirs and key in theirs[i]:
            same = re.sub(r"\.000Z$", "Z", str(ours.get(key)))
            check(f"stix keeps {key}",
                  same == re.sub(r"\.000Z$", "Z", str(theirs[i][key])),
                  (ours.get(key), theirs[i][key]))
    check("stix: every indicator is marked", ours["object_marking_refs"])
check("stix: red stays at home", not any(
    "marking-definition--e828b379-4e03-4974-9ac4-e53a884c97c1" in
    o["object_marking_refs"] for o in ids.values()))
check("the same set gives the same bytes",
      export("stix", *files)[1] == export("stix", *files)[1])

# Nothing is written where nothing was asked for.
done = run(noroshi, "export", "--as", "list", "--dry-run", "--why", "--at", AT,
           "--out", path("never"), files[0])
check("a dry run writes nothing", done.returncode == 0 and
      not os.path.exists(path("never")) and not done.stdout, done.stderr)
check("a dry run says why",
      re.search(r"indicator--\S+\tmarked red, above --max-tlp\n", done.stderr),
      done.stderr)

case.end()
