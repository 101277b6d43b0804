# SPDX-License-Identifier: Apache-2.0
"""hub_http: the test hub's HTTP: who may ask, which path is which resource,
and the faults of an answer's bytes (specification sections 5.1, 5.4 and 6).
"""
import gzip
import json
import socket
import time
import urllib.parse
import uuid
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from hub_collection import Refusal, stamp

MEDIA = "application/taxii+json;version=2.1"
PLAIN_MEDIA = "application/taxii+json"


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


def bind(hub, tls):
    server = Server((hub.bind, hub.port),
                    type("BoundHandler", (Handler,), {"hub": hub}))
    if tls:
        server.socket = tls.wrap_socket(server.socket, server_side=True,
                                        do_handshake_on_connect=False)
    return server


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    hub = None  # set by bind

    def log_message(self, *_):
        pass

    def do_GET(self):
        self.answer(b"")

    def do_DELETE(self):
        self.answer(b"")

    def do_POST(self):
        if "Content-Length" not in self.headers or \
                "Content-Encoding" in self.headers:
            self.close_connection = True
            self.say(400, {"title": "no Content-Length, or compressed"})
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
                            "time": time.time(),
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
                self.check_told(url)
                parts = [urllib.parse.unquote(p)
                         for p in url.path.split("/") if p]
                if parts[:1] in (["sightings"], ["feed"]):
                    status, resource, headers = self.route_misp(parts, body)
                else:
                    self.check_taxii(url)
                    status, resource, headers = self.route(
                        parts, urllib.parse.parse_qs(url.query), body)
        except Refusal as refusal:
            title = str(refusal)
            if hub.fault["echo"]:
                title += f" ({self.headers.get('Authorization')})"
            resource = {"title": title, "http_status": str(refusal.status)}
            if hub.fault["html_errors"]:
                resource = b"<html>" + title.encode()
            status, headers = refusal.status, refusal.headers
        self.say(status, resource, headers)

    def check_told(self, url):
        """What tests told the hub to answer, whatever is asked."""
        hub = self.hub
        if hub.failures and hub.failures[0] > 0:
            hub.failures[0] -= 1
            _, status, after = hub.failures
            raise Refusal(status, "as told to",
                          {"Retry-After": str(after)} if after is not None
                          else {})
        if hub.fault["redirect"]:
            raise Refusal(308, "elsewhere",
                          {"Location": hub.fault["redirect"]})

    def check_taxii(self, url):
        hub = self.hub
        for name, value in (hub.auth or {}).items():
            if self.headers.get(name) != value:
                raise Refusal(401, "who are you?",
                              {"WWW-Authenticate": "Basic realm=\"hub\""})
        if not url.path.endswith("/"):
            query = "?" + url.query if url.query else ""
            raise Refusal(308, "with a slash",
                          {"Location": url.path + "/" + query})
        media = PLAIN_MEDIA if hub.fault["plain"] else MEDIA
        if hub.fault["old"] or self.headers.get("Accept") != media:
            raise Refusal(406, "not what is spoken here")
        if self.command == "POST" and \
                self.headers.get("Content-Type") != media:
            raise Refusal(415, "not what is spoken here")

    def route_misp(self, parts, body):
        misp = self.hub.misp
        misp.check(self.headers.get("Authorization"))
        if parts[0] == "sightings" and self.command == "POST":
            return 200, misp.post(parts[1:], body), {}
        if parts[0] == "feed" and self.command == "GET":
            return 200, misp.get(parts[1:]), {}
        raise Refusal(405, "not this way")

    def route(self, parts, query, body):
        hub = self.hub
        is_get = self.command == "GET"
        if is_get and parts == ["taxii2"]:
            roots = hub.fault["roots"] or ["/api/"]
            return 200, {"title": "test hub", "default": roots[0],
                         "api_roots": roots}, {}
        if is_get and parts == ["api"]:
            return 200, {"title": "test root", "versions": [MEDIA],
                         "max_content_length": hub.max_content_length}, {}
        if is_get and parts == ["api", "collections"]:
            return 200, {"collections": [c.resource()
                                         for c in hub.collections]}, {}
        if is_get and len(parts) == 3 and parts[:2] == ["api", "status"]:
            return 200, hub.status_now(parts[2], True), {}
        if len(parts) >= 3 and parts[:2] == ["api", "collections"]:
            return self.route_collection(parts[2], parts[3:], query, body)
        raise Refusal(404, "nothing here")

    def route_collection(self, name, parts, query, body):
        hub = self.hub
        if self.command == "POST" and parts == ["objects"]:
            return 202, hub.post(name, body), {}
        if self.command == "DELETE" and len(parts) == 2 and \
                parts[0] == "objects":
            hub.delete(name, parts[1], query)
            return 200, {}, {}
        if self.command != "GET":
            raise Refusal(404, "nothing here")
        if parts == []:
            return 200, hub.collection(name).resource(), {}
        if parts == ["objects"]:
            return self.page(*hub.objects(name, query))
        if parts == ["manifest"]:
            return self.dated(*hub.manifest(name, query))
        if len(parts) == 2 and parts[0] == "objects":
            return self.page(*hub.object(name, parts[1], query))
        if len(parts) == 3 and (parts[0], parts[2]) == ("objects",
                                                        "versions"):
            return self.dated(*hub.versions(name, parts[1], query))
        raise Refusal(404, "nothing here")

    def dated(self, resource, first, last):
        form = self.hub.fault["dates"]
        headers = {}
        if form == "undefined" or (first is not None and form != "none"):
            headers = {"X-TAXII-Date-Added-First": stamp(first or 0, form),
                       "X-TAXII-Date-Added-Last": stamp(last or 0, form)}
        return 200, resource, headers

    def page(self, envelope, first, last):
        """A page of objects, as bytes: faults and all."""
        fault = self.hub.fault
        objects = envelope.get("objects")
        if objects and fault["bare"]:
            objects = [{k: v for k, v in obj.items() if k not in
                        ("spec_version", "created", "modified")}
                       for obj in objects]
        if objects and fault["huge"]:
            objects = [{"type": "note", "id": f"note--{uuid.UUID(int=7)}",
                        "content": "x" * fault["huge"]}] + objects
        if objects and fault["bundle"]:
            objects = [{"type": "bundle", "id": f"bundle--{uuid.uuid4()}",
                        "objects": objects}]
        if objects:
            envelope["objects"] = objects
        data = json.dumps(envelope).encode()
        if fault["bad_object"]:
            data = data.replace(b'"objects": [', b'"objects": [{nonsense}, ',
                                1)
        if fault["bad_utf8"]:
            data = data.replace(b'"type": "indicator"',
                                b'"type": "indicator", "name": "\xff\xc0"')
        if fault["garbage"]:
            at = data.rfind(b'{"type"')
            data = data[:at] + b"\x00}]!" + data[at:]
        if fault["cut_json"]:
            data = data[:len(data) * 2 // 3]
        return 200, data, self.dated(None, first, last)[2]

    def say(self, status, resource, headers=None):
        fault = self.hub.fault
        is_page = isinstance(resource, bytes) and status == 200
        data = resource if isinstance(resource, bytes) else \
            json.dumps(resource).encode()
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
        length = len(data) + (fault["length"] if is_page else 0)
        self.send_header("Content-Length", str(length))
        self.end_headers()
        if length != len(data):
            self.close_connection = True
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
