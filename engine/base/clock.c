/* SPDX-License-Identifier: Apache-2.0 */
/*
 * clock: the two clocks of the kernel that are asked for.
 */
#include "engine/base/clock.h"

#include <time.h>

#include "engine/base/stamp.h"

static int64_t ns_of(clockid_t clock)
{
	struct timespec now;

	(void)clock_gettime(clock, &now);
	return (int64_t)now.tv_sec * NRS_SECOND_NS + now.tv_nsec;
}

int64_t nrs_wall_ns(void)
{
	return ns_of(CLOCK_REALTIME);
}

int64_t nrs_monotonic_ns(void)
{
	return ns_of(CLOCK_MONOTONIC);
}
