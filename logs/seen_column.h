/* SPDX-License-Identifier: Apache-2.0 */
/*
 * seen_column: numbers of one kind, one behind another, in planes: first the
 * lowest octet of each, then the next, as many as the largest needs. What is
 * alike stands together, so that it packs well; what is random costs itself.
 */
#pragma once

#include "engine/base/text.h"

void nrs_column_put(struct nrs_text *out, const uint64_t *values, size_t count);

/* Take @count values off the front of *@in. False: they are not there. */
bool nrs_column_take(struct nrs_span *in, uint64_t *values, size_t count);

/* Small for what is near zero on either side. */
static inline uint64_t nrs_zigzag(int64_t value)
{
	return (uint64_t)value << 1 ^ (uint64_t)(value >> 63);
}
static inline int64_t nrs_unzigzag(uint64_t value)
{
	return (int64_t)(value >> 1) ^ -(int64_t)(value & 1);
}
