/* SPDX-License-Identifier: Apache-2.0 */
/*
 * diff_out: a comparison of two sets in plain words, grouped by report, or one
 * JSON object per change.
 */
#pragma once

#include "engine/base/text.h"
#include "engine/compare.h"

struct nrs_diff_out {
	const struct nrs_set *before, *after;
	const struct nrs_comparison *found;
	int64_t at_ns;
	bool all; /* every line; else the first of each report and change */
};

/* Lines that are shown of one change of one report, without `all`. */
#define NRS_DIFF_ROWS 20u

/* Append. NRS_E_NOMEM. */
int nrs_diff_text(struct nrs_text *out, const struct nrs_diff_out *diff);
int nrs_diff_json(struct nrs_text *out, const struct nrs_diff_out *diff);
