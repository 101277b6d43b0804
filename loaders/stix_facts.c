/* SPDX-License-Identifier: Apache-2.0 */
/*
 * stix_facts: a sorted array: by the id a fact is about, then by the object
 * that says so, newest version first, so that the first of each run is the one
 * that counts.
 */
#include "loaders/stix_facts.h"

#include <stdlib.h>

int nrs_stix_facts_add(struct nrs_stix_facts *facts, struct nrs_arena *arena,
		       struct nrs_stix_fact fact)
{
	const size_t len = fact.about.len;

	if (len == 0)
		return NRS_OK;
	if (facts->count == facts->cap) {
		const size_t cap = facts->cap == 0 ? 64 : facts->cap * 2;
		struct nrs_stix_fact *items =
			reallocarray(facts->items, cap, sizeof(*items));

		if (items == NULL)
			return NRS_E_NOMEM;
		facts->items = items;
		facts->cap = cap;
	}
	fact.about = nrs_arena_copy(arena, fact.about);
	if (fact.about.len < len)
		return NRS_E_NOMEM;
	facts->items[facts->count++] = fact;
	return NRS_OK;
}

void nrs_stix_facts_fini(struct nrs_stix_facts *facts)
{
	free(facts->items);
	*facts = (struct nrs_stix_facts){0};
}

static int by_id(const void *a, const void *b)
{
	const struct nrs_stix_fact *x = a, *y = b;
	int by = nrs_span_compare(x->about, y->about);

	if (by == 0)
		by = nrs_span_compare(x->by, y->by);
	if (by == 0 && x->modified_ns != y->modified_ns)
		by = x->modified_ns < y->modified_ns ? 1 : -1;
	if (by == 0 && x->kind != y->kind)
		by = x->kind < y->kind ? 1 : -1;
	return by != 0 ? by : nrs_span_compare(x->value, y->value);
}

void nrs_stix_facts_sort(struct nrs_stix_facts *facts)
{
	if (facts->count > 1)
		qsort(facts->items, facts->count, sizeof(*facts->items), by_id);
}

/* Index of the first fact about @id, or their count. */
static size_t find(const struct nrs_stix_facts *facts, struct nrs_span id)
{
	size_t low = 0, high = facts->count;

	while (low < high) {
		const size_t middle = low + (high - low) / 2;

		if (nrs_span_compare(facts->items[middle].about, id) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low < facts->count && nrs_span_equal(facts->items[low].about, id)
		       ? low
		       : facts->count;
}

size_t nrs_stix_facts_about(const struct nrs_stix_facts *facts,
			    struct nrs_span id,
			    const struct nrs_stix_fact **out, size_t max)
{
	const size_t begin = find(facts, id);
	size_t count = 0;

	for (size_t i = begin;
	     i < facts->count && count < max && i - begin < NRS_STIX_FACTS_MAX;
	     i++) {
		const struct nrs_stix_fact *fact = &facts->items[i];

		if (!nrs_span_equal(fact->about, id))
			break;
		if (i > begin && nrs_span_equal(fact->by, (fact - 1)->by))
			continue; /* an older version */
		if (!fact->is_revoked)
			out[count++] = fact;
	}
	return count;
}

const struct nrs_stix_fact *
nrs_stix_facts_first(const struct nrs_stix_facts *facts, struct nrs_span id)
{
	const size_t at = find(facts, id);

	return at < facts->count ? &facts->items[at] : NULL;
}
