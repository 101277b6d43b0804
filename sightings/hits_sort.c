/* SPDX-License-Identifier: Apache-2.0 */
/*
 * hits_sort: a table of witnesses; what was there before is known by its
 * digest.
 */
#include "sightings/hits_sort.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "engine/base/crypto.h"

#define PUTS_PER_COMMIT 10000u
#define PATH_ROOM 4096

static const char *const migrations[] = {
	"CREATE TABLE hit ("
	" seq INTEGER PRIMARY KEY, stream INTEGER NOT NULL,"
	" n INTEGER NOT NULL, time INTEGER NOT NULL,"
	" outcome INTEGER NOT NULL, sum BLOB NOT NULL UNIQUE,"
	" witness BLOB NOT NULL) STRICT;"
	"CREATE INDEX hit_n ON hit (stream, n);"};

static const struct nrs_store_schema schema = {
	.application = 0x6e727368, .migrations = migrations, .count = 1};

struct nrs_hits_sort {
	struct nrs_store *store;
	struct nrs_store_query *put, *raise;
	char path[PATH_ROOM];
	unsigned int puts; /* in the open transaction */
	bool is_begun;
};

int nrs_hits_sort_new(struct nrs_hits_sort **out, const char *path,
		      struct nrs_diag *diag)
{
	struct nrs_hits_sort *s = calloc(1, sizeof(*s));
	int err;

	if (s == NULL)
		return NRS_E_NOMEM;
	(void)snprintf(s->path, sizeof(s->path), "%s", path);
	err = nrs_store_open(&s->store, path, &schema, NRS_STORE_SYNC_CRASH,
			     diag);
	if (err == NRS_OK)
		err = nrs_store_prepare(
			s->store, &s->put,
			"INSERT OR IGNORE INTO hit (stream, n, time, outcome,"
			" sum, witness) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
			diag);
	if (err == NRS_OK)
		err = nrs_store_prepare(
			s->store, &s->raise,
			"UPDATE hit SET outcome = ?3 WHERE outcome < ?3"
			" AND seq = (SELECT max(seq) FROM hit"
			" WHERE stream = ?1 AND n = ?2)",
			diag);
	if (err != NRS_OK) {
		nrs_hits_sort_free(s);
		return err;
	}
	*out = s;
	return NRS_OK;
}

void nrs_hits_sort_free(struct nrs_hits_sort *s)
{
	static const char *const ends[] = {"", "-wal", "-shm"};

	if (s == NULL)
		return;
	if (s->is_begun)
		nrs_store_rollback(s->store);
	nrs_store_query_free(s->put);
	nrs_store_query_free(s->raise);
	nrs_store_close(s->store);
	for (size_t i = 0; i < sizeof(ends) / sizeof(*ends); i++) {
		char name[PATH_ROOM + 8];

		(void)snprintf(name, sizeof(name), "%s%s", s->path, ends[i]);
		(void)unlink(name);
	}
	free(s);
}

static int commit(struct nrs_hits_sort *s, struct nrs_diag *diag)
{
	const int err = s->is_begun ? nrs_store_commit(s->store, diag) : NRS_OK;

	s->is_begun = s->is_begun && err != NRS_OK;
	s->puts = 0;
	return err;
}

static int begin(struct nrs_hits_sort *s, struct nrs_diag *diag)
{
	int err = NRS_OK;

	if (s->puts++ >= PUTS_PER_COMMIT)
		err = commit(s, diag);
	if (err == NRS_OK && !s->is_begun)
		err = nrs_store_begin(s->store, diag);
	s->is_begun = s->is_begun || err == NRS_OK;
	return err;
}

int nrs_hits_sort_put(struct nrs_hits_sort *s, uint32_t stream,
		      const struct nrs_hit_line *line, bool *is_new,
		      struct nrs_diag *diag)
{
	struct nrs_store_query *q = line->is_raise ? s->raise : s->put;
	uint8_t sum[NRS_SHA256_LEN];
	int err = begin(s, diag);

	*is_new = false;
	if (err != NRS_OK)
		return err;
	nrs_store_bind_i64(q, 1, stream);
	nrs_store_bind_i64(q, 2, (int64_t)line->number);
	if (line->is_raise) {
		nrs_store_bind_i64(q, 3, (int64_t)line->outcome);
		return nrs_store_done(q, diag);
	}
	const struct nrs_span bytes = nrs_witness_bytes(line->witness);
	nrs_sha256(bytes, sum);
	nrs_store_bind_i64(q, 3, nrs_witness_hit(line->witness)->head.ts_ns);
	nrs_store_bind_i64(q, 4, (int64_t)line->outcome);
	nrs_store_bind_blob(q, 5, nrs_span(sum, sizeof(sum)));
	nrs_store_bind_blob(q, 6, bytes);
	err = nrs_store_done(q, diag);
	*is_new = err == NRS_OK && nrs_store_changes(s->store) > 0;
	return err;
}

int nrs_hits_sort_walk(struct nrs_hits_sort *s, nrs_hits_sort_fn *give,
		       void *ctx, struct nrs_diag *diag)
{
	struct nrs_store_query *q = NULL;
	bool found = true;
	int err = commit(s, diag);

	if (err == NRS_OK)
		err = nrs_store_run(s->store,
				    "CREATE INDEX IF NOT EXISTS hit_time ON "
				    "hit (time, seq)",
				    diag);
	if (err == NRS_OK)
		err = nrs_store_prepare(s->store, &q,
					"SELECT witness, outcome FROM hit"
					" ORDER BY time, seq",
					diag);
	while (err == NRS_OK) {
		struct nrs_witness *witness = NULL;

		err = nrs_store_step(q, &found, diag);
		if (err != NRS_OK || !found)
			break;
		err = nrs_witness_read(&witness, nrs_store_bytes_at(q, 0));
		if (err == NRS_OK)
			err = give(ctx, witness,
				   (enum nrs_outcome)nrs_store_i64(q, 1));
		nrs_witness_free(witness);
	}
	nrs_store_query_free(q);
	return err;
}
