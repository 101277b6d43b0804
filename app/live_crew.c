/* SPDX-License-Identifier: Apache-2.0 */
/*
 * live_crew: who runs where.
 *
 * With taps every worker reads its own sockets (live_tap.c); without, one
 * capture thread reads for all (live_capture.c). A worker borrows the published
 * db for one round. With no free block it writes into a spare one that nobody
 * reads, and counts that.
 */
#include "app/live_crew_part.h"

#include <stdlib.h>
#include <time.h>

#define RING_ROOM 64u
#define FIGURES_WAIT_MS 200

void nrs_seat_begin(const struct nrs_seat *seat)
{
	const struct nrs_crew_options *o = &seat->crew->options;

	/* One alone is as well off where the scheduler sees fit. */
	if (o->pins && o->workers > 1)
		(void)nrs_thread_pin(seat->index, o->workers);
}

void nrs_seat_enter(struct nrs_seat *seat)
{
	const struct nrs_db *db =
		nrs_publisher_enter(seat->crew->options.publisher, seat->index);

	if (nrs_db_generation(db) == seat->generation)
		return;
	nrs_worker_adopt(seat->worker, db);
	seat->generation = nrs_db_generation(db);
}

/* Of its thread only. */
static void sum_counters(const struct nrs_seat *seat, struct nrs_counters *sum)
{
	nrs_counters_sum(sum, nrs_worker_counters(seat->worker));
	nrs_counters_sum(sum, &seat->handed);
	if (seat->feed != NULL)
		nrs_counters_sum(sum, nrs_feed_counters(seat->feed));
}

void nrs_seat_tell(struct nrs_seat *seat)
{
	const unsigned int asked =
		atomic_load_explicit(&seat->crew->asked, memory_order_acquire);

	if (asked == atomic_load_explicit(&seat->told, memory_order_relaxed))
		return;
	memset(&seat->counters_told, 0, sizeof(seat->counters_told));
	sum_counters(seat, &seat->counters_told);
	seat->dropped_told = seat->dropped;
	seat->shed_told = seat->shed;
	for (unsigned int i = 0;
	     seat->tap != NULL && i < NRS_LIVE_INTERFACES_MAX; i++)
		seat->interfaces_told[i].is_down =
			nrs_tap_stats(seat->tap, i,
				      &seat->interfaces_told[i].stats) !=
			NRS_OK;
	atomic_store_explicit(&seat->told, asked, memory_order_release);
}

static int seat_init(struct nrs_crew *crew, unsigned int index)
{
	const struct nrs_crew_options *o = &crew->options;
	struct nrs_seat *seat = &crew->seats[index];
	const struct nrs_worker_options options = {
		.index = index,
		.workers = o->workers,
		.db = o->db,
		.key = o->key,
		.flows_total = o->flows_total,
		.payload_bytes = o->payload_bytes,
		.logs = o->logs,
		.clock = o->clock,
		.want_answers = true,
		.sets_change = true,
		.blocks_ctx = seat,
		.take = nrs_seat_take_block,
		.give = nrs_seat_give_block,
		.keep = nrs_seat_keep_block};

	seat->crew = crew;
	seat->index = index;
	seat->generation = nrs_db_generation(o->db);
	seat->full_blocks = nrs_ring_new(RING_ROOM);
	seat->free_blocks = nrs_ring_new(RING_ROOM);
	seat->blocks = calloc(NRS_SEAT_BLOCKS + 1, sizeof(*seat->blocks));
	if (seat->full_blocks == NULL || seat->free_blocks == NULL ||
	    seat->blocks == NULL || nrs_bell_new(&seat->bell) != NRS_OK)
		return NRS_E_NOMEM;
	for (unsigned int b = 0; b < NRS_SEAT_BLOCKS; b++)
		(void)nrs_ring_push(seat->free_blocks, &seat->blocks[b]);
	return nrs_worker_new(&seat->worker, &options);
}

/* What feeds the workers: one thread, or each itself. */
static int feed_init(struct nrs_crew *crew)
{
	const struct nrs_crew_options *o = &crew->options;
	int err = NRS_OK;

	if (o->taps != NULL) {
		err = nrs_handover_new(&crew->handover, o->workers);
		for (unsigned int i = 0; i < o->workers && err == NRS_OK; i++) {
			struct nrs_seat *seat = &crew->seats[i];

			seat->tap = nrs_taps_of(o->taps, i);
			const struct nrs_feed_source from = {.tap = seat->tap};

			err = nrs_feed_new(&seat->feed, &from, o->key);
			if (err == NRS_OK)
				err = nrs_round_init(&seat->round, o->workers);
		}
		return err;
	}
	const struct nrs_feed_source from = {.live = o->live,
					     .flows = o->flows};

	err = nrs_feed_new(&crew->feed, &from, o->key);
	for (unsigned int i = 0; i < NRS_CREW_ROUNDS && err == NRS_OK; i++)
		err = nrs_round_init(&crew->rounds[i], o->workers);
	for (unsigned int i = 0; i < o->workers && err == NRS_OK; i++) {
		crew->seats[i].rounds = nrs_ring_new(RING_ROOM);
		if (crew->seats[i].rounds == NULL)
			err = NRS_E_NOMEM;
	}
	return err;
}

static int start_threads(struct nrs_crew *crew)
{
	unsigned int started = 0;
	int err = NRS_OK;

	atomic_store_explicit(&crew->workers_left, crew->options.workers,
			      memory_order_relaxed);
	atomic_store_explicit(&crew->readers_left, crew->options.workers,
			      memory_order_relaxed);
	while (started < crew->options.workers && err == NRS_OK) {
		err = nrs_thread_start(&crew->seats[started].thread, "worker",
				       crew->options.taps != NULL
					       ? nrs_seat_work_tap
					       : nrs_seat_work,
				       &crew->seats[started]);
		started += err == NRS_OK;
	}
	if (err == NRS_OK)
		err = nrs_thread_start(&crew->emitter, "emitter", nrs_crew_emit,
				       crew);
	if (err == NRS_OK && crew->options.taps == NULL)
		err = nrs_thread_start(&crew->capture, "capture",
				       nrs_crew_capture, crew);
	if (err != NRS_OK) { /* let those that run see their end */
		atomic_fetch_sub_explicit(&crew->readers_left,
					  crew->options.workers - started,
					  memory_order_release);
		nrs_crew_end_rounds(crew);
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
	err = nrs_bell_new(&crew->bell);
	if (err == NRS_OK)
		err = feed_init(crew);
	for (unsigned int i = 0; i < options->workers && err == NRS_OK; i++)
		err = seat_init(crew, i);
	if (err == NRS_OK && options->taps != NULL)
		err = nrs_taps_start(options->taps);
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
	nrs_bell_ring(crew->bell);
	nrs_thread_join(crew->emitter);
	crew->emitter = NULL;
}

void nrs_crew_free(struct nrs_crew *crew)
{
	if (crew == NULL)
		return;
	for (unsigned int i = 0; i < crew->options.workers; i++) {
		struct nrs_seat *seat = &crew->seats[i];

		nrs_worker_free(seat->worker);
		nrs_ring_free(seat->rounds);
		nrs_bell_free(seat->bell);
		nrs_feed_free(seat->feed);
		nrs_round_fini(&seat->round);
		nrs_ring_free(seat->full_blocks);
		nrs_ring_free(seat->free_blocks);
		free(seat->blocks);
	}
	for (unsigned int i = 0; i < NRS_CREW_ROUNDS; i++)
		nrs_round_fini(&crew->rounds[i]);
	nrs_feed_free(crew->feed);
	nrs_handover_free(crew->handover);
	nrs_bell_free(crew->bell);
	free(crew);
}

void nrs_crew_forget(struct nrs_crew *crew, uint32_t generation)
{
	unsigned int idle = 0;

	atomic_store_explicit(&crew->retiring, generation,
			      memory_order_release);
	nrs_bell_ring(crew->bell);
	while (atomic_load_explicit(&crew->retired, memory_order_acquire) !=
		       generation &&
	       !atomic_load_explicit(&crew->emitter_ended,
				     memory_order_acquire))
		nrs_pause(&idle);
}

void nrs_crew_inject(struct nrs_crew *crew, const struct nrs_packet *packet)
{
	/* Pairs with the exchange of who takes it. */
	atomic_store_explicit(&crew->injected, packet, memory_order_release);
}

void nrs_crew_take_injected(struct nrs_crew *crew, struct nrs_feed *feed)
{
	if (atomic_load_explicit(&crew->injected, memory_order_relaxed) == NULL)
		return;
	const struct nrs_packet *packet = atomic_exchange_explicit(
		&crew->injected, NULL, memory_order_acquire);
	if (packet != NULL)
		nrs_feed_inject(feed, packet);
}

/* Waits for the answer to the question @asked, but not for long. */
static bool is_told(_Atomic(unsigned int) *told, unsigned int asked,
		    unsigned int *waited_ms)
{
	const struct timespec nap = {.tv_nsec = 1000000};

	while (atomic_load_explicit(told, memory_order_acquire) != asked &&
	       ++*waited_ms < FIGURES_WAIT_MS)
		(void)nanosleep(&nap, NULL);
	return atomic_load_explicit(told, memory_order_acquire) == asked;
}

/* No thread runs any more. */
static void sum_at_rest(const struct nrs_crew *crew,
			struct nrs_crew_figures *out)
{
	if (crew->feed != NULL)
		nrs_counters_sum(&out->counters, nrs_feed_counters(crew->feed));
	for (unsigned int i = 0; i < crew->options.workers; i++) {
		sum_counters(&crew->seats[i], &out->counters);
		out->blocks_dropped += crew->seats[i].dropped;
	}
}

/* One interface, as all workers' sockets on it say. */
static void add_interface(struct nrs_crew_interface *sum,
			  const struct nrs_crew_interface *more)
{
	sum->is_down |= more->is_down;
	sum->stats.received += more->stats.received;
	sum->stats.dropped += more->stats.dropped;
	sum->stats.dropped_by_interface += more->stats.dropped_by_interface;
}

static void add_shed(struct nrs_crew_figures *out, const struct nrs_shed *shed)
{
	if (shed->level > out->shed)
		out->shed = shed->level;
	out->shedding += shed->level != NRS_SHED_NOTHING;
	for (unsigned int l = 0; l < NRS_SHED_LEVELS; l++)
		out->shed_steps[l] += shed->steps[l];
}

static void add_seat(struct nrs_crew_figures *out, const struct nrs_seat *seat)
{
	add_shed(out, &seat->shed_told);
	nrs_counters_sum(&out->counters, &seat->counters_told);
	out->blocks_dropped += seat->dropped_told;
	for (unsigned int i = 0;
	     seat->tap != NULL && i < NRS_LIVE_INTERFACES_MAX; i++)
		add_interface(&out->interfaces[i], &seat->interfaces_told[i]);
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
	nrs_count_add(
		&out->counters, NRS_C_HURRIED,
		atomic_load_explicit(&crew->hurried, memory_order_relaxed));
	if (crew->emitter == NULL) {
		sum_at_rest(crew, out);
		return;
	}
	out->knows_interfaces = crew->feed == NULL;
	if (crew->feed != NULL &&
	    is_told(&crew->feed_told, asked, &waited_ms)) {
		nrs_counters_sum(&out->counters, &crew->feed_counters);
		out->knows_interfaces = true;
		memcpy(out->interfaces, crew->interfaces_told,
		       sizeof(out->interfaces));
	}
	for (unsigned int i = 0; i < crew->options.workers; i++) {
		struct nrs_seat *seat = &crew->seats[i];

		if (is_told(&seat->told, asked, &waited_ms)) {
			add_seat(out, seat);
			continue;
		}
		out->silent++;
		if (crew->feed == NULL)
			out->knows_interfaces = false;
	}
}
