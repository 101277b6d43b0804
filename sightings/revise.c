/* SPDX-License-Identifier: Apache-2.0 */
/*
 * revise: the row's objects as trees, written again member by member.
 */
#include "sightings/revise.h"

#include "engine/base/json.h"
#include "sightings/stix_parts.h"

#define MS_NS INT64_C(1000000)

struct work {
	const struct nrs_revision *revision;
	struct nrs_arena *arena;
	struct nrs_json *first; /* object of the row */
	const struct nrs_json *sighting;
	struct nrs_jsonw w;
};

static int open_row(struct work *work, struct nrs_text *out,
		    const struct nrs_revision *revision)
{
	struct nrs_text list = {0};
	struct nrs_json *array = NULL;
	int err = NRS_E_NOMEM;

	*work = (struct work){.revision = revision, .w = {.out = out}};
	work->arena = nrs_arena_new(0);
	nrs_text_putc(&list, '[');
	nrs_text_add(&list, revision->objects);
	nrs_text_putc(&list, ']');
	if (work->arena != NULL && !list.failed)
		err = nrs_json_parse(nrs_text_span(&list), work->arena, &array,
				     NULL);
	if (err != NRS_OK && err != NRS_E_NOMEM)
		err = NRS_E_FORMAT;
	if (err == NRS_OK) {
		work->first = array->child;
		err = NRS_E_NOTFOUND;
	}
	for (const struct nrs_json *at = work->first; at != NULL;
	     at = at->next) {
		if (!nrs_span_is(nrs_json_text(at, "type"), "sighting"))
			continue;
		work->sighting = at;
		err = NRS_OK;
	}
	nrs_text_fini(&list);
	return err;
}

static void put_members(struct nrs_jsonw *w, const struct nrs_json *object,
			const char *but)
{
	for (const struct nrs_json *at = object->child; at != NULL;
	     at = at->next) {
		struct nrs_text value = {0};
		char key[64];

		if (nrs_span_is(at->key, but) || at->key.len >= sizeof(key))
			continue;
		memcpy(key, at->key.ptr, at->key.len);
		key[at->key.len] = '\0';
		nrs_json_canonical(&value, at);
		nrs_jsonw_key(w, key);
		nrs_jsonw_raw(w, nrs_text_span(&value));
		w->out->failed |= value.failed;
		nrs_text_fini(&value);
	}
}

/* Later than the version before, and no finer than the audience's grain. */
static int64_t next_version(const struct work *work)
{
	const int64_t grain = work->revision->grain_ns > MS_NS
				      ? work->revision->grain_ns
				      : MS_NS;
	const int64_t now = work->revision->now_ns;
	const int64_t cut = now - (now % grain + grain) % grain;
	int64_t before = NRS_TIME_MIN;

	if (nrs_stamp_parse(nrs_json_text(work->sighting, "modified"),
			    &before) != NRS_OK ||
	    cut > before)
		return cut;
	return before + grain;
}

static void put_revoked(struct work *work, const struct nrs_json *object)
{
	struct nrs_jsonw *w = &work->w;

	nrs_jsonw_open(w, '{');
	put_members(w, object, "modified");
	nrs_stix_time(w, "modified", next_version(work), 3);
	nrs_jsonw_key(w, "revoked");
	nrs_jsonw_bool(w, true);
	nrs_jsonw_close(w, '}');
}

static void put_opinion(struct work *work, const struct nrs_opinion *opinion)
{
	struct nrs_jsonw *w = &work->w;
	const struct nrs_json *reporter =
		nrs_json_get(work->sighting, "created_by_ref");
	const struct nrs_json *marking =
		nrs_json_get(work->sighting, "object_marking_refs");
	struct nrs_text refs = {0};

	nrs_stix_begin(w, "opinion", opinion->id);
	if (nrs_json_is(reporter, NRS_JSON_STRING))
		nrs_jsonw_member(w, "created_by_ref", reporter->text);
	nrs_stix_time(w, "created", opinion->created_ns, 3);
	nrs_stix_time(w, "modified", next_version(work), 3);
	nrs_stix_text(w, "opinion", opinion->opinion);
	nrs_jsonw_key(w, "object_refs");
	nrs_jsonw_open(w, '[');
	nrs_jsonw_string(w, nrs_json_text(work->sighting, "sighting_of_ref"));
	nrs_jsonw_close(w, ']');
	if (marking != NULL) {
		nrs_json_canonical(&refs, marking);
		nrs_jsonw_key(w, "object_marking_refs");
		nrs_jsonw_raw(w, nrs_text_span(&refs));
	}
	w->out->failed |= refs.failed;
	nrs_text_fini(&refs);
	nrs_jsonw_close(w, '}');
}

/* What stands around the sighting, and what becomes of it itself. */
static void put_row(struct work *work, const struct nrs_opinion *opinion)
{
	struct nrs_jsonw *w = &work->w;

	nrs_jsonw_open(w, '[');
	for (const struct nrs_json *at = work->first; at != NULL;
	     at = at->next) {
		if (at == work->sighting && opinion == NULL) {
			put_revoked(work, at);
		} else if (at == work->sighting) {
			put_opinion(work, opinion);
		} else {
			nrs_jsonw_open(w, '{');
			put_members(w, at, "");
			nrs_jsonw_close(w, '}');
		}
	}
	nrs_jsonw_close(w, ']');
}

static int revise(struct nrs_text *out, const struct nrs_revision *revision,
		  const struct nrs_opinion *opinion)
{
	struct nrs_text list = {0};
	struct work work;
	int err = open_row(&work, &list, revision);

	if (err == NRS_OK && opinion == NULL &&
	    nrs_json_is(nrs_json_get(work.sighting, "revoked"), NRS_JSON_TRUE))
		err = NRS_E_NOTFOUND;
	if (err == NRS_OK) {
		put_row(&work, opinion);
		if (!list.failed) /* without its brackets */
			nrs_text_add(out, nrs_span(list.ptr + 1, list.len - 2));
		err = list.failed || out->failed ? NRS_E_NOMEM : NRS_OK;
	}
	nrs_arena_free(work.arena);
	nrs_text_fini(&list);
	return err;
}

int nrs_revise_revoked(struct nrs_text *out,
		       const struct nrs_revision *revision)
{
	return revise(out, revision, NULL);
}

int nrs_revise_opinion(struct nrs_text *out,
		       const struct nrs_revision *revision,
		       const struct nrs_opinion *opinion)
{
	return revise(out, revision, opinion);
}
