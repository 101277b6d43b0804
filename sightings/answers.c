/* SPDX-License-Identifier: Apache-2.0 */
/*
 * answers: one row for each object that names one of our sightings. Whose
 * sighting it is says the spool, by its id.
 */
#include "sightings/answers.h"

#include "engine/base/stamp.h"

const char nrs_answers_sql[] =
	"CREATE TABLE answer ("
	" audience TEXT NOT NULL, id TEXT NOT NULL, object TEXT NOT NULL,"
	" type TEXT NOT NULL, kind INTEGER NOT NULL, modified INTEGER NOT NULL,"
	" text TEXT NOT NULL, PRIMARY KEY (audience, id, object)) STRICT;"
	"CREATE INDEX answer_object ON answer (object);"
	"CREATE INDEX post_id ON post (id);";

/* 1 the sighting, 2 the object, 3 its type, 4 kind, 5 modified, 6 text, 7 at
 * most so many of one sighting. */
static const char take_sql[] =
	"INSERT INTO answer SELECT audience, id, ?2, ?3, ?4, ?5, ?6 FROM post"
	" WHERE id = ?1 AND (SELECT count(*) FROM answer AS a"
	" WHERE a.audience = post.audience AND a.id = post.id) < ?7"
	" ON CONFLICT DO UPDATE SET kind = ?4, modified = ?5, text = ?6"
	" WHERE modified < ?5";
static const char back_sql[] = "DELETE FROM answer WHERE object = ?1";
static const char count_sql[] =
	"SELECT count(*), coalesce(sum(yes AND NOT no), 0),"
	" coalesce(sum(no), 0) FROM (SELECT max(kind = 1) AS yes,"
	" max(kind = 2) AS no FROM answer WHERE audience = ?1 GROUP BY id)";
static const char list_sql[] =
	"SELECT audience, id, object, type, kind, modified, text FROM answer"
	" ORDER BY audience, id, modified, object";

const char *nrs_answer_kind_name(enum nrs_answer_kind kind)
{
	static const char *const names[] = {"answered", "confirmed", "false"};

	return names[kind];
}

static enum nrs_answer_kind kind_of(const struct nrs_json *object)
{
	static const struct {
		const char *opinion;
		enum nrs_answer_kind kind;
	} opinions[] = {
		{"strongly-disagree", NRS_ANSWER_FALSE},
		{"disagree", NRS_ANSWER_FALSE},
		{"agree", NRS_ANSWER_CONFIRMED},
		{"strongly-agree", NRS_ANSWER_CONFIRMED},
	};
	const struct nrs_span said = nrs_json_text(object, "opinion");

	for (size_t i = 0; i < sizeof(opinions) / sizeof(*opinions); i++)
		if (nrs_span_is(said, opinions[i].opinion))
			return opinions[i].kind;
	return NRS_ANSWER_WORD;
}

/* The first text that a person would want to read. */
static struct nrs_span text_of(const struct nrs_json *object)
{
	static const char *const keys[] = {"explanation", "content", "abstract",
					   "description", "name",    "opinion"};

	for (size_t i = 0; i < sizeof(keys) / sizeof(*keys); i++) {
		struct nrs_span text = nrs_json_text(object, keys[i]);

		if (text.len == 0)
			continue;
		text = nrs_span_part(text, 0, NRS_ANSWER_TEXT_MAX);
		/* Not within a character. */
		while (text.len == NRS_ANSWER_TEXT_MAX && text.len > 0 &&
		       !nrs_span_is_utf8(text))
			text.len--;
		return text;
	}
	return nrs_span(NULL, 0);
}

struct taking {
	struct nrs_store *store;
	struct nrs_store_query *take;
	struct nrs_span id, type, text;
	enum nrs_answer_kind kind;
	int64_t modified_ns;
	unsigned int count;
	struct nrs_diag *diag;
};

static int take_one(struct taking *t, struct nrs_span sighting)
{
	if (!nrs_span_starts(sighting, "sighting--"))
		return NRS_OK;
	nrs_store_bind_text(t->take, 1, sighting);
	nrs_store_bind_text(t->take, 2, t->id);
	nrs_store_bind_text(t->take, 3, t->type);
	nrs_store_bind_i64(t->take, 4, t->kind);
	nrs_store_bind_i64(t->take, 5, t->modified_ns);
	nrs_store_bind_text(t->take, 6, t->text);
	nrs_store_bind_i64(t->take, 7, NRS_ANSWERS_MAX);
	const int err = nrs_store_done(t->take, t->diag);
	if (err == NRS_OK)
		t->count += nrs_store_changes(t->store) > 0;
	return err;
}

static int take_list(struct taking *t, const struct nrs_json *list)
{
	int err = NRS_OK;

	if (!nrs_json_is(list, NRS_JSON_ARRAY))
		return NRS_OK;
	for (list = list->child; list != NULL && err == NRS_OK;
	     list = list->next)
		if (list->type == NRS_JSON_STRING)
			err = take_one(t, list->text);
	return err;
}

static int take_back(struct taking *t)
{
	struct nrs_store_query *query = NULL;
	int err = nrs_store_prepare(t->store, &query, back_sql, t->diag);

	if (query == NULL)
		return err;
	nrs_store_bind_text(query, 1, t->id);
	err = nrs_store_done(query, t->diag);
	nrs_store_query_free(query);
	return err;
}

/* Our own, as the hub gives it back, answers nothing; a later version does,
 * unless we took it back ourselves. */
static int take_version(struct taking *t, const struct nrs_json *object)
{
	int64_t created_ns;

	if (nrs_stamp_parse(nrs_json_text(object, "created"), &created_ns) !=
		    NRS_OK ||
	    t->modified_ns <= created_ns)
		return NRS_OK;
	return take_one(t, t->id);
}

static int take_refs(struct taking *t, const struct nrs_json *object)
{
	static const char *const lists[] = {"object_refs", "sighting_refs"};
	static const char *const ones[] = {"source_ref", "target_ref"};
	int err = NRS_OK;

	for (size_t i = 0; i < 2 && err == NRS_OK; i++)
		err = take_list(t, nrs_json_get(object, lists[i]));
	for (size_t i = 0; i < 2 && err == NRS_OK; i++)
		err = take_one(t, nrs_json_text(object, ones[i]));
	return err;
}

int nrs_answers_take(struct nrs_store *store, const struct nrs_json *object,
		     unsigned int *count, struct nrs_diag *diag)
{
	struct taking t = {.store = store,
			   .id = nrs_json_text(object, "id"),
			   .type = nrs_json_text(object, "type"),
			   .text = text_of(object),
			   .kind = kind_of(object),
			   .diag = diag};
	int err;

	*count = 0;
	if (t.id.len == 0 || nrs_stamp_parse(nrs_json_text(object, "modified"),
					     &t.modified_ns) != NRS_OK)
		return NRS_OK;
	if (nrs_json_is(nrs_json_get(object, "revoked"), NRS_JSON_TRUE))
		return take_back(&t);
	err = nrs_store_prepare(store, &t.take, take_sql, diag);
	if (t.take == NULL)
		return err;
	err = nrs_span_is(t.type, "sighting") ? take_version(&t, object)
					      : take_refs(&t, object);
	nrs_store_query_free(t.take);
	*count = t.count;
	return err;
}

int nrs_answers_count(struct nrs_store *store, struct nrs_span audience,
		      struct nrs_answers_counts *out, struct nrs_diag *diag)
{
	struct nrs_store_query *query = NULL;
	bool row = false;
	int err = nrs_store_prepare(store, &query, count_sql, diag);

	*out = (struct nrs_answers_counts){0};
	if (query == NULL)
		return err;
	nrs_store_bind_text(query, 1, audience);
	err = nrs_store_step(query, &row, diag);
	if (err == NRS_OK && row)
		*out = (struct nrs_answers_counts){
			.answered = (uint64_t)nrs_store_i64(query, 0),
			.confirmed = (uint64_t)nrs_store_i64(query, 1),
			.refuted = (uint64_t)nrs_store_i64(query, 2)};
	nrs_store_query_free(query);
	return err;
}

int nrs_answers_list(struct nrs_store *store, nrs_answer_fn *fn, void *ctx,
		     struct nrs_diag *diag)
{
	struct nrs_store_query *query = NULL;
	bool row = true;
	int err = nrs_store_prepare(store, &query, list_sql, diag);

	if (query == NULL)
		return err;
	while (err == NRS_OK && row) {
		err = nrs_store_step(query, &row, diag);
		if (err != NRS_OK || !row)
			continue;
		const struct nrs_answer answer = {
			.audience = nrs_store_bytes_at(query, 0),
			.sighting = nrs_store_bytes_at(query, 1),
			.object = nrs_store_bytes_at(query, 2),
			.type = nrs_store_bytes_at(query, 3),
			.kind = (enum nrs_answer_kind)nrs_store_i64(query, 4),
			.modified_ns = nrs_store_i64(query, 5),
			.text = nrs_store_bytes_at(query, 6)};
		err = fn(ctx, &answer);
	}
	nrs_store_query_free(query);
	return err;
}
