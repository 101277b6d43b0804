/* SPDX-License-Identifier: Apache-2.0 */
/*
 * verdict: rows by number, each changed in the one transaction. What was
 * posted under an id stays the same object: it gets a later version, and the
 * row another edition, so that an answer to the version before is not taken
 * for one to this.
 */
#include "sightings/verdict.h"

#include <stdio.h>

#include "engine/base/crypto.h"
#include "engine/sco.h"
#include "sightings/release_log.h"
#include "sightings/revise.h"

const char nrs_verdict_sql[] =
	"ALTER TABLE post ADD COLUMN edition INTEGER NOT NULL DEFAULT 0;"
	"ALTER TABLE post ADD COLUMN indicator TEXT NOT NULL DEFAULT '';"
	"ALTER TABLE post ADD COLUMN version INTEGER NOT NULL DEFAULT 0;"
	"CREATE INDEX post_indicator ON post (indicator);"
	"CREATE TABLE verdict ("
	" n INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL,"
	" is_false INTEGER NOT NULL, time INTEGER NOT NULL,"
	" by TEXT NOT NULL, why TEXT NOT NULL) STRICT;";

enum column {
	N,
	AUDIENCE,
	ID,
	STATE,
	GRADE,
	BARE,
	SOURCE,
	TLP_IN,
	TLP,
	IS_VALUE,
	IS_EXERCISE,
	INDICATOR,
	VERSION,
	FORM
};

struct court {
	struct nrs_store *store;
	const struct nrs_verdict *verdict;
	struct nrs_verdict_done *done;
	struct nrs_store_query *next, *revise, *move, *opine, *born;
	uint64_t opined; /* a bit for each audience of the policy */
};

/* A row of the walk, its spans valid until the next one. */
struct row {
	int64_t n;
	struct nrs_span audience, id, bare;
	enum nrs_spool_state state;
	struct nrs_share_item item;
	enum nrs_tlp tlp;
	const struct nrs_share_audience *to; /* NULL: not known today */
	unsigned int to_index;
};

static const struct {
	size_t query;
	const char *sql;
} statements[] = {
	{offsetof(struct court, next),
	 "SELECT n, audience, id, state, grade, coalesce(bare, whole), source,"
	 " tlp_in, tlp, is_value, is_exercise, indicator, version, form"
	 " FROM post WHERE n > ?1 AND (id = ?2 OR indicator = ?2) AND id LIKE "
	 "'sighting%'"
	 " ORDER BY n LIMIT 1"},
	{offsetof(struct court, revise),
	 "UPDATE post SET state = 1, status = NULL, again = 0, whole = NULL,"
	 " bare = ?2, bytes = length(?2), edition = edition + 1,"
	 " message = 'called false' WHERE n = ?1"},
	{offsetof(struct court, move),
	 "UPDATE post SET state = 6, message = 'called false' WHERE n = ?1"},
	{offsetof(struct court, opine),
	 "INSERT INTO post (audience, id, state, grade, made, bytes, bare,"
	 " source, tlp_in, tlp, is_value, is_exercise, indicator, version,"
	 " form)"
	 " SELECT audience, ?2, ?3, grade, ?4, length(?5), ?5, source, tlp_in,"
	 " tlp, is_value, is_exercise, indicator, version, form FROM post"
	 " WHERE n = ?1"
	 " ON CONFLICT (audience, id) DO UPDATE SET state = ?3, bare = ?5,"
	 " bytes = length(?5), status = NULL, again = 0, message = NULL,"
	 " edition = edition + 1, form = excluded.form"},
	{offsetof(struct court, born),
	 "SELECT made FROM post WHERE audience = ?1 AND id = ?2"},
};

static struct nrs_store_query **query_of(struct court *c, size_t i)
{
	return (struct nrs_store_query **)(void *)((uint8_t *)c +
						   statements[i].query);
}

static int open_court(struct court *c, struct nrs_diag *diag)
{
	int err = NRS_OK;

	for (size_t i = 0;
	     i < sizeof(statements) / sizeof(*statements) && err == NRS_OK; i++)
		err = nrs_store_prepare(c->store, query_of(c, i),
					statements[i].sql, diag);
	return err;
}

static void close_court(struct court *c)
{
	for (size_t i = 0; i < sizeof(statements) / sizeof(*statements); i++)
		nrs_store_query_free(*query_of(c, i));
}

static void find_audience(const struct court *c, struct row *row)
{
	const struct nrs_share_policy *policy = c->verdict->policy;

	row->to = NULL;
	for (unsigned int i = 0; i < policy->audience_count; i++) {
		if (nrs_span_equal(policy->audiences[i].name, row->audience)) {
			row->to = &policy->audiences[i];
			row->to_index = i;
		}
	}
}

/* One that no version of ours writes is worth nothing. */
static enum nrs_class grade_of(int64_t stored)
{
	return stored >= 0 && stored <= NRS_CLASS_URGENT
		       ? (enum nrs_class)stored
		       : NRS_CLASS_NOISE;
}

static void read_row(const struct court *c, struct row *row)
{
	struct nrs_store_query *q = c->next;

	*row = (struct row){
		.n = nrs_store_i64(q, N),
		.audience = nrs_store_bytes_at(q, AUDIENCE),
		.id = nrs_store_bytes_at(q, ID),
		.state = (enum nrs_spool_state)nrs_store_i64(q, STATE),
		.bare = nrs_store_bytes_at(q, BARE),
		.item = {.source = nrs_store_bytes_at(q, SOURCE),
			 .tlp = nrs_spool_tlp(nrs_store_i64(q, TLP_IN)),
			 .grade = grade_of(nrs_store_i64(q, GRADE)),
			 .is_value = nrs_store_i64(q, IS_VALUE) != 0,
			 .is_exercise = nrs_store_i64(q, IS_EXERCISE) != 0,
			 .form = nrs_store_i64(q, FORM)},
		.tlp = nrs_spool_tlp(nrs_store_i64(q, TLP))};
	find_audience(c, row);
}

/* What leaves under an id, or would have; empty: nothing. */
struct told {
	struct nrs_span id, objects;
};

static int log_it(const struct court *c, const struct row *row,
		  const struct nrs_share_verdict *why, struct told told,
		  struct nrs_diag *diag)
{
	const struct nrs_share_audience unknown = {.name = row->audience};
	const struct nrs_release release = {.verdict = why,
					    .to = row->to != NULL ? row->to
								  : &unknown,
					    .object = told.id,
					    .posted = told.objects,
					    .by = c->verdict->by,
					    .tlp_in = row->item.tlp,
					    .now_ns = c->verdict->now_ns};

	return nrs_release_log_add(c->store, &release, diag);
}

/* It has not left: it stays. */
static int withhold(struct court *c, const struct row *row,
		    struct nrs_diag *diag)
{
	const struct nrs_share_verdict why = {
		.act = NRS_SHARE_REFUSE,
		.rule = 20,
		.tlp = row->tlp,
		.text = "a person called it false"};

	c->done->withheld++;
	nrs_store_bind_i64(c->move, 1, row->n);
	const int err = nrs_store_done(c->move, diag);
	return err == NRS_OK ? log_it(c, row, &why,
				      (struct told){row->id, row->bare}, diag)
			     : err;
}

/* It may be at the hub: it goes there once more, as revoked. That tells
 * nobody anything new, so that no rule of today keeps it back. */
static int revoke(struct court *c, const struct row *row, struct nrs_diag *diag)
{
	const struct nrs_share_verdict why = {
		.act = NRS_SHARE_RELEASE,
		.rule = 20,
		.tlp = row->tlp,
		.text = "a person called it false: taken back"};
	const struct nrs_revision revision = {
		.objects = row->bare,
		.now_ns = c->verdict->now_ns,
		.grain_ns = row->to == NULL ? 0 : row->to->grain_ns};
	struct nrs_text objects = {0};
	int err = nrs_revise_revoked(&objects, &revision);

	if (err == NRS_OK) {
		nrs_store_bind_i64(c->revise, 1, row->n);
		nrs_store_bind_blob(c->revise, 2, nrs_text_span(&objects));
		err = nrs_store_done(c->revise, diag);
		c->done->revoked++;
		if (err == NRS_OK)
			err = log_it(
				c, row, &why,
				(struct told){row->id, nrs_text_span(&objects)},
				diag);
	} else if (err == NRS_E_FORMAT) {
		c->done->gone++;
	}
	nrs_text_fini(&objects);
	return err == NRS_E_NOTFOUND || err == NRS_E_FORMAT ? NRS_OK : err;
}

/* Its id, the same for every opinion of ours on this indicator there. */
static int opinion_id(struct court *c, const struct row *row,
		      char out[NRS_SCO_ID_LEN], struct nrs_diag *diag)
{
	const struct nrs_spool_limits limits = {0};
	struct nrs_spool *spool = NULL;
	uint8_t key[NRS_SPOOL_KEY_LEN], mac[NRS_SHA256_LEN];
	char uuid[NRS_UUID_LEN + 1], what[160];
	int err = nrs_spool_new(&spool, c->store, &limits, diag);

	if (err == NRS_OK)
		err = nrs_spool_key(spool, row->audience, key, diag);
	nrs_spool_free(spool);
	if (err != NRS_OK)
		return err;
	(void)snprintf(what, sizeof(what), "opinion|%s", c->done->indicator);
	nrs_hmac_sha256(row->to->key.len > 0 ? row->to->key
					     : nrs_span(key, sizeof(key)),
			nrs_span_of(what), mac);
	nrs_uuid5(nrs_uuid_noroshi, nrs_span(mac, sizeof(mac)), uuid);
	(void)snprintf(out, NRS_SCO_ID_LEN, "opinion--%s", uuid);
	return NRS_OK;
}

/* When its first version was made, on the audience's grain; now, if never. */
static int born_ns(struct court *c, const struct row *row, const char *id,
		   int64_t *out, struct nrs_diag *diag)
{
	const int64_t grain = row->to->grain_ns;
	bool found = false;
	int err;

	*out = c->verdict->now_ns;
	nrs_store_bind_text(c->born, 1, row->audience);
	nrs_store_bind_text(c->born, 2, nrs_span_of(id));
	err = nrs_store_step(c->born, &found, diag);
	if (err == NRS_OK && found)
		*out = nrs_store_i64(c->born, 0);
	nrs_store_reset(c->born);
	if (grain > 0)
		*out -= (*out % grain + grain) % grain;
	return err;
}

static int put_opinion(struct court *c, const struct row *row,
		       const struct nrs_share_verdict *why,
		       struct nrs_diag *diag)
{
	const struct nrs_revision revision = {.objects = row->bare,
					      .now_ns = c->verdict->now_ns,
					      .grain_ns = row->to->grain_ns};
	struct nrs_text objects = {0};
	char id[NRS_SCO_ID_LEN];
	struct nrs_opinion opinion = {.id = id,
				      .opinion = c->verdict->is_false
							 ? "strongly-disagree"
							 : "strongly-agree"};
	int err = opinion_id(c, row, id, diag);

	if (err == NRS_OK)
		err = born_ns(c, row, id, &opinion.created_ns, diag);
	if (err == NRS_OK)
		err = nrs_revise_opinion(&objects, &revision, &opinion);
	if (err == NRS_OK) {
		nrs_store_bind_i64(c->opine, 1, row->n);
		nrs_store_bind_text(c->opine, 2, nrs_span_of(id));
		nrs_store_bind_i64(c->opine, 3,
				   why->act == NRS_SHARE_HOLD
					   ? NRS_SPOOL_HELD
					   : NRS_SPOOL_QUEUED);
		nrs_store_bind_i64(c->opine, 4, c->verdict->now_ns);
		nrs_store_bind_blob(c->opine, 5, nrs_text_span(&objects));
		err = nrs_store_done(c->opine, diag);
		c->done->opinions++;
	}
	if (err == NRS_OK)
		err = log_it(
			c, row, why,
			(struct told){nrs_span_of(id), nrs_text_span(&objects)},
			diag);
	nrs_text_fini(&objects);
	return err == NRS_E_NOTFOUND || err == NRS_E_FORMAT ? NRS_OK : err;
}

/* One for each audience that takes them and that got a sighting of it. */
static int opine(struct court *c, const struct row *row, struct nrs_diag *diag)
{
	struct nrs_share_verdict why;

	if (row->to == NULL || !row->to->takes_opinions ||
	    (c->opined >> row->to_index & 1) != 0)
		return NRS_OK;
	nrs_disclose(c->verdict->policy, row->to_index, &row->item, &why);
	c->opined |= UINT64_C(1) << row->to_index;
	return why.act == NRS_SHARE_REFUSE
		       ? log_it(c, row, &why, (struct told){{0}, {0}}, diag)
		       : put_opinion(c, row, &why, diag);
}

static int judge_row(struct court *c, struct nrs_diag *diag)
{
	struct row row;
	bool has_left;
	int err = NRS_OK;

	read_row(c, &row);
	has_left = row.state == NRS_SPOOL_QUEUED ||
		   row.state == NRS_SPOOL_SENT ||
		   row.state == NRS_SPOOL_CONFIRMED ||
		   row.state == NRS_SPOOL_UNCONFIRMED;
	if (nrs_store_i64(c->next, VERSION) >= c->done->version_ns ||
	    c->done->indicator[0] == '\0') {
		const struct nrs_span id =
			nrs_store_bytes_at(c->next, INDICATOR);

		c->done->version_ns = nrs_store_i64(c->next, VERSION);
		(void)snprintf(c->done->indicator, sizeof(c->done->indicator),
			       "%.*s", (int)id.len, (const char *)id.ptr);
	}
	if (has_left)
		err = opine(c, &row, diag);
	if (err == NRS_OK && c->verdict->is_false && has_left)
		err = revoke(c, &row, diag);
	if (err == NRS_OK && c->verdict->is_false &&
	    row.state == NRS_SPOOL_HELD)
		err = withhold(c, &row, diag);
	return err;
}

static int judge_all(struct court *c, uint64_t *rows, struct nrs_diag *diag)
{
	int64_t at = 0;
	bool found = true;
	int err = NRS_OK;

	while (err == NRS_OK) {
		nrs_store_reset(c->next);
		nrs_store_bind_i64(c->next, 1, at);
		nrs_store_bind_text(c->next, 2, c->verdict->id);
		err = nrs_store_step(c->next, &found, diag);
		if (err != NRS_OK || !found)
			break;
		/* In a damaged file rows may stand in no order at all. */
		if (nrs_store_i64(c->next, N) <= at) {
			err = nrs_diag_set(diag, NRS_E_FORMAT, 0,
					   "the spool is damaged");
			break;
		}
		at = nrs_store_i64(c->next, N);
		err = judge_row(c, diag);
		++*rows;
	}
	nrs_store_reset(c->next);
	return err;
}

static int keep(struct court *c, struct nrs_diag *diag)
{
	const struct nrs_verdict *v = c->verdict;
	struct nrs_store_query *put = NULL;
	int err = nrs_store_prepare(
		c->store, &put,
		"INSERT INTO verdict (id, is_false, time, by, why)"
		" VALUES (?1, ?2, ?3, ?4, ?5)",
		diag);

	if (err == NRS_OK) {
		nrs_store_bind_text(put, 1, v->id);
		nrs_store_bind_i64(put, 2, v->is_false ? 1 : 0);
		nrs_store_bind_i64(put, 3, v->now_ns);
		nrs_store_bind_text(put, 4,
				    v->by.len > 0 ? v->by : nrs_span_of(""));
		nrs_store_bind_text(put, 5,
				    v->why.len > 0 ? v->why : nrs_span_of(""));
		err = nrs_store_done(put, diag);
	}
	nrs_store_query_free(put);
	return err;
}

int nrs_verdict_pass(struct nrs_store *store, const struct nrs_verdict *verdict,
		     struct nrs_verdict_done *done, struct nrs_diag *diag)
{
	struct court c = {.store = store, .verdict = verdict, .done = done};
	uint64_t rows = 0;
	int err;

	*done = (struct nrs_verdict_done){.version_ns = NRS_TIME_MIN};
	err = open_court(&c, diag);
	if (err == NRS_OK)
		err = nrs_store_begin(store, diag);
	if (err == NRS_OK) {
		err = judge_all(&c, &rows, diag);
		if (err == NRS_OK)
			err = keep(&c, diag);
		if (err == NRS_OK)
			err = nrs_store_commit(store, diag);
		if (err != NRS_OK)
			nrs_store_rollback(store);
	}
	close_court(&c);
	if (done->indicator[0] == '\0')
		done->version_ns = NRS_TIME_MAX;
	return err == NRS_OK && rows == 0 ? NRS_E_NOTFOUND : err;
}

int nrs_verdict_list(struct nrs_store *store, nrs_verdict_row_fn *give,
		     void *ctx, struct nrs_diag *diag)
{
	struct nrs_store_query *q = NULL;
	bool found = true;
	int err = nrs_store_prepare(
		store, &q,
		"SELECT id, is_false, time, by, why FROM verdict ORDER BY n",
		diag);

	while (err == NRS_OK) {
		err = nrs_store_step(q, &found, diag);
		if (err != NRS_OK || !found)
			break;
		const struct nrs_verdict_row row = {
			.id = nrs_store_bytes_at(q, 0),
			.is_false = nrs_store_i64(q, 1) != 0,
			.time_ns = nrs_store_i64(q, 2),
			.by = nrs_store_bytes_at(q, 3),
			.why = nrs_store_bytes_at(q, 4)};
		err = give(ctx, &row);
	}
	nrs_store_query_free(q);
	return err;
}
