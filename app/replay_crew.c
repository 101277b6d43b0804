/* SPDX-License-Identifier: Apache-2.0 */
/*
 * replay_crew: a replay with several workers.
 *
 * The calling thread reads; N workers step; one emitter merges. Between them
 * are rings of one writer and one reader. A side that finds its ring empty or
 * full yields: offline, backpressure is the whole flow control. The emitter
 * always empties every ring into its own memory, so nobody waits in a circle.
 */
#include <stdatomic.h>
#include <stdlib.h>

#include "app/replay.h"
#include "app/threads.h"
#include "engine/base/ring.h"

#define ROUNDS 8u
#define BLOCKS_PER_WORKER 16u
#define RING_ROOM 64u

struct seat {
	struct crew *crew;
	unsigned int index;
	struct nrs_thread *thread;
	struct nrs_ring *rounds;      /* reader -> worker; NULL item never */
	struct nrs_ring *full_blocks; /* worker -> emitter */
	struct nrs_ring *free_blocks; /* emitter -> worker */
	struct nrs_block *blocks;
};

struct crew {
	struct nrs_replay *replay;
	struct nrs_round rounds[ROUNDS];
	struct seat seats[NRS_WORKERS_MAX];
	struct nrs_thread *emitter;
	/* Reader: no more rounds. Workers: all have ended. Each is set once
	 * with release and read with acquire by those who drain after it. */
	_Atomic(bool) no_more_rounds;
	_Atomic(unsigned int) workers_left;
	_Atomic(int) err;
};

static struct nrs_block *take_block(void *ctx)
{
	struct seat *seat = ctx;
	struct nrs_block *block;
	unsigned int idle = 0;

	while ((block = nrs_ring_pop(seat->free_blocks)) == NULL)
		nrs_pause(&idle);
	block->worker = seat->index;
	return block;
}

static void give_block(void *ctx, struct nrs_block *block)
{
	struct seat *seat = ctx;

	/* There are fewer blocks than places in the ring. */
	(void)nrs_ring_push(seat->full_blocks, block);
}

static void work(void *arg)
{
	struct seat *seat = arg;
	struct crew *crew = seat->crew;
	unsigned int idle = 0;

	for (;;) {
		/* Asked before the ring is: what was pushed earlier is seen. */
		const bool last = atomic_load_explicit(&crew->no_more_rounds,
						       memory_order_acquire);
		struct nrs_round *round = nrs_ring_pop(seat->rounds);

		if (round != NULL) {
			nrs_worker_step(crew->replay->workers[seat->index],
					round);
			(void)nrs_round_release(round);
			idle = 0;
		} else if (last) {
			break;
		} else {
			nrs_pause(&idle);
		}
	}
	atomic_fetch_sub_explicit(&crew->workers_left, 1, memory_order_release);
}

/* Everything that is in the rings now; false if there was nothing. */
static bool drain(struct crew *crew)
{
	struct nrs_emitter *emitter = crew->replay->options.emitter;
	bool any = false;

	for (unsigned int i = 0; i < crew->replay->options.workers; i++) {
		struct seat *seat = &crew->seats[i];
		struct nrs_block *block;

		while ((block = nrs_ring_pop(seat->full_blocks)) != NULL) {
			const int err = nrs_emitter_take(emitter, block);

			if (err != NRS_OK)
				atomic_store_explicit(&crew->err, err,
						      memory_order_relaxed);
			(void)nrs_ring_push(seat->free_blocks, block);
			any = true;
		}
	}
	if (any) {
		const int err = nrs_emitter_merge(emitter);

		if (err != NRS_OK)
			atomic_store_explicit(&crew->err, err,
					      memory_order_relaxed);
	}
	return any;
}

static void emit(void *arg)
{
	struct crew *crew = arg;
	unsigned int idle = 0;

	for (;;) {
		const unsigned int left = atomic_load_explicit(
			&crew->workers_left, memory_order_acquire);

		if (drain(crew))
			idle = 0;
		else if (left == 0)
			return;
		else
			nrs_pause(&idle);
	}
}

static int seat_init(struct crew *crew, unsigned int index)
{
	const struct nrs_replay_options *o = &crew->replay->options;
	struct seat *seat = &crew->seats[index];
	const struct nrs_worker_options options = {.index = index,
						   .workers = o->workers,
						   .db = o->db,
						   .key = o->key,
						   .logs = o->logs,
						   .flows_total = 1u << 20,
						   .want_answers = true,
						   .blocks_ctx = seat,
						   .take = take_block,
						   .give = give_block};

	seat->crew = crew;
	seat->index = index;
	seat->rounds = nrs_ring_new(RING_ROOM);
	seat->full_blocks = nrs_ring_new(RING_ROOM);
	seat->free_blocks = nrs_ring_new(RING_ROOM);
	seat->blocks = calloc(BLOCKS_PER_WORKER, sizeof(*seat->blocks));
	if (seat->rounds == NULL || seat->full_blocks == NULL ||
	    seat->free_blocks == NULL || seat->blocks == NULL)
		return NRS_E_NOMEM;
	for (unsigned int b = 0; b < BLOCKS_PER_WORKER; b++)
		(void)nrs_ring_push(seat->free_blocks, &seat->blocks[b]);
	return nrs_worker_new(&crew->replay->workers[index], &options);
}

/* Read rounds and hand each to every worker. */
static void read_all(struct crew *crew)
{
	const struct nrs_replay_options *o = &crew->replay->options;
	unsigned int at = 0, idle = 0;

	for (;; at = (at + 1) % ROUNDS) {
		struct nrs_round *round = &crew->rounds[at];

		/* Pairs with the workers' release of the round. */
		while (atomic_load_explicit(&round->users,
					    memory_order_acquire) != 0)
			nrs_pause(&idle);
		idle = 0;
		if (atomic_load_explicit(&crew->err, memory_order_relaxed) !=
			    NRS_OK ||
		    nrs_reader_next(o->reader, round, o->problem, o->ctx) != 1)
			break;
		atomic_store_explicit(&round->users, o->workers,
				      memory_order_relaxed);
		for (unsigned int i = 0; i < o->workers; i++)
			(void)nrs_ring_push(crew->seats[i].rounds, round);
		if (o->progress != NULL)
			o->progress(o->ctx);
	}
	atomic_store_explicit(&crew->no_more_rounds, true,
			      memory_order_release);
}

static int start_and_run(struct crew *crew)
{
	const unsigned int workers = crew->replay->options.workers;
	unsigned int started = 0;
	int err = NRS_OK;

	atomic_init(&crew->workers_left, workers);
	for (; started < workers && err == NRS_OK; started++)
		err = nrs_thread_start(&crew->seats[started].thread, "worker",
				       work, &crew->seats[started]);
	if (err == NRS_OK)
		err = nrs_thread_start(&crew->emitter, "emitter", emit, crew);
	const bool is_whole = err == NRS_OK;
	if (is_whole)
		read_all(crew);
	atomic_store_explicit(&crew->no_more_rounds, true,
			      memory_order_release);
	for (unsigned int i = 0; i < started; i++)
		nrs_thread_join(crew->seats[i].thread);
	nrs_thread_join(crew->emitter);
	return err != NRS_OK
		       ? err
		       : atomic_load_explicit(&crew->err, memory_order_relaxed);
}

int nrs_replay_crew_run(struct nrs_replay *replay)
{
	struct crew *crew = calloc(1, sizeof(*crew));
	int err = NRS_OK;

	if (crew == NULL)
		return NRS_E_NOMEM;
	crew->replay = replay;
	for (unsigned int i = 0; i < ROUNDS && err == NRS_OK; i++)
		err = nrs_round_init(&crew->rounds[i], replay->options.workers);
	for (unsigned int i = 0; i < replay->options.workers && err == NRS_OK;
	     i++)
		err = seat_init(crew, i);
	if (err == NRS_OK)
		err = start_and_run(crew);
	for (unsigned int i = 0; i < replay->options.workers; i++) {
		nrs_ring_free(crew->seats[i].rounds);
		nrs_ring_free(crew->seats[i].full_blocks);
		nrs_ring_free(crew->seats[i].free_blocks);
		free(crew->seats[i].blocks);
	}
	for (unsigned int i = 0; i < ROUNDS; i++)
		nrs_round_fini(&crew->rounds[i]);
	free(crew);
	return err;
}
