/* SPDX-License-Identifier: Apache-2.0 */
/*
 * stix_facts: an array as the facts came, which is nearly the order in which
 * they are asked for, and an order of it: by the id a fact is about (by a
 * number of it, so that few texts are compared), then by the object that says
 * so, newest version first, so that the first of each run is the one that
 * counts.
 */
#include "loaders/stix_facts.h"

#include <stdlib.h>

/* A number that tells most ids apart: their ends are random. Who makes ids
 * that it does not tell apart has them told apart by their text. */
static uint64_t word_of(struct nrs_span id)
{
	uint64_t ends[2] = {0, 0};

	if (id.len >= sizeof(ends))
		memcpy(ends, id.ptr + id.len - sizeof(ends), sizeof(ends));
	else if (id.len > 0)
		memcpy(ends, id.ptr, id.len);
	uint64_t word = (ends[0] ^ id.len) * UINT64_C(0x9e3779b97f4a7c15);
	word = (word ^ word >> 29 ^ ends[1]) * UINT64_C(0xbf58476d1ce4e5b9);
	return word ^ word >> 32;
}

bool nrs_stix_facts_is_full(struct nrs_stix_facts *facts)
{
	const size_t limit =
		facts->limit > 0 ? facts->limit : NRS_STIX_FACTS_LIMIT;

	if (facts->count < limit)
		return false;
	facts->left_out++;
	return true;
}

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
	free(facts->order);
	free(facts->begins);
	*facts = (struct nrs_stix_facts){0};
}

/* @arg: the facts. Of equal words, as all of one id are. */
static int by_id(const void *a, const void *b, void *arg)
{
	const struct nrs_stix_facts *facts = arg;
	const struct nrs_stix_fact *x =
		&facts->items[((const struct nrs_pair *)a)->place];
	const struct nrs_stix_fact *y =
		&facts->items[((const struct nrs_pair *)b)->place];
	int by = nrs_span_compare(x->about, y->about);

	if (by == 0)
		by = nrs_span_compare(x->by, y->by);
	if (by == 0 && x->modified_ns != y->modified_ns)
		by = x->modified_ns < y->modified_ns ? 1 : -1;
	if (by == 0 && x->kind != y->kind)
		by = x->kind < y->kind ? 1 : -1;
	return by != 0 ? by : nrs_span_compare(x->value, y->value);
}

/* Without memory a search looks through all of them. */
static void make_begins(struct nrs_stix_facts *facts)
{
	unsigned int bits = 1;
	size_t at = 0;

	while (bits < 24 && (size_t)1 << bits < facts->count)
		bits++;
	facts->shift = 64 - bits;
	facts->begins = calloc(((size_t)1 << bits) + 1, sizeof(*facts->begins));
	if (facts->begins == NULL)
		return;
	for (size_t b = 0; b <= (size_t)1 << bits; b++) {
		while (at < facts->count &&
		       facts->order[at].key >> facts->shift < b)
			at++;
		facts->begins[b] = (uint32_t)at;
	}
}

int nrs_stix_facts_sort(struct nrs_stix_facts *facts)
{
	struct nrs_pair *order;

	if (facts->count == 0)
		return NRS_OK;
	order = facts->count < UINT32_MAX ? calloc(facts->count, sizeof(*order))
					  : NULL;
	facts->order = order;
	if (order == NULL)
		return NRS_E_NOMEM;
	for (size_t i = 0; i < facts->count; i++)
		order[i] =
			(struct nrs_pair){.key = word_of(facts->items[i].about),
					  .place = (uint32_t)i};
	if (nrs_pairs_sort(order, facts->count) != NRS_OK)
		return NRS_E_NOMEM;
	for (size_t i = 0, end; i < facts->count; i = end) {
		for (end = i + 1; end < facts->count; end++) {
			if (order[end].key != order[i].key)
				break;
		}
		if (end - i > 1)
			qsort_r(order + i, end - i, sizeof(*order), by_id,
				facts);
	}
	make_begins(facts);
	return NRS_OK;
}

static const struct nrs_stix_fact *fact_at(const struct nrs_stix_facts *facts,
					   size_t at)
{
	return &facts->items[facts->order[at].place];
}

/* Is what stands at @at before all that is about @id? */
static bool is_before(const struct nrs_stix_facts *facts, size_t at,
		      uint64_t word, struct nrs_span id)
{
	const uint64_t key = facts->order[at].key;

	return key != word
		       ? key < word
		       : nrs_span_compare(fact_at(facts, at)->about, id) < 0;
}

void nrs_stix_facts_expect(const struct nrs_stix_facts *facts,
			   struct nrs_span id)
{
	if (facts->begins != NULL)
		__builtin_prefetch(&facts->order[facts->begins[word_of(id) >>
							       facts->shift]]);
}

/* Place of the first fact about @id in the order, or their count. */
static size_t find(const struct nrs_stix_facts *facts, struct nrs_span id)
{
	size_t low = 0, high = facts->count;

	if (facts->order == NULL)
		return facts->count;
	const uint64_t word = word_of(id);
	if (facts->begins != NULL) {
		low = facts->begins[word >> facts->shift];
		high = facts->begins[(word >> facts->shift) + 1];
	}
	while (low < high) {
		const size_t middle = low + (high - low) / 2;

		if (is_before(facts, middle, word, id))
			low = middle + 1;
		else
			high = middle;
	}
	return low < facts->count && facts->order[low].key == word &&
			       nrs_span_equal(fact_at(facts, low)->about, id)
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
		const struct nrs_stix_fact *fact = fact_at(facts, i);

		if (i > begin && !nrs_span_equal(fact->about, id))
			break;
		if (i > begin &&
		    nrs_span_equal(fact->by, fact_at(facts, i - 1)->by))
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

	return at < facts->count ? fact_at(facts, at) : NULL;
}
