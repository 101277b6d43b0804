/* SPDX-License-Identifier: Apache-2.0 */
/*
 * look_back: this thread reads units into slots and takes them back in the
 * same order; a worker does every Nth.
 *
 * Synchronisation: a slot's state says whose it is: the reader's (free or
 * done) or its worker's (filled). Each hands it over with a release.
 */
#include "app/look_back.h"

#include <stdatomic.h>
#include <stdlib.h>

#include "app/replay.h"
#include "app/threads.h"
#include "logs/retro.h"

#define SLOTS_PER_WORKER 4u

enum state { STATE_FREE, STATE_FILLED, STATE_DONE };

struct slot {
	_Atomic(int) state;
	struct nrs_look_unit unit;
	struct nrs_text records;
	uint64_t rows, lines, bad_blocks, bad_lines;
	int err;
};

struct seat {
	struct look *look;
	unsigned int index;
	struct nrs_retro *retro;
	struct nrs_seen_room room;
	struct nrs_thread *thread;
};

struct look {
	struct nrs_look_back_options options;
	struct nrs_look_back_figures *figures;
	struct slot *slots;
	unsigned int slot_count;
	struct seat seats[NRS_WORKERS_MAX];
	_Atomic(bool) stop;
};

static int do_block(struct seat *seat, struct slot *slot)
{
	size_t rows = 0;
	int err = nrs_seen_block_read(&seat->room, &slot->unit.head,
				      nrs_text_span(&slot->unit.octets), &rows);

	if (err == NRS_E_FORMAT) {
		slot->bad_blocks++;
		return NRS_OK;
	}
	slot->rows += rows;
	return err != NRS_OK ? err
			     : nrs_retro_rows(seat->retro, seat->room.rows,
					      rows, &slot->records);
}

static int do_lines(struct seat *seat, struct slot *slot)
{
	struct nrs_span rest = nrs_text_span(&slot->unit.octets), line;
	int err = NRS_OK;

	while (err != NRS_E_NOMEM && nrs_span_split(&rest, '\n', &line)) {
		if (line.len == 0)
			continue;
		slot->lines++;
		err = nrs_retro_line(seat->retro, line, &slot->records);
		slot->bad_lines += err == NRS_E_FORMAT;
	}
	return err == NRS_E_NOMEM ? err : NRS_OK;
}

static void do_slot(struct seat *seat, struct slot *slot)
{
	nrs_text_clear(&slot->records);
	slot->rows = slot->lines = slot->bad_blocks = slot->bad_lines = 0;
	slot->err = slot->unit.is_block ? do_block(seat, slot)
					: do_lines(seat, slot);
}

static void work(void *arg)
{
	struct seat *seat = arg;
	struct look *k = seat->look;
	const unsigned int workers = k->options.workers;
	unsigned int at = seat->index, idle = 0;

	for (;;) {
		/* Asked before the slot is: what was filled earlier is seen. */
		const bool last =
			atomic_load_explicit(&k->stop, memory_order_acquire);
		struct slot *slot = &k->slots[at];

		if (atomic_load_explicit(&slot->state, memory_order_acquire) ==
		    STATE_FILLED) {
			do_slot(seat, slot);
			atomic_store_explicit(&slot->state, STATE_DONE,
					      memory_order_release);
			at = (at + workers) % k->slot_count;
			idle = 0;
		} else if (last) {
			return;
		} else {
			nrs_pause(&idle);
		}
	}
}

/* The hits of a slot that is done, and it is free again. */
static int take_back(struct look *k, struct slot *slot)
{
	int err = slot->err;

	k->figures->rows += slot->rows;
	k->figures->lines += slot->lines;
	k->figures->bad_blocks += slot->bad_blocks;
	k->figures->bad_lines += slot->bad_lines;
	for (size_t at = 0; at < slot->records.len && err == NRS_OK;) {
		struct nrs_record_hit *hit = (void *)(slot->records.ptr + at);

		hit->file = slot->unit.file;
		err = k->options.hit(k->options.ctx, hit);
		at += hit->head.bytes;
	}
	atomic_store_explicit(&slot->state, STATE_FREE, memory_order_relaxed);
	return err;
}

/* Until @slot is no worker's; then what it holds. */
static int settle(struct look *k, struct slot *slot)
{
	unsigned int idle = 0;
	int state;

	while ((state = atomic_load_explicit(
			&slot->state, memory_order_acquire)) == STATE_FILLED)
		nrs_pause(&idle);
	return state == STATE_DONE ? take_back(k, slot) : NRS_OK;
}

static int read_all(struct look *k)
{
	unsigned int at = 0;
	int err = NRS_OK, got = 1;

	while (err == NRS_OK && got == 1) {
		struct slot *slot = &k->slots[at];

		err = settle(k, slot);
		if (err == NRS_OK && k->options.is_over != NULL &&
		    k->options.is_over(k->options.ctx))
			err = NRS_E_CANCELLED;
		if (err != NRS_OK)
			break;
		got = nrs_look_source_next(k->options.source, &slot->unit);
		if (got != 1)
			break;
		if (k->options.workers == 1) {
			do_slot(&k->seats[0], slot);
			err = take_back(k, slot);
			continue;
		}
		atomic_store_explicit(&slot->state, STATE_FILLED,
				      memory_order_release);
		at = (at + 1) % k->slot_count;
	}
	for (unsigned int i = 0; i < k->slot_count && err == NRS_OK; i++)
		err = settle(k, &k->slots[(at + i) % k->slot_count]);
	return err == NRS_OK && got < 0 ? got : err;
}

static int seats_init(struct look *k)
{
	const struct nrs_look_back_options *o = &k->options;
	int err = NRS_OK;

	for (unsigned int i = 0; i < o->workers && err == NRS_OK; i++) {
		const struct nrs_retro_options options = {.db = o->db,
							  .seat = i,
							  .from_ns = o->from_ns,
							  .to_ns = o->to_ns};

		k->seats[i].look = k;
		k->seats[i].index = i;
		err = nrs_retro_new(&k->seats[i].retro, &options);
	}
	for (unsigned int i = 0;
	     o->workers > 1 && i < o->workers && err == NRS_OK; i++)
		err = nrs_thread_start(&k->seats[i].thread, "look back", work,
				       &k->seats[i]);
	return err;
}

static void fini(struct look *k)
{
	atomic_store_explicit(&k->stop, true, memory_order_release);
	for (unsigned int i = 0; i < k->options.workers; i++) {
		struct seat *seat = &k->seats[i];

		nrs_thread_join(seat->thread);
		if (seat->retro != NULL)
			nrs_counters_sum(&k->figures->counters,
					 nrs_retro_counters(seat->retro));
		nrs_retro_free(seat->retro);
		nrs_seen_room_fini(&seat->room);
	}
	for (unsigned int i = 0; k->slots != NULL && i < k->slot_count; i++) {
		nrs_text_fini(&k->slots[i].unit.octets);
		nrs_text_fini(&k->slots[i].records);
	}
	free(k->slots);
	free(k);
}

int nrs_look_back(struct nrs_look_back_figures *figures,
		  const struct nrs_look_back_options *options)
{
	struct look *k = calloc(1, sizeof(*k));
	int err = NRS_E_NOMEM;

	memset(figures, 0, sizeof(*figures));
	if (k == NULL)
		return NRS_E_NOMEM;
	k->options = *options;
	k->figures = figures;
	k->slot_count = options->workers * SLOTS_PER_WORKER;
	k->slots = calloc(k->slot_count, sizeof(*k->slots));
	if (k->slots != NULL)
		err = seats_init(k);
	if (err == NRS_OK)
		err = read_all(k);
	fini(k);
	return err;
}
