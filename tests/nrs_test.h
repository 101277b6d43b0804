/* SPDX-License-Identifier: Apache-2.0 */
/*
 * nrs_test: cmocka and the headers it wants, and where a test finds things.
 */
#pragma once

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#define NRS_SKIP 77 /* ctest's SKIP_RETURN_CODE */

/* The project's folder, and below it. */
static inline const char *nrs_test_source(void)
{
	const char *dir = getenv("NRS_SOURCE_DIR");

	return dir == NULL ? "." : dir;
}

/*
 * The path of @name in the shared test data ($NOROSHI_SHARED, else ../shared
 * beside the project) in @out. False if it is not there: the test then says
 * so and returns NRS_SKIP.
 */
static inline int nrs_test_shared(const char *name, char *out, size_t len)
{
	const char *shared = getenv("NOROSHI_SHARED");
	char fallback[4096];

	if (shared == NULL) {
		snprintf(fallback, sizeof(fallback), "%s/../shared",
			 nrs_test_source());
		shared = fallback;
	}
	const int wanted = snprintf(out, len, "%s/%s", shared, name);

	if (wanted > 0 && (size_t)wanted < len && access(out, R_OK) == 0)
		return 1;
	fprintf(stderr, "skipped: no %s (set NOROSHI_SHARED)\n", out);
	return 0;
}
