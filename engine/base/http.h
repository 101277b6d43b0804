/* SPDX-License-Identifier: Apache-2.0 */
/*
 * http: one exchange with a web server, as an interface. The real one stands
 * in app/http.c; tests inject a canned hub. Nothing here knows TAXII.
 *
 * One struct nrs_http is used by one thread at a time. Its owner configured
 * scheme, TLS, proxy and certificates; a request says the rest.
 */
#pragma once

#include "engine/base/err.h"
#include "engine/base/span.h"

/* A header of a request. @name ends in NUL, @value must hold no control
 * character (NRS_E_USAGE). Values may be secret: no error text, log line or
 * diag ever holds one. */
struct nrs_http_header {
	const char *name;
	struct nrs_span value;
};

struct nrs_http_response;

/*
 * The next piece of the answer's body, decompressed, as it comes.
 * response->status and its headers are complete before the first piece.
 * A non-zero return ends the exchange, which then returns it.
 */
typedef int nrs_http_body_fn(void *ctx,
			     const struct nrs_http_response *response,
			     struct nrs_span bytes);

/* All borrowed until the exchange returns. Limits of 0 mean the defaults. */
struct nrs_http_request {
	const char *method; /* "GET", "POST" or "DELETE" */
	const char *url;    /* absolute, http or https, no user name in it */
	const struct nrs_http_header *headers;
	size_t header_count;
	struct nrs_span body;	   /* sent with Content-Length, never chunked */
	nrs_http_body_fn *on_body; /* NULL: the answer's body is dropped */
	void *ctx;		   /* of on_body */
	uint64_t body_cap_bytes;   /* of the answer, decompressed */
	uint32_t connect_ms;	   /* until connected, TLS included */
	uint32_t idle_ms;	   /* with next to no byte moving (64 B/s) */
	uint32_t total_ms;	   /* for the whole exchange */
};

#define NRS_HTTP_BODY_CAP ((uint64_t)64 << 20)
#define NRS_HTTP_CONNECT_MS 15000u
#define NRS_HTTP_IDLE_MS 30000u
#define NRS_HTTP_TOTAL_MS 300000u

/* The headers that anybody asks for; "" where the answer has none, and where
 * it is longer than its room (a cut value would be another value). */
struct nrs_http_response {
	int status; /* 200, 404, ...; 0: no answer */
	char content_type[128];
	char retry_after[64];
	char date_added_first[64]; /* X-TAXII-Date-Added-First */
	char date_added_last[64];
	char location[512];  /* of a redirect that was not followed */
	uint64_t body_bytes; /* decompressed, handed to on_body or dropped */
};

/*
 * Send @request, wait, and fill @response. NRS_OK: a whole answer came,
 * whatever its status; redirects to the same scheme, host and port are
 * followed, at most 3, with method, body and headers kept; others come back as
 * the 3xx that they are. Else, with @diag naming the host and the reason:
 * NRS_E_IO (no way to the server, TLS, timeouts, resets), NRS_E_TRUNCATED (the
 * body ends in the middle), NRS_E_FORMAT (no HTTP, broken compression),
 * NRS_E_LIMIT (body above its cap), NRS_E_CANCELLED, NRS_E_USAGE (the URL or a
 * header), NRS_E_NOMEM, or what on_body returned.
 */
typedef int nrs_http_exchange_fn(void *ctx,
				 const struct nrs_http_request *request,
				 struct nrs_http_response *response,
				 struct nrs_diag *diag);

struct nrs_http {
	nrs_http_exchange_fn *exchange;
	void *ctx;
};
