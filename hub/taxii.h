/* SPDX-License-Identifier: Apache-2.0 */
/*
 * taxii: the requests of a TAXII 2.1 client, over an injected http
 * (specification section 5; OASIS TAXII 2.1 sections 3 to 5). One exchange
 * each, no state, no waiting: when to come back is the caller's.
 */
#pragma once

#include "hub/auth.h"
#include "hub/retry.h"
#include "hub/taxii_answer.h"

#define NRS_TAXII_MEDIA "application/taxii+json;version=2.1"
#define NRS_TAXII_RESOURCE_MAX                                                 \
	((uint64_t)8 << 20) /* bytes, envelopes aside                          \
			     */

/* Whom we talk to. @auth may be NULL. Both are borrowed, one thread. */
struct nrs_taxii_peer {
	struct nrs_http http;
	const struct nrs_auth *auth;
	/* API roots that discovery names on another host are looked for on the
	 * hub's own (specification section 5.4). */
	bool trusts_discovery;
	int64_t now_ns; /* wall time, for a Retry-After with a date */
};

/*
 * What came of one exchange. @verdict is set in every case, also where the
 * exchange failed and no status came: then it is what to do about that.
 * @message: "HTTP 503: title: description" or the failure, without secrets.
 */
struct nrs_taxii_answer {
	int status; /* of HTTP; 0: none */
	enum nrs_hub_verdict verdict;
	int64_t retry_ns;  /* the wait that the hub asks for; -1: none */
	int64_t first_ns;  /* X-TAXII-Date-Added-First; NRS_TIME_MIN: none */
	int64_t last_ns;   /* X-TAXII-Date-Added-Last */
	bool is_odd_media; /* not the Content-Type it should be: read anyway */
	char message[200];
};

/* A page of objects to ask for. Empty spans and 0 leave a filter out. */
struct nrs_taxii_query {
	int64_t added_after_ns; /* NRS_TIME_MIN: from the start */
	uint32_t limit;
	struct nrs_span next; /* opaque, with the same filters as before */
	struct nrs_span types, ids, versions; /* comma lists: match[...] */
};

/*
 * URLs, appended to @out. @root is an API root (url.h: a base), @collection an
 * id or alias, which is percent-encoded like the status @id.
 * NRS_E_SYNTAX: @root is none; NRS_E_NOMEM.
 */
int nrs_taxii_objects_url(struct nrs_text *out, struct nrs_span root,
			  struct nrs_span collection,
			  const struct nrs_taxii_query *query);
int nrs_taxii_manifest_url(struct nrs_text *out, struct nrs_span root,
			   struct nrs_span collection,
			   const struct nrs_taxii_query *query);
int nrs_taxii_collections_url(struct nrs_text *out, struct nrs_span root);
int nrs_taxii_status_url(struct nrs_text *out, struct nrs_span root,
			 struct nrs_span id);

/* One exchange to make; all borrowed until it returns. */
struct nrs_taxii_call {
	struct nrs_span url;
	struct nrs_span envelope;  /* {"objects":[...]}: POST it; empty: GET */
	nrs_http_body_fn *on_body; /* gets the body of a 2xx, nothing else */
	void *ctx;
	uint64_t body_cap_bytes; /* of the answer; 0: NRS_HTTP_BODY_CAP */
};

/*
 * Make @call. NRS_OK: an answer came, whatever its verdict; else as
 * nrs_http_exchange_fn, or what on_body returned. A 406 or 415 is asked once
 * more with the media type without its version.
 */
int nrs_taxii_exchange(const struct nrs_taxii_peer *peer,
		       const struct nrs_taxii_call *call,
		       struct nrs_taxii_answer *answer);

/* The same with @media for Accept (and of what is posted), once, whatever that
 * is: for the parts of a hub that are no TAXII. */
int nrs_hub_exchange(const struct nrs_taxii_peer *peer,
		     const struct nrs_taxii_call *call, const char *media,
		     struct nrs_taxii_answer *answer);

/*
 * The same for a resource of at most NRS_TAXII_RESOURCE_MAX, which is parsed
 * into @arena (on_body and ctx are ignored). *@json stays NULL without a 2xx.
 * NRS_E_SYNTAX and NRS_E_LIMIT: a 2xx without JSON that can be read.
 */
int nrs_taxii_ask(const struct nrs_taxii_peer *peer,
		  const struct nrs_taxii_call *call, struct nrs_arena *arena,
		  struct nrs_json **json, struct nrs_taxii_answer *answer);
