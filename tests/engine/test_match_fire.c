/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_match_fire: when a pattern fires: once per transaction, at once or at
 * its end, within its validity, and by tests of one and the same object.
 */
#include "engine/match.h"
#include "engine/pattern.h"

#include "tests/engine/empty_set.h"

struct bench {
	struct nrs_set *set;
	struct nrs_db *db;
	struct nrs_counters counters;
	struct nrs_match_sink sink;
	struct nrs_matcher *matcher;
	struct nrs_slab slab;
	struct nrs_txn flow, exchange;
	unsigned int hits;
	bool before;
};

static void on_hit(void *ctx, const struct nrs_hit *hit)
{
	struct bench *b = ctx;

	b->hits++;
	b->before = hit->before;
}

static struct bench *begin(const char *pattern, enum nrs_validity validity)
{
	const struct nrs_build_options options = {.seats = 1,
						  .generation = 1,
						  .validity = validity,
						  .at_ns = 150};
	const struct nrs_indicator item = {.id = nrs_span_of("indicator--1"),
					   .pattern = nrs_span_of(pattern),
					   .valid_from_ns = 100,
					   .valid_until_ns = 200,
					   .confidence = -1,
					   .version = NRS_STIX_21};
	struct bench *b = aligned_alloc(64, (sizeof(*b) + 63) / 64 * 64);

	assert_non_null(b);
	memset(b, 0, sizeof(*b));
	b->sink = (struct nrs_match_sink){.ctx = b, .hit = on_hit};
	b->set = empty_set();
	assert_int_equal(nrs_set_add(b->set, &item), NRS_OK);
	assert_int_equal(nrs_set_settle(b->set), NRS_OK);
	assert_int_equal(nrs_db_build(&b->db, b->set, &options), NRS_OK);
	if (nrs_set_at(b->set, 0)->status != NRS_STATUS_FULL)
		fail_msg("%s: %s", pattern, nrs_set_reason(b->set, 0));
	assert_int_equal(nrs_slab_init(&b->slab, NRS_KEPT_BYTES, 64), NRS_OK);
	assert_int_equal(
		nrs_matcher_new(&b->matcher, b->db, 0, &b->sink, &b->counters),
		NRS_OK);
	nrs_matcher_at(b->matcher, 150, &b->slab);
	nrs_txn_begin(&b->flow, &b->flow, NRS_TXN_FLOW, 0, 150);
	nrs_txn_begin(&b->exchange, &b->flow, NRS_TXN_HTTP, 1, 150);
	return b;
}

static unsigned int end(struct bench *b)
{
	nrs_txn_end(b->matcher, &b->exchange);
	nrs_txn_end(b->matcher, &b->flow);
	const unsigned int hits = b->hits;
	assert_int_equal(b->slab.taken, 0);
	nrs_matcher_free(b->matcher);
	nrs_slab_fini(&b->slab);
	nrs_db_free(b->db);
	nrs_set_free(b->set);
	free(b);
	return hits;
}

static void push(struct bench *b, enum nrs_field field, unsigned int object,
		 const char *text)
{
	nrs_txn_value(b->matcher, &b->exchange, field, object,
		      nrs_span_of(text));
}

static void push_addr(struct bench *b, enum nrs_field field,
		      unsigned int object, const char *text)
{
	struct nrs_addr addr;

	assert_int_equal(nrs_addr_parse(nrs_span_of(text), &addr), NRS_OK);
	nrs_txn_value(b->matcher,
		      nrs_field_table[field].scope == NRS_SCOPE_FLOW
			      ? &b->flow
			      : &b->exchange,
		      field, object, nrs_span(addr.bytes, 16));
}

#define NAME "[domain-name:value = 'c2.example']"

static void a_pattern_fires_once_in_a_transaction(void **state)
{
	struct bench *b = begin(NAME, NRS_VALIDITY_SINCE_EXPIRY);

	(void)state;
	push(b, NRS_F_HTTP_HOST, 0, "c2.example");
	assert_int_equal(b->hits, 1); /* at once */
	push(b, NRS_F_DNS_QUERY, 0, "c2.example");
	push(b, NRS_F_HTTP_HOST, 0, "c2.example");
	assert_int_equal(b->hits, 1);
	/* the next exchange of the flow is another one */
	nrs_txn_end(b->matcher, &b->exchange);
	nrs_txn_begin(&b->exchange, &b->flow, NRS_TXN_HTTP, 2, 150);
	push(b, NRS_F_HTTP_HOST, 0, "c2.example");
	assert_int_equal(end(b), 2);
}

static void what_fired_on_the_flow_does_not_fire_in_it_again(void **state)
{
	struct bench *b = begin("[ipv4-addr:value = '192.0.2.7']",
				NRS_VALIDITY_SINCE_EXPIRY);

	(void)state;
	push_addr(b, NRS_F_IP_DST, 1, "192.0.2.7");
	assert_int_equal(b->hits, 1);
	push(b, NRS_F_HTTP_HOST, 0, "192.0.2.7");
	assert_int_equal(end(b), 1);
}

static void validity_is_what_was_asked_for(void **state)
{
	static const struct {
		enum nrs_validity validity;
		int64_t now_ns; /* valid from 100 to before 200 */
		unsigned int hits;
		bool before;
	} rows[] = {
		{NRS_VALIDITY_SINCE_EXPIRY, 50, 1, true},
		{NRS_VALIDITY_SINCE_EXPIRY, 100, 1, false},
		{NRS_VALIDITY_SINCE_EXPIRY, 199, 1, false},
		{NRS_VALIDITY_SINCE_EXPIRY, 200, 0, false},
		{NRS_VALIDITY_STRICT, 99, 0, false},
		{NRS_VALIDITY_STRICT, 100, 1, false},
		{NRS_VALIDITY_STRICT, 200, 0, false},
		/* by the clock, 150, whatever the packet says */
		{NRS_VALIDITY_NOW, 5000, 1, false},
		{NRS_VALIDITY_NOW, 1, 1, false},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct bench *b = begin(NAME, rows[i].validity);

		nrs_matcher_at(b->matcher, rows[i].now_ns, &b->slab);
		push(b, NRS_F_DNS_QUERY, 0, "c2.example");
		if (b->hits != rows[i].hits ||
		    (b->hits > 0 && b->before != rows[i].before) ||
		    b->counters.value[NRS_C_HITS_EXPIRED] != !rows[i].hits)
			fail_msg("row %zu: %u hits", i, b->hits);
		(void)end(b);
	}
}

static void tests_of_one_type_are_about_one_object(void **state)
{
	static const char pattern[] =
		"[ipv4-addr:value ISSUBSET '192.0.2.0/24' AND "
		"ipv4-addr:value != '192.0.2.7']";
	struct bench *b = begin(pattern, NRS_VALIDITY_SINCE_EXPIRY);

	(void)state;
	/* .7 is in the network, the other is not .7: two objects */
	push_addr(b, NRS_F_IP_SRC, 0, "198.51.100.1");
	push_addr(b, NRS_F_IP_DST, 1, "192.0.2.7");
	assert_int_equal(end(b), 0);
	b = begin(pattern, NRS_VALIDITY_SINCE_EXPIRY);
	push_addr(b, NRS_F_IP_SRC, 0, "198.51.100.1");
	push_addr(b, NRS_F_IP_DST, 1, "192.0.2.8");
	assert_int_equal(end(b), 1);
}

static void tests_of_different_types_are_about_one_transaction(void **state)
{
	static const char pattern[] =
		"[domain-name:value = 'c2.example' AND url:value LIKE "
		"'%/gate']";
	struct bench *b = begin(pattern, NRS_VALIDITY_SINCE_EXPIRY);

	(void)state;
	push(b, NRS_F_HTTP_HOST, 0, "c2.example");
	nrs_txn_end(b->matcher, &b->exchange);
	nrs_txn_begin(&b->exchange, &b->flow, NRS_TXN_HTTP, 2, 150);
	push(b, NRS_F_HTTP_URL, 0, "http://other.example/gate");
	assert_int_equal(b->hits, 0); /* in two transactions */
	push(b, NRS_F_HTTP_HOST, 0, "c2.example");
	assert_int_equal(end(b), 1);
}

static void absence_is_known_at_the_end_only(void **state)
{
	static const char pattern[] =
		"[url:value LIKE '%/gate' AND NOT EXISTS "
		"network-traffic:extensions.'http-request-ext'."
		"request_header.'Referer']";
	struct bench *b = begin(pattern, NRS_VALIDITY_SINCE_EXPIRY);

	(void)state;
	push(b, NRS_F_HTTP_URL, 0, "http://h.example/gate");
	assert_int_equal(b->hits, 0);
	assert_int_equal(end(b), 1);
	b = begin(pattern, NRS_VALIDITY_SINCE_EXPIRY);
	push(b, NRS_F_HTTP_URL, 0, "http://h.example/gate");
	push(b, NRS_F_HTTP_HEADER, 0, "referer: x");
	assert_int_equal(end(b), 0);
}

static void times_of_the_pattern_bound_it(void **state)
{
	/* from 1 to 2 s after 1970 */
	static const char pattern[] = NAME " START t'1970-01-01T00:00:01Z' "
					   "STOP t'1970-01-01T00:00:02Z'";
	static const struct {
		int64_t start_ns, now_ns; /* of the exchange, of the packet */
		unsigned int hits;
	} rows[] = {
		{INT64_C(1500000000), INT64_C(1500000000), 1},
		{INT64_C(500000000), INT64_C(999999999), 0},
		{INT64_C(500000000), INT64_C(1000000000), 1},
		{INT64_C(1999999999), INT64_C(5000000000), 1},
		{INT64_C(2000000000), INT64_C(5000000000), 0},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct bench *b = begin(pattern, NRS_VALIDITY_NOW);

		nrs_txn_begin(&b->exchange, &b->flow, NRS_TXN_HTTP, 1,
			      rows[i].start_ns);
		nrs_matcher_at(b->matcher, rows[i].now_ns, &b->slab);
		push(b, NRS_F_HTTP_HOST, 0, "c2.example");
		const unsigned int hits = end(b);
		if (hits != rows[i].hits)
			fail_msg("row %zu: %u", i, hits);
	}
}

static void a_hit_that_cannot_be_remembered_is_lost_and_counted(void **state)
{
	struct bench *b = begin(NAME, NRS_VALIDITY_SINCE_EXPIRY);
	void *taken[64];
	unsigned int count = 0;

	(void)state;
	while (count < 64 && (taken[count] = nrs_slab_take(&b->slab)) != NULL)
		count++;
	push(b, NRS_F_HTTP_HOST, 0, "c2.example");
	assert_int_equal(b->hits, 0);
	assert_int_equal(b->counters.value[NRS_C_HITS_LOST], 1);
	while (count > 0)
		nrs_slab_give(&b->slab, taken[--count]);
	push(b, NRS_F_HTTP_HOST, 0, "c2.example");
	assert_int_equal(end(b), 1);
}

static void candidates_are_tried_when_they_are_asked_for(void **state)
{
	struct bench *b = begin("[url:value LIKE '%/gate' AND "
				"domain-name:value = 'c2.example']",
				NRS_VALIDITY_SINCE_EXPIRY);
	struct nrs_seen seen = {.field = NRS_F_HTTP_URL,
				.raw = nrs_span_of("http://x.example/gate")};

	(void)state;
	nrs_match_candidates(b->matcher, &b->exchange, true);
	assert_int_equal(b->hits, 0);
	push(b, NRS_F_HTTP_HOST, 0, "c2.example");
	push(b, NRS_F_HTTP_URL, 0, "http://x.example/gate");
	assert_int_equal(b->hits, 1);
	/* again satisfied: it fired already */
	nrs_match_satisfied(b->matcher, &b->exchange, 0, &seen,
			    NRS_HOW_PATTERN);
	nrs_match_candidates(b->matcher, &b->exchange, true);
	assert_int_equal(end(b), 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_pattern_fires_once_in_a_transaction),
		cmocka_unit_test(
			what_fired_on_the_flow_does_not_fire_in_it_again),
		cmocka_unit_test(validity_is_what_was_asked_for),
		cmocka_unit_test(tests_of_one_type_are_about_one_object),
		cmocka_unit_test(
			tests_of_different_types_are_about_one_transaction),
		cmocka_unit_test(absence_is_known_at_the_end_only),
		cmocka_unit_test(times_of_the_pattern_bound_it),
		cmocka_unit_test(
			a_hit_that_cannot_be_remembered_is_lost_and_counted),
		cmocka_unit_test(candidates_are_tried_when_they_are_asked_for),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
