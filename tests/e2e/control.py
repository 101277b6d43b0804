#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Talking to a running sensor: noroshi status, reload and add, what the
service manager hears, and that nobody who dawdles holds it up. On the
loopback interface; needs the right to capture.
usage: control.py NOROSHI SOURCE_DIR WORK_DIR"""
import json
import os
import re
import signal
import socket
import subprocess
import threading
import time

import case
import written
from case import check, until
from pulling import hub_of

noroshi, source, place = case.begin()


def ask(*arguments):
    done = subprocess.run([noroshi, arguments[0], "--socket", f"{place}/sock",
                           *arguments[1:]], capture_output=True, text=True,
                          timeout=30)
    return done.returncode, done.stdout, done.stderr


class Run:
    """noroshi run with what it says, and a service manager's socket."""

    def __init__(self, *options):
        self.manager = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        name = f"{place}/notify"
        if os.path.exists(name):
            os.unlink(name)
        self.manager.bind(name)
        self.manager.settimeout(10)
        self.process = subprocess.Popen(
            [noroshi, "run", "--interface", "lo", "--state", f"{place}/state",
             "--socket", f"{place}/sock", "--workers", "1", *options],
            stderr=subprocess.PIPE, text=True,
            env=dict(os.environ, NOTIFY_SOCKET=name))
        self.said = []
        self.reader = threading.Thread(target=self.read, daemon=True)
        self.reader.start()

    def read(self):
        for line in self.process.stderr:
            self.said.append(line)

    def hears(self, word):
        end = time.monotonic() + 10
        while time.monotonic() < end:
            try:
                if word in self.manager.recv(4096).decode():
                    return True
            except socket.timeout:
                break
        return False

    def wait_for(self, pattern, count=1):
        def is_said():
            return sum(bool(re.search(pattern, line))
                       for line in self.said) >= count

        until(lambda: is_said() or self.process.poll() is not None, 10, 0.02)
        check(is_said(), f"{pattern} was not said:\n" + "".join(self.said))

    def end(self, number=signal.SIGTERM):
        if self.process.poll() is None:
            self.process.send_signal(number)
        status = self.process.wait(20)
        self.reader.join()
        self.manager.close()
        return status


def write(name, text):
    with open(f"{place}/.new", "w") as file:
        file.write(text)
    os.replace(f"{place}/.new", f"{place}/{name}")


def the_set():
    return json.loads(ask("status", "--json")[1])["set"]


def kept():
    return the_set()["kept"]


def the_status(run):
    status, text, _ = ask("status")
    check(status == 0, f"a new sensor is well: {text}")
    check(re.search(r"^\S+ up \d+ s$", text, re.M) is not None, text)
    check(re.search(r"^set gen 1 sha256:\S+ active since \S+Z, 1 of 1 "
                    r"indicators   exercise: none$", text, re.M) is not None, text)
    check(re.search(r"^lo \d+ k?pps drop 0.00 %$", text, re.M) is not None,
          text)
    check("WARN 1 indicators unmarked = AMBER+STRICT" in text, text)
    status, text, _ = ask("status", "--json")
    check(status == 0 and json.loads(text)["set"]["generation"] == 1, text)


def watches(run):
    """Into a pipe block after block; on a terminal until q."""
    watcher = subprocess.Popen([noroshi, "status", "--watch", "--socket",
                                f"{place}/sock"], stdout=subprocess.PIPE,
                               stdin=subprocess.DEVNULL, text=True)
    ups = []
    for line in watcher.stdout:
        ups += re.findall(r" up (\d+) s$", line)
        if len(ups) == 3:
            break
    check(int(ups[2]) > int(ups[0]), f"it goes on: {ups}")
    watcher.send_signal(signal.SIGINT)
    check(watcher.wait(10) == 0, "Ctrl-C ends it with the last status")
    watcher.stdout.close()
    master, slave = os.openpty()
    watcher = subprocess.Popen([noroshi, "status", "--watch", "--socket",
                                f"{place}/sock"], stdin=slave, stdout=slave)
    shown = b""
    while shown.count(b" up ") < 2:
        shown += os.read(master, 4096)
    os.write(master, b"q")
    check(watcher.wait(10) == 0, "q ends it")
    os.close(slave)
    os.close(master)
    check(ask("status", "--watch", "--socket", f"{place}/nobody")[0] == 2,
          "nobody is there to be watched")


def reloads(run):
    write("list", "a.example\nb.example\n")
    run.wait_for("set generation 2")
    check(ask("reload")[0] == 0, "reload is taken")
    run.wait_for("nothing changed; generation 2")
    write("list", "\x00\x01\x02")
    run.wait_for("stays in force", 2)
    status, text, _ = ask("status")
    check(", 2 of 2 indicators" in text, "a bad file replaces nothing")
    write("list", "a.example\n")
    run.wait_for("set generation 3")
    run.process.send_signal(signal.SIGHUP)
    check(run.hears("RELOADING=1\nMONOTONIC_USEC="), "RELOADING=1")
    check(run.hears("READY=1"), "READY=1 after the reload")


def adds(run):
    began = time.monotonic()
    status, text, _ = ask("add", "c2[.]example[.]com", "198.51.100.23")
    check(status == 0, f"values are added: {text}")
    check(until(lambda: kept() == 3, 10, 0.02), "values are matched")
    took_s = time.monotonic() - began
    check(took_s < 3, f"live after {took_s:.1f} s: over three times a second")
    status, text, _ = ask("add", "198.51.100.23", "no value at all")
    check(status == 1 and re.search(r"23: was there$", text, re.M), text)
    check("not added" in text, text)
    status, text, _ = ask("add", "127.0.0.1", "198.51.100.23")
    check(status == 1 and "127[.]0[.]0[.]1: not added: guard: loopback" in text
          and "23: was there\n" in text, f"a guard's refusal is told: {text}")
    write("more", "d.example\ne.example\n")
    status, text, _ = ask("add", f"{place}/more")
    check(status == 0 and "2 indicators" in text, text)
    check(until(lambda: kept() == 5, 10, 0.02), "the file's values are matched")
    write("junk", "\x00\x01\x02")
    check(ask("add", f"{place}/junk")[0] == 1, "junk is not added")
    check(not os.path.exists(f"{place}/state/added.d/junk"), "nor kept")


def nobody_is_held_up(run):
    """Clients that say nothing, and one that never ends its line."""
    idle = []
    for _ in range(7):
        client = socket.socket(socket.AF_UNIX)
        client.connect(f"{place}/sock")
        client.sendall(b'{"do":')
        idle.append(client)
    began = time.monotonic()
    check(ask("status")[0] == 0, "status beside seven who dawdle")
    check(time.monotonic() - began < 5, "and soon")
    for client in idle:
        client.close()


def a_hub_that_never_answers():
    """Degraded, with the reason, after the hub's timeout; and the journal's
    form of lines, where standard error is the journal's."""
    silent = socket.socket()
    silent.bind(("127.0.0.1", 0))
    silent.listen(8)
    write("silent.yaml", f"""interfaces: [lo]
hubs:
  quiet:
    url: http://127.0.0.1:{silent.getsockname()[1]}/taxii2/
    timeout: 1s
    collections: [{{id: x, interval: 1s}}]
state: {{dir: {place}/state3}}
control: {{socket: {place}/sock}}
""")
    read, write_end = os.pipe()
    at = os.fstat(write_end)
    process = subprocess.Popen(
        [noroshi, "run", "-c", f"{place}/silent.yaml"], stderr=write_end,
        env=dict(os.environ, JOURNAL_STREAM=f"{at.st_dev}:{at.st_ino}"))
    os.close(write_end)
    until(lambda: ask("status")[0] == 1, 15, 0.2)
    status, text, _ = ask("status")
    check(status == 1, f"a hub that does not answer degrades: {text}")
    check(re.search(r"^DEGRADED quiet/x has failed for \d+ s: .", text, re.M)
          is not None, text)
    check("quiet/x not pulled yet" in text, text)
    process.terminate()
    check(process.wait(20) == 0, "SIGTERM ends with status 0")
    with os.fdopen(read) as file:
        lines = file.read().splitlines()
    check(lines and all(re.match(r"<[46]>\S", line) for line in lines),
          f"the journal's form: {lines}")
    check(any(line.startswith("<4>quiet/x: ") for line in lines),
          f"a warning: {lines}")


def feeds_that_are_not_believed():
    """A policy chooses; a source that loses most of itself changes nothing
    until somebody says so; status shows both."""
    write("feeds.yaml", f"""indicators: [{{file: {place}/feed, source: block}}]
feeds: {{least: 10}}
select:
  rules:
    - {{action: drop, within: [b.example]}}
""")
    write("feed", "".join(f"n{i}.{'a' if i < 30 else 'b'}.example\n"
                          for i in range(40)))
    run = Run("-c", f"{place}/feeds.yaml", "--state", f"{place}/state4")
    run.wait_for("running")
    status, text, _ = ask("status")
    check(status == 0 and ", 30 of 40 indicators" in text, text)
    check("40 received | -10 within b.example (rule 1, feeds.yaml:5)\n"
          "= 30 kept: full 30, partial 0\n" in text, text)
    funnel = the_set()["funnel"]
    check(funnel["received"] == 40 and funnel["stages"][-1] == {
        "stage": "rule", "dropped": 10, "left": 30, "rule": 1,
        "drops": "within b.example", "where": "feeds.yaml:5"}, funnel)
    write("feed", "n1.a.example\n")
    run.wait_for("not believed")
    status, text, _ = ask("status")
    check(status == 1 and "DEGRADED block: 1 indicators where it had 40, not "
          "believed (feeds.shrink 50): noroshi reload --accept takes it "
          "(the set stays, 1 times so far)\n" in text, text)
    check(", 30 of 40 indicators" in text, text)
    check(ask("reload")[0] == 0, "reload alone does not take it")
    until(lambda: the_set()["disbelieved"] == 2, 10, 0.02)
    seen = the_set()
    check(seen["disbelieved"] == 2 and seen["kept"] == 30, f"{seen}")
    check(ask("reload", "--accept")[0] == 0, "reload --accept")
    run.wait_for("set generation 2")
    status, text, _ = ask("status")
    check(status == 0 and ", 1 of 1 indicators" in text, text)
    write("feed", "".join(f"n{i}.a.example\n" for i in range(40)))
    run.wait_for("where it had 1, not believed .feeds.grow 400")
    write("feed", "n1.a.example\n")
    run.wait_for("nothing changed")
    check(ask("status")[0] == 0, "it is itself again, and all is well")
    check(run.end() == 0, "SIGTERM ends with status 0")


def exceptions_while_it_runs():
    """A list that is replaced counts at once; each veto is on record; one
    that cannot be read changes nothing."""
    write("listed", "a.example\nb.example\n")
    write("own", "a.example # ours\n")
    write("except.yaml", f"""indicators: [{place}/listed]
exceptions: [{place}/own]
""")
    run = Run("-c", f"{place}/except.yaml", "--state", f"{place}/state5")
    run.wait_for("running")
    check(kept() == 1, "one of two is excepted")
    check("| -1 excepted\n" in ask("status")[1], ask("status")[1])

    def vetoes():
        return [line["veto"] for line in
                written.lines(f"{place}/state5/vetoes.jsonl")]

    check(vetoes() == ["exception a.example of own, line 1: ours"], vetoes())
    write("own", "b.example\na.example\n")
    run.wait_for("set generation 2 .* 0 of 2")
    check(until(lambda: len(vetoes()) == 2, 10, 0.02), f"{vetoes()}")
    os.unlink(f"{place}/own")
    run.wait_for("own: .*generation 2 stays in force")
    check(kept() == 0, "what was excepted stays so")
    write("own", "# nothing\n")
    run.wait_for("set generation 3 .* 2 of 2")
    check(run.end() == 0, "SIGTERM ends with status 0")


def postures():
    """Another policy while there is danger; it survives a restart, and a
    hub may ask for it, which ends when its indicator does."""
    def indicator(number, name, label, modified="00"):
        return {"type": "indicator", "spec_version": "2.1",
                "id": f"indicator--0000000{number}-0000-4000-8000-000000000000",
                "created": "2026-01-01T00:00:00.000Z",
                "modified": f"2026-01-01T00:00:{modified}.000Z",
                "pattern": f"[domain-name:value = '{name}.example']",
                "pattern_type": "stix", "labels": [label],
                "valid_from": "2026-01-01T00:00:00Z"}

    def ends_with(words):
        check(until(lambda: all(word in ask("status")[1] for word in words),
                    10, 0.05), f"{words} in {ask('status')[1]}")

    with hub_of(source).Hub() as hub:
        posture_life(hub, indicator, ends_with)


def posture_life(hub, indicator, ends_with):
    hub.publish(indicator(1, "sure", "sure"), indicator(2, "maybe", "maybe"))
    write("danger.yaml", "select: {rules: [{action: keep, label: [maybe]}]}\n")
    write("postures.yaml", f"""hubs:
  isac:
    url: {hub.url}
    collections: [{{id: alerts, interval: 1s}}]
select: {{rules: [{{action: drop, label: [maybe]}}]}}
posture: {{heightened: {place}/danger.yaml, source: isac/alerts}}
""")
    options = ("-c", f"{place}/postures.yaml", "--state", f"{place}/state6")
    run = Run(*options)
    run.wait_for("running")
    ends_with(["posture normal", ", 1 of 2 indicators"])
    check(ask("posture")[1] == "normal\n", "asked, it says which")
    check(ask("posture", "high")[0] == 1, "there is none of that name")
    check(ask("posture", "heightened")[0] == 0, "switched")
    ends_with(["posture heightened since", ", 2 of 2 indicators"])
    check(run.end() == 0, "SIGTERM ends with status 0")
    run = Run(*options)
    run.wait_for("running")
    ends_with(["posture heightened since", ", 2 of 2 indicators"])
    check(ask("posture", "normal")[0] == 0, "and back")
    ends_with(["posture normal", ", 1 of 2 indicators"])
    hub.publish(indicator(3, "alarm", "posture:heightened"))
    ends_with(["as its source says", ", 3 of 3 indicators"])
    check(ask("posture", "normal")[0] == 0, "a person's word is taken")
    ends_with(["as its source says", ", 3 of 3 indicators"])
    hub.publish(dict(indicator(3, "alarm", "posture:heightened", "01"),
                     revoked=True))
    ends_with(["posture normal", ", 1 of 3 indicators"])
    check(run.end() == 0, "SIGTERM ends with status 0")


def a_folder_of_files():
    """Each file that comes or goes counts."""
    os.makedirs(f"{place}/feeds")
    write("feeds/one", "a.example\n")
    run = Run("--indicators", f"{place}/feeds", "--state", f"{place}/state7")
    run.wait_for("set generation 1 .* 1 of 1")
    run.wait_for("running")
    write("feeds/two", "b.example\nc.example\n")
    run.wait_for("set generation 2 .* 3 of 3")
    os.unlink(f"{place}/feeds/one")
    run.wait_for("set generation 3 .* 2 of 2")
    check(run.end() == 0, "SIGTERM ends with status 0")


def one_at_a_time(run):
    status = subprocess.run(
        [noroshi, "run", "--interface", "lo", "--indicators", f"{place}/list",
         "--state", f"{place}/state2", "--socket", f"{place}/sock"],
        capture_output=True, text=True, timeout=30)
    check(status.returncode == 1 and "another noroshi" in status.stderr,
          f"a second sensor is refused: {status.stderr}")
    check(ask("status")[0] == 0, "and the first still answers")


def checks_without_starting():
    write("bad.yaml", "interfaces: [lo]\nindicators: [list]\nworker: 3\n")
    done = subprocess.run([noroshi, "run", "--check", "-c",
                           f"{place}/bad.yaml"], capture_output=True,
                          text=True, timeout=30)
    check(done.returncode != 0 and "bad.yaml:3: there is no 'worker'; the "
          "nearest is 'workers'" in done.stderr, done.stderr)
    write("good.yaml", f"interfaces: [lo]\nindicators: [{place}/list]\n")
    done = subprocess.run([noroshi, "run", "--check", "-c",
                           f"{place}/good.yaml"], capture_output=True,
                          text=True, timeout=30)
    check(done.returncode == 0 and done.stderr == "", done.stderr)
    done = subprocess.run([noroshi, "run", "--print-defaults"],
                          capture_output=True, text=True, timeout=30)
    with open(f"{source}/dist/noroshi.yaml") as file:
        check(done.stdout == file.read(), "dist/noroshi.yaml is printed")


def main():
    if os.geteuid() != 0:
        case.skip("capturing needs root")
    write("list", "a.example\n")
    checks_without_starting()
    status, _, text = ask("status")
    check(status == 2 and "no sensor runs here" in text, text)
    run = Run("--indicators", f"{place}/list")
    run.wait_for("running")
    check(run.hears("READY=1"), "READY=1")
    the_status(run)
    watches(run)
    reloads(run)
    adds(run)
    nobody_is_held_up(run)
    one_at_a_time(run)
    check(run.end() == 0, "SIGTERM ends with status 0")
    check(not os.path.exists(f"{place}/sock"), "the socket is gone")
    again = Run("--indicators", f"{place}/list")
    again.wait_for("running")
    check(kept() == 5, "what was added is there after a restart")
    again.process.kill()
    again.process.wait()
    third = Run("--indicators", f"{place}/list")
    third.wait_for("running")
    check(ask("status")[0] == 0, "a killed sensor's socket is replaced")
    third.process.terminate()
    check(third.hears("STOPPING=1"), "STOPPING=1")
    check(third.end() == 0, "SIGTERM ends with status 0")
    feeds_that_are_not_believed()
    postures()
    a_folder_of_files()
    exceptions_while_it_runs()
    a_hub_that_never_answers()


main()
case.end()
