/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_refang: what people write so that nobody clicks on it, and back
 * (specification, section 8.6).
 */
#include "tests/nrs_test.h"

#include "engine/refang.h"

static void defanged_text_becomes_whole(void **state)
{
	static const struct {
		const char *in, *want;
	} rows[] = {
		{"hxxp://c2[.]example[.]com/a", "http://c2.example.com/a"},
		{"hXXps://c2.example", "https://c2.example"},
		{"c2(.)example", "c2.example"},
		{"c2[dot]example", "c2.example"},
		{"c2(dot)example", "c2.example"},
		{"192[.]0[.]2[.]1", "192.0.2.1"},
		{"user[at]mail.example", "user@mail.example"},
		{"user[@]mail.example", "user@mail.example"},
		{"http[:]//a.example", "http://a.example"},
		{"http[://]a.example", "http://a.example"},
		{"2001[:]db8[:][:]1", "2001:db8::1"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		uint8_t out[128];
		bool changed = false;
		const size_t len =
			nrs_refang(nrs_span_of(rows[i].in), out, &changed);

		if (!nrs_span_is(nrs_span(out, len), rows[i].want) || !changed)
			fail_msg("%s: %.*s", rows[i].in, (int)len,
				 (const char *)out);
	}
}

static void whole_text_stays(void **state)
{
	static const char *const rows[] = {
		"http://a.example/x[1].txt", "a.example", "192.0.2.1",
		"[2001:db8::1]:443",	     "meow:80",	  ""};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		uint8_t out[128];
		bool changed = true;
		const size_t len =
			nrs_refang(nrs_span_of(rows[i]), out, &changed);

		if (!nrs_span_is(nrs_span(out, len), rows[i]) || changed)
			fail_msg("%s: %.*s", rows[i], (int)len,
				 (const char *)out);
	}
}

static void what_is_shown_cannot_be_clicked_and_comes_back(void **state)
{
	static const char *const rows[] = {
		"http://c2.example/a.b?c=d.e", "https://192.0.2.7:8080/x",
		"c2.example", "192.0.2.1", "ftp://files.example/a"};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct nrs_text text = {0};
		uint8_t out[128];
		bool changed = false;

		nrs_defang(&text, nrs_span_of(rows[i]));
		const struct nrs_span shown = nrs_text_span(&text);
		assert_int_equal(nrs_span_find_text(shown, "http"), SIZE_MAX);
		assert_int_not_equal(nrs_span_find_text(shown, "[.]"),
				     SIZE_MAX);
		const size_t len = nrs_refang(shown, out, &changed);
		if (!nrs_span_is(nrs_span(out, len), rows[i]))
			fail_msg("%s: %.*s", rows[i], (int)shown.len,
				 (const char *)shown.ptr);
		nrs_text_fini(&text);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(defanged_text_becomes_whole),
		cmocka_unit_test(whole_text_stays),
		cmocka_unit_test(
			what_is_shown_cannot_be_clicked_and_comes_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
