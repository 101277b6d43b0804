/* SPDX-License-Identifier: Apache-2.0 */
/*
 * store: SQLite with its guards up.
 *
 * The file may have been damaged or made by a stranger: schema code is not
 * trusted, triggers and views are off, cells are checked as they are read, and
 * no value grows above its cap. WAL, so that readers never wait for a writer.
 */
#include "engine/base/store.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define BUSY_MS 5000

struct nrs_store {
	sqlite3 *db;
	char *path;
};

struct nrs_store_query {
	struct nrs_store *store;
	sqlite3_stmt *statement;
	int bind_rc; /* the first bind that failed */
};

static int err_of(int rc)
{
	switch (rc & 0xff) {
	case SQLITE_OK:
		return NRS_OK;
	case SQLITE_NOMEM:
		return NRS_E_NOMEM;
	case SQLITE_CORRUPT:
	case SQLITE_NOTADB:
	case SQLITE_FORMAT:
	case SQLITE_ERROR: /* mostly: no such table or column */
	case SQLITE_MISMATCH:
		return NRS_E_FORMAT;
	case SQLITE_TOOBIG:
		return NRS_E_LIMIT;
	case SQLITE_CONSTRAINT:
		return NRS_E_USAGE;
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
	case SQLITE_IOERR:
	case SQLITE_FULL:
	case SQLITE_CANTOPEN:
	case SQLITE_READONLY:
	case SQLITE_PERM:
	case SQLITE_AUTH:
	case SQLITE_NOLFS:
	case SQLITE_PROTOCOL:
		return NRS_E_IO;
	default:
		return NRS_E_INTERNAL;
	}
}

/* @rc as a code of ours, with the file's name and SQLite's words. */
static int fail(const struct nrs_store *store, int rc, struct nrs_diag *diag)
{
	const char *text = sqlite3_errstr(rc);

	if (store->db != NULL &&
	    (sqlite3_errcode(store->db) & 0xff) == (rc & 0xff))
		text = sqlite3_errmsg(store->db);
	return nrs_diag_set(diag, err_of(rc), (uint64_t)(unsigned int)rc,
			    "%s: %s", store->path, text);
}

int nrs_store_run(struct nrs_store *store, const char *sql,
		  struct nrs_diag *diag)
{
	const int rc = sqlite3_exec(store->db, sql, NULL, NULL, NULL);

	return rc == SQLITE_OK ? NRS_OK : fail(store, rc, diag);
}

int nrs_store_begin(struct nrs_store *store, struct nrs_diag *diag)
{
	return nrs_store_run(store, "BEGIN IMMEDIATE", diag);
}

int nrs_store_commit(struct nrs_store *store, struct nrs_diag *diag)
{
	return nrs_store_run(store, "COMMIT", diag);
}

void nrs_store_rollback(struct nrs_store *store)
{
	if (sqlite3_get_autocommit(store->db) == 0)
		(void)nrs_store_run(store, "ROLLBACK", NULL);
}

int64_t nrs_store_changes(const struct nrs_store *store)
{
	return sqlite3_changes64(store->db);
}

int64_t nrs_store_last_row(const struct nrs_store *store)
{
	return sqlite3_last_insert_rowid(store->db);
}

/* The one number that @sql gives. */
static int number(struct nrs_store *store, const char *sql, int64_t *out,
		  struct nrs_diag *diag)
{
	struct nrs_store_query *query = NULL;
	bool row = false;
	int err = nrs_store_prepare(store, &query, sql, diag);

	*out = 0;
	if (query == NULL)
		return err;
	err = nrs_store_step(query, &row, diag);
	if (err == NRS_OK && row)
		*out = nrs_store_i64(query, 0);
	nrs_store_query_free(query);
	return err;
}

int nrs_store_bytes(struct nrs_store *store, uint64_t *out,
		    struct nrs_diag *diag)
{
	int64_t pages, page;
	int err = number(store, "PRAGMA page_count", &pages, diag);

	if (err == NRS_OK)
		err = number(store, "PRAGMA page_size", &page, diag);
	if (err == NRS_OK)
		*out = (uint64_t)pages * (uint64_t)page;
	return err;
}

/* One step up, and the number that says so, or neither. */
static int migrate(struct nrs_store *store,
		   const struct nrs_store_schema *schema, size_t version,
		   struct nrs_diag *diag)
{
	char sql[128];
	int err = nrs_store_run(store, schema->migrations[version], diag);

	if (err != NRS_OK)
		return err;
	snprintf(sql, sizeof(sql),
		 "PRAGMA application_id = %d; PRAGMA user_version = %zu",
		 (int)schema->application, version + 1);
	return nrs_store_run(store, sql, diag);
}

/* Under the write lock: two processes that start at once do it once. */
static int bring_up(struct nrs_store *store,
		    const struct nrs_store_schema *schema,
		    struct nrs_diag *diag)
{
	int64_t version, application, tables;
	int err = number(store, "PRAGMA user_version", &version, diag);

	if (err == NRS_OK)
		err = number(store, "PRAGMA application_id", &application,
			     diag);
	if (err == NRS_OK)
		err = number(store, "SELECT count(*) FROM sqlite_schema",
			     &tables, diag);
	if (err != NRS_OK)
		return err;
	const bool is_new = version == 0 && application == 0 && tables == 0;
	if (!is_new && application != (int32_t)schema->application)
		return nrs_diag_set(diag, NRS_E_FORMAT, 0,
				    "%s: is another program's database",
				    store->path);
	if (version < 0 || (size_t)version > schema->count)
		return nrs_diag_set(diag, NRS_E_UNSUPPORTED, 0,
				    "%s: was written by a newer noroshi "
				    "(schema %lld, known up to %zu)",
				    store->path, (long long)version,
				    schema->count);
	for (size_t at = (size_t)version; at < schema->count; at++) {
		err = migrate(store, schema, at, diag);
		if (err != NRS_OK)
			return err;
	}
	return NRS_OK;
}

/* Before the first page is read. */
static int guard(struct nrs_store *store, struct nrs_diag *diag)
{
	static const int off[] = {SQLITE_DBCONFIG_TRUSTED_SCHEMA,
				  SQLITE_DBCONFIG_ENABLE_TRIGGER,
				  SQLITE_DBCONFIG_ENABLE_VIEW};
	int rc = sqlite3_db_config(store->db, SQLITE_DBCONFIG_DEFENSIVE, 1,
				   NULL);

	for (size_t i = 0; i < sizeof(off) / sizeof(*off); i++)
		if (rc == SQLITE_OK)
			rc = sqlite3_db_config(store->db, off[i], 0, NULL);
	if (rc == SQLITE_OK)
		rc = sqlite3_busy_timeout(store->db, BUSY_MS);
	if (rc != SQLITE_OK)
		return fail(store, rc, diag);
	(void)sqlite3_extended_result_codes(store->db, 1);
	(void)sqlite3_limit(store->db, SQLITE_LIMIT_LENGTH,
			    (int)NRS_STORE_VALUE_MAX);
	(void)sqlite3_limit(store->db, SQLITE_LIMIT_ATTACHED, 0);
	/* No file beside ours: a confined sensor may make none elsewhere. */
	return nrs_store_run(
		store,
		"PRAGMA cell_size_check = ON; PRAGMA temp_store = MEMORY",
		diag);
}

/*
 * SQLite would make it readable for all: its WAL takes the mode over. A process
 * that closes any descriptor of a file loses all its locks on it, also those of
 * other stores; so the file is made, and closed, under another name.
 */
static int make_file(const struct nrs_store *store, struct nrs_diag *diag)
{
	char name[PATH_MAX];
	int fd, error = 0;

	if (access(store->path, F_OK) == 0)
		return NRS_OK;
	(void)snprintf(name, sizeof(name), "%s.XXXXXX", store->path);
	fd = mkostemp(name, O_CLOEXEC); /* mode 0600 */
	if (fd < 0) {
		error = errno;
	} else {
		(void)close(fd);
		if (link(name, store->path) != 0 && errno != EEXIST)
			error = errno;
		(void)unlink(name);
	}
	return error == 0
		       ? NRS_OK
		       : nrs_diag_set(diag, NRS_E_IO, (uint64_t)error, "%s: %s",
				      store->path, strerror(error));
}

static int open_db(struct nrs_store *store, enum nrs_store_sync sync,
		   struct nrs_diag *diag)
{
	int err = make_file(store, diag);

	if (err != NRS_OK)
		return err;
	const int rc = sqlite3_open_v2(
		store->path, &store->db,
		SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL);
	if (rc != SQLITE_OK)
		return fail(store, rc, diag);
	err = guard(store, diag);
	if (err == NRS_OK)
		err = nrs_store_run(store, "PRAGMA journal_mode = WAL", diag);
	if (err == NRS_OK)
		err = nrs_store_run(store,
				    sync == NRS_STORE_SYNC_POWER
					    ? "PRAGMA synchronous = FULL"
					    : "PRAGMA synchronous = NORMAL",
				    diag);
	return err;
}

int nrs_store_open(struct nrs_store **out, const char *path,
		   const struct nrs_store_schema *schema,
		   enum nrs_store_sync sync, struct nrs_diag *diag)
{
	struct nrs_store *store = calloc(1, sizeof(*store));
	int err = NRS_E_NOMEM;

	if (store != NULL)
		store->path = strdup(path);
	if (store == NULL || store->path == NULL) {
		nrs_diag_set(diag, err, 0, "out of memory");
		goto fail;
	}
	err = open_db(store, sync, diag);
	if (err == NRS_OK)
		err = nrs_store_begin(store, diag);
	if (err == NRS_OK)
		err = bring_up(store, schema, diag);
	if (err == NRS_OK)
		err = nrs_store_commit(store, diag);
	if (err != NRS_OK)
		goto fail;
	*out = store;
	return NRS_OK;
fail:
	nrs_store_close(store);
	return err;
}

void nrs_store_close(struct nrs_store *store)
{
	if (store == NULL)
		return;
	(void)sqlite3_close_v2(store->db);
	free(store->path);
	free(store);
}

int nrs_store_prepare(struct nrs_store *store, struct nrs_store_query **out,
		      const char *sql, struct nrs_diag *diag)
{
	struct nrs_store_query *query = calloc(1, sizeof(*query));

	if (query == NULL)
		return nrs_diag_set(diag, NRS_E_NOMEM, 0, "out of memory");
	query->store = store;
	const int rc = sqlite3_prepare_v3(store->db, sql, -1,
					  SQLITE_PREPARE_PERSISTENT,
					  &query->statement, NULL);
	if (rc != SQLITE_OK) {
		const int err = fail(store, rc, diag);

		free(query);
		return err;
	}
	*out = query;
	return NRS_OK;
}

void nrs_store_query_free(struct nrs_store_query *query)
{
	if (query == NULL)
		return;
	(void)sqlite3_finalize(query->statement);
	free(query);
}

static void bound(struct nrs_store_query *query, int rc)
{
	if (query->bind_rc == SQLITE_OK)
		query->bind_rc = rc;
}

void nrs_store_bind_i64(struct nrs_store_query *query, int at, int64_t value)
{
	bound(query, sqlite3_bind_int64(query->statement, at, value));
}

void nrs_store_bind_text(struct nrs_store_query *query, int at,
			 struct nrs_span value)
{
	/* An empty span may have no pointer, and NULL would bind a NULL. */
	const char *text = value.len == 0 ? "" : (const char *)value.ptr;

	bound(query, sqlite3_bind_text64(query->statement, at, text, value.len,
					 SQLITE_STATIC, SQLITE_UTF8));
}

void nrs_store_bind_blob(struct nrs_store_query *query, int at,
			 struct nrs_span value)
{
	const void *bytes = value.len == 0 ? "" : (const void *)value.ptr;

	bound(query, sqlite3_bind_blob64(query->statement, at, bytes, value.len,
					 SQLITE_STATIC));
}

void nrs_store_bind_null(struct nrs_store_query *query, int at)
{
	bound(query, sqlite3_bind_null(query->statement, at));
}

int nrs_store_step(struct nrs_store_query *query, bool *row,
		   struct nrs_diag *diag)
{
	int rc = query->bind_rc;

	*row = false;
	if (rc == SQLITE_OK)
		rc = sqlite3_step(query->statement);
	if (rc == SQLITE_ROW) {
		*row = true;
		return NRS_OK;
	}
	const int err =
		rc == SQLITE_DONE ? NRS_OK : fail(query->store, rc, diag);
	nrs_store_reset(query);
	return err;
}

int nrs_store_done(struct nrs_store_query *query, struct nrs_diag *diag)
{
	bool row;
	const int err = nrs_store_step(query, &row, diag);

	if (row)
		nrs_store_reset(query);
	return err;
}

void nrs_store_reset(struct nrs_store_query *query)
{
	(void)sqlite3_reset(query->statement);
	(void)sqlite3_clear_bindings(query->statement);
	query->bind_rc = SQLITE_OK;
}

int64_t nrs_store_i64(struct nrs_store_query *query, int column)
{
	return sqlite3_column_int64(query->statement, column);
}

struct nrs_span nrs_store_bytes_at(struct nrs_store_query *query, int column)
{
	/* Pointer first: it may convert, and so change the length. */
	const void *bytes = sqlite3_column_blob(query->statement, column);
	const int len = sqlite3_column_bytes(query->statement, column);

	return nrs_span(bytes, bytes == NULL ? 0 : (size_t)len);
}

bool nrs_store_is_null(struct nrs_store_query *query, int column)
{
	return sqlite3_column_type(query->statement, column) == SQLITE_NULL;
}
