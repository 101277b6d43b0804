# SPDX-License-Identifier: Apache-2.0
"""Two hosts of our own: network namespaces joined by a veth pair, a sensor on
the client's side, and what they say to each other. Everything here ends with
the test, by process id."""
import json
import os
import re
import shutil
import socket
import struct
import subprocess
import sys
import threading
import time

from case import skip, until

CLIENT, SERVER = "192.0.2.10", "192.0.2.20"


def need_rights():
    """Namespaces need root and iproute2."""
    if os.geteuid() != 0:
        skip("network namespaces need root")
    if shutil.which("ip") is None:
        skip("no ip command (iproute2)")
    name = f"nrs{os.getpid()}x"
    if subprocess.run(["ip", "netns", "add", name],
                      capture_output=True).returncode != 0:
        skip("no right to make a network namespace")
    subprocess.run(["ip", "netns", "del", name], check=True)


class Net:
    """The two namespaces; interface names inside are c0 and s0."""

    def __init__(self):
        self.client = f"nrsc{os.getpid()}"
        self.server = f"nrss{os.getpid()}"
        self.processes = []

    def __enter__(self):
        for name in (self.client, self.server):
            self.ip("netns", "add", name)
            self.ip("-n", name, "link", "set", "lo", "up")
        self.plug()
        return self

    @staticmethod
    def ip(*args):
        subprocess.run(["ip", *args], check=True)

    def plug(self):
        """The cable between them."""
        self.ip("link", "add", "c0", "netns", self.client, "type", "veth", "peer",
           "name", "s0", "netns", self.server)
        for name, link, address in ((self.client, "c0", CLIENT),
                                    (self.server, "s0", SERVER)):
            self.ip("-n", name, "addr", "add", f"{address}/24", "dev", link)
            self.ip("-n", name, "link", "set", link, "up")

    def unplug(self):
        """And its interfaces are gone."""
        self.ip("-n", self.client, "link", "del", "c0")

    def __exit__(self, *error):
        for process in self.processes:
            if process.poll() is None:
                process.kill()
                process.wait()
        for name in (self.client, self.server):
            subprocess.run(["ip", "netns", "del", name], check=False)

    def start(self, where, arguments, **more):
        process = subprocess.Popen(["ip", "netns", "exec", where, *arguments],
                                   **more)
        self.processes.append(process)
        return process

    def web(self, port):
        """The server's web server, once it listens: an attempt before would
        be a flow of its own."""
        server = self.python(self.server, "web", port)

        def listens():
            with open(f"/proc/{server.pid}/net/tcp", encoding="ascii") as file:
                return any(f":{port:04X} " in line and " 0A " in line
                           for line in file)

        assert until(listens), "no web server listens"

    def python(self, where, function, *arguments):
        """Run this module's @function in a namespace, to its end."""
        code = (f"import sys; sys.path.insert(0, {os.path.dirname(__file__)!r})"
                f"; import net; net.{function}(*sys.argv[1:])")
        return self.start(where, [sys.executable, "-c", code,
                                  *map(str, arguments)])


def config(place, name="noroshi", **sections):
    """The configuration of a sensor that guards the client and keeps all it
    has in @place, with these sections; its path."""
    path = f"{place}/{name}.yaml"
    with open(path, "w", encoding="utf-8") as file:
        json.dump({"interfaces": [{"name": "c0"}],
                   "home_net": [f"{CLIENT}/32"],
                   "indicators": [{"file": f"{place}/list.txt"}],
                   "out": {"dir": f"{place}/out"},
                   "state": {"dir": f"{place}/state"},
                   "control": {"socket": f"{place}/control/sock"},
                   **sections}, file)  # JSON is YAML, too
    return path


class NetWithCgroups(Net):
    """ip netns exec would take cgroups out of sight."""

    def start(self, where, arguments, **more):
        process = subprocess.Popen(
            ["nsenter", f"--net=/var/run/netns/{where}", *arguments], **more)
        self.processes.append(process)
        return process


class Sensor:
    """noroshi run in the client's namespace; its messages as they come.
    Options that begin with -c say everything."""

    def __init__(self, net, noroshi, *options, where=None):
        if options[0] != "-c":
            options = ("--interface", "c0", "--home-net", f"{CLIENT}/32",
                       *options)
        self.process = net.start(net.client, [noroshi, "run", *options],
                                 stderr=subprocess.PIPE, text=True, cwd=where)
        self.lines = []
        self.changed = threading.Condition()
        self.reader = threading.Thread(target=self.read, daemon=True)
        self.reader.start()

    def read(self):
        for line in self.process.stderr:
            with self.changed:
                self.lines.append(line.rstrip())
                self.changed.notify_all()
        with self.changed:
            self.lines.append("")
            self.changed.notify_all()

    def wait_for(self, pattern, count=1, timeout=30):
        """Until @count lines match; what they say."""
        end = time.monotonic() + timeout
        with self.changed:
            while True:
                found = [line for line in self.lines
                         if re.search(pattern, line)]
                if len(found) >= count:
                    return found
                left = end - time.monotonic()
                if left <= 0 or self.lines[-1:] == [""]:
                    raise AssertionError(
                        f"no {pattern!r} in:\n" + "\n".join(self.lines))
                self.changed.wait(left)

    def signal(self, number):
        # The process is ip's successor: ip netns exec execs the command.
        self.process.send_signal(number)

    def end(self, number=15):
        self.signal(number)
        status = self.process.wait(timeout=30)
        self.reader.join(timeout=10)
        if status != 0:
            print("\n".join(self.lines[-120:]))
        return status


def flows_are_kept(sensor):
    """When it runs; skips where the kernel keeps no flows for us."""
    sensor.wait_for("running")
    if any("packets are read instead" in line for line in sensor.lines):
        sensor.end()
        skip("this kernel keeps no flows for us")


def in_place(name, run, port=None, two=Net):
    """run(hosts, place) between two hosts, with a web server at @port, and in
    a folder of its own that a sensor may own; nothing of it stays."""
    place = f"/var/tmp/nrs-{name}-{os.getpid()}"
    need_rights()
    os.makedirs(place)
    try:
        with two() as hosts:
            if port is not None:
                hosts.web(port)
            run(hosts, place)
    finally:
        shutil.rmtree(place, ignore_errors=True)


def replace(path, text):
    """Another file in its place, at once."""
    with open(path + ".new", "w") as file:
        file.write(text)
    os.rename(path + ".new", path)


# What runs inside the namespaces.

def web(port):
    """A web server that answers every request on every connection."""
    listener = socket.create_server(("", int(port)))

    def answer(connection):
        data = b""
        while True:
            more = connection.recv(65536)
            if not more:
                connection.close()
                return
            data += more
            while b"\r\n\r\n" in data:
                data = data.split(b"\r\n\r\n", 1)[1]
                connection.sendall(b"HTTP/1.1 200 OK\r\n"
                                   b"Content-Length: 2\r\n\r\nok")
    while True:
        connection, _ = listener.accept()
        threading.Thread(target=answer, args=(connection,),
                         daemon=True).start()


def connect(port, timeout=10):
    end = time.monotonic() + timeout
    while True:
        try:
            return socket.create_connection((SERVER, int(port)), timeout=5)
        except OSError:
            if time.monotonic() > end:
                raise
            time.sleep(0.05)


def ask(connection, host):
    connection.sendall(f"GET / HTTP/1.1\r\nHost: {host}\r\n\r\n".encode())
    answer = b""
    while not answer.endswith(b"\r\n\r\nok"):
        more = connection.recv(4096)
        if not more:
            raise EOFError
        answer += more


def part(connection):
    """Both sides end, so that nothing of it comes later."""
    connection.shutdown(socket.SHUT_WR)
    while connection.recv(4096):
        pass


def browse(port, prefix, count, pause):
    """One request for each of PREFIX-0.example, ..., a connection each."""
    for i in range(int(count)):
        with connect(port) as connection:
            ask(connection, f"{prefix}-{i}.example")
            part(connection)
        time.sleep(float(pause))


def linger(port, prefix, seconds, pause):
    """Requests on one connection all the time."""
    end = time.monotonic() + float(seconds)
    i = 0
    with connect(port) as connection:
        while time.monotonic() < end:
            ask(connection, f"{prefix}-{i}.example")
            i += 1
            time.sleep(float(pause))
        part(connection)


def bulk(port, size):
    """A server that says so many octets on every connection."""
    listener = socket.create_server(("", int(port)))
    while True:
        connection, _ = listener.accept()
        with connection:
            connection.sendall(bytes(int(size)))


def fetch(port, size):
    """All that bulk says."""
    with connect(port) as connection:
        left = int(size)
        while left > 0:
            left -= len(connection.recv(1 << 16))


def visit(host, port):
    """One request to a server of the other side."""
    with socket.create_connection((host, int(port)), timeout=5) as connection:
        ask(connection, "visited.example")
        part(connection)


def replay(interface, path):
    """Frames of a file out of @interface: their lengths before them."""
    with socket.socket(socket.AF_PACKET, socket.SOCK_RAW) as wire, \
            open(path, "rb") as file:
        wire.bind((interface, 0))
        while True:
            head = file.read(4)
            if not head:
                return
            wire.send(file.read(struct.unpack("<I", head)[0]))
            time.sleep(0.0005)


def flood(interface, port, flows, turns, first=0):
    """Datagrams to @port of a machine that is not there, of so many flows in
    turn, tenants in VLAN 10 and 11 with the same ends; 0 turns: for
    ever."""
    frames = []
    for flow in range(int(first), int(first) + int(flows)):
        ip = (b"\x45\0\0\x20\0\0\0\0\x40\x11\0\0\x0a" +
              struct.pack(">I", flow // 2)[1:] + b"\xc0\0\x02\x63")
        frames.append(b"\x02\0\0\0\0\x02\x02\0\0\0\0\x01\x81\0\0" +
                      bytes([10 + flow % 2]) + b"\x08\0" + ip +
                      struct.pack(">HHHH", 40000, int(port), 12, 0) + b"data")
    with socket.socket(socket.AF_PACKET, socket.SOCK_RAW) as wire:
        wire.bind((interface, 0))
        turn = 0
        while turn < int(turns) or int(turns) == 0:
            for frame in frames:
                wire.send(frame)
            turn += 1


def collect(port, path):
    """Datagrams to the loopback into a file, one behind the other, until it is
    killed."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as end, \
            open(path, "wb", buffering=0) as file:
        end.bind(("127.0.0.1", int(port)))
        while True:
            file.write(end.recv(65536))


def record(interface, path):
    """All frames of @interface into a pcap file, until it is killed."""
    with socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(3)
                       ) as tap, open(path, "wb", buffering=0) as file:
        tap.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 20)
        tap.bind((interface, 0))
        file.write(struct.pack("<IHHiIII", 0xa1b2c3d4, 2, 4, 0, 0, 262144, 1))
        while True:
            frame = tap.recv(262144)
            now = time.time_ns()
            file.write(struct.pack("<IIII", now // 10**9,
                                   now % 10**9 // 1000, len(frame),
                                   len(frame)) + frame)
