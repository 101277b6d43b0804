/* SPDX-License-Identifier: Apache-2.0 */
/*
 * live_crew: who runs where.
 *
 * The capture thread fills rounds and gives each to every worker; with no free
 * round it waits, and the kernel's buffer takes what comes (its drops are
 * counted there). A worker borrows the published db for one round. With no
 * free block it writes into a spare one that nobody reads, and counts that.
 *
 * Synchronisation: rounds and blocks pass over rings. A worker copies its
 * counters when it is asked to, and says so with a release; the question is a
 * release too, so that the copy before it was read by then. The emitter says
 * which generation it has done with.
 */
#include "app/live_crew.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <time.h>

#include "app/replay.h"
#include "app/threads.h"
#include "engine/base/ring.h"
#include "engine/base/stamp.h"

#define ROUNDS 8u
#define BLOCKS_PER_WORKER 32u
#define RING_ROOM 64u
#define STEP_NS (NRS_SECOND_NS / 10)
#define FIGURES_WAIT_MS 200
#define REST_ROUNDS 100 /* at the end, on a wire that never is silent */

struct live_seat {
	struct nrs_crew *crew;
	unsigned int index;
	struct nrs_thread *thread;
	struct nrs_worker *worker;
	struct nrs_ring *rounds;      /* capture -> worker */
	struct nrs_ring *full_blocks; /* worker -> emitter */
	struct nrs_ring *free_blocks; /* emitter -> worker */
	struct nrs_block *blocks;     /* the last one is the spare */
	uint32_t generation;	      /* of the db the worker uses */
	uint64_t dropped;
	/* copies for who asks */
	_Atomic(unsigned int) told; /* the question that they answer */
	struct nrs_counters counters_told;
	uint64_t dropped_told;
};

struct nrs_crew {
	struct nrs_crew_options options;
	struct nrs_feed *feed;
	struct nrs_thread *capture, *emitter;
	struct nrs_round rounds[ROUNDS];
	struct live_seat seats[NRS_WORKERS_MAX];
	_Atomic(bool) stop;
	_Atomic(bool) no_more_rounds;
	_Atomic(unsigned int) workers_left;
	_Atomic(bool) emitter_ended;
	_Atomic(uint32_t) retiring, retired; /* generations */
	_Atomic(unsigned int) asked;
	_Atomic(unsigned int) feed_told;
	_Atomic(unsigned int) down;
	struct nrs_counters feed_counters;
	struct nrs_crew_interface interfaces_told[NRS_LIVE_INTERFACES_MAX];
};

static struct nrs_block *take_block(void *ctx)
{
	struct live_seat *seat = ctx;
	struct nrs_block *block = nrs_ring_pop(seat->free_blocks);

	if (block == NULL)
		block = &seat->blocks[BLOCKS_PER_WORKER];
	block->worker = seat->index;
	return block;
}

static void give_block(void *ctx, struct nrs_block *block)
{
	struct live_seat *seat = ctx;

	if (block == &seat->blocks[BLOCKS_PER_WORKER])
		seat->dropped += block->used > 0;
	else /* fewer blocks than places in the ring */
		(void)nrs_ring_push(seat->full_blocks, block);
}

static void answer_figures(struct live_seat *seat)
{
	const unsigned int asked =
		atomic_load_explicit(&seat->crew->asked, memory_order_acquire);

	if (asked == atomic_load_explicit(&seat->told, memory_order_relaxed))
		return;
	seat->counters_told = *nrs_worker_counters(seat->worker);
	seat->dropped_told = seat->dropped;
	atomic_store_explicit(&seat->told, asked, memory_order_release);
}

static void step_worker(struct live_seat *seat, struct nrs_round *round)
{
	struct nrs_publisher *publisher = seat->crew->options.publisher;
	const struct nrs_db *db = nrs_publisher_enter(publisher, seat->index);

	if (nrs_db_generation(db) != seat->generation) {
		nrs_worker_adopt(seat->worker, db);
		seat->generation = nrs_db_generation(db);
	}
	nrs_worker_step(seat->worker, round);
	nrs_publisher_leave(publisher, seat->index);
	(void)nrs_round_release(round);
}

static void work(void *arg)
{
	struct live_seat *seat = arg;
	struct nrs_crew *crew = seat->crew;
	unsigned int idle = 0;

	for (;;) {
		/* Asked before the ring is: what was pushed earlier is seen. */
		const bool last = atomic_load_explicit(&crew->no_more_rounds,
						       memory_order_acquire);
		struct nrs_round *round = nrs_ring_pop(seat->rounds);

		if (round != NULL) {
			step_worker(seat, round);
			answer_figures(seat);
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
static bool drain(struct nrs_crew *crew)
{
	bool any = false;

	for (unsigned int i = 0; i < crew->options.workers; i++) {
		struct live_seat *seat = &crew->seats[i];
		struct nrs_block *block;

		while ((block = nrs_ring_pop(seat->full_blocks)) != NULL) {
			(void)nrs_emitter_take(crew->options.emitter, block);
			(void)nrs_ring_push(seat->free_blocks, block);
			any = true;
		}
	}
	if (any)
		(void)nrs_emitter_merge(crew->options.emitter);
	return any;
}

/* After a drain: is nothing left that was written under the old db? */
static void retire(struct nrs_crew *crew, uint32_t generation)
{
	if (generation != 0 &&
	    !nrs_emitter_needs(crew->options.emitter, generation))
		atomic_store_explicit(&crew->retired, generation,
				      memory_order_release);
}

static void emit(void *arg)
{
	struct nrs_crew *crew = arg;
	unsigned int idle = 0;
	int64_t stepped_ns = 0;

	for (;;) {
		const unsigned int left = atomic_load_explicit(
			&crew->workers_left, memory_order_acquire);
		/* Before the drain: what was written under that generation is
		 * in the rings by now. */
		const uint32_t generation = atomic_load_explicit(
			&crew->retiring, memory_order_acquire);
		const bool any = drain(crew);
		const int64_t now_ns = nrs_wall_ns();

		retire(crew, generation);
		if (any || now_ns - stepped_ns >= STEP_NS ||
		    now_ns < stepped_ns) {
			crew->options.step(crew->options.ctx, false);
			stepped_ns = now_ns;
		}
		if (any)
			idle = 0;
		else if (left == 0)
			break;
		else
			nrs_pause(&idle);
	}
	(void)nrs_emitter_finish(crew->options.emitter);
	crew->options.step(crew->options.ctx, true);
	atomic_store_explicit(&crew->emitter_ended, true, memory_order_release);
}

static void push_round(struct nrs_crew *crew, struct nrs_round *round)
{
	atomic_store_explicit(&round->users, crew->options.workers,
			      memory_order_relaxed);
	for (unsigned int i = 0; i < crew->options.workers; i++)
		(void)nrs_ring_push(crew->seats[i].rounds, round);
}

static struct nrs_round *free_round(struct nrs_crew *crew, unsigned int at)
{
	struct nrs_round *round = &crew->rounds[at % ROUNDS];
	unsigned int idle = 0;

	/* Pairs with the workers' release of the round. */
	while (atomic_load_explicit(&round->users, memory_order_acquire) != 0)
		nrs_pause(&idle);
	return round;
}

static void tell_feed(struct nrs_crew *crew)
{
	const unsigned int asked =
		atomic_load_explicit(&crew->asked, memory_order_acquire);

	if (asked ==
	    atomic_load_explicit(&crew->feed_told, memory_order_relaxed))
		return;
	crew->feed_counters = *nrs_feed_counters(crew->feed);
	for (unsigned int i = 0; i < NRS_LIVE_INTERFACES_MAX; i++)
		crew->interfaces_told[i].is_down =
			nrs_live_stats(crew->options.live, i,
				       &crew->interfaces_told[i].stats) !=
			NRS_OK;
	atomic_store_explicit(&crew->feed_told, asked, memory_order_release);
}

/* What the kernel had captured when the end came: its blocks are handed over
 * after 10 ms at the latest, and a feed waits as long for one. */
static unsigned int read_the_rest(struct nrs_crew *crew, unsigned int at)
{
	const uint64_t *packets =
		&nrs_feed_counters(crew->feed)->value[NRS_C_PACKETS];
	unsigned int empty = 0;

	for (unsigned int i = 0; i < REST_ROUNDS && empty < 3; i++) {
		struct nrs_round *round = free_round(crew, at++);
		const uint64_t before = *packets;
		struct nrs_diag diag = {0};

		(void)nrs_feed_next(crew->feed, round, nrs_wall_ns(), &diag);
		push_round(crew, round);
		empty = *packets == before ? empty + 1 : 0;
	}
	return at;
}

static void capture(void *arg)
{
	struct nrs_crew *crew = arg;
	int64_t retried_ns = 0;
	unsigned int at = 0;

	while (!atomic_load_explicit(&crew->stop, memory_order_relaxed)) {
		struct nrs_round *round = free_round(crew, at++);
		const int64_t now_ns = nrs_wall_ns();
		struct nrs_diag diag = {0};

		if (nrs_feed_next(crew->feed, round, now_ns, &diag) != NRS_OK)
			crew->options.problem(crew->options.ctx, &diag);
		push_round(crew, round);
		tell_feed(crew);
		if (now_ns - retried_ns >= NRS_SECOND_NS) {
			retried_ns = now_ns;
			atomic_store_explicit(
				&crew->down,
				nrs_live_reopen(crew->options.live),
				memory_order_relaxed);
		}
	}
	at = read_the_rest(crew, at);
	struct nrs_round *last = free_round(crew, at);
	nrs_feed_end(crew->feed, last);
	push_round(crew, last);
	atomic_store_explicit(&crew->no_more_rounds, true,
			      memory_order_release);
}

static int seat_init(struct nrs_crew *crew, unsigned int index)
{
	const struct nrs_crew_options *o = &crew->options;
	struct live_seat *seat = &crew->seats[index];
	const struct nrs_worker_options options = {.index = index,
						   .workers = o->workers,
						   .db = o->db,
						   .key = o->key,
						   .flows_total =
							   o->flows_total,
						   .want_answers = true,
						   .blocks_ctx = seat,
						   .take = take_block,
						   .give = give_block};

	seat->crew = crew;
	seat->index = index;
	seat->generation = nrs_db_generation(o->db);
	seat->rounds = nrs_ring_new(RING_ROOM);
	seat->full_blocks = nrs_ring_new(RING_ROOM);
	seat->free_blocks = nrs_ring_new(RING_ROOM);
	seat->blocks = calloc(BLOCKS_PER_WORKER + 1, sizeof(*seat->blocks));
	if (seat->rounds == NULL || seat->full_blocks == NULL ||
	    seat->free_blocks == NULL || seat->blocks == NULL)
		return NRS_E_NOMEM;
	for (unsigned int b = 0; b < BLOCKS_PER_WORKER; b++)
		(void)nrs_ring_push(seat->free_blocks, &seat->blocks[b]);
	return nrs_worker_new(&seat->worker, &options);
}

static int start_threads(struct nrs_crew *crew)
{
	int err = NRS_OK;

	atomic_store_explicit(&crew->workers_left, crew->options.workers,
			      memory_order_relaxed);
	for (unsigned int i = 0; i < crew->options.workers && err == NRS_OK;
	     i++)
		err = nrs_thread_start(&crew->seats[i].thread, "worker", work,
				       &crew->seats[i]);
	if (err == NRS_OK)
		err = nrs_thread_start(&crew->emitter, "emitter", emit, crew);
	if (err == NRS_OK)
		err = nrs_thread_start(&crew->capture, "capture", capture,
				       crew);
	if (err != NRS_OK) { /* let those that run see their end */
		atomic_store_explicit(&crew->no_more_rounds, true,
				      memory_order_release);
		nrs_crew_stop(crew);
	}
	return err;
}

int nrs_crew_start(struct nrs_crew **out,
		   const struct nrs_crew_options *options)
{
	struct nrs_crew *crew =
		aligned_alloc(64, (sizeof(*crew) + 63) / 64 * 64);
	int err;

	if (crew == NULL)
		return NRS_E_NOMEM;
	memset(crew, 0, sizeof(*crew));
	crew->options = *options;
	err = nrs_feed_new(&crew->feed, options->live, options->key);
	for (unsigned int i = 0; i < ROUNDS && err == NRS_OK; i++)
		err = nrs_round_init(&crew->rounds[i], options->workers);
	for (unsigned int i = 0; i < options->workers && err == NRS_OK; i++)
		err = seat_init(crew, i);
	if (err == NRS_OK)
		err = start_threads(crew);
	if (err != NRS_OK) {
		nrs_crew_free(crew);
		return err;
	}
	*out = crew;
	return NRS_OK;
}

void nrs_crew_stop(struct nrs_crew *crew)
{
	atomic_store_explicit(&crew->stop, true, memory_order_relaxed);
	nrs_thread_join(crew->capture);
	crew->capture = NULL;
	for (unsigned int i = 0; i < crew->options.workers; i++) {
		nrs_thread_join(crew->seats[i].thread);
		crew->seats[i].thread = NULL;
	}
	/* A worker whose thread never started will not count itself off. */
	atomic_store_explicit(&crew->workers_left, 0, memory_order_release);
	nrs_thread_join(crew->emitter);
	crew->emitter = NULL;
}

void nrs_crew_free(struct nrs_crew *crew)
{
	if (crew == NULL)
		return;
	for (unsigned int i = 0; i < crew->options.workers; i++) {
		struct live_seat *seat = &crew->seats[i];

		nrs_worker_free(seat->worker);
		nrs_ring_free(seat->rounds);
		nrs_ring_free(seat->full_blocks);
		nrs_ring_free(seat->free_blocks);
		free(seat->blocks);
	}
	for (unsigned int i = 0; i < ROUNDS; i++)
		nrs_round_fini(&crew->rounds[i]);
	nrs_feed_free(crew->feed);
	free(crew);
}

void nrs_crew_forget(struct nrs_crew *crew, uint32_t generation)
{
	unsigned int idle = 0;

	atomic_store_explicit(&crew->retiring, generation,
			      memory_order_release);
	while (atomic_load_explicit(&crew->retired, memory_order_acquire) !=
		       generation &&
	       !atomic_load_explicit(&crew->emitter_ended,
				     memory_order_acquire))
		nrs_pause(&idle);
}

static void wait_told(_Atomic(unsigned int) *told, unsigned int asked,
		      unsigned int *waited_ms)
{
	const struct timespec nap = {.tv_nsec = 1000000};

	while (atomic_load_explicit(told, memory_order_acquire) != asked &&
	       ++*waited_ms < FIGURES_WAIT_MS)
		(void)nanosleep(&nap, NULL);
}

/* No thread runs any more. */
static void sum_at_rest(const struct nrs_crew *crew,
			struct nrs_crew_figures *out)
{
	nrs_counters_sum(&out->counters, nrs_feed_counters(crew->feed));
	for (unsigned int i = 0; i < crew->options.workers; i++) {
		nrs_counters_sum(&out->counters,
				 nrs_worker_counters(crew->seats[i].worker));
		out->blocks_dropped += crew->seats[i].dropped;
	}
}

void nrs_crew_figures(struct nrs_crew *crew, struct nrs_crew_figures *out)
{
	const unsigned int asked =
		atomic_fetch_add_explicit(&crew->asked, 1,
					  memory_order_release) +
		1;
	unsigned int waited_ms = 0;

	memset(out, 0, sizeof(*out));
	out->down = atomic_load_explicit(&crew->down, memory_order_relaxed);
	if (crew->capture == NULL) {
		sum_at_rest(crew, out);
		return;
	}
	wait_told(&crew->feed_told, asked, &waited_ms);
	if (atomic_load_explicit(&crew->feed_told, memory_order_acquire) ==
	    asked) {
		nrs_counters_sum(&out->counters, &crew->feed_counters);
		out->knows_interfaces = true;
		memcpy(out->interfaces, crew->interfaces_told,
		       sizeof(out->interfaces));
	}
	for (unsigned int i = 0; i < crew->options.workers; i++) {
		struct live_seat *seat = &crew->seats[i];

		wait_told(&seat->told, asked, &waited_ms);
		if (atomic_load_explicit(&seat->told, memory_order_acquire) !=
		    asked)
			continue;
		nrs_counters_sum(&out->counters, &seat->counters_told);
		out->blocks_dropped += seat->dropped_told;
	}
}
