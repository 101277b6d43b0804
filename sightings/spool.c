/* SPDX-License-Identifier: Apache-2.0 */
/*
 * spool: the tables and the putting side.
 *
 * A row's id is unique in its audience for as long as it is remembered, which
 * is what makes a repeated put harmless. Statements are one table by number.
 */
#include "sightings/spool.h"

#include <assert.h>
#include <stdlib.h>

#include "engine/base/crypto.h"
#include "engine/base/stamp.h"
#include "sightings/answers.h"
#include "sightings/release_log.h"
#include "sightings/share_form.h"
#include "sightings/spool_table.h"
#include "sightings/verdict.h"
#include "sightings/window.h"

static const char sql[] =
	"CREATE TABLE post ("
	" n INTEGER PRIMARY KEY AUTOINCREMENT, audience TEXT NOT NULL,"
	" id TEXT NOT NULL, state INTEGER NOT NULL, grade INTEGER NOT NULL,"
	" made INTEGER NOT NULL, bytes INTEGER NOT NULL, whole BLOB, bare BLOB,"
	" status INTEGER, again INTEGER NOT NULL DEFAULT 0, message TEXT,"
	" UNIQUE (audience, id)) STRICT;"
	"CREATE INDEX post_next ON post (audience, state, grade DESC, n);"
	"CREATE INDEX post_age ON post (state, grade, n);"
	"CREATE INDEX post_status ON post (status);"
	"CREATE TABLE status ("
	" n INTEGER PRIMARY KEY AUTOINCREMENT, audience TEXT NOT NULL,"
	" id TEXT NOT NULL, since INTEGER NOT NULL, due INTEGER NOT NULL,"
	" asked INTEGER NOT NULL) STRICT;"
	"CREATE TABLE refusal ("
	" audience TEXT NOT NULL, rule INTEGER NOT NULL, message TEXT NOT NULL,"
	" count INTEGER NOT NULL, last INTEGER NOT NULL,"
	" PRIMARY KEY (audience, rule, message)) STRICT;"
	"CREATE TABLE secret (audience TEXT PRIMARY KEY, key BLOB NOT NULL)"
	" STRICT;"
	"CREATE TABLE loss (what INTEGER PRIMARY KEY, count INTEGER NOT NULL)"
	" STRICT;";

/* What is not known of older rows counts as the strictest marking (5: RED). */
static const char item_sql[] =
	"ALTER TABLE post ADD COLUMN source TEXT NOT NULL DEFAULT '';"
	"ALTER TABLE post ADD COLUMN tlp_in INTEGER NOT NULL DEFAULT 5;"
	"ALTER TABLE post ADD COLUMN tlp INTEGER NOT NULL DEFAULT 5;"
	"ALTER TABLE post ADD COLUMN is_value INTEGER NOT NULL DEFAULT 0;";

/* Before this no exercise was told apart: all rows are real ones. */
static const char exercise_sql[] =
	"ALTER TABLE post ADD COLUMN is_exercise INTEGER NOT NULL DEFAULT 0;";

/* When it was last said that it is to be sent; 0: when it was made. */
static const char since_sql[] =
	"ALTER TABLE post ADD COLUMN since INTEGER NOT NULL DEFAULT 0;";

/* How much of us it tells (nrs_share_form). Older rows count as telling all
 * (93): they leave only where all may. */
static const char form_sql[] =
	"ALTER TABLE post ADD COLUMN form INTEGER NOT NULL DEFAULT 93;";
static_assert(NRS_SHARE_FORM_UNKNOWN == 93, "as in form_sql");

static const char *const migrations[] = {sql,
					 nrs_windows_sql,
					 nrs_release_log_sql,
					 item_sql,
					 nrs_windows_rest_sql,
					 exercise_sql,
					 nrs_answers_sql,
					 nrs_verdict_sql,
					 since_sql,
					 form_sql};

const struct nrs_store_schema nrs_spool_schema = {
	.application = 0x6e727370, /* "nrsp" */
	.migrations = migrations,
	.count = sizeof(migrations) / sizeof(*migrations)};

/* States by number: 0 held, 1 queued, 2 sent, 3 confirmed, 4 unconfirmed,
 * 5 failed, 6 withheld. */
static const char *const statements[SPOOL_QUERIES] = {
	[SPOOL_KEY_PUT] = "INSERT OR IGNORE INTO secret VALUES (?1, ?2)",
	[SPOOL_KEY] = "SELECT key FROM secret WHERE audience = ?1",
	[SPOOL_PUT] = "INSERT OR IGNORE INTO post"
		      " (audience, id, state, grade, made, bytes, whole, bare,"
		      " source, tlp_in, tlp, is_value, is_exercise, indicator,"
		      " version, form) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7,"
		      " ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16)",
	[SPOOL_REFUSE] =
		"INSERT INTO refusal VALUES (?1, ?2, ?3, 1, ?4)"
		" ON CONFLICT DO UPDATE SET count = count + 1, last = ?4",
	[SPOOL_COUNTS] = "SELECT state, count(*), min(made) FROM post"
			 " WHERE audience = ?1 GROUP BY state",
	[SPOOL_REFUSED] = "SELECT coalesce(sum(count), 0) FROM refusal"
			  " WHERE audience = ?1",
	[SPOOL_LOST] = "SELECT what, count FROM loss",
	[SPOOL_BYTES] = "SELECT coalesce(sum(bytes), 0) FROM post",
	[SPOOL_TRIM] = "DELETE FROM post WHERE n IN (SELECT n FROM post"
		       " WHERE state >= 3 ORDER BY n DESC LIMIT -1 OFFSET ?1)",
	[SPOOL_DROP_FINISHED] =
		"UPDATE post SET whole = NULL, bare = NULL, bytes = 0"
		" WHERE n IN (SELECT n FROM post WHERE state >= 3 AND bytes > 0"
		" ORDER BY n LIMIT 64)",
	[SPOOL_DROP_DETAIL] =
		"UPDATE post SET whole = NULL, bytes = length(bare)"
		" WHERE n IN (SELECT n FROM post WHERE state <= 1"
		" AND whole IS NOT NULL ORDER BY n LIMIT 64)",
	[SPOOL_DROP_POST] = "DELETE FROM post WHERE n IN (SELECT n FROM post"
			    " WHERE state <= 1 ORDER BY grade, n LIMIT 64)",
	[SPOOL_LOSE] = "INSERT INTO loss VALUES (?1, ?2)"
		       " ON CONFLICT DO UPDATE SET count = count + ?2",
	[SPOOL_QUEUED] = "SELECT n, coalesce(whole, bare), edition FROM post"
			 " WHERE audience = ?1 AND state = 1"
			 " ORDER BY grade DESC, n LIMIT ?2",
	[SPOOL_STATUS_ADD] =
		"INSERT INTO status (audience, id, since, due, asked)"
		" VALUES (?1, ?2, ?3, ?4, 0)",
	/* Not if it became another object while this one was under way. */
	[SPOOL_SENT] = "UPDATE post SET state = 2, status = ?2 WHERE n = ?1"
		       " AND edition = ?3",
	[SPOOL_SHORTEN] =
		"UPDATE post SET whole = NULL, bytes = length(bare)"
		" WHERE n = ?1 AND whole IS NOT NULL AND bare IS NOT NULL",
	[SPOOL_FINISH] = "UPDATE post SET state = 5, status = NULL,"
			 " message = ?2 WHERE n = ?1",
	[SPOOL_STATUS_NEXT] = "SELECT n, id, since, due, asked FROM status"
			      " WHERE audience = ?1 ORDER BY due, n LIMIT 1",
	[SPOOL_STATUS_LATER] = "UPDATE status SET due = ?2, asked = asked + 1"
			       " WHERE n = ?1",
	[SPOOL_STATUS_DROP] = "DELETE FROM status WHERE n = ?1",
	[SPOOL_ITEM_FAILED] = "UPDATE post SET state = 5, status = NULL,"
			      " message = ?3 WHERE status = ?1 AND id = ?2",
	[SPOOL_ITEM_NOTE] = "UPDATE post SET message = ?3 WHERE status = ?1"
			    " AND instr(coalesce(whole, bare), ?2) > 0",
	[SPOOL_CONFIRM] = "UPDATE post SET state = ?2, status = NULL,"
			  /* the rest may have to be taken back one day */
			  " whole = CASE WHEN ?2 = 3 AND bare IS NOT NULL"
			  " THEN NULL ELSE whole END,"
			  " bytes = CASE WHEN ?2 = 3 AND bare IS NOT NULL"
			  " THEN length(bare) ELSE bytes END"
			  " WHERE status = ?1",
	[SPOOL_REQUEUE] = "UPDATE post SET state = CASE again WHEN 0 THEN 1"
			  " ELSE 4 END, again = again + 1, status = NULL"
			  " WHERE status = ?1",
};

const char *nrs_spool_state_name(enum nrs_spool_state state)
{
	static const char *const names[] = {
		"held",	       "queued", "accepted", "confirmed",
		"unconfirmed", "failed", "withheld"};

	return names[state];
}

static int one_number(struct nrs_store_query *query, uint64_t *out,
		      struct nrs_diag *diag)
{
	bool row = false;
	const int err = nrs_store_step(query, &row, diag);

	if (err == NRS_OK && row)
		*out = (uint64_t)nrs_store_i64(query, 0);
	nrs_store_reset(query);
	return err;
}

int nrs_spool_new(struct nrs_spool **out, struct nrs_store *store,
		  const struct nrs_spool_limits *limits, struct nrs_diag *diag)
{
	struct nrs_spool *s = calloc(1, sizeof(*s));
	int err = NRS_OK;

	if (s == NULL)
		return NRS_E_NOMEM;
	s->store = store;
	s->limits = *limits;
	if (s->limits.bytes_max == 0)
		s->limits.bytes_max = (uint64_t)256 << 20;
	if (s->limits.history_max == 0)
		s->limits.history_max = 100000;
	for (unsigned int i = 0; i < SPOOL_QUERIES && err == NRS_OK; i++)
		err = nrs_store_prepare(store, &s->queries[i], statements[i],
					diag);
	if (err == NRS_OK)
		err = one_number(s->queries[SPOOL_BYTES], &s->bytes, diag);
	if (err != NRS_OK) {
		nrs_spool_free(s);
		return err;
	}
	*out = s;
	return NRS_OK;
}

void nrs_spool_free(struct nrs_spool *s)
{
	if (s == NULL)
		return;
	for (unsigned int i = 0; i < SPOOL_QUERIES; i++)
		nrs_store_query_free(s->queries[i]);
	free(s);
}

int nrs_spool_key(struct nrs_spool *s, struct nrs_span audience,
		  uint8_t key[NRS_SPOOL_KEY_LEN], struct nrs_diag *diag)
{
	struct nrs_store_query *put = s->queries[SPOOL_KEY_PUT];
	struct nrs_store_query *get = s->queries[SPOOL_KEY];
	bool row = false;
	int err = nrs_random(key, NRS_SPOOL_KEY_LEN);

	if (err != NRS_OK)
		return nrs_diag_set(diag, err, 0, "no random numbers");
	nrs_store_bind_text(put, 1, audience);
	nrs_store_bind_blob(put, 2, nrs_span(key, NRS_SPOOL_KEY_LEN));
	err = nrs_store_done(put, diag); /* one that is there stays */
	if (err != NRS_OK)
		return err;
	nrs_store_bind_text(get, 1, audience);
	err = nrs_store_step(get, &row, diag);
	if (err == NRS_OK) {
		const struct nrs_span kept = nrs_store_bytes_at(get, 0);

		if (!row || kept.len != NRS_SPOOL_KEY_LEN)
			err = nrs_diag_set(diag, NRS_E_FORMAT, 0,
					   "the spool's key of an audience is "
					   "damaged");
		else
			memcpy(key, kept.ptr, NRS_SPOOL_KEY_LEN);
	}
	nrs_store_reset(get);
	return err;
}

/* Up to 64 rows of one kind; *@gone: how many. */
static int give_up(struct nrs_spool *s, enum spool_query which, int64_t *gone,
		   struct nrs_diag *diag)
{
	struct nrs_store_query *lose = s->queries[SPOOL_LOSE];
	int err = nrs_store_done(s->queries[which], diag);

	*gone = err == NRS_OK ? nrs_store_changes(s->store) : 0;
	if (err != NRS_OK || *gone == 0)
		return err;
	nrs_store_bind_i64(lose, 1, (int64_t)which - SPOOL_DROP_FINISHED);
	nrs_store_bind_i64(lose, 2, *gone);
	err = nrs_store_done(lose, diag);
	return err == NRS_OK
		       ? one_number(s->queries[SPOOL_BYTES], &s->bytes, diag)
		       : err;
}

/* Down to the limit, in the order that the header says. */
static int make_room(struct nrs_spool *s, struct nrs_diag *diag)
{
	int err = one_number(s->queries[SPOOL_BYTES], &s->bytes, diag);

	for (unsigned int which = SPOOL_DROP_FINISHED; which <= SPOOL_DROP_POST;
	     which++) {
		int64_t gone = 1;

		while (err == NRS_OK && gone > 0 &&
		       s->bytes > s->limits.bytes_max)
			err = give_up(s, (enum spool_query)which, &gone, diag);
	}
	return err;
}

static int trim_history(struct nrs_spool *s, struct nrs_diag *diag)
{
	struct nrs_store_query *trim = s->queries[SPOOL_TRIM];

	nrs_store_bind_i64(trim, 1, (int64_t)s->limits.history_max);
	return nrs_store_done(trim, diag);
}

int nrs_spool_put(struct nrs_spool *s, const struct nrs_spool_post *post,
		  struct nrs_diag *diag)
{
	struct nrs_store_query *put = s->queries[SPOOL_PUT];
	const size_t bytes = post->whole.len + post->bare.len;
	int err;

	nrs_store_bind_text(put, 1, post->audience);
	nrs_store_bind_text(put, 2, post->id);
	nrs_store_bind_i64(put, 3, (int64_t)post->state);
	nrs_store_bind_i64(put, 4, (int64_t)post->item.grade);
	nrs_store_bind_i64(put, 5, post->made_ns);
	nrs_store_bind_i64(put, 6, (int64_t)bytes);
	if (post->whole.len > 0) /* else NULL: the bare one is sent */
		nrs_store_bind_blob(put, 7, post->whole);
	nrs_store_bind_blob(put, 8, post->bare);
	nrs_store_bind_text(put, 9, post->item.source);
	nrs_store_bind_i64(put, 10, (int64_t)post->item.tlp);
	nrs_store_bind_i64(put, 11, (int64_t)post->tlp);
	nrs_store_bind_i64(put, 12, post->item.is_value ? 1 : 0);
	nrs_store_bind_i64(put, 13, post->item.is_exercise ? 1 : 0);
	nrs_store_bind_text(put, 14,
			    post->indicator.len > 0 ? post->indicator
						    : nrs_span_of(""));
	nrs_store_bind_i64(put, 15, post->version_ns);
	nrs_store_bind_i64(put, 16, post->item.form);
	err = nrs_store_done(put, diag);
	if (err != NRS_OK)
		return err;
	s->bytes += bytes;
	if (++s->puts % 1000 == 0)
		err = trim_history(s, diag);
	if (err == NRS_OK && s->bytes > s->limits.bytes_max)
		err = make_room(s, diag);
	return err;
}

int nrs_spool_refuse(struct nrs_spool *s, struct nrs_span audience,
		     const struct nrs_share_verdict *verdict, int64_t now_ns,
		     struct nrs_diag *diag)
{
	struct nrs_store_query *refuse = s->queries[SPOOL_REFUSE];

	nrs_store_bind_text(refuse, 1, audience);
	nrs_store_bind_i64(refuse, 2, (int64_t)verdict->rule);
	nrs_store_bind_text(refuse, 3, nrs_span_of(verdict->text));
	nrs_store_bind_i64(refuse, 4, now_ns);
	return nrs_store_done(refuse, diag);
}

int nrs_spool_counts(struct nrs_spool *s, struct nrs_span audience,
		     struct nrs_spool_counts *out, struct nrs_diag *diag)
{
	struct nrs_store_query *query = s->queries[SPOOL_COUNTS];
	bool row = true;
	int err = NRS_OK;

	*out = (struct nrs_spool_counts){.oldest_queued_ns = NRS_TIME_MIN};
	nrs_store_bind_text(query, 1, audience);
	while (err == NRS_OK && row) {
		err = nrs_store_step(query, &row, diag);
		if (err != NRS_OK || !row)
			break;
		const int64_t state = nrs_store_i64(query, 0);
		if (state < 0 || state >= NRS_SPOOL_STATES)
			continue;
		out->states[state] = (uint64_t)nrs_store_i64(query, 1);
		if (state == NRS_SPOOL_QUEUED)
			out->oldest_queued_ns = nrs_store_i64(query, 2);
	}
	nrs_store_reset(query);
	if (err != NRS_OK)
		return err;
	nrs_store_bind_text(s->queries[SPOOL_REFUSED], 1, audience);
	return one_number(s->queries[SPOOL_REFUSED], &out->refused, diag);
}

enum nrs_tlp nrs_spool_tlp(int64_t stored)
{
	return stored >= NRS_TLP_NONE && stored <= NRS_TLP_RED
		       ? (enum nrs_tlp)stored
		       : NRS_TLP_RED;
}

int nrs_spool_losses(struct nrs_spool *s, struct nrs_spool_losses *out,
		     struct nrs_diag *diag)
{
	struct nrs_store_query *query = s->queries[SPOOL_LOST];
	uint64_t counts[3] = {0};
	bool row = true;
	int err = NRS_OK;

	while (err == NRS_OK && row) {
		err = nrs_store_step(query, &row, diag);
		if (err != NRS_OK || !row)
			break;
		const int64_t what = nrs_store_i64(query, 0);
		if (what >= 0 && what < 3)
			counts[what] = (uint64_t)nrs_store_i64(query, 1);
	}
	nrs_store_reset(query);
	*out = (struct nrs_spool_losses){.finished = counts[0],
					 .details = counts[1],
					 .sightings = counts[2]};
	return err;
}
