/* SPDX-License-Identifier: Apache-2.0 */
/*
 * taxii_answer: the resources that a TAXII 2.1 hub answers with, envelopes
 * aside (envelope.h). All spans point into the arena that they were parsed
 * with; what a hub left out is empty or 0. Text is the hub's: hostile.
 */
#pragma once

#include "engine/base/json.h"

#define NRS_TAXII_ROOTS_MAX 64u
#define NRS_TAXII_ITEMS_MAX 100000u

/* Discovery (section 4.1). */
struct nrs_taxii_discovery {
	struct nrs_span title, default_root;
	struct nrs_span roots[NRS_TAXII_ROOTS_MAX];
	size_t root_count; /* further ones are dropped */
};

/* API root (section 4.2). */
struct nrs_taxii_root {
	struct nrs_span title;
	bool speaks_21;		     /* its versions say so */
	uint64_t max_content_length; /* of a POST, in bytes; 0: not said */
};

/* Collection (section 5.2). */
struct nrs_taxii_collection {
	struct nrs_span id, title, alias;
	bool can_read, can_write;
	struct nrs_taxii_collection *next;
};

/* One object in a status. */
struct nrs_taxii_item {
	struct nrs_span id, message;
	int64_t version_ns; /* NRS_TIME_MIN: not said */
	struct nrs_taxii_item *next;
};

/* Status of a POST (section 4.3). A hub may give counts and no lists. */
struct nrs_taxii_status {
	struct nrs_span id;
	bool is_complete;
	uint64_t total, success, failure, pending;
	struct nrs_taxii_item *successes, *failures, *pendings;
};

/* One row of a manifest (section 5.3). Times NRS_TIME_MIN: not said. */
struct nrs_taxii_row {
	struct nrs_span id;
	int64_t version_ns, added_ns;
	struct nrs_taxii_row *next;
};

struct nrs_taxii_manifest {
	struct nrs_taxii_row *rows;
	bool more;
};

/* NRS_E_FORMAT: not that resource. NRS_E_LIMIT: above the caps. NRS_E_NOMEM. */
int nrs_taxii_parse_discovery(const struct nrs_json *json,
			      struct nrs_taxii_discovery *out);
int nrs_taxii_parse_root(const struct nrs_json *json,
			 struct nrs_taxii_root *out);
int nrs_taxii_parse_collection(const struct nrs_json *json,
			       struct nrs_taxii_collection *out);
/* *@out: the first of a list, NULL for an empty one. */
int nrs_taxii_parse_collections(const struct nrs_json *json,
				struct nrs_arena *arena,
				struct nrs_taxii_collection **out);
int nrs_taxii_parse_status(const struct nrs_json *json, struct nrs_arena *arena,
			   struct nrs_taxii_status *out);
int nrs_taxii_parse_manifest(const struct nrs_json *json,
			     struct nrs_arena *arena,
			     struct nrs_taxii_manifest *out);

/*
 * What an error body says, one line for people, appended to @out without
 * control characters: "title: description" of an error message (section
 * 3.6.1), nothing for HTML and other text.
 */
void nrs_taxii_error_text(struct nrs_span body, struct nrs_text *out);
