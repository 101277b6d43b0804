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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_value_is_new_once_and_seen_ever_after),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
