/* SPDX-License-Identifier: Apache-2.0 */
/*
 * stix1_named: an array that is sorted before the first look-up.
 */
#include "loaders/stix1_named.h"

#include <stdlib.h>

void nrs_stix1_named_fini(struct nrs_stix1_named *n)
{
	nrs_arena_free(n->arena);
	free(n->names);
	*n = (struct nrs_stix1_named){0};
}

struct nrs_span nrs_stix1_named_keep(struct nrs_stix1_named *n,
				     struct nrs_span bytes)
{
	if (n->arena == NULL)
		n->arena = nrs_arena_new(NRS_STIX1_NAMED_BYTES);
	return n->arena == NULL ? nrs_span(NULL, 0)
				: nrs_arena_copy(n->arena, bytes);
}

int nrs_stix1_named_add(struct nrs_stix1_named *n, struct nrs_span id,
			struct nrs_span bytes)
{
	if (n->count == NRS_STIX1_NAMED_MAX || id.len == 0 || bytes.len == 0)
		return NRS_OK;
	if (n->count == n->room) {
		const size_t room = n->room == 0 ? 64 : 2 * n->room;
		struct nrs_stix1_name *names =
			reallocarray(n->names, room, sizeof(*names));

		if (names == NULL)
			return NRS_E_NOMEM;
		n->names = names;
		n->room = room;
	}
	const struct nrs_stix1_name name = {
		.id = nrs_stix1_named_keep(n, id),
		.bytes = nrs_stix1_named_keep(n, bytes),
		.order = n->count};
	if (name.id.len > 0 && name.bytes.len > 0)
		n->names[n->count++] = name;
	n->is_sorted = false;
	return NRS_OK;
}

static int by_id(const void *a, const void *b)
{
	const struct nrs_stix1_name *x = a, *y = b;
	const int by = nrs_span_compare(x->id, y->id);

	return by != 0 ? by : (x->order < y->order ? -1 : 1);
}

struct nrs_span nrs_stix1_named_find(void *named, struct nrs_span id)
{
	struct nrs_stix1_named *n = named;
	size_t low = 0, high = n->count;

	if (!n->is_sorted && n->count > 1)
		qsort(n->names, n->count, sizeof(*n->names), by_id);
	n->is_sorted = true;
	while (low < high) {
		const size_t middle = low + (high - low) / 2;

		if (nrs_span_compare(n->names[middle].id, id) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low < n->count && nrs_span_equal(n->names[low].id, id)
		       ? n->names[low].bytes
		       : nrs_span(NULL, 0);
}
