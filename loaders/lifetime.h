/* SPDX-License-Identifier: Apache-2.0 */
/*
 * lifetime: how long an indicator of a source is believed that does not say
 * when it ends: by its type, counted from valid_from, or from its version's
 * time where that is all that is known.
 */
#pragma once

#include "engine/set.h"

/* STIX types that have a lifetime of their own, and "*" for all others. */
#define NRS_LIFETIMES_MAX 16u

struct nrs_lifetimes {
	struct nrs_span type[NRS_LIFETIMES_MAX]; /* borrowed */
	int64_t ns[NRS_LIFETIMES_MAX];
	unsigned int count;
};

/*
 * "30d", or "ipv4-addr=7d,domain-name=90d,*=365d": whole numbers of h, d, w or
 * y (365 days). @text is borrowed. NRS_E_SYNTAX, NRS_E_RANGE (0, or more than
 * a century), NRS_E_LIMIT; the diag says where. Empty: none.
 */
int nrs_lifetimes_read(struct nrs_span text, struct nrs_lifetimes *out,
		       struct nrs_diag *diag);

/* Give an end to the indicators of @set from index @first on that have none.
 * The type is that of the pattern's first test. What has no time at all stays
 * without. */
void nrs_lifetimes_apply(const struct nrs_lifetimes *lifetimes,
			 struct nrs_set *set, uint32_t first);
