# SPDX-License-Identifier: Apache-2.0
"""hub_misp: what the test hub knows of MISP: the sightings API and the folder
of a feed (specification sections 4.6 and 8.1).

Attributes that sightings can be of come from the events of the feed and from
attribute(). A request needs the key, if there is one, as the whole value of
Authorization.
"""
import json
import time
import uuid

from hub_collection import Refusal

SIGHTING, FALSE_POSITIVE, EXPIRATION = "0", "1", "2"


class Misp:
    def __init__(self):
        self.key = None
        self.attributes = {}  # uuid -> {"id", "uuid", "value", "event_id"}
        self.events = {}  # uuid -> Event
        self.sightings = []  # records, as restSearch gives them

    def attribute(self, value, uuid_=None, event_id="1"):
        uuid_ = uuid_ or str(uuid.uuid4())
        self.attributes[uuid_] = {
            "id": str(len(self.attributes) + 1), "uuid": uuid_,
            "value": value, "event_id": event_id}
        return uuid_

    def event(self, event):
        """Published, or a later state of what was."""
        self.events[event["uuid"]] = event
        for each in event.get("Attribute", []):
            self.attribute(each["value"], each["uuid"])

    def withdraw(self, uuid_):
        del self.events[uuid_]

    def manifest(self):
        return {uuid_: {key: event[key]
                        for key in ("Orgc", "Tag", "info", "date", "analysis",
                                    "threat_level_id", "timestamp")
                        if key in event}
                for uuid_, event in self.events.items()}

    def get(self, parts):
        """feed/manifest.json and feed/UUID.json."""
        if parts == ["manifest.json"]:
            return self.manifest()
        uuid_ = parts[0].removesuffix(".json") if len(parts) == 1 else ""
        if uuid_ not in self.events:
            raise Refusal(404, "no such event")
        return {"Event": self.events[uuid_]}

    def check(self, authorization):
        if self.key is not None and authorization != self.key:
            raise Refusal(403, "Authentication failed. Please make sure you "
                               "pass the API key of an API enabled user along "
                               "in the Authorization header.")

    def post(self, parts, body):
        try:
            asked = json.loads(body)
            if not isinstance(asked, dict):
                raise ValueError
        except ValueError:
            raise Refusal(400, "no JSON object") from None
        if parts[:1] == ["add"] and len(parts) <= 2:
            return self.add(asked, parts[1] if len(parts) == 2 else None)
        if parts[:1] == ["restSearch"] and len(parts) == 2:
            return self.search(asked, parts[1])
        raise Refusal(404, "nothing here")

    def meant(self, asked, name):
        """The attributes that a sighting is of."""
        name = name or asked.get("uuid") or asked.get("id")
        values = asked.get("values", [asked["value"]] if "value" in asked
                           else [])
        if name is not None:
            return [a for a in self.attributes.values()
                    if name in (a["id"], a["uuid"])]
        return [a for a in self.attributes.values() if a["value"] in values]

    def add(self, asked, name):
        kind = str(asked.get("type", SIGHTING))
        if kind not in (SIGHTING, FALSE_POSITIVE, EXPIRATION):
            raise Refusal(400, "Invalid type")
        meant = self.meant(asked, name)
        if not meant:
            raise Refusal(404 if name else 400,
                          "No valid attributes found that match the criteria.")
        for attribute in meant:
            self.sightings.append({
                "id": str(len(self.sightings) + 1),
                "attribute_id": attribute["id"],
                "event_id": attribute["event_id"], "org_id": "1",
                "date_sighting": str(asked.get("timestamp",
                                               int(time.time()))),
                "uuid": str(uuid.uuid4()), "source": asked.get("source", ""),
                "type": kind, "attribute_uuid": attribute["uuid"],
                "Organisation": {"id": "1", "uuid": str(uuid.UUID(int=1)),
                                 "name": "test"}})
        return {"saved": True, "success": True,
                "message": f"{len(meant)} sightings successfully added."}

    def search(self, asked, context):
        if context not in ("attribute", "event", "instance"):
            raise Refusal(404, "no such context")
        found = self.sightings
        for field in ("type", "source"):
            if field in asked:
                found = [s for s in found if s[field] == str(asked[field])]
        if context != "instance" and "id" in asked:
            names = {"attribute": ("attribute_id", "attribute_uuid"),
                     "event": ("event_id",)}[context]
            found = [s for s in found
                     if str(asked["id"]) in [s[n] for n in names]]
        return {"response": [{"Sighting": s} for s in found]}
