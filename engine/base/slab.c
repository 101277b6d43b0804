/* SPDX-License-Identifier: Apache-2.0 */
/*
 * slab: a reserved stretch of addresses and a free list inside its items.
 *
 * Pages come from the kernel when an item is first written; an item given
 * back is the next one taken, so that the working set stays warm and small.
 */
#include "engine/base/slab.h"

#include <assert.h>
#include <string.h>
#include <sys/mman.h>

#include "engine/base/err.h"

int nrs_slab_init(struct nrs_slab *slab, size_t item_bytes, uint32_t quota)
{
	const size_t bytes = (item_bytes + 15) / 16 * 16;

	*slab = (struct nrs_slab){.item_bytes = bytes, .quota = quota};
	void *base = mmap(NULL, bytes * quota, PROT_READ | PROT_WRITE,
			  MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (base == MAP_FAILED)
		return NRS_E_NOMEM;
	slab->base = base;
	return NRS_OK;
}

void nrs_slab_fini(struct nrs_slab *slab)
{
	if (slab->base != NULL)
		munmap(slab->base, slab->item_bytes * slab->quota);
	*slab = (struct nrs_slab){0};
}

void *nrs_slab_take(struct nrs_slab *slab)
{
	void *item = NULL;

	if (slab->free_head != 0) {
		item = nrs_slab_at(slab, slab->free_head - 1);
		memcpy(&slab->free_head, item, sizeof(slab->free_head));
	} else if (slab->touched < slab->quota) {
		item = nrs_slab_at(slab, slab->touched++);
	} else {
		return NULL;
	}
	slab->taken++;
	return item;
}

void nrs_slab_give(struct nrs_slab *slab, void *item)
{
	assert(slab->taken > 0);
	memcpy(item, &slab->free_head, sizeof(slab->free_head));
	slab->free_head = nrs_slab_index(slab, item) + 1;
	slab->taken--;
}
