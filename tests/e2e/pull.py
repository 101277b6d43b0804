#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Collections pulled from the test hub through the real door to libcurl.
usage: pull.py PULL_PROBE SOURCE_DIR WORK_DIR"""
import json
import os
import random
import shutil
import ssl
import subprocess
import sys
import time
import warnings

from pulling import Probe, hub_of, want

probe, source, work = sys.argv[1:4]
hub_module = hub_of(source)
warnings.simplefilter("ignore", DeprecationWarning)  # TLS 1.1, on purpose
ours = Probe(work, "pull", probe)
work = ours.work
run, store, secret = ours.pull, ours.store, ours.secret
Hub, indicator = hub_module.Hub, hub_module.indicator


def pages_by_next_or_by_date():
    for fault in ({}, {"no_next": True}, {"gzip": True}, {"bundle": True},
                  {"ignore_added_after": True}, {"dates": "offset"},
                  {"content_type": "application/json"}):
        with Hub() as hub:
            hub.publish(*[indicator(n) for n in range(25)])
            hub.set(**fault)
            got = run(store(), hub.url, limit=10, walks=2)
            want(got, health="well", objects=25, indicators=25, added=25)
            for request in hub.requests():
                assert request["accept"] == hub_module.MEDIA, request
                assert request["agent"] == "noroshi", request
                assert "gzip" in request["encoding"], request
            if "content_type" in fault:
                want(got, odd_media=got["pages"])
            if not fault:
                want(got, pages=4, known=0)


def a_hub_without_any_dates_is_read_again_and_again():
    for dates in ("none", "undefined"):
        with Hub() as hub:
            hub.publish(*[indicator(n) for n in range(25)])
            hub.set(dates=dates, no_manifest=True)
            want(run(store(), hub.url, limit=10, walks=2), health="well",
                 objects=25, known=25)


def dates_of_javascript_lose_nothing():
    """They are cut to the second: what follows in that second is not lost."""
    with Hub() as hub:
        path = store()
        hub.set(dates="js")
        hub.publish(*[indicator(n) for n in range(5)])
        want(run(path, hub.url), objects=5)
        hub.publish(*[indicator(n) for n in range(5, 9)])
        want(run(path, hub.url), objects=9, health="well")


def many_objects_of_one_date():
    with Hub() as hub:
        hub.set(one_date=True)
        hub.publish(*[indicator(n) for n in range(150)])
        want(run(store(), hub.url, limit=20), objects=150, health="well")
        hub.set(no_next=True)
        want(run(store(), hub.url, limit=20), objects=150, health="well")


def revoked_is_revoked():
    with Hub() as hub:
        path = store()
        hub.publish(indicator(1), indicator(2))
        want(run(path, hub.url), indicators=2)
        hub.revoke(indicator(1)["id"])
        want(run(path, hub.url), indicators=1, added=1)


def a_second_run_does_not_begin_anew():
    with Hub() as hub:
        path = store()
        hub.publish(*[indicator(n) for n in range(25)])
        run(path, hub.url, limit=10)
        before = len(hub.requests())
        want(run(path, hub.url, limit=10), pages=1, added=0, known=0)
        later = hub.requests()[before:]
        assert len(later) == 1 and "added_after=" in later[0]["path"], later


def killed_within_a_walk():
    with Hub() as hub:
        path = store()
        hub.publish(*[indicator(n) for n in range(100)])
        hub.set(slow=0.05)
        child = subprocess.Popen([probe, path, hub.url, "alerts", "limit=5"],
                                 stdout=subprocess.DEVNULL)
        while sum("objects" in r["path"] for r in hub.requests()) < 6:
            time.sleep(0.01)
        child.kill()
        child.wait()
        hub.set(slow=0)
        before = len(hub.requests())
        got = run(path, hub.url, limit=5)
        want(got, objects=100, indicators=100, health="well")
        first = hub.requests()[before]["path"]
        assert "next=" in first, first
        assert got["pages"] <= 16, got  # 20 in all, 4 or 5 were there
        assert got["known"] <= 5, got


def killed_again_and_again():
    """At random times: nothing is lost, and hardly a page is read twice."""
    seed = random.randrange(1 << 32)
    dice = random.Random(seed)
    kills = 0
    with Hub() as hub:
        path = store()
        hub.publish(*[indicator(n) for n in range(400)])
        hub.set(slow=0.005)
        for _ in range(12):
            child = subprocess.Popen(
                [probe, path, hub.url, "alerts", "limit=5"],
                stdout=subprocess.DEVNULL)
            time.sleep(dice.uniform(0.02, 0.2))
            child.kill()
            kills += child.wait() == -9
        hub.set(slow=0)
        got = run(path, hub.url, limit=5)
        pages = sum("objects" in r["path"] for r in hub.requests())
        assert got["objects"] == 400 and got["indicators"] == 400 and \
            got["health"] == "well" and pages <= 80 + kills + 1, \
            f"seed {seed}, {pages} pages, {kills} kills: {got}"


def a_next_that_expired():
    with Hub() as hub:
        hub.publish(*[indicator(n) for n in range(30)])
        hub.set(forget_next=True)
        want(run(store(), hub.url, limit=20, seconds=30), objects=30,
             health="well", expired=1)


def faults_end_and_the_good_part_counts():
    for fault in ("cut_json", "drop"):
        with Hub() as hub:
            path = store()
            hub.publish(*[indicator(n) for n in range(30)])
            hub.set(**{fault: True})
            got = run(path, hub.url, seconds=1)
            want(got, health="in trouble")
            assert 10 <= got["objects"] < 30, got
            hub.set(**{fault: False})
            want(run(path, hub.url), objects=30, health="well")
    with Hub() as hub:
        hub.publish(*[indicator(n) for n in range(3)])
        hub.set(bad_object=True)
        want(run(store(), hub.url), objects=3, refused=1, health="well")


def endless_hubs():
    with Hub() as hub:
        hub.publish(indicator(1))
        hub.set(endless=True)
        want(run(store(), hub.url), health="stuck", objects=1)
        assert len(hub.requests()) < 30, len(hub.requests())
        hub.set(endless=False, endless_body=True)
        got = run(store(), hub.url, page_bytes=1 << 20, limit=2, seconds=5)
        assert got["message"].endswith("the answer is too large"), got


def statuses_are_told():
    with Hub() as hub:
        hub.publish(indicator(1))
        path = store()
        hub.fail(100, 503, 1000)
        want(run(path, hub.url, seconds=1), health="in trouble",
             message="HTTP 503: as told to", status=503)
        hub.set(html_errors=True)
        want(run(path, hub.url, seconds=1), message="HTTP 503")
        hub.set(html_errors=False)
        hub.fail(2, 500)
        want(run(path, hub.url), health="well", objects=1)
        got = run(store(), hub.url, "sightings", seconds=1)
        assert "can_read" in got["message"], got
        got = run(store(), hub.url, "nothing", seconds=1)
        assert "no such collection" in got["message"], got


def a_hub_that_is_not_there():
    with Hub() as hub:
        hub.publish(indicator(1))
        path = store()
        hub.vanish()
        got = run(path, hub.url, seconds=1)
        want(got, health="in trouble", status=0)
        assert "connect" in got["message"].lower(), got
        hub.back()
        want(run(path, hub.url), health="well", objects=1)


def credentials():
    word = "hunter2-hunter2"
    with Hub(auth=hub_module.basic("sensor", word)) as hub:
        hub.publish(indicator(1))
        hub.set(echo=True)
        want(run(store(), hub.url, basic=secret("sensor:" + word)),
             objects=1)
        got = run(store(), hub.url, bearer=secret(word), seconds=1)
        want(got, status=401, objects=0)
        assert word not in json.dumps(got), got
        assert "Bearer ***" in got["message"], got
        want(run(store(), hub.url, seconds=1), status=401)
    with Hub(auth={"Authorization": "Bearer " + word}) as hub:
        hub.publish(indicator(1))
        want(run(store(), hub.url, bearer=secret(word)), objects=1)
        done = subprocess.run(
            [probe, store(), hub.url, "alerts",
             "bearer=" + secret(word, 0o644)],
            stderr=subprocess.PIPE, check=False)
        assert done.returncode == 2 and b"chmod 600" in done.stderr, done
        assert word.encode() not in done.stderr, done


def redirects():
    """To the slash: followed. To anywhere else: not, and no credentials."""
    word = "Bearer hunter2"
    with Hub(auth={"Authorization": word}) as hub, Hub() as other:
        hub.publish(indicator(1))
        token = secret("hunter2")
        want(run(store(), hub.url.rstrip("/"), bearer=token), objects=1)
        for place in (other.url, f"https://127.0.0.1:{hub.port}/taxii2/",
                      "file:///etc/passwd", f"http://a@{other.url[7:]}"):
            hub.set(redirect=place)
            got = run(store(), hub.url, bearer=token, seconds=1)
            want(got, status=308, objects=0)
            assert "not followed" in got["message"], got
        assert other.requests() == []
        hub.set(redirect=hub.url)  # for ever
        before = len(hub.requests())
        want(run(store(), hub.url, bearer=token, seconds=1), status=308)
        assert len(hub.requests()) - before == 4


def slow_hubs():
    with Hub() as hub:
        hub.publish(*[indicator(n) for n in range(3)])
        hub.set(slow=30)
        got = run(store(), hub.url, cancel_ms=300)
        want(got, error="cancelled")
        assert got["ms"] < 900, got
        got = run(store(), hub.url, total_ms=500, seconds=1)
        assert got["health"] == "in trouble" and got["ms"] < 3000, got
        hub.set(slow=0, drip=0.2)
        path = store()
        got = run(path, hub.url, idle_ms=1000, seconds=2)
        assert got["health"] == "in trouble" and got["ms"] < 8000, got


def posts():
    path = os.path.join(work, "envelope.json")
    with Hub() as hub:
        objects = [indicator(n) for n in range(3)]
        with open(path, "w", encoding="utf-8") as file:
            json.dump({"objects": objects}, file)
        hub.reject(objects[1]["id"], "not this one")
        want(run(store(), hub.url, "sightings", post=path), status=202,
             success=2, failure=1, complete="yes", max=10485760)
        assert hub.received() == [objects[0], objects[2]]
        last = hub.requests()[-1]
        want(last, method="POST", type=hub_module.MEDIA)
        want(run(store(), hub.url, "alerts", post=path), status=403)
        hub.set(pending=3)
        want(run(store(), hub.url, "sightings", post=path), complete="no")
        hub.max_content_length = 10
        want(run(store(), hub.url, "sightings", post=path), status=413)


def openssl(*args):
    subprocess.run(["openssl", *args], check=True, cwd=work,
                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def make_certificates():
    new = ["req", "-x509", "-newkey", "ec", "-pkeyopt",
           "ec_paramgen_curve:P-256", "-nodes", "-days", "2"]
    for name, subject in (("hub", "127.0.0.1"), ("wrong", "192.0.2.1"),
                          ("client", "192.0.2.9")):
        openssl(*new, "-keyout", name + ".key", "-out", name + ".pem",
                "-subj", "/CN=" + name, "-addext",
                "subjectAltName=IP:" + subject)
        os.chmod(os.path.join(work, name + ".key"), 0o600)


def context(name, client=None, version=None):
    tls = hub_module.context(*[os.path.join(work, name + end)
                               for end in (".pem", ".key")],
                             client and os.path.join(work, client + ".pem"))
    if version:
        tls.minimum_version = ssl.TLSVersion.TLSv1
        tls.maximum_version = version
        tls.set_ciphers("ALL:@SECLEVEL=0")
    return tls


def over_tls():
    if shutil.which("openssl") is None:
        print("  no openssl: TLS is not tried")
        return
    make_certificates()
    ours = os.path.join(work, "hub.pem")
    with Hub(tls=context("hub")) as hub:
        hub.publish(indicator(1))
        want(run(store(), hub.url, ca=ours), objects=1)
        got = run(store(), hub.url, seconds=1)  # not among the system's
        assert "certificate" in got["message"], got
    wrong = os.path.join(work, "wrong.pem")
    with Hub(tls=context("wrong")) as hub:
        hub.publish(indicator(1))
        got = run(store(), hub.url, ca=wrong, seconds=1)
        want(got, objects=0, status=0)
        assert "certificate" in got["message"], got
    with Hub(tls=context("hub", version=ssl.TLSVersion.TLSv1_1)) as hub:
        hub.publish(indicator(1))
        want(run(store(), hub.url, ca=ours, seconds=1), objects=0, status=0)
    with Hub(tls=context("hub", client="client")) as hub:
        hub.publish(indicator(1))
        want(run(store(), hub.url, ca=ours, seconds=1), objects=0)
        want(run(store(), hub.url, ca=ours,
                 cert=os.path.join(work, "client.pem"),
                 key=os.path.join(work, "client.key")), objects=1)


def through_the_control_socket():
    path = os.path.join(work, "control")
    if len(path) > 100:
        path = f"/tmp/nrs_hub_{os.getpid()}"
    child = subprocess.Popen(
        [sys.executable, hub_module.__file__, "--control", path],
        stdout=subprocess.PIPE, text=True)
    try:
        url = child.stdout.readline().strip()
        control = hub_module.Control(path)
        control.publish(indicator(1), indicator(2))
        want(run(store(), url), objects=2)
        control.set(content_type="text/plain")
        want(run(store(), url), objects=2, odd_media=1)
        assert control.received() == []
        control.vanish()
        want(run(store(), url, seconds=1), status=0)
        control.back()
        want(run(store(), url), objects=2)
        try:
            control.start()
            raise SystemExit("start is no control")
        except RuntimeError:
            pass
    finally:
        child.kill()
        child.wait()
        if os.path.exists(path):
            os.unlink(path)


for test in (pages_by_next_or_by_date,
             a_hub_without_any_dates_is_read_again_and_again,
             dates_of_javascript_lose_nothing, many_objects_of_one_date,
             revoked_is_revoked, a_second_run_does_not_begin_anew,
             killed_within_a_walk, killed_again_and_again,
             a_next_that_expired,
             faults_end_and_the_good_part_counts, endless_hubs,
             statuses_are_told, a_hub_that_is_not_there, credentials,
             redirects, slow_hubs, posts, over_tls,
             through_the_control_socket):
    began = time.monotonic()
    test()
    print(f"{test.__name__} {time.monotonic() - began:.1f} s", flush=True)
