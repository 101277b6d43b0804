/* SPDX-License-Identifier: Apache-2.0 */
/*
 * canned: a hub for tests without a network. It answers from a list, in order,
 * and remembers what it was asked.
 */
#pragma once

#include "engine/base/http.h"
#include "tests/nrs_test.h"

struct canned_answer {
	int err; /* instead of an answer */
	int status;
	const char *body; /* handed over in two pieces */
	const char *retry_after, *first, *last, *type;
};

struct canned {
	const struct canned_answer *answers;
	size_t count, asked;
	unsigned int rounds; /* of a hub that never ends */
	char urls[16][1024]; /* the first ones asked */
	char accept[128], content_type[128], authorization[256], method[8];
	char body[4096];
};

static inline void canned_copy(char *out, size_t len, const char *text)
{
	snprintf(out, len, "%s", text == NULL ? "" : text);
}

static inline void canned_headers(struct canned *hub,
				  const struct nrs_http_request *request)
{
	hub->accept[0] = hub->content_type[0] = hub->authorization[0] = '\0';
	for (size_t i = 0; i < request->header_count; i++) {
		const struct nrs_http_header *h = &request->headers[i];
		char *out = strcmp(h->name, "Accept") == 0 ? hub->accept
			    : strcmp(h->name, "Content-Type") == 0
				    ? hub->content_type
				    : hub->authorization;

		snprintf(out, 128, "%.*s", (int)h->value.len,
			 (const char *)h->value.ptr);
	}
}

static inline int canned_exchange(void *ctx,
				  const struct nrs_http_request *request,
				  struct nrs_http_response *response,
				  struct nrs_diag *diag)
{
	struct canned *hub = ctx;
	int err = NRS_OK;

	*response = (struct nrs_http_response){0};
	if (hub->asked < 16)
		canned_copy(hub->urls[hub->asked], 1024, request->url);
	canned_copy(hub->method, sizeof(hub->method), request->method);
	snprintf(hub->body, sizeof(hub->body), "%.*s", (int)request->body.len,
		 request->body.len == 0 ? "" : (const char *)request->body.ptr);
	canned_headers(hub, request);
	if (hub->asked >= hub->count)
		fail_msg("asked too often: %s", request->url);
	const struct canned_answer *a = &hub->answers[hub->asked++];
	if (a->err != NRS_OK)
		return nrs_diag_set(diag, a->err, 0, "hub.example: no answer");
	response->status = a->status;
	canned_copy(response->content_type, sizeof(response->content_type),
		    a->type == NULL ? "application/taxii+json;version=2.1"
				    : a->type);
	canned_copy(response->retry_after, sizeof(response->retry_after),
		    a->retry_after);
	canned_copy(response->date_added_first,
		    sizeof(response->date_added_first), a->first);
	canned_copy(response->date_added_last,
		    sizeof(response->date_added_last), a->last);
	const struct nrs_span body = nrs_span_of(a->body);
	const size_t half = body.len / 2;
	response->body_bytes = body.len;
	if (body.len > 0 && request->on_body != NULL)
		err = request->on_body(request->ctx, response,
				       nrs_span_part(body, 0, half));
	if (err == NRS_OK && body.len > 0 && request->on_body != NULL)
		err = request->on_body(request->ctx, response,
				       nrs_span_from(body, half));
	return err;
}

static inline struct nrs_http canned_http(struct canned *hub)
{
	return (struct nrs_http){canned_exchange, hub};
}
