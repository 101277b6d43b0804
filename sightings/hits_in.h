/* SPDX-License-Identifier: Apache-2.0 */
/*
 * hits_in: a line of hits.jsonl back into the hit that it was written for, as
 * far as a sighting of it needs: what was found offline, or by a sensor that
 * has no way to a hub, is told by the same rules.
 *
 * The file may be anybody's: each member is checked, nothing is believed that
 * would make a sighting leave which could not have left before.
 */
#pragma once

#include "engine/base/arena.h"
#include "sightings/witness.h"

#define NRS_HIT_LINE_MAX ((size_t)1 << 20)

struct nrs_hit_line {
	bool is_raise;	 /* no hit: what became of number's flow */
	uint64_t number; /* of a live hit; 0: none */
	enum nrs_outcome outcome;
	struct nrs_witness *witness; /* new; NULL for a raise */
};

/* NRS_E_FORMAT with what is wrong in @diag; NRS_E_LIMIT; NRS_E_NOMEM. @arena
 * is for the line's tree alone and reset here. */
int nrs_hit_read(struct nrs_hit_line *out, struct nrs_span line,
		 struct nrs_arena *arena, struct nrs_diag *diag);
