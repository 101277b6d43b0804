/* SPDX-License-Identifier: Apache-2.0 */
/*
 * json_tree: what the two readers of json.h make their tree with, value by
 * value. Private to engine/base.
 */
#pragma once

#include "engine/base/checksum.h"
#include "engine/base/json.h"

struct nrs_json_member;

/* An open object or array. */
struct nrs_json_level {
	struct nrs_json *node;
	struct nrs_json *last; /* child, or NULL */
	unsigned int members;
	uint64_t number; /* among all that were opened */
};

/* Members of objects that have many: a table with open addressing. */
struct nrs_json_index {
	struct nrs_json_member *slots;
	size_t size, used; /* a power of two, or 0 */
	struct nrs_hash_key *key;
};

struct nrs_json_tree {
	struct nrs_arena *arena; /* where it is made; nothing else is freed */
	struct nrs_json *root;
	unsigned int depth;  /* of what is open */
	struct nrs_span key; /* of the next member; in the arena */
	int err;	     /* why adding or opening gave NULL or false */
	uint64_t numbers;
	struct nrs_json_index index;
	struct nrs_json_level levels[NRS_JSON_DEPTH_MAX + 1]; /* from 1 */
};

/* Levels are left as they are: each is written when it is opened. */
void nrs_json_tree_init(struct nrs_json_tree *tree, struct nrs_arena *arena);
void nrs_json_tree_fini(struct nrs_json_tree *tree);

/* The next value; in an object the member `key`, which is empty then. Of equal
 * keys the last wins. NULL without memory. */
struct nrs_json *nrs_json_tree_add(struct nrs_json_tree *tree,
				   enum nrs_json_type type);

/* An object or array, which what follows is in until it is closed. False:
 * NRS_E_NOMEM, or NRS_E_LIMIT at NRS_JSON_DEPTH_MAX. */
bool nrs_json_tree_open(struct nrs_json_tree *tree, enum nrs_json_type type);
void nrs_json_tree_close(struct nrs_json_tree *tree);

/*
 * Read what is plain JSON, as nearly all is: well-formed UTF-8, no \u. Texts
 * are in the arena. NRS_E_UNSUPPORTED: it is not, or not JSON at all; the
 * library shall say. NRS_E_NOMEM.
 */
int nrs_json_plain(struct nrs_span text, struct nrs_arena *arena,
		   struct nrs_json **out);
