# SPDX-License-Identifier: Apache-2.0
"""STIX objects against the schemas of the specification."""
import json
import os

import case


def wrong_objects(source, objects):
    """What the schemas refuse, as lines; nothing, and it is said, where there
    are no schemas or no jsonschema."""
    folder = os.path.join(case.shared(source), "schemas", "stix-2.1",
                          "schemas")
    try:
        import jsonschema
    except ImportError:
        jsonschema = None
    if jsonschema is None or not os.path.isdir(folder):
        print("objects not validated: no schemas or no jsonschema here")
        return []
    store = {}
    for place, _, names in os.walk(folder):
        for name in names:
            path = os.path.join(place, name)
            with open(path, encoding="utf-8") as file:
                schema = json.load(file)
            schema.pop("$id", None)
            store["file://" + os.path.abspath(path)] = schema
    wrong = []
    for item in objects:
        path = next(p for p in store if p.endswith(f"/{item['type']}.json"))
        resolver = jsonschema.RefResolver(path, store[path], store=store)
        validator = jsonschema.Draft202012Validator(store[path],
                                                    resolver=resolver)
        wrong += [f"{item['id']}: {e.message}"
                  for e in validator.iter_errors(item)]
    return wrong
