/* SPDX-License-Identifier: Apache-2.0 */
/*
 * stix_facts: a sorted array: by the id a fact is about (by a number of it, so
 * that few texts are compared), then by the object that says so, newest version
 * first, so that the first of each run is the one that counts.
 */
#include "loaders/stix_facts.h"

#include <stdlib.h>

#include "engine/base/pairs.h"

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
	fact.word = word_of(fact.about);
	facts->items[facts->count++] = fact;
	return NRS_OK;
}

void nrs_stix_facts_fini(struct nrs_stix_facts *facts)
{
	free(facts->items);
	free(facts->begins);
	*facts = (struct nrs_stix_facts){0};
}

static int by_word(const struct nrs_stix_fact *x, uint64_t word,
		   struct nrs_span about)
{
	if (x->word != word)
		return x->word < word ? -1 : 1;
	return nrs_span_compare(x->about, about);
}

static int by_id(const void *a, const void *b)
{
	const struct nrs_stix_fact *x = a, *y = b;
	int by = by_word(x, y->word, y->about);

	if (by == 0)
		by = nrs_span_compare(x->by, y->by);
	if (by == 0 && x->modified_ns != y->modified_ns)
		by = x->modified_ns < y->modified_ns ? 1 : -1;
	if (by == 0 && x->kind != y->kind)
		by = x->kind < y->kind ? 1 : -1;
	return by != 0 ? by : nrs_span_compare(x->value, y->value);
}

/* By word alone, as a million are sorted fast. False without memory. */
static bool sort_words(struct nrs_stix_facts *facts)
{
	struct nrs_pair *pairs = calloc(facts->count, sizeof(*pairs));
	struct nrs_stix_fact *items = calloc(facts->count, sizeof(*items));

	for (size_t i = 0; pairs != NULL && i < facts->count; i++)
		pairs[i] = (struct nrs_pair){.key = facts->items[i].word,
					     .place = (uint32_t)i};
	const bool is_sorted = pairs != NULL && items != NULL &&
			       facts->count < UINT32_MAX &&
			       nrs_pairs_sort(pairs, facts->count) == NRS_OK;
	for (size_t i = 0; is_sorted && i < facts->count; i++)
		items[i] = facts->items[pairs[i].place];
	free(pairs);
	if (!is_sorted) {
		free(items);
		return false;
	}
	free(facts->items);
	facts->items = items;
	facts->cap = facts->count;
	return true;
}

/* Without memory a search looks through all of them. */
static void make_begins(struct nrs_stix_facts *facts)
{
	unsigned int bits = 1;
	size_t at = 0;

	while (bits < 24 && (size_t)1 << bits < facts->count)
		bits++;
	facts->shift = 64 - bits;
	free(facts->begins);
	facts->begins = calloc(((size_t)1 << bits) + 1, sizeof(*facts->begins));
	if (facts->begins == NULL || facts->count >= UINT32_MAX)
		return;
	for (size_t b = 0; b <= (size_t)1 << bits; b++) {
		while (at < facts->count &&
		       facts->items[at].word >> facts->shift < b)
			at++;
		facts->begins[b] = (uint32_t)at;
	}
}

void nrs_stix_facts_sort(struct nrs_stix_facts *facts)
{
	if (facts->count < 2)
		return;
	if (!sort_words(facts)) {
		qsort(facts->items, facts->count, sizeof(*facts->items), by_id);
		return;
	}
	for (size_t i = 0, end; i < facts->count; i = end) {
		for (end = i + 1; end < facts->count; end++) {
			if (facts->items[end].word != facts->items[i].word)
				break;
		}
		if (end - i > 1)
			qsort(facts->items + i, end - i, sizeof(*facts->items),
			      by_id);
	}
	make_begins(facts);
}

/* Index of the first fact about @id, or their count. */
static size_t find(const struct nrs_stix_facts *facts, struct nrs_span id)
{
	const uint64_t word = word_of(id);
	size_t low = 0, high = facts->count;

	if (facts->begins != NULL) {
		low = facts->begins[word >> facts->shift];
		high = facts->begins[(word >> facts->shift) + 1];
	}
	while (low < high) {
		const size_t middle = low + (high - low) / 2;

		if (by_word(&facts->items[middle], word, id) < 0)
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
