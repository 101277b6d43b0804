/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_as_table: whose an address is by a table (as_made.h), and tables that
 * are none.
 */
#include "tests/nrs_test.h"

#include "logs/as_table.h"
#include "tests/logs/as_made.h"

static char path[64];

static int setup(void **state)
{
	(void)state;
	snprintf(path, sizeof(path), "/tmp/nrs-as-XXXXXX");
	as_made_file(path);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	return unlink(path);
}

static struct nrs_as find(const struct nrs_as_table *table, const char *text)
{
	struct nrs_addr addr;

	assert_int_equal(nrs_addr_parse(nrs_span_of(text), &addr), NRS_OK);
	return nrs_as_table_find(table, &addr);
}

static void an_address_has_the_number_of_its_network(void **state)
{
	struct nrs_as_table *table = NULL;
	struct nrs_diag diag = {0};

	(void)state;
	if (nrs_as_table_open(&table, path, &diag) != NRS_OK)
		fail_msg("%s", diag.text);
	const struct nrs_as as = find(table, "203.0.113.200");
	assert_int_equal(as.number, 64500);
	assert_true(nrs_span_is(as.name, "Example Net"));
	assert_int_equal(find(table, "203.0.112.255").number, 0);
	assert_int_equal(find(table, "203.0.114.0").number, 0);
	assert_int_equal(find(table, "2001:db8::1").number, 0);
	assert_int_equal(find(NULL, "203.0.113.1").number, 0);
	nrs_as_table_close(table);
	nrs_as_table_close(NULL);
}

static void what_is_no_table_is_refused(void **state)
{
	struct nrs_as_table *table = NULL;
	struct nrs_diag diag = {0};

	(void)state;
	assert_int_equal(nrs_as_table_open(&table, "/nowhere.mmdb", &diag),
			 NRS_E_IO);
	assert_int_equal(nrs_as_table_open(&table, "/proc/self/exe", &diag),
			 NRS_E_FORMAT);
	assert_non_null(strstr(diag.text, "/proc/self/exe"));
	assert_null(table);
}

static void a_table_that_was_cut_anywhere_does_no_harm(void **state)
{
	struct nrs_text bytes = {0};
	struct nrs_diag diag = {0};

	(void)state;
	as_made(&bytes);
	for (size_t len = bytes.len - 1; len > 0; len--) {
		struct nrs_as_table *table = NULL;

		assert_int_equal(truncate(path, (off_t)len), 0);
		if (nrs_as_table_open(&table, path, &diag) == NRS_OK)
			(void)find(table, "203.0.113.200");
		nrs_as_table_close(table);
	}
	nrs_text_fini(&bytes);
}

int main(void)
{
#define CASE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		CASE(an_address_has_the_number_of_its_network),
		CASE(what_is_no_table_is_refused),
		CASE(a_table_that_was_cut_anywhere_does_no_harm),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
