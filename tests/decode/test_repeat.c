/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_repeat: the same segment again, another one in its place, and what was
 * forgotten.
 */
#include "capture/decode/repeat.h"
#include "tests/nrs_test.h"

static void what_comes_again_is_compared(void **state)
{
	struct nrs_hash_key key;
	struct nrs_repeat repeat = {0};

	(void)state;
	nrs_hash_key_init(&key, 1);
	nrs_repeat_note(&repeat, &key, 100, nrs_span_of("abcd"));
	nrs_repeat_note(&repeat, &key, 104, nrs_span_of("efgh"));
	assert_int_equal(
		nrs_repeat_ask(&repeat, &key, 100, nrs_span_of("abcd")),
		NRS_REPEATED_SAME);
	assert_int_equal(
		nrs_repeat_ask(&repeat, &key, 104, nrs_span_of("efgX")),
		NRS_REPEATED_OTHER);
	assert_int_equal(
		nrs_repeat_ask(&repeat, &key, 100, nrs_span_of("abcdefgh")),
		NRS_REPEATED_UNKNOWN);
	assert_int_equal(
		nrs_repeat_ask(&repeat, &key, 102, nrs_span_of("cdef")),
		NRS_REPEATED_UNKNOWN);
}

static void the_oldest_is_forgotten(void **state)
{
	struct nrs_hash_key key;
	struct nrs_repeat repeat = {0};

	(void)state;
	nrs_hash_key_init(&key, 1);
	for (uint32_t i = 0; i <= NRS_REPEAT_ROWS; i++)
		nrs_repeat_note(&repeat, &key, i * 4, nrs_span_of("abcd"));
	assert_int_equal(nrs_repeat_ask(&repeat, &key, 0, nrs_span_of("abcd")),
			 NRS_REPEATED_UNKNOWN);
	assert_int_equal(nrs_repeat_ask(&repeat, &key, 4, nrs_span_of("abcd")),
			 NRS_REPEATED_SAME);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_comes_again_is_compared),
		cmocka_unit_test(the_oldest_is_forgotten),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
