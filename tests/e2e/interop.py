#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The interoperability tests of section 7 of the specification: noroshi as a
system that detects (TDS), a consumer and a producer of STIX, and a TAXII
client. Numbers are those of the public checklist that section 7 names.
usage: interop.py NOROSHI PULL_PROBE PUSH_PROBE SOURCE_DIR WORK_DIR"""
import json
import subprocess
import sys

from pulling import Probe, hub_of, want

noroshi, pull_probe, push_probe, source, work = sys.argv[1:6]
hub_module = hub_of(source)
ours = Probe(work, "interop", pull_probe, push_probe)
IDENTITY = {"type": "identity", "spec_version": "2.1",
            "id": "identity--f431f809-377b-45e0-aa1c-6a4751cae5ff",
            "created": "2026-01-01T00:00:00.000Z",
            "modified": "2026-01-01T00:00:00.000Z", "name": "ACME Corp",
            "identity_class": "organization"}
GREEN = "marking-definition--bab4a63c-aed9-4cf5-a766-dfca5abac2bb"
SHA256 = "aec070645fe53ee3b3763059376134f058cc337247c978add178b6ccdfb0019f"
MD5 = "cead3f77f6cda6ec00f57d76c9a6879f"

# number, what, patterns, values that are covered, values that are not
CONSUMED = (
    ("2.2.3.1", "IPv4 address", ["[ipv4-addr:value = '198.51.100.1']"],
     ["198.51.100.1"], ["198.51.100.2"]),
    ("2.2.3.2", "IPv4 CIDR", ["[ipv4-addr:value = '198.51.100.0/24']"],
     ["198.51.100.77"], ["198.51.101.1"]),
    ("2.2.3.3", "two indicators with CIDR",
     ["[ipv4-addr:value = '198.51.100.0/25']",
      "[ipv4-addr:value = '203.0.113.0/28']"],
     ["198.51.100.77", "203.0.113.15"], ["198.51.100.200", "203.0.113.16"]),
    ("2.2.3.4", "IPv6 address", ["[ipv6-addr:value = '2001:db8::1']"],
     ["2001:db8::1", "2001:DB8:0::1"], ["2001:db8::2"]),
    ("2.2.3.5", "IPv6 CIDR", ["[ipv6-addr:value = '2001:db8:1::/48']"],
     ["2001:db8:1:2::3"], ["2001:db8:2::3"]),
    ("2.2.3.6", "several indicators in one bundle",
     ["[domain-name:value = 'a.example']", "[domain-name:value = 'b.example']",
      "[url:value = 'http://c.example/x']"],
     ["a.example", "b.example", "http://c.example/x"], ["c.example"]),
    ("2.2.3.7", "FQDN", ["[domain-name:value = 'www.c2.example']"],
     ["www.c2.example"], ["c2.example", "xwww.c2.example"]),
    ("2.2.3.8", "URL", ["[url:value = 'https://c2.example/gate']"],
     ["https://c2.example/gate"], ["https://c2.example/gates"]),
    ("2.2.3.9", "URL or FQDN",
     ["[url:value = 'https://c2.example/gate' OR "
      "domain-name:value = 'c2.example']"],
     ["https://c2.example/gate", "c2.example"], ["example"]),
    ("2.2.3.10", "file hash, SHA-256 or MD5",
     [f"[file:hashes.'SHA-256' = '{SHA256}' OR file:hashes.MD5 = '{MD5}']"],
     [SHA256, MD5], [MD5[::-1]]),
)


def indicator(n, pattern, **more):
    return {"type": "indicator", "spec_version": "2.1",
            "id": f"indicator--{n:08x}-1111-4111-8111-111111111111",
            "created_by_ref": IDENTITY["id"],
            "created": "2026-01-01T00:00:00.000Z",
            "modified": "2026-01-01T00:00:00.000Z",
            "name": f"indicator {n}", "indicator_types":
            ["malicious-activity"], "pattern": pattern,
            "pattern_type": "stix", "valid_from": "2026-01-01T00:00:00Z",
            "object_marking_refs": [GREEN], **more}


def bundle(objects):
    path = ours.path("bundle") + ".json"
    with open(path, "w", encoding="utf-8") as file:
        json.dump({"type": "bundle", "id":
                   "bundle--5d0092c5-5f74-4287-9642-33f4c354e56d",
                   "objects": objects}, file)
    return path


def found(value, path):
    done = subprocess.run([noroshi, "find", "--json", value, path],
                          check=False, stdout=subprocess.PIPE, text=True)
    return [json.loads(line) for line in done.stdout.splitlines()]


def matching(value, path):
    """Those that traffic with @value would hit."""
    return [row for row in found(value, path) if row["status"] == "full"]


def consumed():
    for number, what, patterns, hits, misses in CONSUMED:
        objects = [IDENTITY] + [indicator(n, pattern)
                                for n, pattern in enumerate(patterns)]
        with hub_module.Hub() as hub:
            hub.publish(*objects)
            want(ours.pull(ours.store(), hub.url), health="well",
                 objects=len(objects), indicators=len(patterns))
        path = bundle(objects)
        for value in hits:
            assert matching(value, path), f"{number}: {value} is not found"
        for value in misses:
            rows = matching(value, path)
            assert not rows, f"{number}: {value} is found: {rows}"
        print(f"{number} {what}", flush=True)


def versions_and_markings():
    """2.4: the creator's new version and revocation; 2.5: markings kept;
    2.6: what is not known does not break; confidence is kept."""
    old = indicator(1, "[domain-name:value = 'old.example']")
    new = dict(old, pattern="[domain-name:value = 'new.example']",
               modified="2026-02-01T00:00:00.000Z", confidence=70)
    toy = {"type": "x-acme-toy", "spec_version": "2.1",
           "id": "x-acme-toy--0f1e2d3c-1111-4111-8111-111111111111",
           "created": "2026-01-01T00:00:00.000Z",
           "modified": "2026-01-01T00:00:00.000Z", "x_deep": {"a": [1, {}]}}
    odd = indicator(2, "[domain-name:value = 'odd.example']",
                    x_acme_score=9, extensions={
                        "extension-definition--"
                        "22222222-2222-4222-8222-222222222222":
                        {"extension_type": "property-extension", "toy": 1}})
    path = bundle([new, old, IDENTITY, toy, odd])  # in any order
    rows = matching("new.example", path)
    assert [(r["confidence"], r["tlp"]) for r in rows] == [(70, "green")], \
        rows
    assert not matching("old.example", path)
    assert matching("odd.example", path)
    gone = dict(new, revoked=True, modified="2026-03-01T00:00:00.000Z")
    path = bundle([gone, new, old, IDENTITY])
    assert not matching("new.example", path)
    assert "revoked" in [r["status"] for r in found("new.example", path)]
    with hub_module.Hub() as hub:
        where = ours.store()
        hub.publish(IDENTITY, old, toy, odd)
        want(ours.pull(where, hub.url), indicators=2)
        hub.publish(new)
        want(ours.pull(where, hub.url), indicators=2)
        hub.publish(gone)
        want(ours.pull(where, hub.url), indicators=1)
        hub.publish(dict(old, modified="2026-02-15T00:00:00.000Z"))
        want(ours.pull(where, hub.url), indicators=1, health="well")
    print("2.4 versions and revocation, 2.5 markings, 2.6 custom content")


def produced():
    """2.3.3: sightings of an indicator, with identity, observed data and
    count; each envelope stands for itself."""
    with hub_module.Hub() as hub:
        want(ours.push(ours.store(), hub.url, 0, 20), confirmed=20)
        count = 0
        for envelope in hub.envelopes:
            ids = {o["id"]: o for o in envelope}
            order = [o["type"] for o in envelope]
            for thing in envelope:
                assert len([r for r in thing.get("object_marking_refs", [])
                            if r in ids]) <= 1, "at most one TLP marking"
                for key, value in thing.items():
                    if key == "sighting_of_ref" or \
                            not key.endswith(("_ref", "_refs")):
                        continue
                    for ref in [value] if isinstance(value, str) else value:
                        assert ref in ids, f"{key} {ref} is not there"
                if thing["type"] != "sighting":
                    continue
                count += 1
                for key in ("first_seen", "last_seen", "count",
                            "created_by_ref", "observed_data_refs"):
                    assert key in thing, f"no {key}: {thing}"
                assert thing["first_seen"] <= thing["last_seen"]
                assert ids[thing["created_by_ref"]]["type"] == "identity"
                for ref in thing["observed_data_refs"]:
                    seen = ids[ref]
                    assert seen["object_refs"] and seen["created_by_ref"] \
                        and seen["number_observed"] >= 1, seen
            # What others refer to stands before them (OpenCTI, 4.7).
            assert order.index("identity") < order.index("observed-data") < \
                order.index("sighting"), order
        assert count == 20, count
    print("2.3.3 sighting sharing; confidence and observed data")


def client():
    """Basic, discovery, root, collections, objects, add, status; TLS is in
    e2e/pull."""
    with hub_module.Hub(auth=hub_module.basic("me", "sesame")) as hub:
        hub.publish(*[indicator(n, f"[domain-name:value = 'c{n}.example']")
                      for n in range(25)])
        hub.set(pending=1)
        secret = ours.secret("me:sesame")
        want(ours.pull(ours.store(), hub.url, limit=10, basic=secret),
             objects=25, pages=3)
        path = bundle([indicator(1, "[domain-name:value = 'x.example']")])
        want(ours.pull(ours.store(), hub.url, "sightings", post=path,
                       basic=secret), status=202, complete="no")
        asked = " ".join(r["path"] for r in hub.requests())
        for part in ("/taxii2/", "/api/ ", "/collections/ ", "limit=10",
                     "next="):
            assert part in asked, (part, asked)
    print("TAXII 2.1 client")


consumed()
versions_and_markings()
produced()
client()
