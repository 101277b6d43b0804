/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_own_key: made once and kept; an audience's is that of its sightings.
 */
#include <sys/stat.h>

#include "app/own_key.h"
#include "sightings/spool.h"
#include "tests/app/workshop.h"

static void a_key_is_made_once_and_is_not_an_audiences(void **state)
{
	struct nrs_config config = {.out.logs.own_host = NRS_LOGS_TOKEN};
	uint8_t key[NRS_OWN_KEY_LEN], again[NRS_OWN_KEY_LEN],
		theirs[NRS_OWN_KEY_LEN];
	char folder[WORKSHOP_PATH];
	struct nrs_diag diag = {0};

	(void)state;
	(void)snprintf(folder, sizeof(folder), "%s", workshop_path("state"));
	config.state.dir = folder;
	assert_int_equal(nrs_own_key(key, &config, &diag), NRS_OK);
	assert_int_equal(nrs_own_key(again, &config, &diag), NRS_OK);
	assert_memory_equal(key, again, sizeof(key));
	config.out.logs.token_of = "isac-a";
	assert_int_equal(nrs_own_key(theirs, &config, &diag), NRS_OK);
	assert_memory_not_equal(key, theirs, sizeof(key));

	/* what the spool gives whoever writes that audience's sightings */
	const struct nrs_spool_limits limits = {0};
	struct nrs_store *store = NULL;
	struct nrs_spool *spool = NULL;
	const char *path = workshop_path("state/spool.db");
	assert_int_equal(nrs_store_open(&store, path, &nrs_spool_schema,
					NRS_STORE_SYNC_POWER, &diag),
			 NRS_OK);
	assert_int_equal(nrs_spool_new(&spool, store, &limits, &diag), NRS_OK);
	assert_int_equal(
		nrs_spool_key(spool, nrs_span_of("isac-a"), again, &diag),
		NRS_OK);
	assert_memory_equal(theirs, again, sizeof(theirs));
	nrs_spool_free(spool);
	nrs_store_close(store);
}

static void without_a_place_for_it_there_is_none(void **state)
{
	struct nrs_config config = {0};
	uint8_t key[NRS_OWN_KEY_LEN];
	struct nrs_diag diag = {0};

	(void)state;
	assert_false(nrs_own_key_wanted(&config));
	config.out.logs.own_host = NRS_LOGS_TOKEN;
	assert_true(nrs_own_key_wanted(&config));
	assert_int_equal(nrs_own_key(key, &config, &diag), NRS_E_USAGE);
	assert_non_null(strstr(diag.text, "state.dir"));
	config.state.dir = "/dev/null/x";
	assert_int_equal(nrs_own_key(key, &config, &diag), NRS_E_IO);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_key_is_made_once_and_is_not_an_audiences),
		cmocka_unit_test(without_a_place_for_it_there_is_none),
	};

	return cmocka_run_group_tests(tests, workshop_open, workshop_close);
}
