/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_multipart: parts of forms come out the same however they are cut; what
 * is almost a delimiter is data (RFC 2046 section 5.1.1).
 */
#include "capture/proto/multipart.h"

#include "engine/base/text.h"
#include "tests/nrs_test.h"

/* What happens as text: "<head>", data, "|" at an end. */
static void all(const char *boundary, struct nrs_span body, size_t step,
		struct nrs_text *seen)
{
	static struct nrs_multipart m;
	struct nrs_span out;

	assert_int_equal(nrs_multipart_begin(&m, nrs_span_of(boundary)),
			 NRS_OK);
	for (size_t at = 0; at < body.len; at += step) {
		struct nrs_span in = nrs_span_part(body, at, step);
		enum nrs_multipart_event event;

		while ((event = nrs_multipart_next(&m, &in, &out)) !=
		       NRS_MULTIPART_MORE) {
			if (event == NRS_MULTIPART_PART)
				nrs_text_puts(seen, "<");
			if (event == NRS_MULTIPART_END)
				nrs_text_puts(seen, "|");
			else
				nrs_text_add(seen, out);
			if (event == NRS_MULTIPART_PART)
				nrs_text_puts(seen, ">");
		}
	}
}

static const struct {
	const char *name, *boundary, *body, *seen;
} cases[] = {
	{"two parts", "xx",
	 "--xx\r\nA: 1\r\n\r\none\r\n--xx\r\nB: 2\r\n\r\ntwo\r\n--xx--\r\n",
	 "<A: 1\n>one|<B: 2\n>two|"},
	{"a preamble and an epilogue are no data", "xx",
	 "hello\r\n--xx\r\n\r\none\r\n--xx--\r\n--xx\r\nbye", "<>one|"},
	{"an empty part", "xx", "--xx\r\nA: 1\r\n\r\n\r\n--xx--", "<A: 1\n>|"},
	{"a part without even the line's end", "xx", "--xx\r\n\r\n--xx--",
	 "<>|"},
	{"blanks behind a delimiter", "xx", "--xx \t\r\n\r\none\r\n--xx--",
	 "<>one|"},
	{"almost a delimiter is data", "xx",
	 "--xx\r\n\r\na\r\n--x\r\n--y\r\r\n\r\n-\r\n--xx--",
	 "<>a\r\n--x\r\n--y\r\r\n\r\n-|"},
	{"two CR before the delimiter", "xx", "--xx\r\n\r\na\r\r\n--xx--",
	 "<>a\r|"},
	{"a part that is cut", "xx", "--xx\r\n\r\nab", "<>ab"},
	{"bare LF in a head", "xx", "--xx\nA: 1\n\none\r\n--xx--",
	 "<A: 1\n>one|"},
	{"LF alone before delimiters", "xx",
	 "--xx\nA: 1\n\none\n--xx\nB: 2\n\ntwo\n\n--xx--\n",
	 "<A: 1\n>one|<B: 2\n>two\n|"},
	{"almost a delimiter behind LF is data", "xx",
	 "--xx\r\n\r\na\n--x\n--y\n\r\n\n-\r\r\n\n--xx--",
	 "<>a\n--x\n--y\n\r\n\n-\r\r\n|"},
	{"no delimiter at all", "xx", "nothing of the kind", ""},
};

static void parts_come_out_however_they_are_cut(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		const struct nrs_span body = nrs_span_of(cases[i].body);

		for (size_t step = 1; step <= body.len; step++) {
			struct nrs_text seen = {0};

			all(cases[i].boundary, body, step, &seen);
			if (!nrs_span_is(nrs_text_span(&seen), cases[i].seen))
				fail_msg("%s by %zu: %.*s", cases[i].name, step,
					 (int)seen.len, (const char *)seen.ptr);
			nrs_text_fini(&seen);
		}
	}
}

static void a_head_too_long_is_cut_and_ends_where_it_ends(void **state)
{
	struct nrs_text body = {0}, seen = {0};

	(void)state;
	nrs_text_puts(&body, "--xx\r\nA: ");
	for (size_t i = 0; i < 2 * NRS_PART_HEAD_MAX; i++)
		nrs_text_putc(&body, i % 100 == 99 ? '\n' : 'a');
	nrs_text_puts(&body, "\r\n\r\none\r\n--xx--");
	all("xx", nrs_text_span(&body), 50, &seen);
	assert_true(nrs_span_ends(nrs_text_span(&seen), ">one|"));
	assert_true(seen.len < NRS_PART_HEAD_MAX + 10);
	nrs_text_fini(&body);
	nrs_text_fini(&seen);
}

static void a_boundary_has_its_limits(void **state)
{
	static struct nrs_multipart m;
	char text[NRS_BOUNDARY_MAX + 2];

	(void)state;
	memset(text, 'b', sizeof(text));
	assert_int_equal(nrs_multipart_begin(&m, nrs_span(text, 0)),
			 NRS_E_FORMAT);
	assert_int_equal(
		nrs_multipart_begin(&m, nrs_span(text, NRS_BOUNDARY_MAX)),
		NRS_OK);
	assert_int_equal(
		nrs_multipart_begin(&m, nrs_span(text, NRS_BOUNDARY_MAX + 1)),
		NRS_E_FORMAT);
	assert_int_equal(nrs_multipart_begin(&m, nrs_span_of("a\rb")),
			 NRS_E_FORMAT);
	assert_int_equal(nrs_multipart_begin(&m, nrs_span_of("a\nb")),
			 NRS_E_FORMAT);
}

static void headers_of_a_part_are_found(void **state)
{
	const struct nrs_span head =
		nrs_span_of("A: 1\nContent-Disposition: form-data;\n"
			    " name=\"x\"\nB:2\n");

	(void)state;
	assert_true(
		nrs_span_is(nrs_multipart_header(head, "content-disposition"),
			    "form-data;\n name=\"x\""));
	assert_true(nrs_span_is(nrs_multipart_header(head, "b"), "2"));
	assert_int_equal(nrs_multipart_header(head, "c").len, 0);
	assert_int_equal(nrs_multipart_header(nrs_span(NULL, 0), "c").len, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(parts_come_out_however_they_are_cut),
		cmocka_unit_test(a_head_too_long_is_cut_and_ends_where_it_ends),
		cmocka_unit_test(a_boundary_has_its_limits),
		cmocka_unit_test(headers_of_a_part_are_found),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
