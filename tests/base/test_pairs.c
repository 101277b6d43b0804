/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_pairs: sorted by key, and each with what belongs to it.
 */
#include "tests/nrs_test.h"

#include "engine/base/err.h"
#include "engine/base/pairs.h"

#define COUNT 20000u

static void check(struct nrs_pair *items, uint32_t count)
{
	uint8_t *seen = calloc(count + 1, 1);

	assert_non_null(seen);
	assert_int_equal(nrs_pairs_sort(items, count), NRS_OK);
	for (uint32_t i = 0; i < count; i++) {
		assert_true(items[i].place < count);
		assert_int_equal(seen[items[i].place]++, 0);
		assert_int_equal(items[i].more, ~items[i].key);
		if (i > 0)
			assert_true(items[i - 1].key <= items[i].key);
	}
	free(seen);
}

static void keys_ascend_and_keep_what_belongs_to_them(void **state)
{
	static const uint64_t masks[] = {UINT64_MAX, 0, 7, 0xff00,
					 UINT64_C(0xffff) << 48};
	static const uint32_t counts[] = {0, 1, 2, 48, 49, 300, COUNT};
	struct nrs_pair *items = calloc(COUNT, sizeof(*items));
	uint64_t z = 1;

	(void)state;
	assert_non_null(items);
	for (size_t m = 0; m < sizeof(masks) / sizeof(*masks); m++) {
		for (size_t c = 0; c < sizeof(counts) / sizeof(*counts); c++) {
			for (uint32_t i = 0; i < counts[c]; i++) {
				z = z * UINT64_C(6364136223846793005) + 1;
				items[i] = (struct nrs_pair){
					.key = (z ^ z >> 29) & masks[m],
					.more = ~((z ^ z >> 29) & masks[m]),
					.place = i};
			}
			check(items, counts[c]);
		}
	}
	free(items);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(keys_ascend_and_keep_what_belongs_to_them),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
