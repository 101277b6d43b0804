/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tally: how often each source and each indicator was hit, for metrics. The
 * emitter counts, the builder says what sources hold, any thread may look.
 *
 * Bounded: the first NRS_TALLY_SOURCES sources and NRS_TALLY_INDICATORS
 * indicators have rows, all others are counted together. Metrics are a channel
 * with a ceiling (sharing-rules.md rule 3): a row of an indicator above it has
 * an opaque id and nothing else.
 */
#pragma once

#include "sightings/sighted.h"

#define NRS_TALLY_SOURCES 256u
#define NRS_TALLY_INDICATORS 1000u
#define NRS_TALLY_NAME 128u /* longer texts are cut */

struct nrs_tally;

/* @max_tlp: the ceiling; NRS_TLP_NONE is AMBER+STRICT. NRS_E_NOMEM, NRS_E_IO
 * (no random octets for opaque ids). */
int nrs_tally_new(struct nrs_tally **out, enum nrs_tlp max_tlp);
/* NULL is fine, here and in the two below. */
void nrs_tally_free(struct nrs_tally *tally);

/* Emitter's thread: a hit. */
void nrs_tally_hit(struct nrs_tally *tally, const struct nrs_sighted *hit);

/* Builder's thread: @set is in force. */
void nrs_tally_force(struct nrs_tally *tally, const struct nrs_set *set);

struct nrs_tally_source {
	char name[NRS_TALLY_NAME];
	uint64_t hits;
	uint64_t indicators; /* in force */
};

struct nrs_tally_indicator {
	char id[NRS_TALLY_NAME]; /* or 16 hexadecimal digits, opaque */
	char source[NRS_TALLY_NAME];
	enum nrs_tlp tlp;
	bool is_above; /* then source is empty and tlp is not told */
	uint64_t hits;
};

struct nrs_tally_figures {
	unsigned int source_count, indicator_count;
	uint64_t other_sources, other_indicators; /* hits without a row */
	uint64_t above;				  /* hits above the ceiling */
	struct nrs_tally_source sources[NRS_TALLY_SOURCES];
	struct nrs_tally_indicator indicators[NRS_TALLY_INDICATORS];
};

/* A copy as of now, large: not for the stack. */
void nrs_tally_figures(struct nrs_tally *tally, struct nrs_tally_figures *out);
