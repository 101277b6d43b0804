/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tally: how often each source and each indicator was hit, and what it cost
 * (engine/cost.h), for metrics. The emitter counts, the builder says what
 * sources hold, any thread may look.
 *
 * Bounded: the first NRS_TALLY_SOURCES sources and NRS_TALLY_INDICATORS
 * indicators have rows, all others are counted together; of costs the
 * NRS_TALLY_COSTS dearest indicators do. Metrics are a channel
 * with a ceiling (sharing-rules.md rule 3): a row of an indicator above it has
 * an opaque id and nothing else.
 */
#pragma once

#include "engine/cost.h"
#include "sightings/sighted.h"

#define NRS_TALLY_SOURCES 256u
#define NRS_TALLY_INDICATORS 1000u
#define NRS_TALLY_COSTS 100u
#define NRS_TALLY_NAME 128u /* longer texts are cut */

struct nrs_tally;

/* @max_tlp: the ceiling; NRS_TLP_NONE is AMBER+STRICT. NRS_E_NOMEM, NRS_E_IO
 * (no random octets for opaque ids). */
int nrs_tally_new(struct nrs_tally **out, enum nrs_tlp max_tlp);
/* NULL is fine, here and in the two below. */
void nrs_tally_free(struct nrs_tally *tally);

/* Emitter's thread: a hit. */
void nrs_tally_hit(struct nrs_tally *tally, const struct nrs_sighted *hit);

/* Emitter's thread: what an indicator of @set (or of none) cost meanwhile. */
void nrs_tally_cost(struct nrs_tally *tally, const struct nrs_set *set,
		    const struct nrs_cost *cost);

/* Builder's thread: @set is in force. */
void nrs_tally_force(struct nrs_tally *tally, const struct nrs_set *set);

struct nrs_tally_sum {
	uint64_t trials, ns;
};

struct nrs_tally_source {
	char name[NRS_TALLY_NAME];
	uint64_t hits;
	uint64_t indicators; /* in force */
	struct nrs_tally_sum cost;
};

struct nrs_tally_indicator {
	char id[NRS_TALLY_NAME]; /* or 16 hexadecimal digits, opaque */
	char source[NRS_TALLY_NAME];
	enum nrs_tlp tlp;
	bool is_above; /* then source is empty and tlp is not told */
	uint64_t hits; /* of a row by hits */
	struct nrs_tally_sum cost; /* of a row by cost */
};

struct nrs_tally_figures {
	unsigned int source_count, indicator_count;
	uint64_t other_sources, other_indicators; /* hits without a row */
	uint64_t above;				  /* hits above the ceiling */
	struct nrs_tally_source sources[NRS_TALLY_SOURCES];
	struct nrs_tally_indicator indicators[NRS_TALLY_INDICATORS];
	unsigned int cost_count;
	/* By cost, the dearest first; one that was not among them for a while
	 * may begin anew. */
	struct nrs_tally_indicator costs[NRS_TALLY_COSTS];
	struct nrs_tally_sum other_costs; /* of all indicators but these */
};

/* A copy as of now, large: not for the stack. */
void nrs_tally_figures(struct nrs_tally *tally, struct nrs_tally_figures *out);
