/* SPDX-License-Identifier: Apache-2.0 */
/*
 * taxii_keep: two tables. `collection` holds one mark per row, `object` one
 * version per row in the order of arrival, its JSON as the hub sent it. `seen`
 * is the refresh that found it last.
 */
#include "loaders/taxii_keep.h"

#include <stdlib.h>

#include "engine/base/json.h"
#include "engine/handling.h"
#include "loaders/lifetime.h"
#include "loaders/stix.h"

#define ID_MAX 256u
#define TYPE_MAX 128u

static const char *const migrations[] = {
	"CREATE TABLE collection ("
	" id INTEGER PRIMARY KEY,"
	" source TEXT NOT NULL, url TEXT NOT NULL, name TEXT NOT NULL,"
	" watermark INTEGER, after INTEGER, pulled INTEGER,"
	" next TEXT NOT NULL DEFAULT '', root TEXT NOT NULL DEFAULT '',"
	" found TEXT NOT NULL DEFAULT '',"
	" objects INTEGER NOT NULL DEFAULT 0, bytes INTEGER NOT NULL DEFAULT 0,"
	" UNIQUE (source, url, name));"
	"CREATE TABLE object ("
	" seq INTEGER PRIMARY KEY,"
	" collection INTEGER NOT NULL REFERENCES collection,"
	" stix TEXT NOT NULL, modified INTEGER NOT NULL,"
	" type TEXT NOT NULL, revoked INTEGER NOT NULL, raw BLOB NOT NULL,"
	" UNIQUE (collection, stix, modified));",
	"ALTER TABLE collection ADD COLUMN refreshed INTEGER;"
	"ALTER TABLE collection ADD COLUMN refresh INTEGER;"
	"ALTER TABLE object ADD COLUMN seen INTEGER;",
	"CREATE INDEX object_referred ON object (collection, seq)"
	" WHERE type IN ('marking-definition', 'identity');"
	"CREATE INDEX object_arrival ON object (collection, seq);"
	"ALTER TABLE collection ADD COLUMN"
	" withdrawn INTEGER NOT NULL DEFAULT 0;",
};

const struct nrs_store_schema nrs_taxii_schema = {
	.application = 0x4e525450, /* "NRTP" */
	.migrations = migrations,
	.count = sizeof(migrations) / sizeof(*migrations),
};

/* Parameters: 1 collection, 2 id, 3 modified, 4 revoked, 5 type, 6 raw, 7 the
 * refresh under way. */
static const char insert_sql[] =
	"INSERT INTO object (collection, stix, modified, revoked, type, raw,"
	" seen) SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7 WHERE NOT EXISTS ("
	"  SELECT 1 FROM object WHERE collection = ?1 AND stix = ?2"
	"  AND (modified = ?3 OR (modified > ?3 AND ?4 = 0)))";
static const char replace_sql[] =
	"DELETE FROM object WHERE collection = ?1 AND stix = ?2"
	" AND modified < ?3 AND revoked = 0 RETURNING length(raw)";
static const char mark_sql[] =
	"UPDATE collection SET watermark = ?2, after = ?3, pulled = ?4,"
	" next = ?5, root = ?6, found = ?7, objects = ?8, bytes = ?9,"
	" refreshed = ?10, refresh = ?11 WHERE id = ?1";
static const char seen_sql[] =
	"UPDATE object SET seen = ?3 WHERE collection = ?1 AND stix = ?2";
static const char has_sql[] =
	"SELECT 1 FROM object WHERE collection = ?1 AND stix = ?2"
	" AND (modified >= ?3 OR modified = 0) LIMIT 1";
static const char withdraw_sql[] =
	"DELETE FROM object WHERE collection = ?1 AND revoked = 0"
	" AND (seen IS NULL OR seen <> ?2) RETURNING length(raw)";
static const char find_sql[] =
	"SELECT id, watermark, after, pulled, next, root, found, objects,"
	" bytes, refreshed, refresh FROM collection WHERE source = ?1 AND url "
	"= ?2 AND name = ?3";

/* Parameters: 1 collection, 2 the mark that all is behind. */
static const char load_sql[] =
	"SELECT raw FROM object WHERE collection = ?1 AND seq <= ?2"
	" AND type IN ('marking-definition', 'identity')"
	" UNION ALL "
	"SELECT raw FROM object WHERE collection = ?1 AND seq > ?2";
static const char load_all_sql[] =
	"SELECT raw FROM object WHERE collection = ?1 AND seq > ?2"
	" ORDER BY seq";
static const char last_sql[] =
	"SELECT (SELECT max(seq) FROM object WHERE collection = ?1),"
	" withdrawn FROM collection WHERE id = ?1";
static const char withdrawn_sql[] =
	"UPDATE collection SET withdrawn = withdrawn + ?2 WHERE id = ?1";

struct nrs_taxii_keep {
	struct nrs_store *store;
	int64_t row;
	struct nrs_store_query *insert, *replace, *update, *seen, *has;
	struct nrs_arena *arena; /* of one object */
	struct nrs_taxii_mark mark;
	struct nrs_taxii_mark saved; /* as it is in the file */
	bool is_open;		     /* a transaction */
};

static void copy_text(struct nrs_text *to, const struct nrs_text *from)
{
	nrs_text_clear(to);
	nrs_text_add(to, nrs_text_span(from));
}

static void copy_mark(struct nrs_taxii_mark *to,
		      const struct nrs_taxii_mark *from)
{
	to->watermark_ns = from->watermark_ns;
	to->after_ns = from->after_ns;
	to->pulled_ns = from->pulled_ns;
	to->refreshed_ns = from->refreshed_ns;
	to->refresh_ns = from->refresh_ns;
	to->objects = from->objects;
	to->bytes = from->bytes;
	/* Without memory they stay empty: asked for again, nothing is lost. */
	copy_text(&to->next, &from->next);
	copy_text(&to->root, &from->root);
	copy_text(&to->id, &from->id);
}

static void free_mark(struct nrs_taxii_mark *mark)
{
	nrs_text_fini(&mark->next);
	nrs_text_fini(&mark->root);
	nrs_text_fini(&mark->id);
}

static int64_t time_at(struct nrs_store_query *query, int column)
{
	return nrs_store_is_null(query, column) ? NRS_TIME_MIN
						: nrs_store_i64(query, column);
}

static void bind_time(struct nrs_store_query *query, int at, int64_t ns)
{
	if (ns == NRS_TIME_MIN)
		nrs_store_bind_null(query, at);
	else
		nrs_store_bind_i64(query, at, ns);
}

/* The row of @where, or 0; its mark if @mark is given. */
static int find_row(struct nrs_store *store,
		    const struct nrs_taxii_where *where, int64_t *id,
		    struct nrs_taxii_mark *mark, struct nrs_diag *diag)
{
	struct nrs_store_query *query = NULL;
	bool row = false;
	int err = nrs_store_prepare(store, &query, find_sql, diag);

	*id = 0;
	if (query == NULL)
		return err;
	nrs_store_bind_text(query, 1, where->source);
	nrs_store_bind_text(query, 2, where->url);
	nrs_store_bind_text(query, 3, where->collection);
	err = nrs_store_step(query, &row, diag);
	if (err == NRS_OK && row) {
		*id = nrs_store_i64(query, 0);
		if (mark != NULL) {
			mark->watermark_ns = time_at(query, 1);
			mark->after_ns = time_at(query, 2);
			mark->pulled_ns = time_at(query, 3);
			nrs_text_add(&mark->next, nrs_store_bytes_at(query, 4));
			nrs_text_add(&mark->root, nrs_store_bytes_at(query, 5));
			nrs_text_add(&mark->id, nrs_store_bytes_at(query, 6));
			mark->objects = (uint64_t)nrs_store_i64(query, 7);
			mark->bytes = (uint64_t)nrs_store_i64(query, 8);
			mark->refreshed_ns = time_at(query, 9);
			mark->refresh_ns = time_at(query, 10);
		}
	}
	nrs_store_query_free(query);
	return err;
}

static int make_row(struct nrs_taxii_keep *keep,
		    const struct nrs_taxii_where *where, struct nrs_diag *diag)
{
	struct nrs_store_query *query = NULL;
	int err = nrs_store_prepare(keep->store, &query,
				    "INSERT INTO collection (source, url, "
				    "name) VALUES (?1, ?2, ?3)",
				    diag);

	if (query == NULL)
		return err;
	nrs_store_bind_text(query, 1, where->source);
	nrs_store_bind_text(query, 2, where->url);
	nrs_store_bind_text(query, 3, where->collection);
	err = nrs_store_done(query, diag);
	keep->row = nrs_store_last_row(keep->store);
	nrs_store_query_free(query);
	return err;
}

int nrs_taxii_keep_new(struct nrs_taxii_keep **out, struct nrs_store *store,
		       const struct nrs_taxii_where *where,
		       struct nrs_diag *diag)
{
	struct nrs_taxii_keep *keep = calloc(1, sizeof(*keep));
	int err = NRS_E_NOMEM;

	if (keep == NULL)
		return nrs_diag_set(diag, err, 0, "out of memory");
	keep->store = store;
	keep->mark.watermark_ns = keep->mark.after_ns = keep->mark.pulled_ns =
		keep->mark.refreshed_ns = keep->mark.refresh_ns = NRS_TIME_MIN;
	keep->arena = nrs_arena_new(0);
	if (keep->arena != NULL)
		err = find_row(store, where, &keep->row, &keep->mark, diag);
	if (err == NRS_OK && keep->row == 0)
		err = make_row(keep, where, diag);
	if (err == NRS_OK)
		err = nrs_store_prepare(store, &keep->insert, insert_sql, diag);
	if (err == NRS_OK)
		err = nrs_store_prepare(store, &keep->replace, replace_sql,
					diag);
	if (err == NRS_OK)
		err = nrs_store_prepare(store, &keep->update, mark_sql, diag);
	if (err == NRS_OK)
		err = nrs_store_prepare(store, &keep->seen, seen_sql, diag);
	if (err == NRS_OK)
		err = nrs_store_prepare(store, &keep->has, has_sql, diag);
	if (err != NRS_OK) {
		nrs_taxii_keep_free(keep);
		return err;
	}
	copy_mark(&keep->saved, &keep->mark);
	*out = keep;
	return NRS_OK;
}

void nrs_taxii_keep_free(struct nrs_taxii_keep *keep)
{
	if (keep == NULL)
		return;
	nrs_taxii_keep_rollback(keep);
	nrs_store_query_free(keep->insert);
	nrs_store_query_free(keep->replace);
	nrs_store_query_free(keep->update);
	nrs_store_query_free(keep->seen);
	nrs_store_query_free(keep->has);
	nrs_arena_free(keep->arena);
	free_mark(&keep->mark);
	free_mark(&keep->saved);
	free(keep);
}

struct nrs_taxii_mark *nrs_taxii_keep_mark(struct nrs_taxii_keep *keep)
{
	return &keep->mark;
}

static int open_transaction(struct nrs_taxii_keep *keep, struct nrs_diag *diag)
{
	const int err =
		keep->is_open ? NRS_OK : nrs_store_begin(keep->store, diag);

	keep->is_open = err == NRS_OK;
	return err;
}

/* A version that its successor replaces. */
static int drop_older(struct nrs_taxii_keep *keep, struct nrs_span id,
		      int64_t modified_ns, struct nrs_diag *diag)
{
	bool row = false;
	int err;

	nrs_store_bind_i64(keep->replace, 1, keep->row);
	nrs_store_bind_text(keep->replace, 2, id);
	nrs_store_bind_i64(keep->replace, 3, modified_ns);
	err = nrs_store_step(keep->replace, &row, diag);
	while (err == NRS_OK && row) {
		keep->mark.objects--;
		keep->mark.bytes -= (uint64_t)nrs_store_i64(keep->replace, 0);
		err = nrs_store_step(keep->replace, &row, diag);
	}
	return err;
}

/* modified, or created (markings), or 0 (observables have no versions). */
static int64_t version_of(const struct nrs_json *json)
{
	int64_t ns;

	if (nrs_stamp_parse(nrs_json_text(json, "modified"), &ns) == NRS_OK ||
	    nrs_stamp_parse(nrs_json_text(json, "created"), &ns) == NRS_OK)
		return ns;
	return 0;
}

static bool is_id(struct nrs_span id)
{
	return id.len > 0 && id.len <= ID_MAX &&
	       nrs_span_find_text(id, "--") != SIZE_MAX && nrs_span_is_utf8(id);
}

/* It was there, and the refresh under way has found it again. */
static int see(struct nrs_taxii_keep *keep, struct nrs_span id,
	       struct nrs_diag *diag)
{
	if (keep->mark.refresh_ns == NRS_TIME_MIN)
		return NRS_OK;
	nrs_store_bind_i64(keep->seen, 1, keep->row);
	nrs_store_bind_text(keep->seen, 2, id);
	nrs_store_bind_i64(keep->seen, 3, keep->mark.refresh_ns);
	return nrs_store_done(keep->seen, diag);
}

int nrs_taxii_keep_has(struct nrs_taxii_keep *keep, struct nrs_span id,
		       int64_t version_ns, bool *has, struct nrs_diag *diag)
{
	nrs_store_bind_i64(keep->has, 1, keep->row);
	nrs_store_bind_text(keep->has, 2, id);
	nrs_store_bind_i64(keep->has, 3, version_ns);
	const int err = nrs_store_step(keep->has, has, diag);
	nrs_store_reset(keep->has);
	return err;
}

/* Marks of what came later hold only as long as nothing goes. */
static int count_withdrawn(struct nrs_taxii_keep *keep, uint64_t count,
			   struct nrs_diag *diag)
{
	struct nrs_store_query *query = NULL;
	int err = nrs_store_prepare(keep->store, &query, withdrawn_sql, diag);

	if (err == NRS_OK) {
		nrs_store_bind_i64(query, 1, keep->row);
		nrs_store_bind_i64(query, 2, (int64_t)count);
		err = nrs_store_done(query, diag);
	}
	nrs_store_query_free(query);
	return err;
}

int nrs_taxii_keep_withdraw(struct nrs_taxii_keep *keep, uint64_t *withdrawn,
			    struct nrs_diag *diag)
{
	struct nrs_store_query *query = NULL;
	bool row = true;
	int err = open_transaction(keep, diag);

	*withdrawn = 0;
	if (err == NRS_OK)
		err = nrs_store_prepare(keep->store, &query, withdraw_sql,
					diag);
	if (query == NULL)
		return err;
	nrs_store_bind_i64(query, 1, keep->row);
	nrs_store_bind_i64(query, 2, keep->mark.refresh_ns);
	while (err == NRS_OK && row) {
		err = nrs_store_step(query, &row, diag);
		if (err != NRS_OK || !row)
			continue;
		keep->mark.objects--;
		keep->mark.bytes -= (uint64_t)nrs_store_i64(query, 0);
		++*withdrawn;
	}
	nrs_store_query_free(query);
	return err == NRS_OK && *withdrawn > 0
		       ? count_withdrawn(keep, *withdrawn, diag)
		       : err;
}

int nrs_taxii_keep_object(struct nrs_taxii_keep *keep, struct nrs_span object,
			  enum nrs_taxii_kept *kept, struct nrs_diag *diag)
{
	struct nrs_json *json = NULL;
	int err;

	*kept = NRS_TAXII_REFUSED;
	nrs_arena_reset(keep->arena);
	err = nrs_json_parse(object, keep->arena, &json, NULL);
	if (err == NRS_E_NOMEM)
		return nrs_diag_set(diag, err, 0, "out of memory");
	const struct nrs_span id = nrs_json_text(json, "id");
	const struct nrs_span type = nrs_json_text(json, "type");
	if (err != NRS_OK || !is_id(id) || type.len == 0 || type.len > TYPE_MAX)
		return NRS_OK;
	const int64_t modified_ns = version_of(json);
	err = open_transaction(keep, diag);
	if (err != NRS_OK)
		return err;
	nrs_store_bind_i64(keep->insert, 1, keep->row);
	nrs_store_bind_text(keep->insert, 2, id);
	nrs_store_bind_i64(keep->insert, 3, modified_ns);
	nrs_store_bind_i64(
		keep->insert, 4,
		nrs_json_is(nrs_json_get(json, "revoked"), NRS_JSON_TRUE));
	nrs_store_bind_text(keep->insert, 5, type);
	nrs_store_bind_blob(keep->insert, 6, object);
	bind_time(keep->insert, 7, keep->mark.refresh_ns);
	err = nrs_store_done(keep->insert, diag);
	if (err != NRS_OK)
		return err;
	*kept = NRS_TAXII_KNOWN;
	if (nrs_store_changes(keep->store) == 0)
		return see(keep, id, diag);
	*kept = NRS_TAXII_NEW;
	keep->mark.objects++;
	keep->mark.bytes += object.len;
	return drop_older(keep, id, modified_ns, diag);
}

int nrs_taxii_keep_commit(struct nrs_taxii_keep *keep, struct nrs_diag *diag)
{
	const struct nrs_taxii_mark *mark = &keep->mark;
	int err = open_transaction(keep, diag);

	if (err == NRS_OK) {
		nrs_store_bind_i64(keep->update, 1, keep->row);
		bind_time(keep->update, 2, mark->watermark_ns);
		bind_time(keep->update, 3, mark->after_ns);
		bind_time(keep->update, 4, mark->pulled_ns);
		nrs_store_bind_text(keep->update, 5,
				    nrs_text_span(&mark->next));
		nrs_store_bind_text(keep->update, 6,
				    nrs_text_span(&mark->root));
		nrs_store_bind_text(keep->update, 7, nrs_text_span(&mark->id));
		nrs_store_bind_i64(keep->update, 8, (int64_t)mark->objects);
		nrs_store_bind_i64(keep->update, 9, (int64_t)mark->bytes);
		bind_time(keep->update, 10, mark->refreshed_ns);
		bind_time(keep->update, 11, mark->refresh_ns);
		err = nrs_store_done(keep->update, diag);
	}
	if (err == NRS_OK)
		err = nrs_store_commit(keep->store, diag);
	if (err != NRS_OK) {
		nrs_taxii_keep_rollback(keep);
		return err;
	}
	keep->is_open = false;
	copy_mark(&keep->saved, mark);
	return NRS_OK;
}

void nrs_taxii_keep_rollback(struct nrs_taxii_keep *keep)
{
	if (keep->is_open)
		nrs_store_rollback(keep->store);
	keep->is_open = false;
	copy_mark(&keep->mark, &keep->saved);
}

static int feed(struct nrs_store_query *query, struct nrs_stix *stix,
		struct nrs_diag *diag)
{
	bool row = false, is_first = true;
	int err = nrs_stix_push(stix, nrs_span_of("{\"objects\":["));

	while (err == NRS_OK) {
		err = nrs_store_step(query, &row, diag);
		if (err != NRS_OK || !row)
			break;
		if (!is_first)
			err = nrs_stix_push(stix, nrs_span_of(","));
		is_first = false;
		if (err == NRS_OK)
			err = nrs_stix_push(stix, nrs_store_bytes_at(query, 0));
	}
	return err == NRS_OK ? nrs_stix_push(stix, nrs_span_of("]}")) : err;
}

int nrs_taxii_last(const struct nrs_taxii_load *from,
		   struct nrs_taxii_extent *out, struct nrs_diag *diag)
{
	struct nrs_store_query *query = NULL;
	bool is_row = false;
	int64_t row;
	int err = find_row(from->store, from->where, &row, NULL, diag);

	*out = (struct nrs_taxii_extent){0};
	if (err == NRS_OK)
		err = nrs_store_prepare(from->store, &query, last_sql, diag);
	if (err == NRS_OK) {
		nrs_store_bind_i64(query, 1, row);
		err = nrs_store_step(query, &is_row, diag);
	}
	if (err == NRS_OK && is_row) {
		out->mark = nrs_store_is_null(query, 0)
				    ? 0
				    : nrs_store_i64(query, 0);
		out->withdrawn = nrs_store_i64(query, 1);
	}
	nrs_store_query_free(query);
	return err;
}

int nrs_taxii_load(const struct nrs_taxii_load *from, struct nrs_set *set,
		   struct nrs_loader_result *result, struct nrs_diag *diag)
{
	const struct nrs_taxii_where *where = from->where;
	struct nrs_store_query *query = NULL;
	struct nrs_stix *stix = NULL;
	struct nrs_lifetimes lifetimes;
	const uint32_t first = nrs_set_count(set);
	uint32_t source;
	int64_t row;
	int err = find_row(from->store, where, &row, NULL, diag);

	*result = (struct nrs_loader_result){0};
	if (err == NRS_OK)
		err = nrs_lifetimes_read(from->options->lifetime, &lifetimes,
					 diag);
	if (err == NRS_OK)
		err = nrs_set_source(set, where->source, where->url, &source);
	if (err == NRS_OK)
		err = nrs_stix_new(&stix, set, source, from->options);
	if (err == NRS_OK)
		err = nrs_store_prepare(
			from->store, &query,
			from->after == 0 ? load_all_sql : load_sql, diag);
	if (err == NRS_OK) {
		nrs_store_bind_i64(query, 1, row);
		nrs_store_bind_i64(query, 2, from->after);
		err = feed(query, stix, diag);
	}
	if (err == NRS_OK)
		err = nrs_stix_end(stix, result, diag);
	if (err == NRS_OK)
		nrs_lifetimes_apply(&lifetimes, set, first);
	if (err == NRS_OK && from->options->hidden)
		err = nrs_hidden_mark(set, first);
	result->format = "TAXII collection";
	nrs_stix_free(stix);
	nrs_store_query_free(query);
	return err;
}
