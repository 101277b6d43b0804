/* SPDX-License-Identifier: Apache-2.0 */
/*
 * handling: what an indicator's labels say of how it is handled: that it is of
 * an exercise (sharing-rules.md rule 8), that it may be run and not read (rule
 * 4). An indicator says it itself, or who loads it does.
 */
#pragma once

#include "engine/set.h"

#define NRS_LABEL_HIDDEN "display:no"

/* The exercise that an indicator belongs to, by its label "exercise" or
 * "exercise:ID": ID, or "exercise" where none is named; empty: it is real. */
struct nrs_span nrs_exercise_of(const struct nrs_indicator *indicator);

/* Label the indicators of @set from index @first on "exercise:@id", aside from
 * those that name one already. Nothing for an empty @id. NRS_E_NOMEM. */
int nrs_exercise_mark(struct nrs_set *set, uint32_t first, struct nrs_span id);

/* It is matched, and nobody is shown what it looks for: label "display:no". */
bool nrs_is_hidden(const struct nrs_indicator *indicator);
int nrs_hidden_mark(struct nrs_set *set, uint32_t first); /* NRS_E_NOMEM */

/*
 * As nrs_set_id and nrs_set_pattern, for whatever people see. Of a hidden one
 * "hidden--" and what tells nothing, but is the same every time: a digest of
 * its id; of a list's value, whose id could be found by trying, the line where
 * it stands. The pattern is "" then.
 */
void nrs_shown_id(const struct nrs_set *set, uint32_t index,
		  struct nrs_text *out);
void nrs_shown_pattern(const struct nrs_set *set, uint32_t index,
		       struct nrs_text *out);
/* That same opaque name, of any. */
void nrs_opaque_name(const struct nrs_set *set, uint32_t index,
		     struct nrs_text *out);
/* What became of it, and why: a reason may quote the pattern. */
const char *nrs_shown_reason(const struct nrs_set *set, uint32_t index);
