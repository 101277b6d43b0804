/* SPDX-License-Identifier: Apache-2.0 */
/*
 * send: the steps of taxii_out, one after the other.
 */
#include "app/send.h"

#include <poll.h>
#include <stdio.h>

#include "app/threads.h"

struct sending {
	struct nrs_auth *auth;
	struct nrs_http_client *client;
	struct nrs_spool *spool;
	struct nrs_post_out *out;
};

static int open_sending(struct sending *s,
			const struct nrs_post_settings *settings,
			struct nrs_store *store, struct nrs_diag *diag)
{
	const struct nrs_spool_limits limits = {0};
	int err = NRS_OK;

	if (settings->auth.kind != NRS_AUTH_NONE)
		err = nrs_auth_open(&s->auth, &settings->auth, diag);
	if (err == NRS_OK)
		err = nrs_http_client_new(&s->client, &settings->http, diag);
	if (err == NRS_OK)
		err = nrs_spool_new(&s->spool, store, &limits, diag);
	const struct nrs_taxii_out_config config = {
		.audience = nrs_span_of(settings->audience),
		.url = nrs_span_of(settings->url),
		.collection = nrs_span_of(settings->collection),
		.auth = s->auth,
		.trusts_discovery = settings->trusts_discovery};
	if (err == NRS_OK)
		err = nrs_post_out_new(&s->out, settings->way, &config,
				       settings->folder, s->spool);
	return err;
}

static void close_sending(struct sending *s)
{
	nrs_post_out_free(s->out);
	nrs_spool_free(s->spool);
	nrs_http_client_free(s->client);
	nrs_auth_close(s->auth);
}

static int count(const struct sending *s,
		 const struct nrs_post_settings *settings,
		 struct nrs_spool_counts *out, struct nrs_diag *diag)
{
	return nrs_spool_counts(s->spool, nrs_span_of(settings->audience), out,
				diag);
}

static int run(struct sending *s, const struct nrs_post_settings *settings,
	       int64_t until_ns, struct nrs_diag *diag)
{
	const struct nrs_http http = nrs_http_client_door(s->client);
	const struct nrs_post_state *state = nrs_post_out_state(s->out);
	int err = NRS_OK;

	while (err == NRS_OK && nrs_wall_ns() < until_ns) {
		struct nrs_spool_counts counts;
		int64_t next_ns = 0;

		err = count(s, settings, &counts, diag);
		if (err != NRS_OK || (counts.states[NRS_SPOOL_QUEUED] == 0 &&
				      counts.states[NRS_SPOOL_SENT] == 0))
			break;
		err = nrs_post_out_step(s->out, &http, nrs_wall_ns(), &next_ns,
					diag);
		if (state->health != NRS_POST_WELL &&
		    state->health != NRS_POST_STARTING)
			break;
		if (next_ns > nrs_wall_ns()) /* a status that is waited for */
			(void)poll(NULL, 0, 200);
	}
	return err;
}

int nrs_send(const struct nrs_post_settings *settings, struct nrs_store *store,
	     unsigned int limit_s, struct nrs_sent *out, struct nrs_diag *diag)
{
	const int64_t until_ns =
		nrs_wall_ns() + (int64_t)limit_s * NRS_SECOND_NS;
	struct nrs_spool_counts counts = {.refused = 0};
	struct sending s = {0};
	int err;

	*out = (struct nrs_sent){0};
	err = open_sending(&s, settings, store, diag);
	if (err == NRS_OK)
		err = run(&s, settings, until_ns, diag);
	if (s.out != NULL) {
		const struct nrs_post_state *state = nrs_post_out_state(s.out);

		out->posted = state->posted;
		out->quarantined = state->quarantined;
		(void)snprintf(out->message, sizeof(out->message), "%s",
			       state->message);
		if (count(&s, settings, &counts, NULL) == NRS_OK)
			out->waiting = counts.states[NRS_SPOOL_QUEUED];
	}
	close_sending(&s);
	return err;
}
