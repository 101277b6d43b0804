/* SPDX-License-Identifier: Apache-2.0 */
/*
 * seeded: random numbers that are the same in every run (splitmix64).
 */
#pragma once

#include <stdint.h>

struct seeded {
	uint64_t state;
};

static inline uint64_t seeded_next(struct seeded *seeded)
{
	uint64_t z = seeded->state += UINT64_C(0x9e3779b97f4a7c15);

	z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
	return z ^ z >> 31;
}

/* 0 to @below - 1. */
static inline unsigned int seeded_below(struct seeded *seeded,
					unsigned int below)
{
	return (unsigned int)(seeded_next(seeded) % below);
}
