/* SPDX-License-Identifier: Apache-2.0 */
/*
 * taxii_in: a walk is one page after the other, by the hub's `next` where it
 * gives one, else by the date of the last object.
 *
 * The watermark W is always safe: every object that was added at or before it
 * is kept. Within a walk it follows one microsecond behind the last object of
 * the page, because others may have been added at that very time (TAXII's
 * added_after is exclusive); at the walk's end it is the last object's time.
 * Objects that come twice fall to their (id, modified).
 */
#include "loaders/taxii_in.h"

#include <stdio.h>
#include <stdlib.h>

#include "engine/base/crypto.h"
#include "hub/taxii_find.h"
#include "loaders/taxii_inside.h"

#define FUTURE_NS (24 * NRS_TAXII_HOUR_NS) /* no date but a lie */

static void set_defaults(struct nrs_taxii_in_config *c)
{
	if (c->types == NULL)
		c->types = NRS_TAXII_IN_TYPES;
	if (c->limit == 0)
		c->limit = 1000;
	if (c->interval_s == 0)
		c->interval_s = 300;
	if (c->page_bytes == 0)
		c->page_bytes = (uint64_t)256 << 20;
	if (c->objects_max == 0)
		c->objects_max = 5000000;
	if (c->bytes_max == 0)
		c->bytes_max = (uint64_t)8 << 30;
	if (c->idle_pages_max == 0)
		c->idle_pages_max = 10000;
	if (c->refresh_s == 0)
		c->refresh_s = 7 * 24 * 3600;
}

int nrs_taxii_in_new(struct nrs_taxii_in **out,
		     const struct nrs_taxii_in_config *config,
		     struct nrs_store *store, struct nrs_diag *diag)
{
	struct nrs_taxii_in *in = calloc(1, sizeof(*in));
	int err;

	if (in == NULL)
		return nrs_diag_set(diag, NRS_E_NOMEM, 0, "out of memory");
	in->config = *config;
	set_defaults(&in->config);
	in->limit = in->limit_wanted = in->config.limit;
	in->next_ns = 0;
	in->last_ns = NRS_TIME_MIN;
	in->random = config->seed;
	in->list.arena = nrs_arena_new(NRS_TAXII_RESOURCE_MAX * 8);
	if (in->list.arena == NULL) {
		nrs_taxii_in_free(in);
		return nrs_diag_set(diag, NRS_E_NOMEM, 0, "out of memory");
	}
	err = nrs_taxii_keep_new(&in->keep, store, &config->where, diag);
	if (err == NRS_OK && in->random == 0)
		err = nrs_random(&in->random, sizeof(in->random));
	if (err != NRS_OK) {
		nrs_taxii_in_free(in);
		return err;
	}
	in->mark = nrs_taxii_keep_mark(in->keep);
	in->state.pulled_ns = in->mark->pulled_ns;
	in->state.watermark_ns = in->mark->watermark_ns;
	in->state.objects = in->mark->objects;
	in->state.bytes = in->mark->bytes;
	*out = in;
	return NRS_OK;
}

void nrs_taxii_in_free(struct nrs_taxii_in *in)
{
	if (in == NULL)
		return;
	nrs_taxii_keep_free(in->keep);
	nrs_arena_free(in->list.arena);
	free(in);
}

const struct nrs_taxii_in_state *
nrs_taxii_in_state(const struct nrs_taxii_in *in)
{
	return &in->state;
}

const char *nrs_taxii_in_health_name(enum nrs_taxii_in_health health)
{
	static const char *const names[] = {
		[NRS_TAXII_IN_STARTING] = "starting",
		[NRS_TAXII_IN_WELL] = "well",
		[NRS_TAXII_IN_TROUBLE] = "in trouble",
		[NRS_TAXII_IN_STUCK] = "stuck",
		[NRS_TAXII_IN_FULL] = "full",
		[NRS_TAXII_IN_LOCAL] = "cannot be kept",
	};

	return names[health];
}

void nrs_taxii_in_refresh(struct nrs_taxii_in *in)
{
	in->wants_refresh = true;
}

void nrs_taxii_in_wake(struct nrs_taxii_in *in)
{
	in->next_ns = 0;
}

/* 32 random bits (a linear congruential generator's upper half): for waits. */
static uint32_t dice(struct nrs_taxii_in *in)
{
	in->random = in->random * UINT64_C(6364136223846793005) +
		     UINT64_C(1442695040888963407);
	return (uint32_t)(in->random >> 32);
}

void nrs_taxii_say(struct nrs_taxii_in *in, enum nrs_taxii_in_health health,
		   const char *text)
{
	in->state.health = health;
	snprintf(in->state.message, sizeof(in->state.message), "%s", text);
}

/* The hub does not do what it should: when to ask again. */
void nrs_taxii_trouble(struct nrs_taxii_in *in,
		       const struct nrs_taxii_answer *answer, int64_t now_ns)
{
	in->state.failures++;
	nrs_taxii_say(in, NRS_TAXII_IN_TROUBLE, answer->message);
	in->next_ns = now_ns + nrs_hub_wait(answer->verdict, in->state.failures,
					    dice(in), answer->retry_ns);
}

int nrs_taxii_local_trouble(struct nrs_taxii_in *in, int err,
			    const struct nrs_diag *diag, int64_t now_ns)
{
	nrs_taxii_keep_rollback(in->keep);
	in->state.failures++;
	nrs_taxii_say(in, NRS_TAXII_IN_LOCAL,
		      diag->text[0] != '\0' ? diag->text : nrs_strerror(err));
	in->next_ns = now_ns + nrs_hub_backoff(in->state.failures, dice(in));
	return err;
}

int nrs_taxii_commit(struct nrs_taxii_in *in, int64_t now_ns,
		     struct nrs_diag *diag)
{
	struct nrs_diag why = {0};
	const int err = nrs_taxii_keep_commit(in->keep, &why);

	if (err == NRS_OK)
		return NRS_OK;
	if (diag != NULL)
		*diag = why;
	return nrs_taxii_local_trouble(in, err, &why, now_ns);
}

void nrs_taxii_end_walk(struct nrs_taxii_in *in, int64_t now_ns)
{
	nrs_text_clear(&in->mark->next);
	in->mark->after_ns = NRS_TIME_MIN;
	in->limit = in->limit_wanted;
	in->list.is_on = false;
	in->idle_pages = 0;
	in->last_ns = NRS_TIME_MIN;
	in->state.is_walking = false;
	in->is_ended = true;
	in->next_ns =
		now_ns + nrs_hub_interval(in->config.interval_s, dice(in));
}

int nrs_taxii_whole_walk(struct nrs_taxii_in *in, int64_t now_ns,
			 struct nrs_diag *diag)
{
	struct nrs_taxii_mark *mark = in->mark;
	uint64_t withdrawn = 0;
	struct nrs_diag why = {0};
	int err = NRS_OK;

	mark->pulled_ns = now_ns;
	in->state.failures = 0;
	nrs_taxii_end_walk(in, now_ns);
	if (mark->refresh_ns != NRS_TIME_MIN) {
		if (in->config.is_authoritative)
			err = nrs_taxii_keep_withdraw(in->keep, &withdrawn,
						      &why);
		if (err != NRS_OK)
			return nrs_taxii_local_trouble(in, err, &why, now_ns);
		mark->refreshed_ns = mark->refresh_ns;
		mark->refresh_ns = NRS_TIME_MIN;
		in->state.withdrawn += withdrawn;
	}
	return nrs_taxii_commit(in, now_ns, diag);
}

/* Between two walks: is it time to read everything again? */
static void refresh_if_due(struct nrs_taxii_in *in, int64_t now_ns)
{
	struct nrs_taxii_mark *mark = in->mark;
	const int64_t period_ns = in->config.refresh_s * NRS_SECOND_NS;

	if (in->state.is_walking || mark->next.len > 0 ||
	    mark->refresh_ns != NRS_TIME_MIN)
		return;
	/* A clock that was wrong once must not put it off for years. */
	if (!in->wants_refresh && mark->refreshed_ns != NRS_TIME_MIN &&
	    mark->refreshed_ns <= now_ns &&
	    now_ns - mark->refreshed_ns < period_ns)
		return;
	in->wants_refresh = false;
	mark->refresh_ns = now_ns;
	mark->watermark_ns = NRS_TIME_MIN;
}

static int find_place(struct nrs_taxii_in *in,
		      const struct nrs_taxii_peer *peer, int64_t now_ns,
		      struct nrs_diag *diag)
{
	struct nrs_taxii_place place;
	struct nrs_taxii_answer answer;
	int err = nrs_taxii_find(peer, in->config.where.url,
				 in->config.where.collection, &place, &answer);

	in->state.http_status = answer.status;
	if (err == NRS_E_CANCELLED)
		return err;
	if (err == NRS_E_NOTFOUND || err == NRS_E_FORMAT)
		answer.verdict = NRS_HUB_GONE;
	if (err == NRS_OK && answer.verdict == NRS_HUB_OK && !place.can_read) {
		answer.verdict = NRS_HUB_DENIED;
		snprintf(answer.message, sizeof(answer.message),
			 "this collection may not be read (can_read is false)");
	}
	if (err != NRS_OK || answer.verdict != NRS_HUB_OK) {
		nrs_taxii_place_fini(&place);
		nrs_taxii_trouble(in, &answer, now_ns);
		return NRS_OK;
	}
	nrs_text_clear(&in->mark->root);
	nrs_text_add(&in->mark->root, nrs_text_span(&place.root));
	nrs_text_clear(&in->mark->id);
	nrs_text_add(&in->mark->id, nrs_text_span(&place.collection));
	nrs_taxii_place_fini(&place);
	in->next_ns = now_ns;
	return nrs_taxii_commit(in, now_ns, diag);
}

static int on_object(void *ctx, int err, struct nrs_span object,
		     uint64_t number)
{
	struct nrs_taxii_in *in = ctx;
	struct nrs_taxii_page *page = &in->page;
	enum nrs_taxii_kept kept = NRS_TAXII_REFUSED;

	(void)number;
	if (err == NRS_OK && !page->has_first) {
		nrs_sha256(object, page->first);
		page->has_first = true;
	}
	if (in->mark->objects >= in->config.objects_max ||
	    in->mark->bytes >= in->config.bytes_max) {
		page->is_full = true;
		return NRS_E_LIMIT;
	}
	if (err == NRS_OK) {
		page->local_err = nrs_taxii_keep_object(in->keep, object, &kept,
							&page->diag);
		if (page->local_err != NRS_OK)
			return page->local_err;
	}
	page->added += kept == NRS_TAXII_NEW;
	in->state.added += kept == NRS_TAXII_NEW;
	in->state.known += kept == NRS_TAXII_KNOWN;
	in->state.refused += kept == NRS_TAXII_REFUSED;
	return NRS_OK;
}

static int on_body(void *ctx, const struct nrs_http_response *response,
		   struct nrs_span bytes)
{
	struct nrs_taxii_in *in = ctx;

	(void)response;
	return nrs_envelope_push(in->page.envelope, bytes);
}

/* Same first object, same date, nothing new: the hub goes in a circle. */
static bool is_circle(const struct nrs_taxii_in *in, int64_t last_ns)
{
	return in->page.added == 0 && in->page.has_first &&
	       last_ns == in->last_ns &&
	       memcmp(in->page.first, in->first, NRS_SHA256_LEN) == 0;
}

/* No progress: a larger page may reach over what shares one date. */
static void widen(struct nrs_taxii_in *in, int64_t now_ns)
{
	nrs_text_clear(&in->mark->next);
	in->mark->after_ns = NRS_TIME_MIN;
	if (in->limit < NRS_TAXII_LIMIT_MAX) {
		in->limit = in->limit > NRS_TAXII_LIMIT_MAX / 2
				    ? NRS_TAXII_LIMIT_MAX
				    : in->limit * 2;
		return;
	}
	if (!in->has_no_manifest) {
		nrs_taxii_list_begin(in, false, now_ns);
		return;
	}
	nrs_taxii_end_walk(in, now_ns);
	nrs_taxii_say(in, NRS_TAXII_IN_STUCK,
		      "the hub sends the same page again and again");
}

/* A page came whole, and says that there is more. */
static void go_on(struct nrs_taxii_in *in, const struct nrs_envelope_end *end,
		  int64_t last_ns, int64_t now_ns)
{
	struct nrs_taxii_mark *mark = in->mark;
	const bool was_by_token = mark->next.len > 0;
	const int64_t asked_ns =
		was_by_token ? mark->after_ns : mark->watermark_ns;
	const bool is_moved =
		last_ns != NRS_TIME_MIN &&
		last_ns - NRS_TAXII_MICROSECOND_NS > mark->watermark_ns;
	const bool is_stuck =
		end->next.len > 0 ? is_circle(in, last_ns) : !is_moved;

	in->state.is_walking = true;
	in->next_ns = now_ns;
	if (is_moved)
		mark->watermark_ns = last_ns - NRS_TAXII_MICROSECOND_NS;
	if (in->page.added > 0 || is_moved) {
		in->idle_pages = 0;
		in->state.failures = 0;
	} else if (++in->idle_pages > in->config.idle_pages_max) {
		nrs_taxii_end_walk(in, now_ns);
		nrs_taxii_say(in, NRS_TAXII_IN_STUCK,
			      "the hub sends pages without end and nothing new "
			      "in them");
		return;
	}
	if (is_stuck) {
		widen(in, now_ns);
	} else {
		nrs_text_clear(&mark->next);
		nrs_text_add(&mark->next, end->next);
		mark->after_ns = end->next.len > 0 ? asked_ns : NRS_TIME_MIN;
	}
	memcpy(in->first, in->page.first, sizeof(in->first));
	in->last_ns = last_ns;
}

int64_t nrs_taxii_likely(int64_t ns, int64_t now_ns)
{
	return ns > now_ns && ns - now_ns > FUTURE_NS ? NRS_TIME_MIN : ns;
}

void nrs_taxii_read_up_to(struct nrs_taxii_in *in, int64_t last_ns)
{
	if (last_ns == NRS_TIME_MIN)
		return;
	if (in->config.overlaps)
		last_ns -= NRS_TAXII_MICROSECOND_NS;
	if (last_ns > in->mark->watermark_ns)
		in->mark->watermark_ns = last_ns;
}

static int take_page(struct nrs_taxii_in *in,
		     const struct nrs_taxii_answer *answer,
		     const struct nrs_envelope_end *end, int64_t now_ns,
		     struct nrs_diag *diag)
{
	const int64_t last_ns = nrs_taxii_likely(answer->last_ns, now_ns);

	in->state.pages++;
	in->state.odd_media += answer->is_odd_media;
	in->was_sought_again = false;
	nrs_taxii_say(in, NRS_TAXII_IN_WELL, "");
	if (end->more) {
		go_on(in, end, last_ns, now_ns);
		return nrs_taxii_commit(in, now_ns, diag);
	}
	nrs_taxii_read_up_to(in, last_ns);
	/* Without dates the next walk would be all of it again. */
	if (last_ns == NRS_TIME_MIN && in->page.has_first &&
	    !in->has_no_manifest) {
		nrs_text_clear(&in->mark->next);
		nrs_taxii_list_begin(in, true, now_ns);
		return nrs_taxii_commit(in, now_ns, diag);
	}
	return nrs_taxii_whole_walk(in, now_ns, diag);
}

/* The hub did not give a page. What it gave of one is good, and is kept. */
static int no_page(struct nrs_taxii_in *in, struct nrs_taxii_answer *answer,
		   int64_t now_ns, struct nrs_diag *diag)
{
	const bool has_token = in->mark->next.len > 0;
	const bool is_no = answer->verdict == NRS_HUB_REFUSED ||
			   answer->verdict == NRS_HUB_GONE;

	nrs_taxii_trouble(in, answer, now_ns);
	if (has_token &&
	    (is_no || (answer->status >= 500 && in->state.failures > 1))) {
		/* It forgot the walk: on from the watermark. */
		nrs_text_clear(&in->mark->next);
		in->mark->after_ns = NRS_TIME_MIN;
		in->state.token_expired++;
		in->next_ns =
			now_ns + nrs_hub_backoff(in->state.failures, dice(in));
	} else if (answer->verdict == NRS_HUB_GONE) {
		nrs_text_clear(&in->mark->root);
		if (!in->was_sought_again)
			in->next_ns = now_ns;
		in->was_sought_again = true;
	} else if (answer->verdict == NRS_HUB_TOO_LARGE && in->limit > 1) {
		in->limit_wanted = in->limit = in->limit / 2;
		in->next_ns = now_ns;
	}
	return nrs_taxii_commit(in, now_ns, diag);
}

int nrs_taxii_fetch(struct nrs_taxii_in *in, const struct nrs_taxii_peer *peer,
		    const struct nrs_taxii_query *query,
		    struct nrs_taxii_answer *answer,
		    struct nrs_envelope_end *end)
{
	struct nrs_text url = {0};
	struct nrs_diag diag = {0};
	int err;

	*answer = (struct nrs_taxii_answer){.verdict = NRS_HUB_LATER,
					    .retry_ns = -1};
	*end = (struct nrs_envelope_end){0};
	in->page = (struct nrs_taxii_page){0};
	in->page.local_err =
		nrs_envelope_new(&in->page.envelope, on_object, in);
	if (in->page.local_err != NRS_OK)
		return in->page.local_err;
	err = nrs_taxii_objects_url(&url, nrs_text_span(&in->mark->root),
				    nrs_text_span(&in->mark->id), query);
	if (err == NRS_OK)
		err = nrs_taxii_exchange(
			peer,
			&(struct nrs_taxii_call){.url = nrs_text_span(&url),
						 .on_body = on_body,
						 .ctx = in,
						 .body_cap_bytes =
							 in->config.page_bytes},
			answer);
	nrs_text_fini(&url);
	in->state.http_status = answer->status;
	if (err != NRS_OK || answer->verdict != NRS_HUB_OK)
		return err;
	err = nrs_envelope_end(in->page.envelope, end, &diag);
	if (err != NRS_OK && in->page.local_err == NRS_OK) {
		answer->verdict = NRS_HUB_LATER;
		snprintf(answer->message, sizeof(answer->message),
			 "HTTP %d, but the page %.150s", answer->status,
			 diag.text);
	}
	return err;
}

int nrs_taxii_fetch_failed(struct nrs_taxii_in *in, int err, int64_t now_ns,
			   struct nrs_diag *diag)
{
	if (in->page.local_err != NRS_OK) {
		if (diag != NULL)
			*diag = in->page.diag;
		return nrs_taxii_local_trouble(in, in->page.local_err,
					       &in->page.diag, now_ns);
	}
	if (in->page.is_full) {
		nrs_taxii_end_walk(in, now_ns);
		nrs_taxii_say(
			in, NRS_TAXII_IN_FULL,
			"the collection is larger than what may be kept of it");
		return nrs_taxii_commit(in, now_ns, diag);
	}
	if (err != NRS_E_CANCELLED)
		return NRS_E_INTERNAL;
	nrs_taxii_keep_rollback(in->keep);
	return err;
}

static int pull_page(struct nrs_taxii_in *in, const struct nrs_taxii_peer *peer,
		     int64_t now_ns, struct nrs_diag *diag)
{
	const struct nrs_taxii_mark *mark = in->mark;
	const bool has_token = mark->next.len > 0;
	struct nrs_taxii_answer answer;
	struct nrs_envelope_end end;

	refresh_if_due(in, now_ns);
	const struct nrs_taxii_query query = {
		.added_after_ns =
			has_token ? mark->after_ns : mark->watermark_ns,
		.limit = in->limit,
		.next = nrs_text_span(&mark->next),
		.types = nrs_span_of(in->config.types),
	};
	int err = nrs_taxii_fetch(in, peer, &query, &answer, &end);
	const int failed = nrs_taxii_fetch_failed(in, err, now_ns, diag);

	if (failed != NRS_E_INTERNAL)
		err = failed;
	else if (err == NRS_OK && answer.verdict == NRS_HUB_OK)
		err = take_page(in, &answer, &end, now_ns, diag);
	else
		err = no_page(in, &answer, now_ns, diag);
	nrs_envelope_free(in->page.envelope);
	return err;
}

int nrs_taxii_in_step(struct nrs_taxii_in *in, const struct nrs_http *http,
		      int64_t now_ns, struct nrs_taxii_in_step *step,
		      struct nrs_diag *diag)
{
	const struct nrs_taxii_peer peer = {.http = *http,
					    .auth = in->config.auth,
					    .trusts_discovery =
						    in->config.trusts_discovery,
					    .now_ns = now_ns};
	const uint64_t before = in->state.added + in->state.withdrawn;
	int err = NRS_OK;

	in->is_ended = false;
	/* A clock that was set back must not make us wait for years. */
	if (in->next_ns - now_ns >
	    2 * NRS_TAXII_HOUR_NS + 2 * in->config.interval_s * NRS_SECOND_NS)
		in->next_ns = now_ns;
	if (now_ns >= in->next_ns)
		err = in->mark->root.len == 0
			      ? find_place(in, &peer, now_ns, diag)
		      : in->list.is_on
			      ? nrs_taxii_list_step(in, &peer, now_ns, diag)
			      : pull_page(in, &peer, now_ns, diag);
	in->state.pulled_ns = in->mark->pulled_ns;
	in->state.watermark_ns = in->mark->watermark_ns;
	in->state.objects = in->mark->objects;
	in->state.bytes = in->mark->bytes;
	*step = (struct nrs_taxii_in_step){
		.has_new = in->state.added + in->state.withdrawn > before,
		.is_end = in->is_ended,
		.next_ns = in->next_ns,
	};
	return err;
}
