/* SPDX-License-Identifier: Apache-2.0 */
/*
 * correlate: patterns of several observation expressions (contracts.md section
 * 7). Workers tell which transaction satisfies which expression of which
 * indicator; here it is decided, in the one order of all records, whether such
 * observations make up a whole pattern.
 *
 * What may be remembered is bounded: in time by the pattern's own WITHIN, or
 * else by a window; in number for each indicator and in all. What was forgotten
 * before its time is counted. State belongs to (id, modified), so that it
 * survives swaps of the set. One thread.
 */
#pragma once

#include "engine/record.h"
#include "engine/set.h"

/* A pattern that is complete. */
struct nrs_correlated {
	const struct nrs_record_hit *const *parts; /* by their time */
	unsigned int part_count;
	/* Of them the one that came last; it names the indicator in its latest
	 * set. */
	const struct nrs_record_hit *hit;
	bool is_late; /* it was decided after its last observation's flow */
};

struct nrs_correlator_options {
	int64_t window_ns;	 /* of patterns without WITHIN; 0: 3,600 s */
	uint32_t candidates_max; /* of one indicator; 0: 1,024 */
	uint32_t indicators_max; /* 0: 4,096 */
	uint64_t bytes_max;	 /* of all candidates; 0: 64 MiB */
	void *ctx;
	/* Borrowed for the call. Non-zero ends the step with that. */
	int (*hit)(void *ctx, const struct nrs_correlated *hit);
};

struct nrs_correlator;

int nrs_correlator_new(struct nrs_correlator **out,
		       const struct nrs_correlator_options *options);
void nrs_correlator_free(struct nrs_correlator *correlator);

/* The next record of kind PART; @set is that of its generation. */
int nrs_correlator_take(struct nrs_correlator *correlator,
			const struct nrs_record_hit *part,
			const struct nrs_set *set);

/* Does @record belong to the transaction whose parts came last? If not, they
 * are to be settled before it is handled. */
bool nrs_correlator_awaits(const struct nrs_correlator *correlator,
			   const struct nrs_record *record);
/* A part of the transaction that more may come of; NULL: there is none. */
const struct nrs_record *
nrs_correlator_open(const struct nrs_correlator *correlator);
/* All parts of a transaction are here: decide. */
int nrs_correlator_settle(struct nrs_correlator *correlator);
/* The records are over: decide what was put off, too. */
int nrs_correlator_finish(struct nrs_correlator *correlator);

/* Parts of @generation are not settled yet. */
bool nrs_correlator_needs(const struct nrs_correlator *correlator,
			  uint32_t generation);

struct nrs_correlator_figures {
	uint64_t parts;	     /* observations that came */
	uint64_t hits;	     /* patterns completed */
	uint64_t kept;	     /* candidates now */
	uint64_t expired;    /* forgotten: older than the window */
	uint64_t dropped;    /* forgotten: too many */
	uint64_t undecided;  /* decisions given up: too much work */
	uint64_t unreadable; /* parts whose pattern cannot be parsed */
	uint64_t lost;	     /* hits whose set was gone when it was decided */
};
void nrs_correlator_figures(const struct nrs_correlator *correlator,
			    struct nrs_correlator_figures *out);
