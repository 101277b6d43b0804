# SPDX-License-Identifier: Apache-2.0
"""hub: a small TAXII 2.1 server for tests, with faults that can be switched.

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
import datetime
import gzip
import json
import os
import socket
import socketserver
import ssl
import threading
import time
import urllib.parse
import uuid
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

MEDIA = "application/taxii+json;version=2.1"
ALERTS = "91a7b528-80eb-42ed-a74d-c6fbd5a26116"
SIGHTINGS = "52892447-4d7e-4f70-b94d-d7f22742ff63"
EPOCH = datetime.datetime(1970, 1, 1, tzinfo=datetime.timezone.utc)

# Faults of the answers to GET objects, off by default.
FAULTS = {
    "content_type": None,  # another Content-Type
    "no_next": False,  # paging by added_after alone
    "endless": False,  # more is always true, the first page again
    "cut_json": False,  # the JSON ends in the middle
    "bad_object": False,  # an object that is no JSON stands among the others
    "drop": False,  # the connection ends before the body does
    "ignore_added_after": False,
    "dates": "Z",  # or "offset", "js", "undefined", "none"
    "one_date": False,  # everything published has the same date_added
    "bundle": False,  # the objects stand in a bundle inside the envelope
    "gzip": False,
    "slow": 0,  # seconds before each answer
    "drip": 0,  # seconds between the bytes of the body
    "forget_next": False,  # every next has expired: 400
    "endless_body": False,  # bytes without end
    "redirect": None,  # 308 to this URL
    "echo": False,  # errors repeat the credentials
    "html_errors": False,
    "no_status": False,  # a status resource is gone at once
    "pending": 0,  # so many polls until a status is complete
}


class Refusal(Exception):
    """An answer that is an error."""

    def __init__(self, status, title, headers=None):
        super().__init__(title)
        self.status = status
        self.headers = headers or {}


def now_us():
    return time.time_ns() // 1000


def stamp(us, form="Z"):
    when = EPOCH + datetime.timedelta(microseconds=us)
    if form == "offset":
        return when.strftime("%Y-%m-%dT%H:%M:%S.%f+00:00")
    if form == "js":
        return when.strftime(
            "%a %b %d %Y %H:%M:%S GMT+0000 (Coordinated Universal Time)")
    if form == "undefined":
        return "undefined"
    return when.strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def stamp_us(text):
    text = text.rstrip("Z")
    form = "%Y-%m-%dT%H:%M:%S.%f" if "." in text else "%Y-%m-%dT%H:%M:%S"
    when = datetime.datetime.strptime(text, form)
    return (when.replace(tzinfo=datetime.timezone.utc) - EPOCH) \
        // datetime.timedelta(microseconds=1)


def control(method):
    method.is_control = True
    return method


class Collection:
    def __init__(self, id_, alias, can_read, can_write):
        self.id = id_
        self.alias = alias
        self.can_read = can_read
        self.can_write = can_write
        self.versions = set()  # (id, modified)
        self.entries = []  # (date_added in microseconds, object), in order

    def resource(self):
        return {"id": self.id, "title": self.alias, "alias": self.alias,
                "can_read": self.can_read, "can_write": self.can_write,
                "media_types": ["application/stix+json;version=2.1"]}

    def add(self, obj, us):
        if self.entries and us < self.entries[-1][0]:
            us = self.entries[-1][0]
        version = (obj["id"], obj.get("modified", obj.get("created")))
        if version in self.versions:
            return False
        self.versions.add(version)
        self.entries.append((us, obj))
        return True

    def latest(self):
        """Only the newest version of each id, as match[version]=last."""
        newest = {}
        for us, obj in self.entries:
            old = newest.get(obj["id"])
            if old is None or old[1].get("modified", "") <= \
                    obj.get("modified", ""):
                newest[obj["id"]] = (us, obj)
        return sorted(newest.values(), key=lambda entry: entry[0])


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
        self.walks = {}  # next -> (filters, what is left)
        self.statuses = {}
        self.posts = []  # objects in the order they came
        self.log = []  # one dict per request
        self.failures = []  # [how many, status, retry_after]
        self.rejected = {}  # id -> why a posted object fails
        self.server = None

    # What tests ask for, in the process or over the control socket.

    @control
    def publish(self, *objects, collection="alerts"):
        with self.lock:
            target = self.collection(collection)
            us = now_us()
            if self.fault["one_date"] and target.entries:
                us = target.entries[0][0]
            for i, obj in enumerate(objects):
                target.add(obj, us if self.fault["one_date"] else us + i)
            return len(target.entries)

    @control
    def revoke(self, id_, collection="alerts"):
        """A new version that says revoked, a millisecond younger."""
        with self.lock:
            target = self.collection(collection)
            newest = max((obj for _, obj in target.entries
                          if obj["id"] == id_), key=lambda o: o["modified"])
            us = stamp_us(newest["modified"]) + 1000
            new = dict(newest, revoked=True, modified=stamp(us)[:-4] + "Z")
            target.add(new, now_us())
            return new["modified"]

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
        handler = type("BoundHandler", (Handler,), {"hub": self})
        server = Server((self.bind, self.port), handler)
        if self.tls:
            server.socket = self.tls.wrap_socket(
                server.socket, server_side=True,
                do_handshake_on_connect=False)
        self.port = server.server_address[1]
        self.server = server
        threading.Thread(target=server.serve_forever, args=(0.02,),
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
    def url(self):
        scheme = "https" if self.tls else "http"
        host = f"[{self.bind}]" if ":" in self.bind else self.bind
        return f"{scheme}://{host}:{self.port}/taxii2/"

    def collection(self, name):
        for each in self.collections:
            if name in (each.id, each.alias):
                return each
        raise Refusal(404, "no such collection")

    def objects(self, name, query):
        """A page: (envelope, date_added of its first and last object)."""
        target = self.collection(name)
        if not target.can_read:
            raise Refusal(403, "this collection cannot be read")
        limit = int(query.pop("limit", ["100"])[0])
        if limit < 1:
            raise Refusal(400, "limit")
        limit = min(limit, 10000)
        token = query.pop("next", [None])[0]
        if token is None:
            left = self.select(target, query)
        else:
            filters, left = self.walks.get(token, (None, None))
            if filters is None or self.fault["forget_next"]:
                raise Refusal(400, "this next has expired")
            if filters != query:
                raise Refusal(400, "other filters than the walk began with")
        page, left = left[:limit], left[limit:]
        if self.fault["endless"]:
            left = self.select(target, {})
        envelope = {"more": bool(left)} if page or left else {}
        if left and not self.fault["no_next"]:
            envelope["next"] = str(uuid.uuid4())
            self.walks[envelope["next"]] = (query, left)
        if page:
            envelope["objects"] = [obj for _, obj in page]
        return envelope, page[0][0] if page else None, \
            page[-1][0] if page else None

    def select(self, target, query):
        entries = target.latest()
        if "added_after" in query and not self.fault["ignore_added_after"]:
            try:
                after = stamp_us(query["added_after"][0])
            except ValueError:
                raise Refusal(400, "added_after") from None
            entries = [e for e in entries if e[0] > after]
        for field in ("type", "id"):
            if f"match[{field}]" in query:
                wanted = query[f"match[{field}]"][0].split(",")
                entries = [e for e in entries if e[1].get(field) in wanted]
        return entries

    def post(self, name, body):
        target = self.collection(name)
        if not target.can_write:
            raise Refusal(403, "this collection cannot be written")
        try:
            objects = json.loads(body)["objects"]
            if not all(isinstance(o, dict) for o in objects):
                raise TypeError
        except (ValueError, KeyError, TypeError):
            raise Refusal(422, "not an envelope") from None
        status = {"id": str(uuid.uuid4()), "status": "complete",
                  "request_timestamp": stamp(now_us()),
                  "total_count": len(objects), "success_count": 0,
                  "successes": [], "failure_count": 0, "failures": [],
                  "pending_count": 0, "pendings": []}
        for obj in objects:
            item = {"id": obj.get("id", ""),
                    "version": obj.get("modified", obj.get("created", ""))}
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
        self.statuses[status["id"]] = [self.fault["pending"], status]
        return self.status_now(status["id"], False)

    def status_now(self, id_, is_poll):
        if id_ not in self.statuses or (is_poll and self.fault["no_status"]):
            raise Refusal(404, "no such status")
        entry = self.statuses[id_]
        polls, status = entry
        if polls == 0:
            return status
        entry[0] -= is_poll
        return {"id": id_, "status": "pending",
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


class Server(ThreadingHTTPServer):
    daemon_threads = True
    allow_reuse_address = True

    def __init__(self, address, handler):
        if ":" in address[0]:
            self.address_family = socket.AF_INET6
        self.open = set()
        super().__init__(address, handler)

    def process_request(self, request, client_address):
        self.open.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request):
        self.open.discard(request)
        super().shutdown_request(request)

    def drop_all(self):
        for request in list(self.open):
            try:
                request.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass

    def handle_error(self, request, client_address):
        pass  # connections that break are what is tested


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    hub = None  # set by Hub.start

    def log_message(self, *_):
        pass

    def do_GET(self):
        self.answer(b"")

    def do_POST(self):
        if "Content-Length" not in self.headers:
            self.close_connection = True
            self.say(400, {"title": "no Content-Length"})
            return
        length = int(self.headers["Content-Length"])
        if length > self.hub.max_content_length:
            self.close_connection = True
            self.say(413, {"title": "too large"})
            return
        self.answer(self.rfile.read(length))

    def answer(self, body):
        hub = self.hub
        url = urllib.parse.urlsplit(self.path)
        with hub.lock:
            hub.log.append({"method": self.command, "path": self.path,
                            "accept": self.headers.get("Accept"),
                            "type": self.headers.get("Content-Type"),
                            "encoding": self.headers.get("Accept-Encoding"),
                            "agent": self.headers.get("User-Agent"),
                            "auth": self.headers.get("Authorization")})
            slow = hub.fault["slow"]
        if slow:
            time.sleep(slow)
        try:
            with hub.lock:
                self.check(url)
                status, resource, headers = self.route(
                    [p for p in url.path.split("/") if p],
                    urllib.parse.parse_qs(url.query), body)
        except Refusal as refusal:
            title = str(refusal)
            if hub.fault["echo"]:
                title += f" ({self.headers.get('Authorization')})"
            resource = {"title": title, "http_status": str(refusal.status)}
            if hub.fault["html_errors"]:
                resource = "<html>" + title
            status, headers = refusal.status, refusal.headers
        self.say(status, resource, headers)

    def check(self, url):
        hub = self.hub
        for name, value in (hub.auth or {}).items():
            if self.headers.get(name) != value:
                raise Refusal(401, "who are you?",
                              {"WWW-Authenticate": "Basic realm=\"hub\""})
        if hub.failures and hub.failures[0] > 0:
            hub.failures[0] -= 1
            _, status, after = hub.failures
            raise Refusal(status, "as told to",
                          {"Retry-After": str(after)} if after is not None
                          else {})
        if hub.fault["redirect"]:
            raise Refusal(308, "elsewhere",
                          {"Location": hub.fault["redirect"]})
        if not url.path.endswith("/"):
            query = "?" + url.query if url.query else ""
            raise Refusal(308, "with a slash",
                          {"Location": url.path + "/" + query})
        if self.headers.get("Accept") != MEDIA:
            raise Refusal(406, "say version=2.1")
        if self.command == "POST" and \
                self.headers.get("Content-Type") != MEDIA:
            raise Refusal(415, "say version=2.1")

    def route(self, parts, query, body):
        hub = self.hub
        if self.command == "POST":
            if len(parts) == 4 and parts[:2] == ["api", "collections"] and \
                    parts[3] == "objects":
                return 202, hub.post(urllib.parse.unquote(parts[2]), body), {}
            raise Refusal(404, "nothing here")
        if parts == ["taxii2"]:
            return 200, {"title": "test hub", "default": "/api/",
                         "api_roots": ["/api/"]}, {}
        if parts == ["api"]:
            return 200, {"title": "test root", "versions": [MEDIA],
                         "max_content_length": hub.max_content_length}, {}
        if parts == ["api", "collections"]:
            return 200, {"collections": [c.resource()
                                         for c in hub.collections]}, {}
        if len(parts) == 3 and parts[:2] == ["api", "status"]:
            return 200, hub.status_now(urllib.parse.unquote(parts[2]),
                                       True), {}
        if len(parts) == 3 and parts[:2] == ["api", "collections"]:
            return 200, hub.collection(parts[2]).resource(), {}
        if len(parts) == 4 and parts[:2] == ["api", "collections"] and \
                parts[3] == "objects":
            return self.page(urllib.parse.unquote(parts[2]), query)
        raise Refusal(404, "nothing here")

    def page(self, name, query):
        envelope, first, last = self.hub.objects(name, query)
        form = self.hub.fault["dates"]
        headers = {}
        if form == "undefined" or (first is not None and form != "none"):
            headers = {"X-TAXII-Date-Added-First": stamp(first or 0, form),
                       "X-TAXII-Date-Added-Last": stamp(last or 0, form)}
        if self.hub.fault["bundle"] and "objects" in envelope:
            envelope["objects"] = [{"type": "bundle",
                                    "id": f"bundle--{uuid.uuid4()}",
                                    "objects": envelope["objects"]}]
        text = json.dumps(envelope)
        if self.hub.fault["bad_object"]:
            text = text.replace('"objects": [', '"objects": [{nonsense}, ', 1)
        if self.hub.fault["cut_json"]:
            text = text[:len(text) * 2 // 3]
        return 200, text, headers

    def say(self, status, resource, headers=None):
        fault = self.hub.fault
        data = resource if isinstance(resource, str) else json.dumps(resource)
        data = data.encode()
        is_page = isinstance(resource, str) and status == 200
        self.send_response(status)
        kind = "text/html" if data.startswith(b"<") else MEDIA
        if is_page and fault["content_type"]:
            kind = fault["content_type"]
        self.send_header("Content-Type", kind)
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        if is_page and fault["gzip"] and \
                "gzip" in self.headers.get("Accept-Encoding", ""):
            data = gzip.compress(data)
            self.send_header("Content-Encoding", "gzip")
        if is_page and fault["endless_body"]:
            self.end_headers()
            self.close_connection = True
            while True:
                self.wfile.write(b" " * 65536)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        if is_page and fault["drop"]:
            data = data[:len(data) // 2]
            self.close_connection = True
        if is_page and fault["drip"]:
            for i in range(len(data)):
                self.wfile.write(data[i:i + 1])
                self.wfile.flush()
                time.sleep(fault["drip"])
            return
        self.wfile.write(data)


def basic(user, password):
    pair = base64.b64encode(f"{user}:{password}".encode()).decode()
    return {"Authorization": "Basic " + pair}


def main():
    parser = argparse.ArgumentParser(description="a TAXII 2.1 hub for tests")
    parser.add_argument("--bind", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--control", help="path of a UNIX socket")
    parser.add_argument("--basic", metavar="USER:PASSWORD")
    parser.add_argument("--bearer", metavar="TOKEN")
    parser.add_argument("--publish", action="append", default=[],
                        metavar="FILE", help="objects of a bundle, at start")
    args = parser.parse_args()
    auth = None
    if args.basic:
        auth = basic(*args.basic.split(":", 1))
    if args.bearer:
        auth = {"Authorization": "Bearer " + args.bearer}
    hub = Hub(args.bind, args.port, auth)
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
