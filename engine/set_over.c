/* SPDX-License-Identifier: Apache-2.0 */
/*
 * set_over: what came later against what is there already.
 *
 * The few that are new or withdrawn stand in a table by what names them; one
 * walk over the many below finds those that are named the same. So the cost is
 * that of reading a million names, not of settling a million indicators.
 */
#include "engine/set_over.h"

#include <stdlib.h>

#include "engine/base/checksum.h"
#include "engine/base/crypto.h"
#include "engine/set_store.h"

int nrs_set_take_off(struct nrs_set *set, uint32_t first, uint32_t end)
{
	int err = NRS_OK;

	for (uint32_t i = first; i < end && err == NRS_OK; i++)
		err = nrs_set_judge(set, i, NRS_STATUS_WITHDRAWN,
				    "its source says it no more");
	return err;
}

/* Indicators by the hash of their names: own ones, and withdrawn ones. */
struct names {
	uint32_t *slots; /* index + 1; equal names stand one after another */
	uint64_t mask;
	struct nrs_hash_key key;
};

static uint64_t place_of(const struct names *names,
			 const struct nrs_set_named *named)
{
	return nrs_hash(&names->key, named->name) ^ named->has_id;
}

static void put(struct names *names, const struct nrs_set *set, uint32_t index)
{
	char room[NRS_STORED_ROOM];
	const struct nrs_set_named named = nrs_set_named(set, index, room);
	uint64_t at = place_of(names, &named);

	while (names->slots[at & names->mask] != 0)
		at++;
	names->slots[at & names->mask] = index + 1;
}

static bool takes_part(const struct nrs_set *set, uint32_t index)
{
	const enum nrs_status status = nrs_set_status(set, index);

	return status != NRS_STATUS_WAITING &&
	       status != NRS_STATUS_SUPERSEDED &&
	       status != NRS_STATUS_DUPLICATE;
}

static int names_init(struct names *names, const struct nrs_set *set)
{
	const uint32_t *withdrawn = nrs_set_withdrawn(set);
	const uint32_t first = nrs_set_first(set), count = nrs_set_count(set);
	uint64_t seed, size = 64, wanted = count - first;

	for (uint32_t i = 0; i < first; i++)
		wanted += withdrawn[i] != 0;
	while (size < 4 * wanted)
		size *= 2;
	names->mask = size - 1;
	names->slots = calloc(size, sizeof(*names->slots));
	if (names->slots == NULL || nrs_random(&seed, sizeof(seed)) != NRS_OK) {
		free(names->slots);
		return NRS_E_NOMEM;
	}
	nrs_hash_key_init(&names->key, seed);
	for (uint32_t i = first; i < count; i++) {
		if (takes_part(set, i))
			put(names, set, i);
	}
	for (uint32_t i = 0; i < first; i++) {
		if (withdrawn[i] != 0)
			put(names, set, i);
	}
	return NRS_OK;
}

static bool is_same_name(const struct nrs_set *set,
			 const struct nrs_set_named *a,
			 const struct nrs_set_named *b)
{
	return a->has_id == b->has_id && nrs_span_equal(a->name, b->name) &&
	       (a->has_id ||
		(a->shape == b->shape &&
		 nrs_span_equal(nrs_set_source_of(set, a->source)->name,
				nrs_set_source_of(set, b->source)->name)));
}

/* One below, and what is named the same: an own one that counts, and whether
 * one that is withdrawn is; NRS_NONE without one. */
struct meeting {
	uint32_t below, own;
	int64_t below_ns, own_ns; /* their versions */
	bool has_id, met_withdrawn;
};

static struct meeting meet(const struct names *names, const struct nrs_set *set,
			   uint32_t index)
{
	char room[NRS_STORED_ROOM], other_room[NRS_STORED_ROOM];
	const struct nrs_set_named named = nrs_set_named(set, index, room);
	struct meeting met = {.below = index,
			      .own = UINT32_MAX,
			      .below_ns = named.modified_ns,
			      .has_id = named.has_id};

	for (uint64_t at = place_of(names, &named);
	     names->slots[at & names->mask] != 0; at++) {
		const uint32_t slot = names->slots[at & names->mask] - 1;
		const struct nrs_set_named other =
			nrs_set_named(set, slot, other_room);

		if (!is_same_name(set, &named, &other))
			continue;
		if (slot < nrs_set_first(set)) {
			met.met_withdrawn = true;
			continue;
		}
		if (met.own != UINT32_MAX && other.modified_ns < met.own_ns)
			continue;
		met.own = slot;
		met.own_ns = other.modified_ns;
	}
	return met;
}

/* Revoked is final, whichever version was. */
static int judge_revoked(struct nrs_set *set, uint32_t index)
{
	return nrs_set_judge(set, index, NRS_STATUS_REVOKED,
			     "another version of it was revoked, which is "
			     "final");
}

static int judge_versions(struct nrs_set *set, const struct meeting *met,
			  enum nrs_status below, enum nrs_status own)
{
	const bool is_newer = met->own_ns > met->below_ns;
	int err = NRS_OK;

	if (below == NRS_STATUS_REVOKED && own != NRS_STATUS_REVOKED)
		return is_newer ? judge_revoked(set, met->own)
				: nrs_set_judge(set, met->own,
						NRS_STATUS_SUPERSEDED,
						"a newer version came");
	if (below == NRS_STATUS_REVOKED)
		return NRS_OK;
	if (is_newer)
		return nrs_set_judge(set, met->below, NRS_STATUS_SUPERSEDED,
				     "a newer version came");
	if (own == NRS_STATUS_REVOKED)
		err = judge_revoked(set, met->below);
	if (err != NRS_OK)
		return err;
	if (met->own_ns == met->below_ns)
		return nrs_set_judge(set, met->own, NRS_STATUS_DUPLICATE,
				     "the same version came before");
	return own == NRS_STATUS_REVOKED
		       ? NRS_OK
		       : nrs_set_judge(set, met->own, NRS_STATUS_SUPERSEDED,
				       "a newer version came");
}

static int judge(struct nrs_set *set, const struct meeting *met, bool *is_stale)
{
	const enum nrs_status below = nrs_set_status(set, met->below);
	const bool was_settled = below == NRS_STATUS_SUPERSEDED ||
				 below == NRS_STATUS_DUPLICATE ||
				 below == NRS_STATUS_REVOKED;

	/* What judged it may be what is withdrawn; and of equal versions a good
	 * one stands first, if it was the loader that rejected the other. */
	if ((was_settled && met->met_withdrawn &&
	     (met->own == UINT32_MAX ||
	      (met->has_id && met->own_ns < met->below_ns))) ||
	    (below == NRS_STATUS_REJECTED && met->own_ns == met->below_ns &&
	     met->own != UINT32_MAX))
		*is_stale = true;
	if (met->own == UINT32_MAX || below == NRS_STATUS_SUPERSEDED ||
	    below == NRS_STATUS_DUPLICATE)
		return NRS_OK;
	if (met->has_id)
		return judge_versions(set, met, below,
				      nrs_set_status(set, met->own));
	return nrs_set_judge(set, met->own, NRS_STATUS_DUPLICATE,
			     "the same value came before");
}

int nrs_set_settle_over(struct nrs_set *set, bool *is_stale)
{
	struct names names = {0};
	int err = nrs_set_settle(set);

	*is_stale = false;
	if (err == NRS_OK)
		err = names_init(&names, set);
	if (err != NRS_OK)
		return err;
	for (uint32_t i = 0; i < nrs_set_first(set) && err == NRS_OK; i++) {
		nrs_set_fetch(set, i + NRS_SET_AHEAD);
		if (nrs_set_withdrawn(set)[i] != 0)
			continue;
		const struct meeting met = meet(&names, set, i);

		if (met.own != UINT32_MAX || met.met_withdrawn)
			err = judge(set, &met, is_stale);
	}
	free(names.slots);
	return err;
}
