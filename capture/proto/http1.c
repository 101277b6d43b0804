/* SPDX-License-Identifier: Apache-2.0 */
/*
 * http1: heads of messages. Lines are found by memchr; nothing is copied.
 */
#include "capture/proto/http1.h"

#define METHOD_MAX 24

static bool is_token(uint8_t c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	       (c >= '0' && c <= '9') ||
	       (c != 0 && memchr("!#$%&'*+-.^_`|~", c, 15) != NULL);
}

int nrs_http1_sniff(struct nrs_span bytes)
{
	static const char *const methods[] = {
		"GET ",	      "POST ",	 "HEAD ",   "PUT ",	  "OPTIONS ",
		"CONNECT ",   "DELETE ", "PATCH ",  "TRACE ",	  "PROPFIND ",
		"REPORT ",    "SEARCH ", "MKCOL ",  "COPY ",	  "MOVE ",
		"LOCK ",      "UNLOCK ", "NOTIFY ", "SUBSCRIBE ", "M-SEARCH ",
		"PROPPATCH ", "HTTP/1.", "MERGE ",  "BITS_POST "};
	bool more = false;

	while (bytes.len > 0 && (bytes.ptr[0] == '\r' || bytes.ptr[0] == '\n'))
		bytes = nrs_span_from(bytes, 1);
	if (bytes.len == 0)
		return NRS_E_MORE;
	for (size_t i = 0; i < sizeof(methods) / sizeof(*methods); i++) {
		const size_t len = strlen(methods[i]);
		const size_t common = bytes.len < len ? bytes.len : len;

		if (memcmp(bytes.ptr, methods[i], common) != 0)
			continue;
		if (common == len)
			return NRS_OK;
		more = true;
	}
	return more ? NRS_E_MORE : NRS_E_FORMAT;
}

/* The next line without its end; false: no line end yet. */
static bool next_line(struct nrs_span bytes, size_t *at, struct nrs_span *line)
{
	const size_t end = nrs_span_find(bytes, '\n', *at);

	if (end == SIZE_MAX)
		return false;
	*line = nrs_span_part(bytes, *at, end - *at);
	if (line->len > 0 && line->ptr[line->len - 1] == '\r')
		line->len--;
	*at = end + 1;
	return true;
}

static bool is_version(struct nrs_span text)
{
	return text.len >= 6 && nrs_span_starts(text, "HTTP/");
}

static int parse_request(struct nrs_http1_head *head, struct nrs_span line)
{
	const size_t space = nrs_span_find(line, ' ', 0);

	if (space == SIZE_MAX || space == 0 || space > METHOD_MAX)
		return NRS_E_FORMAT;
	for (size_t i = 0; i < space; i++) {
		if (!is_token(line.ptr[i]))
			return NRS_E_FORMAT;
	}
	head->is_request = true;
	head->method = nrs_span_part(line, 0, space);
	const struct nrs_span rest = nrs_span_trim(nrs_span_from(line, space));
	size_t last;
	for (last = rest.len; last > 0 && rest.ptr[last - 1] != ' '; last--)
		;
	if (last > 0 && is_version(nrs_span_from(rest, last))) {
		head->version = nrs_span_from(rest, last);
		head->target = nrs_span_trim(nrs_span_part(rest, 0, last));
	} else { /* HTTP/0.9, or a line cut by its sender */
		head->target = rest;
	}
	return head->target.len > 0 && !is_version(head->target) ? NRS_OK
								 : NRS_E_FORMAT;
}

static int parse_response(struct nrs_http1_head *head, struct nrs_span line)
{
	const size_t space = nrs_span_find(line, ' ', 0);
	uint64_t status = 0;

	head->version = nrs_span_part(line, 0, space);
	if (space == SIZE_MAX)
		return NRS_E_FORMAT;
	const struct nrs_span rest = nrs_span_trim(nrs_span_from(line, space));
	if (nrs_span_u64(nrs_span_part(rest, 0, 3), &status) != NRS_OK ||
	    rest.len < 3 || status < 100 || status > 999)
		return NRS_E_FORMAT;
	head->status = (uint16_t)status;
	head->reason = nrs_span_trim(nrs_span_from(rest, 3));
	return NRS_OK;
}

static int add_header(struct nrs_http1_head *head, struct nrs_span line)
{
	const size_t colon = nrs_span_find(line, ':', 0);

	if (colon == SIZE_MAX || colon == 0)
		return NRS_OK; /* no header; others of the head still count */
	if (head->header_count == NRS_HTTP1_HEADERS_MAX) {
		head->headers_cut = true;
		return NRS_OK;
	}
	head->headers[head->header_count++] = (struct nrs_http1_header){
		.name = nrs_span_trim(nrs_span_part(line, 0, colon)),
		.value = nrs_span_trim(nrs_span_from(line, colon + 1))};
	return NRS_OK;
}

/* A folded line: the header before it goes on. */
static void fold(struct nrs_http1_head *head, struct nrs_span line)
{
	const struct nrs_span more = nrs_span_trim(line);
	struct nrs_span *value;

	if (head->header_count == 0 || more.len == 0)
		return;
	value = &head->headers[head->header_count - 1].value;
	if (value->len == 0)
		*value = more;
	else
		value->len = (size_t)(more.ptr + more.len - value->ptr);
}

static bool is_chunked(const struct nrs_http1_head *head)
{
	const struct nrs_http1_header *h =
		nrs_http1_find(head, "transfer-encoding");

	return h != NULL && h->value.len >= 7 &&
	       nrs_span_is_icase(nrs_span_from(h->value, h->value.len - 7),
				 "chunked");
}

static void find_body(struct nrs_http1_head *head)
{
	const struct nrs_http1_header *length =
		nrs_http1_find(head, "content-length");
	const bool never = !head->is_request &&
			   (head->status < 200 || head->status == 204 ||
			    head->status == 304);

	if (length != NULL &&
	    nrs_span_u64(length->value, &head->content_length) == NRS_OK)
		head->has_content_length = true;
	else
		head->content_length = 0;
	head->body =
		head->is_request ? NRS_HTTP1_BODY_NONE : NRS_HTTP1_BODY_CLOSE;
	if (never)
		head->body = NRS_HTTP1_BODY_NONE;
	else if (is_chunked(head)) /* wins over a length: RFC 9112 6.3 */
		head->body = NRS_HTTP1_BODY_CHUNKED;
	else if (head->has_content_length)
		head->body = NRS_HTTP1_BODY_LENGTH;
}

int nrs_http1_parse(struct nrs_http1_head *head, struct nrs_span bytes,
		    size_t *consumed)
{
	const struct nrs_span within =
		nrs_span_part(bytes, 0, NRS_HTTP1_HEAD_MAX);
	const int too_few =
		bytes.len > NRS_HTTP1_HEAD_MAX ? NRS_E_LIMIT : NRS_E_MORE;
	struct nrs_span line = {NULL, 0};
	size_t at = 0;
	int err;

	head->header_count = 0;
	head->headers_cut = head->is_request = false;
	head->has_content_length = false;
	head->status = 0;
	head->method = head->target = head->version = head->reason =
		nrs_span(NULL, 0);
	do {
		if (!next_line(within, &at, &line))
			return nrs_http1_sniff(bytes) == NRS_E_FORMAT
				       ? NRS_E_FORMAT
				       : too_few;
	} while (line.len == 0);
	err = nrs_span_starts(line, "HTTP/") ? parse_response(head, line)
					     : parse_request(head, line);
	if (err != NRS_OK)
		return err;
	for (;;) {
		if (!next_line(within, &at, &line))
			return too_few;
		if (line.len == 0)
			break;
		if (line.ptr[0] == ' ' || line.ptr[0] == '\t')
			fold(head, line);
		else
			(void)add_header(head, line);
	}
	*consumed = at;
	find_body(head);
	return NRS_OK;
}

const struct nrs_http1_header *nrs_http1_find(const struct nrs_http1_head *head,
					      const char *name)
{
	for (unsigned int i = 0; i < head->header_count; i++) {
		if (nrs_span_is_icase(head->headers[i].name, name))
			return &head->headers[i];
	}
	return NULL;
}
