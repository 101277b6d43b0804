/* SPDX-License-Identifier: Apache-2.0 */
/*
 * compare: what changed from one set, or delivery, to the next.
 *
 * An indicator is the same by its id, a value of a list by its shape and text,
 * whatever file it stands in. Of several versions in a set the one that counts
 * is compared.
 */
#pragma once

#include "engine/set.h"

enum nrs_change {
	NRS_CHANGE_NEW,
	NRS_CHANGE_UPDATED,
	NRS_CHANGE_REVOKED,
	NRS_CHANGE_EXPIRED, /* its end came, whether or not it is still there */
	NRS_CHANGE_GONE,
	NRS_CHANGE_COUNT
};
const char *nrs_change_name(enum nrs_change change);

#define NRS_COMPARE_NONE UINT32_MAX

struct nrs_difference {
	uint32_t before, after; /* index in its set, or NRS_COMPARE_NONE */
	uint32_t properties;	/* bit p: property p says something else */
	enum nrs_change change;
};

struct nrs_comparison {
	struct nrs_difference *items; /* by id, then by value */
	size_t count;
	uint64_t same; /* that changed in nothing */
	uint64_t counts[NRS_CHANGE_COUNT];
};

/* What ended in (since, at] is expired; what ended earlier is no news. */
struct nrs_compare_times {
	int64_t since_ns, at_ns;
};

/* The last moment that @set, settled, knows of: its newest modified time;
 * NRS_TIME_MIN if it knows none. */
int64_t nrs_compare_newest(const struct nrs_set *set);

/* Both sets settled. The caller frees items. NRS_E_NOMEM. */
int nrs_compare(struct nrs_comparison *out, const struct nrs_set *before,
		const struct nrs_set *after,
		const struct nrs_compare_times *times);

/* Properties that are compared, as numbers from 0. */
#define NRS_COMPARE_PROPERTIES (9u + NRS_BACKGROUND_MEMBERS)
const char *nrs_compare_property(unsigned int property);
/* Is it a source's own text, and not a time, number or word of ours? */
bool nrs_compare_is_text(unsigned int property);
/* Append what indicator @index says of it; a list with newlines between. */
void nrs_compare_said(const struct nrs_set *set, uint32_t index,
		      unsigned int property, struct nrs_text *out);
