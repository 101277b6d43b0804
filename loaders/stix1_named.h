/* SPDX-License-Identifier: Apache-2.0 */
/*
 * stix1_named: the conditions of a file that have an id, for those that refer
 * to them: collected while the file is read, looked up when it has ended.
 */
#pragma once

#include "engine/base/arena.h"
#include "engine/base/err.h"

#define NRS_STIX1_NAMED_MAX 1000000u
#define NRS_STIX1_NAMED_BYTES ((size_t)256 << 20)

struct nrs_stix1_name {
	struct nrs_span id, bytes;
	size_t order; /* of arrival */
};

/* Starts as {0}. */
struct nrs_stix1_named {
	struct nrs_arena *arena;
	struct nrs_stix1_name *names;
	size_t count, room;
	bool is_sorted;
};

void nrs_stix1_named_fini(struct nrs_stix1_named *named);

/* Keep @bytes (copied) under @id. Beyond the caps nothing is kept: then the
 * id is not found. NRS_E_NOMEM. */
int nrs_stix1_named_add(struct nrs_stix1_named *named, struct nrs_span id,
			struct nrs_span bytes);

/* A copy of @bytes that lives as long; empty without memory or over the cap. */
struct nrs_span nrs_stix1_named_keep(struct nrs_stix1_named *named,
				     struct nrs_span bytes);

/* The bytes of @id (of several the first), or empty: for struct
 * nrs_condition_rules, with @named as its ctx. */
struct nrs_span nrs_stix1_named_find(void *named, struct nrs_span id);
