/* SPDX-License-Identifier: Apache-2.0 */
/*
 * taxii_said: a query over what taxii_keep keeps, on the number of arrival.
 */
#include "loaders/taxii_said.h"

static const char said_sql[] =
	"SELECT seq, raw FROM object WHERE collection ="
	" (SELECT id FROM collection WHERE source = ?1 AND url = ?2"
	" AND name = ?3) AND seq > ?4 AND type IN ('note', 'opinion',"
	" 'sighting', 'report', 'grouping', 'relationship') ORDER BY seq";

static int give(const struct nrs_taxii_said *from, struct nrs_arena *arena,
		struct nrs_span raw)
{
	struct nrs_json *json = NULL;

	nrs_arena_reset(arena);
	const int err = nrs_json_parse(raw, arena, &json, NULL);
	if (err != NRS_OK)
		return err == NRS_E_NOMEM ? err : NRS_OK;
	return from->fn(from->ctx, json);
}

int nrs_taxii_said(const struct nrs_taxii_said *from, int64_t *after,
		   struct nrs_diag *diag)
{
	struct nrs_arena *arena = nrs_arena_new(0);
	struct nrs_store_query *query = NULL;
	bool row = true;
	int err = arena == NULL ? NRS_E_NOMEM
				: nrs_store_prepare(from->store, &query,
						    said_sql, diag);

	if (query != NULL) {
		nrs_store_bind_text(query, 1, from->where->source);
		nrs_store_bind_text(query, 2, from->where->url);
		nrs_store_bind_text(query, 3, from->where->collection);
		nrs_store_bind_i64(query, 4, *after);
	}
	while (err == NRS_OK && row) {
		err = nrs_store_step(query, &row, diag);
		if (err != NRS_OK || !row)
			continue;
		err = give(from, arena, nrs_store_bytes_at(query, 1));
		if (err == NRS_OK)
			*after = nrs_store_i64(query, 0);
	}
	nrs_store_query_free(query);
	nrs_arena_free(arena);
	return err;
}
