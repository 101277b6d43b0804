/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_list_seen: no value twice, none lost, through several doublings.
 */
#include "tests/nrs_test.h"

#include "loaders/list_seen.h"

static void each_value_is_new_once_and_seen_ever_after(void **state)
{
	_Alignas(64) struct nrs_seen seen;
	char text[32];

	(void)state;
	assert_int_equal(nrs_seen_init(&seen), NRS_OK);
	for (unsigned int round = 0; round < 2; round++) {
		for (unsigned int i = 0; i < 20000; i++) {
			snprintf(text, sizeof(text), "n%u.example", i);
			assert_int_equal(
				nrs_seen_add(&seen, 1, nrs_span_of(text)),
				round);
		}
	}
	assert_int_equal(nrs_seen_add(&seen, 2, nrs_span_of("n1.example")), 0);
	assert_int_equal(seen.count, 20001);
	nrs_seen_fini(&seen);
}

static void where_a_value_was_first_is_known_ever_after(void **state)
{
	_Alignas(64) struct nrs_seen seen;
	char text[32];
	uint32_t first = 0;

	(void)state;
	assert_int_equal(nrs_seen_init(&seen), NRS_OK);
	for (uint32_t round = 0; round < 2; round++) {
		for (uint32_t i = 0; i < 5000; i++) {
			snprintf(text, sizeof(text), "n%u.example", i);
			assert_int_equal(nrs_seen_first(&seen, 1,
							nrs_span_of(text),
							7 * i + round, &first),
					 round);
			assert_int_equal(first, 7 * i);
		}
	}
	nrs_seen_fini(&seen);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_value_is_new_once_and_seen_ever_after),
		cmocka_unit_test(where_a_value_was_first_is_known_ever_after),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
