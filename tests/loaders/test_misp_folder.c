/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_misp_folder: events in order, each once; files that are of another
 * version are not there; what is not wanted goes, and nothing else.
 */
#include "loaders/misp_folder.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "tests/app/workshop.h"

#define A "11111111-1111-4111-8111-111111111111"
#define B "22222222-2222-4222-8222-222222222222"

static void add(struct nrs_misp_events *events, const char *uuid, int64_t at)
{
	assert_int_equal(nrs_misp_events_add(events, nrs_span_of(uuid), at),
			 NRS_OK);
}

static void put(const char *name, int64_t at)
{
	const struct timespec times[2] = {{.tv_sec = at}, {.tv_sec = at}};

	assert_int_equal(
		utimensat(AT_FDCWD, workshop_write(name, "{}"), times, 0), 0);
}

static void events_are_sorted_and_each_is_there_once(void **state)
{
	struct nrs_misp_events events = {0};

	(void)state;
	nrs_misp_events_sort(&events);
	add(&events, B, 1);
	add(&events, A, 2);
	add(&events, B, 1);
	nrs_misp_events_sort(&events);
	assert_int_equal(events.count, 2);
	assert_string_equal(events.items[0].uuid, A);
	assert_string_equal(events.items[1].uuid, B);
	free(events.items);
}

static void a_file_of_another_version_is_not_there(void **state)
{
	struct nrs_misp_events events = {0};
	uint64_t bytes = 0;

	(void)state;
	add(&events, A, 1700000000);
	assert_false(nrs_misp_folder_has(workshop, events.items, &bytes));
	put(A ".json", 1600000000);
	assert_false(nrs_misp_folder_has(workshop, events.items, &bytes));
	put(A ".json", 1700000000);
	assert_true(nrs_misp_folder_has(workshop, events.items, &bytes));
	assert_int_equal(bytes, 2);
	free(events.items);
}

static void what_is_not_wanted_goes_and_nothing_else(void **state)
{
	struct nrs_misp_events events = {0};
	uint64_t bytes = 0;

	(void)state;
	put(A ".json", 1);
	put(B ".json", 1);
	put("notes.json", 1);
	add(&events, A, 1);
	nrs_misp_events_sort(&events);
	assert_true(nrs_misp_folder_has(workshop, events.items, &bytes));
	assert_true(nrs_misp_folder_write(workshop, &events));
	assert_int_equal(nrs_misp_folder_withdraw(workshop, &events), 1);
	assert_string_equal(workshop_read("manifest.json"),
			    "{\n\"" A "\":{\"timestamp\":\"1\"}\n}\n");
	assert_string_equal(workshop_read("notes.json"), "{}");
	assert_false(nrs_misp_folder_write("/nonexistent", &events));
	free(events.items);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(events_are_sorted_and_each_is_there_once),
		cmocka_unit_test(a_file_of_another_version_is_not_there),
		cmocka_unit_test(what_is_not_wanted_goes_and_nothing_else),
	};

	return cmocka_run_group_tests(tests, workshop_open, workshop_close);
}
