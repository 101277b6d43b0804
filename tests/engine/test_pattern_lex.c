/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_pattern_lex: tokens of the grammar (specification, section 1.1), the
 * columns of errors, and what is no token.
 */
#include "engine/pattern_lex.h"

#include "tests/base/own_arena.h"

static struct nrs_lexer lexer(const char *text, size_t len)
{
	return (struct nrs_lexer){.text = nrs_span(text, len),
				  .arena = arena,
				  .version = NRS_STIX_21};
}

static const struct {
	const char *text;
	enum nrs_token_kind kind;
	size_t len; /* of the token: 0: all of the text */
} kinds[] = {
	{"", NRS_TOK_END, 0},
	{"a_1", NRS_TOK_NAME, 0},
	{"_", NRS_TOK_NAME, 0},
	{"x-a-b", NRS_TOK_HYPHEN, 0},
	{"AND", NRS_TOK_KEYWORD, 0},
	{"and", NRS_TOK_NAME, 0},
	{"ANDY", NRS_TOK_NAME, 0}, /* the longest match */
	{"EXISTS", NRS_TOK_KEYWORD, 0},
	{"true", NRS_TOK_KEYWORD, 0},
	{"TRUE", NRS_TOK_NAME, 0},
	{"''", NRS_TOK_STRING, 0},
	{"h''", NRS_TOK_BINARY, 0},
	{"t'2026-01-01T00:00:00Z'", NRS_TOK_TIME, 0},
	{"t", NRS_TOK_NAME, 0},
	{"h 'aa'", NRS_TOK_NAME, 1}, /* a blank: no hex */
	{"H'aa'", NRS_TOK_NAME, 1},
	{"5", NRS_TOK_INT, 0},
	{"-0", NRS_TOK_INT, 0},
	{"+7", NRS_TOK_INT, 0},
	{".5", NRS_TOK_FLOAT, 0},
	{"+.5", NRS_TOK_FLOAT, 0},
	{"-1.50", NRS_TOK_FLOAT, 0},
	{"1.", NRS_TOK_INT, 1},
	{"1e5", NRS_TOK_INT, 1},
	{"==", NRS_TOK_PUNCT, 0},
	{"<>", NRS_TOK_PUNCT, 0},
	{"!=", NRS_TOK_PUNCT, 0},
	{">=x", NRS_TOK_PUNCT, 2},
	{"=>", NRS_TOK_PUNCT, 1},
};

static void each_token_has_its_kind_and_length(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++) {
		const size_t len = strlen(kinds[i].text);
		struct nrs_lexer lx = lexer(kinds[i].text, len);
		struct nrs_token token;

		if (nrs_lex_next(&lx, &token, NULL) != NRS_OK ||
		    token.kind != kinds[i].kind ||
		    lx.at != (kinds[i].len == 0 ? len : kinds[i].len) ||
		    token.text.len != lx.at)
			fail_msg("%s: kind %d, %zu octets", kinds[i].text,
				 (int)token.kind, lx.at);
	}
}

static const struct {
	const char *text, *value;
} strings[] = {
	{"'a'", "a"},
	{"'it\\'s'", "it's"},
	{"'a\\\\b'", "a\\b"},
	{"'a\nb'", "a\nb"},
	{"'AND'", "AND"},
	{"h'41 '", NULL},
	{"h'4142'", "AB"},
	{"h'4a4B'", "JK"},
	{"h'4'", NULL},
	{"h'4g'", NULL},
	/* RFC 4648, section 10 */
	{"b'Zg=='", "f"},
	{"b'Zm8='", "fo"},
	{"b'Zm9v'", "foo"},
	{"b''", NULL},
	{"b'Zg='", NULL},
	{"b'Z==='", NULL},
	{"b'Zm9-'", NULL},
	{"'open", NULL},
	{"'a\\n'", NULL}, /* no such escape */
	{"'a\\", NULL},
	{"t'2026-13-01T00:00:00Z'", NULL},
	{"t'2026-01-01 00:00:00Z'", NULL},
	{"t'2026-01-01T00:00:00'", NULL},
	{"t'2026-01-01T24:00:00Z'", NULL},
	{"t'2026-01-01T00:00:00.Z'", NULL},
	{"01", NULL},
	{"-", NULL},
	{"\"dq\"", NULL},
	{"#", NULL},
	{"!", NULL},
	{"/* open", NULL},
};

static void quoted_values_are_decoded_or_refused(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(strings) / sizeof(*strings); i++) {
		struct nrs_lexer lx =
			lexer(strings[i].text, strlen(strings[i].text));
		struct nrs_diag diag = {0};
		struct nrs_token token;
		const int err = nrs_lex_next(&lx, &token, &diag);

		if (strings[i].value == NULL
			    ? err != NRS_E_SYNTAX || diag.text[0] == '\0'
			    : err != NRS_OK || !nrs_span_is(token.bytes,
							    strings[i].value))
			fail_msg("%s: %d %s", strings[i].text, err, diag.text);
	}
}

static void a_nul_may_stand_in_a_string(void **state)
{
	struct nrs_lexer lx = lexer("'a\0b'", 5);
	struct nrs_token token;

	(void)state;
	assert_int_equal(nrs_lex_next(&lx, &token, NULL), NRS_OK);
	assert_true(nrs_span_equal(token.bytes, nrs_span("a\0b", 3)));
}

static void numbers_have_their_values(void **state)
{
	static const struct {
		const char *text;
		int64_t integer;
		double real;
		int late_error;
	} rows[] = {
		{"42", 42, 42, NRS_OK},
		{"-42", -42, -42, NRS_OK},
		{"9223372036854775807", INT64_MAX, 9223372036854775807.0,
		 NRS_OK},
		{"-9223372036854775808", INT64_MIN, -9223372036854775808.0,
		 NRS_OK},
		/* legal text, but no such value */
		{"9223372036854775808", 0, 9223372036854775808.0, NRS_E_RANGE},
		{"99999999999999999999", 0, 99999999999999999999.0,
		 NRS_E_RANGE},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct nrs_lexer lx = lexer(rows[i].text, strlen(rows[i].text));
		struct nrs_token token;

		assert_int_equal(nrs_lex_next(&lx, &token, NULL), NRS_OK);
		if (token.late_error != rows[i].late_error ||
		    token.real != rows[i].real ||
		    (token.late_error == NRS_OK &&
		     token.integer != rows[i].integer) ||
		    token.is_negative != (rows[i].text[0] == '-'))
			fail_msg("%s", rows[i].text);
	}
}

static void a_day_that_does_not_exist_is_told_later(void **state)
{
	static const char text[] = "t'2026-02-30T00:00:00Z'";
	struct nrs_lexer lx = lexer(text, strlen(text));
	struct nrs_token token;

	(void)state;
	assert_int_equal(nrs_lex_next(&lx, &token, NULL), NRS_OK);
	assert_int_equal(token.late_error, NRS_E_DATE);
}

static void blanks_and_comments_stand_between_tokens(void **state)
{
	static const char *const between[] = {
		" ",
		"\t\r\n\v\f",
		"\xc2\x85",
		"\xc2\xa0",
		"\xe1\x9a\x80",
		"\xe2\x80\x80",
		"\xe2\x80\x8a",
		"\xe2\x80\xa8\xe2\x80\xa9",
		"\xe2\x80\xaf",
		"\xe2\x81\x9f",
		"\xe3\x80\x80",
		"/* a * / b */",
		"// to the end\n",
		"/**//**/",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(between) / sizeof(*between); i++) {
		char text[64];
		struct nrs_token token;

		(void)snprintf(text, sizeof(text), "a%sb%s", between[i],
			       between[i]);
		struct nrs_lexer lx = lexer(text, strlen(text));
		assert_int_equal(nrs_lex_next(&lx, &token, NULL), NRS_OK);
		if (nrs_lex_next(&lx, &token, NULL) != NRS_OK ||
		    !nrs_span_is(token.text, "b") ||
		    nrs_lex_next(&lx, &token, NULL) != NRS_OK ||
		    token.kind != NRS_TOK_END)
			fail_msg("row %zu", i);
	}
	/* U+FEFF is none, and U+200B either */
	static const char *const no[] = {"\xef\xbb\xbf", "\xe2\x80\x8b"};
	for (size_t i = 0; i < 2; i++) {
		struct nrs_lexer lx = lexer(no[i], 3);
		struct nrs_token token;

		assert_int_equal(nrs_lex_next(&lx, &token, NULL), NRS_E_SYNTAX);
	}
}

static void columns_count_characters(void **state)
{
	/* two of the four characters before the mark have more octets */
	static const char text[] = "\xc3\xa9\xe2\x82\xac ''#";
	const struct nrs_span span = nrs_span_of(text);

	(void)state;
	assert_int_equal(nrs_lex_column(span, 0), 0);
	assert_int_equal(nrs_lex_column(span, 2), 1);
	assert_int_equal(nrs_lex_column(span, 5), 2);
	assert_int_equal(nrs_lex_column(span, 8), 5);
	assert_int_equal(nrs_lex_column(span, 1000), 6);
}

static void exists_is_a_mere_name_in_2_0(void **state)
{
	struct nrs_lexer lx = lexer("EXISTS", 6);
	struct nrs_token token;

	(void)state;
	lx.version = NRS_STIX_20;
	assert_int_equal(nrs_lex_next(&lx, &token, NULL), NRS_OK);
	assert_int_equal(token.kind, NRS_TOK_NAME);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_token_has_its_kind_and_length),
		cmocka_unit_test(quoted_values_are_decoded_or_refused),
		cmocka_unit_test(a_nul_may_stand_in_a_string),
		cmocka_unit_test(numbers_have_their_values),
		cmocka_unit_test(a_day_that_does_not_exist_is_told_later),
		cmocka_unit_test(blanks_and_comments_stand_between_tokens),
		cmocka_unit_test(columns_count_characters),
		cmocka_unit_test(exists_is_a_mere_name_in_2_0),
	};

	return cmocka_run_group_tests(tests, new_arena, free_arena);
}
