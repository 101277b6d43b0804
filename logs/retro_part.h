/* SPDX-License-Identifier: Apache-2.0 */
/*
 * retro_part: inside retro; the retro*.c files only.
 */
#pragma once

#include "logs/retro.h"

struct nrs_retro {
	struct nrs_retro_options options;
	struct nrs_counters counters;
	struct nrs_matcher *matcher;
	struct nrs_match_sink sink;
	struct nrs_slab kept;
	struct nrs_arena *arena; /* of a line */
	/* of what is under way */
	struct nrs_text *records;
	struct nrs_flow_info flow;
	int64_t now_ns, end_ns;
	uint64_t times;
	bool is_quiet; /* hits of the flow itself are another line's */
	unsigned int hits;
};

/* What follows happened at @now_ns, in retro->flow. */
void nrs_retro_at(struct nrs_retro *retro, int64_t now_ns);
