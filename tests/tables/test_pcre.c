/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_pcre: verdicts, Unicode in NFC, and limits that hold.
 */
#include "tests/nrs_test.h"

#include <malloc.h>

#include "engine/tables/pcre.h"

/* A span in a call, and as an initialiser, where a call is no constant. */
#define OF(text) nrs_span(text, sizeof(text) - 1)
#define IS(text)                                                               \
	{                                                                      \
		.ptr = (const uint8_t *)(text), .len = sizeof(text) - 1        \
	}

static struct nrs_pcre *compiled(struct nrs_span expression)
{
	struct nrs_pcre *pcre = NULL;

	assert_int_equal(nrs_pcre_new(&pcre, expression, NULL), NRS_OK);
	return pcre;
}

static const struct {
	const char *name;
	struct nrs_span expression, subject;
	int found;
} cases[] = {
	{"search is unanchored", IS("b"), IS("abc"), 1},
	{"not there", IS("d"), IS("abc"), 0},
	{"case counts", IS("B"), IS("abc"), 0},
	{"a dot is a newline too", IS("a.c"), IS("a\nc"), 1},
	{"look-ahead", IS("a(?=b)"), IS("ab"), 1},
	{"look-behind", IS("(?<!a)b"), IS("ab"), 0},
	{"back-reference", IS("(a|b)\\1"), IS("xbb"), 1},
	{"back-reference that differs", IS("(a|b)\\1"), IS("ab"), 0},
	{"the empty expression matches", IS(""), IS("abc"), 1},
	{"and in the empty subject", IS(""), IS(""), 1},
	{"nothing in the empty subject", IS("a"), IS(""), 0},
	{"NUL in both", IS("a\0b"), IS("xa\0b"), 1},
	{"NUL is no end", IS("b$"), IS("a\0b"), 1},
	{"an octet expression sees octets", IS("\\xff"), IS("a\xff"), 1},
	{"composed finds composed", IS("caf\xc3\xa9"), IS("caf\xc3\xa9"), 1},
	{"composed finds decomposed", IS("caf\xc3\xa9"), IS("cafe\xcc\x81"), 1},
	{"decomposed finds composed", IS("cafe\xcc\x81"), IS("caf\xc3\xa9"), 1},
	{"another accent", IS("caf\xc3\xa9"), IS("caf\xc3\xa8"), 0},
	{"one character is one dot", IS("^\xc3\xa9.$"),
	 IS("\xc3\xa9\xe2\x82\xac"), 1},
	{"a property of characters", IS("^\\p{L}$"), IS("\xc3\xa9"), 1},
	{"a character by number", IS("\\x{20ac}"), IS("5 \xe2\x82\xac"), 1},
	{"asked for by the expression", IS("(*UTF)^.$"), IS("\xc3\xa9"), 1},
	{"a bad octet hides nothing", IS("\xc3\xa9"), IS("\xff\xc3\xa9\xff"),
	 1},
	{"a bad octet is no character", IS("^.$|\xc3\xa9"), IS("\xff"), 0},
};

static void each_expression_has_its_verdict(void **state)
{
	struct nrs_pcre_scratch *scratch = nrs_pcre_scratch_new();

	(void)state;
	assert_non_null(scratch);
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct nrs_pcre *pcre = compiled(cases[i].expression);
		const int found =
			nrs_pcre_search(pcre, scratch, cases[i].subject);

		if (found != cases[i].found)
			fail_msg("%s: %d", cases[i].name, found);
		nrs_pcre_free(pcre);
	}
	nrs_pcre_scratch_free(scratch);
}

static void what_means_characters_is_known(void **state)
{
	static const struct {
		const char *expression;
		bool is_unicode;
	} rows[] = {{"abc", false},	   {"a\\xff", false},
		    {"\\\\p{L}", false},   {"\\d{3}", false},
		    {"caf\xc3\xa9", true}, {"\\p{L}", true},
		    {"\\PL", true},	   {"\\X", true},
		    {"\\x{41}", true},	   {"\\N{U+20ac}", true},
		    {"(*UTF)a", true},	   {"(*UCP)a", true}};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct nrs_pcre *pcre =
			compiled(nrs_span_of(rows[i].expression));

		if (nrs_pcre_is_unicode(pcre) != rows[i].is_unicode)
			fail_msg("%s", rows[i].expression);
		nrs_pcre_free(pcre);
	}
}

static void what_is_no_expression_is_refused_with_its_place(void **state)
{
	static const struct {
		const char *name;
		struct nrs_span expression;
		uint64_t place;
	} rows[] = {{"unclosed group", IS("ab(c"), 4},
		    {"nothing to repeat", IS("*a"), 0},
		    {"one octet of a character", IS("\\C"), 2},
		    {"not UTF-8", IS("a\xff"), 0}};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct nrs_pcre *pcre = NULL;
		struct nrs_diag diag = {0};

		if (nrs_pcre_new(&pcre, rows[i].expression, &diag) !=
		    NRS_E_SYNTAX)
			fail_msg("%s: not refused", rows[i].name);
		assert_null(pcre);
		assert_int_equal(diag.code, NRS_E_SYNTAX);
		assert_true(strlen(diag.text) > 0);
		if (diag.place != rows[i].place)
			fail_msg("%s: place %llu", rows[i].name,
				 (unsigned long long)diag.place);
	}
}

static void a_runaway_expression_gives_up(void **state)
{
	struct nrs_pcre_scratch *scratch = nrs_pcre_scratch_new();
	struct nrs_pcre *pcre = compiled(nrs_span_of("^(a+)+$"));

	(void)state;
	assert_int_equal(
		nrs_pcre_search(pcre, scratch,
				nrs_span_of("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaab")),
		NRS_E_LIMIT);
	/* And is as good as new for the next value. */
	assert_int_equal(nrs_pcre_search(pcre, scratch, nrs_span_of("aaa")), 1);
	nrs_pcre_free(pcre);
	nrs_pcre_scratch_free(scratch);
}

/* More backtracking than the first frames hold, in octets and in ASCII. */
static void matching_ascii_allocates_nothing(void **state)
{
	static const char *const expressions[] = {"^(?:(a)|b)*c",
						  "^(?:(a)|b)*\xc3\xa9"};
	struct nrs_pcre_scratch *scratch = nrs_pcre_scratch_new();
	struct nrs_pcre *pcre[2];
	uint8_t subject[1500];

	(void)state;
	memset(subject, 'a', sizeof(subject));
	for (unsigned int i = 0; i < 2; i++)
		pcre[i] = compiled(nrs_span_of(expressions[i]));
	const size_t before = mallinfo2().uordblks;
	for (unsigned int i = 0; i < 2; i++)
		assert_int_equal(
			nrs_pcre_search(pcre[i], scratch,
					nrs_span(subject, sizeof(subject))),
			0);
	assert_int_equal(mallinfo2().uordblks, before);
	for (unsigned int i = 0; i < 2; i++)
		nrs_pcre_free(pcre[i]);
	nrs_pcre_scratch_free(scratch);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_expression_has_its_verdict),
		cmocka_unit_test(what_means_characters_is_known),
		cmocka_unit_test(
			what_is_no_expression_is_refused_with_its_place),
		cmocka_unit_test(a_runaway_expression_gives_up),
		cmocka_unit_test(matching_ascii_allocates_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
