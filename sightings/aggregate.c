/* SPDX-License-Identifier: Apache-2.0 */
/*
 * aggregate: an array in the order of arrival and an index of keys over it.
 */
#include "sightings/aggregate.h"

#include <stdlib.h>

#include "engine/base/checksum.h"

struct nrs_aggregate {
	struct nrs_sighting *items;
	size_t count, cap;
	uint32_t *index; /* position + 1; 0 free */
	size_t index_mask;
	struct nrs_hash_key key;
};

int nrs_aggregate_new(struct nrs_aggregate **out)
{
	struct nrs_aggregate *a =
		aligned_alloc(64, (sizeof(*a) + 63) / 64 * 64);

	if (a == NULL)
		return NRS_E_NOMEM;
	memset(a, 0, sizeof(*a));
	a->index_mask = 1023;
	a->index = calloc(a->index_mask + 1, sizeof(*a->index));
	if (a->index == NULL) {
		free(a);
		return NRS_E_NOMEM;
	}
	nrs_hash_key_init(&a->key, 1);
	*out = a;
	return NRS_OK;
}

void nrs_aggregate_free(struct nrs_aggregate *a)
{
	if (a == NULL)
		return;
	for (size_t i = 0; i < a->count; i++) {
		free(a->items[i].first);
		nrs_text_fini(&a->items[i].parts);
	}
	free(a->items);
	free(a->index);
	free(a);
}

static uint64_t hash(const struct nrs_aggregate *a,
		     const struct nrs_sighting *s)
{
	uint8_t key[48] = {0};

	memcpy(key, &s->indicator, 4);
	key[4] = (uint8_t)s->direction;
	key[5] = (uint8_t)s->outcome;
	memcpy(key + 8, s->own.bytes, 16);
	if (s->direction == NRS_DIRECTION_TRANSIT) /* the pair is the key */
		memcpy(key + 24, s->peer.bytes, 16);
	return nrs_hash(&a->key, nrs_span(key, sizeof(key)));
}

static bool same(const struct nrs_sighting *a, const struct nrs_sighting *b)
{
	return a->indicator == b->indicator && a->direction == b->direction &&
	       a->outcome == b->outcome &&
	       nrs_addr_compare(&a->own, &b->own) == 0 &&
	       (a->direction != NRS_DIRECTION_TRANSIT ||
		nrs_addr_compare(&a->peer, &b->peer) == 0);
}

static int grow(struct nrs_aggregate *a)
{
	if (a->count == a->cap) {
		const size_t cap = a->cap == 0 ? 64 : a->cap * 2;
		struct nrs_sighting *items =
			realloc(a->items, cap * sizeof(*items));

		if (items == NULL)
			return NRS_E_NOMEM;
		a->items = items;
		a->cap = cap;
	}
	if (a->count * 2 < a->index_mask)
		return NRS_OK;
	const size_t mask = a->index_mask * 2 + 1;
	uint32_t *index = calloc(mask + 1, sizeof(*index));
	if (index == NULL)
		return NRS_E_NOMEM;
	for (size_t i = 0; i < a->count; i++) {
		size_t at = hash(a, &a->items[i]) & mask;

		while (index[at] != 0)
			at = (at + 1) & mask;
		index[at] = (uint32_t)i + 1;
	}
	free(a->index);
	a->index = index;
	a->index_mask = mask;
	return NRS_OK;
}

static void fold(struct nrs_sighting *s, const struct nrs_sighting *more)
{
	s->count += more->count;
	s->protocols |= more->protocols;
	if (more->first_ns < s->first_ns)
		s->first_ns = more->first_ns;
	if (more->last_ns > s->last_ns)
		s->last_ns = more->last_ns;
	s->how = nrs_how_weaker(s->how, more->how);
}

int nrs_aggregate_add(struct nrs_aggregate *a, const struct nrs_sighted *hit)
{
	struct nrs_sighting made = {
		.indicator = hit->hit->indicator,
		.own = *nrs_sighted_own(hit),
		.peer = *nrs_sighted_peer(hit),
		.direction = hit->direction,
		.outcome = hit->outcome,
		.first_ns = hit->hit->head.ts_ns,
		.last_ns = hit->hit->times > 0 ? hit->hit->txn_end_ns
					       : hit->hit->head.ts_ns,
		.count = hit->hit->times > 0 ? hit->hit->times : 1,
		.how = nrs_sighted_how(hit),
		.protocols = hit->protocols};
	const struct nrs_record_hit *part;
	const int err = grow(a);
	size_t next = 0;

	if (err != NRS_OK)
		return err;
	while ((part = nrs_sighted_part(hit, &next)) != NULL) {
		if (part->txn_start_ns < made.first_ns)
			made.first_ns = part->txn_start_ns;
		if (part->txn_end_ns > made.last_ns)
			made.last_ns = part->txn_end_ns;
	}
	size_t at = hash(a, &made) & a->index_mask;
	for (; a->index[at] != 0; at = (at + 1) & a->index_mask) {
		struct nrs_sighting *old = &a->items[a->index[at] - 1];

		if (same(old, &made)) {
			fold(old, &made);
			return NRS_OK;
		}
	}
	nrs_text_add(&made.parts, hit->parts);
	made.first = malloc(hit->hit->head.bytes);
	if (made.first == NULL || made.parts.failed) {
		nrs_text_fini(&made.parts);
		free(made.first);
		return NRS_E_NOMEM;
	}
	memcpy(made.first, hit->hit, hit->hit->head.bytes);
	made.first->flow.protocols = hit->protocols;
	a->items[a->count++] = made;
	a->index[at] = (uint32_t)a->count;
	return NRS_OK;
}

size_t nrs_aggregate_list(const struct nrs_aggregate *a,
			  const struct nrs_sighting **first)
{
	*first = a->items;
	return a->count;
}
