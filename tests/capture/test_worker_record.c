/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_worker_record: blocks of records, kept over rounds and handed over.
 */
#include "tests/capture/made_worker.h"

struct gives {
	struct bench *bench;
	bool keeps;
	unsigned int count;
	bool has_hits; /* of the last block */
	uint64_t mark;
};

static struct nrs_block *take_of(void *ctx)
{
	return take(((struct gives *)ctx)->bench);
}

static void give_of(void *ctx, struct nrs_block *block)
{
	struct gives *g = ctx;

	g->count++;
	g->has_hits = block->has_hits;
	g->mark = block->mark;
	give(g->bench, block);
}

static bool keep_of(void *ctx, const struct nrs_block *block)
{
	const struct gives *g = ctx;

	assert_true(block->is_round_end);
	return g->keeps;
}

/* The bench with a worker that asks. */
static void begin_gives(struct gives *g, const char *pattern)
{
	struct bench *b = begin(pattern);
	const struct nrs_worker_options options = {.workers = 1,
						   .db = b->db,
						   .key = &b->key,
						   .logs = NRS_KEEP_FLOWS,
						   .flows_total = 1024,
						   .blocks_ctx = g,
						   .take = take_of,
						   .give = give_of,
						   .keep = keep_of};

	*g = (struct gives){.bench = b};
	nrs_worker_free(b->worker);
	assert_int_equal(nrs_worker_new(&b->worker, &options), NRS_OK);
}

#define PEER "[ipv4-addr:value = '192.0.2.2']"

static void a_kept_block_is_filled_on_and_handed_over_at_the_end(void **state)
{
	struct gives g;

	(void)state;
	begin_gives(&g, PEER);
	g.keeps = true;
	add(g.bench, &(struct frame_tcp){C2S, .seq = 10, .flags = 2}, SECOND);
	step(g.bench, SECOND, false);
	assert_int_equal(g.count, 0);
	add(g.bench,
	    &(struct frame_tcp){.from = 1,
				.to = 2,
				.from_port = 50001,
				.to_port = 80,
				.seq = 10,
				.flags = 2},
	    SECOND);
	step(g.bench, SECOND, false);
	assert_int_equal(g.count, 0);
	step(g.bench, 2 * SECOND, true);
	assert_int_equal(g.count, 1);
	assert_true(g.has_hits);
	assert_int_equal(g.mark, 1);
	assert_int_equal(g.bench->hits, 2); /* of both rounds, once */
	end(g.bench);
}

static void a_round_s_block_is_handed_over_where_nobody_keeps_it(void **state)
{
	struct gives g;

	(void)state;
	begin_gives(&g, PEER);
	add(g.bench, &(struct frame_tcp){C2S, .seq = 10, .flags = 2}, SECOND);
	step(g.bench, SECOND, false);
	assert_int_equal(g.count, 1);
	assert_true(g.has_hits);
	step(g.bench, SECOND, false);
	assert_int_equal(g.count, 2);
	assert_false(g.has_hits); /* there was nothing in that round */
	end(g.bench);
}

static void what_is_for_logs_alone_is_no_hit(void **state)
{
	struct gives g;

	(void)state;
	begin_gives(&g, "[domain-name:value = 'never.example']");
	add(g.bench, &(struct frame_tcp){C2S, .seq = 10, .flags = 2}, SECOND);
	step(g.bench, SECOND, false);
	step(g.bench, 2 * SECOND, true);
	assert_int_equal(g.count, 2);
	assert_true(g.bench->block.used > 0); /* the flow's end */
	assert_false(g.has_hits);
	end(g.bench);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			a_kept_block_is_filled_on_and_handed_over_at_the_end),
		cmocka_unit_test(
			a_round_s_block_is_handed_over_where_nobody_keeps_it),
		cmocka_unit_test(what_is_for_logs_alone_is_no_hit),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
