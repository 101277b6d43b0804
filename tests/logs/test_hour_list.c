/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_hour_list: each hour and owner once, in order, however many lines come.
 */
#include "tests/nrs_test.h"

#include "logs/hour_list.h"

static int add(struct nrs_hour_list *list, int64_t hour, const char *name)
{
	struct nrs_hour_row row = {.hour = hour,
				   .owner = NRS_HOUR_NETWORK,
				   .first_ns = hour,
				   .last_ns = hour};

	(void)snprintf(row.name, sizeof(row.name), "%s", name);
	row.count[NRS_HOUR_FLOWS_IN] = 1;
	return nrs_hour_list_add(list, &row);
}

static void an_hour_and_owner_is_one_row_in_order(void **state)
{
	struct nrs_hour_list list = {0};

	(void)state;
	for (unsigned int round = 0; round < 3; round++) {
		assert_int_equal(add(&list, 9, "b"), NRS_OK);
		assert_int_equal(add(&list, -4, "a"), NRS_OK);
		assert_int_equal(add(&list, 9, "a"), NRS_OK);
	}
	nrs_hour_list_settle(&list);
	assert_int_equal(list.count, 3);
	assert_int_equal(list.rows[0].hour, -4);
	assert_string_equal(list.rows[1].name, "a");
	assert_string_equal(list.rows[2].name, "b");
	for (size_t i = 0; i < 3; i++)
		assert_int_equal(list.rows[i].count[NRS_HOUR_FLOWS_IN], 3);
	nrs_hour_list_fini(&list);
	nrs_hour_list_settle(&list);
	assert_int_equal(list.count, 0);
}

/* More lines than rows that it makes room for, and more rows than at first. */
static void pieces_cost_no_room_and_rows_do(void **state)
{
	struct nrs_hour_list list = {0};

	(void)state;
	for (unsigned int i = 0; i < 10000; i++)
		assert_int_equal(add(&list, i % 100, "a"), NRS_OK);
	assert_true(list.cap < 1000);
	for (unsigned int i = 0; i < 3000; i++)
		assert_int_equal(add(&list, i, "b"), NRS_OK);
	nrs_hour_list_settle(&list);
	assert_int_equal(list.count, 3100);
	assert_int_equal(list.rows[0].count[NRS_HOUR_FLOWS_IN], 100);
	assert_int_equal(list.rows[3099].count[NRS_HOUR_FLOWS_IN], 1);
	nrs_hour_list_fini(&list);
}

static void too_many_rows_are_refused(void **state)
{
	struct nrs_hour_list list = {0};
	int err = NRS_OK;

	(void)state;
	for (int64_t i = 0; i < 2 * (int64_t)NRS_HOUR_LIST_MAX && err == NRS_OK;
	     i++)
		err = add(&list, i, "a");
	assert_int_equal(err, NRS_E_LIMIT);
	nrs_hour_list_fini(&list);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_hour_and_owner_is_one_row_in_order),
		cmocka_unit_test(pieces_cost_no_room_and_rows_do),
		cmocka_unit_test(too_many_rows_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
