/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_cmd_run: the command line of `noroshi run`, as far as no packet is
 * needed, and which exit status a wrong setting has.
 */
#include "app/command.h"
#include "app/config_schema.h"
#include "tests/app/spoken.h"
#include "tests/app/workshop.h"

static char list[WORKSHOP_PATH];

static int setup(void **state)
{
	if (workshop_open(state) != 0)
		return -1;
	(void)snprintf(list, sizeof(list), "%s",
		       workshop_write("list", "192.0.2.1\n"));
	return 0;
}

static void wrong_usage_is_two(void **state)
{
	const char *bad = workshop_write("bad.yaml", "workers: 99\n");
	const char *odd = workshop_write("odd.yaml", "wrokers: 1\n");
	const struct spoken_row rows[] = {
		{"no such option", {"run", "--x"}, 2, NULL, "--x"},
		{"an argument that is no option",
		 {"run", "eth0"},
		 2,
		 NULL,
		 "'eth0': run takes options only"},
		{"an option without its value",
		 {"run", "--interface"},
		 2,
		 NULL,
		 "--interface"},
		{"a value out of range",
		 {"run", "--workers", "99"},
		 2,
		 NULL,
		 "--workers"},
		{"the same in a file, with its line",
		 {"run", "-c", bad},
		 2,
		 NULL,
		 "bad.yaml:1: workers"},
		{"a key that is none", {"run", "-c", odd}, 2, NULL, "wrokers"},
		{"a level that is none",
		 {"run", "--log", "loud", "--check"},
		 2,
		 NULL,
		 "--log"},
	};

	(void)state;
	spoken_check(nrs_cmd_run, rows, sizeof(rows) / sizeof(*rows));
}

static void a_machine_that_is_not_so_is_one(void **state)
{
	const char *gone = workshop_path("gone.json");
	const struct spoken_row rows[] = {
		{"no such interface",
		 {"run", "--check", "--interface", "nrs-none0", "--indicators",
		  list},
		 1,
		 NULL,
		 "nrs-none0"},
		{"no such file",
		 {"run", "--check", "--interface", "lo", "--indicators", gone},
		 1,
		 NULL,
		 gone},
		{"nothing to match it with",
		 {"run", "--check", "--interface", "lo"},
		 1,
		 NULL,
		 "noroshi: "},
	};

	(void)state;
	spoken_check(nrs_cmd_run, rows, sizeof(rows) / sizeof(*rows));
}

static void what_is_asked_for_is_shown(void **state)
{
	const struct spoken_row rows[] = {
		{"help", {"run", "--help"}, 0, "example: noroshi run", NULL},
		{"short", {"run", "-h"}, 0, "usage: noroshi run", NULL},
		{"defaults",
		 {"run", "--print-defaults"},
		 0,
		 "# noroshi.yaml",
		 NULL},
	};

	(void)state;
	spoken_check(nrs_cmd_run, rows, sizeof(rows) / sizeof(*rows));
}

static void more_options_than_there_is_room_for_are_refused(void **state)
{
	static char word[] = "--subdomains";
	static char *argv[300];
	const int argc = 299;

	(void)state;
	for (int i = 1; i < argc; i++)
		argv[i] = word;
	argv[0] = word + 2;
	optind = 0;
	spoken_begin();
	const int status = nrs_cmd_run(argc, argv);
	spoken_end();
	assert_int_equal(status, 2);
	assert_non_null(strstr(SPOKEN_ERR, "more than 256 options"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(wrong_usage_is_two),
		cmocka_unit_test(a_machine_that_is_not_so_is_one),
		cmocka_unit_test(what_is_asked_for_is_shown),
		cmocka_unit_test(
			more_options_than_there_is_room_for_are_refused),
	};

	return cmocka_run_group_tests(tests, setup, workshop_close);
}
