/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_given: options of the settings' table beside a command's own.
 */
#include "app/given.h"
#include "tests/nrs_test.h"

static int take_own(void *ctx, int option, const char *value)
{
	bool *all = ctx;

	assert_int_equal(option, 'a');
	assert_null(value);
	*all = true;
	return NRS_OK;
}

/* What becomes of @words. */
static int take(struct nrs_given *given, int count, char **words, bool *all)
{
	static const struct option options[] = {
		{"help", no_argument, NULL, 'h'},
		{"all", no_argument, NULL, 'a'},
		{NULL, 0, NULL, 0}};
	const struct nrs_given_own own = {options, "help\n", take_own, all};

	*all = false;
	optind = 0;
	opterr = 0;
	return nrs_given_read(given, &own, count, words);
}

static void settings_and_own_options_go_together(void **state)
{
	char *words[] = {(char[]){"x"},		(char[]){"--state"},
			 (char[]){"/var/s"},	(char[]){"--all"},
			 (char[]){"--workers"}, (char[]){"3"},
			 (char[]){"ID"},	NULL};
	struct nrs_config *config = NULL;
	struct nrs_given given;
	bool all;

	(void)state;
	assert_int_equal(take(&given, 7, words, &all), NRS_OK);
	assert_true(all);
	assert_null(given.file);
	assert_int_equal(given.count, 2);
	assert_int_equal(nrs_given_load(&config, &given), NRS_OK);
	assert_string_equal(config->state.dir, "/var/s");
	assert_int_equal(config->workers, 3);
	nrs_config_free(config);
}

static void what_is_no_option_is_refused(void **state)
{
	char *words[] = {(char[]){"x"}, (char[]){"--no-such"}, NULL};
	struct nrs_given given;
	bool all;

	(void)state;
	assert_int_equal(take(&given, 2, words, &all), NRS_E_USAGE);
}

static void after_help_nothing_is_taken(void **state)
{
	char *words[] = {(char[]){"x"}, (char[]){"--help"}, (char[]){"--all"},
			 NULL};
	struct nrs_given given;
	bool all;

	(void)state;
	assert_int_equal(take(&given, 3, words, &all), NRS_E_NOTFOUND);
	assert_false(all);
}

static void a_file_that_is_not_there_is_an_error(void **state)
{
	char *words[] = {(char[]){"x"}, (char[]){"-c"},
			 (char[]){"/nonexistent/noroshi.yaml"}, NULL};
	struct nrs_config *config = NULL;
	struct nrs_given given;
	bool all;

	(void)state;
	assert_int_equal(take(&given, 3, words, &all), NRS_OK);
	assert_string_equal(given.file, "/nonexistent/noroshi.yaml");
	assert_int_equal(nrs_given_load(&config, &given), NRS_E_IO);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(settings_and_own_options_go_together),
		cmocka_unit_test(what_is_no_option_is_refused),
		cmocka_unit_test(after_help_nothing_is_taken),
		cmocka_unit_test(a_file_that_is_not_there_is_an_error),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
