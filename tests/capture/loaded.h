/* SPDX-License-Identifier: Apache-2.0 */
/* loaded: the octets of a file of tests/data. */
#pragma once

#include "tests/nrs_test.h"

/* At most 2048 octets of @name: as they are, or each written as @format. */
static inline size_t load_octets(const char *name, const char *format,
				 uint8_t *out)
{
	char path[4096];
	size_t len = 0;
	int octet;

	snprintf(path, sizeof(path), "%s/tests/data/%s", nrs_test_source(),
		 name);
	FILE *file = fopen(path, "rb");
	assert_non_null(file);
	if (format == NULL)
		len = fread(out, 1, 2048, file);
	while (format != NULL && len < 2048 &&
	       fscanf(file, format, (unsigned int *)&octet) == 1)
		out[len++] = (uint8_t)octet;
	assert_int_equal(fclose(file), 0);
	return len;
}
