#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The test hub against the specification it emulates (sections 5.1, 5.4, 6):
a test hub that is kinder than a real one would hide our faults.
usage: hub_itself.py"""
import http.client
import json
import socket
import sys
import time
import urllib.parse

from hub import ALERTS, MEDIA, SIGHTINGS, Hub, basic, indicator

ROOT = "/api/collections/"
CASES = []


def case(function):
    CASES.append(function)
    return function


class Answer:
    def __init__(self, response):
        self.status = response.status
        self.headers = response.headers
        self.body = response.read()

    @property
    def json(self):
        return json.loads(self.body)


def ask(hub, path, method="GET", body=None, **query):
    """match_type=... is match[type]; a header is given as h_Name."""
    headers = {"Accept": MEDIA}
    if body is not None:
        headers["Content-Type"] = MEDIA
        body = body if isinstance(body, (str, bytes)) else json.dumps(body)
    for key in [k for k in query if k.startswith("h_")]:
        headers[key[2:].replace("_", "-")] = query.pop(key)
    query = {f"match[{k[6:]}]" if k.startswith("match_") else k: v
             for k, v in query.items()}
    if query:
        path += "?" + urllib.parse.urlencode(query)
    connection = http.client.HTTPConnection("127.0.0.1", hub.port, timeout=10)
    try:
        connection.request(method, path, body, headers)
        return Answer(connection.getresponse())
    finally:
        connection.close()


def objects(hub, **query):
    return ask(hub, ROOT + "alerts/objects/", **query)


def ids(answer):
    return [int(o["id"][11:19], 16) for o in answer.json.get("objects", [])]


def equal(got, wanted, what=""):
    assert got == wanted, f"{what}: want {wanted!r}, got {got!r}"


@case
def resources_and_aliases(hub):
    equal(ask(hub, "/taxii2/").json["api_roots"], ["/api/"])
    equal(ask(hub, "/api/").json["versions"], [MEDIA])
    listed = ask(hub, ROOT).json["collections"]
    equal([c["id"] for c in listed], [ALERTS, SIGHTINGS])
    equal(ask(hub, ROOT + "alerts/").json, listed[0])
    equal(ask(hub, ROOT + ALERTS + "/").json, listed[0])
    equal(ask(hub, ROOT + "nothing/").status, 404)
    equal(ask(hub, "/api/nothing/").status, 404)


@case
def an_empty_collection_is_an_empty_object_without_dates(hub):
    answer = objects(hub)
    equal((answer.status, answer.json), (200, {}))
    equal(answer.headers["X-TAXII-Date-Added-Last"], None)


@case
def added_after_is_exclusive_and_pages_are_in_order(hub):
    hub.publish(*[indicator(n) for n in range(25)])
    first = objects(hub, limit=10)
    equal((ids(first), first.json["more"]), (list(range(10)), True))
    last = first.headers["X-TAXII-Date-Added-Last"]
    equal(ids(objects(hub, limit=10, added_after=last)),
          list(range(10, 20)))
    second = objects(hub, limit=10, next=first.json["next"])
    equal(ids(second), list(range(10, 20)))
    third = objects(hub, limit=10, next=second.json["next"])
    equal((ids(third), third.json["more"], "next" in third.json),
          (list(range(20, 25)), False, False))
    equal(objects(hub, limit=0).status, 400)
    equal(objects(hub, added_after="2026-01-01T00:00:00+00:00").status, 500)
    equal(objects(hub, added_after="yesterday").status, 500)


@case
def a_next_wants_the_same_filters_and_expires(hub):
    hub.publish(*[indicator(n) for n in range(25)])
    token = objects(hub, limit=10, match_type="indicator").json["next"]
    equal(objects(hub, limit=10, next=token).status, 400, "other filters")
    equal(objects(hub, limit=10, next=token,
                  match_type="indicator").status, 200)
    hub.set(need_limit=True)
    equal(objects(hub, next=token, match_type="indicator").status, 500)
    hub.set(next_ttl=0)
    time.sleep(0.01)
    equal(objects(hub, limit=10, next=token,
                  match_type="indicator").status, 400, "expired")


@case
def filters(hub):
    hub.publish(indicator(1), indicator(2),
                {"type": "tool", "id": "tool--1", "name": "old"})
    equal(ids(objects(hub, match_type="indicator,malware")), [1, 2])
    equal(ids(objects(hub, match_id=indicator(2)["id"])), [2])
    equal([o["id"] for o in objects(hub, match_spec_version="2.0")
           .json["objects"]], ["tool--1"])
    equal(objects(hub, match_colour="red").status, 400)


@case
def versions_of_an_object(hub):
    hub.publish(indicator(1))
    younger = hub.revoke(indicator(1)["id"])
    path = ROOT + f"alerts/objects/{indicator(1)['id']}/"
    older = indicator(1)["modified"]
    for asked, wanted in ((None, [younger]), ("last", [younger]),
                          ("first", [older]), ("all", [older, younger]),
                          (older, [older]), ("first,last", [older, younger]),
                          ("2000-01-01T00:00:00.000Z", [])):
        query = {"match_version": asked} if asked else {}
        for where in (path, ROOT + "alerts/objects/"):
            equal([o["modified"] for o in
                   ask(hub, where, **query).json.get("objects", [])], wanted,
                  asked)
    equal(ask(hub, path + "versions/").json["versions"], [older, younger])
    equal(ask(hub, ROOT + "alerts/objects/indicator--0/versions/").status,
          404)


@case
def a_manifest_has_dates_and_no_next(hub):
    hub.publish(*[indicator(n) for n in range(5)])
    answer = ask(hub, ROOT + "alerts/manifest/", limit=3)
    rows = answer.json["objects"]
    equal((len(rows), answer.json["more"], "next" in answer.json),
          (3, True, False))
    equal(rows[2]["date_added"], answer.headers["X-TAXII-Date-Added-Last"])
    equal(rows[0]["version"], indicator(0)["modified"])


@case
def collections_for_reading_and_for_writing(hub):
    equal(ask(hub, ROOT + "sightings/objects/").status, 403)
    equal(ask(hub, ROOT + "alerts/objects/", "POST",
              {"objects": [indicator(1)]}).status, 403)
    equal(ask(hub, ROOT + "sightings/objects/x/", "DELETE").status, 403)


@case
def posts_and_their_status(hub):
    path = ROOT + "sightings/objects/"
    hub.reject(indicator(2)["id"], "no")
    hub.set(pending=2, odd_ids=True)
    answer = ask(hub, path, "POST",
                 {"objects": [indicator(n) for n in range(3)]})
    equal((answer.status, answer.json["status"]), (202, "pending"))
    status = "/api/status/" + urllib.parse.quote(answer.json["id"], "") + "/"
    equal([ask(hub, status).json["status"] for _ in range(3)],
          ["pending", "pending", "complete"])
    done = ask(hub, status).json
    equal((done["success_count"], done["failures"][0]["message"]), (2, "no"))
    hub.set(pending=0, counts_only=True)
    again = ask(hub, path, "POST", {"objects": [indicator(1)]}).json
    equal((again["success_count"], "successes" in again), (1, False))
    hub.set(counts_only=False, no_status=True)
    equal(ask(hub, status).status, 404)
    again = ask(hub, path, "POST", {"objects": [indicator(1)]}).json
    equal(again["successes"][0]["message"], "Object already added")


@case
def refusals_of_a_post(hub):
    path = ROOT + "sightings/objects/"
    equal(ask(hub, path, "POST", "[]").status, 422)
    equal(ask(hub, path, "POST", '{"objects": 7}').status, 422)
    equal(ask(hub, path, "POST", '{"objects": []}').status, 422)
    equal(ask(hub, path, "POST", "{").status, 422)
    equal(ask(hub, path, "POST", "{}", h_Content_Type="text/plain").status,
          415)
    equal(ask(hub, path, "POST", "{}", h_Content_Encoding="gzip").status, 400)
    hub.max_content_length = 10
    equal(ask(hub, path, "POST", {"objects": [indicator(1)]}).status, 413)


@case
def media_slashes_and_refusals_as_told(hub):
    equal(ask(hub, "/taxii2/", h_Accept="application/json").status, 406)
    equal(ask(hub, "/taxii2").headers["Location"], "/taxii2/")
    hub.set(plain=True)
    equal(ask(hub, "/taxii2/").status, 406)
    equal(ask(hub, "/taxii2/", h_Accept="application/taxii+json").status, 200)
    hub.fail(2, 429, 7)
    answer = ask(hub, "/taxii2/")
    equal((answer.status, answer.headers["Retry-After"]), (429, "7"))
    hub.auth = basic("a", "b")
    hub.fail(0, 0)
    hub.set(plain=False, html_errors=True)
    answer = ask(hub, "/taxii2/")
    equal((answer.status, answer.headers["Content-Type"]),
          (401, "text/html"))


@case
def faults_of_a_page(hub):
    hub.publish(*[indicator(n) for n in range(6)])
    hub.set(duplicate=True)
    token, seen = None, []
    while token is None or token:
        page = objects(hub, limit=2, **({"next": token} if token else {}))
        seen += ids(page)
        token = page.json.get("next", "")
    equal(seen, [0, 1, 0, 1, 2, 3, 2, 3, 4, 5])
    hub.set(duplicate=False, bare=True)
    equal(set(objects(hub).json["objects"][0]),
          {"type", "id", "pattern", "pattern_type", "valid_from"})
    hub.set(bare=False, huge=1000)
    equal(len(objects(hub).json["objects"][0]["content"]), 1000)
    for fault in ("bad_object", "garbage", "bad_utf8", "cut_json"):
        hub.set(huge=0, **{fault: True})
        try:
            objects(hub).body.decode()
            objects(hub).json
            raise SystemExit(f"{fault} is none")
        except ValueError:
            hub.set(**{fault: False})
    hub.set(length=10)
    try:
        objects(hub)
        raise SystemExit("length is none")
    except (http.client.IncompleteRead, socket.timeout):
        hub.set(length=0)
    hub.set(bundle=True)
    equal([o["type"] for o in objects(hub).json["objects"]], ["bundle"])
    hub.set(bundle=False, skew=3600, dates="js")
    hub.publish(indicator(9))
    assert "GMT+0000" in objects(hub).headers["X-TAXII-Date-Added-Last"]


@case
def a_million_objects_are_made_when_asked_for(hub):
    hub.many(1000000)
    first = objects(hub, limit=3)
    equal((ids(first), first.json["more"]), ([0, 1, 2], True))
    last = first.headers["X-TAXII-Date-Added-Last"]
    equal(ids(objects(hub, limit=3, added_after=last)), [3, 4, 5])
    second = objects(hub, limit=3, next=first.json["next"])
    equal(ids(second), [3, 4, 5])
    hub.many(10, 0)
    equal(len(ids(objects(hub, limit=20))), 10)


@case
def misp_sightings(hub):
    hub.misp_key("sesame")
    uuid_ = hub.misp_attribute("1.2.3.4")
    key = {"h_Authorization": "sesame", "h_Content_Type": "application/json"}
    equal(ask(hub, "/sightings/add", "POST", {"values": ["1.2.3.4"]}).status,
          403)
    answer = ask(hub, "/sightings/add", "POST", {"values": ["1.2.3.4"]},
                 **key)
    equal((answer.status, answer.json["saved"]), (200, True))
    equal(ask(hub, f"/sightings/add/{uuid_}", "POST",
              {"type": "1", "source": "edge-7", "timestamp": "1700000000"},
              **key).status, 200)
    equal(ask(hub, "/sightings/add", "POST", {"values": ["5.6.7.8"]},
              **key).status, 400)
    equal(ask(hub, "/sightings/add/7777", "POST", {}, **key).status, 404)
    found = ask(hub, "/sightings/restSearch/attribute", "POST",
                {"id": uuid_, "type": "1"}, **key).json["response"]
    equal([(s["Sighting"]["source"], s["Sighting"]["date_sighting"])
           for s in found], [("edge-7", "1700000000")])
    equal(len(hub.misp_sightings()), 2)


@case
def a_misp_feed(hub):
    event = {"uuid": "c99506a6-1255-4b71-afa5-7b8ba48c3b1b", "info": "x",
             "timestamp": "1700000000", "date": "2026-01-01",
             "Orgc": {"name": "o", "uuid": "u"},
             "Attribute": [{"uuid": "a", "type": "ip-dst", "to_ids": True,
                            "value": "1.2.3.4"}]}
    hub.misp_event(event)
    equal(ask(hub, "/feed/manifest.json").json[event["uuid"]]["timestamp"],
          "1700000000")
    equal(ask(hub, f"/feed/{event['uuid']}.json").json, {"Event": event})
    hub.misp_withdraw(event["uuid"])
    equal(ask(hub, f"/feed/{event['uuid']}.json").status, 404)
    equal(ask(hub, "/feed/manifest.json").json, {})


def main():
    for function in CASES:
        with Hub() as hub:
            try:
                function(hub)
            except AssertionError as error:
                sys.exit(f"{function.__name__}: {error}")
        print(function.__name__, flush=True)


main()
