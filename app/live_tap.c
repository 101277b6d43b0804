/* SPDX-License-Identifier: Apache-2.0 */
/*
 * live_tap: a worker that reads its own sockets. What it received and another
 * worker owns goes to that one in parcels; parcels of others are taken behind
 * the round's own packets.
 *
 * At the end a worker reads until its sockets are silent, and then takes
 * parcels until no worker reads any more: nothing that the kernel had captured
 * is left.
 */
#include "app/live_crew_part.h"

#define REST_ROUNDS 100 /* at the end, on a wire that never is silent */

static void take_own(struct nrs_seat *seat)
{
	const struct nrs_round *round = &seat->round;
	const unsigned int own = seat->index;

	nrs_worker_take(seat->worker, round->datagrams,
			round->picked + (size_t)own * NRS_ROUND_DATAGRAMS,
			round->picked_count[own]);
}

/* False: nothing came. */
static bool take_parcels(struct nrs_seat *seat)
{
	struct nrs_handover *handover = seat->crew->handover;
	uint16_t picked[NRS_PARCEL_DATAGRAMS];
	struct nrs_parcel *parcel;
	bool any = false;

	while ((parcel = nrs_handover_receive(handover, seat->index)) != NULL) {
		for (uint32_t i = 0; i < parcel->count; i++) {
			picked[i] = (uint16_t)i;
			parcel->datagrams[i].ordinal =
				nrs_feed_ordinal(seat->feed);
		}
		nrs_worker_take(seat->worker, parcel->datagrams, picked,
				parcel->count);
		nrs_handover_done(handover, seat->index, parcel);
		any = true;
	}
	return any;
}

/* One step under one db. @with_own: the round's packets too. */
static bool step(struct nrs_seat *seat, bool with_own)
{
	struct nrs_round *round = &seat->round;
	bool any;

	nrs_seat_enter(seat);
	nrs_worker_begin(seat->worker, round);
	if (with_own)
		take_own(seat);
	any = take_parcels(seat);
	round->last_ordinal = nrs_feed_ordinal(seat->feed);
	nrs_worker_tick(seat->worker, round);
	nrs_publisher_leave(seat->crew->options.publisher, seat->index);
	return any;
}

static bool is_filled(const void *ctx, unsigned int percent)
{
	return nrs_tap_is_filled(ctx, percent);
}

static void shed(struct nrs_seat *seat, int64_t now_ns)
{
	const struct nrs_shed_ring ring = {seat->tap, is_filled};

	if (nrs_shed_look(&seat->shed, &ring, now_ns))
		nrs_worker_shed(seat->worker, seat->shed.level);
}

/* Read, send away, take, tick; how many packets were read. */
static uint64_t turn(struct nrs_seat *seat)
{
	struct nrs_crew *crew = seat->crew;
	const uint64_t *packets =
		&nrs_feed_counters(seat->feed)->value[NRS_C_PACKETS];
	const uint64_t before = *packets;
	const int64_t now_ns = nrs_wall_ns();
	struct nrs_diag diag = {0};

	shed(seat, now_ns);
	if (seat->index == 0)
		nrs_crew_take_injected(crew, seat->feed);
	const int err = nrs_feed_next(seat->feed, &seat->round, now_ns, &diag);

	/* Every worker meets it: one tells. */
	if (err != NRS_OK && seat->index == 0)
		crew->options.problem(crew->options.ctx, &diag);
	nrs_handover_send(crew->handover, seat->index, &seat->round,
			  &seat->handed);
	(void)step(seat, true);
	nrs_seat_tell(seat);
	return *packets - before;
}

static void take_until_all_have_read(struct nrs_seat *seat)
{
	struct nrs_crew *crew = seat->crew;
	unsigned int left, idle = 0;

	do {
		/* Before the parcels: whoever has read has sent. */
		left = atomic_load_explicit(&crew->readers_left,
					    memory_order_acquire);
		nrs_round_begin(&seat->round, 1);
		if (step(seat, false))
			idle = 0;
		else if (left > 0)
			nrs_pause(&idle);
	} while (left > 0);
}

void nrs_seat_work_tap(void *arg)
{
	struct nrs_seat *seat = arg;
	struct nrs_crew *crew = seat->crew;
	unsigned int empty = 0;

	nrs_seat_begin(seat);
	while (!atomic_load_explicit(&crew->stop, memory_order_relaxed))
		(void)turn(seat);
	for (unsigned int i = 0; i < REST_ROUNDS && empty < 3; i++)
		empty = turn(seat) == 0 ? empty + 1 : 0;
	atomic_fetch_sub_explicit(&crew->readers_left, 1, memory_order_release);
	take_until_all_have_read(seat);
	nrs_feed_end(seat->feed, &seat->round);
	nrs_seat_enter(seat);
	nrs_worker_step(seat->worker, &seat->round);
	nrs_publisher_leave(crew->options.publisher, seat->index);
	nrs_seat_end(seat);
}
