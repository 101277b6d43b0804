/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_cmd_hours: arguments, exit statuses, and what is shown.
 */
#include <sys/stat.h>

#include "app/command.h"
#include "tests/app/spoken.h"
#include "tests/app/workshop.h"

#define LINE(hour, owner, rest)                                                \
	"{\"hour\":\"2026-03-01T" hour ":00:00Z\"," owner                      \
	",\"part\":1,\"first\":\"2026-03-01T" hour ":00:01Z\","                \
	"\"last\":\"2026-03-01T" hour ":10:00Z\"" rest "}\n"

static char counted[WORKSHOP_PATH], folder[WORKSHOP_PATH], bad[WORKSHOP_PATH];

static int setup(void **state)
{
	if (workshop_open(state) != 0)
		return -1;
	(void)snprintf(folder, sizeof(folder), "%s", workshop_path("logs"));
	assert_int_equal(mkdir(folder, 0700), 0);
	(void)snprintf(
		counted, sizeof(counted), "%s",
		workshop_write(
			"logs/hours-20260301T12-0001.jsonl",
			LINE("13", "\"tenant\":\"finance\"",
			     ",\"flows\":{\"out\":2},\"bytes\":{\"out\":1500}")
				LINE("12", "\"tenant\":\"finance\"",
				     ",\"flows\":{\"out\":7}")
					LINE("12", "\"network\":\"transit\"",
					     ",\"flows\":{\"transit\":9}")
						LINE("12",
						     "\"tenant\":\"finance\"",
						     ",\"flows\":{\"out\":70}"
						     ",\"sensor\":\"x\"")));
	/* not counters, and not looked at in a folder */
	(void)workshop_write("logs/flows-20260301T12-0001.jsonl", "{}\n");
	(void)snprintf(
		bad, sizeof(bad), "%s",
		workshop_write("bad.jsonl",
			       "{\"start\":1}\n" LINE(
				       "12", "\"tenant\":\"\\u001b[2Ja\"",
				       ",\"flows\":{\"in\":4}")));
	return 0;
}

static void the_command_line_is_checked(void **state)
{
	const struct spoken_row rows[] = {
		{"nothing", {"hours"}, 2, NULL, "which logs?"},
		{"no time",
		 {"hours", "--from", "x", counted},
		 2,
		 NULL,
		 "--from x"},
		{"no time", {"hours", "--to", "x", counted}, 2, NULL, "--to x"},
		{"no such option", {"hours", "--x", counted}, 2, NULL, "--x"},
		{"help", {"hours", "--help"}, 0, "usage: noroshi hours", NULL},
		{"no such file",
		 {"hours", "/nowhere/x"},
		 1,
		 NULL,
		 "/nowhere/x"},
		{"pieces are summed",
		 {"hours", folder},
		 0,
		 "2026-03-01 12  finance                    77        0",
		 NULL},
		{"transit",
		 {"hours", counted},
		 0,
		 "2026-03-01 12  transit                     0        0        "
		 "9",
		 NULL},
		{"in the order of hours",
		 {"hours", "--from", "2026-03-01T13:00:00Z", counted},
		 0,
		 "HITS\n2026-03-01 13  finance                     2        0  "
		 "      0    1.5k",
		 NULL},
		{"until",
		 {"hours", "--to", "2026-03-01T12:30:00Z", "--json", counted},
		 0,
		 "{\"hour\":\"2026-03-01T12:00:00Z\",\"tenant\":\"finance\","
		 "\"part\":1,\"first\":\"2026-03-01T12:00:01.000000Z\","
		 "\"last\":\"2026-03-01T12:10:00.000000Z\","
		 "\"flows\":{\"out\":77}}\n"
		 "{\"hour\":\"2026-03-01T12:00:00Z\",\"network\":\"transit\"",
		 NULL},
		{"an hour in which nothing was counted",
		 {"hours", "--from", "2027-01-01T00:00:00Z", counted},
		 0,
		 "",
		 "nothing was counted there"},
		{"what is not there has no place in it",
		 {"hours", "/nowhere"},
		 1,
		 "",
		 "noroshi: /nowhere: No such file or directory\n"},
		{"what is no counter is told, the rest is shown",
		 {"hours", bad},
		 1,
		 "        4",
		 "1 lines are no counters"},
	};

	(void)state;
	spoken_check(nrs_cmd_hours, rows, sizeof(rows) / sizeof(*rows));
}

static void names_do_nothing_to_a_terminal(void **state)
{
	const char *const words[] = {"hours", bad, NULL};

	(void)state;
	assert_int_equal(spoken_run(nrs_cmd_hours, words), 1);
	assert_non_null(strstr(SPOKEN_OUT, "2Ja"));
	assert_null(strchr(SPOKEN_OUT, '\033'));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_command_line_is_checked),
		cmocka_unit_test(names_do_nothing_to_a_terminal),
	};

	return cmocka_run_group_tests(tests, setup, workshop_close);
}
