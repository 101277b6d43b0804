/* SPDX-License-Identifier: Apache-2.0 */
/*
 * set_settle: which version of an id counts, and which value is there twice
 * (specification, section 3).
 *
 * Versions of one id are brought together by its hash, sorted, newest first,
 * and judged: the result cannot depend on the order of arrival, except that of
 * two equal versions the first stays. Nothing here is quadratic in what a file
 * can hold.
 */
#include <stdlib.h>

#include "engine/base/checksum.h"
#include "engine/base/crypto.h"
#include "engine/base/pairs.h"
#include "engine/set_over.h"

static bool is_rejected(const struct nrs_indicator *item)
{
	return item->status == NRS_STATUS_REJECTED;
}

static int by_version(const void *a, const void *b, void *arg)
{
	const struct nrs_set *set = arg;
	const uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
	const struct nrs_indicator *i = nrs_set_at(set, x);
	const struct nrs_indicator *j = nrs_set_at(set, y);
	const int by = nrs_span_compare(i->id, j->id);

	if (by != 0)
		return by;
	if (i->modified_ns != j->modified_ns)
		return i->modified_ns < j->modified_ns ? 1 : -1;
	if (is_rejected(i) != is_rejected(j)) /* a good one stands first */
		return is_rejected(i) ? 1 : -1;
	return x < y ? -1 : 1;
}

static struct nrs_span creator(const struct nrs_indicator *item)
{
	return nrs_indicator_background(item)->created_by;
}

static bool says_the_same(const struct nrs_indicator *a,
			  const struct nrs_indicator *b)
{
	return nrs_span_equal(a->pattern, b->pattern) &&
	       a->valid_from_ns == b->valid_from_ns &&
	       a->valid_until_ns == b->valid_until_ns &&
	       a->confidence == b->confidence && a->tlp == b->tlp;
}

/* The versions @order[0] to @order[@count - 1] of one id, newest first. */
static int judge_versions(struct nrs_set *set, const uint32_t *order,
			  uint32_t count)
{
	struct nrs_indicator *newest = nrs_set_edit(set, order[0]);
	bool is_revoked = newest->status == NRS_STATUS_REVOKED;
	int err = NRS_OK;

	for (uint32_t i = 1; i < count && err == NRS_OK; i++) {
		const struct nrs_indicator *item = nrs_set_at(set, order[i]);
		const struct nrs_indicator *before =
			nrs_set_at(set, order[i - 1]);
		const bool same = item->modified_ns == before->modified_ns;

		if (!nrs_span_equal(creator(item), creator(newest)) ||
		    (same && !says_the_same(item, before)))
			newest->warned = true;
		is_revoked |= item->status == NRS_STATUS_REVOKED;
		if (is_rejected(item) ||
		    (item->status == NRS_STATUS_REVOKED && !same))
			continue;
		err = nrs_set_judge(set, order[i],
				    same ? NRS_STATUS_DUPLICATE
					 : NRS_STATUS_SUPERSEDED,
				    same ? "the same version came before"
					 : "a newer version came");
	}
	if (err == NRS_OK && is_revoked && !is_rejected(newest) &&
	    newest->status != NRS_STATUS_REVOKED)
		err = nrs_set_judge(set, order[0], NRS_STATUS_REVOKED,
				    "another version of it was revoked, which "
				    "is final");
	return err;
}

/* All that have an id, by the hash of it: equal ids stand together. */
static int sort_by_id(const struct nrs_set *set, struct nrs_pair *pairs,
		      uint32_t *count)
{
	struct nrs_hash_key key;
	uint64_t seed;

	*count = 0;
	if (nrs_random(&seed, sizeof(seed)) != NRS_OK)
		return NRS_E_NOMEM;
	nrs_hash_key_init(&key, seed);
	for (uint32_t i = nrs_set_first(set); i < nrs_set_count(set); i++) {
		struct nrs_indicator item;

		nrs_set_get(set, i, &item);
		if (item.id.len > 0)
			pairs[(*count)++] = (struct nrs_pair){
				.key = nrs_hash(&key, item.id), .place = i};
	}
	return nrs_pairs_sort(pairs, *count);
}

/* Those of one hash: nearly always one, or the versions of one id. */
static int judge_run(struct nrs_set *set, const struct nrs_pair *pairs,
		     uint32_t count)
{
	uint32_t *order = calloc(count, sizeof(*order));
	int err = NRS_OK;

	if (order == NULL)
		return NRS_E_NOMEM;
	for (uint32_t i = 0; i < count; i++)
		order[i] = pairs[i].place;
	qsort_r(order, count, sizeof(*order), by_version, set);
	for (uint32_t i = 0, end; i < count && err == NRS_OK; i = end) {
		const struct nrs_span id = nrs_set_at(set, order[i])->id;

		for (end = i + 1; end < count; end++) {
			if (!nrs_span_equal(nrs_set_at(set, order[end])->id,
					    id))
				break;
		}
		err = judge_versions(set, order + i, end - i);
	}
	free(order);
	return err;
}

static int settle_versions(struct nrs_set *set)
{
	struct nrs_pair *pairs =
		calloc((size_t)nrs_set_count(set) - nrs_set_first(set) + 1,
		       sizeof(*pairs));
	uint32_t count = 0;
	int err = pairs == NULL ? NRS_E_NOMEM : sort_by_id(set, pairs, &count);

	for (uint32_t i = 0, end; i < count && err == NRS_OK; i = end) {
		for (end = i + 1; end < count; end++) {
			if (pairs[end].key != pairs[i].key)
				break;
		}
		if (end - i > 1) /* one version has nobody to be judged by */
			err = judge_run(set, pairs + i, end - i);
	}
	free(pairs);
	return err;
}

static int by_name(const void *a, const void *b, void *arg)
{
	const struct nrs_set *set = arg;
	const uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
	const int by = nrs_span_compare(nrs_set_source_of(set, x)->name,
					nrs_set_source_of(set, y)->name);

	return by != 0 ? by : (x < y ? -1 : 1);
}

/* For each source the first of its name, in @first; true if two share one. */
static bool same_names(const struct nrs_set *set, uint32_t *first,
		       uint32_t *order, uint32_t sources)
{
	bool shared = false;

	for (uint32_t i = 0; i < sources; i++)
		order[i] = i;
	qsort_r(order, sources, sizeof(*order), by_name,
		(void *)(uintptr_t)set);
	for (uint32_t i = 0; i < sources; i++) {
		const struct nrs_indicator_source *s =
			nrs_set_source_of(set, order[i]);
		const bool same =
			i > 0 &&
			nrs_span_equal(
				s->name,
				nrs_set_source_of(set, order[i - 1])->name);

		first[order[i]] = same ? first[order[i - 1]] : order[i];
		shared |= same;
	}
	return shared;
}

/* Values seen so far: indices plus one, by hash of name, shape and value. */
struct values {
	uint32_t *slots;
	uint64_t mask;
	struct nrs_hash_key key;
	const uint32_t *first; /* source of the same name */
};

static int judge_value(struct nrs_set *set, struct values *values,
		       uint32_t index, const struct nrs_indicator *item)
{
	const uint32_t name = values->first[item->source];
	uint64_t at = nrs_hash(&values->key, item->pattern) + name;

	for (;; at++) {
		uint32_t *slot = &values->slots[at & values->mask];
		struct nrs_indicator other;

		if (*slot == 0) {
			*slot = index + 1;
			return NRS_OK;
		}
		nrs_set_get(set, *slot - 1, &other);
		if (other.shape == item->shape &&
		    values->first[other.source] == name &&
		    nrs_span_equal(other.pattern, item->pattern))
			return nrs_set_judge(set, index, NRS_STATUS_DUPLICATE,
					     "the same value came before");
	}
}

static int settle_values(struct nrs_set *set, struct values *values)
{
	const uint32_t first = nrs_set_first(set), count = nrs_set_count(set);
	uint64_t seed, size = 64;
	int err = NRS_OK;

	while (size < 2 * (uint64_t)(count - first))
		size *= 2;
	values->mask = size - 1;
	values->slots = calloc(size, sizeof(*values->slots));
	if (values->slots == NULL || nrs_random(&seed, sizeof(seed)) != NRS_OK)
		err = NRS_E_NOMEM;
	else
		nrs_hash_key_init(&values->key, seed);
	for (uint32_t i = first; i < count && err == NRS_OK; i++) {
		struct nrs_indicator item;

		nrs_set_get(set, i, &item);
		if (item.id.len == 0)
			err = judge_value(set, values, i, &item);
	}
	free(values->slots);
	return err;
}

int nrs_set_settle(struct nrs_set *set)
{
	struct values values = {0};
	const uint32_t sources = nrs_set_sources(set);
	const int err = settle_versions(set);

	if (err != NRS_OK || sources < 2)
		return err; /* one list drops its own duplicates */
	uint32_t *first = calloc((size_t)sources * 2, sizeof(*first));
	if (first == NULL)
		return NRS_E_NOMEM;
	values.first = first;
	const int settled = same_names(set, first, first + sources, sources)
				    ? settle_values(set, &values)
				    : NRS_OK;
	free(first);
	return settled;
}
