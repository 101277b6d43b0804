/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_cmd_selftest: the command without a sensor: its words, and that nobody
 * is there to be asked.
 */
#include "app/command.h"
#include "tests/app/spoken.h"
#include "tests/app/workshop.h"

static void without_a_sensor_it_says_so(void **state)
{
	const char *gone = workshop_path("no-socket");
	const struct spoken_row rows[] = {
		{"help", {"selftest", "--help"}, 0, "--wire", NULL},
		{"nobody",
		 {"selftest", "--socket", gone},
		 2,
		 NULL,
		 "no sensor runs here"},
		{"a word too many", {"selftest", "x"}, 2, NULL, "usage:"},
		{"no such option", {"selftest", "--wires"}, 2, NULL, "wires"},
	};

	(void)state;
	spoken_check(nrs_cmd_selftest, rows, sizeof(rows) / sizeof(*rows));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(without_a_sensor_it_says_so),
	};

	return cmocka_run_group_tests(tests, workshop_open, workshop_close);
}
