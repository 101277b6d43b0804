/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_mail_parameter: parameters of RFC 2045 and RFC 2231, its examples too.
 */
#include "tests/nrs_test.h"

#include "capture/proto/mail_parameter.h"

static struct nrs_charsets *charsets;

static void a_parameter_is_found_and_decoded(void **state)
{
	static const struct {
		const char *value, *name, *out;
	} rows[] = {
		{"text/plain; charset=us-ascii (Plain)", "charset",
		 "us-ascii (Plain)"},
		{"multipart/mixed; boundary=\"a;b=c\"", "boundary", "a;b=c"},
		{"attachment; FileName = \"a \\\"b\\\".txt\"", "filename",
		 "a \"b\".txt"},
		{"attachment; filename=a b.txt; size=1", "filename", "a b.txt"},
		{"message/external-body; access-type=URL; "
		 "URL*0=\"ftp://\"; URL*1=\"cs.example/pub/a.tar.Z\"",
		 "url", "ftp://cs.example/pub/a.tar.Z"},
		{"application/x-stuff; "
		 "title*=us-ascii'en-us'This%20is%20%2A%2A%2Afun%2A%2A%2A",
		 "title", "This is ***fun***"},
		{"application/x-stuff; "
		 "title*1*=%2A%2A%2Afun%2A%2A%2A%20; "
		 "title*0*=us-ascii'en'This%20is%20even%20more%20; "
		 "title*2=\"isn't it!\"",
		 "title", "This is even more ***fun*** isn't it!"},
		{"attachment; filename=\"a.txt\"; filename*=utf-8''%e2%82%ac",
		 "filename", "\xe2\x82\xac"},
		{"attachment; filename*=iso-8859-1'de'%E4.exe", "filename",
		 "\xc3\xa4.exe"},
		{"attachment; filename=\"=?utf-8?q?=C3=A4?=.exe\"", "filename",
		 "\xc3\xa4.exe"},
		/* one character in two pieces, as Python's codec writes it */
		{"attachment; filename*0*=shift_jis'ja'%90; "
		 "filename*1*=%BF.exe",
		 "filename", "\xe8\xab\x8b.exe"},
		{"attachment; filename=one; filename=two", "filename", "one"},
		{"attachment; filename=\"never ends", "filename", "never ends"},
		{"attachment; filename=100%", "filename", "100%"},
		{"attachment", "filename", ""},
		{"attachment;;filename", "filename", ""},
		{"", "filename", ""},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		uint8_t out[128];
		const size_t len = nrs_mail_parameter(
			nrs_span_of(rows[i].value), rows[i].name, charsets, out,
			sizeof(out));

		if (!nrs_span_is(nrs_span(out, len), rows[i].out))
			fail_msg("%s: \"%.*s\"", rows[i].value, (int)len,
				 (const char *)out);
	}
}

static void the_main_value_stands_before_them(void **state)
{
	(void)state;
	assert_true(nrs_span_is(
		nrs_mail_main_value(nrs_span_of(" text/HTML ; charset=x")),
		"text/HTML"));
	assert_true(nrs_span_is(
		nrs_mail_main_value(nrs_span_of("text/plain (a comment)")),
		"text/plain"));
}

static void a_value_is_cut_to_its_room(void **state)
{
	uint8_t out[4];

	(void)state;
	assert_int_equal(nrs_mail_parameter(nrs_span_of("a; name=abcdefgh"),
					    "name", charsets, out, sizeof(out)),
			 4);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_parameter_is_found_and_decoded),
		cmocka_unit_test(the_main_value_stands_before_them),
		cmocka_unit_test(a_value_is_cut_to_its_room),
	};

	charsets = nrs_charsets_new();
	const int failed = cmocka_run_group_tests(tests, NULL, NULL);

	nrs_charsets_free(charsets);
	return failed;
}
