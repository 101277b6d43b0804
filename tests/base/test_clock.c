/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_clock: both clocks against libc's.
 */
#include "engine/base/clock.h"

#include <time.h>

#include "engine/base/stamp.h"
#include "tests/nrs_test.h"

static void wall_time_is_that_of_libc(void **state)
{
	const int64_t before = (int64_t)time(NULL);
	const int64_t now_s = nrs_wall_ns() / NRS_SECOND_NS;

	(void)state;
	/* time() may read a coarser clock, a tick behind. */
	assert_in_range(now_s, before, time(NULL) + 1);
}

static void what_nobody_sets_does_not_go_back(void **state)
{
	int64_t before = nrs_monotonic_ns();

	(void)state;
	for (int i = 0; i < 1000; i++) {
		const int64_t now = nrs_monotonic_ns();

		assert_true(now >= before);
		before = now;
	}
}

static void what_nobody_sets_goes_on_while_one_sleeps(void **state)
{
	const struct timespec nap = {.tv_nsec = 2000000};
	const int64_t before = nrs_monotonic_ns();

	(void)state;
	(void)nanosleep(&nap, NULL);
	assert_true(nrs_monotonic_ns() - before >= nap.tv_nsec);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(wall_time_is_that_of_libc),
		cmocka_unit_test(what_nobody_sets_does_not_go_back),
		cmocka_unit_test(what_nobody_sets_goes_on_while_one_sleeps),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
