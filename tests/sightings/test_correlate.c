/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_correlate: which observations complete which pattern, what is consumed,
 * and what is forgotten when it must be. Observations are written "A@5": the
 * expression that one satisfies (or several: "AB@5") and its second.
 */
#include "tests/engine/empty_set.h"

#include "sightings/correlate.h"

static const struct {
	const char *name, *pattern, *seen, *hits;
} rows[] = {
	{"both sides of an AND", "[a:b=1] AND [a:b=2]", "A@1 B@2", "A1B2"},
	{"in any order, told by time", "[a:b=1] AND [a:b=2]", "B@3 A@2",
	 "A2B3"},
	{"one transaction is one observation", "[a:b=1] AND [a:b=2]", "AB@1",
	 ""},
	{"but serves either side", "[a:b=1] AND [a:b=2]", "AB@1 A@2", "AB1A2"},
	{"followed by", "[a:b=1] FOLLOWEDBY [a:b=2]", "A@1 B@2", "A1B2"},
	{"not the other way round", "[a:b=1] FOLLOWEDBY [a:b=2]", "B@1 A@2",
	 ""},
	{"equal times are in order", "[a:b=1] FOLLOWEDBY [a:b=2]", "B@3 A@3",
	 "B3A3"},
	{"three times", "[a:b=1] REPEATS 3 TIMES", "A@1 A@2 A@3", "A1A2A3"},
	{"consumed: six make two", "[a:b=1] REPEATS 3 TIMES",
	 "A@1 A@2 A@3 A@4 A@5 A@6", "A1A2A3 A4A5A6"},
	{"within", "([a:b=1] AND [a:b=2]) WITHIN 5 SECONDS", "A@1 B@6", "A1B6"},
	{"outside", "([a:b=1] AND [a:b=2]) WITHIN 5 SECONDS", "A@1 B@7", ""},
	{"within picks the one that fits",
	 "([a:b=1] AND [a:b=2]) WITHIN 5 SECONDS", "A@1 A@20 B@22", "A20B22"},
	{"start and stop of one side",
	 "[a:b=1] START t'2026-01-01T00:00:10Z' STOP t'2026-01-01T00:00:20Z' "
	 "AND [a:b=2]",
	 "A@5 B@6 A@20 A@19", "B6A19"},
	{"or of an observation and two", "([a:b=1] AND [a:b=2]) OR [a:b=3]",
	 "A@1 C@2 B@3", "C2 A1B3"},
	{"a group again and again",
	 "([a:b=1] FOLLOWEDBY [a:b=2]) REPEATS 2 TIMES", "A@1 B@2 A@3 B@4",
	 "A1B2A3B4"},
};

struct told {
	struct nrs_text text;
	unsigned int late;
};

static int on_hit(void *ctx, const struct nrs_correlated *hit)
{
	struct told *told = ctx;

	nrs_text_puts(&told->text, told->text.len > 0 ? " " : "");
	for (unsigned int i = 0; i < hit->part_count; i++)
		nrs_text_printf(&told->text, "%s%u",
				(const char *)(hit->parts[i] + 1),
				hit->parts[i]->flow.src_port);
	told->late += hit->is_late;
	return NRS_OK;
}

static struct nrs_set *set_of(const char *pattern)
{
	const struct nrs_indicator item = {.id = nrs_span_of("indicator--1"),
					   .pattern = nrs_span_of(pattern),
					   .confidence = -1,
					   .version = NRS_STIX_21};
	struct nrs_set *set = NULL;

	set = empty_set();
	assert_int_equal(nrs_set_add(set, &item), NRS_OK);
	return set;
}

static int64_t second(unsigned int n)
{
	int64_t base = 0;

	assert_int_equal(
		nrs_stamp_parse(nrs_span_of("2026-01-01T00:00:00Z"), &base),
		NRS_OK);
	return base + n * NRS_SECOND_NS;
}

static uint32_t number; /* of the transaction */

/* All parts of the transaction "AB@7". */
static void see(struct nrs_correlator *c, const struct nrs_set *set,
		const char *expressions, size_t count, unsigned int at)
{
	struct {
		struct nrs_record_hit hit;
		char name[8];
	} part = {.hit = {.head = {.bytes = sizeof(part),
				   .kind = NRS_RECORD_PART,
				   .ts_ns = second(at)},
			  .flow = {.id = ++number, .src_port = (uint16_t)at},
			  .generation = 1,
			  .txn_start_ns = second(at),
			  .txn_end_ns = second(at)}};

	memcpy(part.name, expressions, count);
	for (size_t i = 0; i < count; i++) {
		part.hit.part = (uint32_t)(expressions[i] - 'A') + 1;
		assert_int_equal(nrs_correlator_take(c, &part.hit, set),
				 NRS_OK);
	}
}

static void see_all(struct nrs_correlator *c, const struct nrs_set *set,
		    const char *seen)
{
	struct nrs_span rest = nrs_span_of(seen), one;

	while (nrs_span_split(&rest, ' ', &one)) {
		const size_t mark = nrs_span_find(one, '@', 0);

		see(c, set, (const char *)one.ptr, mark,
		    (unsigned int)strtoul((const char *)one.ptr + mark + 1,
					  NULL, 10));
	}
}

static struct nrs_correlator *correlator(struct told *told,
					 struct nrs_correlator_options options)
{
	struct nrs_correlator *c = NULL;

	options.ctx = told;
	options.hit = on_hit;
	assert_int_equal(nrs_correlator_new(&c, &options), NRS_OK);
	return c;
}

static void each_pattern_is_completed_by_what_it_says(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		const struct nrs_correlator_options options = {0};
		struct told told = {0};
		struct nrs_set *set = set_of(rows[i].pattern);
		struct nrs_correlator *c = correlator(&told, options);

		see_all(c, set, rows[i].seen);
		assert_int_equal(nrs_correlator_finish(c), NRS_OK);
		if (!nrs_span_is(nrs_text_span(&told.text), rows[i].hits))
			fail_msg("%s: %.*s", rows[i].name, (int)told.text.len,
				 (const char *)told.text.ptr);
		nrs_correlator_free(c);
		nrs_text_fini(&told.text);
		nrs_set_free(set);
	}
}

/* @seen under @options; the figures, and the hits. */
static struct nrs_correlator_figures run(const char *pattern, const char *seen,
					 struct nrs_correlator_options options,
					 const char *hits)
{
	struct nrs_correlator_figures figures;
	struct told told = {0};
	struct nrs_set *set = set_of(pattern);
	struct nrs_correlator *c = correlator(&told, options);

	see_all(c, set, seen);
	assert_int_equal(nrs_correlator_finish(c), NRS_OK);
	nrs_correlator_figures(c, &figures);
	if (!nrs_span_is(nrs_text_span(&told.text), hits))
		fail_msg("%s: %.*s", seen, (int)told.text.len,
			 (const char *)told.text.ptr);
	nrs_correlator_free(c);
	nrs_text_fini(&told.text);
	nrs_set_free(set);
	return figures;
}

static void what_is_forgotten_is_counted(void **state)
{
	const struct nrs_correlator_options brief = {
		.window_ns = 10 * NRS_SECOND_NS};
	const struct nrs_correlator_options few = {.candidates_max = 2};
	const struct nrs_correlator_options small = {.bytes_max = 1};
	struct nrs_correlator_figures f;

	(void)state;
	f = run("[a:b=1] AND [a:b=2]", "A@1 A@11 B@22", brief, "");
	assert_int_equal(f.expired, 2);
	assert_int_equal(f.kept, 1);
	f = run("[a:b=1] AND [a:b=2]", "A@1 A@2 A@3 B@4", few, "A3B4");
	assert_int_equal(f.dropped, 2);
	/* The latest one stays, whatever the cap. */
	f = run("[a:b=1] AND [a:b=2]", "A@1 B@2", small, "");
	assert_int_equal(f.dropped, 1);
	assert_int_equal(f.kept, 1);
	/* Beyond WITHIN it can complete nothing: that is no loss. */
	f = run("([a:b=1] AND [a:b=2]) WITHIN 5 SECONDS", "A@1 A@4000",
		(struct nrs_correlator_options){0}, "");
	assert_int_equal(f.expired, 0);
	assert_int_equal(f.kept, 1);
	f = run("([a:b=1] AND [a:b=2]) WITHIN 5 SECONDS",
		"A@1 A@2 A@2000 A@2001", few, "");
	assert_int_equal(f.dropped, 0);
	f = run("([a:b=1] AND [a:b=2]) WITHIN 5 SECONDS", "A@1 A@2 A@3", few,
		"");
	assert_int_equal(f.dropped, 1);
}

/* A pattern that asks for more than can be had costs no more than so much. */
static void a_costly_pattern_waits_its_turn(void **state)
{
	const char *pattern = "(([a:b=1] FOLLOWEDBY [a:b=2]) WITHIN 1 SECONDS)"
			      " REPEATS 60 TIMES";
	struct nrs_correlator_figures figures;
	struct told told = {0};
	struct nrs_set *set = set_of(pattern);
	struct nrs_correlator *c =
		correlator(&told, (struct nrs_correlator_options){0});

	(void)state;
	for (unsigned int i = 1; i <= 400; i++)
		see(c, set, i % 2 == 1 ? "B" : "A", 1, i * 5);
	assert_int_equal(nrs_correlator_finish(c), NRS_OK);
	nrs_correlator_figures(c, &figures);
	assert_int_equal(figures.hits, 0);
	assert_int_equal(figures.parts, 400);
	nrs_correlator_free(c);
	nrs_text_fini(&told.text);
	nrs_set_free(set);
}

static void state_survives_a_swap_of_the_set(void **state)
{
	struct told told = {0};
	struct nrs_set *old = set_of("[a:b=1] AND [a:b=2]");
	struct nrs_set *new = set_of("[a:b=1] AND [a:b=2]");
	struct nrs_correlator *c =
		correlator(&told, (struct nrs_correlator_options){0});

	(void)state;
	see_all(c, old, "A@1");
	nrs_set_free(old);
	see_all(c, new, "B@2");
	assert_int_equal(nrs_correlator_settle(c), NRS_OK);
	assert_true(nrs_span_is(nrs_text_span(&told.text), "A1B2"));
	nrs_set_free(new);
	nrs_correlator_free(c);
	nrs_text_fini(&told.text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_pattern_is_completed_by_what_it_says),
		cmocka_unit_test(what_is_forgotten_is_counted),
		cmocka_unit_test(a_costly_pattern_waits_its_turn),
		cmocka_unit_test(state_survives_a_swap_of_the_set)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
