#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What goes wrong around a sensor: the hub is away, its certificate has
expired, names do not resolve, the disk is full. Nothing durable is lost, the
state says what is wrong, and the same process recovers by itself.
usage: outage.py PULL_PROBE PUSH_PROBE SOURCE_DIR WORK_DIR"""
import json
import resource
import shutil
import signal
import subprocess
import sys
import time

from pulling import Probe, hub_of, want

pull_probe, push_probe, source, work = sys.argv[1:5]
hub_module = hub_of(source)
Hub, indicator = hub_module.Hub, hub_module.indicator
ours = Probe(work, "outage", pull_probe, push_probe)


def pulling(hub, where, **options):
    return subprocess.Popen(ours.pull_arguments(where, hub.url, **options),
                            stdout=subprocess.PIPE, text=True)


def end(child):
    out, _ = child.communicate(timeout=60)
    return json.loads(out.splitlines()[-1])


def posted(hub):
    return [o["id"] for o in hub.received() if o["type"] == "sighting"]


def full_disk():
    """Files end at some KB; a write beyond fails like on a full disk."""
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (150000, 150000))


def openssl(*args):
    subprocess.run(["openssl", *args], check=True, cwd=ours.work,
                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def make_certificates():
    """One key; a certificate of long ago, and one of today."""
    with open(f"{ours.work}/ca.cnf", "w", encoding="utf-8") as file:
        file.write("[ca]\ndefault_ca=d\n[d]\ndir=.\ndatabase=index\n"
                   "new_certs_dir=.\nserial=serial\npolicy=p\n"
                   "default_md=sha256\ndefault_days=2\nunique_subject=no\n"
                   "x509_extensions=v\n[p]\ncommonName=supplied\n"
                   "[v]\nsubjectAltName=IP:127.0.0.1\n"
                   "[req]\ndistinguished_name=n\n[n]\n")
    for name, text in (("index", ""), ("serial", "01\n")):
        with open(f"{ours.work}/{name}", "w", encoding="utf-8") as file:
            file.write(text)
    openssl("req", "-new", "-newkey", "ec", "-pkeyopt",
            "ec_paramgen_curve:P-256", "-nodes", "-keyout", "hub.key", "-out",
            "hub.csr", "-subj", "/CN=hub", "-config", "ca.cnf")
    for name, dates in (("old", ["-startdate", "20200101000000Z",
                                 "-enddate", "20200201000000Z"]),
                        ("new", ["-days", "2"])):
        openssl("ca", "-config", "ca.cnf", "-selfsign", "-keyfile", "hub.key",
                "-in", "hub.csr", "-out", name + ".pem", "-batch", "-notext",
                *dates)
    with open(f"{ours.work}/both.pem", "w", encoding="utf-8") as both:
        for name in ("old", "new"):
            with open(f"{ours.work}/{name}.pem", encoding="utf-8") as one:
                both.write(one.read())


def a_hub_goes_and_comes_within_one_process():
    with Hub() as hub:
        hub.publish(*[indicator(n) for n in range(30)])
        hub.vanish()
        child = pulling(hub, ours.store(), limit=10, seconds=30)
        time.sleep(1.2)
        hub.back()
        want(end(child), health="well", objects=30)
    with Hub() as hub:
        hub.vanish()
        child = subprocess.Popen(
            [push_probe, ours.store(), hub.url, "sightings", "0", "9", "30"],
            stdout=subprocess.PIPE, text=True)
        time.sleep(1.2)
        hub.back()
        want(end(child), confirmed=9, queued=0)
        assert len(set(posted(hub))) == len(posted(hub)) == 9


def a_certificate_expires_and_is_renewed():
    if shutil.which("openssl") is None:
        print("  no openssl: not tried")
        return
    make_certificates()
    old, new = (hub_module.context(f"{ours.work}/{name}.pem",
                                   f"{ours.work}/hub.key")
                for name in ("old", "new"))
    with Hub(tls=old) as hub:
        hub.publish(indicator(1))
        where = ours.store()
        options = {"ca": f"{ours.work}/both.pem"}
        got = ours.pull(where, hub.url, seconds=1, **options)
        assert "certificate has expired" in got["message"], got
        want(got, health="in trouble", status=0, objects=0)
        child = pulling(hub, where, seconds=30, **options)
        time.sleep(1.2)
        hub.vanish()
        hub.tls = new
        hub.back()
        want(end(child), health="well", objects=1)


def names_do_not_resolve():
    got = ours.pull(ours.store(), "http://hub.invalid/taxii2/", seconds=1)
    want(got, health="in trouble", status=0)
    assert "resolve" in got["message"].lower(), got


def the_disk_is_full_while_pulling():
    with Hub() as hub:
        hub.publish(*[indicator(n) for n in range(2000)])
        where = ours.store()
        done = subprocess.run(
            ours.pull_arguments(where, hub.url, limit=100, seconds=3,
                                load="no"),
            stdout=subprocess.PIPE, check=False, preexec_fn=full_disk)
        got = json.loads(done.stdout)
        assert got["objects"] < 2000, got
        assert got["health"] == "cannot be kept" or got["error"], got
        # What stands is whole pages, and the rest comes later.
        want(ours.pull(where, hub.url, limit=100), health="well",
             objects=2000, indicators=2000)


def the_disk_is_full_while_telling():
    with Hub() as hub:
        hub.fail(10000, 503)
        where = ours.store()
        done = subprocess.run(
            [push_probe, where, hub.url, "sightings", "0", "500", "1"],
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=False,
            preexec_fn=full_disk)
        durable = sum(line.isdigit()
                      for line in done.stdout.decode().split("\n")[:-1])
        assert 0 < durable < 500, durable
        hub.fail(0, 0)
        got = ours.push(where, hub.url, 0, 0)
        want(got, queued=0, failed=0)
        ids = posted(hub)
        assert len(ids) == len(set(ids)) and \
            durable <= len(ids) <= durable + 1, (durable, len(ids))


for test in (a_hub_goes_and_comes_within_one_process,
             a_certificate_expires_and_is_renewed, names_do_not_resolve,
             the_disk_is_full_while_pulling, the_disk_is_full_while_telling):
    began = time.monotonic()
    test()
    print(f"{test.__name__} {time.monotonic() - began:.1f} s", flush=True)
