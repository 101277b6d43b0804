/* SPDX-License-Identifier: Apache-2.0 */
/* replaced: a file that is replaced whole, as a writer with care does it. */
#pragma once

#include "tests/nrs_test.h"

static inline void replace_file(const char *path, const char *text)
{
	char beside[128];

	snprintf(beside, sizeof(beside), "%s.new", path);
	FILE *file = fopen(beside, "wb");
	assert_non_null(file);
	assert_true(fputs(text, file) >= 0);
	assert_int_equal(fclose(file), 0);
	assert_int_equal(rename(beside, path), 0);
}
