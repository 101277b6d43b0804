/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_aggregate: hits folded by indicator, own host or pair, direction and
 * outcome (sharing-rules.md rule 11).
 */
#include "sightings/aggregate.h"

#include "tests/sightings/made_hit.h"

#define SECOND NRS_SECOND_NS

struct bench {
	struct made_hit made;
	struct nrs_aggregate *aggregate;
	const struct nrs_sighting *list;
};

static int setup(void **state)
{
	struct bench *b = calloc(1, sizeof(*b));

	*state = b;
	if (b == NULL)
		return -1;
	made_set(&b->made, NRS_TLP_GREEN, NULL);
	return nrs_aggregate_new(&b->aggregate);
}

static int teardown(void **state)
{
	struct bench *b = *state;

	nrs_aggregate_free(b->aggregate);
	nrs_set_free(b->made.set);
	free(b);
	return 0;
}

static void add(struct bench *b, const char *src, const char *dst,
		enum nrs_outcome outcome, int64_t ns)
{
	made_hit(&b->made, src, dst, ns);
	made_text(&b->made, NRS_F_TLS_SNI, "c2.example");
	b->made.record.hit.flow.outcome = (uint8_t)outcome;
	assert_int_equal(
		nrs_aggregate_add(b->aggregate, made_sighted(&b->made)),
		NRS_OK);
}

static size_t listed(struct bench *b)
{
	return nrs_aggregate_list(b->aggregate, &b->list);
}

static void nothing_gives_an_empty_list(void **state)
{
	assert_int_equal(listed(*state), 0);
}

static void the_key_is_host_direction_and_outcome(void **state)
{
	static const struct {
		const char *name, *src, *dst;
		enum nrs_outcome outcome;
		size_t sightings; /* after it */
	} rows[] = {
		{"first", "10.0.0.1", "192.0.2.1", NRS_OUTCOME_ANSWERED, 1},
		{"again", "10.0.0.1", "192.0.2.1", NRS_OUTCOME_ANSWERED, 1},
		{"another peer", "10.0.0.1", "192.0.2.2", NRS_OUTCOME_ANSWERED,
		 1},
		{"another own host", "10.0.0.2", "192.0.2.1",
		 NRS_OUTCOME_ANSWERED, 2},
		{"another outcome", "10.0.0.1", "192.0.2.1",
		 NRS_OUTCOME_BLOCKED, 3},
		{"inward", "192.0.2.1", "10.0.0.1", NRS_OUTCOME_ANSWERED, 4},
		{"transit", "192.0.2.1", "198.51.100.1", NRS_OUTCOME_ANSWERED,
		 5},
		{"transit, the same pair", "192.0.2.1", "198.51.100.1",
		 NRS_OUTCOME_ANSWERED, 5},
		{"transit, another pair", "192.0.2.1", "198.51.100.2",
		 NRS_OUTCOME_ANSWERED, 6},
	};
	struct bench *b = *state;

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		add(b, rows[i].src, rows[i].dst, rows[i].outcome, MADE_NS);
		if (listed(b) != rows[i].sightings)
			fail_msg("%s: %zu sightings", rows[i].name, listed(b));
	}
	/* the peer is that of the first transaction */
	const struct nrs_addr peer = made_addr("192.0.2.1");
	assert_int_equal(nrs_addr_compare(&b->list[0].peer, &peer), 0);
	assert_int_equal(b->list[0].count, 3);
}

static void times_reach_from_the_first_to_the_last(void **state)
{
	static const int64_t seconds[] = {5, 9, 2, 7};
	struct bench *b = *state;

	for (size_t i = 0; i < 4; i++)
		add(b, "10.0.0.1", "192.0.2.1", NRS_OUTCOME_ANSWERED,
		    MADE_NS + seconds[i] * SECOND);
	assert_int_equal(listed(b), 1);
	assert_true(b->list[0].first_ns == MADE_NS + 2 * SECOND);
	assert_true(b->list[0].last_ns == MADE_NS + 9 * SECOND);
	assert_int_equal(b->list[0].count, 4);
	/* the first hit that came, kept whole */
	assert_true(b->list[0].first->head.ts_ns == MADE_NS + 5 * SECOND);
	assert_int_equal(b->list[0].first->value_count, 1);
}

static void add_by(struct bench *b, enum nrs_how how)
{
	made_hit(&b->made, "10.0.0.1", "192.0.2.1", MADE_NS);
	made_text(&b->made, NRS_F_TLS_SNI, "c2.example");
	struct nrs_record_value *value = (void *)(&b->made.record.hit + 1);
	value->how = (uint8_t)how;
	assert_int_equal(
		nrs_aggregate_add(b->aggregate, made_sighted(&b->made)),
		NRS_OK);
}

static void the_weakest_match_is_remembered(void **state)
{
	struct bench *b = *state;

	/* a prefix is less sure than an expression, which is exact (rule 12) */
	add_by(b, NRS_HOW_EXACT);
	add_by(b, NRS_HOW_PREFIX);
	add_by(b, NRS_HOW_PATTERN);
	add_by(b, NRS_HOW_EXACT);
	assert_int_equal(listed(b), 1);
	assert_int_equal(b->list[0].how, NRS_HOW_PREFIX);
}

static void many_keys_keep_their_order(void **state)
{
	struct bench *b = *state;
	char own[NRS_ADDR_LEN];

	for (int round = 0; round < 2; round++) {
		for (int i = 0; i < 3000; i++) {
			(void)snprintf(own, sizeof(own), "10.0.%d.%d", i / 250,
				       i % 250);
			add(b, own, "192.0.2.1", NRS_OUTCOME_ANSWERED, MADE_NS);
		}
	}
	assert_int_equal(listed(b), 3000);
	for (size_t i = 0; i < 3000; i++) {
		assert_int_equal(b->list[i].count, 2);
		assert_int_equal(b->list[i].own.bytes[14], i / 250);
		assert_int_equal(b->list[i].own.bytes[15], i % 250);
	}
}

#define NRS_T(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		NRS_T(nothing_gives_an_empty_list),
		NRS_T(the_key_is_host_direction_and_outcome),
		NRS_T(times_reach_from_the_first_to_the_last),
		NRS_T(the_weakest_match_is_remembered),
		NRS_T(many_keys_keep_their_order),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
