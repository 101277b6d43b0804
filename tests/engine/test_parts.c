/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_parts: what becomes of patterns of several observation expressions:
 * their verdicts, and when a transaction tells which of them it satisfies.
 */
#include "tests/engine/empty_set.h"

#include "engine/matcher.h"
#include "engine/pattern.h"

#define NAME(text) "[domain-name:value = '" text "']"
#define HOST "[process:name = 'x']"
#define LATE                                                                   \
	"[domain-name:value = 'b.example' AND network-traffic:end > "          \
	"t'2026-01-01T00:00:00Z']"
#define NEVER "[domain-name:value IN ()]"
#define GUARDED "[ipv4-addr:value = '0.0.0.0/0']"

static const struct {
	const char *pattern;
	enum nrs_status status;
	const char *reason; /* a part of it */
} rows[] = {
	{NAME("a.example") " AND " NAME("b.example"), NRS_STATUS_FULL, ""},
	{NAME("a.example") " FOLLOWEDBY " NAME("b.example"), NRS_STATUS_FULL,
	 ""},
	{NAME("a.example") " REPEATS 5 TIMES WITHIN 60 SECONDS",
	 NRS_STATUS_FULL, ""},
	/* an AND with an unseen side cannot be decided */
	{NAME("a.example") " AND " HOST, NRS_STATUS_UNSUPPORTED,
	 "process:name"},
	{HOST " FOLLOWEDBY " NAME("a.example"), NRS_STATUS_UNSUPPORTED,
	 "process:name"},
	{HOST " REPEATS 2 TIMES", NRS_STATUS_UNSUPPORTED, "process:name"},
	{NAME("a.example") " AND " LATE, NRS_STATUS_UNSUPPORTED,
	 "an exchange is over"},
	/* an OR can, by its other side */
	{"(" NAME("a.example") " AND " NAME("b.example") ") OR " HOST,
	 NRS_STATUS_PARTIAL, "process:name"},
	{HOST " OR (" HOST " AND " HOST
	      ") OR (" NAME("a.example") " AND " NAME("b.example") ")",
	 NRS_STATUS_PARTIAL, "process:name"},
	{"(" HOST " OR " NAME("a.example") ") AND " NAME("b.example"),
	 NRS_STATUS_PARTIAL, "process:name"},
	/* what is never true decides alone */
	{NEVER " AND " HOST, NRS_STATUS_FULL, "can never match"},
	{NAME("a.example") " FOLLOWEDBY " NEVER, NRS_STATUS_FULL,
	 "can never match"},
	{"(" NAME("a.example") " AND " NEVER ") OR (" NAME(
		 "a.example") " AND " NAME("b.example") ")",
	 NRS_STATUS_FULL, ""},
	{"(" NAME("a.example") " AND " NAME("b.example") ") START "
							 "t'2026-01-02T00:00:"
							 "00Z' STOP "
							 "t'2026-01-01T00:00:"
							 "00Z'",
	 NRS_STATUS_FULL, ""},
	/* guards: one absurd side is narrowed by a good one */
	{GUARDED " AND " NAME("a.example"), NRS_STATUS_FULL, ""},
	{GUARDED " AND " GUARDED, NRS_STATUS_REJECTED, "guard"},
	{GUARDED " REPEATS 2 TIMES", NRS_STATUS_REJECTED, "guard"},
	{GUARDED " OR (" NAME("a.example") " AND " NAME("b.example") ")",
	 NRS_STATUS_REJECTED, "guard"},
	/* what is refused says how much is too much */
	{NAME("a.example") " REPEATS 1025 TIMES", NRS_STATUS_UNSUPPORTED,
	 "more than 1024 observations"},
	{"[url:value MATCHES '('] AND " NAME("a.example"), NRS_STATUS_REJECTED,
	 "regular expression"},
};

struct told {
	unsigned int hits, parts;
	unsigned int expressions; /* bits */
};

static void on_hit(void *ctx, const struct nrs_hit *hit)
{
	struct told *told = ctx;

	told->hits += hit->part == 0;
	told->parts += hit->part != 0;
	told->expressions |= hit->part == 0 ? 0 : 1u << (hit->part - 1);
	assert_true(hit->value_count > 0);
}

struct bench {
	struct nrs_set *set;
	struct nrs_db *db;
	struct nrs_matcher *matcher;
	struct nrs_slab slab;
	struct nrs_counters counters;
	struct nrs_match_sink sink;
	struct told told;
};

static void open_bench(struct bench *b, const char *pattern,
		       const struct nrs_build_options *options)
{
	const struct nrs_indicator item = {.id = nrs_span_of("indicator--1"),
					   .pattern = nrs_span_of(pattern),
					   .valid_from_ns = NRS_TIME_MIN,
					   .valid_until_ns = NRS_TIME_MAX,
					   .confidence = -1,
					   .version = NRS_STIX_21};

	*b = (struct bench){.sink = {.ctx = &b->told, .hit = on_hit}};
	b->set = empty_set();
	assert_int_equal(nrs_set_add(b->set, &item), NRS_OK);
	assert_int_equal(nrs_db_build(&b->db, b->set, options), NRS_OK);
	assert_int_equal(nrs_slab_init(&b->slab, NRS_KEPT_BYTES, 64), 0);
	assert_int_equal(
		nrs_matcher_new(&b->matcher, b->db, 0, &b->sink, &b->counters),
		NRS_OK);
}

static void close_bench(struct bench *b)
{
	assert_int_equal(b->slab.taken, 0);
	nrs_matcher_free(b->matcher);
	nrs_slab_fini(&b->slab);
	nrs_db_free(b->db);
	nrs_set_free(b->set);
}

static void each_pattern_has_its_verdict(void **state)
{
	const struct nrs_build_options options = {
		.seats = 1, .generation = 1, .guards = true};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct bench b;

		open_bench(&b, rows[i].pattern, &options);
		const enum nrs_status status =
			(enum nrs_status)nrs_set_at(b.set, 0)->status;
		const char *reason = nrs_set_reason(b.set, 0);
		if (status != rows[i].status ||
		    strstr(reason, rows[i].reason) == NULL ||
		    (status != NRS_STATUS_FULL && reason[0] == '\0'))
			fail_msg("%s: %s, %s", rows[i].pattern,
				 nrs_status_name(status), reason);
		close_bench(&b);
	}
}

static void ask(struct bench *b, struct nrs_txn *txn, const char *name)
{
	nrs_txn_value(b->matcher, txn, NRS_F_DNS_QUERY, 0, nrs_span_of(name));
}

static void parts_are_told_once_when_the_transaction_ends(void **state)
{
	const struct nrs_build_options options = {.seats = 1, .generation = 1};
	struct nrs_txn flow, exchange;
	struct bench b;

	(void)state;
	open_bench(&b,
		   NAME("a.example") " AND [domain-name:value LIKE 'a%'] AND "
				     "[domain-name:value != 'b.example'] "
				     "AND " NAME("c.example"),
		   &options);
	nrs_matcher_at(b.matcher, 1, &b.slab);
	nrs_txn_begin(&flow, &flow, NRS_TXN_FLOW, 0, 1);
	nrs_txn_begin(&exchange, &flow, NRS_TXN_DNS, 1, 1);
	ask(&b, &exchange, "a.example");
	ask(&b, &exchange, "a.example");
	assert_int_equal(b.told.parts, 0);
	nrs_txn_end(b.matcher, &exchange);
	assert_int_equal(b.told.parts, 3);
	assert_int_equal(b.told.expressions, 7);
	nrs_txn_end(b.matcher, &flow);
	assert_int_equal(b.told.parts, 3);
	assert_int_equal(b.told.hits, 0);
	assert_int_equal(b.counters.value[NRS_C_PARTS], 3);
	assert_int_equal(b.counters.value[NRS_C_HITS], 0);
	close_bench(&b);
}

/* A session of a week tells after a minute; what only its end decides waits,
 * and what comes later is told at once. */
static void what_stays_open_tells_after_a_while(void **state)
{
	struct nrs_build_options options = {.seats = 1, .generation = 1};
	const char *pattern = NAME("a.example") " AND " NAME(
		"c.example") " AND "
			     "[domain-name:value != 'x.example']";

	(void)state;
	for (unsigned int strict = 0; strict < 2; strict++) {
		const int64_t later = 1 + NRS_TXN_OPEN_NS;
		struct nrs_txn flow, exchange;
		struct bench b;

		options.strict = strict == 1;
		open_bench(&b, pattern, &options);
		nrs_matcher_at(b.matcher, 1, &b.slab);
		nrs_txn_begin(&flow, &flow, NRS_TXN_FLOW, 0, 1);
		nrs_txn_begin(&exchange, &flow, NRS_TXN_DNS, 1, 1);
		ask(&b, &exchange, "a.example");
		nrs_matcher_at(b.matcher, later, &b.slab);
		nrs_txn_overdue(b.matcher, &exchange);
		nrs_txn_overdue(b.matcher, &exchange);
		assert_int_equal(b.told.expressions, strict == 1 ? 0 : 1);
		ask(&b, &exchange, "c.example");
		assert_int_equal(b.told.expressions, strict == 1 ? 0 : 3);
		nrs_txn_end(b.matcher, &exchange);
		nrs_txn_end(b.matcher, &flow);
		assert_int_equal(b.told.expressions, 7);
		assert_int_equal(b.told.parts, 3);
		close_bench(&b);
	}
}

/* More windows than a predicate can name: decided where observations meet. */
static void any_number_of_windows_has_its_place(void **state)
{
	const struct nrs_build_options options = {.seats = 1, .generation = 1};
	struct nrs_text text = {0};
	struct bench b;

	(void)state;
	for (unsigned int i = 0; i < 254; i++)
		nrs_text_printf(&text,
				"%s" NAME("n%u.example") " START "
							 "t'2026-01-01T00:%02u:"
							 "%02uZ' STOP "
							 "t'2026-02-01T00:00:"
							 "00Z'",
				i == 0 ? "" : " OR ", i, i / 60, i % 60);
	nrs_text_putc(&text, '\0');
	open_bench(&b, (const char *)text.ptr, &options);
	assert_int_equal(nrs_set_at(b.set, 0)->status, NRS_STATUS_FULL);
	nrs_text_fini(&text);
	close_bench(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_pattern_has_its_verdict),
		cmocka_unit_test(parts_are_told_once_when_the_transaction_ends),
		cmocka_unit_test(what_stays_open_tells_after_a_while),
		cmocka_unit_test(any_number_of_windows_has_its_place)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
