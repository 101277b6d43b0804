# SPDX-License-Identifier: Apache-2.0
"""hub: a TAXII 2.1 server for tests, with faults that can be switched, and
MISP's sightings API and feed beside it.

As a program:  hub.py [--bind ADDRESS] [--port N] [--control PATH] ...
prints the URL of its discovery resource in one line and serves until it is
killed. PATH is a UNIX socket: one JSON object per line, {"do": NAME, ...}
calls the method NAME of Hub that is marked as a control below; the answer is
one line, {"ok": RESULT} or {"error": TEXT}. Control(PATH) speaks that.

As a module:  with Hub() as hub: hub.publish(OBJECT) ...

Two collections: "alerts" (id ALERTS) can be read, "sightings" (id SIGHTINGS)
can be written; what is posted there can be read by tests with received().
Loopback only unless --bind says otherwise. Standard library only.
"""
import argparse
import base64
import json
import os
import socket
import socketserver
import ssl
import threading
import time
import uuid

from hub_collection import (Collection, Many, Refusal, now_us, stamp,
                            stamp_us, version_of)
from hub_http import MEDIA, Server, bind  # noqa: F401
from hub_misp import Misp

ALERTS = "91a7b528-80eb-42ed-a74d-c6fbd5a26116"
SIGHTINGS = "52892447-4d7e-4f70-b94d-d7f22742ff63"
PAGE = 100  # objects, when no limit is asked for

# Faults, off by default. Those of a page first.
FAULTS = {
    "content_type": None,  # another Content-Type
    "no_next": False,  # paging by added_after alone
    "endless": False,  # more is always true, the first page again
    "circle": False,  # likewise of objects without match[id], not the manifest
    "no_manifest": False,  # 404
    "duplicate": False,  # each page but the first comes twice
    "cut_json": False,  # the JSON ends in the middle
    "bad_object": False,  # an object that is no JSON stands among the others
    "garbage": False,  # octets that are no JSON, between two objects
    "bad_utf8": False,  # a name that is no UTF-8
    "bare": False,  # objects without spec_version, created and modified
    "huge": 0,  # one more object, of so many bytes
    "drop": False,  # the connection ends before the body does
    "length": 0,  # Content-Length is so many bytes off
    "ignore_added_after": False,
    "dates": "Z",  # or "offset", "js", "undefined", "none"
    "one_date": False,  # everything published has the same date_added
    "skew": 0,  # seconds that the hub's clock is ahead
    "bundle": False,  # the objects stand in a bundle inside the envelope
    "gzip": False,
    "forget_next": False,  # every next has expired: 400
    "next_ttl": 30,  # seconds until a next expires
    "need_limit": False,  # a next without a limit: 500
    "endless_body": False,  # bytes without end
    # Of all answers.
    "slow": 0,  # seconds before each answer
    "drip": 0,  # seconds between the bytes of a page
    "redirect": None,  # 308 to this URL
    "echo": False,  # errors repeat the credentials
    "html_errors": False,
    "old": False,  # speaks TAXII 2.0 only: 406
    "plain": False,  # knows no version=2.1 in the media type: 406, 415
    "roots": None,  # API roots that discovery names instead
    # Of a post and its status.
    "no_status": False,  # a status resource is gone at once
    "pending": 0,  # so many polls until a status is complete
    "counts_only": False,  # a status without lists
    "odd_ids": False,  # status ids with colons and slashes
}


def control(method):
    method.is_control = True
    return method


def indicator(n, name=None):
    return {"type": "indicator", "spec_version": "2.1",
            "id": f"indicator--{n:08x}-0000-4000-8000-000000000000",
            "created": "2026-01-01T00:00:00.000Z",
            "modified": "2026-01-01T00:00:00.000Z",
            "pattern": f"[domain-name:value = '{name or f'c{n}.example'}']",
            "pattern_type": "stix", "valid_from": "2026-01-01T00:00:00Z"}


class Walk:
    """What a next stands for."""

    def __init__(self, query, entries, at):
        self.query = query
        self.entries = entries
        self.at = at
        self.made = time.monotonic()
        self.is_repeated = False


class Hub:
    def __init__(self, bind="127.0.0.1", port=0, auth=None, tls=None,
                 max_content_length=10485760):
        self.bind = bind
        self.port = port
        self.auth = auth  # {header name: value} that a request must have
        self.tls = tls  # an ssl.SSLContext
        self.max_content_length = max_content_length
        self.lock = threading.RLock()
        self.collections = [Collection(ALERTS, "alerts", True, False),
                            Collection(SIGHTINGS, "sightings", False, True)]
        self.fault = dict(FAULTS)
        self.walks = {}  # next -> Walk
        self.statuses = {}  # id -> [polls until it is complete, resource]
        self.posts = []  # objects in the order they came
        self.envelopes = []  # and as they were posted
        self.log = []  # one dict per request
        self.failures = []  # [how many, status, retry_after]
        self.rejected = {}  # id -> why a posted object fails
        self.misp = Misp()
        self.server = None

    # What tests ask for, in the process or over the control socket.

    @control
    def publish(self, *objects, collection="alerts"):
        with self.lock:
            target = self.collection(collection)
            us = now_us() + self.fault["skew"] * 1000000
            newest = target.newest_us()
            if newest is not None and self.fault["one_date"]:
                us = newest
            elif newest is not None and us <= newest:
                us = newest + 1
            for i, obj in enumerate(objects):
                target.add(obj, us if self.fault["one_date"] else us + i)
            return len(target)

    @control
    def many(self, count, step_us=1, collection="alerts"):
        """So many indicators, made as they are asked for, instead of what was
        published; 0: that again."""
        with self.lock:
            first_us = now_us() - count * max(step_us, 1)
            self.collection(collection).many = Many(
                count, indicator, first_us, step_us) if count else None

    @control
    def revoke(self, id_, collection="alerts"):
        """A new version that says revoked, a millisecond younger."""
        with self.lock:
            target = self.collection(collection)
            newest = max((obj for _, obj in target.versions(id_)),
                         key=version_of)
            us = stamp_us(newest["modified"]) + 1000
            new = dict(newest, revoked=True, modified=stamp(us)[:-4] + "Z")
            self.publish(new, collection=collection)
            return new["modified"]

    @control
    def withdraw(self, id_, collection="alerts"):
        """Gone without a word, as TAXII has none for it."""
        with self.lock:
            self.collection(collection).remove(id_)

    @control
    def fail(self, count, status, retry_after=None):
        with self.lock:
            self.failures = [count, status, retry_after]

    @control
    def set(self, **faults):
        with self.lock:
            for name, value in faults.items():
                if name not in self.fault:
                    raise KeyError(name)
                self.fault[name] = value

    @control
    def reject(self, id_, why):
        with self.lock:
            self.rejected[id_] = why

    @control
    def received(self):
        with self.lock:
            return list(self.posts)

    @control
    def requests(self):
        with self.lock:
            return list(self.log)

    @control
    def misp_key(self, key):
        self.misp.key = key

    @control
    def misp_attribute(self, value, uuid_=None):
        with self.lock:
            return self.misp.attribute(value, uuid_)

    @control
    def misp_event(self, event):
        with self.lock:
            self.misp.event(event)

    @control
    def misp_withdraw(self, uuid_):
        with self.lock:
            self.misp.withdraw(uuid_)

    @control
    def misp_sightings(self):
        with self.lock:
            return list(self.misp.sightings)

    @control
    def vanish(self):
        """Nobody listens any more, until back()."""
        server, self.server = self.server, None
        server.shutdown()
        server.server_close()
        server.drop_all()

    @control
    def back(self):
        self.start()

    # Serving.

    def start(self):
        self.server = bind(self, self.tls)
        self.port = self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, args=(0.02,),
                         daemon=True).start()
        return self

    def stop(self):
        if self.server:
            self.vanish()

    def __enter__(self):
        return self.start()

    def __exit__(self, *_):
        self.stop()

    @property
    def origin(self):
        scheme = "https" if self.tls else "http"
        host = f"[{self.bind}]" if ":" in self.bind else self.bind
        return f"{scheme}://{host}:{self.port}"

    @property
    def url(self):
        return self.origin + "/taxii2/"

    def collection(self, name):
        for each in self.collections:
            if name in (each.id, each.alias):
                return each
        raise Refusal(404, "no such collection")

    def readable(self, name):
        target = self.collection(name)
        if not target.can_read:
            raise Refusal(403, "this collection cannot be read")
        return target

    def page_of(self, query, begin):
        """(entries of the page, more, next); @begin(query) selects."""
        has_limit = "limit" in query
        try:
            limit = int(query.pop("limit", [PAGE])[0])
        except ValueError:
            limit = 0
        if limit < 1:
            raise Refusal(400, "limit")
        limit = min(limit, 10000)
        token = query.pop("next", [None])[0]
        if token is None:
            walk = Walk(query, begin(query), 0)
        else:
            walk = self.walk_of(token, query, has_limit)
        if self.fault["duplicate"] and walk.at > 0 and not walk.is_repeated:
            walk.is_repeated = True
            at, end = max(0, walk.at - limit), walk.at
        else:
            at, end = walk.at, walk.at + limit
        more = end < len(walk.entries)
        if self.fault["endless"]:
            more, end = len(walk.entries) > 0, 0
        if not more or self.fault["no_next"]:
            return walk.entries[at:at + limit], more, None
        next_ = str(uuid.uuid4())
        self.walks[next_] = Walk(query, walk.entries, end)
        self.walks[next_].is_repeated = end == walk.at
        return walk.entries[at:at + limit], more, next_

    def walk_of(self, token, query, has_limit):
        walk = self.walks.get(token)
        if self.fault["need_limit"] and not has_limit:
            raise Refusal(500, "no limit")
        if walk is None or self.fault["forget_next"] or \
                time.monotonic() - walk.made > self.fault["next_ttl"]:
            raise Refusal(400, "this next has expired")
        if walk.query != query:
            raise Refusal(400, "other filters than the walk began with")
        return walk

    def objects(self, name, query):
        """A page: (envelope, date_added of its first and last object)."""
        target = self.readable(name)
        if self.fault["circle"] and "match[id]" not in query:
            query = {**query, "added_after": [stamp(0)]}
            query.pop("next", None)
            envelope, first, last = self.envelope(query, target.select)
            return {**envelope, "more": True}, first, last
        return self.envelope(query, lambda q: target.select(
            q, self.fault["ignore_added_after"]))

    def object(self, name, id_, query):
        target = self.readable(name)
        if id_ not in target.by_id:
            raise Refusal(404, "no such object")
        return self.envelope(query, lambda q: target.select(
            {**q, "match[id]": [id_]}))

    def envelope(self, query, begin):
        entries, more, next_ = self.page_of(query, begin)
        envelope = {"more": more} if entries or more else {}
        if next_:
            envelope["next"] = next_
        if entries:
            envelope["objects"] = [obj for _, obj in entries]
        return (envelope, *dates_of(entries))

    def manifest(self, name, query):
        """As objects, and (as the specification has it) without a next."""
        target = self.readable(name)
        if self.fault["no_manifest"]:
            raise Refusal(404, "nothing here")
        entries, more, _ = self.page_of(query, lambda q: target.select(
            q, self.fault["ignore_added_after"]))
        rows = [{"id": obj["id"], "date_added": stamp(us),
                 "version": version_of(obj),
                 "media_type": "application/stix+json;version=2.1"}
                for us, obj in entries]
        resource = {"more": more, "objects": rows} if rows else {}
        return (resource, *dates_of(entries))

    def versions(self, name, id_, query):
        target = self.readable(name)
        entries, more, _ = self.page_of(query,
                                        lambda q: target.versions(id_))
        return ({"more": more,
                 "versions": [version_of(obj) for _, obj in entries]},
                *dates_of(entries))

    def delete(self, name, id_, query):
        target = self.collection(name)
        if not (target.can_read and target.can_write):
            raise Refusal(403, "nothing is deleted here")
        target.remove(id_, query.get("match[version]", ["all"])[0])

    def post(self, name, body):
        target = self.collection(name)
        if not target.can_write:
            raise Refusal(403, "this collection cannot be written")
        try:
            objects = json.loads(body)["objects"]
            if not objects or not all(isinstance(o, dict) for o in objects):
                raise TypeError
        except (ValueError, KeyError, TypeError):
            raise Refusal(422, "not an envelope") from None
        id_ = str(uuid.uuid4())
        if self.fault["odd_ids"]:
            id_ = f"work_{id_}/{stamp(now_us())}"
        status = {"id": id_, "status": "complete",
                  "request_timestamp": stamp(now_us()),
                  "total_count": len(objects), "success_count": 0,
                  "successes": [], "failure_count": 0, "failures": [],
                  "pending_count": 0, "pendings": []}
        self.envelopes.append(objects)
        for obj in objects:
            item = {"id": obj.get("id", ""), "version": version_of(obj)}
            if item["id"] in self.rejected or not item["id"]:
                item["message"] = self.rejected.get(item["id"], "no id")
                status["failures"].append(item)
                continue
            if not target.add(obj, now_us()):
                item["message"] = "Object already added"
            self.posts.append(obj)
            status["successes"].append(item)
        status["success_count"] = len(status["successes"])
        status["failure_count"] = len(status["failures"])
        if self.fault["counts_only"]:
            for key in ("successes", "failures", "pendings"):
                del status[key]
        self.statuses[id_] = [self.fault["pending"], status]
        return self.status_now(id_, False)

    def status_now(self, id_, is_poll):
        if id_ not in self.statuses or (is_poll and self.fault["no_status"]):
            raise Refusal(404, "no such status")
        entry = self.statuses[id_]
        polls, status = entry
        if polls == 0:
            return status
        entry[0] -= is_poll
        return {"id": id_, "status": "pending",
                "request_timestamp": status["request_timestamp"],
                "total_count": status["total_count"], "success_count": 0,
                "failure_count": 0, "pending_count": status["total_count"]}

    def serve_control(self, path):
        hub = self

        class Line(socketserver.StreamRequestHandler):
            def handle(self):
                for line in self.rfile:
                    try:
                        call = json.loads(line)
                        method = getattr(hub, call.pop("do"))
                        if not getattr(method, "is_control", False):
                            raise AttributeError("no control")
                        args = call.pop("args", [])
                        answer = {"ok": method(*args, **call)}
                    except Exception as error:  # told to the caller
                        answer = {"error": repr(error)}
                    self.wfile.write(json.dumps(answer).encode() + b"\n")

        class Socket(socketserver.ThreadingMixIn,
                     socketserver.UnixStreamServer):
            daemon_threads = True

        if os.path.exists(path):
            os.unlink(path)
        server = Socket(path, Line)
        threading.Thread(target=server.serve_forever, daemon=True).start()


def dates_of(entries):
    return (entries[0][0], entries[-1][0]) if entries else (None, None)


class Control:
    """A Hub in another process: control.publish(OBJECT), ..."""

    def __init__(self, path):
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.connect(path)
        self.file = self.socket.makefile("rw", encoding="utf-8")

    def __getattr__(self, name):
        def call(*args, **kwargs):
            line = json.dumps({"do": name, "args": args, **kwargs})
            self.file.write(line + "\n")
            self.file.flush()
            answer = json.loads(self.file.readline())
            if "error" in answer:
                raise RuntimeError(answer["error"])
            return answer["ok"]
        return call


def basic(user, password):
    pair = base64.b64encode(f"{user}:{password}".encode()).decode()
    return {"Authorization": "Basic " + pair}


def context(certificate, key, clients=None):
    """TLS; with @clients only for those whose authority that is."""
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(certificate, key)
    if clients:
        tls.verify_mode = ssl.CERT_REQUIRED
        tls.load_verify_locations(clients)
    return tls


def main():
    parser = argparse.ArgumentParser(description="a TAXII 2.1 hub for tests")
    parser.add_argument("--bind", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--control", help="path of a UNIX socket")
    parser.add_argument("--basic", metavar="USER:PASSWORD")
    parser.add_argument("--bearer", metavar="TOKEN")
    parser.add_argument("--tls", nargs=2, metavar=("CERTIFICATE", "KEY"))
    parser.add_argument("--clients", metavar="CA", help="mutual TLS")
    parser.add_argument("--publish", action="append", default=[],
                        metavar="FILE", help="objects of a bundle, at start")
    args = parser.parse_args()
    auth = None
    if args.basic:
        auth = basic(*args.basic.split(":", 1))
    if args.bearer:
        auth = {"Authorization": "Bearer " + args.bearer}
    tls = context(*args.tls, args.clients) if args.tls else None
    hub = Hub(args.bind, args.port, auth, tls)
    for path in args.publish:
        with open(path, encoding="utf-8") as file:
            hub.publish(*json.load(file)["objects"])
    hub.start()
    if args.control:
        hub.serve_control(args.control)
    print(hub.url, flush=True)
    try:
        threading.Event().wait()
    except KeyboardInterrupt:
        hub.stop()


if __name__ == "__main__":
    main()
