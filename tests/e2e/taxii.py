#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Each row of the tables in section 5 of the specification, and each fault of
its section 6, as one test against the test hub.
usage: taxii.py PULL_PROBE PUSH_PROBE SOURCE_DIR WORK_DIR"""
import http.server
import json
import os
import sys
import threading
import time
import urllib.parse
import urllib.request

from pulling import Probe, hub_of, want

pull_probe, push_probe, source, work = sys.argv[1:5]
hub_module = hub_of(source)
Hub, indicator = hub_module.Hub, hub_module.indicator
ours = Probe(work, "taxii", pull_probe, push_probe)
ROWS = []


def row(text):
    def mark(function):
        ROWS.append((text, function))
        return function
    return mark


def pull(hub, path=None, **options):
    return ours.pull(path or ours.store(), hub.url, **options)


def push(hub, count=4, path=None, **options):
    return ours.push(path or ours.store(), hub.url, 0, count, **options)


def asked(hub, part="/objects/"):
    return [urllib.parse.unquote(r["path"]) for r in hub.requests()
            if part in r["path"]]


def fill(hub, count=25):
    hub.publish(*[indicator(n) for n in range(count)])


# 5.1, endpoints.

@row("discovery, API root, collections: the collection by id, alias, title")
def _(hub):
    fill(hub)
    for name in (hub_module.ALERTS, "alerts"):
        want(pull(hub, collection=name), objects=25, health="well")
    want(ours.pull(ours.store(), hub.origin + "/api/"), objects=25)
    for request in hub.requests():
        want(request, accept=hub_module.MEDIA, method="GET", agent="noroshi")


@row("match[type]: the list of the specification, or what is configured")
def _(hub):
    hub.publish(indicator(1), {"type": "x-toy", "id": "x-toy--1"},
                {"type": "note", "id": "note--1", "object_refs": []})
    want(pull(hub), objects=2)
    want(pull(hub, types="x-toy,indicator"), objects=2, indicators=1)
    want(pull(hub, types="x-toy"), objects=1, indicators=0)
    assert "match[type]=indicator,relationship,report" in asked(hub)[0]


@row("added_after is exclusive, limit and next follow it")
def _(hub):
    fill(hub)
    path = ours.store()
    want(pull(hub, path, limit=10, walks=2), objects=25, known=0, pages=4)
    paths = asked(hub)
    assert "next=" not in paths[0] and "next=" in paths[1], paths
    assert "added_after=" not in paths[2] and "added_after=" in paths[3], paths


# 5.1, statuses.

@row("200 with {}: an empty page; the watermark stays")
def _(hub):
    path = ours.store()
    want(pull(hub, path), objects=0, health="well")
    fill(hub, 3)
    want(pull(hub, path), objects=3)
    want(pull(hub, path, walks=2), objects=3, known=0)


@row("202: the status is stored and polled")
def _(hub):
    hub.set(pending=2, odd_ids=True)
    want(push(hub), confirmed=4, health="well")
    polls = [r for r in asked(hub, "/status/")]
    assert len(polls) == 3 and all("work_" in p for p in polls), polls


@row("301/302/307/308: on the same scheme, host and port only, at most 3")
def _(hub):
    fill(hub)
    want(ours.pull(ours.store(), hub.url.rstrip("/")), objects=25)
    with Hub() as other:
        hub.set(redirect=other.url)
        want(pull(hub, seconds=1), status=308, objects=0)
        assert not other.requests()


@row("400 on a next request: from the watermark")
def _(hub):
    fill(hub)
    hub.set(forget_next=True)
    want(pull(hub, limit=20), objects=25, health="well", expired=1)


@row("401, 403: that collection stops, and says so")
def _(hub):
    for status in (401, 403):
        hub.fail(100, status)
        got = pull(hub, seconds=1)
        want(got, status=status, health="in trouble")
        assert len(hub.requests()) == 1, "tried again within the hour"
        hub.log.clear()


@row("404: looked for once more")
def _(hub):
    fill(hub)
    path = ours.store()
    want(pull(hub, path), objects=25)
    hub.publish(indicator(99))
    hub.log.clear()
    hub.fail(1, 404)
    want(pull(hub, path, seconds=5), objects=26, health="well")
    assert asked(hub, "/taxii2/"), "discovery again"


@row("406, 415: once more without a version, then it fails")
def _(hub):
    fill(hub)
    hub.set(plain=True)
    want(pull(hub), objects=25, health="well")
    want(push(hub), confirmed=4)
    hub.set(plain=False, old=True)
    hub.log.clear()
    want(pull(hub, seconds=1), objects=0, status=406, health="in trouble")
    assert len(hub.requests()) == 2, hub.requests()


@row("413: half the batch; one sighting without detail; given up and counted")
def _(hub):
    hub.max_content_length = 6000
    want(push(hub, 8), confirmed=8)
    hub.max_content_length = 100
    want(push(hub, 2), failed=2, confirmed=0)


@row("422: split, and the bad one is quarantined")
def _(hub):
    post = hub.post
    where = ours.store()

    def strict(name, body):
        nonlocal bad
        ids = [o["id"] for o in json.loads(body)["objects"]
               if o["type"] == "sighting"]
        bad = bad or ids[1]
        if bad in ids:
            raise hub_module.Refusal(422, "no")
        return post(name, body)
    bad = None
    hub.post = strict
    want(push(hub, 4, where), confirmed=3, failed=1)


@row("429, 503: Retry-After, in seconds and as a date")
def _(hub):
    fill(hub)
    for status in (429, 503):
        for after in (2, None):
            hub.log.clear()
            after = after or time.strftime("%a, %d %b %Y %H:%M:%S GMT",
                                           time.gmtime(time.time() + 3))
            hub.fail(1, status, after)
            want(pull(hub, seconds=20), objects=25, health="well")
            times = [r["time"] for r in hub.requests()]
            assert times[1] - times[0] >= 1.5, (after, times)


@row("other 5xx, timeouts, resets: again, ever later; posts with the same ids")
def _(hub):
    fill(hub)
    hub.fail(2, 502)
    want(pull(hub), objects=25, health="well")
    hub.set(slow=5)
    want(pull(hub, total_ms=300, seconds=1), health="in trouble", status=0)
    hub.set(slow=0)
    hub.fail(2, 500)
    want(push(hub), confirmed=4)
    ids = [o["id"] for o in hub.received() if o["type"] == "sighting"]
    assert len(ids) == len(set(ids)) == 4, ids


# 5.1, who we are.

@row("Basic, Bearer, Token, API-key header; from a file or the environment")
def _(hub):
    fill(hub)
    word = "open-sesame"
    for header, value, options in (
            ("Authorization", "Bearer " + word,
             {"bearer": ours.secret(word)}),
            ("Authorization", "Bearer " + word,
             {"variable": "NRS_TOKEN", "env": {"NRS_TOKEN": word}}),
            ("Authorization", "Token " + word,
             {"api_key": ours.secret(word), "scheme": "Token"}),
            ("X-API-Key", word,
             {"api_key": ours.secret(word), "header": "X-API-Key"}),
            ("Authorization", hub_module.basic("me", word)["Authorization"],
             {"basic": ours.secret("me:" + word)})):
        hub.auth = {header: value}
        want(pull(hub, **options), objects=25)
        want(pull(hub, seconds=1), status=401)
        assert word not in json.dumps(pull(hub, seconds=1, bearer=ours.secret(
            word + "x")))


class Proxy(http.server.BaseHTTPRequestHandler):
    seen = []

    def log_message(self, *_):
        pass

    def do_GET(self):
        self.seen.append(self.path)
        headers = {k: v for k, v in self.headers.items()
                   if k.lower() not in ("host", "proxy-connection",
                                        "accept-encoding")}
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with opener.open(urllib.request.Request(self.path,
                                                headers=headers)) as answer:
            body = answer.read()
            self.send_response(answer.status)
            for name in ("Content-Type", "X-TAXII-Date-Added-Last"):
                if answer.headers[name]:
                    self.send_header(name, answer.headers[name])
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)


@row("proxies: the configured one, never the environment's")
def _(hub):
    fill(hub)
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Proxy)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    want(pull(hub, proxy=f"http://127.0.0.1:{server.server_address[1]}"),
         objects=25, health="well")
    assert len(Proxy.seen) == len(hub.requests()) > 3, Proxy.seen
    server.shutdown()
    server.server_close()
    want(pull(hub), objects=25)


# 5.2, stop rules.

@row("no progress: a larger page, then the manifest and by id")
def _(hub):
    fill(hub, 150)
    hub.set(circle=True)
    want(pull(hub, limit=50), objects=150, health="well")
    hub.set(one_date=True, circle=False, no_next=True)
    fill(hub, 150)
    want(pull(hub, limit=50), objects=150, health="well")


@row("no progress by any way: alarm, and the walk ends")
def _(hub):
    fill(hub, 3)
    hub.set(endless=True)
    want(pull(hub), objects=3, health="stuck")
    assert len(hub.requests()) < 30, len(hub.requests())


@row("pages without end are bounded, bytes of a page too")
def _(hub):
    fill(hub, 3)
    hub.set(endless_body=True)
    got = pull(hub, page_bytes=1 << 20, limit=2, seconds=5)
    assert got["message"].endswith("the answer is too large"), got


@row("full refresh: kept what it does not find, unless authoritative")
def _(hub):
    for authoritative, left in (({}, 3), ({"authoritative": "yes"}, 2)):
        path = ours.store()
        fill(hub, 3)
        want(pull(hub, path, refresh=1, **authoritative), objects=3)
        hub.withdraw(indicator(0)["id"])
        time.sleep(1.1)
        want(pull(hub, path, refresh=1, **authoritative), objects=left,
             indicators=left, withdrawn=3 - left)


# 5.4, what servers get wrong.

@row("many objects share one date_added")
def _(hub):
    hub.many(100000, 0)
    want(pull(hub, limit=10000, timeout=120), objects=100000, health="well")


@row("added_after and next of two different walks are never mixed")
def _(hub):
    fill(hub)
    path = ours.store()
    want(pull(hub, path, limit=10), objects=25)
    hub.publish(*[indicator(n) for n in range(30, 60)])
    want(pull(hub, path, limit=10), objects=55, expired=0, health="well")


for dates, text in (("undefined", 'headers "undefined"'),
                    ("none", "no headers at all"),
                    ("js", 'headers "Thu Feb 20 2020 ..."'),
                    ("offset", "headers with +00:00")):
    @row(text)
    def _(hub, dates=dates):
        fill(hub)
        path = ours.store()
        hub.set(dates=dates)
        want(pull(hub, path, limit=10), objects=25, health="well")
        hub.publish(indicator(99))
        hub.log.clear()
        got = pull(hub, path, limit=10)
        want(got, objects=26, health="well")
        # What the page does not say, its manifest does.
        assert got["known"] <= (25 if dates == "js" else 0), got
        assert all(p.endswith("Z") for r in asked(hub) for p in
                   urllib.parse.parse_qs(r.split("?")[1])
                   .get("added_after", [])), asked(hub)


@row("modified has nothing to do with paging")
def _(hub):
    hub.set(no_next=True)
    hub.publish(*[dict(indicator(n), modified=f"{2090 - n}-01-01T00:00:00Z")
                  for n in range(25)])
    want(pull(hub, limit=10, walks=2), objects=25, health="well")


@row("a manifest without next")
def _(hub):
    fill(hub, 55)
    hub.set(dates="none")
    path = ours.store()
    want(pull(hub, path, limit=10), objects=55)
    want(pull(hub, path, limit=10, walks=2), objects=55, known=0)


@row("a hub that ignores added_after")
def _(hub):
    fill(hub)
    hub.set(ignore_added_after=True)
    want(pull(hub, limit=10, walks=2), objects=25, health="well")


@row("a wrong Content-Type is read and counted")
def _(hub):
    fill(hub)
    hub.set(content_type="text/html")
    want(pull(hub), objects=25, odd_media=1, health="well")


@row("bundles inside an envelope")
def _(hub):
    fill(hub)
    hub.set(bundle=True)
    want(pull(hub, limit=10), objects=25, indicators=25, health="well")


@row("api_roots at another host: not asked, or looked for here")
def _(hub):
    fill(hub)
    with Hub() as other:
        hub.set(roots=[f"http://127.0.0.1:{other.port}/api/"])
        got = pull(hub, seconds=1)
        assert "trust_discovery" in got["message"], got
        want(pull(hub, trust="yes"), objects=25, health="well")
        assert not other.requests()


@row("URL without the slash")
def _(hub):
    fill(hub)
    want(ours.pull(ours.store(), hub.origin + "/api"), objects=25)


@row("400 and 401 in HTML")
def _(hub):
    hub.set(html_errors=True)
    for status in (400, 401):
        hub.fail(100, status)
        want(pull(hub, seconds=1), message=f"HTTP {status}")


@row("objects without spec_version and modified")
def _(hub):
    fill(hub)
    hub.set(bare=True)
    got = pull(hub, walks=2)
    want(got, objects=25, health="well", added=25)


@row("a status without successes")
def _(hub):
    hub.set(counts_only=True, pending=1)
    want(push(hub), confirmed=4)


# Section 6, what else is switchable.

@row("a slow body, a cut body, a wrong length")
def _(hub):
    fill(hub, 30)
    path = ours.store()
    for fault in ({"drop": True}, {"length": 50}, {"cut_json": True}):
        hub.set(**fault)
        want(pull(hub, path, seconds=1), health="in trouble")
        hub.set(drop=False, length=0, cut_json=False)
        want(pull(hub, path), objects=30, health="well")
    hub.set(drip=0.2)
    got = pull(hub, idle_ms=1000, seconds=2)
    assert got["health"] == "in trouble" and got["ms"] < 9000, got


@row("gzip answers; duplicate pages")
def _(hub):
    fill(hub)
    hub.set(gzip=True)
    want(pull(hub, limit=10), objects=25, health="well")
    hub.set(gzip=False, duplicate=True)
    want(pull(hub, limit=10), objects=25, health="well", added=25)


@row("the hub's clock an hour or three days ahead, or a year behind")
def _(hub):
    for skew in (3600, 3 * 86400, -365 * 86400):
        with Hub() as other:
            path = ours.store()
            other.set(skew=skew)
            fill(other)
            want(pull(other, path, limit=10), objects=25, health="well")
            other.publish(indicator(99))
            want(pull(other, path, limit=10), objects=26, health="well")


@row("one huge object; invalid UTF-8; invalid JSON in the middle")
def _(hub):
    fill(hub, 3)
    hub.set(huge=15 << 20)
    want(pull(hub), objects=4, health="well")
    hub.set(huge=17 << 20)  # above the cap of one object
    want(pull(hub), objects=3, refused=1, health="well")
    hub.set(huge=0, bad_utf8=True)
    want(pull(hub), objects=3, indicators=3, health="well")
    hub.set(bad_utf8=False, bad_object=True)
    want(pull(hub), objects=3, refused=1, health="well")
    hub.set(bad_object=False, garbage=True)
    got = pull(hub, seconds=1)
    assert got["objects"] == 2 and got["health"] == "in trouble", got


@row("a status that is 404: posted once more with the same ids, then kept")
def _(hub):
    hub.set(pending=1, no_status=True)
    want(push(hub, 2), unconfirmed=2)
    ids = [o["id"] for o in hub.received() if o["type"] == "sighting"]
    assert len(ids) == 4 and len(set(ids)) == 2, ids


def main():
    for text, function in ROWS:
        began = time.monotonic()
        with Hub() as hub:
            try:
                function(hub)
            except AssertionError as error:
                sys.exit(f"FAILED: {text}: {error}")
        print(f"{time.monotonic() - began:5.1f} s  {text}", flush=True)
    assert len(ROWS) > 35


os.environ.pop("NRS_TOKEN", None)
main()
