/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_regex_text: LIKE written out as PCRE, and MATCHES behind a prefix only
 * where that cannot change its meaning.
 */
#include "engine/tables/regex_text.h"

#include "tests/nrs_test.h"

static struct nrs_regex regex(enum nrs_regex_kind kind, const char *prefix,
			      const char *text)
{
	return (struct nrs_regex){.kind = kind,
				  .prefix = nrs_span_of(prefix),
				  .text = nrs_span_of(text)};
}

static void like_is_anchored_and_literal(void **state)
{
	static const struct {
		const char *like, *body;
	} rows[] = {
		{"abc", "\\Aabc\\z"},
		{"%abc", "\\A.*abc\\z"},
		{"a.c", "\\Aa\\.c\\z"},
		{"a\\d+", "\\Aa\\\\d\\+\\z"},
		{"a b", "\\Aa\\x20b\\z"},
		{"", "\\A\\z"},
		/* beyond ASCII it is characters that count, and pcre2 does */
		{"\xc3\xa9_", "\\A\xc3\xa9.\\z"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		const struct nrs_regex one =
			regex(NRS_REGEX_LIKE, "", rows[i].like);
		struct nrs_text out = {0};

		nrs_text_puts(&out, "what was there");
		nrs_regex_body(&out, &one);
		if (!nrs_span_is(nrs_text_span(&out), rows[i].body))
			fail_msg("%s: %.*s", rows[i].like, (int)out.len,
				 (char *)out.ptr);
		nrs_text_fini(&out);
	}
}

static void matches_stays_as_it_is(void **state)
{
	const struct nrs_regex one = regex(NRS_REGEX_PCRE, "", "^a(b|c)");
	struct nrs_text out = {0};

	(void)state;
	nrs_regex_body(&out, &one);
	assert_true(nrs_span_is(nrs_text_span(&out), "^a(b|c)"));
	assert_true(nrs_regex_whole(&out, &one));
	assert_true(
		nrs_span_equal(nrs_text_span(&out), nrs_span("^a(b|c)", 8)));
	assert_false(nrs_regex_has_prefix(&one));
	nrs_text_fini(&out);
}

static const struct {
	const char *prefix, *text;
	const char *whole; /* NULL: it cannot be said */
} behind[] = {
	{"p", "x", "\\Ap.*?(?:x)"},
	{"p", "^x", "\\Ap(?:x)"}, /* the start of the rest is here */
	{"p", "a|b", "\\Ap.*?(?:a|b)"},
	{"p", "^a|b", NULL},
	{"p", "a|^b", NULL},
	{"p", "(^a)", NULL},
	{"p", "[^a]", "\\Ap.*?(?:[^a])"},
	{"p", "\\Ax", NULL},
	{"p", "\\Gx", NULL},
	{"p", "\\bx", NULL}, /* p is a letter: no border behind it */
	{":", "\\bx", "\\A\\:.*?(?:\\bx)"},
	{"p", "\\\\bx", "\\Ap.*?(?:\\\\bx)"}, /* a backslash, then b */
	{"p", "", NULL},
};

static void a_prefix_must_not_change_the_meaning(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(behind) / sizeof(*behind); i++) {
		const struct nrs_regex one =
			regex(NRS_REGEX_PREFIX_PCRE, behind[i].prefix,
			      behind[i].text);
		struct nrs_text out = {0};
		const bool is_said = nrs_regex_whole(&out, &one);

		if (is_said != (behind[i].whole != NULL) ||
		    (is_said &&
		     strcmp((const char *)out.ptr, behind[i].whole) != 0))
			fail_msg("%s behind %s: %s", behind[i].text,
				 behind[i].prefix,
				 is_said ? (const char *)out.ptr : "no");
		nrs_text_fini(&out);
	}
}

static void like_behind_a_prefix_is_literal_too(void **state)
{
	const struct nrs_regex one = regex(NRS_REGEX_PREFIX_LIKE, "a.", "b%");
	struct nrs_text out = {0};

	(void)state;
	assert_true(nrs_regex_has_prefix(&one));
	assert_true(nrs_regex_whole(&out, &one));
	assert_string_equal((const char *)out.ptr, "\\Aa\\.b.*\\z");
	/* pcre2 compares the prefix itself */
	nrs_regex_body(&out, &one);
	assert_true(nrs_span_is(nrs_text_span(&out), "\\Ab.*\\z"));
	nrs_text_fini(&out);
}

static void what_holds_a_nul_or_nothing_is_not_for_hyperscan(void **state)
{
	struct nrs_regex one = regex(NRS_REGEX_PCRE, "", "");
	struct nrs_text out = {0};

	(void)state;
	assert_false(nrs_regex_whole(&out, &one));
	one.text = nrs_span("a\0b", 3);
	assert_false(nrs_regex_whole(&out, &one));
	nrs_text_fini(&out);
}

static void a_stream_waits_for_its_end_only_where_it_must(void **state)
{
	static const struct {
		enum nrs_regex_kind kind;
		const char *text, *stream;
		bool from_start, to_end;
	} streams[] = {
		{NRS_REGEX_LIKE, "%a%", "\\x61", false, false},
		{NRS_REGEX_LIKE, "a%%b", "\\A\\x61.*\\x62\\z", true, true},
		{NRS_REGEX_LIKE, "%%", ".", false, false},
		{NRS_REGEX_OCTETS, "a%", "\\A\\x61\\x25\\z", true, true},
		{NRS_REGEX_PCRE, "a$", "a$", false, true},
		{NRS_REGEX_PCRE, "(^a|b)", "(^a|b)", true, false},
		{NRS_REGEX_PCRE, "[^a]", "[^a]", false, false},
		{NRS_REGEX_PCRE, "\\ba", "\\ba", true, true},
		{NRS_REGEX_PCRE, "\\\\Ab", "\\\\Ab", false, false},
		{NRS_REGEX_PCRE, "", ".", false, false},
		{NRS_REGEX_PCRE, "\xc3\xa9", "\\xe9", false, false},
		{NRS_REGEX_PCRE, "\\\xc3\xa9", "\\xe9", false, false},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(streams) / sizeof(*streams); i++) {
		const struct nrs_regex one =
			regex(streams[i].kind, "", streams[i].text);
		struct nrs_text out = {0};

		assert_int_equal(nrs_regex_stream(&out, &one), NRS_OK);
		if (strcmp((const char *)out.ptr, streams[i].stream) != 0 ||
		    nrs_regex_from_start(&one) != streams[i].from_start ||
		    nrs_regex_to_end(&one) != streams[i].to_end)
			fail_msg("%s: %s", streams[i].text, (char *)out.ptr);
		nrs_text_fini(&out);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(like_is_anchored_and_literal),
		cmocka_unit_test(matches_stays_as_it_is),
		cmocka_unit_test(a_prefix_must_not_change_the_meaning),
		cmocka_unit_test(like_behind_a_prefix_is_literal_too),
		cmocka_unit_test(
			what_holds_a_nul_or_nothing_is_not_for_hyperscan),
		cmocka_unit_test(a_stream_waits_for_its_end_only_where_it_must),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
