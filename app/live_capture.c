/* SPDX-License-Identifier: Apache-2.0 */
/*
 * live_capture: one thread that reads all interfaces through libpcap, or what a
 * program in the kernel sends up, and the workers that it feeds. It fills
 * rounds and gives each to every worker; with no free round it waits, and the
 * kernel's buffer takes what comes (its drops are counted there). How full the
 * ring of a program in the kernel is decides what all workers leave out.
 */
#include "app/live_crew_part.h"

#define WAIT_MS 1000 /* a round comes sooner */
/* At the end, on a wire that never is silent; of flows the kernel counts no
 * more, and what it has is told to the last. */
#define REST_ROUNDS 100

static void step_worker(struct nrs_seat *seat, struct nrs_round *round)
{
	nrs_seat_enter(seat);
	nrs_worker_step(seat->worker, round);
	nrs_publisher_leave(seat->crew->options.publisher, seat->index);
	(void)nrs_round_release(round);
}

/* As the thread that reads has found. */
static void shed_likewise(struct nrs_seat *seat)
{
	const enum nrs_shed_level level =
		(enum nrs_shed_level)atomic_load_explicit(&seat->crew->shed,
							  memory_order_relaxed);

	if (level == seat->shed.level)
		return;
	for (unsigned int l = seat->shed.level + 1; l <= level; l++)
		seat->shed.steps[l]++;
	seat->shed.level = level;
	nrs_worker_shed(seat->worker, level);
}

void nrs_seat_work(void *arg)
{
	struct nrs_seat *seat = arg;
	struct nrs_crew *crew = seat->crew;

	nrs_seat_begin(seat);
	for (;;) {
		/* Asked before the ring is: what was pushed earlier is seen. */
		const bool last = atomic_load_explicit(&crew->no_more_rounds,
						       memory_order_acquire);
		struct nrs_round *round = nrs_ring_pop(seat->rounds);

		if (round != NULL) {
			shed_likewise(seat);
			step_worker(seat, round);
			nrs_seat_tell(seat);
		} else if (last) {
			break;
		} else {
			(void)nrs_bell_wait(seat->bell, WAIT_MS);
		}
	}
	nrs_seat_end(seat);
}

void nrs_crew_end_rounds(struct nrs_crew *crew)
{
	atomic_store_explicit(&crew->no_more_rounds, true,
			      memory_order_release);
	for (unsigned int i = 0; i < crew->options.workers; i++)
		nrs_bell_ring(crew->seats[i].bell);
}

static void push_round(struct nrs_crew *crew, struct nrs_round *round)
{
	atomic_store_explicit(&round->users, crew->options.workers,
			      memory_order_relaxed);
	for (unsigned int i = 0; i < crew->options.workers; i++) {
		(void)nrs_ring_push(crew->seats[i].rounds, round);
		nrs_bell_ring(crew->seats[i].bell);
	}
}

static struct nrs_round *free_round(struct nrs_crew *crew, unsigned int at)
{
	struct nrs_round *round = &crew->rounds[at % NRS_CREW_ROUNDS];
	unsigned int idle = 0;

	/* Pairs with the workers' release of the round. */
	while (atomic_load_explicit(&round->users, memory_order_acquire) != 0)
		nrs_pause(&idle);
	return round;
}

static void look_at_interface(const struct nrs_crew_options *o, unsigned int i,
			      struct nrs_crew_interface *out)
{
	const int err =
		o->flows != NULL
			? nrs_kernel_flows_stats(o->flows, i, &out->stats)
			: nrs_live_stats(o->live, i, &out->stats);

	out->is_down = err != NRS_OK;
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
		look_at_interface(&crew->options, i, &crew->interfaces_told[i]);
	atomic_store_explicit(&crew->feed_told, asked, memory_order_release);
}

static uint64_t taken(const struct nrs_counters *counters)
{
	return counters->value[NRS_C_PACKETS] +
	       counters->value[NRS_C_FLOW_REPORTS];
}

/* What the kernel had captured when the end came: its blocks are handed over
 * after 10 ms at the latest, and a feed waits as long for one. */
static unsigned int read_the_rest(struct nrs_crew *crew, unsigned int at)
{
	const struct nrs_counters *counters = nrs_feed_counters(crew->feed);
	unsigned int empty = 0;

	if (crew->options.flows != NULL)
		nrs_kernel_flows_finish(crew->options.flows);
	for (unsigned int i = 0;
	     (i < REST_ROUNDS || crew->options.flows != NULL) && empty < 3;
	     i++) {
		struct nrs_round *round = free_round(crew, at++);
		const uint64_t before = taken(counters);
		struct nrs_diag diag = {0};

		(void)nrs_feed_next(crew->feed, round, nrs_wall_ns(), &diag);
		push_round(crew, round);
		empty = taken(counters) == before ? empty + 1 : 0;
	}
	return at;
}

static bool is_filled(const void *ctx, unsigned int percent)
{
	return nrs_kernel_flows_is_filled(ctx, percent);
}

static void shed(struct nrs_crew *crew, struct nrs_shed *found, int64_t now_ns)
{
	const struct nrs_shed_ring ring = {crew->options.flows, is_filled};

	if (crew->options.flows != NULL && nrs_shed_look(found, &ring, now_ns))
		atomic_store_explicit(&crew->shed, found->level,
				      memory_order_relaxed);
}

/* How many interfaces still are down. */
static unsigned int reopen(const struct nrs_crew_options *o)
{
	if (o->flows != NULL)
		return nrs_kernel_flows_reopen(o->flows);
	return o->live != NULL ? nrs_live_reopen(o->live) : 0;
}

void nrs_crew_capture(void *arg)
{
	struct nrs_crew *crew = arg;
	struct nrs_shed found = {0};
	int64_t retried_ns = 0; /* nrs_monotonic_ns: no clock that is set */
	unsigned int at = 0;

	while (!atomic_load_explicit(&crew->stop, memory_order_relaxed)) {
		struct nrs_round *round = free_round(crew, at++);
		const int64_t now_ns = nrs_wall_ns();
		struct nrs_diag diag = {0};

		shed(crew, &found, now_ns);
		nrs_crew_take_injected(crew, crew->feed);
		if (nrs_feed_next(crew->feed, round, now_ns, &diag) != NRS_OK)
			crew->options.problem(crew->options.ctx, &diag);
		push_round(crew, round);
		tell_feed(crew);
		if (nrs_monotonic_ns() - retried_ns >= NRS_SECOND_NS) {
			retried_ns = nrs_monotonic_ns();
			atomic_store_explicit(&crew->down,
					      reopen(&crew->options),
					      memory_order_relaxed);
		}
	}
	at = read_the_rest(crew, at);
	struct nrs_round *last = free_round(crew, at);
	nrs_feed_end(crew->feed, last);
	push_round(crew, last);
	nrs_crew_end_rounds(crew);
}
