# SPDX-License-Identifier: Apache-2.0
"""An ISAC in the server's namespace: the test hub, an indicator as it publishes
them, and what its members told it."""
import os
import sys

import case
import net
from pulling import hub_of

hub_module = hub_of(os.path.join(os.path.dirname(os.path.abspath(__file__)),
                                 "..", ".."))
PORT = 8081
GREEN = "marking-definition--bab4a63c-aed9-4cf5-a766-dfca5abac2bb"
URL = f"http://{net.SERVER}:{PORT}/taxii2/"
# A member that reads the alerts and whose reports leave by themselves.
AUTO = ("--collection", "alerts", "--interval", "1", "--report-to",
        "sightings", "--report-mode", "auto", "--reporter", "Member 7",
        "--contact", "ops@member.example")


def indicator(n, domain, **more):
    return {**hub_module.indicator(n, domain), "name": f"name {n}",
            "object_marking_refs": [GREEN], **more}


def start(hosts, place, *options, **more):
    """The hub, until the test ends; it does what it is told to."""
    control = f"{place}/control"
    hosts.start(hosts.server,
                [sys.executable, hub_module.__file__, "--bind", net.SERVER,
                 "--port", str(PORT), "--control", control, *options], **more)
    assert case.until(lambda: os.path.exists(control)), "no hub began"
    return hub_module.Control(control)


def sightings(hub):
    return [thing for thing in hub.received() if thing["type"] == "sighting"]
