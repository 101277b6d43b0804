/* SPDX-License-Identifier: Apache-2.0 */
/*
 * emitter: blocks of all workers in, hits in their one true order out
 * (contracts.md sections 3 and 4). A step function: the caller brings blocks
 * and says when to merge. Hits wait until their flow ends, because only then
 * the outcome is known.
 */
#pragma once

#include "engine/db.h"
#include "sightings/sighted.h"

struct nrs_emitter;

struct nrs_emitter_options {
	unsigned int workers;
	const struct nrs_set *set;
	const struct nrs_home_nets *home;
	uint32_t held_max; /* hits that wait for their flow's end */
	/* A hit whose flow is over, in flow-end order. Borrowed. */
	void *ctx;
	int (*hit)(void *ctx, const struct nrs_sighted *sighted);
	/* The flow of the hits just given is over. May be NULL. */
	void (*flow)(void *ctx, const struct nrs_record_hit *hit,
		     const struct nrs_record_flow *end);
};

int nrs_emitter_new(struct nrs_emitter **out,
		    const struct nrs_emitter_options *options);
void nrs_emitter_free(struct nrs_emitter *emitter);

/* Take over what is in @block (copied; the block is free again). */
int nrs_emitter_take(struct nrs_emitter *emitter,
		     const struct nrs_block *block);

/* Handle all records that no worker can precede any more. */
int nrs_emitter_merge(struct nrs_emitter *emitter);

/* After the last block: handle everything. */
int nrs_emitter_finish(struct nrs_emitter *emitter);

/* Hits written before their flow ended, because too many were held. */
uint64_t nrs_emitter_early(const struct nrs_emitter *emitter);
