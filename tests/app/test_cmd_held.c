/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_cmd_held: noroshi held and noroshi released over a spool with two
 * sightings.
 */
#include "app/command.h"
#include "tests/app/made_spool.h"
#include "tests/app/spoken.h"

static void held_shows_what_waits(void **state)
{
	const char *dir = made_spool_dir();
	const struct spoken_row rows[] = {
		{"all", {"held", "--state", dir}, 0, "2 held", NULL},
		{"which indicator, how often",
		 {"held", "--state", dir},
		 0,
		 "indicator--1, 3 times",
		 NULL},
		{"one, to the octet",
		 {"held", "--state", dir, "sighting--2"},
		 0,
		 "leaves: [{\"type\":\"sighting\",\"id\":\"sighting--2\"",
		 NULL},
		{"one that is not",
		 {"held", "--state", dir, "sighting--3"},
		 1,
		 NULL,
		 "sighting--3 is not held"},
		{"for programs",
		 {"held", "--state", dir, "--json"},
		 0,
		 "{\"id\":\"sighting--1\",\"to\":\"report\",\"class\":"
		 "\"report\"",
		 NULL},
		{"no spool",
		 {"held", "--state", "/nonexistent"},
		 1,
		 NULL,
		 "no spool there"},
		{"no such option", {"held", "--al"}, 2, NULL, "--al"},
	};

	(void)state;
	spoken_check(nrs_cmd_held, rows, sizeof(rows) / sizeof(*rows));
}

static void released_shows_the_log(void **state)
{
	const struct spoken_row before[] = {
		{"nothing yet",
		 {"released", "--state", made_spool_dir()},
		 0,
		 NULL,
		 NULL},
		{"takes no ids",
		 {"released", "sighting--1"},
		 2,
		 NULL,
		 "takes options only"}};
	const struct spoken_row refuse[] = {
		{"refuse",
		 {"refuse", "--state", made_spool_dir(), "--by", "kana",
		  "sighting--1"},
		 0,
		 "sighting--1: 1 refused",
		 NULL}};
	const struct spoken_row after[] = {
		{"for people",
		 {"released", "--state", made_spool_dir()},
		 0,
		 "refused  to report  by kana  sighting--1",
		 NULL},
		{"the rule",
		 {"released", "--state", made_spool_dir()},
		 0,
		 "rule 1: a person refused it",
		 NULL},
		{"as it stands",
		 {"released", "--state", made_spool_dir(), "--json"},
		 0,
		 "{\"n\":1,\"time\":",
		 NULL}};

	(void)state;
	spoken_check(nrs_cmd_released, before, 2);
	spoken_check(nrs_cmd_refuse, refuse, 1);
	spoken_check(nrs_cmd_released, after, 3);
}

/* A line that somebody changed does not fit the one behind it. */
static void a_changed_log_is_told(void **state)
{
	const struct spoken_row refuse[] = {
		{"refuse",
		 {"refuse", "--state", made_spool_dir(), "--all", "report"},
		 0,
		 "report: 2 refused",
		 NULL}};
	const struct spoken_row changed[] = {
		{"changed",
		 {"released", "--state", made_spool_dir()},
		 1,
		 "refused",
		 "line 2 does not follow"}};
	struct nrs_store *store = NULL;

	(void)state;
	spoken_check(nrs_cmd_refuse, refuse, 1);
	assert_int_equal(nrs_store_open(&store, workshop_path("spool.db"),
					&nrs_spool_schema, NRS_STORE_SYNC_CRASH,
					NULL),
			 NRS_OK);
	assert_int_equal(nrs_store_run(store,
				       "UPDATE release SET line = replace("
				       "line, 'refused', 'released')"
				       " WHERE n = 1",
				       NULL),
			 NRS_OK);
	nrs_store_close(store);
	spoken_check(nrs_cmd_released, changed, 1);
}

#define WITH_SPOOL(test)                                                       \
	cmocka_unit_test_setup_teardown(test, made_spool, workshop_close)

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_SPOOL(held_shows_what_waits),
		WITH_SPOOL(released_shows_the_log),
		WITH_SPOOL(a_changed_log_is_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
