/* SPDX-License-Identifier: Apache-2.0 */
/*
 * clock: what time it is, for whoever is not given a time by its caller. Any
 * thread.
 */
#pragma once

#include <stdint.h>

/* Nanoseconds since 1970 UTC by the wall clock. */
int64_t nrs_wall_ns(void);
/* A clock that nobody sets; programs in the kernel stamp by it too. */
int64_t nrs_monotonic_ns(void);
