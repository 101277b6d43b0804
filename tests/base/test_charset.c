/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_charset: character sets by name, and their text as UTF-8.
 */
#include "tests/nrs_test.h"

#include <malloc.h>

#include "engine/base/charset.h"

static struct nrs_charsets *charsets;

static void a_set_goes_by_its_names_without_case(void **state)
{
	static const struct {
		const char *one, *other;
	} rows[] = {
		{"UTF-8", "us-ascii"},	      {"Cp1251", "windows-1251"},
		{"ISO-8859-1", "latin1"},     {"gb2312", "GBK"},
		{"Shift_JIS", "Windows-31J"}, {"EUC-KR", "ks_c_5601-1987"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		const int found =
			nrs_charset_find(charsets, nrs_span_of(rows[i].one));

		if (found == NRS_CHARSET_UNKNOWN ||
		    found != nrs_charset_find(charsets,
					      nrs_span_of(rows[i].other)))
			fail_msg("%s, %s", rows[i].one, rows[i].other);
	}
}

static void what_is_not_opened_is_unknown(void **state)
{
	static const char *const names[] = {"",
					    "x-unknown",
					    "utf-9",
					    "iso-2022-cn-ext",
					    "iso-2022-jp-3",
					    "//translit"};

	(void)state;
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		assert_int_equal(
			nrs_charset_find(charsets, nrs_span_of(names[i])),
			NRS_CHARSET_UNKNOWN);
	assert_int_equal(nrs_charset_find(NULL, nrs_span_of("koi8-r")),
			 NRS_CHARSET_UNKNOWN);
	assert_int_equal(nrs_charset_find(NULL, nrs_span_of("utf-8")),
			 NRS_CHARSET_UTF8);
}

/* Expected by Python's codecs, and where there is none, by Unicode's tables. */
static void text_becomes_utf8(void **state)
{
	static const struct {
		const char *set, *in, *out;
	} rows[] = {
		{"iso-8859-1", "\xe9", "\xc3\xa9"},
		{"iso-8859-7", "\xd9", "\xce\xa9"},
		{"windows-1252", "\x80\x93", "\xe2\x82\xac\xe2\x80\x9c"},
		/* 0x81 is none of its characters */
		{"windows-1252", "a\x81z", "a\xef\xbf\xbdz"},
		{"windows-1250", "\xb9", "\xc4\x85"},
		{"koi8-u", "\xbd", "\xd2\x90"},
		/* a letter that the next mark could join */
		{"windows-1258", "a", "a"},
		{"euc-jp", "\xc0\xc1", "\xe8\xab\x8b"},
		{"shift_jis", "\x87\x40", "\xe2\x91\xa0"},
		{"iso-2022-jp", "\x1b$BH/Cm\x1b(B!",
		 "\xe7\x99\xba\xe6\xb3\xa8!"},
		/* the first half of a character, and nothing */
		{"shift_jis", "a\x90", "a\xef\xbf\xbd"},
		{"utf-8", "\xc3\xa9\xff", "\xc3\xa9\xff"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		uint8_t out[64];
		const size_t len = nrs_charset_text(
			charsets,
			nrs_charset_find(charsets, nrs_span_of(rows[i].set)),
			nrs_span_of(rows[i].in), out, sizeof(out));

		if (!nrs_span_is(nrs_span(out, len), rows[i].out))
			fail_msg("%s, row %zu: \"%.*s\"", rows[i].set, i,
				 (int)len, (const char *)out);
	}
}

static void a_text_begins_in_the_first_shift_state(void **state)
{
	const int set = nrs_charset_find(charsets, nrs_span_of("iso-2022-jp"));
	uint8_t out[16];

	(void)state;
	/* It never shifts back. */
	assert_int_equal(nrs_charset_text(charsets, set,
					  nrs_span_of("\x1b$BH/"), out,
					  sizeof(out)),
			 3);
	assert_int_equal(nrs_charset_text(charsets, set, nrs_span_of("H/"), out,
					  sizeof(out)),
			 2);
	assert_memory_equal(out, "H/", 2);
}

static void what_does_not_fit_is_cut_between_characters(void **state)
{
	const int set = nrs_charset_find(charsets, nrs_span_of("euc-jp"));
	uint8_t out[4];

	(void)state;
	assert_int_equal(nrs_charset_text(charsets, set,
					  nrs_span_of("\xc0\xc1\xc0\xc1"), out,
					  sizeof(out)),
			 3);
	assert_memory_equal(out, "\xe8\xab\x8b", 3);
	assert_int_equal(
		nrs_charset_text(charsets, set, nrs_span_of("\xff"), out, 2),
		0);
}

static void converting_takes_nothing_from_the_heap(void **state)
{
	uint8_t octets[256], out[2048];
	struct mallinfo2 before, after;

	(void)state;
	for (size_t i = 0; i < sizeof(octets); i++)
		octets[i] = (uint8_t)(i * 7);
	before = mallinfo2();
	for (int set = 0; set < 32; set++)
		(void)nrs_charset_text(charsets, set,
				       nrs_span(octets, sizeof(octets)), out,
				       sizeof(out));
	after = mallinfo2();
	assert_int_equal(after.uordblks, before.uordblks);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_set_goes_by_its_names_without_case),
		cmocka_unit_test(what_is_not_opened_is_unknown),
		cmocka_unit_test(text_becomes_utf8),
		cmocka_unit_test(a_text_begins_in_the_first_shift_state),
		cmocka_unit_test(what_does_not_fit_is_cut_between_characters),
		cmocka_unit_test(converting_takes_nothing_from_the_heap),
	};

	charsets = nrs_charsets_new();
	const int failed = cmocka_run_group_tests(tests, NULL, NULL);

	nrs_charsets_free(charsets);
	return failed;
}
