/* SPDX-License-Identifier: Apache-2.0 */
/*
 * taxii_answers: what a canned TAXII hub says, as initialisers of its answers,
 * and the URLs that it is asked at.
 */
#pragma once

#define URL "https://hub.example/api/"
#define OBJECTS URL "collections/22/objects/?"
#define T1 "2026-02-01T00:00:00.000001Z"
#define T2 "2026-02-02T00:00:00.000002Z"
#define AFTER_T1 "added_after=2026-02-01T00%3A00%3A00.000000Z&"
#define AFTER_T2 "added_after=2026-02-02T00%3A00%3A00.000002Z&"
#define A_ROOT                                                                 \
	{                                                                      \
		.status = 200, .body = "{\"versions\":[\"application/"         \
				       "taxii+json;version=2.1\"]}"            \
	}
#define COLLECTIONS                                                            \
	{                                                                      \
		.status = 200, .body = "{\"collections\":[{\"id\":\"22\","     \
				       "\"alias\":\"alerts\",\"can_read\":"    \
				       "true}]}"                               \
	}
#define FOUND A_ROOT, COLLECTIONS, A_ROOT
#define EMPTY                                                                  \
	{                                                                      \
		.status = 200, .body = "{}"                                    \
	}
/* A page whose last object was added at @at; more are to come, after @token. */
#define PAGE(at, objects) PAGE_WITH(at, "", objects)
#define MORE(at, objects) PAGE_WITH(at, "\"more\":true,", objects)
#define NEXT(at, token, objects)                                               \
	PAGE_WITH(at, "\"more\":true,\"next\":\"" token "\",", objects)
#define PAGE_WITH(at, members, objects)                                        \
	{                                                                      \
		.status = 200, .last = (at),                                   \
		.body = "{" members "\"objects\":[" objects "]}"               \
	}
#define NOTE(n) "{\"type\":\"note\",\"id\":\"note--" n "\"}"
