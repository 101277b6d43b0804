/* SPDX-License-Identifier: Apache-2.0 */
/*
 * seen_log: two tables: one is filled while the other, live, is written.
 *
 * Synchronisation: `full` is the table that the writer has, or NULL. The
 * emitter sets it with a release, the writer clears it when the table is empty
 * again; each only does that when it finds what the other left. Who asks for
 * what was gathered counts `asked` up; the emitter answers when that is
 * written.
 */
#include "app/seen_log.h"

#include <stdatomic.h>
#include <stdlib.h>

#include "app/threads.h"
#include "engine/base/stamp.h"
#include "sightings/own_trace.h"

#define VALUES_PER_ROW 48u
#define LATE_NS (60 * NRS_SECOND_NS) /* what is still expected */
#define ROTATE_BYTES (UINT64_C(256) << 20)

struct nrs_seen_log {
	struct nrs_seen_log_options options;
	struct nrs_log_file *file; /* the writer's; offline the caller's */
	struct nrs_seen_table *open, *spare; /* spare: NULL when it is full */
	_Atomic(struct nrs_seen_table *) full;
	_Atomic(bool) stop;
	struct nrs_thread *writer;
	int64_t written_ns; /* when it was last handed over */
	uint32_t handed;    /* the question for which it was */
	_Atomic(uint32_t) asked, answered;
	_Atomic(int) err;	       /* the first one */
	struct nrs_own_tokens *tokens; /* or NULL; the caller's thread */
	_Atomic(uint64_t) seen, hidden, rows, crowded, lost, failed;
};

static int on_block(void *ctx, struct nrs_span block, int64_t hour)
{
	struct nrs_seen_log *l = ctx;

	return nrs_log_file_add(l->file, block, hour * NRS_SEEN_HOUR_NS);
}

static int write_table(struct nrs_seen_log *l, struct nrs_seen_table *table)
{
	int none = NRS_OK;
	int err = nrs_seen_table_write(table, l, on_block);

	if (err == NRS_OK)
		err = nrs_log_file_flush(l->file);
	if (err == NRS_OK)
		return NRS_OK;
	atomic_fetch_add_explicit(&l->failed, 1, memory_order_relaxed);
	(void)atomic_compare_exchange_strong_explicit(&l->err, &none, err,
						      memory_order_relaxed,
						      memory_order_relaxed);
	return err;
}

static void write_full(void *arg)
{
	struct nrs_seen_log *l = arg;
	unsigned int idle = 0;

	for (;;) {
		/* Asked before: what was handed over earlier is seen. */
		const bool last =
			atomic_load_explicit(&l->stop, memory_order_acquire);
		struct nrs_seen_table *full =
			atomic_load_explicit(&l->full, memory_order_acquire);

		if (full != NULL) {
			(void)write_table(l, full);
			/* Pairs with the load in hand_over. */
			atomic_store_explicit(&l->full, NULL,
					      memory_order_release);
			idle = 0;
		} else if (last) {
			return;
		} else {
			nrs_pause(&idle);
		}
	}
}

static int begin_tokens(struct nrs_seen_log *l)
{
	const int err = nrs_own_tokens_new(&l->tokens, l->options.own_key);

	nrs_seen_table_tokens(l->open, l->tokens);
	if (l->spare != NULL)
		nrs_seen_table_tokens(l->spare, l->tokens);
	return err;
}

int nrs_seen_log_open(struct nrs_seen_log **out,
		      const struct nrs_seen_log_options *options,
		      struct nrs_diag *diag)
{
	const struct nrs_log_file_options file = {.folder = options->folder,
						  .stem = "seen",
						  .suffix = ".nrslog",
						  .rotate_bytes = ROTATE_BYTES,
						  .is_packed = true,
						  .goes_on = options->is_live,
						  .keep_days =
							  options->keep_days};
	const size_t values = (size_t)options->rows_max * VALUES_PER_ROW;
	struct nrs_seen_log *l = calloc(1, sizeof(*l));

	if (l == NULL)
		return NRS_E_NOMEM;
	l->options = *options;
	int err = nrs_log_file_new(&l->file, &file, diag);
	if (err == NRS_OK)
		err = nrs_seen_table_new(&l->open, options->rows_max, values);
	if (err == NRS_OK && options->is_live)
		err = nrs_seen_table_new(&l->spare, options->rows_max, values);
	if (err == NRS_OK && options->own_key != NULL)
		err = begin_tokens(l);
	if (err == NRS_OK && options->is_live)
		err = nrs_thread_start(&l->writer, "logs", write_full, l);
	if (err != NRS_OK) {
		(void)nrs_seen_log_close(l);
		return err;
	}
	*out = l;
	return NRS_OK;
}

/* What was gathered goes to be written. False: the writer has no time. */
static bool hand_over(struct nrs_seen_log *l)
{
	struct nrs_seen_table *gathered = l->open;
	const uint32_t rows = nrs_seen_table_rows(gathered);

	if (rows == 0)
		return true;
	if (l->writer == NULL) {
		(void)write_table(l, gathered);
	} else {
		/* Pairs with the writer's release: the spare is empty. */
		if (atomic_load_explicit(&l->full, memory_order_acquire) !=
		    NULL)
			return false;
		l->open = l->spare;
		l->spare = gathered;
		atomic_store_explicit(&l->full, gathered, memory_order_release);
	}
	atomic_fetch_add_explicit(&l->rows, rows, memory_order_relaxed);
	return true;
}

int nrs_seen_log_close(struct nrs_seen_log *l)
{
	unsigned int idle = 0;

	if (l == NULL)
		return NRS_OK;
	while (l->open != NULL && !hand_over(l))
		nrs_pause(&idle);
	atomic_store_explicit(&l->stop, true, memory_order_release);
	nrs_thread_join(l->writer);
	int err = l->file == NULL ? NRS_OK : nrs_log_file_end(l->file);
	const int first = atomic_load_explicit(&l->err, memory_order_relaxed);
	if (first != NRS_OK)
		err = first;
	nrs_log_file_free(l->file);
	nrs_seen_table_free(l->open);
	nrs_seen_table_free(l->spare);
	nrs_own_tokens_free(l->tokens);
	free(l);
	return err;
}

/* Where tokens stand for own hosts, no value may say their addresses. */
static bool is_hidden(const struct nrs_seen_log *l,
		      const struct nrs_record_seen *seen)
{
	const struct nrs_span value = nrs_record_seen_value(seen);
	struct nrs_addr addr;

	if (l->tokens == NULL)
		return false;
	if (nrs_field_table[seen->field].kind != NRS_VALUE_ADDR)
		return nrs_own_trace(value, l->options.home);
	if (value.len != sizeof(addr.bytes))
		return true;
	memcpy(addr.bytes, value.ptr, sizeof(addr.bytes));
	return nrs_home_nets_hold(l->options.home, &addr);
}

int nrs_seen_log_add(struct nrs_seen_log *l, const struct nrs_record_seen *seen)
{
	const int64_t oldest = nrs_seen_table_oldest(l->open);
	int err;

	atomic_fetch_add_explicit(&l->seen, 1, memory_order_relaxed);
	if (is_hidden(l, seen)) {
		atomic_fetch_add_explicit(&l->hidden, 1, memory_order_relaxed);
		return NRS_OK;
	}
	/* Late ones of the hour before are still expected. */
	if (oldest != INT64_MAX && nrs_seen_hour(seen->head.ts_ns) > oldest + 1)
		(void)hand_over(l);
	err = nrs_seen_table_add(l->open, seen, l->options.home);
	if (err == NRS_E_LIMIT) {
		atomic_fetch_add_explicit(&l->crowded, 1, memory_order_relaxed);
		if (hand_over(l))
			err = nrs_seen_table_add(l->open, seen,
						 l->options.home);
	}
	if (err != NRS_OK)
		atomic_fetch_add_explicit(&l->lost, 1, memory_order_relaxed);
	return l->options.is_live
		       ? NRS_OK
		       : atomic_load_explicit(&l->err, memory_order_relaxed);
}

uint32_t nrs_seen_log_ask(struct nrs_seen_log *l)
{
	/* Pairs with the load in answer. */
	return atomic_fetch_add_explicit(&l->asked, 1, memory_order_acq_rel) +
	       1;
}

uint32_t nrs_seen_log_answered(const struct nrs_seen_log *l)
{
	/* Pairs with the store in answer: the file holds it. */
	return atomic_load_explicit(&l->answered, memory_order_acquire);
}

/* Hand over for who asked, and say so when it is written. */
static void answer(struct nrs_seen_log *l, int64_t now_ns)
{
	const uint32_t asked =
		atomic_load_explicit(&l->asked, memory_order_acquire);

	if (asked == atomic_load_explicit(&l->answered, memory_order_relaxed))
		return;
	if (l->handed != asked && hand_over(l)) {
		l->handed = asked;
		l->written_ns = now_ns;
	}
	/* Pairs with the writer's release. */
	if (l->handed == asked &&
	    atomic_load_explicit(&l->full, memory_order_acquire) == NULL)
		atomic_store_explicit(&l->answered, asked,
				      memory_order_release);
}

void nrs_seen_log_step(struct nrs_seen_log *l, int64_t now_ns)
{
	const int64_t oldest = nrs_seen_table_oldest(l->open);
	const bool is_over =
		oldest != INT64_MAX && nrs_seen_hour(now_ns - LATE_NS) > oldest;

	if (l->written_ns == 0 || now_ns < l->written_ns)
		l->written_ns = now_ns;
	answer(l, now_ns);
	if (!is_over && now_ns - l->written_ns < l->options.write_ns)
		return;
	if (hand_over(l))
		l->written_ns = now_ns;
}

void nrs_seen_log_figures(const struct nrs_seen_log *l,
			  struct nrs_seen_log_figures *out)
{
	struct nrs_log_file_figures file;

	nrs_log_file_figures(l->file, &file);
	*out = (struct nrs_seen_log_figures){
		.seen = atomic_load_explicit(&l->seen, memory_order_relaxed),
		.hidden =
			atomic_load_explicit(&l->hidden, memory_order_relaxed),
		.rows = atomic_load_explicit(&l->rows, memory_order_relaxed),
		.crowded =
			atomic_load_explicit(&l->crowded, memory_order_relaxed),
		.lost = atomic_load_explicit(&l->lost, memory_order_relaxed),
		.failed =
			atomic_load_explicit(&l->failed, memory_order_relaxed),
		.files = file.files,
		.bytes = file.bytes};
}
