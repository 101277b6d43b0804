#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The Debian package, built by cpack from the build at hand: it depends on the
package of every library that the program is linked with; installed, replaced,
removed and purged in a root of our own (this machine's, under an overlay that
ends with the test) it brings what a service needs, keeps an edited
configuration and what the sensor wrote until it is purged, and then leaves no
file. usage: package.py BUILD_DIR WORK_DIR"""
import os
import re
import shutil
import stat
import subprocess
import sys

import case
from case import check

build, work = sys.argv[1], os.path.join(sys.argv[2], "package")
CONF = "/etc/noroshi/noroshi.yaml"
UNIT = "/usr/lib/systemd/system/noroshi.service"
BOOKKEEPING = re.compile(
    r"/(var/lib/dpkg|var/cache|var/log/dpkg|run|tmp|dev|root)\b|"
    # The user stays: noroshi(7).
    r"/etc/(passwd|group|shadow|gshadow|subuid|subgid)-?$|/etc/\.pwd\.lock$|"
    r"/etc/ld\.so\.cache$|/noroshi\.deb$")


def output(*command, status=0):
    return case.run(*command, status=status).stdout


def make():
    case.fresh(work)
    os.umask(0o022)
    said = output("cpack", "--config", f"{build}/CPackConfig.cmake", "-B", work)
    return re.search(r"package: (\S+\.deb)", said)[1]


def dependencies(deb):
    """Each library's owner, as dpkg knows it, against the field."""
    field = output("dpkg-deb", "-f", deb, "Depends")
    needed = re.findall(r"NEEDED.*\[(.*)\]", output(
        "readelf", "-d", f"{build}/app/noroshi"))
    check(len(needed) > 10, f"libraries: {needed}")
    for library in needed:
        owners = re.findall(r"^([^:]+):", output("dpkg", "-S", f"*/{library}"),
                            re.M)
        check(any(re.search(rf"(^|, ){re.escape(owner)}( |,|$)", field)
                  for owner in owners),
              f"{library} of {owners} is in Depends: {field}")


def in_root(*command, status=0):
    return output("chroot", f"{work}/over/root", *command, status=status)


def written():
    """Paths that the overlay holds and are not bookkeeping."""
    top = f"{work}/over/layer/upper"
    found = set()
    for place, folders, files in os.walk(top):
        for name in files:
            path = os.path.join(place, name)
            state = os.lstat(path)
            # So the overlay marks what was deleted.
            if stat.S_ISCHR(state.st_mode) and state.st_rdev == 0:
                continue
            if not BOOKKEEPING.match(path[len(top):]):
                found.add(path[len(top):])
    return found


def installed():
    in_root("dpkg", "-i", "/noroshi.deb")
    files = written()
    for path in ("/usr/bin/noroshi", CONF, UNIT,
                 "/usr/lib/sysusers.d/noroshi.conf",
                 "/usr/share/man/man1/noroshi.1.gz",
                 "/usr/share/man/man5/noroshi.conf.5.gz",
                 "/usr/share/man/man7/noroshi.7.gz",
                 "/usr/share/doc/noroshi/copyright"):
        check(path in files, f"{path} is installed")
    check("noroshi" in in_root("id", "noroshi"), "the user is there")
    check(in_root("stat", "-c", "%a %U", CONF) == "644 root\n",
          "the configuration can be read, and is root's")
    check("noroshi matches" in in_root("noroshi", "--help"), "it runs")
    said = subprocess.run(
        ["chroot", f"{work}/over/root", "noroshi", "run", "--check", "-c",
         CONF], capture_output=True, text=True).stderr
    check("interfaces" in said and len(said.splitlines()) <= 2,
          f"only the interfaces are missing in the configuration: {said}")
    if shutil.which("systemd-analyze") is not None:
        done = subprocess.run(
            ["chroot", f"{work}/over/root", "systemd-analyze", "verify",
             "--man=no", UNIT], capture_output=True, text=True)
        said = [line for line in done.stderr.splitlines() if "noroshi" in line]
        check(not said, f"systemd finds nothing wrong with the unit: {said}")


def edited_and_used():
    for folder in ("lib", "log"):
        in_root("install", "-d", "-o", "noroshi", f"/var/{folder}/noroshi")
        with open(f"{work}/over/root/var/{folder}/noroshi/kept", "w") as file:
            file.write("c2.example\n")
    with open(f"{work}/over/root{CONF}", "a") as file:
        file.write("indicators: [/var/lib/noroshi/kept]\n"
                   "interfaces: [lo]\n")
    in_root("noroshi", "run", "--check", "-c", CONF)
    # As `systemctl enable` does.
    in_root("mkdir", "-p", "/etc/systemd/system/multi-user.target.wants")
    in_root("ln", "-s", UNIT,
            "/etc/systemd/system/multi-user.target.wants/noroshi.service")
    in_root("dpkg", "-i", "/noroshi.deb")
    with open(f"{work}/over/root{CONF}") as file:
        check(file.read().endswith("interfaces: [lo]\n"),
              "replaced, it keeps an edited configuration")


def gone():
    kept = {CONF, "/var/lib/noroshi/kept", "/var/log/noroshi/kept"}
    in_root("dpkg", "-r", "noroshi")
    check(written() == kept,
          f"removed, only what was edited and written stays: {written()}")
    in_root("dpkg", "-P", "noroshi")
    check(written() == set(), f"purged, nothing stays: {written()}")
    for path in ("/etc/noroshi", "/var/lib/noroshi", "/var/log/noroshi"):
        check(not os.path.lexists(f"{work}/over/root{path}"),
              f"purged, {path} is gone")


def whole_life(deb):
    over = f"{work}/over"
    os.makedirs(f"{over}/root")
    os.makedirs(f"{over}/layer")
    # An overlay's upper folder may not lie on another overlay.
    subprocess.run(["mount", "-t", "tmpfs", "tmpfs", f"{over}/layer"],
                   check=True)
    for name in ("upper", "work"):
        os.makedirs(f"{over}/layer/{name}")
    mounted = subprocess.run(
        ["mount", "-t", "overlay", "overlay", "-o",
         f"lowerdir=/,upperdir={over}/layer/upper,workdir={over}/layer/work",
         f"{over}/root"], capture_output=True)
    if mounted.returncode != 0:
        case.skip("no overlay can be mounted here")
    subprocess.run(["mount", "--bind", "/proc", f"{over}/root/proc"],
                   check=True)
    subprocess.run(["mount", "--bind", "/dev", f"{over}/root/dev"], check=True)
    shutil.copy(deb, f"{over}/root/noroshi.deb")
    if os.path.exists("/etc/noroshi") or os.path.exists("/usr/bin/noroshi"):
        case.skip("noroshi is installed on this machine")
    check(written() == set(), f"an empty layer: {written()}")
    installed()
    edited_and_used()
    gone()


case.need("cpack", "dpkg-deb", "dpkg-shlibdeps", "readelf")
if len(sys.argv) > 3:  # inside the namespace
    whole_life(sys.argv[3])
else:
    made = make()
    dependencies(made)
    if os.geteuid() != 0 or shutil.which("unshare") is None:
        case.skip("mounting a root of its own needs root")
    done = subprocess.run(["unshare", "--mount", sys.executable, __file__,
                           build, sys.argv[2], made])
    if done.returncode == 77:
        case.skip("as it says")
    check(done.returncode == 0, "its life")
case.end()
