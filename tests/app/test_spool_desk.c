/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_spool_desk: the spool of a sensor's settings, or a word why not.
 */
#include "app/spool_desk.h"

#include "app/command.h"
#include "tests/app/made_spool.h"
#include "tests/app/spoken.h"

static int opened(const char *dir, struct nrs_spool_desk *desk)
{
	static const struct option none[] = {{NULL, 0, NULL, 0}};
	struct nrs_given given;

	nrs_given_init(&given, none);
	given.rows[given.count++] =
		(struct nrs_config_given){.option = "state", .value = dir};
	spoken_begin();
	const int status = nrs_spool_desk_open(desk, &given);
	spoken_end();
	return status;
}

static void a_spool_is_opened_and_never_made(void **state)
{
	const char *other = workshop_path("other");
	struct nrs_spool_desk desk;

	(void)state;
	assert_int_equal(opened(made_spool_dir(), &desk), NRS_EXIT_OK);
	assert_non_null(desk.store);
	nrs_spool_desk_close(&desk);
	assert_int_equal(opened(other, &desk), NRS_EXIT_PARTLY);
	assert_non_null(strstr(SPOKEN_ERR, "no spool there"));
	nrs_spool_desk_close(&desk);
	assert_int_equal(access(other, F_OK), -1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test_setup_teardown(
		a_spool_is_opened_and_never_made, made_spool, workshop_close)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
