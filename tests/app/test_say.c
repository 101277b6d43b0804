/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_say: lines for people, with nobody else's control characters in them;
 * in a long run with levels, and repeats counted.
 */
#include "app/say.h"

#include "engine/base/err.h"
#include "tests/app/spoken.h"

static void a_command_just_says_it_in_a_clean_line(void **state)
{
	(void)state;
	spoken_begin();
	nrs_say("%s: %d", "evil\x1b[2J\nname", 7);
	nrs_complain("trouble");
	spoken_end();
	assert_string_equal(SPOKEN_ERR, "noroshi: evil?[2J?name: 7\n"
					"noroshi: trouble\n");
	assert_string_equal(SPOKEN_OUT, "");
}

static void a_line_that_is_too_long_is_cut_and_ends(void **state)
{
	char text[3 * NRS_LOG_LINE_MAX];

	(void)state;
	memset(text, 'x', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	spoken_begin();
	nrs_say("%s", text);
	spoken_end();
	assert_in_range(strlen(SPOKEN_ERR), 100, NRS_LOG_LINE_MAX + 16);
	assert_int_equal(SPOKEN_ERR[strlen(SPOKEN_ERR) - 1], '\n');
}

static unsigned int lines_with(const char *word)
{
	unsigned int count = 0;

	for (const char *at = SPOKEN_ERR; (at = strstr(at, word)) != NULL; at++)
		count++;
	return count;
}

static void a_long_run_keeps_its_level_and_counts_repeats(void **state)
{
	(void)state;
	spoken_begin();
	assert_int_equal(nrs_say_begin(NRS_LOG_WARNING), NRS_OK);
	nrs_say("only news");
	for (int i = 0; i < 3; i++)
		nrs_complain("the hub is gone");
	nrs_complain("another thing");
	nrs_say_tick(); /* not a minute old: nothing yet */
	spoken_end();
	assert_int_equal(lines_with("only news"), 0);
	assert_int_equal(lines_with("the hub is gone"), 1);
	assert_int_equal(lines_with("another thing"), 1);
	spoken_begin();
	nrs_say_end();
	spoken_end();
	/* two of three were not written */
	assert_int_equal(lines_with("2 times more: the hub is gone"), 1);
	assert_int_equal(lines_with("another thing"), 0);
}

static void errors_are_told_at_every_level(void **state)
{
	(void)state;
	spoken_begin();
	assert_int_equal(nrs_say_begin(NRS_LOG_ERROR), NRS_OK);
	nrs_complain("a warning");
	nrs_fail("not started: %s", "no rights");
	nrs_say_end();
	spoken_end();
	assert_int_equal(lines_with("a warning"), 0);
	assert_int_equal(lines_with("error: not started: no rights"), 1);
}

static void after_its_end_there_is_no_log_any_more(void **state)
{
	(void)state;
	spoken_begin();
	assert_int_equal(nrs_say_begin(NRS_LOG_ERROR), NRS_OK);
	nrs_say_end();
	nrs_say_end();
	nrs_say_tick();
	nrs_say("plain again");
	spoken_end();
	assert_string_equal(SPOKEN_ERR, "noroshi: plain again\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_command_just_says_it_in_a_clean_line),
		cmocka_unit_test(a_line_that_is_too_long_is_cut_and_ends),
		cmocka_unit_test(a_long_run_keeps_its_level_and_counts_repeats),
		cmocka_unit_test(errors_are_told_at_every_level),
		cmocka_unit_test(after_its_end_there_is_no_log_any_more),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
