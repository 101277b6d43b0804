/* SPDX-License-Identifier: Apache-2.0 */
/*
 * http1: heads of HTTP/1.x messages and the framing of their bodies (RFC 9112),
 * bytes in, fields out.
 *
 * Pure and bounded: nothing is copied or allocated; all spans point into the
 * bytes given. Bare LF ends a line, in a response bare CR too; a folded line
 * belongs to the header before it (the fold stays in the value), and so does
 * a line of blanks alone. A broken first line is refused; a broken header
 * line is passed over, because servers do so too.
 */
#pragma once

#include "engine/base/err.h"
#include "engine/base/span.h"

#define NRS_HTTP1_HEADERS_MAX 96
#define NRS_HTTP1_HEAD_MAX ((size_t)65536)

struct nrs_http1_header {
	struct nrs_span name;
	struct nrs_span value; /* trimmed */
};

enum nrs_http1_body {
	NRS_HTTP1_BODY_NONE,
	NRS_HTTP1_BODY_LENGTH, /* content_length octets */
	NRS_HTTP1_BODY_CHUNKED,
	NRS_HTTP1_BODY_CLOSE, /* a response: until the connection ends */
};

struct nrs_http1_head {
	bool is_request;
	bool is_response;
	bool is_bare;		 /* a request without a version: HTTP/0.9 */
	bool is_cut;		 /* nothing more of it will come */
	bool has_cr;		 /* a CR alone may end a line */
	bool has_status;	 /* else a response without one */
	struct nrs_span method;	 /* request */
	struct nrs_span target;	 /* request, as sent */
	struct nrs_span version; /* "HTTP/1.1" */
	uint16_t status;	 /* response */
	struct nrs_span reason;
	struct nrs_http1_header headers[NRS_HTTP1_HEADERS_MAX];
	unsigned int header_count;
	bool headers_cut; /* more than fit: the rest was passed over */
	enum nrs_http1_body body;
	uint64_t content_length;
	bool has_content_length;
};

/* Could @bytes (the first of a connection) begin a request or a response?
 * NRS_OK yes, NRS_E_MORE too few bytes to say, NRS_E_FORMAT no. */
int nrs_http1_sniff(struct nrs_span bytes);

/*
 * Parse one head at the start of @bytes, up to and with its empty line.
 * *@consumed is its length. NRS_E_MORE: the empty line has not come yet;
 * NRS_E_LIMIT: it did not come within NRS_HTTP1_HEAD_MAX; NRS_E_FORMAT: no
 * head. Empty lines before a request line are skipped.
 *
 * @head->body of a response is what its own headers say; the caller knows
 * whether its request was HEAD or CONNECT, and that 1xx, 204 and 304 have none
 * (for those it is NRS_HTTP1_BODY_NONE already).
 */
int nrs_http1_parse(struct nrs_http1_head *head, struct nrs_span bytes,
		    size_t *consumed);

/* A response that is its body alone (HTTP/0.9). */
void nrs_http1_bare_response(struct nrs_http1_head *head);

/* What there is of a head that will not be completed: at the end of its
 * connection, or where it is too long to wait for. NRS_E_FORMAT, NRS_E_MORE:
 * not one line. */
int nrs_http1_parse_cut(struct nrs_http1_head *head, struct nrs_span bytes);

/* How many octets stand before a response behind what is none; all of @bytes
 * if there is none. */
size_t nrs_http1_resync(struct nrs_span bytes);

/* Case-free; @name is in lower case. NULs in a header's name are passed over.
 */
bool nrs_http1_is_named(const struct nrs_http1_header *header,
			const char *name);

/* The first header called @name, or NULL. */
const struct nrs_http1_header *nrs_http1_find(const struct nrs_http1_head *head,
					      const char *name);

/*
 * Body framing, fed piece by piece, so that a body need never be kept.
 * Feed returns how many octets of @bytes belong to the body (framing
 * included); all of them while the body goes on. After that nrs_http1_body_done
 * says whether it ended. NRS_E_FORMAT: broken chunks.
 */
struct nrs_http1_framing {
	enum nrs_http1_body kind;
	uint8_t state;
	bool has_digits; /* of a chunk's size */
	bool has_begun, has_length;
	uint64_t left;
	uint64_t length;
};

void nrs_http1_framing_init(struct nrs_http1_framing *framing,
			    const struct nrs_http1_head *head);
int nrs_http1_framing_feed(struct nrs_http1_framing *framing,
			   struct nrs_span bytes, size_t *taken);
/* The same, one run of data at a time: *@data is the part of @bytes before
 * *@taken that is content, perhaps empty. Chunks whose first size is none are
 * no chunks: the body is taken as it comes, as browsers do. */
int nrs_http1_framing_step(struct nrs_http1_framing *framing,
			   struct nrs_span bytes, size_t *taken,
			   struct nrs_span *data);
/* @len octets of the body are missing from the stream. False: the framing
 * cannot be followed any more. */
bool nrs_http1_framing_skip(struct nrs_http1_framing *framing, uint64_t len);
/* All of the content has come, though perhaps not the end. */
bool nrs_http1_framing_is_whole(const struct nrs_http1_framing *framing);
bool nrs_http1_framing_done(const struct nrs_http1_framing *framing);
