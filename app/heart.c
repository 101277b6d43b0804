/* SPDX-License-Identifier: Apache-2.0 */
/*
 * heart: reports out of a set, each with the time since when it is there.
 *
 * A row is made where an indicator's background differs from the one before,
 * which is once a report in most bundles; sorted, rows of one report are one.
 */
#include "app/heart.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "app/command.h"
#include "app/threads.h"
#include "engine/handling.h"
#include "sightings/release_log.h"
#include "sightings/share_form.h"
#include "sightings/spool.h"

#define ROWS_MAX ((size_t)1000000)
#define DAY_NS (86400 * NRS_SECOND_NS)
#define AUDIENCES_MAX 32u
#define PATH_ROOM 4096

/* Reports, by source and id; their text is in the arena. */
struct holdings {
	struct nrs_arena *arena;
	struct nrs_beat_report *reports;
	size_t count, room;
};

struct nrs_heart {
	struct nrs_heart_options options;
	struct nrs_lock *lock;
	struct holdings now;
	bool has_changed;
	int64_t next_ns;
	struct nrs_spool *spool;
	/* As the policy, with keys. */
	struct nrs_share_policy policy;
	struct nrs_share_audience audiences[AUDIENCES_MAX];
	uint8_t keys[AUDIENCES_MAX][NRS_SPOOL_KEY_LEN];
	uint8_t told[AUDIENCES_MAX][32]; /* digest of the last note */
	int64_t told_ns[AUDIENCES_MAX];
};

static void free_holdings(struct holdings *h)
{
	free(h->reports);
	nrs_arena_free(h->arena);
	*h = (struct holdings){0};
}

static struct nrs_beat_report *add(struct holdings *h)
{
	const size_t room = h->room == 0 ? 256 : 2 * h->room;

	if (h->count == h->room) {
		struct nrs_beat_report *more =
			h->count >= ROWS_MAX
				? NULL
				: realloc(h->reports, room * sizeof(*more));

		if (more == NULL)
			return NULL;
		h->reports = more;
		h->room = room;
	}
	return &h->reports[h->count++];
}

static int compare(struct nrs_span a, struct nrs_span b)
{
	const size_t len = a.len < b.len ? a.len : b.len;
	const int order = len == 0 ? 0 : memcmp(a.ptr, b.ptr, len);

	return order != 0 ? order : (a.len > b.len) - (a.len < b.len);
}

static int by_source_and_id(const void *a, const void *b)
{
	const struct nrs_beat_report *x = a, *y = b;
	const int order = compare(x->source, y->source);

	const int ids = order != 0 ? order : compare(x->id, y->id);

	return ids != 0 ? ids : (int)x->is_exercise - (int)y->is_exercise;
}

/* One of each, counts and markings of its rows together. */
static void merge(struct holdings *h)
{
	size_t kept = 0;

	if (h->count == 0)
		return;
	qsort(h->reports, h->count, sizeof(*h->reports), by_source_and_id);
	for (size_t i = 1; i < h->count; i++) {
		struct nrs_beat_report *to = &h->reports[kept];
		const struct nrs_beat_report *it = &h->reports[i];

		if (by_source_and_id(to, it) != 0) {
			h->reports[++kept] = *it;
			continue;
		}
		for (unsigned int k = 0; k <= NRS_TLP_RED; k++)
			to->indicators[k] += it->indicators[k];
	}
	h->count = kept + 1;
}

/* Texts of the set, which may go, become ours. */
static bool copy_texts(struct holdings *h)
{
	bool is_whole = true;

	for (size_t i = 0; i < h->count; i++) {
		struct nrs_beat_report *it = &h->reports[i];

		it->source = nrs_arena_copy(h->arena, it->source);
		it->id = nrs_arena_copy(h->arena, it->id);
		it->name = nrs_arena_copy(h->arena, it->name);
		is_whole = is_whole && it->source.ptr != NULL &&
			   it->id.ptr != NULL;
	}
	return is_whole;
}

static int gather(struct holdings *h, const struct nrs_set *set)
{
	const struct nrs_background *last = NULL;
	struct nrs_beat_report *row = NULL;
	uint32_t last_source = 0;

	for (uint32_t i = 0; i < nrs_set_count(set); i++) {
		struct nrs_indicator it;

		if (nrs_set_status(set, i) > NRS_STATUS_PARTIAL)
			continue;
		nrs_set_get(set, i, &it);
		const struct nrs_background *said =
			nrs_indicator_background(&it);
		if (said->report_id.len == 0)
			continue;
		const bool is_exercise = nrs_exercise_of(&it).len > 0;
		if (row == NULL || said != last || it.source != last_source ||
		    row->is_exercise != is_exercise) {
			row = add(h);
			if (row == NULL)
				return NRS_E_NOMEM;
			*row = (struct nrs_beat_report){
				.source =
					nrs_set_source_of(set, it.source)->name,
				.id = said->report_id,
				.name = said->report_name,
				.is_exercise = is_exercise};
		}
		last = said;
		last_source = it.source;
		row->indicators[it.tlp <= NRS_TLP_RED ? it.tlp : NRS_TLP_RED]++;
	}
	merge(h);
	return copy_texts(h) ? NRS_OK : NRS_E_NOMEM;
}

/* Since when: as before, where it was there before. True: nothing else. */
static bool date(struct holdings *now, const struct holdings *before,
		 int64_t now_ns)
{
	bool is_same = now->count == before->count;

	for (size_t i = 0; i < now->count; i++) {
		struct nrs_beat_report *it = &now->reports[i];
		const struct nrs_beat_report *old =
			before->count == 0
				? NULL
				: bsearch(it, before->reports, before->count,
					  sizeof(*it), by_source_and_id);

		it->since_ns = old == NULL ? now_ns : old->since_ns;
		is_same = is_same && old != NULL &&
			  memcmp(old->indicators, it->indicators,
				 sizeof(it->indicators)) == 0;
	}
	return is_same;
}

int nrs_heart_note(struct nrs_heart *heart, const struct nrs_set *set,
		   int64_t now_ns)
{
	struct holdings now = {.arena = nrs_arena_new(0)};
	const int err = now.arena == NULL ? NRS_E_NOMEM : gather(&now, set);

	if (err != NRS_OK) {
		free_holdings(&now);
		return err;
	}
	nrs_lock_take(heart->lock);
	heart->has_changed |= !date(&now, &heart->now, now_ns);
	free_holdings(&heart->now);
	heart->now = now;
	nrs_lock_give(heart->lock);
	return NRS_OK;
}

/* What the file said before we were started. */
static void read_report(struct holdings *h, const struct nrs_json *json)
{
	struct nrs_beat_report report = {
		.source = nrs_json_text(json, "source"),
		.id = nrs_json_text(json, "id"),
		.name = nrs_json_text(json, "name"),
		.is_exercise = nrs_json_is(nrs_json_get(json, "exercise"),
					   NRS_JSON_TRUE)};
	struct nrs_beat_report *to;

	if (report.id.len == 0 ||
	    nrs_stamp_parse(nrs_json_text(json, "active_since"),
			    &report.since_ns) != NRS_OK)
		return;
	to = add(h);
	if (to != NULL)
		*to = report;
}

static void read_past(struct holdings *h, const char *path)
{
	struct nrs_text text = {0};
	struct nrs_json *json = NULL;
	FILE *file = fopen(path, "rbe");
	uint8_t bytes[8192];
	size_t got;

	while (file != NULL && text.len < NRS_JSON_OBJECT_MAX &&
	       (got = fread(bytes, 1, sizeof(bytes), file)) > 0)
		nrs_text_add(&text, nrs_span(bytes, got));
	if (file != NULL)
		(void)fclose(file);
	if (!text.failed && nrs_json_parse(nrs_text_span(&text), h->arena,
					   &json, NULL) == NRS_OK) {
		const struct nrs_json *list = nrs_json_get(json, "reports");

		for (list = nrs_json_is(list, NRS_JSON_ARRAY) ? list->child
							      : NULL;
		     list != NULL; list = list->next)
			read_report(h, list);
	}
	/* Sorted, and free of the text that they were read from. */
	merge(h);
	if (!copy_texts(h))
		h->count = 0;
	nrs_text_fini(&text);
}

static int open_spool(struct nrs_heart *heart, struct nrs_diag *diag)
{
	const struct nrs_share_policy *policy = heart->options.policy;
	const struct nrs_spool_limits limits = {0};
	int err = nrs_spool_new(&heart->spool, heart->options.store, &limits,
				diag);

	heart->policy = *policy;
	heart->policy.audiences = heart->audiences;
	if (heart->policy.audience_count > AUDIENCES_MAX)
		heart->policy.audience_count = AUDIENCES_MAX;
	for (unsigned int i = 0;
	     i < heart->policy.audience_count && err == NRS_OK; i++) {
		heart->audiences[i] = policy->audiences[i];
		err = nrs_spool_key(heart->spool,
				    nrs_share_name(&policy->audiences[i]),
				    heart->keys[i], diag);
		heart->audiences[i].key =
			nrs_span(heart->keys[i], NRS_SPOOL_KEY_LEN);
		heart->told_ns[i] = NRS_TIME_MIN;
	}
	return err;
}

int nrs_heart_new(struct nrs_heart **out,
		  const struct nrs_heart_options *options,
		  struct nrs_diag *diag)
{
	struct nrs_heart *heart = calloc(1, sizeof(*heart));
	int err = NRS_E_NOMEM;

	if (heart == NULL)
		return err;
	heart->options = *options;
	heart->now.arena = nrs_arena_new(0);
	if (heart->now.arena != NULL)
		err = nrs_lock_new(&heart->lock);
	if (err == NRS_OK && options->store != NULL)
		err = open_spool(heart, diag);
	if (err != NRS_OK) {
		nrs_heart_free(heart);
		return err;
	}
	if (options->file != NULL)
		read_past(&heart->now, options->file);
	*out = heart;
	return NRS_OK;
}

void nrs_heart_free(struct nrs_heart *heart)
{
	if (heart == NULL)
		return;
	free_holdings(&heart->now);
	nrs_spool_free(heart->spool);
	nrs_lock_free(heart->lock);
	free(heart);
}

/* Beside it, then in its place: a reader never sees half of it. */
static int write_file(const struct nrs_heart *heart,
		      const struct nrs_beat *beat, struct nrs_diag *diag)
{
	struct nrs_text text = {0};
	char beside[PATH_ROOM];
	int err = NRS_E_IO;

	(void)snprintf(beside, sizeof(beside), "%s.new", heart->options.file);
	nrs_heartbeat_json(beat, &text);
	if (!text.failed)
		err = nrs_write_file(beside, &text);
	nrs_text_fini(&text);
	if (err == NRS_OK && rename(beside, heart->options.file) == 0)
		return NRS_OK;
	return nrs_diag_set(diag, NRS_E_IO, 0, "%s: %s", heart->options.file,
			    strerror(errno));
}

static int put_note(struct nrs_heart *heart, unsigned int to,
		    const struct nrs_heartbeat_note *note, int64_t now_ns,
		    struct nrs_diag *diag)
{
	struct nrs_share_item item = note->item;

	item.form = nrs_share_form(&heart->audiences[to]);
	const struct nrs_spool_post row = {
		.audience = heart->audiences[to].name,
		.id = nrs_span_of(note->id),
		.whole = nrs_text_span(&note->objects),
		.bare = nrs_text_span(&note->objects),
		.state = note->verdict.act == NRS_SHARE_HOLD ? NRS_SPOOL_HELD
							     : NRS_SPOOL_QUEUED,
		.item = item,
		.tlp = note->verdict.tlp,
		.made_ns = now_ns};
	const struct nrs_release release = {.verdict = &note->verdict,
					    .to = &heart->audiences[to],
					    .object = row.id,
					    .posted = row.whole,
					    .tlp_in = note->item.tlp,
					    .now_ns = now_ns};
	int err = nrs_store_begin(heart->options.store, diag);

	if (err == NRS_OK)
		err = nrs_spool_put(heart->spool, &row, diag);
	if (err == NRS_OK)
		err = nrs_release_log_add(heart->options.store, &release, diag);
	if (err == NRS_OK)
		err = nrs_store_commit(heart->options.store, diag);
	if (err != NRS_OK)
		nrs_store_rollback(heart->options.store);
	return err;
}

/* A note when it says something new, and once a day. */
static int tell(struct nrs_heart *heart, const struct nrs_beat *beat,
		unsigned int to, struct nrs_diag *diag)
{
	struct nrs_heartbeat_note note = {0};
	const bool is_due = heart->told_ns[to] == NRS_TIME_MIN ||
			    beat->now_ns < heart->told_ns[to] ||
			    beat->now_ns - heart->told_ns[to] >= DAY_NS;
	int err = nrs_heartbeat_note(beat, &heart->policy, to, &note);

	if (err == NRS_OK && note.reports > 0 &&
	    (is_due ||
	     memcmp(note.digest, heart->told[to], sizeof(note.digest)) != 0)) {
		err = put_note(heart, to, &note, beat->now_ns, diag);
		if (err == NRS_OK) {
			memcpy(heart->told[to], note.digest,
			       sizeof(note.digest));
			heart->told_ns[to] = beat->now_ns;
		}
	}
	nrs_heartbeat_note_fini(&note);
	return err;
}

static int beat(struct nrs_heart *heart, const struct nrs_beat *now,
		struct nrs_diag *diag)
{
	int err = NRS_OK;

	if (heart->options.file != NULL)
		err = write_file(heart, now, diag);
	for (unsigned int i = 0;
	     heart->spool != NULL && i < heart->policy.audience_count &&
	     err == NRS_OK;
	     i++)
		if (heart->options.posts[i].tells_heartbeat)
			err = tell(heart, now, i, diag);
	return err;
}

int nrs_heart_tick(struct nrs_heart *heart, const struct nrs_supply_state *set,
		   int64_t now_ns, struct nrs_diag *diag)
{
	const int64_t interval_ns = heart->options.interval_s * NRS_SECOND_NS;
	int err;

	nrs_lock_take(heart->lock);
	/* A clock that was set back must not stop it. */
	if (now_ns < heart->next_ns && heart->next_ns - now_ns <= interval_ns &&
	    !heart->has_changed) {
		nrs_lock_give(heart->lock);
		return NRS_OK;
	}
	const struct nrs_beat now = {
		.sensor = heart->options.sensor,
		.version = nrs_span_of(NRS_VERSION),
		.digest = nrs_span_of(strncmp(set->digest, "sha256:", 7) == 0
					      ? set->digest
					      : ""),
		.now_ns = now_ns,
		.since_ns = set->since_ns,
		.received = set->funnel.received,
		.full = set->funnel.full,
		.partial = set->funnel.partial,
		.reports = heart->now.reports,
		.report_count = heart->now.count};

	err = beat(heart, &now, diag);
	heart->next_ns = now_ns + interval_ns;
	heart->has_changed = false;
	nrs_lock_give(heart->lock);
	return err;
}
