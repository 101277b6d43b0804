/* SPDX-License-Identifier: Apache-2.0 */
/*
 * misp_out: the objects of a row as one request.
 */
#include "sightings/misp_out.h"

#include <stdio.h>
#include <stdlib.h>

#include "engine/base/crypto.h"
#include "engine/base/json.h"

#define IDLE_NS (2 * NRS_SECOND_NS)
#define LOCAL_NS (60 * NRS_SECOND_NS) /* where our own disk fails */
#define REFUSED_MAX 8u		      /* in a row, nothing taken between */

struct nrs_misp_out {
	struct nrs_taxii_out_config config;
	struct nrs_spool *spool;
	struct nrs_spool_batch batch;
	struct nrs_arena *arena;
	struct nrs_text url, body, answer;
	struct nrs_post_pace pace;
	unsigned int refused; /* in a row */
};

/* What stands in a row. */
struct told {
	const struct nrs_json *sighting, *opinion, *reporter, *indicator;
};

int nrs_misp_out_new(struct nrs_misp_out **out,
		     const struct nrs_taxii_out_config *config,
		     struct nrs_spool *spool, struct nrs_diag *diag)
{
	struct nrs_misp_out *o = calloc(1, sizeof(*o));
	int err = NRS_OK;

	if (o == NULL)
		return nrs_diag_set(diag, NRS_E_NOMEM, 0, "out of memory");
	o->config = *config;
	o->spool = spool;
	o->batch.count_max = 1;
	o->batch.bytes_max = (size_t)4 << 20;
	o->arena = nrs_arena_new((size_t)64 << 20);
	if (o->arena == NULL)
		err = nrs_diag_set(diag, NRS_E_NOMEM, 0, "out of memory");
	if (err == NRS_OK)
		err = nrs_post_pace_init(&o->pace, config->seed);
	if (err != NRS_OK) {
		nrs_misp_out_free(o);
		return err;
	}
	*out = o;
	return NRS_OK;
}

void nrs_misp_out_free(struct nrs_misp_out *o)
{
	if (o == NULL)
		return;
	nrs_text_fini(&o->batch.envelope);
	nrs_text_fini(&o->url);
	nrs_text_fini(&o->body);
	nrs_text_fini(&o->answer);
	nrs_arena_free(o->arena);
	free(o);
}

const struct nrs_post_state *nrs_misp_out_state(const struct nrs_misp_out *o)
{
	return &o->pace.state;
}

static int read_row(struct nrs_misp_out *o, struct told *out)
{
	struct nrs_json *tree = NULL;
	const struct nrs_json *list;
	const int err = nrs_json_parse(nrs_text_span(&o->batch.envelope),
				       o->arena, &tree, NULL);

	*out = (struct told){0};
	if (err != NRS_OK)
		return err;
	list = nrs_json_get(tree, "objects");
	for (list = list == NULL ? NULL : list->child; list != NULL;
	     list = list->next) {
		const struct nrs_span type = nrs_json_text(list, "type");

		if (nrs_span_is(type, "sighting"))
			out->sighting = list;
		else if (nrs_span_is(type, "opinion"))
			out->opinion = list;
		else if (nrs_span_is(type, "identity"))
			out->reporter = list;
		else if (nrs_span_is(type, "indicator"))
			out->indicator = list;
	}
	return NRS_OK;
}

/* False: MISP has no word for it. */
static bool is_worth_a_request(const struct told *told)
{
	return told->sighting != NULL ||
	       (told->opinion != NULL &&
		nrs_span_ends(nrs_json_text(told->opinion, "opinion"),
			      "disagree"));
}

static bool is_false(const struct told *told)
{
	return told->sighting == NULL ||
	       nrs_json_is(nrs_json_get(told->sighting, "revoked"),
			   NRS_JSON_TRUE);
}

static struct nrs_span indicator_of(const struct told *told)
{
	const struct nrs_json *refs =
		nrs_json_get(told->opinion, "object_refs");

	if (told->sighting != NULL)
		return nrs_json_text(told->sighting, "sighting_of_ref");
	return nrs_json_is(refs, NRS_JSON_ARRAY) && refs->child != NULL
		       ? refs->child->text
		       : nrs_span(NULL, 0);
}

static bool is_uuid(struct nrs_span text)
{
	for (size_t i = 0; i < text.len; i++) {
		const uint8_t c = nrs_ascii_lower(text.ptr[i]);

		if (!(c == '-' || (c >= '0' && c <= '9') ||
		      (c >= 'a' && c <= 'f')))
			return false;
	}
	return text.len == NRS_UUID_LEN;
}

static void put_body(struct nrs_misp_out *o, const struct told *told)
{
	struct nrs_jsonw w = {.out = &o->body};
	int64_t seen_ns = NRS_TIME_MIN;
	char number[24];

	nrs_jsonw_open(&w, '{');
	if (told->indicator != NULL) { /* MISP knows its value, not its id */
		nrs_jsonw_key(&w, "values");
		nrs_jsonw_open(&w, '[');
		nrs_jsonw_string(&w, nrs_json_text(told->indicator, "name"));
		nrs_jsonw_close(&w, ']');
	}
	if (nrs_stamp_parse(nrs_json_text(told->sighting, "last_seen"),
			    &seen_ns) == NRS_OK) {
		(void)snprintf(number, sizeof(number), "%lld",
			       (long long)(seen_ns / NRS_SECOND_NS));
		nrs_jsonw_member(&w, "timestamp", nrs_span_of(number));
	}
	nrs_jsonw_member(&w, "source", nrs_json_text(told->reporter, "name"));
	nrs_jsonw_member(&w, "type", nrs_span_of(is_false(told) ? "1" : "0"));
	nrs_jsonw_close(&w, '}');
}

/* False: nothing that a request could name. */
static bool make_request(struct nrs_misp_out *o, const struct told *told)
{
	const struct nrs_span id = indicator_of(told);
	const struct nrs_span uuid =
		nrs_span_from(id, nrs_span_starts(id, "indicator--") ? 11 : 0);
	struct nrs_span base = o->config.url;

	nrs_text_clear(&o->url);
	nrs_text_clear(&o->body);
	while (base.len > 0 && base.ptr[base.len - 1] == '/')
		base.len--;
	nrs_text_add(&o->url, base);
	nrs_text_puts(&o->url, "/sightings/add");
	if (told->indicator == NULL) {
		if (!is_uuid(uuid))
			return false;
		nrs_text_putc(&o->url, '/');
		nrs_text_add(&o->url, uuid);
	}
	put_body(o, told);
	return true;
}

static int collect(void *ctx, const struct nrs_http_response *response,
		   struct nrs_span bytes)
{
	struct nrs_misp_out *o = ctx;

	(void)response;
	nrs_text_add(&o->answer, bytes);
	return o->answer.failed ? NRS_E_NOMEM : NRS_OK;
}

static void well(struct nrs_misp_out *o)
{
	nrs_post_pace_well(&o->pace);
	o->refused = 0;
}

static int taken(struct nrs_misp_out *o, int64_t now_ns, struct nrs_diag *diag)
{
	const struct nrs_taxii_status complete = {.is_complete = true};
	const struct nrs_spool_accepted accepted = {.audience =
							    o->config.audience,
						    .batch = &o->batch,
						    .id = nrs_span_of("misp"),
						    .now_ns = now_ns};
	int64_t row = 0;
	int err = nrs_spool_accepted(o->spool, &accepted, &row, diag);

	if (err == NRS_OK)
		err = nrs_spool_status_done(o->spool, row, &complete, diag);
	well(o);
	o->pace.state.posts++;
	o->pace.state.posted++;
	o->pace.state.posted_ns = now_ns;
	return err;
}

static int refuse(struct nrs_misp_out *o, const char *why,
		  struct nrs_diag *diag)
{
	o->pace.state.quarantined++;
	o->refused++;
	return nrs_spool_quarantine(o->spool, o->batch.rows[0],
				    nrs_span_of(why), diag);
}

/* MISP says 200 also when it saved nothing. */
static bool says_saved(struct nrs_misp_out *o, char why[200])
{
	struct nrs_json *tree = NULL;
	const struct nrs_json *saved;
	struct nrs_span text;

	if (nrs_json_parse(nrs_text_span(&o->answer), o->arena, &tree, NULL) !=
	    NRS_OK)
		return true; /* it took it, and says nothing that we read */
	saved = nrs_json_get(tree, "saved");
	if (!nrs_json_is(saved, NRS_JSON_FALSE) &&
	    nrs_json_get(tree, "errors") == NULL)
		return true;
	text = nrs_json_text(tree, "errors");
	if (text.len == 0)
		text = nrs_json_text(tree, "message");
	(void)snprintf(why, 200, "%.*s", text.len > 190 ? 190 : (int)text.len,
		       text.len == 0 ? "not saved" : (const char *)text.ptr);
	return false;
}

static int judge(struct nrs_misp_out *o, const struct nrs_taxii_answer *answer,
		 int64_t now_ns, struct nrs_diag *diag)
{
	char why[200];

	o->pace.next_ns = now_ns;
	switch (answer->verdict) {
	case NRS_HUB_OK:
		return says_saved(o, why) ? taken(o, now_ns, diag)
					  : refuse(o, why, diag);
	case NRS_HUB_GONE: /* no attribute has it */
	case NRS_HUB_REFUSED:
	case NRS_HUB_BAD_CONTENT:
	case NRS_HUB_TOO_LARGE:
		if (o->refused < REFUSED_MAX)
			return refuse(o, answer->message, diag);
		break; /* it refuses whatever we send */
	default:
		break;
	}
	nrs_post_pace_trouble(&o->pace, answer, now_ns);
	return NRS_OK;
}

static int post(struct nrs_misp_out *o, const struct nrs_http *http,
		int64_t now_ns, struct nrs_diag *diag)
{
	const struct nrs_taxii_peer peer = {
		.http = *http, .auth = o->config.auth, .now_ns = now_ns};
	struct nrs_taxii_answer answer = {.verdict = NRS_HUB_LATER,
					  .retry_ns = -1};
	struct told told;
	int err;

	nrs_arena_reset(o->arena);
	err = read_row(o, &told);
	if (err != NRS_OK)
		return refuse(o, "the row cannot be read", diag);
	if (!is_worth_a_request(&told))
		return taken(o, now_ns, diag);
	if (!make_request(o, &told))
		return refuse(o, "MISP knows its attributes by UUID", diag);
	if (o->url.failed || o->body.failed)
		return NRS_E_NOMEM;
	const struct nrs_taxii_call call = {.url = nrs_text_span(&o->url),
					    .envelope = nrs_text_span(&o->body),
					    .on_body = collect,
					    .ctx = o,
					    .body_cap_bytes = 1u << 20};
	nrs_text_clear(&o->answer);
	err = nrs_hub_exchange(&peer, &call, "application/json", &answer);
	o->pace.state.http_status = answer.status;
	if (err == NRS_E_CANCELLED)
		return err;
	return judge(o, &answer, now_ns, diag);
}

int nrs_misp_out_step(struct nrs_misp_out *o, const struct nrs_http *http,
		      int64_t now_ns, int64_t *next_ns, struct nrs_diag *diag)
{
	int err = NRS_OK;

	if (nrs_post_pace_is_due(&o->pace, now_ns)) {
		o->pace.next_ns = now_ns + IDLE_NS;
		err = nrs_spool_batch(o->spool, o->config.audience, &o->batch,
				      diag);
		if (err == NRS_OK && o->batch.count > 0)
			err = post(o, http, now_ns, diag);
	}
	if (err != NRS_OK && err != NRS_E_CANCELLED)
		nrs_post_pace_local(
			&o->pace, diag == NULL ? nrs_strerror(err) : diag->text,
			now_ns, LOCAL_NS);
	*next_ns = o->pace.next_ns;
	return err;
}
