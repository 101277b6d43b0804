/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_look_table: what was added is in it, once, and nothing else, however
 * much of it begins alike.
 */
#include "app/look_table.h"

#include "tests/nrs_test.h"

#define COUNT 20000u

/* Of three shapes: small ones, equal low bits, equal high bits. */
static uint64_t number(uint64_t i)
{
	return i % 3 == 0 ? i + 1 : i % 3 == 1 ? (i + 1) << 40 : ~i;
}

static void what_was_added_is_there_once(void **state)
{
	struct nrs_look_table table = {0};
	uint64_t sum = 0, wanted = 0, one;
	size_t at = 0;

	(void)state;
	assert_false(nrs_look_table_has(&table, 1));
	assert_int_equal(nrs_look_table_next(&table, &at), 0);
	for (unsigned int twice = 0; twice < 2; twice++) {
		for (uint64_t i = 0; i < COUNT; i++)
			assert_int_equal(nrs_look_table_add(&table, number(i)),
					 NRS_OK);
	}
	assert_int_equal(table.count, COUNT);
	for (uint64_t i = 0; i < COUNT; i++) {
		assert_true(nrs_look_table_has(&table, number(i)));
		assert_false(nrs_look_table_has(&table, number(i + COUNT)));
		wanted += number(i);
	}
	while ((one = nrs_look_table_next(&table, &at)) != 0)
		sum += one;
	assert_true(sum == wanted);
	nrs_look_table_fini(&table);
	assert_false(nrs_look_table_has(&table, 1));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_was_added_is_there_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
