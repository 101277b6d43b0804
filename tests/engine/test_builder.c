/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_builder: a whole set into a db: what becomes of each indicator, and
 * that one which is rejected leaves nothing behind that could fire.
 */
#include "engine/matcher.h"
#include "engine/pattern.h"

#include "tests/engine/empty_set.h"

struct built {
	struct nrs_set *set;
	struct nrs_db *db;
};

/* @patterns until NULL. */
static struct built build(const char *const *patterns)
{
	const struct nrs_build_options options = {
		.seats = 1, .generation = 3, .guards = true};
	struct built b = {0};

	b.set = empty_set();
	for (unsigned int i = 0; patterns[i] != NULL; i++) {
		static char ids[32][16]; /* borrowed by the set */
		char *id = ids[i];

		(void)snprintf(id, sizeof(ids[i]), "indicator--%02u", i);
		const struct nrs_indicator item = {
			.id = nrs_span_of(id),
			.pattern = nrs_span_of(patterns[i]),
			.modified_ns = 1,
			.valid_from_ns = NRS_TIME_MIN,
			.valid_until_ns = NRS_TIME_MAX,
			.confidence = -1,
			.version = NRS_STIX_21};
		assert_int_equal(nrs_set_add(b.set, &item), NRS_OK);
	}
	assert_int_equal(nrs_set_settle(b.set), NRS_OK);
	assert_int_equal(nrs_db_build(&b.db, b.set, &options), NRS_OK);
	return b;
}

static void end(struct built *b)
{
	nrs_db_free(b->db);
	nrs_set_free(b->set);
}

static void every_indicator_gets_a_verdict_and_a_reason(void **state)
{
	static const struct {
		const char *pattern;
		enum nrs_status status;
		const char *reason; /* somewhere in it */
	} rows[] = {
		{"[domain-name:value = 'a.example']", NRS_STATUS_FULL, ""},
		{"[domain-name:value = 'b.example' OR file:ctime = 'x']",
		 NRS_STATUS_PARTIAL, "file:ctime"},
		{"[domain-name:value = 'c.example' AND file:ctime = 'x']",
		 NRS_STATUS_UNSUPPORTED, "file:ctime"},
		{"[mutex:name = 'm']", NRS_STATUS_UNSUPPORTED,
		 "not visible on a network"},
		{"[domain-name:value = ", NRS_STATUS_REJECTED, "column"},
		{"[ipv4-addr:value = 'nonsense']", NRS_STATUS_REJECTED,
		 "not an address"},
		{"[ipv4-addr:value = '0.0.0.0/0']", NRS_STATUS_REJECTED,
		 "guard"},
		{"[url:value MATCHES '(']", NRS_STATUS_REJECTED, ""},
		{"[url:value MATCHES '[']", NRS_STATUS_REJECTED, ""},
		/* what cannot be compiled cannot fail to match either */
		{"[url:value NOT MATCHES '(']", NRS_STATUS_REJECTED, ""},
	};
	const char *patterns[32] = {NULL};
	const unsigned int count = sizeof(rows) / sizeof(*rows);

	(void)state;
	for (unsigned int i = 0; i < count; i++)
		patterns[i] = rows[i].pattern;
	struct built b = build(patterns);
	for (unsigned int i = 0; i < count; i++) {
		const char *reason = nrs_set_reason(b.set, i);

		if (nrs_set_at(b.set, i)->status != rows[i].status ||
		    strstr(reason, rows[i].reason) == NULL ||
		    (rows[i].status != NRS_STATUS_FULL && reason[0] == '\0'))
			fail_msg("%s: %s, %s", rows[i].pattern,
				 nrs_status_name(
					 (enum nrs_status)nrs_set_at(b.set, i)
						 ->status),
				 reason);
	}
	end(&b);
}

static void the_db_says_what_it_is(void **state)
{
	static const char *const patterns[] = {
		"[domain-name:value = 'a.example']",
		"[domain-name:value = 'A.example']", /* the same test */
		"[ipv4-addr:value = '192.0.2.0/24']",
		"[url:value MATCHES 'x+']", NULL};
	struct built b = build(patterns);
	struct nrs_db_sizes sizes;

	(void)state;
	nrs_db_sizes(b.db, &sizes);
	assert_int_equal(sizes.tests, 3);
	assert_int_equal(sizes.prefixes, 1);
	assert_int_equal(sizes.hyperscan + sizes.pcre, 1);
	assert_int_equal(sizes.lenient[NRS_LENIENT_CIDR], 1);
	assert_true(sizes.bytes > 0);
	assert_int_equal(nrs_db_generation(b.db), 3);
	assert_ptr_equal(nrs_db_set(b.db), b.set);
	const nrs_field_set demand = nrs_db_demand(b.db);
	assert_true(nrs_wanted(demand, NRS_F_DNS_QUERY));
	assert_true(nrs_wanted(demand, NRS_F_HTTP_URL));
	assert_true(nrs_wanted(demand, NRS_F_IP_DST));
	assert_false(nrs_wanted(demand, NRS_F_HTTP_METHOD));
	assert_false(nrs_wanted(demand, NRS_F_MAC_SRC));
	end(&b);
}

static unsigned int hits;

static void on_hit(void *ctx, const struct nrs_hit *hit)
{
	(void)ctx, (void)hit;
	hits++;
}

/* How many hits a URL causes. */
static unsigned int seen(const struct built *b, const char *url)
{
	const struct nrs_match_sink sink = {.hit = on_hit};
	struct nrs_counters counters = {0};
	struct nrs_matcher *matcher = NULL;
	struct nrs_txn flow, exchange;
	struct nrs_slab slab;

	hits = 0;
	assert_int_equal(nrs_slab_init(&slab, NRS_KEPT_BYTES, 64), NRS_OK);
	assert_int_equal(nrs_matcher_new(&matcher, b->db, 0, &sink, &counters),
			 NRS_OK);
	nrs_matcher_at(matcher, 1, &slab);
	nrs_txn_begin(&flow, &flow, NRS_TXN_FLOW, 0, 1);
	nrs_txn_begin(&exchange, &flow, NRS_TXN_HTTP, 1, 1);
	nrs_txn_value(matcher, &exchange, NRS_F_HTTP_URL, 0, nrs_span_of(url));
	nrs_txn_end(matcher, &exchange);
	nrs_txn_end(matcher, &flow);
	nrs_matcher_free(matcher);
	nrs_slab_fini(&slab);
	return hits;
}

static void what_is_rejected_never_fires(void **state)
{
	static const char *const patterns[] = {
		"[url:value NOT MATCHES '(']",
		"[url:value = 'http://a.example/' OR url:value MATCHES '(']",
		"[url:value = 'http://a.example/' AND url:value NOT MATCHES "
		"'(']",
		/* its first observation alone would be good */
		"[url:value = 'http://a.example/'] OR "
		"[ipv4-addr:value = 'nonsense']",
		"[url:value = 'http://b.example/']", NULL};
	struct built b = build(patterns);

	(void)state;
	assert_int_equal(seen(&b, "http://a.example/"), 0);
	assert_int_equal(seen(&b, "http://b.example/"), 1);
	end(&b);
}

static void an_empty_set_wants_nothing(void **state)
{
	static const char *const none[] = {NULL};
	struct built b = build(none);

	(void)state;
	assert_true(nrs_db_demand(b.db) == 0);
	assert_int_equal(seen(&b, "http://b.example/"), 0);
	end(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_indicator_gets_a_verdict_and_a_reason),
		cmocka_unit_test(the_db_says_what_it_is),
		cmocka_unit_test(what_is_rejected_never_fires),
		cmocka_unit_test(an_empty_set_wants_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
