/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_strict_parts: the pieces of the strict evaluator one by one: what a
 * path selects, how a value compares, which roots pass, and who fills a slot
 * (specification, section 1.3).
 */
#include "engine/strict_part.h"

#include "tests/nrs_test.h"

/* One observation; "ref" leads to a domain name, "list_refs" to both others. */
static const char document[] =
	"[{\"type\":\"observed-data\",\"number_observed\":1,"
	"\"first_observed\":\"2026-01-01T00:00:00Z\","
	"\"last_observed\":\"2026-01-01T00:00:05Z\",\"objects\":{"
	"\"0\":{\"type\":\"url\",\"value\":\"a\",\"n\":5,\"f\":2.5,"
	"\"yes\":true,\"nothing\":null,\"list\":[1,2,3],"
	"\"ref\":\"not a reference\",\"x_ref\":\"1\","
	"\"gone_ref\":\"9\",\"list_refs\":[\"1\",\"2\"],"
	"\"x_hex\":\"6162\",\"x_bin\":\"YWI=\",\"bad_hex\":\"6\","
	"\"time\":\"2026-01-01T00:00:00Z\",\"addr\":\"192.0.2.7\","
	"\"wide\":\"\xc3\xa9\"},"
	"\"1\":{\"type\":\"domain-name\",\"value\":\"d.example\"},"
	"\"2\":{\"type\":\"ipv4-addr\",\"value\":\"192.0.2.1\"}}}]";

struct bench {
	struct nrs_arena *arena;
	struct nrs_strict_documents documents;
	struct nrs_strict_run run;
};

static int setup(void **state)
{
	struct bench *b = calloc(1, sizeof(*b));
	struct nrs_json *json = NULL;

	*state = b;
	if (b == NULL)
		return -1;
	b->arena = nrs_arena_new(0);
	b->run = (struct nrs_strict_run){.documents = &b->documents,
					 .arena = b->arena};
	return b->arena != NULL &&
			       nrs_json_parse(nrs_span_of(document), b->arena,
					      &json, NULL) == NRS_OK &&
			       nrs_strict_load(&b->documents, json, NRS_STIX_20,
					       b->arena, NULL) == NRS_OK
		       ? 0
		       : -1;
}

static int teardown(void **state)
{
	struct bench *b = *state;

	nrs_arena_free(b->arena);
	free(b);
	return 0;
}

/* The inside of the pattern's one observation. */
static const struct nrs_node *inside(struct bench *b, const char *text)
{
	struct nrs_pattern pattern;

	if (nrs_pattern_parse(&pattern, nrs_span_of(text), NRS_STIX_21,
			      b->arena, NULL) != NRS_OK)
		fail_msg("%s", text);
	return pattern.root->child;
}

static void a_path_selects_what_it_leads_to(void **state)
{
	static const struct {
		const char *path;
		unsigned int count;
		const char *first; /* its text, or NULL */
	} rows[] = {
		{"url:value", 1, "a"},
		{"url:missing", 0, NULL},
		{"url:value.deeper", 0, NULL},
		{"url:list[0]", 1, NULL},
		{"url:list[2]", 1, NULL},
		{"url:list[3]", 0, NULL},
		{"url:list[-1]", 0, NULL},
		{"url:list[*]", 3, NULL},
		{"url:value[*]", 0, NULL},
		/* references are followed, and only within the observation */
		{"url:x_ref.value", 1, "d.example"},
		{"url:gone_ref.value", 0, NULL},
		{"url:list_refs[*].value", 2, "d.example"},
		{"url:list_refs[1].value", 1, "192.0.2.1"},
		{"url:list_refs.value", 0, NULL},
		{"url:bad_hex", 0, NULL},
		{"url:nothing", 1, NULL},
	};
	struct bench *b = *state;

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct nrs_strict_values values;
		char text[128];

		(void)snprintf(text, sizeof(text), "[%s = 1]", rows[i].path);
		const struct nrs_node *node = inside(b, text);
		assert_int_equal(nrs_strict_select(&b->run, &node->u.test->path,
						   &b->documents.observed[0],
						   &b->documents.objects[0],
						   &values),
				 NRS_OK);
		if (values.count != rows[i].count ||
		    (rows[i].first != NULL &&
		     !nrs_span_is(values.list[0].json->text, rows[i].first)))
			fail_msg("%s: %u", rows[i].path, values.count);
	}
}

static void hex_and_base64_are_decoded(void **state)
{
	static const char *const paths[] = {"[url:x_hex = 1]",
					    "[url:x_bin = 1]"};
	struct bench *b = *state;

	for (size_t i = 0; i < 2; i++) {
		struct nrs_strict_values values;

		const struct nrs_node *node = inside(b, paths[i]);
		assert_int_equal(nrs_strict_select(&b->run, &node->u.test->path,
						   &b->documents.observed[0],
						   &b->documents.objects[0],
						   &values),
				 NRS_OK);
		assert_int_equal(values.count, 1);
		assert_true(values.list[0].is_binary);
		assert_true(nrs_span_is(values.list[0].bytes, "ab"));
	}
}

/* One test over the document's first object: 1, 0 or an error. */
static int compared(struct bench *b, const char *text)
{
	const struct nrs_test *test = inside(b, text)->u.test;
	struct nrs_strict_operand operand;
	struct nrs_strict_values values;

	assert_int_equal(nrs_strict_select(&b->run, &test->path,
					   &b->documents.observed[0],
					   &b->documents.objects[0], &values),
			 NRS_OK);
	assert_int_equal(values.count, 1);
	int got = nrs_strict_operand_init(&operand, test, &b->run);
	if (got == NRS_OK)
		got = nrs_strict_compare(&operand, values.list, &b->run);
	nrs_strict_operand_fini(&operand);
	return got;
}

static void values_compare_by_the_table(void **state)
{
	static const struct {
		const char *test;
		int want;
	} rows[] = {
		/* numbers among themselves, and with nothing else */
		{"[url:n = 5]", 1},
		{"[url:n = 5.0]", 1},
		{"[url:n != 5]", 0},
		{"[url:n NOT = 5]", 0},
		{"[url:n = '5']", 0},
		{"[url:n != '5']", 1},
		{"[url:n > 4.9]", 1},
		{"[url:n > 5]", 0},
		{"[url:n >= 5]", 1},
		{"[url:f < 3]", 1},
		{"[url:n NOT > 5]", 1},
		{"[url:n > 'a']", 0},
		{"[url:n NOT > 'a']", 0}, /* does not compare */
		{"[url:yes = true]", 1},
		{"[url:yes = 1]", 0},
		{"[url:yes != 1]", 1},
		{"[url:nothing = 'a']", 0},
		{"[url:nothing != 'a']", 1},
		/* text by code point */
		{"[url:value = 'a']", 1},
		{"[url:value = 'A']", 0},
		{"[url:value < 'b']", 1},
		/* binary with text of characters below 256 */
		{"[url:x_hex = 'ab']", 1},
		{"[url:x_hex = b'YWI=']", 1},
		{"[url:x_bin = h'6162']", 1},
		{"[url:x_hex = 'ab\xe2\x82\xac']", 0},
		/* sets */
		{"[url:n IN (1, 5)]", 1},
		{"[url:n NOT IN (1, 5)]", 0},
		{"[url:n IN ()]", 0},
		{"[url:n NOT IN ()]", 1},
		{"[url:n IN ('5')]", 0},
		/* expressions */
		{"[url:value LIKE '_']", 1},
		{"[url:value LIKE '']", 0},
		{"[url:addr LIKE '192.%']", 1},
		{"[url:addr LIKE '192.']", 0},
		{"[url:wide LIKE '_']", 1}, /* a character of two octets */
		{"[url:n LIKE '5']", 0},
		{"[url:n NOT LIKE '5']", 1},
		{"[url:addr MATCHES '0[.]2']", 1},
		{"[url:addr NOT MATCHES '^2']", 1},
		{"[url:x_hex MATCHES '^a']", 1},
		/* networks */
		{"[url:addr ISSUBSET '192.0.2.0/24']", 1},
		{"[url:addr ISSUBSET '192.0.3.0/24']", 0},
		{"[url:addr ISSUPERSET '192.0.2.7/32']", 1},
		{"[url:addr ISSUPERSET '192.0.2.0/24']", 0},
		{"[url:value ISSUBSET '192.0.2.0/24']", 0},
		{"[url:addr ISSUBSET '::/0']", 0}, /* the other family */
		/* times */
		{"[url:time = t'2026-01-01T00:00:00.000Z']", 1},
		{"[url:time < t'2026-01-01T00:00:01Z']", 1},
		{"[url:value = t'2026-01-01T00:00:00Z']", NRS_E_FORMAT},
		{"[url:n = t'2026-01-01T00:00:00Z']", 0},
	};
	struct bench *b = *state;

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		const int got = compared(b, rows[i].test);

		if (got != rows[i].want)
			fail_msg("%s: %d", rows[i].test, got);
	}
}

static void text_becomes_octets_below_256_only(void **state)
{
	struct bench *b = *state;
	struct nrs_span out;

	assert_true(nrs_strict_octets(&b->run, nrs_span_of("a\xc3\xa9\xc2\x80"),
				      &out));
	assert_true(nrs_span_equal(out, nrs_span("a\xe9\x80", 3)));
	assert_false(nrs_strict_octets(&b->run, nrs_span_of("\xc4\x80"), &out));
	assert_true(nrs_strict_octets(&b->run, nrs_span(NULL, 0), &out));
	assert_int_equal(out.len, 0);
}

static void tests_under_and_are_about_one_object(void **state)
{
	static const struct {
		const char *pattern;
		bool passes[3]; /* url, domain-name, ipv4-addr */
	} rows[] = {
		{"[url:n = 5]", {true, false, false}},
		{"[url:n = 5 AND url:value = 'a']", {true, false, false}},
		{"[url:n = 5 AND url:value = 'b']", {false, false, false}},
		{"[url:n = 5 AND domain-name:value = 'd.example']",
		 {false, false, false}},
		{"[url:n = 5 OR domain-name:value = 'd.example']",
		 {true, true, false}},
		{"[NOT EXISTS url:missing]", {true, false, false}},
		{"[EXISTS url:nothing]", {false, false, false}},
		{"[ipv4-addr:value != 'x']", {false, false, true}},
	};
	struct bench *b = *state;

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		bool passes[3] = {false};

		assert_int_equal(nrs_strict_roots(&b->run,
						  inside(b, rows[i].pattern),
						  passes),
				 NRS_OK);
		if (memcmp(passes, rows[i].passes, sizeof(passes)) != 0)
			fail_msg("%s", rows[i].pattern);
	}
}

static void work_is_bounded(void **state)
{
	struct bench *b = *state;

	assert_int_equal(nrs_strict_spend(&b->run, NRS_STRICT_WORK_MAX),
			 NRS_OK);
	assert_int_equal(nrs_strict_spend(&b->run, 1), NRS_E_LIMIT);
}

/* Three observed-data at 0-1, 2-3 and 4-5 s; the second stands for two. */
static struct nrs_strict_observed seen[] = {
	{.seen = {0, 1}, .count = 1},
	{.seen = {2, 3}, .count = 2},
	{.seen = {4, 5}, .count = 1},
};

static void slots_are_filled_as_often_as_was_seen(void **state)
{
	static const bool second[] = {false, true, false};
	static const bool any[] = {true, true, true};
	static const struct {
		const char *name;
		const bool *can[5];
		unsigned int count;
		int want;
	} rows[] = {
		{"one", {second}, 1, 1},
		{"two of it", {second, second}, 2, 1},
		{"three of it", {second, second, second}, 3, 0},
		{"all four", {any, any, any, any}, 4, 1},
		{"five", {any, any, any, any, any}, 5, 0},
		/* the choice of one must leave room for the others */
		{"any and two", {any, second, second}, 3, 1},
	};
	struct bench *b = *state;

	b->documents = (struct nrs_strict_documents){.observed = seen,
						     .observed_count = 3};
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct nrs_strict_slot slots[5];
		unsigned int bound[5], used[3] = {0};
		const struct nrs_strict_problem problem = {
			.slots = slots, .slot_count = rows[i].count};

		for (unsigned int s = 0; s < rows[i].count; s++)
			slots[s] = (struct nrs_strict_slot){
				.can = rows[i].can[s],
				.must = {INT64_MIN, INT64_MAX}};
		const int got = nrs_strict_solve(&b->run, &problem, bound);
		if (got != rows[i].want)
			fail_msg("%s: %d", rows[i].name, got);
		for (unsigned int s = 0; got == 1 && s < rows[i].count; s++) {
			assert_true(bound[s] < 3);
			assert_true(slots[s].can[bound[s]]);
			used[bound[s]]++;
		}
		for (unsigned int o = 0; got == 1 && o < 3; o++)
			assert_true(used[o] <= seen[o].count);
	}
}

static void orders_and_times_bound_who_fills_a_slot(void **state)
{
	static const bool any[] = {true, true, true};
	static const struct {
		const char *name;
		int64_t first, last;	       /* slot 0 must touch this */
		struct nrs_strict_order order; /* of slots 0 and 1 */
		bool has_order;
		int want;
	} rows[] = {
		{"within its time", 4, 9, {0, 1, 1, 2, 0}, false, 1},
		{"at no time", 6, 9, {0, 1, 1, 2, 0}, false, 0},
		/* first(0) <= last(1): 4 <= 5 holds only for the last one,
		 * and that serves once */
		{"after all others", 4, 5, {0, 1, 1, 2, 0}, true, 0},
		{"with slack", 4, 5, {0, 1, 1, 2, 1}, true, 1},
	};
	struct bench *b = *state;

	b->documents = (struct nrs_strict_documents){.observed = seen,
						     .observed_count = 3};
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct nrs_strict_order order = rows[i].order;
		struct nrs_strict_slot slots[2] = {
			{.can = any, .must = {rows[i].first, rows[i].last}},
			{.can = any, .must = {INT64_MIN, INT64_MAX}}};
		const struct nrs_strict_problem problem = {
			.slots = slots,
			.slot_count = 2,
			.orders = &order,
			.order_count = rows[i].has_order};
		unsigned int bound[2];

		if (nrs_strict_solve(&b->run, &problem, bound) != rows[i].want)
			fail_msg("%s", rows[i].name);
	}
}

#define NRS_T(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		NRS_T(a_path_selects_what_it_leads_to),
		NRS_T(hex_and_base64_are_decoded),
		NRS_T(values_compare_by_the_table),
		NRS_T(text_becomes_octets_below_256_only),
		NRS_T(tests_under_and_are_about_one_object),
		NRS_T(work_is_bounded),
		NRS_T(slots_are_filled_as_often_as_was_seen),
		NRS_T(orders_and_times_bound_who_fills_a_slot),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
