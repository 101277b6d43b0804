/* SPDX-License-Identifier: Apache-2.0 */
/*
 * octets: numbers in network order. The caller has checked the length.
 */
#pragma once

#include <stdint.h>

static inline uint16_t nrs_u16(const uint8_t *p)
{
	return (uint16_t)(p[0] << 8 | p[1]);
}

static inline uint32_t nrs_u24(const uint8_t *p)
{
	return (uint32_t)p[0] << 16 | (uint32_t)p[1] << 8 | p[2];
}

static inline uint32_t nrs_u32(const uint8_t *p)
{
	return (uint32_t)p[0] << 24 | nrs_u24(p + 1);
}
