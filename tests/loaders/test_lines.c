/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_lines: the lines of a file do not depend on how its bytes come; one
 * that never ends costs no memory.
 */
#include "loaders/lines.h"

#include "tests/nrs_test.h"

struct got {
	char text[512]; /* "number:line" or "number!line" (cut), a bar behind */
	size_t len;
	size_t longest;
	int refuse_at; /* number of the line that stops it */
};

static int on_line(void *ctx, struct nrs_span line, uint64_t number,
		   bool is_cut)
{
	struct got *got = ctx;
	const int shown = line.len > 16 ? 16 : (int)line.len;

	got->longest = line.len > got->longest ? line.len : got->longest;
	got->len += (size_t)snprintf(
		got->text + got->len, sizeof(got->text) - got->len,
		"%llu%c%.*s|", (unsigned long long)number, is_cut ? '!' : ':',
		shown, (const char *)line.ptr);
	assert_true(got->len < sizeof(got->text));
	return (int)number == got->refuse_at ? NRS_E_LIMIT : NRS_OK;
}

static int read_lines(struct got *got, struct nrs_span text, size_t step)
{
	struct nrs_lines lines = {.fn = on_line, .ctx = got};
	int err = NRS_OK;

	for (size_t at = 0; at < text.len && err == NRS_OK; at += step)
		err = nrs_lines_push(&lines, nrs_span_part(text, at, step));
	if (err == NRS_OK)
		err = nrs_lines_end(&lines);
	nrs_lines_fini(&lines);
	return err;
}

static const struct {
	const char *text, *lines;
} rows[] = {
	{"", ""},
	{"a", "1:a|"},
	{"a\n", "1:a|"},
	{"a\nb", "1:a|2:b|"},
	{"a\n\nb\n", "1:a|2:|3:b|"},
	{"\n", "1:|"},
	{"a\r\nb\r\n", "1:a\r|2:b\r|"},
	/* a byte order mark is no part of the first line */
	{"\xef\xbb\xbf"
	 "a\nb",
	 "1:a|2:b|"},
	{"a\n\xef\xbb\xbf"
	 "b",
	 "1:a|2:\xef\xbb\xbf"
	 "b|"},
};

static void however_the_bytes_come(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		const struct nrs_span text = nrs_span_of(rows[i].text);

		for (size_t step = 1; step <= text.len + 1; step++) {
			struct got got = {0};

			assert_int_equal(read_lines(&got, text, step), NRS_OK);
			if (strcmp(got.text, rows[i].lines) != 0)
				fail_msg("row %zu, step %zu: %s", i, step,
					 got.text);
		}
	}
}

static void a_line_without_end_is_cut_and_the_next_is_whole(void **state)
{
	const size_t len = 5 * NRS_LINE_MAX;
	char *text = malloc(len + 8);

	(void)state;
	assert_non_null(text);
	memset(text, 'x', len);
	memcpy(text + len, "\nnext\n", 6);
	for (size_t step = 1000; step <= len + 6; step = step * 3) {
		struct got got = {0};

		assert_int_equal(
			read_lines(&got, nrs_span(text, len + 6), step),
			NRS_OK);
		assert_int_equal(strncmp(got.text, "1!xxx", 5), 0);
		assert_non_null(strstr(got.text, "|2:next|"));
		assert_in_range(got.longest, NRS_LINE_MAX, 2 * NRS_LINE_MAX);
	}
	free(text);
}

static void who_takes_the_lines_may_stop_it(void **state)
{
	struct got got = {.refuse_at = 2};

	(void)state;
	assert_int_equal(read_lines(&got, nrs_span_of("a\nb\nc\n"), 6),
			 NRS_E_LIMIT);
	assert_string_equal(got.text, "1:a|2:b|");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(however_the_bytes_come),
		cmocka_unit_test(
			a_line_without_end_is_cut_and_the_next_is_whole),
		cmocka_unit_test(who_takes_the_lines_may_stop_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
