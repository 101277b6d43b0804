/* SPDX-License-Identifier: Apache-2.0 */
/*
 * match_kept: what a transaction remembers, in chunks of its shard's slab:
 * values that satisfied a test, patterns that wait, indicators that fired.
 */
#include "engine/match.h"

#include <assert.h>

struct nrs_kept {
	struct nrs_kept *next;
	uint32_t used;
	uint32_t spare;
	uint8_t bytes[NRS_KEPT_BYTES - 16];
};
static_assert(sizeof(struct nrs_kept) == NRS_KEPT_BYTES, "one slab item");

static struct nrs_kept *chunk_with_room(struct nrs_matcher *m,
					struct nrs_txn *txn, size_t bytes)
{
	struct nrs_kept **link = &txn->kept;

	while (*link != NULL) {
		if (sizeof((*link)->bytes) - (*link)->used >= bytes)
			return *link;
		link = &(*link)->next;
	}
	if (txn->chunks >= NRS_KEPT_CHUNKS_MAX)
		return NULL;
	struct nrs_kept *chunk = nrs_slab_take(m->slab);
	if (chunk == NULL)
		return NULL;
	chunk->next = NULL;
	chunk->used = 0;
	txn->chunks++;
	*link = chunk;
	return chunk;
}

void nrs_match_lack(struct nrs_matcher *m, enum nrs_counter which)
{
	nrs_count(m->counters, which);
	if (m->sink != NULL && m->sink->lack != NULL)
		m->sink->lack(m->sink->ctx, which);
}

bool nrs_kept_add(struct nrs_matcher *m, struct nrs_txn *txn,
		  const struct nrs_kept_record *head, struct nrs_span octets)
{
	const size_t most = sizeof(((struct nrs_kept *)NULL)->bytes) -
			    sizeof(struct nrs_kept_record) - 8;

	if (octets.len > most) {
		nrs_match_lack(m, NRS_C_VALUES_REFUSED);
		octets.len = most; /* the test holds; its text is cut */
	}
	const size_t bytes =
		(sizeof(struct nrs_kept_record) + octets.len + 7) / 8 * 8;
	struct nrs_kept *chunk = chunk_with_room(m, txn, bytes);
	if (chunk == NULL) {
		nrs_match_lack(m, NRS_C_VALUES_REFUSED);
		return false;
	}
	struct nrs_kept_record *record = (void *)(chunk->bytes + chunk->used);
	*record = *head;
	record->bytes = (uint16_t)bytes;
	record->len = (uint32_t)octets.len;
	if (octets.len > 0)
		memcpy(record->octets, octets.ptr, octets.len);
	chunk->used += (uint32_t)bytes;
	return true;
}

struct nrs_kept_cursor nrs_kept_begin(const struct nrs_txn *txn)
{
	return (struct nrs_kept_cursor){.chunk = txn->kept};
}

const struct nrs_kept_record *nrs_kept_next(struct nrs_kept_cursor *cursor)
{
	while (cursor->chunk != NULL && cursor->offset >= cursor->chunk->used) {
		cursor->chunk = cursor->chunk->next;
		cursor->offset = 0;
	}
	if (cursor->chunk == NULL)
		return NULL;
	const struct nrs_kept_record *record =
		(const void *)(cursor->chunk->bytes + cursor->offset);
	cursor->offset += record->bytes;
	return record;
}

void nrs_kept_forget(struct nrs_matcher *m, struct nrs_txn *txn)
{
	while (txn->kept != NULL) {
		struct nrs_kept *chunk = txn->kept;

		txn->kept = chunk->next;
		nrs_slab_give(m->slab, chunk);
	}
	txn->chunks = 0;
	txn->has_candidates = false;
}

bool nrs_kept_fired(const struct nrs_txn *txn, uint64_t identity)
{
	struct nrs_kept_cursor cursor = nrs_kept_begin(txn);

	for (const struct nrs_kept_record *r;
	     (r = nrs_kept_next(&cursor)) != NULL;) {
		if (r->kind == NRS_KEPT_FIRED &&
		    memcmp(r->octets, &identity, sizeof(identity)) == 0)
			return true;
	}
	return false;
}
