/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_log: forms, levels, and repeats that are counted.
 */
#include "app/log.h"
#include "engine/base/text.h"
#include "tests/nrs_test.h"

#define SECOND INT64_C(1000000000)
#define NOON (INT64_C(1772366400) * SECOND) /* 2026-03-01T12:00:00Z */

static void keep(void *ctx, const char *line, unsigned int len)
{
	nrs_text_add(ctx, nrs_span(line, len));
}

static void is_now(struct nrs_text *text, const char *wanted)
{
	nrs_text_putc(text, '\0');
	assert_string_equal((const char *)text->ptr, wanted);
	nrs_text_clear(text);
}

static void each_form_has_its_head(void **state)
{
	struct nrs_text text = {0};
	struct nrs_log log = {
		.level = NRS_LOG_INFO, .write = keep, .ctx = &text};

	(void)state;
	log.form = NRS_LOG_TIMED;
	nrs_log_line(&log, NOON, NRS_LOG_INFO, "a %d", 1);
	is_now(&text, "2026-03-01T12:00:00Z noroshi: a 1\n");
	nrs_log_line(&log, NOON, NRS_LOG_WARNING, "b");
	is_now(&text, "2026-03-01T12:00:00Z noroshi: warning: b\n");
	log.form = NRS_LOG_PLAIN;
	nrs_log_line(&log, NOON, NRS_LOG_INFO, "c");
	is_now(&text, "noroshi: c\n");
	log.form = NRS_LOG_JOURNAL;
	nrs_log_line(&log, NOON, NRS_LOG_ERROR, "d"); /* LOG_ERR */
	is_now(&text, "<3>d\n");
	nrs_log_line(&log, NOON, NRS_LOG_INFO, "e"); /* LOG_INFO */
	is_now(&text, "<6>e\n");
	nrs_text_fini(&text);
}

static void what_is_above_the_level_is_not_written(void **state)
{
	struct nrs_text text = {0};
	struct nrs_log log = {.level = NRS_LOG_WARNING,
			      .form = NRS_LOG_PLAIN,
			      .write = keep,
			      .ctx = &text};

	(void)state;
	nrs_log_line(&log, NOON, NRS_LOG_NOTICE, "no");
	assert_int_equal(text.len, 0);
	nrs_log_line(&log, NOON, NRS_LOG_ERROR, "yes");
	is_now(&text, "noroshi: yes\n");
	nrs_text_fini(&text);
}

static void a_line_stays_one_line(void **state)
{
	struct nrs_text text = {0};
	struct nrs_log log = {.level = NRS_LOG_INFO,
			      .form = NRS_LOG_JOURNAL,
			      .write = keep,
			      .ctx = &text};
	char flood[3000];

	(void)state;
	nrs_log_line(&log, NOON, NRS_LOG_INFO, "a\n<0>b\x1b[31m");
	is_now(&text, "<6>a?<0>b?[31m\n");
	memset(flood, 'a', sizeof(flood) - 1);
	flood[sizeof(flood) - 1] = '\0';
	nrs_log_line(&log, NOON, NRS_LOG_INFO, "%s", flood);
	assert_int_equal(text.len, 3 + NRS_LOG_LINE_MAX - 1 + 1);
	nrs_text_fini(&text);
}

static void repeats_within_a_minute_are_counted(void **state)
{
	struct nrs_text text = {0};
	struct nrs_log log = {.level = NRS_LOG_INFO,
			      .form = NRS_LOG_PLAIN,
			      .write = keep,
			      .ctx = &text};

	(void)state;
	for (int i = 0; i < 60; i++)
		nrs_log_line(&log, NOON + i * SECOND, NRS_LOG_INFO, "down");
	nrs_log_line(&log, NOON + 59 * SECOND, NRS_LOG_INFO, "other");
	is_now(&text, "noroshi: down\nnoroshi: other\n");
	nrs_log_line(&log, NOON + 60 * SECOND, NRS_LOG_INFO, "down");
	is_now(&text, "noroshi: 59 times more: down\nnoroshi: down\n");
	nrs_log_line(&log, NOON + 61 * SECOND, NRS_LOG_INFO, "down");
	nrs_log_flush(&log, NOON + 62 * SECOND, false);
	assert_int_equal(text.len, 0);
	nrs_log_flush(&log, NOON + 62 * SECOND, true);
	is_now(&text, "noroshi: 1 times more: down\n");
	assert_int_equal(log.suppressed, 60);
	nrs_text_fini(&text);
}

/* A clock that is set back by a day holds nothing back for a day. */
static void a_repeat_is_not_held_back_by_a_clock_that_went_back(void **state)
{
	struct nrs_text text = {0};
	struct nrs_log log = {.level = NRS_LOG_INFO,
			      .form = NRS_LOG_PLAIN,
			      .write = keep,
			      .ctx = &text};

	(void)state;
	nrs_log_line(&log, NOON, NRS_LOG_INFO, "down");
	is_now(&text, "noroshi: down\n");
	nrs_log_line(&log, NOON - 86400 * SECOND, NRS_LOG_INFO, "down");
	is_now(&text, "noroshi: down\n");
	nrs_text_fini(&text);
}

static void many_lines_push_out_the_oldest_with_its_count(void **state)
{
	struct nrs_text text = {0};
	struct nrs_log log = {.level = NRS_LOG_INFO,
			      .form = NRS_LOG_PLAIN,
			      .write = keep,
			      .ctx = &text};

	(void)state;
	nrs_log_line(&log, NOON, NRS_LOG_INFO, "first");
	nrs_log_line(&log, NOON, NRS_LOG_INFO, "first");
	for (int i = 1; i <= NRS_LOG_SEEN; i++)
		nrs_log_line(&log, NOON + i, NRS_LOG_INFO, "line %d", i);
	assert_true(nrs_span_find_text(nrs_text_span(&text),
				       "noroshi: 1 times more: first\n") !=
		    SIZE_MAX);
	nrs_text_fini(&text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_form_has_its_head),
		cmocka_unit_test(what_is_above_the_level_is_not_written),
		cmocka_unit_test(a_line_stays_one_line),
		cmocka_unit_test(repeats_within_a_minute_are_counted),
		cmocka_unit_test(
			a_repeat_is_not_held_back_by_a_clock_that_went_back),
		cmocka_unit_test(many_lines_push_out_the_oldest_with_its_count),
	};

	return cmocka_run_group_tests_name("log", tests, NULL, NULL);
}
