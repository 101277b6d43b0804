/* SPDX-License-Identifier: Apache-2.0 */
/*
 * choose: the way from what was received to what is matched, step by step, and
 * how many each step took: the funnel.
 *
 * An indicator is counted where it fell out first: refused by its loader, then
 * revoked, superseded, duplicate or benign (the set is settled), expired, not
 * evaluable or refused by a guard, excepted, dropped by a rule. One thread.
 */
#pragma once

#include "engine/db.h"
#include "loaders/allow.h"
#include "loaders/select.h"

struct nrs_choose_options {
	const struct nrs_build_options *building; /* what comes afterwards */
	struct nrs_allow *allow;		  /* exceptions; or NULL */
	struct nrs_select *select;		  /* the policy; or NULL */
	int64_t at_ns;	   /* the clock of ages and of what is expired */
	bool drop_expired; /* what is expired at that time, is so for good */
	bool judge;	   /* verdicts also where nobody chooses */
};

/* Between nrs_set_settle and nrs_db_build. NRS_E_NOMEM, NRS_E_INTERNAL. */
int nrs_choose(struct nrs_set *set, const struct nrs_choose_options *options);

/* Why patterns are not evaluable: an object type, or a reason cut short. */
#define NRS_FUNNEL_REASONS 8u
struct nrs_funnel_reason {
	char word[40];
	uint64_t count;
};

struct nrs_funnel {
	uint64_t received; /* of a file: whatever could be an indicator */
	uint64_t rejected; /* by a loader, or an error in the pattern */
	uint64_t unseen;   /* not evaluable */
	uint64_t expired, revoked, superseded;
	uint64_t duplicates;
	uint64_t benign;
	uint64_t guarded;
	uint64_t excepted;
	uint64_t dropped;			    /* by all rules; each: */
	uint64_t by_rule[NRS_SELECT_RULES_MAX + 1]; /* nrs_select_dropped */
	uint64_t full, partial;
	uint64_t watched; /* of those two */
	uint64_t waiting; /* of set_over.h: to be compiled */
	/* The most frequent first; what has no place is not told apart. */
	struct nrs_funnel_reason reasons[NRS_FUNNEL_REASONS];
};

/* Count @set as it is; @select: of the last nrs_choose, or NULL. */
void nrs_funnel_count(struct nrs_funnel *out, const struct nrs_set *set,
		      const struct nrs_select *select);

/* Of the set that another one is over: its count, and what chose there. */
struct nrs_funnel_below {
	const struct nrs_funnel *funnel;
	const struct nrs_select *select; /* or NULL */
};
/* The same for @set over another one (set_over.h), without a look at all that
 * did not change. */
void nrs_funnel_over(struct nrs_funnel *out,
		     const struct nrs_funnel_below *below,
		     const struct nrs_set *set,
		     const struct nrs_select *select);
