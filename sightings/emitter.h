/* SPDX-License-Identifier: Apache-2.0 */
/*
 * emitter: blocks of all workers in, hits in their one true order out
 * (contracts.md sections 3 and 4). A step function: the caller brings blocks
 * and says when to merge. Offline, hits wait until their flow ends, because
 * only then the outcome is known; live they go out at once, and what the flow
 * becomes is told later.
 */
#pragma once

#include "engine/db.h"
#include "sightings/correlate.h"
#include "sightings/sighted.h"

struct nrs_emitter;

struct nrs_emitter_options {
	unsigned int workers;
	const struct nrs_set *set; /* of every generation without set_of */
	const struct nrs_home_nets *home;
	uint32_t held_max; /* hits that wait for their flow's end */
	bool at_once;	   /* live */
	/* Bounds of patterns over several observations; ctx and hit are the
	 * emitter's own. */
	struct nrs_correlator_options correlating;
	void *ctx;
	/* A hit: when its flow is over, in flow-end order, or at once.
	 * Borrowed. */
	int (*hit)(void *ctx, const struct nrs_sighted *sighted);
	/* The set that a generation was made from, while hits of it may come
	 * (nrs_emitter_needs); or NULL. */
	const struct nrs_set *(*set_of)(void *ctx, uint32_t generation);
	/* At once only: the outcome of a flow with hits rose, or it ended. */
	int (*raise)(void *ctx, const struct nrs_record_flow *flow);
	/* A flow with hits, or with parts of one, is over; all hits of its own
	 * were given. May be NULL. */
	void (*flow)(void *ctx, const struct nrs_record_flow *end);
	/* A record for the logs (record_log.h), or a cost (record_cost.h), in
	 * the order of all. May be NULL. */
	int (*logged)(void *ctx, const struct nrs_record *record);
};

int nrs_emitter_new(struct nrs_emitter **out,
		    const struct nrs_emitter_options *options);
void nrs_emitter_free(struct nrs_emitter *emitter);

/* Take over what is in @block (copied; the block is free again). */
int nrs_emitter_take(struct nrs_emitter *emitter,
		     const struct nrs_block *block);

/* Handle all records that no worker can precede any more. */
int nrs_emitter_merge(struct nrs_emitter *emitter);

/*
 * Live: of a worker that is silent nobody waits for ever. The highest ordinal
 * that any worker told of; and: from now on all records up to @ordinal are due,
 * whoever may precede them. What comes late then is told when it comes.
 */
uint64_t nrs_emitter_newest(const struct nrs_emitter *emitter);
void nrs_emitter_hurry(struct nrs_emitter *emitter, uint64_t ordinal);
/* Records that were due by that alone. */
uint64_t nrs_emitter_hurried(const struct nrs_emitter *emitter);

/* Is something held back until other workers' marks have passed it? */
bool nrs_emitter_waits(const struct nrs_emitter *emitter);

/* After the last block: handle everything. */
int nrs_emitter_finish(struct nrs_emitter *emitter);

void nrs_emitter_correlation(const struct nrs_emitter *emitter,
			     struct nrs_correlator_figures *out);

/* Does a hit that waits here need @generation's set? Once every block that was
 * written under it was taken and this is false, nothing will ask for it. */
bool nrs_emitter_needs(const struct nrs_emitter *emitter, uint32_t generation);

/* Hits written before their flow ended, because too many were held. */
uint64_t nrs_emitter_early(const struct nrs_emitter *emitter);
