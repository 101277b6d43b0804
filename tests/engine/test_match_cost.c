/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_match_cost: trials are counted by the indicator for which they are made,
 * whether they succeed or not; what nobody asks for is not counted; no sum is
 * lost where there are more indicators than slots.
 */
#include "engine/match.h"
#include "engine/pattern.h"

#include <stdio.h>

#include "tests/engine/empty_set.h"

#define INDICATORS_MAX 2000u
#define TICK_NS 10

struct bench {
	struct nrs_set *set;
	struct nrs_db *db;
	struct nrs_counters counters;
	struct nrs_match_sink sink;
	struct nrs_matcher *matcher;
	struct nrs_slab slab;
	struct nrs_txn flow, exchange;
	char ids[INDICATORS_MAX][32]; /* the set borrows them */
	uint64_t trials[INDICATORS_MAX], ns[INDICATORS_MAX];
	unsigned int told;
	uint64_t others;
	uint32_t generation; /* as last told */
};

static int64_t clock_ns;

static int64_t now(void)
{
	return clock_ns += TICK_NS;
}

static void on_hit(void *ctx, const struct nrs_hit *hit)
{
	(void)ctx, (void)hit;
}

static void on_cost(void *ctx, const struct nrs_cost *cost)
{
	struct bench *b = ctx;

	assert_true(cost->trials > 0);
	if (cost->indicator == NRS_COST_OTHERS) {
		b->others += cost->trials;
		return;
	}
	assert_true(cost->indicator < INDICATORS_MAX);
	b->trials[cost->indicator] += cost->trials;
	b->ns[cost->indicator] += cost->ns;
	b->generation = cost->generation;
	b->told++;
}

static struct nrs_db *build(struct nrs_set *set, uint32_t generation)
{
	const struct nrs_build_options options = {.seats = 1,
						  .generation = generation};
	struct nrs_db *db = NULL;

	assert_int_equal(nrs_db_build(&db, set, &options), NRS_OK);
	return db;
}

static void add(struct bench *b, unsigned int number, const char *pattern)
{
	char *id = b->ids[number];

	(void)snprintf(id, sizeof(b->ids[number]), "indicator--%u", number);
	const struct nrs_indicator item = {.id = nrs_span_of(id),
					   .pattern = nrs_span_of(pattern),
					   .valid_from_ns = NRS_TIME_MIN,
					   .valid_until_ns = NRS_TIME_MAX,
					   .confidence = -1,
					   .version = NRS_STIX_21};

	assert_int_equal(nrs_set_add(b->set, &item), NRS_OK);
}

static struct bench *new_bench(void)
{
	struct bench *b = aligned_alloc(64, (sizeof(*b) + 63) / 64 * 64);

	assert_non_null(b);
	memset(b, 0, sizeof(*b));
	b->sink = (struct nrs_match_sink){
		.ctx = b, .hit = on_hit, .cost = on_cost, .clock = now};
	b->set = empty_set();
	return b;
}

static void start(struct bench *b)
{
	assert_int_equal(nrs_set_settle(b->set), NRS_OK);
	b->db = build(b->set, 1);
	for (uint32_t i = 0; i < nrs_set_count(b->set); i++) {
		if (nrs_set_at(b->set, i)->status != NRS_STATUS_FULL)
			fail_msg("%u: %s", i, nrs_set_reason(b->set, i));
	}
	assert_int_equal(nrs_slab_init(&b->slab, NRS_KEPT_BYTES, 64), NRS_OK);
	assert_int_equal(
		nrs_matcher_new(&b->matcher, b->db, 0, &b->sink, &b->counters),
		NRS_OK);
	nrs_matcher_at(b->matcher, 150, &b->slab);
	nrs_txn_begin(&b->flow, &b->flow, NRS_TXN_FLOW, 0, 150);
	nrs_txn_begin(&b->exchange, &b->flow, NRS_TXN_HTTP, 1, 150);
}

static struct bench *begin(const char *const *patterns, unsigned int count)
{
	struct bench *b = new_bench();

	for (unsigned int i = 0; i < count; i++)
		add(b, i, patterns[i]);
	start(b);
	return b;
}

static void end(struct bench *b)
{
	nrs_matcher_free(b->matcher);
	nrs_slab_fini(&b->slab);
	nrs_db_free(b->db);
	nrs_set_free(b->set);
	free(b);
}

/* Each in an exchange of its own. */
static void push(struct bench *b, enum nrs_field field, const char *text)
{
	nrs_txn_value(b->matcher, &b->exchange, field, 0, nrs_span_of(text));
	nrs_txn_end(b->matcher, &b->exchange);
	nrs_txn_begin(&b->exchange, &b->flow, NRS_TXN_HTTP,
		      b->exchange.number + 1, 150);
}

/* What ten values of DNS cost each pattern: of them two are c2.example. A look
 * behind of no fixed length and a backreference are PCRE's alone. */
static const struct {
	const char *name, *pattern;
	unsigned int trials;
} patterns[] = {
	{"a name: tried when it was seen", "[domain-name:value = 'c2.example']",
	 2},
	{"a name that nobody saw", "[domain-name:value = 'other.example']", 0},
	{"an expression in Hyperscan: its hits alone",
	 "[domain-name:value MATCHES '^c2']", 2},
	{"one in PCRE: each value, and its hits",
	 "[domain-name:value MATCHES '^(.)2[.]e.*\\\\1?$(?<!x)']", 12},
	{"a comparison: each value, and its hits", "[domain-name:value > 'c2']",
	 12},
};
#define PATTERNS (sizeof(patterns) / sizeof(*patterns))

static void push_ten(struct bench *b)
{
	for (unsigned int i = 0; i < 10; i++)
		push(b, NRS_F_DNS_QUERY,
		     i % 5 == 0 ? "c2.example" : "a.example");
	nrs_matcher_tell_costs(b->matcher);
}

static void trials_are_their_indicators(void **state)
{
	(void)state;
	for (size_t i = 0; i < PATTERNS; i++) {
		struct bench *b = begin(&patterns[i].pattern, 1);

		push_ten(b);
		if (b->trials[0] != patterns[i].trials)
			fail_msg("%s: %llu trials", patterns[i].name,
				 (unsigned long long)b->trials[0]);
		end(b);
	}
}

static void each_has_its_own_sum_among_others(void **state)
{
	const char *all[PATTERNS];
	struct bench *b;

	(void)state;
	for (size_t i = 0; i < PATTERNS; i++)
		all[i] = patterns[i].pattern;
	b = begin(all, PATTERNS);
	push_ten(b);
	for (size_t i = 0; i < PATTERNS; i++)
		assert_int_equal(b->trials[i], patterns[i].trials);
	assert_int_equal(b->generation, 1);
	assert_int_equal(b->told, PATTERNS - 1);
	nrs_matcher_tell_costs(b->matcher); /* nothing new */
	assert_int_equal(b->told, PATTERNS - 1);
	end(b);
}

static void what_waits_for_an_end_is_tried_at_each(void **state)
{
	const char *pattern = "[domain-name:value NOT = 'a.example']";
	struct bench *b = begin(&pattern, 1);

	(void)state;
	push_ten(b);
	assert_true(b->trials[0] >= 10);
	end(b);
}

static void time_is_estimated_from_some_trials(void **state)
{
	const char *pattern = "[domain-name:value > 'c2']";
	struct bench *b = begin(&pattern, 1);

	(void)state;
	for (unsigned int i = 0; i < 100000; i++)
		push(b, NRS_F_DNS_QUERY, "a.example");
	nrs_matcher_tell_costs(b->matcher);
	assert_int_equal(b->trials[0], 100000);
	/* By this clock each takes TICK_NS. */
	assert_in_range(b->ns[0], 90000 * TICK_NS, 110000 * TICK_NS);
	end(b);
}

static void more_indicators_than_slots_lose_no_trial(void **state)
{
	const unsigned int count = 1500;
	struct bench *b = new_bench();
	static char all[1500][80];
	uint64_t sum = 0;
	char text[80];

	(void)state;
	for (unsigned int i = 0; i < count; i++) {
		(void)snprintf(all[i], sizeof(all[i]),
			       "[domain-name:value = 'h%u.example']", i);
		add(b, i, all[i]);
	}
	start(b);
	for (unsigned int i = 0; i < 3 * count; i++) {
		(void)snprintf(text, sizeof(text), "h%u.example", i % count);
		push(b, NRS_F_DNS_QUERY, text);
	}
	nrs_matcher_tell_costs(b->matcher);
	for (unsigned int i = 0; i < count; i++)
		sum += b->trials[i];
	assert_in_range(b->told, NRS_COST_SLOTS / 2, NRS_COST_SLOTS);
	assert_true(b->others > 0);
	assert_int_equal(sum + b->others, 3 * count);
	end(b);
}

static void what_was_not_told_before_another_set_is_counted(void **state)
{
	const char *pattern = "[domain-name:value = 'c2.example']";
	struct bench *b = begin(&pattern, 1);
	struct nrs_db *next = build(b->set, 2);

	(void)state;
	push(b, NRS_F_DNS_QUERY, "c2.example");
	nrs_matcher_adopt(b->matcher, next);
	nrs_matcher_tell_costs(b->matcher);
	assert_int_equal(b->told, 0);
	assert_int_equal(b->counters.value[NRS_C_COSTS_LOST], 1);
	push(b, NRS_F_DNS_QUERY, "c2.example");
	nrs_matcher_tell_costs(b->matcher);
	assert_int_equal(b->trials[0], 1);
	assert_int_equal(b->generation, 2);
	nrs_db_free(b->db);
	b->db = next;
	end(b);
}

static void where_nobody_asks_no_clock_is_read(void **state)
{
	const char *pattern = "[domain-name:value > 'c2']";
	struct bench *b = new_bench();

	(void)state;
	b->sink.cost = NULL;
	add(b, 0, pattern);
	start(b);
	const int64_t before = clock_ns;
	for (unsigned int i = 0; i < 1000; i++)
		push(b, NRS_F_DNS_QUERY, "c2.example");
	nrs_matcher_tell_costs(b->matcher);
	assert_int_equal(clock_ns, before);
	assert_int_equal(b->told, 0);
	end(b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(trials_are_their_indicators),
		cmocka_unit_test(each_has_its_own_sum_among_others),
		cmocka_unit_test(what_waits_for_an_end_is_tried_at_each),
		cmocka_unit_test(time_is_estimated_from_some_trials),
		cmocka_unit_test(more_indicators_than_slots_lose_no_trial),
		cmocka_unit_test(
			what_was_not_told_before_another_set_is_counted),
		cmocka_unit_test(where_nobody_asks_no_clock_is_read),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
