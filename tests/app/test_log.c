/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_log: forms, levels, and repeats that are counted.
 */
#include "app/log.h"
#include "engine/base/text.h"
#include "tests/nrs_test.h"

#define SECOND INT64_C(1000000000)
#define NOON (INT64_C(1772366400) * SECOND) /* 2026-03-01T12:00:00Z */

static struct nrs_text text; /* what was written */
static struct nrs_log logged;

static void keep(void *ctx, const char *line, unsigned int len)
{
	(void)ctx;
	nrs_text_add(&text, nrs_span(line, len));
}

static int setup(void **state)
{
	(void)state;
	logged = (struct nrs_log){
		.level = NRS_LOG_INFO, .form = NRS_LOG_PLAIN, .write = keep};
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	nrs_text_fini(&text);
	return 0;
}

static void is_now(const char *wanted)
{
	nrs_text_putc(&text, '\0');
	assert_string_equal((const char *)text.ptr, wanted);
	nrs_text_clear(&text);
}

static void each_form_has_its_head(void **state)
{
	static const struct {
		const char *name;
		enum nrs_log_form form;
		enum nrs_log_level level;
		const char *line;
	} cases[] = {
		{"with its time", NRS_LOG_TIMED, NRS_LOG_INFO,
		 "2026-03-01T12:00:00Z noroshi: a 0\n"},
		{"with its time and level", NRS_LOG_TIMED, NRS_LOG_WARNING,
		 "2026-03-01T12:00:00Z noroshi: warning: a 1\n"},
		{"plain", NRS_LOG_PLAIN, NRS_LOG_INFO, "noroshi: a 2\n"},
		{"LOG_ERR", NRS_LOG_JOURNAL, NRS_LOG_ERROR, "<3>a 3\n"},
		{"LOG_INFO", NRS_LOG_JOURNAL, NRS_LOG_INFO, "<6>a 4\n"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		print_message("%s\n", cases[i].name);
		logged.form = cases[i].form;
		nrs_log_line(&logged, NOON, cases[i].level, "a %d", (int)i);
		is_now(cases[i].line);
	}
}

static void what_is_above_the_level_is_not_written(void **state)
{
	(void)state;
	logged.level = NRS_LOG_WARNING;
	nrs_log_line(&logged, NOON, NRS_LOG_NOTICE, "no");
	assert_int_equal(text.len, 0);
	nrs_log_line(&logged, NOON, NRS_LOG_ERROR, "yes");
	is_now("noroshi: yes\n");
}

static void a_line_stays_one_line(void **state)
{
	char flood[3000];

	(void)state;
	logged.form = NRS_LOG_JOURNAL;
	nrs_log_line(&logged, NOON, NRS_LOG_INFO, "a\n<0>b\x1b[31m");
	is_now("<6>a?<0>b?[31m\n");
	memset(flood, 'a', sizeof(flood) - 1);
	flood[sizeof(flood) - 1] = '\0';
	nrs_log_line(&logged, NOON, NRS_LOG_INFO, "%s", flood);
	assert_int_equal(text.len, 3 + NRS_LOG_LINE_MAX - 1 + 1);
}

static void repeats_within_a_minute_are_counted(void **state)
{
	(void)state;
	for (int i = 0; i < 60; i++)
		nrs_log_line(&logged, NOON + i * SECOND, NRS_LOG_INFO, "down");
	nrs_log_line(&logged, NOON + 59 * SECOND, NRS_LOG_INFO, "other");
	is_now("noroshi: down\nnoroshi: other\n");
	nrs_log_line(&logged, NOON + 60 * SECOND, NRS_LOG_INFO, "down");
	is_now("noroshi: 59 times more: down\nnoroshi: down\n");
	nrs_log_line(&logged, NOON + 61 * SECOND, NRS_LOG_INFO, "down");
	nrs_log_flush(&logged, NOON + 62 * SECOND, false);
	assert_int_equal(text.len, 0);
	nrs_log_flush(&logged, NOON + 62 * SECOND, true);
	is_now("noroshi: 1 times more: down\n");
	assert_int_equal(logged.suppressed, 60);
}

/* A clock that is set back by a day holds nothing back for a day. */
static void a_repeat_is_not_held_back_by_a_clock_that_went_back(void **state)
{
	(void)state;
	nrs_log_line(&logged, NOON, NRS_LOG_INFO, "down");
	is_now("noroshi: down\n");
	nrs_log_line(&logged, NOON - 86400 * SECOND, NRS_LOG_INFO, "down");
	is_now("noroshi: down\n");
}

static void many_lines_push_out_the_oldest_with_its_count(void **state)
{
	(void)state;
	nrs_log_line(&logged, NOON, NRS_LOG_INFO, "first");
	nrs_log_line(&logged, NOON, NRS_LOG_INFO, "first");
	for (int i = 1; i <= NRS_LOG_SEEN; i++)
		nrs_log_line(&logged, NOON + i, NRS_LOG_INFO, "line %d", i);
	assert_true(nrs_span_find_text(nrs_text_span(&text),
				       "noroshi: 1 times more: first\n") !=
		    SIZE_MAX);
}

#define NRS_T(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		NRS_T(each_form_has_its_head),
		NRS_T(what_is_above_the_level_is_not_written),
		NRS_T(a_line_stays_one_line),
		NRS_T(repeats_within_a_minute_are_counted),
		NRS_T(a_repeat_is_not_held_back_by_a_clock_that_went_back),
		NRS_T(many_lines_push_out_the_oldest_with_its_count),
	};

	return cmocka_run_group_tests_name("log", tests, NULL, NULL);
}
