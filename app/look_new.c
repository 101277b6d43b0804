/* SPDX-License-Identifier: Apache-2.0 */
/*
 * look_new: the thread, and the way of what it finds.
 *
 * Synchronisation: hits go to the emitter in blocks over a ring, and the
 * blocks come back over another, as a worker's do. A block is handed over
 * while the db that it names is borrowed, so that who frees a set after a swap
 * and a drain of all rings frees nothing that is named here. Until a block
 * came back, its place is not remembered as done: what was not told is found
 * again in the next life.
 */
#include "app/look_new.h"

#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "app/look_pass.h"
#include "app/say.h"
#include "app/threads.h"
#include "engine/base/ring.h"
#include "engine/base/stamp.h"

#define BLOCKS 8u
#define RING_ROOM 16u
#define NAP_MS 50
#define DAY_NS (86400 * NRS_SECOND_NS)
#define KEEP_NS (NRS_SECOND_NS / 5) /* the place, at most so often */
#define LAST_NS (NRS_SECOND_NS / 2) /* for the emitter, at the end */
#define AGAIN_NS (60 * NRS_SECOND_NS)
#define LATE_MAX 16u /* looks; one more, and the first has its end at once */

struct parcel {
	struct nrs_block block;
	char file[sizeof(((struct nrs_look_place *)0)->file)];
};

/* A look that goes on where it ended when what was late is in the logs. */
struct late {
	struct nrs_look_list list;
	int64_t due_ns;
};

struct nrs_look_new {
	struct nrs_look_new_options options;
	struct nrs_look_known *known;
	struct nrs_thread *thread;
	struct nrs_ring *full, *free;
	struct parcel *parcels;
	/* the thread's */
	uint64_t sent; /* parcels */
	struct nrs_look_place place;
	bool has_place; /* not kept yet */
	bool has_any;	/* of the look under way */
	int64_t kept_ns;
	struct late late[LATE_MAX]; /* the first is due first */
	unsigned int late_count;
	_Atomic(uint64_t) told; /* parcels, by the emitter */
	_Atomic(bool) asked;	/* the builder's word: something is new */
	_Atomic(bool) stop, is_under_way;
	_Atomic(int64_t) ended_ns;
	_Atomic(uint64_t) looks, indicators, rows, hits, damaged, lost, failed;
};

int nrs_look_new_open(struct nrs_look_new **out,
		      const struct nrs_look_new_options *options)
{
	struct nrs_look_new *l = calloc(1, sizeof(*l));
	int err;

	if (l == NULL)
		return NRS_E_NOMEM;
	l->options = *options;
	if (l->options.settle_ns == 0)
		l->options.settle_ns = NRS_SECOND_NS;
	l->full = nrs_ring_new(RING_ROOM);
	l->free = nrs_ring_new(RING_ROOM);
	l->parcels = calloc(BLOCKS, sizeof(*l->parcels));
	err = l->full == NULL || l->free == NULL || l->parcels == NULL
		      ? NRS_E_NOMEM
		      : nrs_look_known_open(&l->known, options->state_path, 0);
	for (unsigned int b = 0; b < BLOCKS && err == NRS_OK; b++)
		(void)nrs_ring_push(l->free, &l->parcels[b]);
	if (err != NRS_OK) {
		nrs_look_new_close(l);
		return err;
	}
	*out = l;
	return NRS_OK;
}

void nrs_look_new_end(struct nrs_look_new *l)
{
	if (l != NULL)
		atomic_store_explicit(&l->stop, true, memory_order_relaxed);
}

void nrs_look_new_close(struct nrs_look_new *l)
{
	if (l == NULL)
		return;
	nrs_look_new_end(l);
	nrs_thread_join(l->thread);
	for (unsigned int i = 0; i < l->late_count; i++)
		nrs_look_list_fini(&l->late[i].list);
	nrs_look_known_close(l->known);
	nrs_ring_free(l->full);
	nrs_ring_free(l->free);
	free(l->parcels);
	free(l);
}

static bool is_over(void *look)
{
	const struct nrs_look_new *l = look;

	return atomic_load_explicit(&l->stop, memory_order_relaxed);
}

/* An empty one, or NULL when all is over. */
static struct parcel *take_parcel(struct nrs_look_new *l, const char *file)
{
	struct parcel *parcel;
	unsigned int idle = 0;

	while ((parcel = nrs_ring_pop(l->free)) == NULL) {
		if (is_over(l))
			return NULL;
		nrs_pause(&idle);
	}
	parcel->block.used = 0;
	(void)snprintf(parcel->file, sizeof(parcel->file), "%s", file);
	return parcel;
}

static void send(struct nrs_look_new *l, struct parcel *parcel)
{
	if (parcel == NULL)
		return;
	l->sent++; /* fewer of them than places in the ring */
	(void)nrs_ring_push(l->full, parcel);
	l->options.wake(l->options.ctx);
}

static bool on_found(void *look, const char *path, struct nrs_span records)
{
	struct nrs_look_new *l = look;
	const char *slash = strrchr(path, '/');
	const char *file = slash == NULL ? path : slash + 1;
	struct parcel *parcel = NULL;

	for (size_t at = 0; at < records.len;) {
		const struct nrs_record_hit *hit =
			(const void *)(records.ptr + at);
		const uint32_t bytes = hit->head.bytes;

		at += bytes;
		if (bytes > NRS_BLOCK_BYTES) {
			atomic_fetch_add_explicit(&l->lost, 1,
						  memory_order_relaxed);
			continue;
		}
		if (parcel != NULL &&
		    parcel->block.used + bytes > NRS_BLOCK_BYTES) {
			send(l, parcel);
			parcel = NULL;
		}
		if (parcel == NULL)
			parcel = take_parcel(l, file);
		if (parcel == NULL)
			return false;
		memcpy(parcel->block.bytes + parcel->block.used, hit, bytes);
		parcel->block.used += bytes;
		atomic_fetch_add_explicit(&l->hits, 1, memory_order_relaxed);
	}
	send(l, parcel);
	return true;
}

/* Until the emitter told of all that was found. False: not by then. */
static bool wait_told(struct nrs_look_new *l, int64_t end_ns)
{
	unsigned int idle = 0;

	/* Pairs with the release in nrs_look_new_give. */
	while (atomic_load_explicit(&l->told, memory_order_acquire) !=
	       l->sent) {
		if (is_over(l) && nrs_monotonic_ns() >= end_ns)
			return false;
		nrs_pause(&idle);
	}
	return true;
}

static void keep(struct nrs_look_new *l)
{
	nrs_look_known_keep(l->known, &l->place);
	l->has_place = false;
	l->kept_ns = nrs_monotonic_ns();
}

static void on_step(void *look, const struct nrs_look_place *place, size_t rows)
{
	struct nrs_look_new *l = look;

	atomic_fetch_add_explicit(&l->rows, rows, memory_order_relaxed);
	l->place = *place;
	l->has_place = l->has_any = true;
	if (nrs_monotonic_ns() - l->kept_ns >= KEEP_NS && wait_told(l, 0))
		keep(l);
}

/* Its place is nobody's: the indicators are known. */
static void on_late_step(void *look, const struct nrs_look_place *place,
			 size_t rows)
{
	struct nrs_look_new *l = look;

	(void)place;
	atomic_fetch_add_explicit(&l->rows, rows, memory_order_relaxed);
}

static void nap(void)
{
	const struct timespec time = {.tv_nsec = NAP_MS * 1000000};

	(void)nanosleep(&time, NULL);
}

/* What was seen before now stands in the logs. */
static void settle(struct nrs_look_new *l)
{
	const int64_t begun_ns = nrs_monotonic_ns();

	while (!is_over(l) &&
	       nrs_monotonic_ns() - begun_ns < l->options.settle_ns)
		nap();
	const uint32_t asked = nrs_logging_ask(l->options.logging);
	/* Who asked later is answered with us. */
	while (!is_over(l) &&
	       (int32_t)(nrs_logging_answered(l->options.logging) - asked) < 0)
		nap();
}

static void say_look(const struct nrs_look_new *l, size_t count,
		     uint64_t hits_before)
{
	nrs_say("looked back for %zu indicators: %llu hits", count,
		(unsigned long long)(atomic_load_explicit(
					     &l->hits, memory_order_relaxed) -
				     hits_before));
}

static int pass(struct nrs_look_new *l, const struct nrs_look_list *list,
		bool is_late)
{
	const struct nrs_look_pass_options options = {
		.folder = l->options.folder,
		.stem = l->options.stem,
		.publisher = l->options.publisher,
		.seat = l->options.seat,
		.list = list,
		.from_ns = nrs_wall_ns() - (int64_t)l->options.days * DAY_NS,
		.is_late = is_late,
		.ctx = l,
		.is_over = is_over,
		.found = on_found,
		.step = is_late ? on_late_step : on_step};
	struct nrs_look_pass_figures figures;
	const int err = nrs_look_pass(&options, &figures);

	atomic_fetch_add_explicit(&l->damaged, figures.damaged,
				  memory_order_relaxed);
	return err;
}

/* The end of the first look that is late. */
static void look_late(struct nrs_look_new *l)
{
	struct late *first = &l->late[0];

	settle(l);
	if (pass(l, &first->list, true) != NRS_OK && !is_over(l))
		atomic_fetch_add_explicit(&l->failed, 1, memory_order_relaxed);
	(void)wait_told(l, nrs_monotonic_ns() + LAST_NS);
	nrs_look_list_fini(&first->list);
	l->late_count--;
	memmove(l->late, l->late + 1, l->late_count * sizeof(*l->late));
}

/* @list, which has been looked for, once more from here on. Takes what it
 * holds. */
static void put_off(struct nrs_look_new *l, struct nrs_look_list *list)
{
	if (l->options.late_ns == 0)
		return;
	if (l->late_count == LATE_MAX)
		look_late(l);
	if (l->has_any)
		list->from = l->place;
	l->late[l->late_count++] = (struct late){.list = *list,
						 .due_ns = nrs_monotonic_ns() +
							   l->options.late_ns};
	*list = (struct nrs_look_list){0};
}

/* What is wanted now. False: it is to be tried again. */
static bool look(struct nrs_look_new *l)
{
	const uint64_t hits =
		atomic_load_explicit(&l->hits, memory_order_relaxed);
	struct nrs_look_list list;
	int err = nrs_look_known_take(l->known, &list);

	l->has_place = l->has_any = false;
	l->kept_ns = nrs_monotonic_ns();
	if (err == NRS_OK && list.count > 0)
		err = pass(l, &list, false);
	const bool is_told =
		wait_told(l, nrs_monotonic_ns() + LAST_NS) && list.count > 0;
	if (is_told && err == NRS_OK) {
		nrs_look_known_done(l->known);
		say_look(l, list.count, hits);
		atomic_fetch_add_explicit(&l->indicators, list.count,
					  memory_order_relaxed);
		atomic_fetch_add_explicit(&l->looks, 1, memory_order_relaxed);
		atomic_store_explicit(&l->ended_ns, nrs_wall_ns(),
				      memory_order_relaxed);
		put_off(l, &list);
	} else if (is_told && l->has_place) {
		keep(l);
	}
	nrs_look_list_fini(&list);
	if (err == NRS_OK || err == NRS_E_CANCELLED)
		return true;
	atomic_fetch_add_explicit(&l->failed, 1, memory_order_relaxed);
	return false;
}

static bool is_wanted(struct nrs_look_new *l)
{
	struct nrs_look_known_figures figures;

	nrs_look_known_figures(l->known, &figures);
	return figures.wanted > 0;
}

/* When to try again; 0: all that was wanted was looked for. */
static int64_t look_for_all(struct nrs_look_new *l)
{
	settle(l);
	/* What an earlier life began is for itself. */
	while (!is_over(l) && is_wanted(l)) {
		if (!look(l))
			return nrs_monotonic_ns() + AGAIN_NS;
	}
	return 0;
}

static void work(void *look_new)
{
	struct nrs_look_new *l = look_new;
	int64_t again_ns = 0;

	nrs_thread_background();
	while (!is_over(l)) {
		const int64_t now_ns = nrs_monotonic_ns();
		/* Pairs with the release in nrs_look_new_force. */
		const bool is_new =
			atomic_exchange_explicit(&l->asked, false,
						 memory_order_acquire) ||
			(again_ns != 0 && now_ns >= again_ns);
		const bool is_due =
			l->late_count > 0 && now_ns >= l->late[0].due_ns;

		if (!is_new && !is_due) {
			nap();
			continue;
		}
		atomic_store_explicit(&l->is_under_way, true,
				      memory_order_relaxed);
		if (is_due)
			look_late(l);
		if (is_new)
			again_ns = look_for_all(l);
		atomic_store_explicit(&l->is_under_way, false,
				      memory_order_relaxed);
	}
}

int nrs_look_new_start(struct nrs_look_new *l)
{
	return nrs_thread_start(&l->thread, "look back", work, l);
}

void nrs_look_new_force(struct nrs_look_new *l, const struct nrs_set *set,
			int64_t now_ns)
{
	if (l == NULL)
		return;
	if (nrs_look_known_force(l->known, set, now_ns) != NRS_OK)
		atomic_fetch_add_explicit(&l->failed, 1, memory_order_relaxed);
	if (!is_wanted(l))
		return;
	/* Live hits tell of what follows: rows end here. */
	(void)nrs_logging_ask(l->options.logging);
	/* Pairs with the exchange in work. */
	atomic_store_explicit(&l->asked, true, memory_order_release);
}

bool nrs_look_new_give(struct nrs_look_new *l, void *ctx,
		       void (*hit)(void *ctx, const struct nrs_record_hit *hit,
				   const char *file))
{
	struct parcel *parcel;
	bool any = false;

	while (l != NULL && (parcel = nrs_ring_pop(l->full)) != NULL) {
		for (size_t at = 0; at < parcel->block.used;) {
			const struct nrs_record_hit *record =
				(const void *)(parcel->block.bytes + at);

			hit(ctx, record, parcel->file);
			at += record->head.bytes;
		}
		(void)nrs_ring_push(l->free, parcel);
		/* Pairs with the load in wait_told. */
		atomic_fetch_add_explicit(&l->told, 1, memory_order_release);
		any = true;
	}
	return any;
}

void nrs_look_new_figures(struct nrs_look_new *l, struct nrs_look_figures *out)
{
	struct nrs_look_known_figures known;

	*out = (struct nrs_look_figures){0};
	if (l == NULL)
		return;
	nrs_look_known_figures(l->known, &known);
	out->known = known.known;
	out->wanted = known.wanted;
	out->forgotten = known.forgotten;
	out->refused = known.refused;
	out->unwritten = known.unwritten;
	out->looks = atomic_load_explicit(&l->looks, memory_order_relaxed);
	out->indicators =
		atomic_load_explicit(&l->indicators, memory_order_relaxed);
	out->rows = atomic_load_explicit(&l->rows, memory_order_relaxed);
	out->hits = atomic_load_explicit(&l->hits, memory_order_relaxed);
	out->damaged = atomic_load_explicit(&l->damaged, memory_order_relaxed);
	out->lost = atomic_load_explicit(&l->lost, memory_order_relaxed);
	out->failed = atomic_load_explicit(&l->failed, memory_order_relaxed);
	out->ended_ns =
		atomic_load_explicit(&l->ended_ns, memory_order_relaxed);
	out->is_under_way =
		atomic_load_explicit(&l->is_under_way, memory_order_relaxed);
}
