/* SPDX-License-Identifier: Apache-2.0 */
/*
 * release_log: the last line is read back for each new one: a transaction that
 * was rolled back leaves nothing to be remembered.
 */
#include "sightings/release_log.h"

#include <stdio.h>

#include "engine/base/crypto.h"
#include "engine/base/json.h"
#include "engine/base/stamp.h"

#define HEX_ROOM (2 * NRS_SHA256_LEN + 1)
#define TRIM_EVERY 1000

const char nrs_release_log_sql[] =
	"CREATE TABLE release (n INTEGER PRIMARY KEY, line TEXT NOT NULL)"
	" STRICT;";

static void digest_of(struct nrs_span text, char out[HEX_ROOM])
{
	uint8_t sum[NRS_SHA256_LEN];

	nrs_sha256(text, sum);
	nrs_hex(nrs_span(sum, sizeof(sum)), out);
}

/* n and digest of the last line; 0 and none. */
static int last_line(struct nrs_store *store, int64_t *n, char prev[HEX_ROOM],
		     struct nrs_diag *diag)
{
	struct nrs_store_query *query = NULL;
	bool row = false;
	int err = nrs_store_prepare(
		store, &query,
		"SELECT n, line FROM release ORDER BY n DESC LIMIT 1", diag);

	*n = 0;
	prev[0] = '\0';
	if (err == NRS_OK)
		err = nrs_store_step(query, &row, diag);
	if (err == NRS_OK && row) {
		*n = nrs_store_i64(query, 0);
		digest_of(nrs_store_bytes_at(query, 1), prev);
	}
	nrs_store_query_free(query);
	return err;
}

static void put_or_null(struct nrs_jsonw *w, const char *key, const char *text)
{
	nrs_jsonw_key(w, key);
	if (text[0] == '\0')
		nrs_jsonw_null(w);
	else
		nrs_jsonw_string(w, nrs_span_of(text));
}

static void put_removed(struct nrs_jsonw *w, const struct nrs_release *what)
{
	const bool is_told = what->verdict->act != NRS_SHARE_REFUSE;
	char grain[40];

	nrs_jsonw_key(w, "removed");
	nrs_jsonw_open(w, '[');
	if (is_told && what->to->own_host != NRS_SHARE_OWN_FULL) {
		nrs_jsonw_string(w, nrs_span_of("own.ip"));
		nrs_jsonw_string(w, nrs_span_of("own.port"));
	}
	if (is_told && !what->to->tells_technique)
		nrs_jsonw_string(w, nrs_span_of("technique"));
	nrs_jsonw_close(w, ']');
	nrs_jsonw_key(w, "cut");
	nrs_jsonw_open(w, '[');
	if (is_told && what->to->own_host == NRS_SHARE_OWN_TOKEN)
		nrs_jsonw_string(w, nrs_span_of("own_host:token"));
	if (is_told && what->to->grain_ns > 0) {
		(void)snprintf(grain, sizeof(grain), "time:%llds",
			       (long long)(what->to->grain_ns / NRS_SECOND_NS));
		nrs_jsonw_string(w, nrs_span_of(grain));
	}
	nrs_jsonw_close(w, ']');
}

static void write_line(struct nrs_text *out, const struct nrs_release *what,
		       int64_t n, const char *prev)
{
	static const char *const acts[] = {[NRS_SHARE_REFUSE] = "refused",
					   [NRS_SHARE_HOLD] = "held",
					   [NRS_SHARE_RELEASE] = "released"};
	struct nrs_jsonw w = {.out = out};
	char time[NRS_STAMP_LEN], hex[HEX_ROOM], rule[320];

	(void)nrs_stamp_format(what->now_ns, 3, time);
	(void)snprintf(rule, sizeof(rule), "%u: %s", what->verdict->rule,
		       what->verdict->text);
	nrs_jsonw_open(&w, '{');
	nrs_jsonw_key(&w, "n");
	nrs_jsonw_i64(&w, n);
	nrs_jsonw_member(&w, "time", nrs_span_of(time));
	nrs_jsonw_member(&w, "act", nrs_span_of(acts[what->verdict->act]));
	nrs_jsonw_key(&w, "object");
	if (what->object.len > 0)
		nrs_jsonw_string(&w, what->object);
	else
		nrs_jsonw_null(&w);
	nrs_jsonw_member(&w, "to", what->to->name);
	nrs_jsonw_member(&w, "rule", nrs_span_of(rule));
	nrs_jsonw_member(&w, "by",
			 what->by.len > 0 ? what->by : nrs_span_of("auto"));
	nrs_jsonw_member(&w, "tlp_in", nrs_span_of(nrs_tlp_name(what->tlp_in)));
	nrs_jsonw_member(&w, "tlp_out",
			 nrs_span_of(nrs_tlp_name(what->verdict->tlp)));
	put_removed(&w, what);
	hex[0] = '\0';
	if (what->posted.len > 0)
		digest_of(what->posted, hex);
	put_or_null(&w, "sha256", hex);
	put_or_null(&w, "prev", prev);
	nrs_jsonw_close(&w, '}');
}

static int insert(struct nrs_store *store, int64_t n, struct nrs_span line,
		  struct nrs_diag *diag)
{
	struct nrs_store_query *query = NULL;
	int err = nrs_store_prepare(
		store, &query, "INSERT INTO release VALUES (?1, ?2)", diag);

	if (err == NRS_OK) {
		nrs_store_bind_i64(query, 1, n);
		nrs_store_bind_text(query, 2, line);
		err = nrs_store_done(query, diag);
	}
	nrs_store_query_free(query);
	if (err != NRS_OK || n % TRIM_EVERY != 0)
		return err;
	err = nrs_store_prepare(store, &query,
				"DELETE FROM release WHERE n <= ?1", diag);
	if (err == NRS_OK) {
		nrs_store_bind_i64(query, 1, n - NRS_RELEASE_LOG_MAX);
		err = nrs_store_done(query, diag);
	}
	nrs_store_query_free(query);
	return err;
}

int nrs_release_log_add(struct nrs_store *store, const struct nrs_release *what,
			struct nrs_diag *diag)
{
	struct nrs_text line = {0};
	char prev[HEX_ROOM];
	int64_t n = 0;
	int err = last_line(store, &n, prev, diag);

	if (err != NRS_OK)
		return err;
	write_line(&line, what, n + 1, prev);
	err = line.failed ? nrs_diag_set(diag, NRS_E_NOMEM, 0, "out of memory")
			  : insert(store, n + 1, nrs_text_span(&line), diag);
	nrs_text_fini(&line);
	return err;
}

/* Does the line name @prev as the digest of the one before? */
static bool follows(struct nrs_span line, const char *prev)
{
	char want[HEX_ROOM + 16];

	(void)snprintf(want, sizeof(want), "\"prev\":\"%s\"}", prev);
	return nrs_span_ends(line, want);
}

int nrs_release_log_read(struct nrs_store *store, struct nrs_text *out,
			 int64_t *broken, struct nrs_diag *diag)
{
	struct nrs_store_query *query = NULL;
	char prev[HEX_ROOM] = "";
	bool row = true;
	int err = nrs_store_prepare(
		store, &query, "SELECT n, line FROM release ORDER BY n", diag);

	*broken = 0;
	while (err == NRS_OK) {
		err = nrs_store_step(query, &row, diag);
		if (err != NRS_OK || !row)
			break;
		const struct nrs_span line = nrs_store_bytes_at(query, 1);
		/* The first kept one may follow some that are gone. */
		if (*broken == 0 && prev[0] != '\0' && !follows(line, prev))
			*broken = nrs_store_i64(query, 0);
		digest_of(line, prev);
		nrs_text_add(out, line);
		nrs_text_putc(out, '\n');
	}
	nrs_store_query_free(query);
	return err;
}
