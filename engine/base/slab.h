/* SPDX-License-Identifier: Apache-2.0 */
/*
 * slab: items of one size from address space reserved once, pages touched on
 * first use: a fixed quota without a heap. Each shard owns its slabs; one
 * thread at a time.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

struct nrs_slab {
	uint8_t *base;
	size_t item_bytes;
	uint32_t quota;
	uint32_t touched; /* items that were ever handed out */
	uint32_t taken;
	uint32_t free_head; /* index + 1; 0 none */
};

/* Reserve @quota items of @item_bytes (rounded up to 16). NRS_E_NOMEM. */
int nrs_slab_init(struct nrs_slab *slab, size_t item_bytes, uint32_t quota);
void nrs_slab_fini(struct nrs_slab *slab);

/* An item, not zeroed; NULL above the quota. */
void *nrs_slab_take(struct nrs_slab *slab);
void nrs_slab_give(struct nrs_slab *slab, void *item);

static inline uint32_t nrs_slab_index(const struct nrs_slab *slab,
				      const void *item)
{
	return (uint32_t)((size_t)((const uint8_t *)item - slab->base) /
			  slab->item_bytes);
}

static inline void *nrs_slab_at(const struct nrs_slab *slab, uint32_t index)
{
	return slab->base + (size_t)index * slab->item_bytes;
}
