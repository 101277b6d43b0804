/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_comparison: every way to compare as STIX text, which the pattern
 * parser accepts; and what STIX cannot say.
 */
#include "tests/nrs_test.h"

#include "engine/pattern.h"
#include "loaders/comparison.h"

#define N NRS_VALUE_NUMBER
#define A NRS_VALUE_ADDRESS

static const struct {
	const char *path;
	enum nrs_value_kind kind;
	enum nrs_how how;
	bool is_negated, ignores_case;
	const char *value;
	const char *text; /* "!" and the reason: refused */
} cases[] = {
	{"file:name", 0, NRS_HOW_IS, false, false, "a.exe",
	 "file:name = 'a.exe'"},
	{"file:name", 0, NRS_HOW_IS, false, true, "a.exe",
	 "file:name MATCHES '(?i)^a\\\\.exe$'"},
	{"file:name", 0, NRS_HOW_IS, false, false, "it's C:\\x",
	 "file:name = 'it\\'s C:\\\\x'"},
	{"file:name", 0, NRS_HOW_CONTAINS, false, false, "evil",
	 "file:name LIKE '%evil%'"},
	{"file:name", 0, NRS_HOW_STARTS, false, false, "evil",
	 "file:name LIKE 'evil%'"},
	{"file:name", 0, NRS_HOW_ENDS, false, false, "evil",
	 "file:name LIKE '%evil'"},
	/* LIKE would take the _ for any character. */
	{"file:name", 0, NRS_HOW_CONTAINS, false, false, "a_b.c",
	 "file:name MATCHES 'a_b\\\\.c'"},
	{"file:name", 0, NRS_HOW_STARTS, false, false, "100%",
	 "file:name MATCHES '^100%'"},
	{"file:name", 0, NRS_HOW_ENDS, false, true, "x",
	 "file:name MATCHES '(?i)x$'"},
	{"file:name", 0, NRS_HOW_MATCHES, false, false, "^a.*b$",
	 "file:name MATCHES '^a.*b$'"},
	{"file:name", 0, NRS_HOW_ABOVE, false, false, "a",
	 "!an order of texts"},
	{"file:name", 0, NRS_HOW_IS, false, false, "", "!an empty value"},
	{"file:size", N, NRS_HOW_IS, false, false, "5", "file:size = 5"},
	{"file:size", N, NRS_HOW_ABOVE, false, false, "5", "file:size > 5"},
	{"file:size", N, NRS_HOW_AT_MOST, false, false, "5", "file:size <= 5"},
	{"file:size", N, NRS_HOW_BETWEEN, false, false, "5-9",
	 "(file:size >= 5 AND file:size <= 9)"},
	{"file:size", N, NRS_HOW_BETWEEN, false, false, "9-5",
	 "!a range that is none"},
	{"file:size", N, NRS_HOW_IS, false, false, "5 MB",
	 "!a value that is no number"},
	{"file:size", N, NRS_HOW_CONTAINS, false, false, "5",
	 "!a number compared as text"},
	{"network-traffic:dst_ref.value", A, NRS_HOW_IS, false, false,
	 "192.0.2.1", "network-traffic:dst_ref.value = '192.0.2.1'"},
	{"network-traffic:dst_ref.value", A, NRS_HOW_IS, false, false,
	 "192.0.2.0/24",
	 "network-traffic:dst_ref.value ISSUBSET '192.0.2.0/24'"},
	{"network-traffic:dst_ref.value", A, NRS_HOW_CONTAINS, false, false,
	 "192.0.2.1", "network-traffic:dst_ref.value = '192.0.2.1'"},
	{"network-traffic:dst_ref.value", A, NRS_HOW_STARTS, false, false,
	 "192.0.2.", "network-traffic:dst_ref.value LIKE '192.0.2.%'"},
	{NULL, NRS_VALUE_IP, NRS_HOW_IS, false, false, "2001:db8::1",
	 "ipv6-addr:value = '2001:db8::1'"},
	/* Said to be an address: not a name because it is none. */
	{"network-traffic:dst_ref.value", A, NRS_HOW_IS, false, false,
	 "999.9.9.9", "!'999.9.9.9' is no address or prefix"},
	{"network-traffic:dst_ref.value", A, NRS_HOW_IS, true, false,
	 "a.example", "!'a.example' is no address or prefix"},
	{"network-traffic:dst_ref.value", A, NRS_HOW_IS, false, false,
	 "192.0.2.0/33", "!'192.0.2.0/33' is no address or prefix"},
	{NULL, NRS_VALUE_IP, NRS_HOW_IS, false, false, "2001:db8::x",
	 "!'2001:db8::x' is no address or prefix"},
	{NULL, NRS_VALUE_IP, NRS_HOW_IS, false, false, "192[.]0[.]2[.]1",
	 "ipv4-addr:value = '192.0.2.1'"},
	{NULL, NRS_VALUE_IP, NRS_HOW_BETWEEN, false, false,
	 "192.0.2.0-192.0.2.2",
	 "(ipv4-addr:value ISSUBSET '192.0.2.0/31' OR "
	 "ipv4-addr:value ISSUBSET '192.0.2.2/32')"},
	{NULL, NRS_VALUE_IP, NRS_HOW_BETWEEN, false, false, "192.0.2.9-7",
	 "!a range of addresses that is none"},
};

/* The one term of @c as text, or "!" and why there is none. */
static void say(const struct nrs_condition *c, struct nrs_text *out)
{
	static const struct nrs_condition_rules rules = {0};
	struct nrs_condition_result result;

	nrs_text_clear(out);
	if (nrs_condition_write(nrs_text_span(&c->bytes), &rules, out,
				&result) != NRS_OK)
		nrs_text_printf(out, "!%s", result.reason);
}

static bool parses(struct nrs_span pattern)
{
	struct nrs_arena *arena = nrs_arena_new(0);
	struct nrs_pattern parsed;

	assert_non_null(arena);
	const int err =
		nrs_pattern_parse(&parsed, pattern, NRS_STIX_21, arena, NULL);
	nrs_arena_free(arena);
	return err == NRS_OK;
}

static void each_way_to_compare_has_its_stix_text(void **state)
{
	struct nrs_condition c = {0};
	struct nrs_text got = {0}, expected = {0};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		const bool is_refused = cases[i].text[0] == '!';
		const struct nrs_comparison comparison = {
			.path = cases[i].path,
			.kind = cases[i].kind,
			.how = cases[i].how,
			.is_negated = cases[i].is_negated,
			.ignores_case = cases[i].ignores_case,
			.value = nrs_span_of(cases[i].value)};

		nrs_condition_clear(&c);
		nrs_comparison_add(&c, &comparison);
		say(&c, &got);
		nrs_text_clear(&expected);
		nrs_text_printf(&expected, is_refused ? "%s" : "[%s]",
				cases[i].text);
		if (nrs_span_equal(nrs_text_span(&got),
				   nrs_text_span(&expected)) &&
		    (is_refused || parses(nrs_text_span(&got))))
			continue;
		print_error("%s: %.*s\n", cases[i].text, (int)got.len,
			    (const char *)got.ptr);
		fail();
	}
	nrs_text_fini(&got);
	nrs_text_fini(&expected);
	nrs_condition_fini(&c);
}

static const struct {
	enum nrs_value_kind kind;
	enum nrs_how how;
	const char *value, *text;
} negations[] = {
	{0, NRS_HOW_IS, "5", "file:x != '5'"},
	{0, NRS_HOW_CONTAINS, "5", "file:x NOT LIKE '%5%'"},
	{0, NRS_HOW_MATCHES, "5", "file:x NOT MATCHES '5'"},
	{N, NRS_HOW_ABOVE, "5", "file:x <= 5"},
	{N, NRS_HOW_BETWEEN, "5-9", "(file:x < 5 OR file:x > 9)"},
};

/* Alone a negation is refused: beside another term it can be seen. */
static void negations_stand_beside_another_term(void **state)
{
	struct nrs_condition c = {0};
	struct nrs_text got = {0}, expected = {0};

	(void)state;
	for (size_t i = 0; i < sizeof(negations) / sizeof(*negations); i++) {
		struct nrs_comparison one = {.path = "file:name",
					     .value = nrs_span_of("a")};

		nrs_condition_clear(&c);
		nrs_condition_open(&c, true);
		nrs_comparison_add(&c, &one);
		one = (struct nrs_comparison){
			.path = "file:x",
			.kind = negations[i].kind,
			.how = negations[i].how,
			.is_negated = true,
			.value = nrs_span_of(negations[i].value)};
		nrs_comparison_add(&c, &one);
		nrs_condition_close(&c);
		say(&c, &got);
		nrs_text_clear(&expected);
		nrs_text_printf(&expected, "[file:name = 'a' AND %s]",
				negations[i].text);
		if (nrs_span_equal(nrs_text_span(&got),
				   nrs_text_span(&expected)) &&
		    parses(nrs_text_span(&got)))
			continue;
		print_error("%s: %.*s\n", negations[i].text, (int)got.len,
			    (const char *)got.ptr);
		fail();
	}
	nrs_text_fini(&got);
	nrs_text_fini(&expected);
	nrs_condition_fini(&c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_way_to_compare_has_its_stix_text),
		cmocka_unit_test(negations_stand_beside_another_term),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
