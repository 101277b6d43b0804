/* SPDX-License-Identifier: Apache-2.0 */
/*
 * json_walk: walk through a JSON document of any size in constant memory.
 *
 * At each value the caller says whether to enter it (an object or an array),
 * to have its text whole, or to pass over it. Where json_split knows what a
 * bundle is, here the caller knows what it is in; the texts that are taken go
 * to nrs_json_parse. Several documents may stand one behind another.
 */
#pragma once

#include "engine/base/err.h"
#include "engine/base/json.h"

struct nrs_json_walk;

enum nrs_json_way {
	NRS_JSON_PASS,
	NRS_JSON_TAKE,
	NRS_JSON_ENTER, /* for { and [ alone; else as PASS */
};

struct nrs_json_walk_ops {
	/* A value begins with @first; @key is its member's name as written
	 * (cut at 127 octets), empty in an array. */
	enum nrs_json_way (*begin)(void *ctx, struct nrs_span key,
				   uint8_t first);
	/* The value that was to be taken, valid during the call; @offset is
	 * its place in the document. With @err (NRS_E_LIMIT: above
	 * NRS_JSON_OBJECT_MAX or NRS_JSON_DEPTH_MAX; NRS_E_TRUNCATED) @text
	 * is what is known of it. Non-zero stops the push. */
	int (*value)(void *ctx, int err, struct nrs_span key,
		     struct nrs_span text, uint64_t offset);
	/* A value that was entered ends. Non-zero stops the push. */
	int (*end)(void *ctx);
};

/* @ops is borrowed. NRS_E_NOMEM. */
int nrs_json_walk_new(struct nrs_json_walk **out,
		      const struct nrs_json_walk_ops *ops, void *ctx);
void nrs_json_walk_free(struct nrs_json_walk *walk);

/* NRS_E_NOMEM, NRS_E_LIMIT (entered more than NRS_JSON_DEPTH_MAX deep), or what
 * a callback returned. */
int nrs_json_walk_push(struct nrs_json_walk *walk, struct nrs_span bytes);

/* The document ends. NRS_E_TRUNCATED if it was cut in the middle: what is open
 * is ended all the same. NRS_E_FORMAT if it held no value. */
int nrs_json_walk_end(struct nrs_json_walk *walk, struct nrs_diag *diag);
