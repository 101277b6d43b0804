#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Outputs at home: eve.json, and a log server over TLS that is verified, that
goes and comes back. Nothing of it is on unless the configuration says so.
usage: outlets.py NOROSHI SOURCE_DIR WORK_DIR"""
import json
import os
import re
import socket
import ssl
import subprocess
import sys

import case
import net
import written
from case import check, until

PORT, LOG_PORT = 8080, 6514


def serve(bind, path, certificate):
    """A log server: each connection's octets into @path."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    listener = socket.create_server((bind, LOG_PORT))
    while True:
        connection, _ = listener.accept()
        try:
            with context.wrap_socket(connection, server_side=True) as tls, \
                    open(path, "ab", buffering=0) as file:
                while octets := tls.recv(65536):
                    file.write(octets)
        except OSError:
            pass


def frames(path):
    """RFC 6587: each message behind its length in octets."""
    try:
        with open(path, "rb") as file:
            rest = file.read()
    except FileNotFoundError:
        return []
    found = []
    while rest:
        length, rest = rest.split(b" ", 1)
        found.append(rest[:int(length)])
        rest = rest[int(length):]
    return found


if len(sys.argv) > 4 and sys.argv[4] == "serve":
    serve(*sys.argv[5:8])

net.need_rights()
case.need("openssl")
noroshi, source, place = case.begin()


def certificate(name):
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days",
         "2", "-subj", "/CN=logs.example", "-addext",
         f"subjectAltName=DNS:{name}", "-keyout", f"{place}/{name}.pem",
         "-out", f"{place}/{name}.crt"], check=True, capture_output=True)
    with open(f"{place}/{name}.pem", "ab") as to, \
            open(f"{place}/{name}.crt", "rb") as crt:
        to.write(crt.read())
    return f"{place}/{name}"


def config(name, log_host, ca_file):
    path = f"{place}/{name}.yaml"
    with open(path, "w", encoding="utf-8") as file:
        file.write(f"""
sensor: {{name: edge-07}}
state: {{dir: {place}/{name}}}
interfaces: [{{name: c0}}]
home_net: ["{net.CLIENT}/32"]
indicators:
  - {{file: {place}/list.txt, source: list, default_tlp: green}}
  - {{file: {place}/secret.txt, source: secret, default_tlp: red}}
control: {{socket: {place}/{name}.sock}}
out:
  dir: {place}/{name}-out
  eve: {{write: yes}}
  syslog: {{server: "{log_host}:{LOG_PORT}", ca_file: {ca_file},
           min_class: noise}}
""")
    return path


def status(name, *more):
    return subprocess.run([noroshi, "status", "--socket",
                           f"{place}/{name}.sock", *more],
                          capture_output=True, text=True, check=False).stdout


with open(f"{place}/list.txt", "w", encoding="utf-8") as out:
    out.write("shop-0.example\n")
with open(f"{place}/secret.txt", "w", encoding="utf-8") as out:
    out.write("shop-1.example\n")
good, other = certificate("localhost"), certificate("other.example")

with net.Net() as hosts:
    hosts.web(PORT)

    def log_server(cert, path):
        return hosts.start(hosts.client,
                           [sys.executable, os.path.abspath(__file__),
                            *sys.argv[1:4], "serve", "localhost", path,
                            f"{cert}.pem"])

    def start(name, ca):
        sensor = net.Sensor(hosts, noroshi, "-c",
                            config(name, "localhost", ca))
        sensor.wait_for("running")
        return sensor

    server = log_server(good, f"{place}/log")
    sensor = start("one", f"{good}.crt")
    hosts.python(hosts.client, "browse", PORT, "shop", 2, 0).wait()
    check(until(lambda: len(frames(f"{place}/log")) == 2),
          f"two messages: {frames(f'{place}/log')}")
    form = re.compile(rb"<\d+>1 \d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z "
                      rb"edge-07 noroshi - (hit|above) - \xef\xbb\xbf(\{.*\})")
    seen = {}
    for frame in frames(f"{place}/log"):
        match = form.fullmatch(frame)
        check(match, f"RFC 5424: {frame}")
        if match:
            seen[match[1]] = match[2]
    check(json.loads(seen[b"hit"])["value"] == "shop-0.example", f"{seen}")
    check(b"shop-1" not in seen[b"above"] and
          json.loads(seen[b"above"])["event_type"] == "alert",
          f"RED is above the ceiling: {seen}")
    alerts = written.lines(f"{place}/one-out/eve.json")
    check([a["event_type"] for a in alerts] == ["alert"] * 2 and
          sum("dest_ip" in a for a in alerts) == 1, f"eve.json: {alerts}")

    # The server goes; what is said meanwhile arrives when it is back.
    server.kill()
    server.wait()
    hosts.python(hosts.client, "browse", PORT, "shop", 1, 0).wait()
    check(until(lambda: "log server: 1 messages wait" in status("one")),
          "status says that it waits")
    server = log_server(good, f"{place}/log")
    check(until(lambda: len(frames(f"{place}/log")) == 3), "and it arrives")
    figures = [status("one"), status("one", "--json")]
    check(sensor.end() == 0, "ends well")
    said = "\n".join([*sensor.lines, *figures])
    check("hits" in said and "shop-" not in said and "indicator--" not in said
          and net.SERVER + ":" not in said.replace(f"{net.SERVER}:6514", ""),
          f"neither the log nor the figures name what was looked for: {said}")

    # Another's certificate: nothing is sent, and it is said why.
    sensor = start("two", f"{other}.crt")
    hosts.python(hosts.client, "browse", PORT, "shop", 1, 0).wait()
    check(until(lambda: "certificate" in status("two")),
          "status says why nothing is sent")
    check(len(frames(f"{place}/log")) == 3, "nothing was sent")
    sensor.end()
    server.kill()
case.end()
