/* SPDX-License-Identifier: Apache-2.0 */
/*
 * region: a heap within a fixed stretch of memory, for libraries that take
 * allocation functions: what they take has an end, and the process's heap is
 * never asked. First fit over a list in the order of addresses; one thread.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

struct nrs_region {
	struct nrs_region_hole *holes;
};

/* @room is aligned to 16 and at least 64 octets, and outlives the region. */
void nrs_region_init(struct nrs_region *region, void *room, size_t len);

/* Aligned to 16, not zeroed. NULL: no room. */
void *nrs_region_take(struct nrs_region *region, size_t len);

/* NULL: nothing. */
void nrs_region_give(struct nrs_region *region, void *at);
