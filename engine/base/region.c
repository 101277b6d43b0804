/* SPDX-License-Identifier: Apache-2.0 */
/*
 * region: each piece taken has a head with its length before it; each hole has
 * the same and leads to the next one. A hole that is given back grows together
 * with its neighbours.
 */
#include "engine/base/region.h"

#include <assert.h>

#define ALIGN ((size_t)16)

/* Length with the head itself. Of what is taken only that is read. */
struct nrs_region_hole {
	size_t len;
	struct nrs_region_hole *next;
};

static_assert(sizeof(struct nrs_region_hole) == ALIGN, "a head is one step");

static struct nrs_region_hole *behind(struct nrs_region_hole *hole, size_t len)
{
	return (struct nrs_region_hole *)(void *)((uint8_t *)hole + len);
}

void nrs_region_init(struct nrs_region *region, void *room, size_t len)
{
	assert(len >= 64 && (uintptr_t)room % ALIGN == 0);
	region->holes = room;
	*region->holes = (struct nrs_region_hole){.len = len / ALIGN * ALIGN};
}

void *nrs_region_take(struct nrs_region *region, size_t len)
{
	struct nrs_region_hole **link = &region->holes;

	if (len > SIZE_MAX - 2 * ALIGN)
		return NULL;
	const size_t need = (len + ALIGN - 1) / ALIGN * ALIGN + ALIGN;
	while (*link != NULL && (*link)->len < need)
		link = &(*link)->next;
	struct nrs_region_hole *taken = *link;
	if (taken == NULL)
		return NULL;
	if (taken->len - need >= 2 * ALIGN) {
		struct nrs_region_hole *rest = behind(taken, need);

		*rest = (struct nrs_region_hole){.len = taken->len - need,
						 .next = taken->next};
		taken->len = need;
		*link = rest;
	} else {
		*link = taken->next;
	}
	return behind(taken, ALIGN);
}

void nrs_region_give(struct nrs_region *region, void *at)
{
	struct nrs_region_hole **link = &region->holes, *before = NULL;

	if (at == NULL)
		return;
	struct nrs_region_hole *hole =
		(struct nrs_region_hole *)(void *)((uint8_t *)at - ALIGN);
	while (*link != NULL && *link < hole) {
		before = *link;
		link = &before->next;
	}
	hole->next = *link;
	*link = hole;
	if (hole->next != NULL && behind(hole, hole->len) == hole->next) {
		hole->len += hole->next->len;
		hole->next = hole->next->next;
	}
	if (before != NULL && behind(before, before->len) == hole) {
		before->len += hole->len;
		before->next = hole->next;
	}
}
