/* SPDX-License-Identifier: Apache-2.0 */
/*
 * match_renew: a transaction that began under an older db, brought under the
 * current one.
 *
 * Kept records name atoms and predicates by index, which another db numbers
 * otherwise. So everything kept is taken off; what fired goes back first, by
 * its identity, so that it cannot fire again; then each value once more
 * through the tables. Chunks of the old list go back to the slab at the end.
 */
#include "engine/match.h"

static void keep_fired(struct nrs_matcher *m, struct nrs_txn *txn,
		       const struct nrs_txn *old)
{
	struct nrs_kept_cursor cursor = nrs_kept_begin(old);

	for (const struct nrs_kept_record *r;
	     (r = nrs_kept_next(&cursor)) != NULL;) {
		if (r->kind == NRS_KEPT_FIRED)
			(void)nrs_kept_add(m, txn, r,
					   nrs_span(r->octets, r->len));
	}
}

static bool is_same_value(const struct nrs_kept_record *a,
			  const struct nrs_kept_record *b)
{
	return a->kind == NRS_KEPT_VALUE && a->field == b->field &&
	       a->object == b->object && a->len == b->len &&
	       memcmp(a->octets, b->octets, a->len) == 0;
}

/* A value that satisfied several atoms was kept for each of them. */
static bool came_before(const struct nrs_txn *old,
			const struct nrs_kept_record *record)
{
	struct nrs_kept_cursor cursor = nrs_kept_begin(old);

	for (const struct nrs_kept_record *r;
	     (r = nrs_kept_next(&cursor)) != record && r != NULL;) {
		if (is_same_value(r, record))
			return true;
	}
	return false;
}

static void look_again(struct nrs_matcher *m, struct nrs_txn *txn,
		       const struct nrs_txn *old)
{
	struct nrs_kept_cursor cursor = nrs_kept_begin(old);

	for (const struct nrs_kept_record *r;
	     (r = nrs_kept_next(&cursor)) != NULL;) {
		if (r->kind != NRS_KEPT_VALUE || came_before(old, r))
			continue;
		struct nrs_seen seen = {.field = (enum nrs_field)r->field,
					.object = r->object,
					.raw = nrs_span(r->octets, r->len)};
		/* What an exchange left with its flow is a name of the
		 * destination, and nothing else, to the flow. */
		const bool is_left =
			txn == txn->flow &&
			nrs_field_table[r->field].scope == NRS_SCOPE_EXCHANGE;

		nrs_match_look(m, txn, &seen,
			       is_left ? NRS_L(DST_NAME) : NRS_LANES_ALL);
	}
}

bool nrs_txn_renew(struct nrs_matcher *m, struct nrs_txn *txn)
{
	const bool is_older = txn->generation != 0;
	struct nrs_txn old = *txn;

	if (txn->generation == m->generation)
		return false;
	if (txn->flow != txn)
		(void)nrs_txn_renew(m, txn->flow);
	txn->generation = m->generation;
	txn->kept = NULL;
	txn->chunks = 0;
	txn->has_candidates = false;
	if (old.kept != NULL && m->db != NULL) {
		keep_fired(m, txn, &old);
		look_again(m, txn, &old);
	}
	nrs_kept_forget(m, &old);
	return is_older;
}
