/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_silence: who is silent for long hangs; who answers in between does not.
 */
#include "app/silence.h"

#include "tests/nrs_test.h"

#define SECOND INT64_C(1000000000)

static void who_is_silent_for_long_hangs(void **state)
{
	struct nrs_silence silence = {0};

	(void)state;
	assert_false(nrs_silence_is_long(&silence, 1000 * SECOND));
	for (int64_t s = 1000; s < 1020; s += 5) {
		nrs_silence_look(&silence, 1, s * SECOND);
		assert_false(nrs_silence_is_long(&silence, s * SECOND));
	}
	nrs_silence_look(&silence, 2, 1020 * SECOND);
	assert_true(nrs_silence_is_long(&silence, 1020 * SECOND));
	nrs_silence_look(&silence, 0, 1025 * SECOND);
	assert_false(nrs_silence_is_long(&silence, 1099 * SECOND));
}

static void an_answer_in_between_begins_it_anew(void **state)
{
	struct nrs_silence silence = {0};

	(void)state;
	for (int64_t s = 1000; s < 1200; s += 15) {
		nrs_silence_look(&silence, 1, s * SECOND);
		assert_false(nrs_silence_is_long(&silence, s * SECOND));
		nrs_silence_look(&silence, 0, (s + 5) * SECOND);
	}
}

static void a_clock_that_goes_back_accuses_nobody(void **state)
{
	struct nrs_silence silence = {0};

	(void)state;
	nrs_silence_look(&silence, 1, 5000 * SECOND);
	nrs_silence_look(&silence, 1, 10 * SECOND);
	assert_false(nrs_silence_is_long(&silence, 29 * SECOND));
	assert_true(nrs_silence_is_long(&silence, 30 * SECOND));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(who_is_silent_for_long_hangs),
		cmocka_unit_test(an_answer_in_between_begins_it_anew),
		cmocka_unit_test(a_clock_that_goes_back_accuses_nobody),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
