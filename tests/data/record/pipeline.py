# SPDX-License-Identifier: Apache-2.0
"""pipeline: requests of HTTP/1.1 sent in one go, before any answer.

Usage: pipeline.py ADDRESS HOST PATH...
"""
import socket
import sys

address, host, paths = sys.argv[1], sys.argv[2], sys.argv[3:]
requests = ""
for path in paths:
    end = "Connection: close\r\n" if path is paths[-1] else ""
    requests += (
        f"GET {path} HTTP/1.1\r\nHost: {host}\r\n"
        f"User-Agent: pipeline/1\r\n{end}\r\n"
    )
with socket.create_connection((address, 80), 5) as sock:
    sock.sendall(requests.encode())
    while sock.recv(4096):
        pass
