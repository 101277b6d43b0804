/* SPDX-License-Identifier: Apache-2.0 */
/*
 * shadow: what the indicators that were dropped would have hit: a pass of its
 * own over the captures, so that it cannot touch what is reported.
 */
#pragma once

#include "app/match_options.h"
#include "capture/reader.h"
#include "engine/base/json.h"
#include "loaders/choose.h"

struct nrs_shadow_options {
	const struct nrs_match_options *match;
	const struct nrs_reader_options *reading; /* as in the first pass */
	const struct nrs_build_options *building; /* likewise */
	const struct nrs_select *select;	  /* or NULL */
	const struct nrs_select_policy *policy;	  /* or NULL */
};

struct nrs_shadow_count {
	uint64_t dropped; /* indicators */
	uint64_t hit;	  /* of them, at least once */
	uint64_t hits;
};

/* By what dropped them: exceptions, then rules; behind them `otherwise`. */
#define NRS_SHADOW_EXCEPTED (NRS_SELECT_RULES_MAX + 1)
struct nrs_shadow {
	const struct nrs_select_policy *policy;
	struct nrs_shadow_count all, by[NRS_SELECT_RULES_MAX + 2];
};

/* Of @set nothing changes. NRS_E_NOMEM and what reading says. */
int nrs_shadow_run(struct nrs_shadow *out, struct nrs_set *set,
		   const struct nrs_shadow_options *options);

/* Lines for people; members of the object that is open. */
void nrs_shadow_text(const struct nrs_shadow *shadow, struct nrs_text *out);
void nrs_shadow_json(const struct nrs_shadow *shadow, struct nrs_jsonw *w);
