/* SPDX-License-Identifier: Apache-2.0 */
/*
 * live_emit: the emitter's thread.
 *
 * It sleeps until a worker rings that has a block for it: after a round with
 * hits; after any round while a record waits for the marks of all workers; else
 * after some rounds, whose records (answers, logs) are in no hurry. On a quiet
 * processor that is sooner than looking now and then, and a busy one is not
 * interrupted for nothing.
 */
#include "app/live_crew_part.h"

#define STEP_NS (NRS_SECOND_NS / 10)
#define PATIENCE_NS (NRS_SECOND_NS * 15 / 100)
#define WAIT_MS 20	 /* what is due by the clock is no later than that */
#define UNHEARD_BLOCKS 8 /* a quarter of a seat's */
#define BLOCK_KEPT_MAX (NRS_BLOCK_BYTES / 2)
#define LAST_NS (10 * NRS_SECOND_NS) /* for a block, at the end */

struct patience {
	int64_t looked_ns;
	uint64_t newest; /* ordinal, then */
};

static struct nrs_block *spare_of(struct nrs_seat *seat)
{
	return &seat->blocks[NRS_SEAT_BLOCKS];
}

static bool has_next(struct nrs_seat *seat)
{
	if (seat->next == NULL)
		seat->next = nrs_ring_pop(seat->free_blocks);
	return seat->next != NULL;
}

/* At the end all flows end at once, more than the blocks hold, and no packet
 * waits any more: the worker does, unless the emitter is stuck. */
static void wait_at_the_end(struct nrs_seat *seat)
{
	const int64_t end_ns = nrs_monotonic_ns() + LAST_NS;
	unsigned int idle = 0;

	if (!atomic_load_explicit(&seat->crew->stop, memory_order_relaxed))
		return;
	nrs_bell_ring(seat->crew->bell);
	while (!has_next(seat) && nrs_monotonic_ns() < end_ns)
		nrs_pause(&idle);
}

struct nrs_block *nrs_seat_take_block(void *ctx)
{
	struct nrs_seat *seat = ctx;

	if (!has_next(seat))
		wait_at_the_end(seat);
	struct nrs_block *block = has_next(seat) ? seat->next : spare_of(seat);

	seat->next = NULL;
	block->worker = seat->index;
	return block;
}

void nrs_seat_give_block(void *ctx, struct nrs_block *block)
{
	struct nrs_seat *seat = ctx;
	const bool has_hits = block->has_hits;

	if (block == spare_of(seat)) {
		seat->dropped += block->used > 0;
		return;
	}
	/* fewer blocks than places in the ring */
	(void)nrs_ring_push(seat->full_blocks, block);
	if (atomic_load_explicit(&seat->keeps, memory_order_relaxed))
		atomic_store_explicit(&seat->keeps, false,
				      memory_order_release);
	/* Pairs with the exchange in is_at_rest. */
	const bool is_awaited = atomic_fetch_or_explicit(
		&seat->crew->wants_marks, 0, memory_order_seq_cst);
	if (!has_hits && !is_awaited && ++seat->unheard < UNHEARD_BLOCKS)
		return;
	seat->unheard = 0;
	nrs_bell_ring(seat->crew->bell);
}

/* The emitter has not come by for all the blocks: rather than to lose the
 * next round's hits, they wait with those of this one. */
bool nrs_seat_keep_block(void *ctx, const struct nrs_block *block)
{
	struct nrs_seat *seat = ctx;

	const bool keeps = block != spare_of(seat) &&
			   block->used <= BLOCK_KEPT_MAX && !has_next(seat);

	/* Pairs with the load in has_kept. */
	if (keeps && block->used > 0)
		atomic_store_explicit(&seat->keeps, true, memory_order_release);
	return keeps;
}

void nrs_seat_end(struct nrs_seat *seat)
{
	struct nrs_crew *crew = seat->crew;

	atomic_fetch_sub_explicit(&crew->workers_left, 1, memory_order_release);
	nrs_bell_ring(crew->bell);
}

void nrs_crew_wake(struct nrs_crew *crew)
{
	nrs_bell_ring(crew->bell);
}

/* Everything that is in the rings now; false if there was nothing. */
static bool drain(struct nrs_crew *crew)
{
	bool any = false;

	for (unsigned int i = 0; i < crew->options.workers; i++) {
		struct nrs_seat *seat = &crew->seats[i];
		struct nrs_block *block;

		while ((block = nrs_ring_pop(seat->full_blocks)) != NULL) {
			(void)nrs_emitter_take(crew->options.emitter, block);
			(void)nrs_ring_push(seat->free_blocks, block);
			any = true;
		}
	}
	if (any)
		(void)nrs_emitter_merge(crew->options.emitter);
	const bool more = crew->options.more != NULL &&
			  crew->options.more(crew->options.ctx);
	return any || more;
}

/* Who replaces a db has waited for the workers first, so what one of them
 * wrote under it is in its ring by now, or kept. */
static bool has_kept(struct nrs_crew *crew)
{
	bool any = false;

	for (unsigned int i = 0; i < crew->options.workers; i++)
		any |= atomic_load_explicit(&crew->seats[i].keeps,
					    memory_order_acquire);
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

/*
 * A worker's mark follows 100 ms behind the wall clock, whatever it sees. One
 * that is later than that (it waits for a processor, or the clock was set back)
 * no longer holds up what was there at the look before.
 */
static void hurry(struct nrs_crew *crew, struct patience *p)
{
	struct nrs_emitter *emitter = crew->options.emitter;
	const int64_t now_ns = nrs_monotonic_ns();

	if (now_ns - p->looked_ns < PATIENCE_NS)
		return;
	nrs_emitter_hurry(emitter, p->newest);
	(void)nrs_emitter_merge(emitter);
	*p = (struct patience){.looked_ns = now_ns,
			       .newest = nrs_emitter_newest(emitter)};
	atomic_store_explicit(&crew->hurried, nrs_emitter_hurried(emitter),
			      memory_order_relaxed);
}

/* Once a second: what went down may be there again. */
static void reopen(struct nrs_crew *crew, int64_t now_ns, int64_t *at_ns)
{
	if (crew->options.taps == NULL || now_ns - *at_ns < NRS_SECOND_NS)
		return;
	*at_ns = now_ns;
	atomic_store_explicit(&crew->down, nrs_taps_reopen(crew->options.taps),
			      memory_order_relaxed);
}

/* False: from now on every mark is rung for, but one may have come before. */
static bool is_at_rest(struct nrs_crew *crew)
{
	const bool waits = nrs_emitter_waits(crew->options.emitter);

	/* Pairs with the look in nrs_seat_give_block: either it sees this, or
	 * what it pushed is seen by the next drain. */
	return atomic_exchange_explicit(&crew->wants_marks, waits,
					memory_order_seq_cst) == waits;
}

void nrs_crew_emit(void *arg)
{
	struct nrs_crew *crew = arg;
	int64_t stepped_ns = 0, reopened_ns = 0;
	struct patience patience = {0};

	for (;;) {
		const unsigned int left = atomic_load_explicit(
			&crew->workers_left, memory_order_acquire);
		/* Before the drain, and in this order. */
		const uint32_t generation = atomic_load_explicit(
			&crew->retiring, memory_order_acquire);
		const bool is_kept = has_kept(crew);
		const bool any = drain(crew);
		const int64_t now_ns = nrs_monotonic_ns();

		hurry(crew, &patience);
		if (!is_kept)
			retire(crew, generation);
		if (any || now_ns - stepped_ns >= STEP_NS) {
			crew->options.step(crew->options.ctx, false);
			stepped_ns = now_ns;
			reopen(crew, now_ns, &reopened_ns);
		}
		if (any)
			continue; /* until a look finds nothing */
		if (left == 0)
			break;
		if (is_at_rest(crew))
			(void)nrs_bell_wait(crew->bell, WAIT_MS);
	}
	(void)nrs_emitter_finish(crew->options.emitter);
	crew->options.step(crew->options.ctx, true);
	atomic_store_explicit(&crew->emitter_ended, true, memory_order_release);
}
