/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_cmd_release: noroshi release and noroshi refuse: who may decide what,
 * and the exit status that says whether it was done.
 */
#include "app/command.h"
#include "tests/app/made_spool.h"
#include "tests/app/spoken.h"

static void release_needs_an_audience_that_is_known(void **state)
{
	const struct spoken_row rows[] = {
		{"no settings",
		 {"release", "--state", made_spool_dir(), "sighting--1"},
		 1,
		 NULL,
		 "sighting--1: 1 stay held: the configuration knows no "
		 "audience report"},
		{"the sensor's options",
		 {"release", MADE_SPOOL_OPTIONS, "sighting--1"},
		 0,
		 "sighting--1: 1 released",
		 NULL},
		{"not twice",
		 {"release", MADE_SPOOL_OPTIONS, "sighting--1"},
		 1,
		 NULL,
		 "nothing of it is held"},
		{"all of an audience",
		 {"release", MADE_SPOOL_OPTIONS, "--all", "report"},
		 0,
		 "report: 1 released",
		 NULL},
	};

	(void)state;
	spoken_check(nrs_cmd_release, rows, sizeof(rows) / sizeof(*rows));
}

static void refuse_needs_none(void **state)
{
	const struct spoken_row rows[] = {
		{"one",
		 {"refuse", "--state", made_spool_dir(), "sighting--2"},
		 0,
		 "sighting--2: 1 refused",
		 NULL},
		{"one of two",
		 {"refuse", "--state", made_spool_dir(), "sighting--1",
		  "sighting--2"},
		 1,
		 "sighting--1: 1 refused",
		 "sighting--2: nothing of it is held"},
	};

	(void)state;
	spoken_check(nrs_cmd_refuse, rows, sizeof(rows) / sizeof(*rows));
}

static void what_is_to_be_decided_must_be_said_one_way(void **state)
{
	const struct spoken_row rows[] = {
		{"nothing", {"release"}, 2, NULL, "usage: noroshi release"},
		{"both",
		 {"release", "--all", "report", "sighting--1"},
		 2,
		 NULL,
		 "usage: noroshi release"},
		{"help", {"release", "--help"}, 0, "usage:", NULL},
	};

	(void)state;
	spoken_check(nrs_cmd_release, rows, sizeof(rows) / sizeof(*rows));
}

#define WITH_SPOOL(test)                                                       \
	cmocka_unit_test_setup_teardown(test, made_spool, workshop_close)

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_SPOOL(release_needs_an_audience_that_is_known),
		WITH_SPOOL(refuse_needs_none),
		cmocka_unit_test(what_is_to_be_decided_must_be_said_one_way),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
