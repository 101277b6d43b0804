/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_set: versions, derived ids and patterns, the digest of a set.
 */
#include "tests/nrs_test.h"

#include "engine/pattern.h"
#include "engine/set.h"

static int setup(void **state)
{
	struct nrs_set *set = NULL;
	uint32_t source;

	assert_int_equal(nrs_set_new(&set), NRS_OK);
	assert_int_equal(nrs_set_source(set, nrs_span_of("feed.txt"),
					nrs_span_of("/in/feed.txt"), &source),
			 NRS_OK);
	assert_int_equal(source, 0);
	*state = set;
	return 0;
}

static int teardown(void **state)
{
	nrs_set_free(*state);
	return 0;
}

static uint32_t add(struct nrs_set *set, const char *id, int64_t modified,
		    enum nrs_status status)
{
	const struct nrs_indicator item = {
		.id = nrs_span_of(id),
		.pattern = nrs_span_of("[url:value = 'http://a.example/']"),
		.modified_ns = modified,
		.valid_from_ns = NRS_TIME_MIN,
		.valid_until_ns = NRS_TIME_MAX,
		.confidence = -1,
		.status = (uint8_t)status};

	assert_int_equal(nrs_set_add(set, &item), NRS_OK);
	return nrs_set_count(set) - 1;
}

static uint32_t add_value(struct nrs_set *set, uint32_t source,
			  enum nrs_shape shape, const char *value)
{
	const struct nrs_indicator item = {.pattern = nrs_span_of(value),
					   .valid_from_ns = NRS_TIME_MIN,
					   .valid_until_ns = NRS_TIME_MAX,
					   .source = source,
					   .confidence = -1,
					   .shape = (uint8_t)shape};

	assert_int_equal(nrs_set_add(set, &item), NRS_OK);
	return nrs_set_count(set) - 1;
}

/* Versions of one id in some order of arrival, and what becomes of each. */
struct version {
	int64_t modified;
	enum nrs_status status, want;
};

static const struct {
	const char *name;
	struct version versions[4]; /* modified 0 ends */
} orders[] = {
	{"older first",
	 {{1, NRS_STATUS_FULL, NRS_STATUS_SUPERSEDED},
	  {2, NRS_STATUS_FULL, NRS_STATUS_FULL}}},
	{"newer first",
	 {{2, NRS_STATUS_FULL, NRS_STATUS_FULL},
	  {1, NRS_STATUS_FULL, NRS_STATUS_SUPERSEDED}}},
	{"the newest in the middle",
	 {{1, NRS_STATUS_FULL, NRS_STATUS_SUPERSEDED},
	  {3, NRS_STATUS_FULL, NRS_STATUS_FULL},
	  {2, NRS_STATUS_FULL, NRS_STATUS_SUPERSEDED}}},
	{"of equal versions the first stays",
	 {{2, NRS_STATUS_FULL, NRS_STATUS_FULL},
	  {2, NRS_STATUS_FULL, NRS_STATUS_DUPLICATE},
	  {2, NRS_STATUS_FULL, NRS_STATUS_DUPLICATE}}},
	{"a revoked version, the old one behind it",
	 {{2, NRS_STATUS_REVOKED, NRS_STATUS_REVOKED},
	  {1, NRS_STATUS_FULL, NRS_STATUS_SUPERSEDED}}},
	{"revocation is final, a newer version does not undo it",
	 {{1, NRS_STATUS_REVOKED, NRS_STATUS_REVOKED},
	  {2, NRS_STATUS_FULL, NRS_STATUS_REVOKED}}},
	{"the same in the other order",
	 {{2, NRS_STATUS_FULL, NRS_STATUS_REVOKED},
	  {1, NRS_STATUS_REVOKED, NRS_STATUS_REVOKED}}},
	{"revoked at the same time",
	 {{2, NRS_STATUS_FULL, NRS_STATUS_REVOKED},
	  {2, NRS_STATUS_REVOKED, NRS_STATUS_DUPLICATE}}},
	{"a broken copy does not push out the good one",
	 {{2, NRS_STATUS_REJECTED, NRS_STATUS_REJECTED},
	  {2, NRS_STATUS_FULL, NRS_STATUS_FULL}}},
	{"a newer version that is not evaluable still replaces",
	 {{1, NRS_STATUS_FULL, NRS_STATUS_SUPERSEDED},
	  {2, NRS_STATUS_UNSUPPORTED, NRS_STATUS_UNSUPPORTED}}},
	{"benign replaces",
	 {{2, NRS_STATUS_BENIGN, NRS_STATUS_BENIGN},
	  {1, NRS_STATUS_FULL, NRS_STATUS_SUPERSEDED}}},
};

static void the_newest_version_counts_in_any_order(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(orders) / sizeof(*orders); i++) {
		const struct version *v = orders[i].versions;
		struct nrs_set *set;
		void *own;

		assert_int_equal(setup(&own), 0);
		set = own;
		/* Neighbours in the sort order must stay untouched. */
		add(set, "indicator--a", 9, NRS_STATUS_FULL);
		add(set, "indicator--bb", 9, NRS_STATUS_FULL);
		for (unsigned int k = 0; k < 4 && v[k].modified != 0; k++)
			add(set, "indicator--b", v[k].modified, v[k].status);
		assert_int_equal(nrs_set_settle(set), NRS_OK);
		for (uint32_t k = 0; k < 4 && v[k].modified != 0; k++) {
			if (nrs_set_at(set, k + 2)->status == v[k].want)
				continue;
			print_error("%s: version %u is %s\n", orders[i].name, k,
				    nrs_status_name((enum nrs_status)nrs_set_at(
							    set, k + 2)
							    ->status));
			fail();
		}
		assert_int_equal(nrs_set_at(set, 0)->status, NRS_STATUS_FULL);
		assert_int_equal(nrs_set_at(set, 1)->status, NRS_STATUS_FULL);
		teardown(&own);
	}
}

static void equal_versions_that_differ_are_warned_of(void **state)
{
	struct nrs_set *set = *state;
	const uint32_t first = add(set, "indicator--1", 1, NRS_STATUS_FULL);
	const uint32_t second = add(set, "indicator--1", 1, NRS_STATUS_FULL);
	const uint32_t other = add(set, "indicator--2", 1, NRS_STATUS_FULL);

	add(set, "indicator--2", 1, NRS_STATUS_FULL);
	nrs_set_edit(set, second)->pattern = nrs_span_of("[a:b = 1]");
	assert_int_equal(nrs_set_settle(set), NRS_OK);
	assert_true(nrs_set_at(set, first)->warned);
	assert_false(nrs_set_at(set, other)->warned);
}

static void another_creator_of_a_version_is_warned_of(void **state)
{
	const struct nrs_background by_one = {
		.created_by = nrs_span_of("identity--1")};
	const struct nrs_background by_two = {
		.created_by = nrs_span_of("identity--2")};
	const struct nrs_indicator_context one = {.background = &by_one};
	const struct nrs_indicator_context two = {.background = &by_two};
	struct nrs_set *set = *state;
	const uint32_t old = add(set, "indicator--1", 1, NRS_STATUS_FULL);
	const uint32_t new = add(set, "indicator--1", 2, NRS_STATUS_FULL);

	nrs_set_edit(set, old)->context = &one;
	nrs_set_edit(set, new)->context = &two;
	assert_int_equal(nrs_set_settle(set), NRS_OK);
	assert_int_equal(nrs_set_at(set, new)->status, NRS_STATUS_FULL);
	assert_true(nrs_set_at(set, new)->warned);
}

static void a_value_counts_once_under_one_source_name(void **state)
{
	struct nrs_set *set = *state;
	uint32_t same, other;

	nrs_set_source(set, nrs_span_of("feed.txt"), nrs_span_of("/b"), &same);
	nrs_set_source(set, nrs_span_of("b.txt"), nrs_span_of("/c"), &other);
	const uint32_t a = add_value(set, 0, NRS_SHAPE_NAME, "a.example");
	const uint32_t b = add_value(set, same, NRS_SHAPE_NAME, "a.example");
	const uint32_t c = add_value(set, other, NRS_SHAPE_NAME, "a.example");
	const uint32_t d =
		add_value(set, same, NRS_SHAPE_SUBDOMAINS, "a.example");

	assert_int_equal(nrs_set_settle(set), NRS_OK);
	assert_int_equal(nrs_set_at(set, a)->status, NRS_STATUS_FULL);
	assert_int_equal(nrs_set_at(set, b)->status, NRS_STATUS_DUPLICATE);
	assert_int_equal(nrs_set_at(set, c)->status, NRS_STATUS_FULL);
	assert_int_equal(nrs_set_at(set, d)->status, NRS_STATUS_FULL);
}

static void reasons_are_kept_each_with_its_indicator(void **state)
{
	struct nrs_set *set = *state;
	char text[32];

	for (unsigned int i = 0; i < 1000; i++) {
		const uint32_t at = add(set, "indicator--1", i, 0);

		snprintf(text, sizeof(text), "reason %u", i % 400);
		assert_int_equal(
			nrs_set_judge(set, at, NRS_STATUS_REJECTED, text),
			NRS_OK);
	}
	for (uint32_t i = 0; i < 1000; i++) {
		snprintf(text, sizeof(text), "reason %u", i % 400);
		assert_string_equal(nrs_set_reason(set, i), text);
	}
	nrs_set_judge(set, 0, NRS_STATUS_FULL, "");
	assert_string_equal(nrs_set_reason(set, 0), "");
}

static void refusals_of_one_source_do_not_crowd_out_another(void **state)
{
	const struct nrs_set_refusal *refusals;
	struct nrs_set *set = *state;
	uint32_t other;

	nrs_set_source(set, nrs_span_of("b"), nrs_span_of("b"), &other);
	for (uint64_t i = 1; i <= NRS_SET_REFUSALS_MAX + 5; i++)
		assert_int_equal(nrs_set_refuse(set, 0, i, "x"), NRS_OK);
	assert_int_equal(nrs_set_refuse(set, other, 7, "why"), NRS_OK);
	const size_t count = nrs_set_refusals(set, &refusals);
	assert_int_equal(count, NRS_SET_REFUSALS_MAX + 1);
	assert_int_equal(nrs_set_refused(set), NRS_SET_REFUSALS_MAX + 6);
	assert_int_equal(refusals[count - 1].place, 7);
	assert_true(nrs_span_is(refusals[count - 1].text, "why"));
}

/* Ids: python3 uuid.uuid5(namespace, "feed.txt|shape|value"). */
static const struct {
	enum nrs_shape shape;
	const char *value, *pattern, *id;
} values[] = {
	{NRS_SHAPE_NAME, "c2.okuribi.example",
	 "[domain-name:value = 'c2.okuribi.example']",
	 "indicator--d665c728-c1f8-556b-b6c5-106f5c7cff55"},
	{NRS_SHAPE_ADDR_PORT, "[2001:db8::1]:443",
	 "[network-traffic:dst_ref.value = '2001:db8::1' AND "
	 "network-traffic:dst_port = 443]",
	 "indicator--1491cd8c-150d-5acf-93f7-21350f21a828"},
	{NRS_SHAPE_ADDR_PORT, "192.0.2.1:80",
	 "[network-traffic:dst_ref.value = '192.0.2.1' AND "
	 "network-traffic:dst_port = 80]",
	 NULL},
	{NRS_SHAPE_IPV4, "192.0.2.1", "[ipv4-addr:value = '192.0.2.1']", NULL},
	{NRS_SHAPE_IPV4, "192.0.2.0/24",
	 "[ipv4-addr:value ISSUBSET '192.0.2.0/24']", NULL},
	{NRS_SHAPE_IPV6, "2001:db8::/32",
	 "[ipv6-addr:value ISSUBSET '2001:db8::/32']", NULL},
	{NRS_SHAPE_SUBDOMAINS, "a.example",
	 "[domain-name:value = 'a.example' OR domain-name:value LIKE "
	 "'%.a.example']",
	 NULL},
	{NRS_SHAPE_URL, "http://a.example/it's",
	 "[url:value = 'http://a.example/it\\'s']", NULL},
	{NRS_SHAPE_EMAIL, "a@a.example", "[email-addr:value = 'a@a.example']",
	 NULL},
	{NRS_SHAPE_MD5, "d41d8cd98f00b204e9800998ecf8427e",
	 "[file:hashes.MD5 = 'd41d8cd98f00b204e9800998ecf8427e']", NULL},
	{NRS_SHAPE_JA4, "t13d1516h2_8daaf6152771_b186095e22b6",
	 "[network-traffic:extensions.'tls-ext'.ja4 = "
	 "'t13d1516h2_8daaf6152771_b186095e22b6']",
	 NULL},
};

static void values_of_lists_have_an_id_and_a_pattern_that_parses(void **state)
{
	struct nrs_set *set = *state;
	struct nrs_arena *arena = nrs_arena_new(0);
	struct nrs_text text = {0};

	for (size_t i = 0; i < sizeof(values) / sizeof(*values); i++) {
		const uint32_t at =
			add_value(set, 0, values[i].shape, values[i].value);
		struct nrs_pattern pattern;

		nrs_text_clear(&text);
		nrs_set_pattern(set, at, &text);
		nrs_text_putc(&text, '\0');
		assert_string_equal((char *)text.ptr, values[i].pattern);
		text.len--;
		assert_int_equal(nrs_pattern_parse(&pattern,
						   nrs_text_span(&text),
						   NRS_STIX_21, arena, NULL),
				 NRS_OK);
		nrs_text_clear(&text);
		nrs_set_id(set, at, &text);
		nrs_text_putc(&text, '\0');
		if (values[i].id != NULL)
			assert_string_equal((char *)text.ptr, values[i].id);
	}
	nrs_text_fini(&text);
	nrs_arena_free(arena);
}

static void digest(struct nrs_set *set, char out[80])
{
	struct nrs_text text = {0};

	assert_int_equal(nrs_set_digest(set, &text), NRS_OK);
	snprintf(out, 80, "%.*s", (int)text.len, (const char *)text.ptr);
	nrs_text_fini(&text);
}

/* The expected sum: two lines by hand, sorted, through python3 hashlib. */
static void the_digest_is_the_sum_of_sorted_lines(void **state)
{
	struct nrs_set *set = *state;
	char sum[80];

	add_value(set, 0, NRS_SHAPE_NAME, "c2.okuribi.example");
	const uint32_t at =
		add(set, "indicator--11111111-1111-4111-8111-111111111111", 0,
		    NRS_STATUS_PARTIAL);
	struct nrs_indicator *item = nrs_set_edit(set, at);
	item->pattern = nrs_span_of("[file:name = 'a\\\\b\tc\n']");
	nrs_stamp_parse(nrs_span_of("2026-01-02T00:00:00.123456Z"),
			&item->modified_ns);
	nrs_stamp_parse(nrs_span_of("2026-01-01T00:00:00Z"),
			&item->valid_from_ns);
	nrs_stamp_parse(nrs_span_of("2027-01-01T00:00:00.000000001Z"),
			&item->valid_until_ns);
	item->confidence = 85;
	item->tlp = NRS_TLP_AMBER_STRICT;
	add(set, "indicator--2", 1, NRS_STATUS_REVOKED); /* not matched */
	digest(set, sum);
	assert_string_equal(sum, "sha256:d2e174c94184ace0f0aa148ef92ce2d64a53"
				 "d510645f51eff392e8963c738f99");
}

static void an_empty_set_has_the_digest_of_nothing(void **state)
{
	char sum[80];

	digest(*state, sum);
	assert_string_equal(sum, "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae"
				 "41e4649b934ca495991b7852b855");
}

static void the_digest_does_not_depend_on_the_order(void **state)
{
	struct nrs_set *set = *state;
	struct nrs_set *other = NULL;
	uint32_t source;
	char sums[2][80];

	assert_int_equal(nrs_set_new(&other), NRS_OK);
	nrs_set_source(other, nrs_span_of("feed.txt"), nrs_span_of("x"),
		       &source);
	/* Ids of one beginning, and twice the same id: ties in the sort. */
	add(set, "indicator--11111111-1111-4111-8111-111111111111-x", 1, 0);
	add(set, "indicator--11111111-1111-4111-8111-111111111111-y", 1, 0);
	add(set, "indicator--1", 1, 0);
	add(set, "indicator--1", 2, 0);
	add(other, "indicator--1", 2, 0);
	add(other, "indicator--1", 1, 0);
	add(other, "indicator--11111111-1111-4111-8111-111111111111-y", 1, 0);
	add(other, "indicator--11111111-1111-4111-8111-111111111111-x", 1, 0);
	digest(set, sums[0]);
	digest(other, sums[1]);
	nrs_set_free(other);
	assert_string_equal(sums[0], sums[1]);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(the_newest_version_counts_in_any_order),
		TEST(equal_versions_that_differ_are_warned_of),
		TEST(another_creator_of_a_version_is_warned_of),
		TEST(a_value_counts_once_under_one_source_name),
		TEST(reasons_are_kept_each_with_its_indicator),
		TEST(refusals_of_one_source_do_not_crowd_out_another),
		TEST(values_of_lists_have_an_id_and_a_pattern_that_parses),
		TEST(the_digest_is_the_sum_of_sorted_lines),
		TEST(an_empty_set_has_the_digest_of_nothing),
		TEST(the_digest_does_not_depend_on_the_order),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
