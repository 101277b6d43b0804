# SPDX-License-Identifier: Apache-2.0
"""The probes that pull and post through the real door to libcurl, as tests in
Python use them: tests/hub/pull_probe.c, tests/sightings/push_probe.c."""
import itertools
import json
import os
import shutil
import subprocess
import sys


def want(got, **expected):
    for key, value in expected.items():
        assert got[key] == value, f"{key}: want {value!r} in {got}"


class Probe:
    """One test's folder @name in @work, and the probes @pull and @push."""

    def __init__(self, work, name, pull, push=None):
        self.work = os.path.join(work, name)
        self.pull_probe = pull
        self.push_probe = push
        self.counter = itertools.count()
        shutil.rmtree(self.work, ignore_errors=True)
        os.makedirs(self.work)

    def path(self, name):
        return os.path.join(self.work, f"{name}{next(self.counter)}")

    def store(self):
        return self.path("store") + ".db"

    def pull_arguments(self, where, url, collection="alerts", **options):
        return [self.pull_probe, where, url, collection,
                *[f"{key}={value}" for key, value in options.items()]]

    def pull(self, where, url, collection="alerts", timeout=60, **options):
        env = dict(os.environ, http_proxy="http://127.0.0.1:9",
                   https_proxy="http://127.0.0.1:9")  # must not matter
        env.update(options.pop("env", {}))
        done = subprocess.run(
            self.pull_arguments(where, url, collection, **options),
            check=True, stdout=subprocess.PIPE, env=env, timeout=timeout)
        return json.loads(done.stdout)

    def push(self, where, url, first, count, seconds=20):
        done = subprocess.run(
            [self.push_probe, where, url, "sightings", str(first), str(count),
             str(seconds)], check=True, stdout=subprocess.PIPE, text=True,
            timeout=seconds + 60)
        return json.loads(done.stdout.splitlines()[-1])

    def secret(self, text, mode=0o600):
        path = self.path("secret")
        with open(os.open(path, os.O_WRONLY | os.O_CREAT, mode), "w",
                  encoding="utf-8") as file:
            file.write(text + "\n")
        os.chmod(path, mode)
        return path


def hub_of(source):
    """The test hub's module."""
    sys.path.insert(0, os.path.join(source, "tests", "hub"))
    import hub
    return hub
