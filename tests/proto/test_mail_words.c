/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_mail_words: encoded words of RFC 2047, its own examples among them.
 */
#include "tests/nrs_test.h"

#include "capture/proto/mail_words.h"

static void words_become_text_and_blanks_between_them_go(void **state)
{
	static const struct {
		const char *in, *out;
	} rows[] = {
		{"plain text", "plain text"},
		{"=?US-ASCII?Q?Keith_Moore?= <a@b>", "Keith Moore <a@b>"},
		{"=?ISO-8859-1?Q?Andr=E9?= Pirard", "Andr\xc3\xa9 Pirard"},
		{"(=?ISO-8859-1?Q?a?= =?ISO-8859-1?Q?b?=)", "(ab)"},
		{"=?ISO-8859-1?Q?a?=  \t =?ISO-8859-1?Q?b?= c", "ab c"},
		{"=?ISO-8859-1?Q?a?= b", "a b"},
		{"=?ISO-8859-1?B?SWYgeW91IGNhbiByZWFkIHRoaXMgeW8=?=\t"
		 "=?ISO-8859-2?B?dSB1bmRlcnN0YW5kIHRoZSBleGFtcGxlLg==?=",
		 "If you can read this you understand the example."},
		{"=?utf-8*en?b?w6k?=", "\xc3\xa9"},
		/* one character in two words: not allowed, but written */
		{"=?utf-8?q?=C3?= =?utf-8?q?=A9?=", "\xc3\xa9"},
		{"=?windows-1252?Q?=80=93?=", "\xe2\x82\xac\xe2\x80\x9c"},
		{"=?KOI8-R?Q?=F2?=", "\xd0\xa0"},
		{"=?windows-1251?Q?=C0?=", "\xd0\x90"},
		{"=?iso-8859-15?Q?=A4?=", "\xe2\x82\xac"},
		{"=?iso-8859-2?Q?=B1?=", "\xc4\x85"},
		{"=?gb2312?B?xeTQ?= x", "=?gb2312?B?xeTQ?= x"},
		{"=?utf-8?x?abc?=", "=?utf-8?x?abc?="},
		{"=?utf-8?q?no end", "=?utf-8?q?no end"},
		{"a =?utf-8?q?=4?= =", "a =4 ="},
		{"", ""},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		uint8_t out[128];
		const size_t len = nrs_mail_words(nrs_span_of(rows[i].in), out,
						  sizeof(out));

		if (!nrs_span_is(nrs_span(out, len), rows[i].out))
			fail_msg("%s: \"%.*s\"", rows[i].in, (int)len,
				 (const char *)out);
	}
}

static void what_does_not_fit_is_cut_between_characters(void **state)
{
	uint8_t out[4];

	(void)state;
	assert_int_equal(nrs_mail_words(nrs_span_of("=?iso-8859-1?q?abc=E9?="),
					out, sizeof(out)),
			 3);
	assert_int_equal(
		nrs_mail_words(nrs_span_of("abcdef"), out, sizeof(out)), 4);
}

static void a_long_word_is_decoded_across_its_pieces(void **state)
{
	/* 69 letters a: 92 digits */
	static const char word[] =
		"=?utf-8?b?YWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFh"
		"YWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFh?=";
	uint8_t out[128];

	(void)state;
	assert_int_equal(nrs_mail_words(nrs_span_of(word), out, sizeof(out)),
			 69);
	for (size_t i = 0; i < 69; i++)
		assert_int_equal(out[i], 'a');
}

static void a_character_set_goes_by_its_names(void **state)
{
	uint8_t out[8];

	(void)state;
	assert_int_equal(nrs_mail_charset_of(nrs_span_of("UTF-8")),
			 NRS_CHARSET_UTF8);
	assert_int_equal(nrs_mail_charset_of(nrs_span_of("Cp1251")),
			 NRS_CHARSET_WINDOWS_1251);
	assert_int_equal(nrs_mail_charset_of(nrs_span_of("gb18030")),
			 NRS_CHARSET_UNKNOWN);
	/* 0x81 is no character of windows-1252 */
	assert_int_equal(nrs_mail_text(nrs_span("\x81", 1),
				       NRS_CHARSET_WINDOWS_1252, out, 0,
				       sizeof(out)),
			 3);
	assert_memory_equal(out, "\xef\xbf\xbd", 3);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_character_set_goes_by_its_names),
		cmocka_unit_test(words_become_text_and_blanks_between_them_go),
		cmocka_unit_test(what_does_not_fit_is_cut_between_characters),
		cmocka_unit_test(a_long_word_is_decoded_across_its_pieces),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
