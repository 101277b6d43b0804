/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_region: what is taken never overlaps, and what is given back can be
 * taken again whole.
 */
#include "engine/base/region.h"

#include "tests/nrs_test.h"

#define ROOM 4096

static void pieces_are_apart_and_aligned(void **state)
{
	_Alignas(16) static uint8_t room[ROOM];
	struct nrs_region region;
	uint8_t *pieces[64];
	unsigned int count = 0;

	(void)state;
	nrs_region_init(&region, room, sizeof(room));
	while (count < 64 &&
	       (pieces[count] = nrs_region_take(&region, 50)) != NULL) {
		assert_int_equal((uintptr_t)pieces[count] % 16, 0);
		memset(pieces[count], (int)count, 50);
		count++;
	}
	assert_int_equal(count, ROOM / (64 + 16));
	for (unsigned int i = 0; i < count; i++) {
		for (unsigned int at = 0; at < 50; at++)
			assert_int_equal(pieces[i][at], i);
	}
}

static void what_is_given_back_grows_together(void **state)
{
	_Alignas(16) static uint8_t room[ROOM];
	/* every order in which three neighbours can be given back */
	static const uint8_t orders[6][3] = {{0, 1, 2}, {0, 2, 1}, {1, 0, 2},
					     {1, 2, 0}, {2, 0, 1}, {2, 1, 0}};

	(void)state;
	for (unsigned int o = 0; o < 6; o++) {
		struct nrs_region region;
		void *pieces[3];

		nrs_region_init(&region, room, sizeof(room));
		for (unsigned int i = 0; i < 3; i++)
			pieces[i] = nrs_region_take(&region, 1000);
		assert_non_null(pieces[2]);
		assert_null(nrs_region_take(&region, 3000));
		for (unsigned int i = 0; i < 3; i++)
			nrs_region_give(&region, pieces[orders[o][i]]);
		assert_ptr_equal(nrs_region_take(&region, ROOM - 16),
				 room + 16);
	}
}

static void what_cannot_fit_is_refused(void **state)
{
	_Alignas(16) static uint8_t room[ROOM];
	struct nrs_region region;

	(void)state;
	nrs_region_init(&region, room, sizeof(room));
	assert_null(nrs_region_take(&region, ROOM - 15));
	assert_null(nrs_region_take(&region, SIZE_MAX));
	assert_null(nrs_region_take(&region, SIZE_MAX - 20));
	nrs_region_give(&region, NULL);
	assert_non_null(nrs_region_take(&region, 0));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(pieces_are_apart_and_aligned),
		cmocka_unit_test(what_is_given_back_grows_together),
		cmocka_unit_test(what_cannot_fit_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
