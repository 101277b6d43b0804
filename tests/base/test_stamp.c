/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Points in time: RFC 3339 in UTC, to the nanosecond, both ways.
 */
#include "tests/nrs_test.h"

#include "engine/base/err.h"
#include "engine/base/stamp.h"

static void strict_texts_give_their_instant_or_their_error(void **state)
{
	static const struct {
		const char *text;
		int err;
		int64_t ns; /* by `date -u +%s -d TEXT` */
	} cases[] = {
		{"1970-01-01T00:00:00Z", NRS_OK, 0},
		{"2026-03-01T12:00:00.104233Z", NRS_OK, 1772366400104233000},
		{"2000-02-29T23:59:59.999999999Z", NRS_OK, 951868799999999999},
		{"1969-12-31T23:59:59Z", NRS_OK, -1000000000},
		{"2024-02-30T00:00:00Z", NRS_E_DATE, 0},
		{"2023-02-29T00:00:00Z", NRS_E_DATE, 0},
		{"3000-01-01T00:00:00Z", NRS_E_RANGE, 0},
		{"2026-03-01T12:00:00", NRS_E_SYNTAX, 0},
		{"2026-03-01t12:00:00z", NRS_E_SYNTAX, 0},
		{"2026-03-01 12:00:00Z", NRS_E_SYNTAX, 0},
		{"2026-13-01T12:00:00Z", NRS_E_SYNTAX, 0},
		{"2026-03-01T24:00:00Z", NRS_E_SYNTAX, 0},
		{"2026-03-01T12:00:00.Z", NRS_E_SYNTAX, 0},
		{"2026-03-01T12:00:00+00:00", NRS_E_SYNTAX, 0},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		int64_t ns = 0;

		print_message("%s\n", cases[i].text);
		assert_int_equal(
			nrs_stamp_parse(nrs_span_of(cases[i].text), &ns),
			cases[i].err);
		assert_int_equal(ns, cases[i].ns);
	}
}

static void people_may_write_offsets_dates_and_unix_seconds(void **state)
{
	static const struct {
		const char *text;
		int64_t ns;
	} cases[] = {
		{"2026-03-01", 1772323200000000000},
		{"2026-03-01 12:00:00", 1772366400000000000},
		{"2026-03-01T21:00:00+09:00", 1772366400000000000},
		{"@1772366400.5", 1772366400500000000},
		{"@-1.5", -1500000000},
		{"@-0.25", -250000000},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		int64_t ns = 0;

		print_message("%s\n", cases[i].text);
		assert_int_equal(
			nrs_stamp_parse_human(nrs_span_of(cases[i].text), &ns),
			NRS_OK);
		assert_int_equal(ns, cases[i].ns);
	}
}

/* Whole years only: what is read must be writable and readable again. */
static void an_offset_does_not_lead_out_of_the_range(void **state)
{
	static const struct {
		const char *text;
		int err;
	} cases[] = {
		{"2261-12-31 20:00:01-12:00", NRS_E_RANGE},
		{"2261-12-31 20:00:01+12:00", NRS_OK},
		{"1678-01-01T00:00:00+00:01", NRS_E_RANGE},
		{"1678-01-01T00:00:00Z", NRS_OK},
		{"2261-12-31T23:59:60Z", NRS_E_RANGE}, /* the next minute */
		{"@9214646399", NRS_OK}, /* date -u -d 2262-01-01 +%s, less 1 */
		{"@9214646400", NRS_E_RANGE},
	};
	int64_t ns;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		print_message("%s\n", cases[i].text);
		assert_int_equal(
			nrs_stamp_parse_human(nrs_span_of(cases[i].text), &ns),
			cases[i].err);
	}
}

static void fractions_are_cut_and_never_rounded_up(void **state)
{
	char text[NRS_STAMP_LEN];

	(void)state;
	nrs_stamp_format(1772366400999999999, 3, text);
	assert_string_equal(text, "2026-03-01T12:00:00.999Z");
	nrs_stamp_format(-1, 9, text);
	assert_string_equal(text, "1969-12-31T23:59:59.999999999Z");
	nrs_stamp_format(951868799000000000, 0, text);
	assert_string_equal(text, "2000-02-29T23:59:59Z");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			strict_texts_give_their_instant_or_their_error),
		cmocka_unit_test(
			people_may_write_offsets_dates_and_unix_seconds),
		cmocka_unit_test(an_offset_does_not_lead_out_of_the_range),
		cmocka_unit_test(fractions_are_cut_and_never_rounded_up),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
