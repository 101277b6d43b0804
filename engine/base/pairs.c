/* SPDX-License-Identifier: Apache-2.0 */
/*
 * pairs: into 256 heaps by the first octet, in place; then each heap, which
 * the cache holds, octet by octet from the last up. A digit that a whole heap
 * shares costs a count and no move.
 */
#include "engine/base/pairs.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "engine/base/err.h"

#define VALUES 256u
#define TOP 7u	/* the first octet */
#define FEW 48u /* are sorted by insertion */

static unsigned int digit(uint64_t key, unsigned int number)
{
	return (unsigned int)(key >> (8 * number)) & (VALUES - 1);
}

static void sort_few(struct nrs_pair *items, size_t count)
{
	for (size_t i = 1; i < count; i++) {
		const struct nrs_pair item = items[i];
		size_t at = i;

		for (; at > 0 && items[at - 1].key > item.key; at--)
			items[at] = items[at - 1];
		items[at] = item;
	}
}

/* From counts to where each value begins; false if all have the same. */
static bool places_of(size_t counts[VALUES], size_t count)
{
	size_t at = 0;

	for (unsigned int v = 0; v < VALUES; v++) {
		const size_t here = counts[v];

		if (here == count)
			return false;
		counts[v] = at;
		at += here;
	}
	return true;
}

static void sort_heap(struct nrs_pair *items, struct nrs_pair *room,
		      size_t count)
{
	struct nrs_pair *from = items, *to = room;

	for (unsigned int d = 0; d < TOP; d++) {
		size_t counts[VALUES] = {0};

		for (size_t i = 0; i < count; i++)
			counts[digit(from[i].key, d)]++;
		if (!places_of(counts, count))
			continue;
		for (size_t i = 0; i < count; i++)
			to[counts[digit(from[i].key, d)]++] = from[i];
		struct nrs_pair *const swap = from;
		from = to;
		to = swap;
	}
	if (from != items)
		memcpy(items, from, count * sizeof(*items));
}

/* Each item into the heap of its first octet; @ends[v] is the end of heap v. */
static size_t make_heaps(struct nrs_pair *items, size_t count,
			 size_t ends[VALUES])
{
	size_t next[VALUES], at = 0, largest = 0;

	for (size_t i = 0; i < count; i++)
		ends[digit(items[i].key, TOP)]++;
	for (unsigned int v = 0; v < VALUES; v++) {
		largest = ends[v] > largest ? ends[v] : largest;
		next[v] = at;
		at += ends[v];
		ends[v] = at;
	}
	for (unsigned int v = 0; v < VALUES; v++) {
		while (next[v] < ends[v]) {
			const unsigned int home =
				digit(items[next[v]].key, TOP);
			const size_t to = next[home]++;
			const struct nrs_pair swap = items[to];

			if (home == v)
				continue;
			items[to] = items[next[v]];
			items[next[v]] = swap;
		}
	}
	return largest;
}

int nrs_pairs_sort(struct nrs_pair *items, size_t count)
{
	size_t ends[VALUES] = {0}, begin = 0;

	if (count <= FEW) {
		sort_few(items, count);
		return NRS_OK;
	}
	struct nrs_pair *room =
		calloc(make_heaps(items, count, ends), sizeof(*room));
	if (room == NULL)
		return NRS_E_NOMEM;
	for (unsigned int v = 0; v < VALUES; begin = ends[v++]) {
		if (ends[v] - begin <= FEW)
			sort_few(items + begin, ends[v] - begin);
		else
			sort_heap(items + begin, room, ends[v] - begin);
	}
	free(room);
	return NRS_OK;
}
