/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_csv_record: RFC 4180, section 2, and what real files do besides.
 */
#include "tests/nrs_test.h"

#include "loaders/csv_record.h"

static const struct {
	const char *record, *fields; /* with / between */
	unsigned int count;
} cases[] = {
	{"aaa,bbb,ccc", "aaa/bbb/ccc", 3},
	{"\"aaa\",\"b\r\nbb\",\"ccc\"", "aaa/b\r\nbb/ccc", 3},
	{"\"aaa\",\"b\"\"bb\",\"ccc\"", "aaa/b\"bb/ccc", 3},
	{"\"a,b\",c", "a,b/c", 2},
	{"\"a\", \"b,c\" , d ", "a/b,c/d", 3},
	{"a,,c,", "a//c/", 4},
	{"", "", 1},
	{"\"\"", "", 1},
	{"\"\"\"\"", "\"", 1},
	{"a\"b\",c", "a\"b\"/c", 2},
	{"\"a\"b,c", "ab/c", 2},
	{"\"open,c", "open,c", 1},
};

static void records_are_cut_as_their_quotes_say(void **state)
{
	struct nrs_text room = {0}, joined = {0};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct nrs_span fields[NRS_CSV_FIELDS_MAX];
		const unsigned int count = nrs_csv_cut(
			nrs_span_of(cases[i].record), ',', &room, fields);

		nrs_text_clear(&joined);
		for (unsigned int k = 0; k < count; k++) {
			nrs_text_puts(&joined, k == 0 ? "" : "/");
			nrs_text_add(&joined, fields[k]);
		}
		if (count == cases[i].count &&
		    nrs_span_is(nrs_text_span(&joined), cases[i].fields))
			continue;
		print_error("%s: %u: %.*s\n", cases[i].record, count,
			    (int)joined.len, (const char *)joined.ptr);
		fail();
	}
	nrs_text_fini(&room);
	nrs_text_fini(&joined);
}

static void more_fields_than_there_is_room_for_are_told(void **state)
{
	struct nrs_span fields[NRS_CSV_FIELDS_MAX];
	struct nrs_text room = {0};
	char record[200];

	(void)state;
	memset(record, ',', sizeof(record));
	assert_int_equal(nrs_csv_cut(nrs_span(record, 63), ',', &room, fields),
			 64);
	assert_int_equal(nrs_csv_cut(nrs_span(record, 64), ',', &room, fields),
			 65);
	assert_int_equal(nrs_csv_cut(nrs_span(record, 200), ',', &room, fields),
			 65);
	nrs_text_fini(&room);
}

static void a_quote_is_open_until_another_closes_it(void **state)
{
	(void)state;
	assert_false(nrs_csv_is_open(nrs_span_of("a,\"b\",c"), ',', false));
	assert_true(nrs_csv_is_open(nrs_span_of("a,\"b"), ',', false));
	assert_true(nrs_csv_is_open(nrs_span_of("a,\"b\"\""), ',', false));
	assert_true(nrs_csv_is_open(nrs_span_of("c"), ',', true));
	assert_false(nrs_csv_is_open(nrs_span_of("c\",d"), ',', true));
	assert_false(nrs_csv_is_open(nrs_span_of("5\" disk,d"), ',', false));
}

static void the_delimiter_is_the_one_that_stands_outside_quotes(void **state)
{
	(void)state;
	assert_int_equal(nrs_csv_sniff(nrs_span_of("a;b;c,d")), ';');
	assert_int_equal(nrs_csv_sniff(nrs_span_of("\"a;b;c\",d")), ',');
	assert_int_equal(nrs_csv_sniff(nrs_span_of("a\tb")), '\t');
	assert_int_equal(nrs_csv_sniff(nrs_span_of("a|b|c")), '|');
	assert_int_equal(nrs_csv_sniff(nrs_span_of("a")), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(records_are_cut_as_their_quotes_say),
		cmocka_unit_test(more_fields_than_there_is_room_for_are_told),
		cmocka_unit_test(a_quote_is_open_until_another_closes_it),
		cmocka_unit_test(
			the_delimiter_is_the_one_that_stands_outside_quotes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
