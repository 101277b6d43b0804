/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_pulled: where what was pulled lies, and that nothing pulled yet is no
 * error.
 */
#include "app/pulled.h"

#include "tests/app/workshop.h"

static const char *path_of(const char *name, bool is_feed)
{
	static char paths[2][128];
	static unsigned int turn;
	const struct nrs_hub_settings hub = {.name = name,
					     .is_misp_feed = is_feed};

	turn ^= 1;
	nrs_pulled_path(&hub, "/s", paths[turn], sizeof(paths[turn]));
	return paths[turn];
}

static void each_collection_has_a_place_of_its_own(void **state)
{
	(void)state;
	assert_string_not_equal(path_of("isac-a/alerts", false),
				path_of("isac-a_alerts", false));
	assert_memory_equal(path_of("isac-a/alerts", false),
			    "/s/pulled-isac-a_alerts-", 24);
	assert_memory_equal(path_of("../../etc/x", true),
			    "/s/pulled-.._.._etc_x-", 22);
	assert_non_null(strstr(path_of("a/b", false), ".db"));
	assert_null(strstr(path_of("a/b", true), ".db"));
}

static void nothing_pulled_yet_is_no_error(void **state)
{
	struct nrs_hub_settings hub = {.name = "isac-a/alerts",
				       .url = "https://hub.example/",
				       .collection = "alerts"};
	struct nrs_diag diag = {0};
	struct nrs_set *set = NULL;

	(void)state;
	assert_int_equal(nrs_set_new(&set), NRS_OK);
	for (int i = 0; i < 2; i++) {
		hub.is_misp_feed = i == 1;
		assert_int_equal(nrs_pulled_load(&hub, workshop, set, &diag),
				 NRS_OK);
	}
	assert_int_equal(nrs_set_count(set), 0);
	nrs_set_free(set);
}

static void a_folder_of_files_is_not_a_feed(void **state)
{
	(void)state;
	assert_true(nrs_is_plain_folder(workshop));
	assert_false(nrs_is_plain_folder(workshop_write("file", "")));
	assert_false(nrs_is_plain_folder("/nonexistent"));
	(void)workshop_write("manifest.json", "{}");
	assert_false(nrs_is_plain_folder(workshop));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_collection_has_a_place_of_its_own),
		cmocka_unit_test(nothing_pulled_yet_is_no_error),
		cmocka_unit_test(a_folder_of_files_is_not_a_feed),
	};

	return cmocka_run_group_tests(tests, workshop_open, workshop_close);
}
