/* SPDX-License-Identifier: Apache-2.0 */
/*
 * funnel_text: from what was received to what is matched, for people and as
 * JSON (sharing-rules.md section 6).
 */
#pragma once

#include "engine/base/json.h"
#include "loaders/choose.h"

/* Append lines: "720,000 received | -2,114 rejected | ..", and at the end "=
 * 656 kept: full 612, partial 44". @policy may be NULL. */
void nrs_funnel_text(struct nrs_text *out, const struct nrs_funnel *funnel,
		     const struct nrs_select_policy *policy);

/*
 * Members of the object that is open: "received"; "stages", each with what it
 * dropped and what was left, those that dropped nothing too, so that two days
 * can be compared; "kept". No time and nothing of this machine.
 */
void nrs_funnel_json(struct nrs_jsonw *w, const struct nrs_funnel *funnel,
		     const struct nrs_select_policy *policy);
