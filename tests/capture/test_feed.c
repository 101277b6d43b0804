/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_feed: packets of the loopback interface into rounds: ordinals, counters
 * and a clock that goes on when the wire is silent. Wants the right to capture.
 */
#include "capture/feed.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include "engine/base/clock.h"
#include "engine/base/stamp.h"
#include "tests/capture/loopback.h"

struct bench {
	struct loopback lo;
	struct nrs_hash_key key;
	struct nrs_feed *feed;
	struct nrs_round round;
};

static int setup(void **state)
{
	struct bench *b = aligned_alloc(64, (sizeof(*b) + 63) / 64 * 64);

	*state = b;
	if (b == NULL)
		return -1;
	memset(b, 0, sizeof(*b));
	nrs_hash_key_init(&b->key, 0);
	loopback_open(&b->lo);
	if (b->lo.live == NULL)
		return 0;

	const struct nrs_feed_source from = {.live = b->lo.live};

	return nrs_feed_new(&b->feed, &from, &b->key) == NRS_OK
		       ? nrs_round_init(&b->round, 1)
		       : -1;
}

static int teardown(void **state)
{
	struct bench *b = *state;

	nrs_round_fini(&b->round);
	nrs_feed_free(b->feed);
	loopback_close(&b->lo);
	free(b);
	return 0;
}

#define NOON (INT64_C(1772366400) * NRS_SECOND_NS)

static void what_was_sent_comes_in_order(void **state)
{
	struct bench *b = *state;
	uint64_t last = 0;
	uint32_t got = 0;

	loopback_wanted(&b->lo);
	for (int i = 0; i < 3; i++)
		loopback_send(&b->lo, "data", 4);
	for (int i = 0; i < 300 && got < 3; i++) {
		assert_int_equal(
			nrs_feed_next(b->feed, &b->round, nrs_wall_ns(), NULL),
			NRS_OK);
		assert_int_equal(b->round.session, 1);
		assert_true(i == 0 || b->round.last_ordinal > last);
		last = b->round.last_ordinal;
		for (uint32_t d = 0; d < b->round.count; d++) {
			const struct nrs_datagram *one = &b->round.datagrams[d];

			assert_int_equal(one->dst_port, b->lo.port);
			assert_int_equal(one->payload_len, 4);
			assert_true(one->ordinal <= last);
			assert_true(one->ts_ns <= b->round.clock_ns);
		}
		got += b->round.count;
	}
	assert_int_equal(got, 3);
	const struct nrs_counters *counters = nrs_feed_counters(b->feed);
	assert_int_equal(counters->value[NRS_C_PACKETS], 3);
	assert_true(counters->value[NRS_C_BYTES] >= 3 * (28 + 4));
}

static void a_silent_wire_follows_the_wall_a_tenth_behind(void **state)
{
	struct bench *b = *state;

	loopback_wanted(&b->lo);
	assert_int_equal(nrs_feed_next(b->feed, &b->round, NOON, NULL), NRS_OK);
	assert_int_equal(b->round.count, 0);
	assert_true(b->round.clock_ns == NOON - NRS_SECOND_NS / 10);
	const uint64_t tick = b->round.last_ordinal;
	/* it never goes back */
	assert_int_equal(
		nrs_feed_next(b->feed, &b->round, NOON - NRS_SECOND_NS, NULL),
		NRS_OK);
	assert_true(b->round.clock_ns == NOON - NRS_SECOND_NS / 10);
	assert_int_equal(b->round.last_ordinal, tick + 1);
	/* and leaps no further than an hour at once, counted */
	assert_int_equal(nrs_feed_next(b->feed, &b->round,
				       NOON + 86400 * NRS_SECOND_NS, NULL),
			 NRS_OK);
	assert_true(b->round.clock_ns ==
		    NOON - NRS_SECOND_NS / 10 + 3600 * NRS_SECOND_NS);
	assert_int_equal(nrs_feed_counters(b->feed)->value[NRS_C_TIME_JUMP], 1);
}

static void a_wall_that_is_set_back_is_followed_once(void **state)
{
	struct bench *b = *state;
	const int64_t day_ns = 86400 * NRS_SECOND_NS;

	loopback_wanted(&b->lo);
	assert_int_equal(nrs_feed_next(b->feed, &b->round, NOON, NULL), NRS_OK);
	assert_false(b->round.is_set_back);
	assert_int_equal(nrs_feed_next(b->feed, &b->round, NOON - day_ns, NULL),
			 NRS_OK);
	assert_true(b->round.is_set_back);
	assert_true(b->round.clock_ns == NOON - day_ns - NRS_SECOND_NS / 10);
	assert_int_equal(nrs_feed_counters(b->feed)->value[NRS_C_TIME_JUMP], 1);
	assert_int_equal(nrs_feed_next(b->feed, &b->round,
				       NOON - day_ns + NRS_SECOND_NS, NULL),
			 NRS_OK);
	assert_false(b->round.is_set_back);
	assert_true(b->round.clock_ns ==
		    NOON - day_ns + NRS_SECOND_NS * 9 / 10);
}

/* Some cards have a clock of their own. */
static void stamps_that_are_always_ahead_set_nothing_back(void **state)
{
	struct bench *b = *state;
	const int64_t behind_ns = nrs_wall_ns() - 7200 * NRS_SECOND_NS;
	uint32_t got = 0;

	loopback_wanted(&b->lo);
	loopback_send(&b->lo, "data", 4);
	for (int i = 0; i < 300 && got == 0; i++) {
		assert_int_equal(
			nrs_feed_next(b->feed, &b->round, behind_ns + i, NULL),
			NRS_OK);
		assert_false(b->round.is_set_back);
		got += b->round.count;
	}
	assert_int_equal(got, 1);
	assert_true(b->round.clock_ns > behind_ns + 3600 * NRS_SECOND_NS / 2);
}

static void the_last_round_ends_every_flow(void **state)
{
	struct bench *b = *state;

	loopback_wanted(&b->lo);
	assert_int_equal(nrs_feed_next(b->feed, &b->round, NOON, NULL), NRS_OK);
	assert_false(b->round.is_session_end);
	const uint64_t tick = b->round.last_ordinal;
	nrs_feed_end(b->feed, &b->round);
	assert_true(b->round.is_session_end);
	assert_int_equal(b->round.count, 0);
	assert_true(b->round.last_ordinal > tick);
	nrs_feed_free(NULL);
}

#define NRS_T(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		NRS_T(what_was_sent_comes_in_order),
		NRS_T(a_silent_wire_follows_the_wall_a_tenth_behind),
		NRS_T(a_wall_that_is_set_back_is_followed_once),
		NRS_T(stamps_that_are_always_ahead_set_nothing_back),
		NRS_T(the_last_round_ends_every_flow),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
