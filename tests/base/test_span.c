/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_span: views never reach outside, numbers by the digit, UTF-8 by RFC
 * 3629.
 */
#include "tests/nrs_test.h"

#include "engine/base/err.h"
#include "engine/base/span.h"

static void a_part_never_reaches_outside(void **state)
{
	const struct nrs_span abc = nrs_span_of("abc");

	(void)state;
	assert_true(nrs_span_is(nrs_span_part(abc, 1, 1), "b"));
	assert_true(nrs_span_is(nrs_span_part(abc, 1, SIZE_MAX), "bc"));
	assert_int_equal(nrs_span_part(abc, 4, 1).len, 0);
	assert_int_equal(nrs_span_from(abc, SIZE_MAX).len, 0);
	assert_int_equal(nrs_span_part(nrs_span(NULL, 0), 5, 5).len, 0);
}

static void order_is_by_octets_and_the_shorter_first(void **state)
{
	(void)state;
	assert_true(nrs_span_compare(nrs_span_of("ab"), nrs_span_of("abc")) <
		    0);
	assert_true(nrs_span_compare(nrs_span_of("b"), nrs_span_of("abc")) > 0);
	assert_int_equal(nrs_span_compare(nrs_span_of("a"), nrs_span_of("a")),
			 0);
	/* octets are unsigned */
	assert_true(nrs_span_compare(nrs_span_of("\x80"), nrs_span_of("a")) >
		    0);
	assert_int_equal(nrs_span_compare(nrs_span(NULL, 0), nrs_span_of("")),
			 0);
}

static void starts_and_ends_know_short_spans(void **state)
{
	(void)state;
	assert_true(nrs_span_starts(nrs_span_of("abc"), "ab"));
	assert_false(nrs_span_starts(nrs_span_of("a"), "ab"));
	assert_true(nrs_span_ends(nrs_span_of("abc"), "bc"));
	assert_false(nrs_span_ends(nrs_span_of("c"), "bc"));
	assert_true(nrs_span_is_icase(nrs_span_of("hTTp"), "HTtP"));
	assert_false(nrs_span_is_icase(nrs_span_of("http"), "https"));
	/* only ASCII has a case here: [ and { differ by the same bit */
	assert_false(nrs_span_is_icase(nrs_span_of("["), "{"));
}

static void finding_says_where_or_nowhere(void **state)
{
	const struct nrs_span text = nrs_span_of("a.b.c");

	(void)state;
	assert_int_equal(nrs_span_find(text, '.', 0), 1);
	assert_int_equal(nrs_span_find(text, '.', 2), 3);
	assert_int_equal(nrs_span_find(text, '.', 4), SIZE_MAX);
	assert_int_equal(nrs_span_find(text, '.', 99), SIZE_MAX);
	assert_int_equal(nrs_span_find_text(text, "b.c"), 2);
	assert_int_equal(nrs_span_find_text(text, "b.d"), SIZE_MAX);
	assert_int_equal(nrs_span_find_text(nrs_span_of("a"), "ab"), SIZE_MAX);
}

static void splitting_keeps_empty_fields(void **state)
{
	static const char *const want[] = {"a", "", "b", ""};
	struct nrs_span rest = nrs_span_of("a,,b,"), field;
	size_t count = 0;

	(void)state;
	while (nrs_span_split(&rest, ',', &field)) {
		assert_true(count < 4);
		assert_true(nrs_span_is(field, want[count++]));
	}
	assert_in_range(count, 3, 4);
	rest = nrs_span(NULL, 0);
	assert_false(nrs_span_split(&rest, ',', &field));
}

static void trimming_takes_blanks_of_ascii_only(void **state)
{
	(void)state;
	assert_true(nrs_span_is(nrs_span_trim(nrs_span_of(" \t\r\n\v\fa b ")),
				"a b"));
	assert_int_equal(nrs_span_trim(nrs_span_of(" \n ")).len, 0);
	assert_true(nrs_span_is(nrs_span_trim(nrs_span_of("\xc2\xa0")),
				"\xc2\xa0"));
}

static void numbers_are_digits_and_fit(void **state)
{
	static const struct {
		const char *text;
		int err;
		uint64_t value;
	} rows[] = {
		{"0", NRS_OK, 0},
		{"007", NRS_OK, 7},
		{"18446744073709551615", NRS_OK, UINT64_MAX},
		{"18446744073709551616", NRS_E_RANGE, 0},
		{"99999999999999999999", NRS_E_RANGE, 0},
		{"", NRS_E_SYNTAX, 0},
		{"+1", NRS_E_SYNTAX, 0},
		{"-1", NRS_E_SYNTAX, 0},
		{" 1", NRS_E_SYNTAX, 0},
		{"1x", NRS_E_SYNTAX, 0},
		{"0x1", NRS_E_SYNTAX, 0},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		uint64_t value = 0;

		if (nrs_span_u64(nrs_span_of(rows[i].text), &value) !=
			    rows[i].err ||
		    (rows[i].err == NRS_OK && value != rows[i].value))
			fail_msg("%s", rows[i].text);
	}
}

static void signed_numbers_fit_to_the_last(void **state)
{
	static const struct {
		const char *text;
		int err;
		int64_t value;
	} rows[] = {
		{"-9223372036854775808", NRS_OK, INT64_MIN},
		{"9223372036854775807", NRS_OK, INT64_MAX},
		{"+5", NRS_OK, 5},
		{"-0", NRS_OK, 0},
		{"9223372036854775808", NRS_E_RANGE, 0},
		{"-9223372036854775809", NRS_E_RANGE, 0},
		{"--1", NRS_E_SYNTAX, 0},
		{"-", NRS_E_SYNTAX, 0},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		int64_t value = 0;

		if (nrs_span_i64(nrs_span_of(rows[i].text), &value) !=
			    rows[i].err ||
		    (rows[i].err == NRS_OK && value != rows[i].value))
			fail_msg("%s", rows[i].text);
	}
}

static void utf8_is_what_rfc_3629_says(void **state)
{
	static const struct {
		const char *name, *text;
		size_t len;
	} rows[] = {
		{"ASCII", "a", 1},
		{"two octets", "\xc3\xa9", 2},
		{"three octets", "\xe6\xbc\xa2", 3},
		{"four octets", "\xf0\x9f\x94\xa5", 4},
		{"the last character", "\xf4\x8f\xbf\xbf", 4},
		{"beyond it", "\xf4\x90\x80\x80", 0},
		{"an overlong slash", "\xc0\xaf", 0},
		{"overlong in three", "\xe0\x80\xaf", 0},
		{"a surrogate", "\xed\xa0\x80", 0},
		{"a lone continuation", "\x80", 0},
		{"cut short", "\xe6\xbc", 0},
		{"a wrong continuation", "\xc3(", 0},
		{"five octets", "\xf8\x88\x80\x80\x80", 0},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		if (nrs_span_utf8_len(nrs_span_of(rows[i].text)) != rows[i].len)
			fail_msg("%s", rows[i].name);
	}
	assert_true(nrs_span_is_utf8(nrs_span_of("a\xc3\xa9z")));
	assert_false(nrs_span_is_utf8(nrs_span_of("a\xc3")));
	assert_true(nrs_span_is_utf8(nrs_span(NULL, 0)));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_part_never_reaches_outside),
		cmocka_unit_test(order_is_by_octets_and_the_shorter_first),
		cmocka_unit_test(starts_and_ends_know_short_spans),
		cmocka_unit_test(finding_says_where_or_nowhere),
		cmocka_unit_test(splitting_keeps_empty_fields),
		cmocka_unit_test(trimming_takes_blanks_of_ascii_only),
		cmocka_unit_test(numbers_are_digits_and_fit),
		cmocka_unit_test(signed_numbers_fit_to_the_last),
		cmocka_unit_test(utf8_is_what_rfc_3629_says),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
