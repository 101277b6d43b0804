/* SPDX-License-Identifier: Apache-2.0 */
/*
 * window_keep: the windows in the store: one row per key.
 */
#include <stdlib.h>

#include "sightings/window_table.h"

const char nrs_windows_sql[] =
	"CREATE TABLE window ("
	" serial INTEGER PRIMARY KEY, state BLOB NOT NULL,"
	" witness BLOB NOT NULL) STRICT;";
const char nrs_windows_rest_sql[] = "ALTER TABLE window ADD COLUMN rest BLOB;";

static bool has_table(const struct nrs_windows *w)
{
	return w->options.store != NULL && !w->options.is_fleeting;
}

int nrs_window_keep_begin(struct nrs_windows *w, struct nrs_diag *diag)
{
	return w->options.store == NULL
		       ? NRS_OK
		       : nrs_store_begin(w->options.store, diag);
}

int nrs_window_keep_end(struct nrs_windows *w, int err, struct nrs_diag *diag)
{
	if (w->options.store == NULL)
		return err;
	if (err == NRS_OK)
		err = nrs_store_commit(w->options.store, diag);
	if (err != NRS_OK)
		nrs_store_rollback(w->options.store);
	return err;
}

int nrs_window_keep_key(struct nrs_windows *w, const struct nrs_window_key *key,
			struct nrs_diag *diag)
{
	if (!has_table(w))
		return NRS_OK;
	nrs_store_bind_i64(w->put, 1, (int64_t)key->serial);
	nrs_store_bind_blob(w->put, 2,
			    nrs_span(&key->state, sizeof(key->state)));
	nrs_store_bind_blob(w->put, 3, nrs_witness_bytes(key->lead));
	if (key->state.rest.count > 0)
		nrs_store_bind_blob(w->put, 4, nrs_witness_bytes(key->rest));
	else
		nrs_store_bind_null(w->put, 4);
	return nrs_store_done(w->put, diag);
}

static int drop_gone(struct nrs_windows *w, struct nrs_diag *diag)
{
	int err = NRS_OK;

	if (w->rewrite)
		return nrs_store_run(w->options.store, "DELETE FROM window",
				     diag);
	for (unsigned int i = 0; i < w->gone_count && err == NRS_OK; i++) {
		nrs_store_bind_i64(w->drop, 1, (int64_t)w->gone[i]);
		err = nrs_store_done(w->drop, diag);
	}
	return err;
}

/* Write all keys that changed (@is_kept: it is committed, say so in them). */
static int each_dirty(struct nrs_windows *w, bool is_kept,
		      struct nrs_diag *diag)
{
	int err = NRS_OK;

	for (unsigned int i = 0; i < NRS_WINDOW_LISTS; i++) {
		for (struct nrs_chain *at = w->lists[i].next;
		     at != &w->lists[i] && err == NRS_OK; at = at->next) {
			struct nrs_window_key *key = NRS_CHAIN_ITEM(
				at, struct nrs_window_key, by_silence);

			if (!key->is_dirty && !w->rewrite)
				continue;
			if (!is_kept) {
				err = nrs_window_keep_key(w, key, diag);
				continue;
			}
			key->is_dirty = false;
			key->is_saved = true;
		}
	}
	return err;
}

int nrs_windows_save(struct nrs_windows *w, struct nrs_diag *diag)
{
	int err;

	if (!has_table(w))
		return NRS_OK;
	err = nrs_window_keep_begin(w, diag);
	if (err != NRS_OK)
		return err;
	err = drop_gone(w, diag);
	if (err == NRS_OK)
		err = each_dirty(w, false, diag);
	err = nrs_window_keep_end(w, err, diag);
	if (err != NRS_OK)
		return err; /* all of it again at the next save */
	(void)each_dirty(w, true, NULL);
	w->gone_count = 0;
	w->rewrite = false;
	return NRS_OK;
}

/* Of a time that there is: later it is multiplied. */
static bool is_number(const struct nrs_windows *w,
		      const struct nrs_window_state *s)
{
	const int64_t most = INT64_MAX / w->options.width_ns[s->stage] - 2;

	return !s->is_open || (s->number >= -most && s->number <= most);
}

static bool is_readable(const struct nrs_window_state *s)
{
	const uint8_t *bools[] = {(const uint8_t *)&s->is_open,
				  (const uint8_t *)&s->is_new};

	return *bools[0] <= 1 && *bools[1] <= 1 &&
	       s->layout == NRS_WINDOW_LAYOUT && s->stage < NRS_WINDOW_STAGES &&
	       s->outcome <= NRS_OUTCOME_ESTABLISHED &&
	       s->grade <= NRS_CLASS_URGENT &&
	       s->importance <= NRS_IMPORTANCE_CRITICAL &&
	       s->lead.how <= NRS_HOW_PATTERN && s->rest.how <= NRS_HOW_PATTERN;
}

static int load_witnesses(struct nrs_window_key *key,
			  struct nrs_store_query *query)
{
	int err = nrs_witness_read(&key->lead, nrs_store_bytes_at(query, 2));

	if (err == NRS_OK && key->state.rest.count > 0)
		err = nrs_witness_read(&key->rest,
				       nrs_store_bytes_at(query, 3));
	return err;
}

/* The key of the current row. NRS_E_FORMAT: it is not of this layout. */
static int load_key(struct nrs_windows *w, struct nrs_store_query *query)
{
	const struct nrs_span state = nrs_store_bytes_at(query, 1);
	struct nrs_window_key *key = calloc(1, sizeof(*key));
	int err = NRS_E_FORMAT;

	if (key == NULL)
		return NRS_E_NOMEM;
	if (state.len == sizeof(key->state)) {
		memcpy(&key->state, state.ptr, state.len);
		if (is_readable(&key->state) && is_number(w, &key->state))
			err = load_witnesses(key, query);
	}
	if (err != NRS_OK) {
		nrs_witness_free(key->lead);
		nrs_witness_free(key->rest);
		free(key);
		return err;
	}
	key->serial = (uint64_t)nrs_store_i64(query, 0);
	key->is_saved = true;
	if (key->serial >= w->next_serial)
		w->next_serial = key->serial + 1;
	nrs_window_insert(w, key);
	return NRS_OK;
}

static int load(struct nrs_windows *w, struct nrs_diag *diag)
{
	struct nrs_store_query *query = NULL;
	bool row = true;
	int err = nrs_store_prepare(
		w->options.store, &query,
		"SELECT serial, state, witness, rest FROM window"
		" ORDER BY serial",
		diag);

	while (err == NRS_OK && w->figures.keys < w->options.keys_max) {
		err = nrs_store_step(query, &row, diag);
		if (err != NRS_OK || !row)
			break;
		err = load_key(w, query);
		if (err == NRS_E_FORMAT) {
			w->figures.unreadable++;
			w->rewrite = true; /* the row goes with the next save */
			err = NRS_OK;
		}
	}
	nrs_store_query_free(query);
	return err;
}

int nrs_window_keep_open(struct nrs_windows *w, struct nrs_diag *diag)
{
	int err;

	if (!has_table(w))
		return NRS_OK;
	err = nrs_store_prepare(w->options.store, &w->put,
				"INSERT OR REPLACE INTO window"
				" (serial, state, witness, rest)"
				" VALUES (?1, ?2, ?3, ?4)",
				diag);
	if (err == NRS_OK)
		err = nrs_store_prepare(w->options.store, &w->drop,
					"DELETE FROM window WHERE serial = ?1",
					diag);
	return err == NRS_OK ? load(w, diag) : err;
}

void nrs_window_keep_close(struct nrs_windows *w)
{
	nrs_store_query_free(w->put);
	nrs_store_query_free(w->drop);
}
