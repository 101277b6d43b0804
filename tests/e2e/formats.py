#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""One value of the recorded capture in every format: each file is known by its
content, matches the same, and says where it came from. What is no indicator is
told, and --format overrides what a file looks like.
usage: formats.py NOROSHI SOURCE_DIR WORK_DIR"""
import base64
import json
import os
import shutil

import case
import written
from case import check

noroshi, source, place = case.begin()
capture = os.path.join(source, "tests", "data", "demo.pcap")
NAME, ADDRESS = "portal.higan.example", "203.0.113.79"
AGENT = "Mozilla/4.0 (compatible; Lantern 1.3)"
EVENT = "5bbe5d08-e794-4329-b715-01550a016219"


def write(name, text):
    path = os.path.join(place, name)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w") as file:
        file.write(text)
    return path


def match(path, *options):
    out = os.path.join(place, "out")
    shutil.rmtree(out, ignore_errors=True)
    done = case.run(noroshi, "match", "--indicators", path, "--out", out,
                    *options, capture)
    return written.lines(f"{out}/hits.jsonl"), done.stderr


def attribute(kind, value, to_ids=True):
    return {"type": kind, "value": value, "to_ids": to_ids}


def event(*attributes):
    return json.dumps({"Event": {"uuid": EVENT, "info": "Autumn",
                                 "Attribute": attributes,
                                 "Tag": [{"name": "tlp:green"}]}})


def encoded(text):
    return base64.b64encode(text.encode()).decode()


def item(search, condition, value):
    return (f'<IndicatorItem condition="{condition}"><Context search="{search}"'
            f'/><Content type="string">{value}</Content></IndicatorItem>')


def ioc(items):
    return ('<?xml version="1.0"?>\n<!-- ours -->\n<ioc xmlns="http://schemas.'
            'mandiant.com/2010/ioc" id="x"><definition><Indicator operator="OR">'
            f"{items}</Indicator></definition></ioc>\n")


def package(kind, fields):
    return ('<s:STIX_Package xmlns:s="http://stix.mitre.org/stix-1" xmlns:i='
            '"http://stix.mitre.org/Indicator-2" xmlns:c="http://cybox.mitre.'
            'org/cybox-2" xmlns:o="http://cybox.mitre.org/objects" xmlns:xsi='
            '"http://www.w3.org/2001/XMLSchema-instance"><s:Indicators>'
            '<s:Indicator id="e:i-1"><i:Observable idref="e:o-1"/>'
            '</s:Indicator></s:Indicators><s:Observables><c:Observable '
            'id="e:o-1"><c:Object><c:Properties xsi:type="o:'
            f'{kind}ectType">{fields}</c:Properties></c:Object></c:Observable>'
            "</s:Observables></s:STIX_Package>")


STIX = {"type": "indicator", "spec_version": "2.1", "id":
        "indicator--11111111-1111-4111-8111-111111111111",
        "created": "2020-01-01T00:00:00Z", "modified": "2020-01-01T00:00:00Z",
        "pattern": f"[domain-name:value = '{NAME}']", "pattern_type": "stix",
        "valid_from": "2020-01-01T00:00:00Z"}
# name, content, the value that must hit, options
CASES = [
    ("list.txt", f"# today\n{NAME.replace('.', '[.]')}\n", NAME),
    ("lines.json", json.dumps(STIX) + "\n" + json.dumps({**STIX, "id":
     "indicator--11111111-1111-4111-8111-111111111112"}) + "\n", NAME),
    ("nested.json", json.dumps({"objects": [{"type": "bundle", "id": "bundle--"
     "11111111-1111-4111-8111-111111111111", "objects": [STIX]}]}), NAME),
    ("event.json", event(attribute("domain", NAME)), NAME),
    ("attributes.json", json.dumps({"response": {"Attribute": [
        attribute("ip-dst", ADDRESS)]}}), ADDRESS),
    ("agent.json", event(attribute("user-agent", AGENT)),
     f"User-Agent: {AGENT}"),
    ("any.json", event(attribute("domain", NAME, False)), NAME,
     "--format", "misp:to_ids=any"),
    ("intel.dat", "#fields\tindicator\tindicator_type\tmeta.source\n"
     f"{NAME}\tIntel::DOMAIN\tus\n", NAME),
    ("urlhaus", "# id,dateadded,url,url_status,last_online,threat,tags,"
     "urlhaus_link,reporter\n"
     '"1","2026-01-01 00:00:00","http://mirror.toro.example/feed.xml",'
     '"online","","x","a","",""\n', "http://mirror.toro.example/feed.xml"),
    ("feodo.csv", '"first_seen_utc","dst_ip","dst_port","c2_status",'
     '"last_online","malware"\n"2026-01-01 00:00:00","203.0.113.64","80",'
     '"online","","x"\n', "203.0.113.64"),
    ("own.csv", f"a;{NAME};70\n", NAME, "--format",
     "csv:value=2,confidence=3"),
    ("dataset", encoded(NAME) + "\n", NAME),
    ("agents", encoded(AGENT) + "\n", f"User-Agent: {AGENT}", "--format",
     "suricata-dataset:field=http.user_agent"),
    ("reputation", f"{ADDRESS},1,127\n", ADDRESS),
    ("scores", f"{encoded(NAME)},7\n", NAME),
    ("one.ioc", ioc(item("DnsEntryItem/RecordName", "contains", "portal.")
                    + item("RegistryItem/Path", "is", "x")), NAME),
    ("both.ioc", ioc('<Indicator operator="AND">'
                     + item("Network/UserAgent", "contains", "Lantern 1.3)")
                     + item("Network/URI", "contains", "/") + "</Indicator>"),
     f"User-Agent: {AGENT}"),
    ("package.xml", package("DomainNameObj", f"<o:Value>{NAME}</o:Value>"),
     NAME),
    ("list.xml", package("AddressObj", '<o:Address_Value condition="Equals" '
     f'apply_condition="ANY">192.0.2.1##comma##{ADDRESS}</o:Address_Value>'),
     ADDRESS),
]

for name, text, value, *options in CASES:
    hits, _ = match(write(name, text), *options)
    check(hits and all(hit["value"].lower() == value.lower() for hit in hits),
          f"{name}: {[hit['value'] for hit in hits]}")
    check(all(hit["source"] == name for hit in hits), f"{name}: source")

# A feed is a folder; what its manifest does not name is withdrawn, and what is
# not there is told.
write("feed/manifest.json", json.dumps(
    {EVENT: {"info": "Autumn"}, EVENT[:-1] + "0": {}, "../../event": {}}))
write(f"feed/{EVENT}.json", event(attribute("domain", NAME)))
write(f"feed/{EVENT[:-1]}1.json", event(attribute("ip-dst", ADDRESS)))
hits, told = match(os.path.join(place, "feed") + "/")
check(hits and {hit["value"] for hit in hits} == {NAME}, "feed: one event")
check({hit["source"] for hit in hits} == {"feed"}, "feed: its folder's name")
check({hit["tlp"] for hit in hits} == {"green"}, "feed: the event's marking")
check({hit["context"]["reports"][0]["name"] for hit in hits} == {"Autumn"},
      "feed: the event's name")
check("2 of 3 entries refused" in told, f"feed: {told}")

# Nothing is dropped in silence.
_, told = match(write("quiet.json", event(attribute("domain", NAME, False))))
check("1 of 1 entries ignored: not for detection" in told, told)
done = case.run(noroshi, "check", "--format", "no-such", capture, status=2)
check("misp" in done.stderr, done.stderr)
case.end()
