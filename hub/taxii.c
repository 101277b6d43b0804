/* SPDX-License-Identifier: Apache-2.0 */
/*
 * taxii: URLs, headers, and the verdict on what came back. Every text of the
 * hub that may reach a log passes through scrub() first.
 */
#include "hub/taxii.h"

#include <stdio.h>

#include "hub/url.h"
#include "hub/when.h"

#define PLAIN_MEDIA "application/taxii+json"
#define ERROR_BODY_MAX ((size_t)65536)
#define HEADERS_MAX 4

static int in_root(struct nrs_text *out, struct nrs_span root)
{
	if (!nrs_url_is_base(root))
		return NRS_E_SYNTAX;
	nrs_text_add(out, root);
	if (!nrs_span_ends(root, "/"))
		nrs_text_putc(out, '/');
	return NRS_OK;
}

static void add_filter(struct nrs_text *out, const char *key,
		       struct nrs_span value)
{
	if (value.len == 0)
		return;
	nrs_text_putc(out, memchr(out->ptr, '?', out->len) ? '&' : '?');
	nrs_text_puts(out, key);
	nrs_text_putc(out, '=');
	nrs_url_encode(out, value);
}

static int in_collection(struct nrs_text *out, struct nrs_span root,
			 struct nrs_span collection, const char *resource)
{
	const int err = in_root(out, root);

	if (err != NRS_OK)
		return err;
	nrs_text_puts(out, "collections/");
	nrs_url_encode(out, collection);
	nrs_text_puts(out, resource);
	return out->failed ? NRS_E_NOMEM : NRS_OK;
}

static int add_query(struct nrs_text *out, const struct nrs_taxii_query *query)
{
	char number[NRS_STAMP_LEN];

	if (query->added_after_ns != NRS_TIME_MIN) {
		/* TAXII has six digits; more only for a hub that gave more. */
		const size_t len = nrs_stamp_format(
			query->added_after_ns,
			query->added_after_ns % 1000 == 0 ? 6 : 9, number);

		add_filter(out, "added_after", nrs_span(number, len));
	}
	if (query->limit > 0) {
		const int len =
			snprintf(number, sizeof(number), "%u", query->limit);

		add_filter(out, "limit", nrs_span(number, (size_t)len));
	}
	add_filter(out, "match%5Btype%5D", query->types);
	add_filter(out, "match%5Bid%5D", query->ids);
	add_filter(out, "match%5Bversion%5D", query->versions);
	add_filter(out, "next", query->next);
	return out->failed ? NRS_E_NOMEM : NRS_OK;
}

int nrs_taxii_objects_url(struct nrs_text *out, struct nrs_span root,
			  struct nrs_span collection,
			  const struct nrs_taxii_query *query)
{
	const int err = in_collection(out, root, collection, "/objects/");

	return err == NRS_OK && query != NULL ? add_query(out, query) : err;
}

int nrs_taxii_manifest_url(struct nrs_text *out, struct nrs_span root,
			   struct nrs_span collection,
			   const struct nrs_taxii_query *query)
{
	const int err = in_collection(out, root, collection, "/manifest/");

	return err == NRS_OK ? add_query(out, query) : err;
}

int nrs_taxii_collections_url(struct nrs_text *out, struct nrs_span root)
{
	const int err = in_root(out, root);

	nrs_text_puts(out, "collections/");
	return err == NRS_OK && out->failed ? NRS_E_NOMEM : err;
}

int nrs_taxii_status_url(struct nrs_text *out, struct nrs_span root,
			 struct nrs_span id)
{
	const int err = in_root(out, root);

	nrs_text_puts(out, "status/");
	nrs_url_encode(out, id);
	nrs_text_putc(out, '/');
	return err == NRS_OK && out->failed ? NRS_E_NOMEM : err;
}

struct exchange {
	const struct nrs_taxii_call *call;
	struct nrs_text error; /* body of an answer that is no 2xx */
};

static int on_body(void *ctx, const struct nrs_http_response *response,
		   struct nrs_span bytes)
{
	struct exchange *x = ctx;

	if (nrs_hub_verdict(response->status) == NRS_HUB_OK)
		return x->call->on_body == NULL
			       ? NRS_OK
			       : x->call->on_body(x->call->ctx, response,
						  bytes);
	if (x->error.len < ERROR_BODY_MAX)
		nrs_text_add(
			&x->error,
			nrs_span_part(bytes, 0, ERROR_BODY_MAX - x->error.len));
	return NRS_OK;
}

/* @text of the world, without secrets, cut at the end of a character. */
static void tell(const struct nrs_taxii_peer *peer, struct nrs_text *text,
		 struct nrs_taxii_answer *answer)
{
	nrs_text_putc(text, '\0');
	if (text->failed)
		return;
	nrs_auth_scrub(peer->auth, (char *)text->ptr);
	size_t len = strnlen((const char *)text->ptr, text->len);
	if (len >= sizeof(answer->message)) {
		len = sizeof(answer->message) - 1;
		while (len > 0 && (text->ptr[len] & 0xc0) == 0x80)
			len--;
	}
	memcpy(answer->message, text->ptr, len);
	answer->message[len] = '\0';
}

/* "application/taxii+json; version=2.1", whatever its case and blanks. */
static bool is_taxii(const char *content_type)
{
	const struct nrs_span type = nrs_span_of(content_type);

	return nrs_span_is_icase(nrs_span_trim(nrs_span_part(
					 type, 0, nrs_span_find(type, ';', 0))),
				 PLAIN_MEDIA);
}

static void judge(const struct nrs_taxii_peer *peer, struct exchange *x,
		  const struct nrs_http_response *response,
		  struct nrs_taxii_answer *answer)
{
	struct nrs_text text = {0};

	answer->status = response->status;
	answer->verdict = nrs_hub_verdict(response->status);
	answer->retry_ns = nrs_hub_retry_after(
		nrs_span_of(response->retry_after), peer->now_ns);
	if (nrs_hub_when(nrs_span_of(response->date_added_first),
			 &answer->first_ns) != NRS_OK)
		answer->first_ns = NRS_TIME_MIN;
	if (nrs_hub_when(nrs_span_of(response->date_added_last),
			 &answer->last_ns) != NRS_OK)
		answer->last_ns = NRS_TIME_MIN;
	answer->is_odd_media = !is_taxii(response->content_type);
	nrs_text_printf(&text, "HTTP %d", response->status);
	if (answer->verdict == NRS_HUB_MOVED)
		nrs_text_puts(&text, ": sends us to another place, which is "
				     "not followed");
	if (x->error.len > 0 && !x->error.failed) {
		const size_t before = text.len;

		nrs_text_puts(&text, ": ");
		nrs_taxii_error_text(nrs_text_span(&x->error), &text);
		if (text.len == before + 2)
			text.len = before; /* the body said nothing */
	}
	tell(peer, &text, answer);
	nrs_text_fini(&text);
}

/* No whole answer: what to do about that. */
static void judge_failure(const struct nrs_taxii_peer *peer, int err,
			  const struct nrs_diag *diag,
			  struct nrs_taxii_answer *answer)
{
	struct nrs_text text = {0};

	answer->verdict = err == NRS_E_LIMIT   ? NRS_HUB_TOO_LARGE
			  : err == NRS_E_USAGE ? NRS_HUB_REFUSED
					       : NRS_HUB_LATER;
	nrs_text_puts(&text,
		      diag->text[0] != '\0' ? diag->text : nrs_strerror(err));
	tell(peer, &text, answer);
	nrs_text_fini(&text);
}

int nrs_hub_exchange(const struct nrs_taxii_peer *peer,
		     const struct nrs_taxii_call *call, const char *media,
		     struct nrs_taxii_answer *answer)
{
	struct exchange x = {.call = call};
	struct nrs_http_response response = {0};
	struct nrs_diag diag = {0};
	struct nrs_http_header headers[HEADERS_MAX] = {
		{"Accept", nrs_span_of(media)}};
	size_t count = 1;
	char url[4 * NRS_URL_MAX];

	*answer = (struct nrs_taxii_answer){.retry_ns = -1,
					    .first_ns = NRS_TIME_MIN,
					    .last_ns = NRS_TIME_MIN};
	if (call->url.len >= sizeof(url)) {
		nrs_diag_set(&diag, NRS_E_LIMIT, 0, "a URL of %zu bytes",
			     call->url.len);
		judge_failure(peer, NRS_E_USAGE, &diag, answer);
		return NRS_E_USAGE;
	}
	memcpy(url, call->url.ptr, call->url.len);
	url[call->url.len] = '\0';
	if (call->envelope.len > 0)
		headers[count++] = (struct nrs_http_header){"Content-Type",
							    nrs_span_of(media)};
	count += nrs_auth_header(peer->auth, &headers[count]);
	const int err = peer->http.exchange(
		peer->http.ctx,
		&(struct nrs_http_request){
			.method = call->envelope.len > 0 ? "POST" : "GET",
			.url = url,
			.headers = headers,
			.header_count = count,
			.body = call->envelope,
			.on_body = on_body,
			.ctx = &x,
			.body_cap_bytes = call->body_cap_bytes},
		&response, &diag);
	if (err == NRS_OK)
		judge(peer, &x, &response, answer);
	else
		judge_failure(peer, err, &diag, answer);
	nrs_text_fini(&x.error);
	return err;
}

int nrs_taxii_exchange(const struct nrs_taxii_peer *peer,
		       const struct nrs_taxii_call *call,
		       struct nrs_taxii_answer *answer)
{
	const int err = nrs_hub_exchange(peer, call, NRS_TAXII_MEDIA, answer);

	if (err != NRS_OK || answer->verdict != NRS_HUB_MEDIA)
		return err;
	return nrs_hub_exchange(peer, call, PLAIN_MEDIA, answer);
}

static int collect(void *ctx, const struct nrs_http_response *response,
		   struct nrs_span bytes)
{
	struct nrs_text *text = ctx;

	(void)response;
	nrs_text_add(text, bytes);
	return text->failed ? NRS_E_NOMEM : NRS_OK;
}

int nrs_taxii_ask(const struct nrs_taxii_peer *peer,
		  const struct nrs_taxii_call *call, struct nrs_arena *arena,
		  struct nrs_json **json, struct nrs_taxii_answer *answer)
{
	struct nrs_taxii_call asked = *call;
	struct nrs_text body = {0};
	struct nrs_diag diag = {0};

	*json = NULL;
	asked.on_body = collect;
	asked.ctx = &body;
	asked.body_cap_bytes = NRS_TAXII_RESOURCE_MAX;
	int err = nrs_taxii_exchange(peer, &asked, answer);
	if (err == NRS_OK && answer->verdict == NRS_HUB_OK) {
		err = nrs_json_parse(nrs_text_span(&body), arena, json, &diag);
		if (err != NRS_OK)
			judge_failure(peer, err, &diag, answer);
	}
	nrs_text_fini(&body);
	return err;
}
