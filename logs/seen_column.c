/* SPDX-License-Identifier: Apache-2.0 */
/*
 * seen_column: an octet with the number of planes, then the planes.
 */
#include "logs/seen_column.h"

void nrs_column_put(struct nrs_text *out, const uint64_t *values, size_t count)
{
	uint64_t all = 0;
	unsigned int planes = 0;

	for (size_t i = 0; i < count; i++)
		all |= values[i];
	while (planes < 8 && all >> (8 * planes) != 0)
		planes++;
	nrs_text_putc(out, (char)planes);
	for (unsigned int p = 0; p < planes; p++) {
		for (size_t i = 0; i < count; i++)
			nrs_text_putc(out, (char)(values[i] >> (8 * p)));
	}
}

bool nrs_column_take(struct nrs_span *in, uint64_t *values, size_t count)
{
	if (in->len == 0 || in->ptr[0] > 8)
		return false;
	const unsigned int planes = in->ptr[0];
	*in = nrs_span_from(*in, 1);
	if (planes > 0 && in->len / planes < count)
		return false;
	for (size_t i = 0; i < count; i++)
		values[i] = 0;
	for (unsigned int p = 0; p < planes; p++) {
		const uint8_t *plane = in->ptr + p * count;

		for (size_t i = 0; i < count; i++)
			values[i] |= (uint64_t)plane[i] << (8 * p);
	}
	*in = nrs_span_from(*in, planes * count);
	return true;
}
