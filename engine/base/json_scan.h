/* SPDX-License-Identifier: Apache-2.0 */
/*
 * json_scan: the inside of strings, which most of a feed is, by eight octets.
 * Private to engine/base.
 */
#pragma once

#include <endian.h>

#include "engine/base/span.h"

/* How many octets at the start are neither quote, backslash nor control. */
static inline size_t nrs_json_plain_len(struct nrs_span bytes)
{
	const uint64_t ones = UINT64_C(0x0101010101010101);
	const uint64_t highs = UINT64_C(0x8080808080808080);
	size_t len = 0;
	uint64_t eight;

	for (; bytes.len - len >= sizeof(eight); len += sizeof(eight)) {
		memcpy(&eight, bytes.ptr + len, sizeof(eight));
		eight = le64toh(eight);
		const uint64_t quote = eight ^ ones * '"';
		const uint64_t slash = eight ^ ones * '\\';
		/* The lowest high bit is that of an octet that is one. */
		const uint64_t ends =
			(((quote - ones) & ~quote) | ((slash - ones) & ~slash) |
			 ((eight - ones * ' ') & ~eight)) &
			highs;

		if (ends != 0)
			return len + (size_t)__builtin_ctzll(ends) / 8;
	}
	while (len < bytes.len && bytes.ptr[len] != '"' &&
	       bytes.ptr[len] != '\\' && bytes.ptr[len] >= ' ')
		len++;
	return len;
}
