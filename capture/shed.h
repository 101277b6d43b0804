/* SPDX-License-Identifier: Apache-2.0 */
/*
 * shed: what a worker leaves out while more packets wait than it can take.
 *
 * In this order, each with all before it: patterns on payloads, digests of
 * files, bodies (files altogether), and then flows that are not begun: what is
 * known of those that are open, and every address, name and handshake, goes
 * last. How full the ring in front of the worker is decides: a step is taken
 * at once at 40, 55, 70 and 85 of 100, and taken back when the ring was 20
 * below that for a second, one step a second.
 *
 * Live only: a replay waits for its reader and sheds nothing. Plain data and
 * one thread; the clock and the ring come from outside.
 */
#pragma once

#include "engine/field.h"

enum nrs_shed_level {
	NRS_SHED_NOTHING,
	NRS_SHED_PATTERNS,
	NRS_SHED_DIGESTS,
	NRS_SHED_BODIES,
	NRS_SHED_FLOWS,
	NRS_SHED_LEVELS
};
/* What the level leaves out beyond the one before: "payload patterns". */
const char *nrs_shed_name(enum nrs_shed_level level);

/* Of 100, how full a ring takes that step; 0 for NOTHING. */
unsigned int nrs_shed_at(enum nrs_shed_level level);
#define NRS_SHED_CALM_NS INT64_C(1000000000)
#define NRS_SHED_CALM_BELOW 20u

/* The fields that nobody extracts at @level, wanted or not. */
nrs_field_set nrs_shed_fields(enum nrs_shed_level level);

struct nrs_shed {
	enum nrs_shed_level level;
	int64_t calm_ns;		 /* since when; 0: it is not */
	uint64_t steps[NRS_SHED_LEVELS]; /* how often each was taken */
};

/* The ring: are at least @percent of 100 of it waiting? Never for 0. */
struct nrs_shed_ring {
	const void *ctx;
	bool (*is_filled)(const void *ctx, unsigned int percent);
};

/* Once a round. True: the level is another one now. */
bool nrs_shed_look(struct nrs_shed *shed, const struct nrs_shed_ring *ring,
		   int64_t now_ns);
