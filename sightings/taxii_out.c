/* SPDX-License-Identifier: Apache-2.0 */
/*
 * taxii_out: find the collection, then by turns an envelope and a status.
 *
 * A hub that refuses an envelope is asked with half of it, down to the one
 * sighting that it will not take; that one is quarantined. A hub that refuses
 * everything is in trouble, not our sightings: after some in a row we wait.
 */
#include "sightings/taxii_out.h"

#include <stdio.h>
#include <stdlib.h>

#include "engine/base/stamp.h"

#define IDLE_NS (2 * NRS_SECOND_NS) /* nothing queued: look again */
#define STATUS_DAY_NS (INT64_C(86400) * NRS_SECOND_NS)
/* Longer than any wait for a status: then the clock was set back. */
#define STATUS_WAIT_NS (120 * NRS_SECOND_NS)
#define LOCAL_NS (60 * NRS_SECOND_NS) /* where our own disk fails */
#define REFUSED_MAX 8u		      /* in a row, nothing accepted between */

struct nrs_taxii_out {
	struct nrs_taxii_out_config config;
	struct nrs_spool *spool;
	struct nrs_taxii_place place;
	struct nrs_spool_batch batch;
	struct nrs_arena *arena;
	struct nrs_text url;
	struct nrs_post_pace pace;
	unsigned int batch_max; /* now */
	unsigned int refused;	/* in a row */
	bool has_place, was_sought_again, was_post;
};

/* What a step works with. */
struct work {
	struct nrs_taxii_out *out;
	const struct nrs_taxii_peer *peer;
	int64_t now_ns;
	struct nrs_diag *diag;
};

int nrs_taxii_out_new(struct nrs_taxii_out **out,
		      const struct nrs_taxii_out_config *config,
		      struct nrs_spool *spool, struct nrs_diag *diag)
{
	struct nrs_taxii_out *o = calloc(1, sizeof(*o));
	int err = NRS_OK;

	if (o == NULL)
		return nrs_diag_set(diag, NRS_E_NOMEM, 0, "out of memory");
	o->config = *config;
	o->spool = spool;
	if (o->config.batch == 0 || o->config.batch > NRS_SPOOL_BATCH_MAX)
		o->config.batch = 100;
	if (o->config.envelope_bytes == 0)
		o->config.envelope_bytes = (size_t)4 << 20;
	o->batch_max = o->config.batch;
	o->arena = nrs_arena_new((size_t)64 << 20);
	if (o->arena == NULL)
		err = nrs_diag_set(diag, NRS_E_NOMEM, 0, "out of memory");
	if (err == NRS_OK)
		err = nrs_post_pace_init(&o->pace, config->seed);
	if (err != NRS_OK) {
		nrs_taxii_out_free(o);
		return err;
	}
	*out = o;
	return NRS_OK;
}

void nrs_taxii_out_free(struct nrs_taxii_out *o)
{
	if (o == NULL)
		return;
	nrs_taxii_place_fini(&o->place);
	nrs_text_fini(&o->batch.envelope);
	nrs_text_fini(&o->url);
	nrs_arena_free(o->arena);
	free(o);
}

const struct nrs_post_state *nrs_taxii_out_state(const struct nrs_taxii_out *o)
{
	return &o->pace.state;
}

static void well(struct nrs_taxii_out *o)
{
	nrs_post_pace_well(&o->pace);
	o->refused = 0;
	o->was_sought_again = false;
}

static void trouble(const struct work *w, const struct nrs_taxii_answer *answer)
{
	nrs_post_pace_trouble(&w->out->pace, answer, w->now_ns);
}

static int find_place(const struct work *w)
{
	struct nrs_taxii_out *o = w->out;
	struct nrs_taxii_answer answer = {.verdict = NRS_HUB_LATER,
					  .retry_ns = -1};
	int err;

	nrs_taxii_place_fini(&o->place);
	o->place = (struct nrs_taxii_place){0};
	err = nrs_taxii_find(w->peer, o->config.url, o->config.collection,
			     &o->place, &answer);
	if (err == NRS_E_CANCELLED)
		return err;
	if (err == NRS_OK && answer.verdict == NRS_HUB_OK &&
	    !o->place.can_write) {
		answer.verdict = NRS_HUB_DENIED;
		snprintf(answer.message, sizeof(answer.message),
			 "the hub says that the collection cannot be written");
	}
	o->pace.state.http_status = answer.status;
	o->has_place = err == NRS_OK && answer.verdict == NRS_HUB_OK;
	if (!o->has_place) {
		if (err != NRS_OK && answer.verdict == NRS_HUB_OK)
			answer.verdict = NRS_HUB_LATER;
		trouble(w, &answer);
		return NRS_OK;
	}
	/* Found where nothing waits to be posted, it is well all the same; a
	 * collection that was lost a moment ago has to take a post first. */
	if (!o->was_sought_again)
		well(o);
	o->pace.next_ns = w->now_ns;
	return NRS_OK;
}

/* 404: it is looked for once more, at once; then it is trouble. */
static void gone(const struct work *w, const struct nrs_taxii_answer *answer)
{
	struct nrs_taxii_out *o = w->out;

	o->has_place = false;
	if (o->was_sought_again)
		trouble(w, answer);
	o->was_sought_again = true;
}

/* The hub took the envelope: what becomes of it is in its status. */
static int accepted(const struct work *w, const struct nrs_json *json)
{
	struct nrs_taxii_out *o = w->out;
	struct nrs_taxii_status status = {0};
	int64_t row = 0;
	int err;

	if (json == NULL ||
	    nrs_taxii_parse_status(json, o->arena, &status) != NRS_OK)
		status = (struct nrs_taxii_status){0};
	const struct nrs_spool_accepted taken = {.audience = o->config.audience,
						 .batch = &o->batch,
						 .id = status.id,
						 .now_ns = w->now_ns};
	err = nrs_spool_accepted(o->spool, &taken, &row, w->diag);
	if (err == NRS_OK && status.is_complete)
		err = nrs_spool_status_done(o->spool, row, &status, w->diag);
	if (err != NRS_OK)
		return err;
	well(o);
	o->pace.state.posts++;
	o->pace.state.posted += o->batch.count;
	o->pace.state.posted_ns = w->now_ns;
	if (o->batch_max < o->config.batch)
		o->batch_max = o->batch_max * 2 < o->config.batch
				       ? o->batch_max * 2
				       : o->config.batch;
	o->pace.next_ns = w->now_ns;
	return NRS_OK;
}

/* Something in it is too large or wrong. */
static int refused(const struct work *w, const struct nrs_taxii_answer *answer)
{
	struct nrs_taxii_out *o = w->out;
	const struct nrs_span message = nrs_span_of(answer->message);
	bool is_shorter = false;
	int err;

	if (o->refused >= REFUSED_MAX) { /* it refuses whatever we send */
		trouble(w, answer);
		return NRS_OK;
	}
	o->pace.next_ns = w->now_ns;
	if (o->batch.count > 1) {
		o->batch_max = o->batch.count / 2;
		return NRS_OK;
	}
	if (answer->verdict == NRS_HUB_TOO_LARGE)
		err = nrs_spool_shorten(o->spool, o->batch.rows[0], &is_shorter,
					message, w->diag);
	else
		err = nrs_spool_quarantine(o->spool, o->batch.rows[0], message,
					   w->diag);
	if (err == NRS_OK && !is_shorter) {
		o->pace.state.quarantined++;
		o->refused++;
	}
	return err;
}

static int judge_post(const struct work *w,
		      const struct nrs_taxii_answer *answer,
		      const struct nrs_json *json)
{
	switch (answer->verdict) {
	case NRS_HUB_OK:
		return accepted(w, json);
	case NRS_HUB_TOO_LARGE:
	case NRS_HUB_BAD_CONTENT:
	case NRS_HUB_REFUSED:
		return refused(w, answer);
	case NRS_HUB_GONE:
		gone(w, answer);
		return NRS_OK;
	default:
		trouble(w, answer);
		return NRS_OK;
	}
}

/* Ask for o->url; *@json NULL: nothing that can be read. */
static int ask(const struct work *w, struct nrs_span envelope,
	       struct nrs_taxii_answer *answer, struct nrs_json **json)
{
	struct nrs_taxii_out *o = w->out;
	const struct nrs_taxii_call call = {.url = nrs_text_span(&o->url),
					    .envelope = envelope};
	int err;

	*json = NULL;
	nrs_arena_reset(o->arena);
	err = nrs_taxii_ask(w->peer, &call, o->arena, json, answer);
	o->pace.state.http_status = answer->status;
	if (err == NRS_E_CANCELLED)
		return err;
	/* A 2xx that cannot be read was still taken by the hub. */
	if (err != NRS_OK && answer->status >= 200 && answer->status <= 299)
		answer->verdict = NRS_HUB_OK;
	else if (err != NRS_OK && answer->verdict == NRS_HUB_OK)
		answer->verdict = NRS_HUB_LATER;
	return NRS_OK;
}

/* Post the next envelope; *@did: there was one. */
static int post(const struct work *w, bool *did)
{
	struct nrs_taxii_out *o = w->out;
	const uint64_t most = o->place.max_content_length;
	const struct nrs_taxii_query everything = {.added_after_ns =
							   NRS_TIME_MIN};
	struct nrs_taxii_answer answer;
	struct nrs_json *json;
	int err;

	o->batch.count_max = o->batch_max;
	o->batch.bytes_max = o->config.envelope_bytes;
	if (most > 0 && most < o->batch.bytes_max)
		o->batch.bytes_max = (size_t)most;
	err = nrs_spool_batch(o->spool, o->config.audience, &o->batch, w->diag);
	*did = err == NRS_OK && o->batch.count > 0;
	if (!*did)
		return err;
	nrs_text_clear(&o->url);
	err = nrs_taxii_objects_url(&o->url, nrs_text_span(&o->place.root),
				    nrs_text_span(&o->place.collection),
				    &everything);
	if (err != NRS_OK)
		return err;
	err = ask(w, nrs_text_span(&o->batch.envelope), &answer, &json);
	return err == NRS_OK ? judge_post(w, &answer, json) : err;
}

/* 1, 2, 4 .. 60 s. */
static int64_t status_wait(uint32_t asked)
{
	return asked >= 6 ? 60 * NRS_SECOND_NS
			  : (INT64_C(1) << asked) * NRS_SECOND_NS;
}

static int judge_status(const struct work *w,
			const struct nrs_spool_status *waiting,
			const struct nrs_taxii_answer *answer,
			const struct nrs_json *json)
{
	struct nrs_taxii_out *o = w->out;
	struct nrs_taxii_status status = {0};

	if (answer->verdict == NRS_HUB_GONE)
		return nrs_spool_status_gone(o->spool, waiting->row, w->diag);
	if (answer->verdict == NRS_HUB_OK && json != NULL &&
	    nrs_taxii_parse_status(json, o->arena, &status) == NRS_OK &&
	    status.is_complete) {
		well(o);
		return nrs_spool_status_done(o->spool, waiting->row, &status,
					     w->diag);
	}
	if (answer->verdict != NRS_HUB_OK)
		trouble(w, answer);
	if (w->now_ns - waiting->since_ns >= STATUS_DAY_NS)
		return nrs_spool_status_gone(o->spool, waiting->row, w->diag);
	return nrs_spool_status_later(o->spool, waiting->row,
				      w->now_ns + status_wait(waiting->asked),
				      w->diag);
}

/* Ask for the status that is due; *@did: one was. */
static int poll(const struct work *w, bool *did, int64_t *due_ns)
{
	struct nrs_taxii_out *o = w->out;
	struct nrs_spool_status waiting;
	struct nrs_taxii_answer answer;
	struct nrs_json *json;
	bool found = false;
	int err = nrs_spool_status(o->spool, o->config.audience, &waiting,
				   &found, w->diag);

	*did = false;
	if (err != NRS_OK || !found)
		return err;
	if (waiting.due_ns > w->now_ns &&
	    waiting.due_ns <= w->now_ns + STATUS_WAIT_NS) {
		*due_ns = waiting.due_ns;
		return NRS_OK;
	}
	*did = true;
	if (waiting.id[0] == '\0')
		return nrs_spool_status_gone(o->spool, waiting.row, w->diag);
	nrs_text_clear(&o->url);
	err = nrs_taxii_status_url(&o->url, nrs_text_span(&o->place.root),
				   nrs_span_of(waiting.id));
	if (err != NRS_OK)
		return err;
	err = ask(w, nrs_span(NULL, 0), &answer, &json);
	return err == NRS_OK ? judge_status(w, &waiting, &answer, json) : err;
}

/* By turns, so that neither keeps the other waiting. */
static int take_turn(const struct work *w)
{
	struct nrs_taxii_out *o = w->out;
	int64_t due_ns = NRS_TIME_MAX;
	bool did = false;
	int err = NRS_OK;

	o->pace.next_ns = w->now_ns;
	if (o->was_post) {
		o->was_post = false;
		err = poll(w, &did, &due_ns);
		if (err != NRS_OK || did)
			return err;
	}
	err = post(w, &did);
	o->was_post = did;
	if (err != NRS_OK || did)
		return err;
	err = poll(w, &did, &due_ns);
	if (err != NRS_OK || did)
		return err;
	o->pace.next_ns = w->now_ns + IDLE_NS;
	if (due_ns < o->pace.next_ns)
		o->pace.next_ns = due_ns;
	return NRS_OK;
}

int nrs_taxii_out_step(struct nrs_taxii_out *o, const struct nrs_http *http,
		       int64_t now_ns, int64_t *next_ns, struct nrs_diag *diag)
{
	const struct nrs_taxii_peer peer = {.http = *http,
					    .auth = o->config.auth,
					    .trusts_discovery =
						    o->config.trusts_discovery,
					    .now_ns = now_ns};
	const struct work w = {
		.out = o, .peer = &peer, .now_ns = now_ns, .diag = diag};
	int err = NRS_OK;

	if (nrs_post_pace_is_due(&o->pace, now_ns))
		err = o->has_place ? take_turn(&w) : find_place(&w);
	if (err != NRS_OK && err != NRS_E_CANCELLED)
		nrs_post_pace_local(&o->pace, diag == NULL ? "" : diag->text,
				    now_ns, LOCAL_NS);
	*next_ns = o->pace.next_ns;
	return err;
}
