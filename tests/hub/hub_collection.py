# SPDX-License-Identifier: Apache-2.0
"""hub_collection: what a collection of the test hub holds, and what a request
selects of it (TAXII 2.1 sections 3.4, 3.5 and 5; specification section 5.1).

Entries are (date_added in microseconds since 1970, object), in that order.
"""
import bisect
import datetime
import time

EPOCH = datetime.datetime(1970, 1, 1, tzinfo=datetime.timezone.utc)


class Refusal(Exception):
    """An answer that is an error."""

    def __init__(self, status, title, headers=None):
        super().__init__(title)
        self.status = status
        self.headers = headers or {}


def now_us():
    return time.time_ns() // 1000


def stamp(us, form="Z"):
    when = EPOCH + datetime.timedelta(microseconds=us)
    if form == "offset":
        return when.strftime("%Y-%m-%dT%H:%M:%S.%f+00:00")
    if form == "js":
        return when.strftime(
            "%a %b %d %Y %H:%M:%S GMT+0000 (Coordinated Universal Time)")
    if form == "undefined":
        return "undefined"
    return when.strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def stamp_us(text):
    """Only with Z: medallion, too, fails on +00:00 and on garbage."""
    if not text.endswith("Z"):
        raise Refusal(500, f"not a timestamp: {text}")
    form = "%Y-%m-%dT%H:%M:%S.%fZ" if "." in text else "%Y-%m-%dT%H:%M:%SZ"
    # Nine digits are legal in STIX; the hub counts microseconds.
    if "." in text:
        whole, digits = text[:-1].split(".")
        text = f"{whole}.{digits[:6]}Z"
    try:
        when = datetime.datetime.strptime(text, form)
    except ValueError:
        raise Refusal(500, f"not a timestamp: {text}") from None
    return (when.replace(tzinfo=datetime.timezone.utc) - EPOCH) \
        // datetime.timedelta(microseconds=1)


def version_of(obj):
    """modified, or created, or (without both) a date that never changes."""
    return obj.get("modified") or obj.get("created") or \
        "1970-01-01T00:00:00.000Z"


class Many:
    """A million entries that nobody has to hold: each is made when asked."""

    def __init__(self, count, make, first_us, step_us):
        self.count = count
        self.make = make
        self.first_us = first_us
        self.step_us = step_us

    def __len__(self):
        return self.count

    def __getitem__(self, at):
        if isinstance(at, slice):
            return [self[i] for i in range(*at.indices(self.count))]
        return self.first_us + at * self.step_us, self.make(at)

    def after(self, us):
        if us < self.first_us:
            return self
        skip = self.count if self.step_us == 0 else \
            min(self.count, (us - self.first_us) // self.step_us + 1)
        return Many(self.count - skip, lambda at: self.make(at + skip),
                    self.first_us + skip * self.step_us, self.step_us)


class Collection:
    def __init__(self, id_, alias, can_read, can_write):
        self.id = id_
        self.alias = alias
        self.can_read = can_read
        self.can_write = can_write
        self.by_id = {}  # id -> its entries, oldest version first
        self.many = None
        self.cache = {}

    def __len__(self):
        return sum(map(len, self.by_id.values()))

    def resource(self):
        return {"id": self.id, "title": self.alias, "alias": self.alias,
                "can_read": self.can_read, "can_write": self.can_write,
                "media_types": ["application/stix+json;version=2.1"]}

    def newest_us(self):
        return max((e[0] for es in self.by_id.values() for e in es),
                   default=None)

    def add(self, obj, us):
        """False: that version is there already."""
        entries = self.by_id.setdefault(obj["id"], [])
        version = version_of(obj)
        if any(version_of(old) == version for _, old in entries):
            return False
        bisect.insort(entries, (us, obj), key=lambda e: version_of(e[1]))
        self.cache.clear()
        return True

    def remove(self, id_, version="all"):
        entries = self.by_id.get(id_)
        if entries is None:
            raise Refusal(404, "no such object")
        gone = select_versions(entries, version)
        self.by_id[id_] = [e for e in entries if e not in gone]
        if not self.by_id[id_]:
            del self.by_id[id_]
        self.cache.clear()

    def versions(self, id_):
        entries = self.by_id.get(id_)
        if entries is None:
            raise Refusal(404, "no such object")
        return sorted(entries, key=lambda e: e[0])

    def in_order(self, versions):
        """All entries of these versions by date_added, kept until a change."""
        if versions not in self.cache:
            chosen = [e for entries in self.by_id.values()
                      for e in select_versions(entries, versions)]
            self.cache[versions] = sorted(chosen, key=lambda e: e[0])
        return self.cache[versions]

    def select(self, query, ignore_added_after=False):
        """What a request's query asks for, in order of date_added."""
        for key, values in query.items():
            if key not in ("added_after", "match[id]", "match[type]",
                           "match[version]", "match[spec_version]"):
                raise Refusal(400, f"an unknown parameter: {key}")
            if len(values) != 1:
                raise Refusal(400, f"{key} twice")
        after = stamp_us(query["added_after"][0]) \
            if "added_after" in query and not ignore_added_after else None
        if self.many is not None:
            return self.many if after is None else self.many.after(after)
        entries = self.in_order(query.get("match[version]", ["last"])[0])
        if after is not None:
            entries = entries[bisect.bisect_right(entries, after,
                                                  key=lambda e: e[0]):]
        for field, fallback in (("type", None), ("id", None),
                                ("spec_version", "2.0")):
            if f"match[{field}]" in query:
                wanted = query[f"match[{field}]"][0].split(",")
                entries = [e for e in entries
                           if e[1].get(field, fallback) in wanted]
        return entries


def select_versions(entries, text):
    """@entries of one id, oldest first; @text: last, first, all, times."""
    chosen = []
    for word in text.split(","):
        if word == "last":
            chosen += entries[-1:]
        elif word == "first":
            chosen += entries[:1]
        elif word == "all":
            chosen += entries
        else:
            us = stamp_us(word)
            chosen += [e for e in entries if stamp_us(version_of(e[1])) == us]
    return [e for i, e in enumerate(chosen) if e not in chosen[:i]]
