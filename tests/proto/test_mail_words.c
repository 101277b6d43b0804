/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_mail_words: encoded words of RFC 2047, its own examples among them.
 */
#include "tests/nrs_test.h"

#include "capture/proto/mail_words.h"

static struct nrs_charsets *charsets;

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
		/* as Python's codecs write them */
		{"=?ISO-2022-JP?B?GyRCQEE1YT1xJE43bxsoQg==?= Re",
		 "\xe8\xab\x8b\xe6\xb1\x82\xe6\x9b\xb8\xe3\x81\xae"
		 "\xe4\xbb\xb6 Re"},
		{"=?Shift_JIS?B?h0CQv4uBj5E=?=",
		 "\xe2\x91\xa0\xe8\xab\x8b\xe6\xb1\x82\xe6\x9b\xb8"},
		{"=?gb2312?B?t6LGsQ==?=", "\xe5\x8f\x91\xe7\xa5\xa8"},
		{"=?big5?B?tW+yvA==?=", "\xe7\x99\xbc\xe7\xa5\xa8"},
		{"=?ks_c_5601-1987?B?vNvA5Q==?=", "\xec\x86\xa1\xec\x9e\xa5"},
		{"=?gb2312?Q?=B7?= x", "\xef\xbf\xbd x"}, /* half of one */
		{"=?iso-2022-cn-ext?B?xeTQ?= x",
		 "=?iso-2022-cn-ext?B?xeTQ?= x"},
		{"=?utf-8?x?abc?=", "=?utf-8?x?abc?="},
		{"=?utf-8?q?no end", "=?utf-8?q?no end"},
		{"a =?utf-8?q?=4?= =", "a =4 ="},
		{"", ""},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		uint8_t out[128];
		const size_t len = nrs_mail_words(nrs_span_of(rows[i].in),
						  charsets, out, sizeof(out));

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
					charsets, out, sizeof(out)),
			 3);
	assert_int_equal(nrs_mail_words(nrs_span_of("abcdef"), charsets, out,
					sizeof(out)),
			 4);
}

static void a_long_word_is_decoded_across_its_pieces(void **state)
{
	/* 69 letters a: 92 digits */
	static const char word[] =
		"=?utf-8?b?YWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFh"
		"YWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFh?=";
	uint8_t out[128];

	(void)state;
	assert_int_equal(
		nrs_mail_words(nrs_span_of(word), charsets, out, sizeof(out)),
		69);
	for (size_t i = 0; i < 69; i++)
		assert_int_equal(out[i], 'a');
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(words_become_text_and_blanks_between_them_go),
		cmocka_unit_test(what_does_not_fit_is_cut_between_characters),
		cmocka_unit_test(a_long_word_is_decoded_across_its_pieces),
	};

	charsets = nrs_charsets_new();
	const int failed = cmocka_run_group_tests(tests, NULL, NULL);

	nrs_charsets_free(charsets);
	return failed;
}
