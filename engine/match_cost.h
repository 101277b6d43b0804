/* SPDX-License-Identifier: Apache-2.0 */
/*
 * match_cost: a small table of sums by indicator, of a matcher that is asked
 * for costs; a part of match.h.
 */
#pragma once

#include "engine/cost.h"
#include "engine/tables/regexdb.h"

struct nrs_matcher;

struct nrs_costs {
	struct nrs_cost slots[NRS_COST_SLOTS + 1]; /* no trials: free; the
						      last: others */
	uint64_t random;
	uint32_t until_timed; /* trials */
	struct nrs_regex_meter meter;
};

/* NULL without memory. */
struct nrs_costs *nrs_costs_new(struct nrs_matcher *m);

/* Around a trial, only where m->costs is there. Begin gives what end wants. */
int64_t nrs_cost_begin(struct nrs_matcher *m);
void nrs_cost_end(struct nrs_matcher *m, uint32_t indicator, int64_t begun_ns);

/* Sums of a generation that is gone: nobody could say whose they are. */
void nrs_costs_drop(struct nrs_matcher *m);
