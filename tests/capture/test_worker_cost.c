/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_worker_cost: what a worker tells of costs where somebody asks: at the
 * end of a round, some time after the last telling and when all is over.
 */
#include "engine/record_cost.h"
#include "tests/capture/made_worker.h"

#define MS INT64_C(1000000)

static struct {
	unsigned int records;
	uint64_t trials;
	struct nrs_record_cost last;
} told;

static int64_t now(void)
{
	static int64_t ns = 1;

	return ns++;
}

/* In place of give of made_worker.h. */
static void give_costs(void *ctx, struct nrs_block *block)
{
	(void)ctx;
	for (size_t at = 0; at < block->used;) {
		const struct nrs_record *r = (const void *)(block->bytes + at);

		if (r->kind == NRS_RECORD_COST) {
			memcpy(&told.last, r, sizeof(told.last));
			told.trials += told.last.cost.trials;
			told.records++;
		}
		at += r->bytes;
	}
}

/* The bench with another worker. */
static struct bench *begin_costs(int64_t (*clock)(void))
{
	struct bench *b = begin("[domain-name:value = 'www.example']");
	const struct nrs_worker_options options = {.workers = 1,
						   .db = b->db,
						   .key = &b->key,
						   .clock = clock,
						   .flows_total = 1024,
						   .blocks_ctx = b,
						   .take = take,
						   .give = give_costs};

	memset(&told, 0, sizeof(told));
	nrs_worker_free(b->worker);
	assert_int_equal(nrs_worker_new(&b->worker, &options), NRS_OK);
	return b;
}

static void exchange(struct bench *b, uint16_t port, int64_t ts_ns)
{
	struct frame_tcp syn = {C2S, .seq = 10, .flags = 2};
	struct frame_tcp request = {
		C2S, .seq = 11, .flags = 0x18,
		.payload = "GET /a HTTP/1.1\r\nHost: www.example\r\n\r\n"};

	syn.from_port = request.from_port = port;
	add(b, &syn, ts_ns);
	add(b, &request, ts_ns);
}

static void costs_are_told_some_times_a_second(void **state)
{
	struct bench *b = begin_costs(now);

	(void)state;
	exchange(b, 1000, SECOND);
	step(b, SECOND, false);
	assert_int_equal(told.records, 1);
	assert_int_equal(told.last.cost.generation, 1);
	assert_int_equal(told.last.cost.indicator, 0);
	const uint64_t trials = told.trials;
	assert_true(trials >= 1);
	exchange(b, 1001, SECOND + 100 * MS);
	step(b, SECOND + 100 * MS, false);
	assert_int_equal(told.records, 1); /* not yet */
	step(b, SECOND + 300 * MS, false);
	assert_int_equal(told.records, 2);
	assert_int_equal(told.trials, 2 * trials);
	step(b, 2 * SECOND, false); /* nothing new */
	assert_int_equal(told.records, 2);
	end(b);
}

static void the_end_tells_what_is_left(void **state)
{
	struct bench *b = begin_costs(now);

	(void)state;
	step(b, SECOND, false);
	exchange(b, 1000, SECOND + MS);
	step(b, SECOND + MS, false);
	assert_int_equal(told.records, 0);
	step(b, SECOND + 2 * MS, true);
	assert_int_equal(told.records, 1);
	end(b);
}

static void a_clock_set_back_keeps_nobody_waiting(void **state)
{
	struct bench *b = begin_costs(now);

	(void)state;
	exchange(b, 1000, 5000 * SECOND);
	step(b, 5000 * SECOND, false);
	assert_int_equal(told.records, 1);
	exchange(b, 1001, SECOND);
	step(b, SECOND, false);
	assert_int_equal(told.records, 2);
	end(b);
}

static void where_nobody_asks_nothing_is_told(void **state)
{
	struct bench *b = begin_costs(NULL);

	(void)state;
	exchange(b, 1000, SECOND);
	step(b, SECOND, true);
	assert_int_equal(told.records, 0);
	end(b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(costs_are_told_some_times_a_second),
		cmocka_unit_test(the_end_tells_what_is_left),
		cmocka_unit_test(a_clock_set_back_keeps_nobody_waiting),
		cmocka_unit_test(where_nobody_asks_nothing_is_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
