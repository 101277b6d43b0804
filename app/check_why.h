/* SPDX-License-Identifier: Apache-2.0 */
/*
 * check_why: what became of what was received, and why one value is matched or
 * not (sharing-rules.md section 6).
 */
#pragma once

#include "loaders/choose.h"

struct nrs_why {
	struct nrs_set *set;	       /* chosen, and judged by the build */
	struct nrs_select *select;     /* of that choice; or NULL */
	const struct nrs_allow *allow; /* its exceptions; or NULL */
	const struct nrs_select_policy *policy;
	int64_t at_ns; /* the clock of the choice */
	bool json;
};

/* Append the funnel. */
void nrs_why_funnel(const struct nrs_why *why, struct nrs_text *out);

/* Append a line for each indicator that covers or names @value, as `find` has
 * it, or has it as its id; or that there is none. NRS_E_NOMEM. */
int nrs_why_value(const struct nrs_why *why, struct nrs_span value,
		  struct nrs_text *out);
