/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_dotted: the dots of SMTP and POP3, whole and cut anywhere.
 */
#include "tests/nrs_test.h"

#include "capture/proto/dotted.h"

static const struct {
	const char *in, *text, *rest;
	bool has_bare_end;
} rows[] = {
	{"a\r\n.\r\nQUIT", "a\r\n", "QUIT", false},
	{".\r\nX", "", "X", false},
	{"..a\r\n...\r\n.\r\n", ".a\r\n..\r\n", "", false},
	{"a.b\r\n.c.\r\n.\r\n", "a.b\r\nc.\r\n", "", false},
	{"a\n.\nX", "a\n", "X", true},
	{"a\r\n.\nX", "a\r\n", "X", true},
	{"a\n.\r\nX", "a\n", "X", true},
	{"a\r\n.\rb\r\n.\r\n", "a\r\n\rb\r\n", "", false},
	{"a\r.\r\n.\r\n", "a\r.\r\n", "", false},
	{"\r\n\r\n.\r\n.", "\r\n\r\n", ".", false},
};

static size_t feed(struct nrs_dotted *dotted, struct nrs_span *bytes, char *out,
		   size_t len)
{
	struct nrs_span text;

	while ((text = nrs_dotted_next(dotted, bytes)).len > 0) {
		memcpy(out + len, text.ptr, text.len);
		len += text.len;
	}
	return len;
}

/* @piece octets at a time. */
static void check(size_t row, size_t piece)
{
	const struct nrs_span in = nrs_span_of(rows[row].in);
	struct nrs_dotted dotted = {0};
	char out[64];
	size_t len = 0, at = 0;

	while (at < in.len && !dotted.is_over) {
		struct nrs_span part = nrs_span_part(in, at, piece);

		at += part.len;
		len = feed(&dotted, &part, out, len);
		at -= part.len;
	}
	if (!dotted.is_over || dotted.has_bare_end != rows[row].has_bare_end ||
	    !nrs_span_is(nrs_span(out, len), rows[row].text) ||
	    !nrs_span_is(nrs_span_from(in, at), rows[row].rest))
		fail_msg("row %zu in pieces of %zu: \"%.*s\"", row, piece,
			 (int)len, out);
}

static void a_line_of_one_dot_ends_the_text_and_others_lose_one(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		for (size_t piece = 1; piece < 6; piece++)
			check(i, piece);
		check(i, 64);
	}
}

static void text_without_its_end_goes_on(void **state)
{
	struct nrs_dotted dotted = {0};
	struct nrs_span bytes = nrs_span_of("a\r\n.\r");
	char out[16];

	(void)state;
	assert_int_equal(feed(&dotted, &bytes, out, 0), 3);
	assert_false(dotted.is_over);
	assert_int_equal(bytes.len, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			a_line_of_one_dot_ends_the_text_and_others_lose_one),
		cmocka_unit_test(text_without_its_end_goes_on),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
