/* SPDX-License-Identifier: Apache-2.0 */
/*
 * watch: the worker of the session tests.
 */
#include "tests/capture/watch.h"

#include "engine/value_text.h"

static struct nrs_block *watch_take(void *ctx)
{
	struct watch *w = ctx;

	return &w->block;
}

static void watch_give(void *ctx, struct nrs_block *block)
{
	(void)ctx, (void)block;
}

/* Values of exchanges; the flow's own are another test's. */
static void watch_on_value(void *ctx, const struct nrs_txn *txn,
			   enum nrs_field field, unsigned int object,
			   struct nrs_span value)
{
	struct watch *w = ctx;
	struct seen *seen = &w->seen[w->count];

	if (txn->flow == txn)
		return;
	assert_true(w->count < SEEN_MAX);
	seen->field = field;
	seen->txn = txn->number;
	seen->object = object;
	struct nrs_text text = {0};
	nrs_value_text(&text, field, value);
	snprintf(seen->value, sizeof(seen->value), "%.*s", (int)text.len,
		 (const char *)text.ptr);
	nrs_text_fini(&text);
	w->count++;
}

static void watch_on_end(void *ctx, const struct nrs_txn *txn)
{
	struct watch *w = ctx;

	w->ended += txn->flow != txn;
}

int watch_setup(void **state)
{
	struct watch *w = calloc(1, sizeof(*w));

	assert_non_null(w);
	const struct nrs_match_sink sink = {
		.ctx = w, .value = watch_on_value, .end = watch_on_end};
	nrs_hash_key_init(&w->key, 0);
	const struct nrs_worker_options options = {.workers = 1,
						   .key = &w->key,
						   .flows_total = 1024,
						   .observer = &sink,
						   .blocks_ctx = w,
						   .take = watch_take,
						   .give = watch_give};
	assert_int_equal(nrs_round_init(&w->round, 1), NRS_OK);
	assert_int_equal(nrs_defrag_new(&w->defrag), NRS_OK);
	assert_int_equal(nrs_worker_new(&w->worker, &options), NRS_OK);
	nrs_round_begin(&w->round, 1);
	*state = w;
	return 0;
}

int watch_teardown(void **state)
{
	struct watch *w = *state;

	nrs_worker_free(w->worker);
	nrs_round_fini(&w->round);
	nrs_defrag_free(w->defrag);
	free(w);
	return 0;
}

void watch_add(struct watch *w, const struct frame *f)
{
	struct nrs_counters counters = {0};
	const struct nrs_packet packet = frame_packet(f, w->ordinal++, SECOND);

	assert_int_equal(nrs_round_add(&w->round, &packet, &w->key, w->defrag,
				       &counters),
			 1);
}

void watch_step(struct watch *w, bool is_end)
{
	w->round.clock_ns = SECOND;
	w->round.last_ordinal = w->ordinal == 0 ? 0 : w->ordinal - 1;
	w->round.is_session_end = is_end;
	nrs_worker_step(w->worker, &w->round);
	nrs_round_begin(&w->round, 1);
	w->frame_count = 0;
}

void watch_add_tcp(struct watch *w, const struct frame_tcp *tcp)
{
	assert_true(w->frame_count < 8);
	frame_tcp(&w->frames[w->frame_count], tcp);
	watch_add(w, &w->frames[w->frame_count++]);
}

unsigned int watch_times(const struct watch *w, enum nrs_field field,
			 const char *value, uint32_t *txn)
{
	unsigned int found = 0;

	for (unsigned int i = 0; i < w->count; i++) {
		if (w->seen[i].field != field ||
		    strcmp(w->seen[i].value, value) != 0)
			continue;
		found++;
		*txn = w->seen[i].txn;
	}
	return found;
}
