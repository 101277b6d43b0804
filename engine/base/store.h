/* SPDX-License-Identifier: Apache-2.0 */
/*
 * store: the only door to SQLite: what must survive kill -9.
 *
 * A store is one file (mode 0600) in WAL mode, with the schema that its owner
 * gives as text. One struct nrs_store is used by one thread at a time; several
 * may be open on one file: any number reads, one writes, a second writer waits
 * for it up to 5 s. Long transactions therefore deserve a file of their own.
 *
 * Errors of all functions, with file and reason in @diag (NULL is fine):
 * NRS_E_IO (disk full, no permission, locked for 5 s), NRS_E_FORMAT (not a
 * database, damaged, or not with the tables it should have), NRS_E_LIMIT (a
 * value above NRS_STORE_VALUE_MAX), NRS_E_USAGE (a constraint of the schema),
 * NRS_E_NOMEM, NRS_E_INTERNAL. A failed transaction is rolled back by
 * nrs_store_rollback; nothing of it stays.
 */
#pragma once

#include "engine/base/err.h"
#include "engine/base/span.h"

#define NRS_STORE_VALUE_MAX ((size_t)32 << 20)

struct nrs_store;
struct nrs_store_query;

/* What a commit waits for. */
enum nrs_store_sync {
	NRS_STORE_SYNC_CRASH, /* survives kill -9; a power cut may take the last
			       * commits, never the file's order */
	NRS_STORE_SYNC_POWER, /* survives a power cut: one fsync per commit */
};

/*
 * @application: any number that is this owner's alone: another's file is
 * NRS_E_FORMAT. @migrations[i] is SQL that leads from version i to i + 1, run
 * in one transaction with the version's change; a file of a higher version
 * than @count is NRS_E_UNSUPPORTED. Triggers and views in a file do nothing.
 */
struct nrs_store_schema {
	uint32_t application;
	const char *const *migrations;
	size_t count;
};

/* Open or make the file @path. */
int nrs_store_open(struct nrs_store **out, const char *path,
		   const struct nrs_store_schema *schema,
		   enum nrs_store_sync sync, struct nrs_diag *diag);

/* Every query must be freed before. NULL is fine. */
void nrs_store_close(struct nrs_store *store);

/* Run @sql that gives no rows: one statement or several. */
int nrs_store_run(struct nrs_store *store, const char *sql,
		  struct nrs_diag *diag);

/* A transaction that may write from its start on. No nesting. Rollback is
 * fine without one; it never fails. */
int nrs_store_begin(struct nrs_store *store, struct nrs_diag *diag);
int nrs_store_commit(struct nrs_store *store, struct nrs_diag *diag);
void nrs_store_rollback(struct nrs_store *store);

/* Rows that the last statement changed; the row id that it inserted. */
int64_t nrs_store_changes(const struct nrs_store *store);
int64_t nrs_store_last_row(const struct nrs_store *store);

/* Bytes of the file and of its WAL, as SQLite counts its pages. */
int nrs_store_bytes(struct nrs_store *store, uint64_t *out,
		    struct nrs_diag *diag);

/* Compile one statement, to be used again and again. */
int nrs_store_prepare(struct nrs_store *store, struct nrs_store_query **out,
		      const char *sql, struct nrs_diag *diag);
void nrs_store_query_free(struct nrs_store_query *query);

/*
 * Parameters from 1. Bytes are borrowed until the next bind of the same
 * parameter or the reset. A failed bind sticks: the next step returns it.
 */
void nrs_store_bind_i64(struct nrs_store_query *query, int at, int64_t value);
void nrs_store_bind_text(struct nrs_store_query *query, int at,
			 struct nrs_span value);
void nrs_store_bind_blob(struct nrs_store_query *query, int at,
			 struct nrs_span value);
void nrs_store_bind_null(struct nrs_store_query *query, int at);

/*
 * The next row: *@row says if there is one. After the last, and after an
 * error, the query is reset by itself; parameters are then unbound.
 */
int nrs_store_step(struct nrs_store_query *query, bool *row,
		   struct nrs_diag *diag);

/* A statement that gives no row, once: step and reset. */
int nrs_store_done(struct nrs_store_query *query, struct nrs_diag *diag);

/* Forget row and parameters, so that it can be stepped from its start. */
void nrs_store_reset(struct nrs_store_query *query);

/* Columns of the current row, from 0. Spans last until the next step or
 * reset; NULL gives 0 and the empty span. */
int64_t nrs_store_i64(struct nrs_store_query *query, int column);
struct nrs_span nrs_store_bytes_at(struct nrs_store_query *query, int column);
bool nrs_store_is_null(struct nrs_store_query *query, int column);
