#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Interfaces as they are. Offloads: a download over a link that joins segments
to frames of up to 64 KB and leaves checksums to the card is read whole, and its
digest hits. One direction alone: of what is only received or only sent nothing
else is seen. Promiscuous on request only.
usage: link.py NOROSHI SOURCE_DIR WORK_DIR"""
import hashlib
import json
import os
import struct
import subprocess
import sys
import time

import case
import net
import written
from case import check, until

noroshi, source, place = case.begin()
PORT = 8080
BODY = bytes(range(256)) * 8192
SERVE = f"""
import socket
body = bytes(range(256)) * 8192
with socket.create_server(("", {PORT})) as listener:
    while True:
        connection, _ = listener.accept()
        data = b""
        while b"\\r\\n\\r\\n" not in data:
            data += connection.recv(4096)
        connection.sendall(b"HTTP/1.1 200 OK\\r\\nContent-Length: %d\\r\\n\\r\\n"
                           % len(body) + body)
        connection.close()
"""
ASK = f"""
import sys
sys.path.insert(0, {os.path.dirname(os.path.abspath(__file__))!r})
import net
with net.connect({PORT}) as connection:
    connection.sendall(b"GET /tool.bin HTTP/1.1\\r\\n"
                       b"Host: shop-0.example\\r\\n\\r\\n")
    got = 0
    while True:
        more = connection.recv(65536)
        if not more:
            break
        got += len(more)
sys.exit(got < {len(BODY)})
"""


def largest_frame(path):
    """Of a pcap file."""
    largest = 0
    with open(path, "rb") as file:
        file.read(24)
        while len(head := file.read(16)) == 16:
            length = struct.unpack_from("<8xI", head)[0]
            if len(file.read(length)) < length:
                break
            largest = max(largest, length)
    return largest


def promiscuity(hosts):
    said = subprocess.run(["ip", "-n", hosts.client, "-json", "-details",
                           "link", "show", "c0"], capture_output=True,
                          text=True, check=True)
    return json.loads(said.stdout)[0]["promiscuity"]


def download(hosts):
    asked = hosts.start(hosts.client, [sys.executable, "-c", ASK])
    check(asked.wait() == 0, "the download was whole")
    time.sleep(0.5)


def run(hosts, name, settings):
    """What hit while one file was fetched, by lines."""
    out = f"{place}/{name}"
    sensor = net.Sensor(hosts, noroshi, "-c", net.config(
        place, name, interfaces=[{"name": "c0", **settings}], workers=2,
        sensor={"confine": False}, state={"dir": f"{out}.state"},
        out={"dir": out}))
    sensor.wait_for("running")
    check((promiscuity(hosts) > 0) == settings.get("promiscuous", False),
          f"{name}: promiscuous on request only")
    download(hosts)
    check(sensor.end() == 0, f"{name}: it ends with status 0")
    return sorted(hit["field"] for hit in written.hits(out))


net.need_rights()
net.replace(f"{place}/list.txt", f"{hashlib.sha256(BODY).hexdigest()}\n"
            f"shop-0.example\n{net.SERVER}\n")
with net.Net() as hosts:
    hosts.start(hosts.server, [sys.executable, "-c", SERVE])
    tape = hosts.python(hosts.client, "record", "c0", f"{place}/tape.pcap")
    until(lambda: os.path.exists(f"{place}/tape.pcap"))
    both = run(hosts, "both", {"promiscuous": True})
    tape.kill()
    tape.wait()
    check(largest_frame(f"{place}/tape.pcap") > 9000,
          "the link joins segments to large frames")
    check(both == ["file.sha256", "http.host", "ip.dst"],
          f"both directions: name, address and digest: {both}")
    sent = run(hosts, "out", {"direction": "out"})
    check(sent == ["http.host", "ip.dst"],
          f"what is sent alone: no answer's digest: {sent}")
    received = run(hosts, "in", {"direction": "in"})
    check(received == ["file.sha256", "ip.dst"],
          f"what is received alone: no request's name: {received}")
    every = run(hosts, "any", {"name": "any"})
    check(every == both, f"a device of libpcap's own: {every}")
case.end()
