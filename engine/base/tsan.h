/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tsan: two words to ThreadSanitizer where a library's synchronisation is
 * inline assembly that it cannot see. Nothing in any other build.
 */
#pragma once

#if defined(__SANITIZE_THREAD__) || defined(NRS_TSAN)
#include <sanitizer/tsan_interface.h>
#define nrs_tsan_acquire(address) __tsan_acquire(address)
#define nrs_tsan_release(address) __tsan_release(address)
#else
static inline void nrs_tsan_acquire(const void *address)
{
	(void)address;
}

static inline void nrs_tsan_release(const void *address)
{
	(void)address;
}
#endif
