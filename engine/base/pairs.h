/* SPDX-License-Identifier: Apache-2.0 */
/*
 * pairs: numbers sorted by the million, each with what belongs to it.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

struct nrs_pair {
	uint64_t key, more;
	uint32_t place;
};

/* Sort @items by key, nearly in place; equal keys in any order. NRS_E_NOMEM. */
int nrs_pairs_sort(struct nrs_pair *items, size_t count);
