/* SPDX-License-Identifier: Apache-2.0 */
/*
 * share_form: how much of us an audience is told (sharing-rules.md rules 13,
 * 16 to 18), kept beside what was written for it: a policy that was tightened
 * since must not let that leave (rule 21).
 */
#pragma once

#include "sightings/disclose.h"

/* Of what is written for @audience now; never 0. */
int64_t nrs_share_form(const struct nrs_share_audience *audience);

/* All that there is to tell: of what nobody knows how it was written. */
#define NRS_SHARE_FORM_UNKNOWN 93

/* The key of @audience that is tighter than when something was written in form
 * @was, and *@rule that it is of; NULL: none is, or @was is 0. */
const char *nrs_share_form_tightened(int64_t was,
				     const struct nrs_share_audience *audience,
				     unsigned int *rule);
