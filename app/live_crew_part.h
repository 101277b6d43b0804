/* SPDX-License-Identifier: Apache-2.0 */
/*
 * live_crew_part: what the live_*.c files share: the seats of a crew.
 *
 * Synchronisation: rounds, parcels and blocks pass over rings. A worker copies
 * its counters when it is asked to, and says so with a release; the question
 * is a release too, so that the copy before it was read by then. The emitter
 * says which generation it has done with, and sleeps until a bell rings.
 */
#pragma once

#include <stdatomic.h>

#include "app/live_crew.h"
#include "app/replay.h"
#include "app/threads.h"
#include "capture/handover.h"
#include "engine/base/ring.h"
#include "engine/base/stamp.h"

#define NRS_CREW_ROUNDS 8u
#define NRS_SEAT_BLOCKS 32u

struct nrs_seat {
	struct nrs_crew *crew;
	unsigned int index;
	struct nrs_thread *thread;
	struct nrs_worker *worker;
	struct nrs_ring *rounds;      /* capture -> worker; NULL with taps */
	struct nrs_bell *bell;	      /* for them */
	struct nrs_ring *full_blocks; /* worker -> emitter */
	struct nrs_ring *free_blocks; /* emitter -> worker */
	struct nrs_block *blocks;     /* the last one is the spare */
	struct nrs_block *next;	      /* a free one, or NULL */
	unsigned int unheard;	      /* blocks since it rang */
	_Atomic(bool) keeps;	      /* records, over a round's end */
	uint32_t generation;	      /* of the db the worker uses */
	uint64_t dropped;
	/* with taps: its own reading */
	struct nrs_tap *tap;
	struct nrs_feed *feed;
	struct nrs_round round;
	struct nrs_counters handed; /* of what it sent away */
	struct nrs_shed shed;
	/* copies for who asks */
	_Atomic(unsigned int) told; /* the question that they answer */
	struct nrs_counters counters_told;
	uint64_t dropped_told;
	struct nrs_shed shed_told;
	struct nrs_crew_interface interfaces_told[NRS_LIVE_INTERFACES_MAX];
};

struct nrs_crew {
	struct nrs_crew_options options;
	struct nrs_feed *feed;	       /* the capture thread's */
	struct nrs_handover *handover; /* with taps */
	struct nrs_thread *capture, *emitter;
	struct nrs_bell *bell;		   /* wakes the emitter */
	_Atomic(unsigned int) wants_marks; /* of all workers: records wait */
	struct nrs_round rounds[NRS_CREW_ROUNDS];
	struct nrs_seat seats[NRS_WORKERS_MAX];
	_Atomic(bool) stop;
	_Atomic(bool) no_more_rounds;
	_Atomic(unsigned int) readers_left; /* workers that read their taps */
	_Atomic(unsigned int) workers_left;
	_Atomic(bool) emitter_ended;
	_Atomic(uint32_t) retiring, retired; /* generations */
	_Atomic(unsigned int) asked;
	_Atomic(unsigned int) shed; /* what all seats shed, without taps */
	_Atomic(const struct nrs_packet *) injected; /* for who reads first */
	_Atomic(unsigned int) feed_told;
	_Atomic(unsigned int) down;
	_Atomic(uint64_t) hurried; /* the emitter's figure */
	struct nrs_counters feed_counters;
	struct nrs_crew_interface interfaces_told[NRS_LIVE_INTERFACES_MAX];
};

/* At the start of a worker's thread. */
void nrs_seat_begin(const struct nrs_seat *seat);

/* Under the db that is published now; leave it with nrs_publisher_leave. */
void nrs_seat_enter(struct nrs_seat *seat);

/* What was injected, into @feed's next round. */
void nrs_crew_take_injected(struct nrs_crew *crew, struct nrs_feed *feed);

/* If somebody asked for figures since. */
void nrs_seat_tell(struct nrs_seat *seat);

/* The workers see their last one. */
void nrs_crew_end_rounds(struct nrs_crew *crew);

/* A worker's blocks on their way to the emitter (worker.h; ctx: the seat). */
struct nrs_block *nrs_seat_take_block(void *seat);
void nrs_seat_give_block(void *seat, struct nrs_block *block);
bool nrs_seat_keep_block(void *seat, const struct nrs_block *block);

/* The last of its thread. */
void nrs_seat_end(struct nrs_seat *seat);

/* Threads (their argument is the crew, or the seat). */
void nrs_crew_capture(void *crew);  /* one, with libpcap */
void nrs_crew_emit(void *crew);	    /* the emitter */
void nrs_seat_work(void *seat);	    /* a worker fed by it */
void nrs_seat_work_tap(void *seat); /* a worker that reads for itself */
