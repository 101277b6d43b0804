/* SPDX-License-Identifier: Apache-2.0 */
/*
 * replay: the inline way, and what both ways share.
 */
#include "app/replay.h"

#include <stdlib.h>

/* Inline there is one block, and the emitter empties it at once. */
struct inline_blocks {
	struct nrs_block *block;
	struct nrs_emitter *emitter;
	int err;
};

static struct nrs_block *take_inline(void *ctx)
{
	struct inline_blocks *blocks = ctx;

	return blocks->block;
}

static void give_inline(void *ctx, struct nrs_block *block)
{
	struct inline_blocks *blocks = ctx;

	if (blocks->emitter == NULL || blocks->err != NRS_OK)
		return;
	if (block->used > 0 || block->is_round_end)
		blocks->err = nrs_emitter_take(blocks->emitter, block);
	if (blocks->err == NRS_OK)
		blocks->err = nrs_emitter_merge(blocks->emitter);
}

static int run_inline(struct nrs_replay *replay)
{
	const struct nrs_replay_options *o = &replay->options;
	struct inline_blocks blocks = {.emitter = o->emitter};
	const struct nrs_worker_options options = {.workers = 1,
						   .db = o->db,
						   .key = o->key,
						   .logs = o->logs,
						   .flows_total = 1u << 20,
						   .want_answers =
							   o->db != NULL,
						   .observer = o->observer,
						   .blocks_ctx = &blocks,
						   .take = take_inline,
						   .give = give_inline};
	struct nrs_round round = {0};
	int err = nrs_round_init(&round, 1);

	blocks.block = calloc(1, sizeof(*blocks.block));
	if (err == NRS_OK && blocks.block == NULL)
		err = NRS_E_NOMEM;
	if (err == NRS_OK)
		err = nrs_worker_new(&replay->workers[0], &options);
	while (err == NRS_OK &&
	       nrs_reader_next(o->reader, &round, o->problem, o->ctx) == 1) {
		nrs_worker_step(replay->workers[0], &round);
		err = blocks.err;
		if (o->progress != NULL)
			o->progress(o->ctx);
	}
	free(blocks.block);
	nrs_round_fini(&round);
	return err;
}

int nrs_replay_run(struct nrs_replay *replay,
		   const struct nrs_replay_options *options)
{
	int err;

	memset(replay, 0, sizeof(*replay));
	replay->options = *options;
	err = options->workers == 1 ? run_inline(replay)
				    : nrs_replay_crew_run(replay);
	if (err == NRS_OK && options->emitter != NULL)
		err = nrs_emitter_finish(options->emitter);
	nrs_counters_sum(&replay->counters,
			 nrs_reader_counters(options->reader));
	for (unsigned int i = 0; i < options->workers; i++) {
		if (replay->workers[i] != NULL)
			nrs_counters_sum(
				&replay->counters,
				nrs_worker_counters(replay->workers[i]));
		nrs_worker_free(replay->workers[i]);
	}
	return err;
}
