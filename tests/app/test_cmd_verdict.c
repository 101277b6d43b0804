/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_cmd_verdict: noroshi verdict: the line that other sensors load, and the
 * exit status that says whether it was done.
 */
#include "app/command.h"
#include "app/site.h"
#include "tests/app/made_spool.h"
#include "tests/app/spoken.h"

#define ID "indicator--8e2e2d2b-17d4-4cbf-938f-98ee46b3cd3f"

static void a_verdict_is_a_line_for_all_sensors(void **state)
{
	const struct spoken_row rows[] = {
		{"false",
		 {"verdict", "--state", made_spool_dir(), "--by", "kana",
		  "--why", "our scanner", ID, "false"},
		 0,
		 ID ": false, in ",
		 NULL},
		{"for some hosts, for a time",
		 {"verdict", "--state", made_spool_dir(), "--own",
		  "10.1.0.0/16", "--for", "12h", ID, "false"},
		 0,
		 ID ": false, in ",
		 NULL},
		{"true",
		 {"verdict", "--state", made_spool_dir(), ID, "true"},
		 0,
		 ID ": true, in ",
		 NULL},
		{"nothing that is known",
		 {"verdict", "--state", made_spool_dir(), "sighting--9",
		  "false"},
		 1,
		 NULL,
		 "neither a sighting of this sensor nor an indicator"},
	};

	(void)state;
	spoken_check(nrs_cmd_verdict, rows, sizeof(rows) / sizeof(*rows));
	const char *text = workshop_read(NRS_SITE_VERDICTS);
	const char *second = strchr(text, '\n');
	assert_non_null(second);
	assert_memory_equal(text, "{\"indicator\":\"" ID "\",\"until\":\"",
			    sizeof("{\"indicator\":\"" ID "\",\"until\":\"") -
				    1);
	assert_non_null(strstr(text, "\"verdict\":\"false\",\"by\":\"kana\""));
	assert_non_null(strstr(text, "\"why\":\"our scanner\"}\n"));
	assert_non_null(strstr(second, "\"own\":\"10.1.0.0/16\",\"until\":"));
	assert_non_null(strstr(second, "\"verdict\":\"true\""));
}

static void held_sightings_stay_here(void **state)
{
	const struct spoken_row rows[] = {
		{"one",
		 {"verdict", MADE_SPOOL_OPTIONS, "sighting--1", "false"},
		 0,
		 "sighting--1: 1 that were held stay here",
		 NULL},
		{"it is not there any more",
		 {"release", MADE_SPOOL_OPTIONS, "sighting--1"},
		 1,
		 NULL,
		 "nothing of it is held"},
	};

	(void)state;
	spoken_check(nrs_cmd_verdict, rows, 1);
	spoken_check(nrs_cmd_release, rows + 1, 1);
}

static void what_is_wrong_with_the_command_line_is_said(void **state)
{
	const struct spoken_row rows[] = {
		{"nothing", {"verdict"}, 2, NULL, "usage: noroshi verdict"},
		{"no verdict", {"verdict", ID}, 2, NULL, "usage:"},
		{"another word",
		 {"verdict", ID, "maybe"},
		 2,
		 NULL,
		 "'maybe' is neither false nor true"},
		{"no network",
		 {"verdict", "--own", "x", ID, "false"},
		 2,
		 NULL,
		 "--own x: no address or CIDR"},
		{"no length",
		 {"verdict", "--for", "soon", ID, "false"},
		 2,
		 NULL,
		 "--for soon: no length of time"},
		{"help", {"verdict", "--help"}, 0, "usage:", NULL},
	};

	(void)state;
	spoken_check(nrs_cmd_verdict, rows, sizeof(rows) / sizeof(*rows));
}

#define WITH_SPOOL(test)                                                       \
	cmocka_unit_test_setup_teardown(test, made_spool, workshop_close)

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_SPOOL(a_verdict_is_a_line_for_all_sensors),
		WITH_SPOOL(held_sightings_stay_here),
		cmocka_unit_test(what_is_wrong_with_the_command_line_is_said),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
