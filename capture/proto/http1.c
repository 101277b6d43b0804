/* SPDX-License-Identifier: Apache-2.0 */
/*
 * http1: heads of messages. Lines are found by memchr; nothing is copied.
 */
#include "capture/proto/http1.h"

#define METHOD_MAX 24
#define LINE_MAX 2048
#define JUNK_MAX 8

static bool is_token(uint8_t c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	       (c >= '0' && c <= '9') ||
	       (c != 0 && memchr("!#$%&'*+-.^_`|~", c, 15) != NULL);
}

static bool is_blank(uint8_t c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* Does @text begin with "HTTP/", in any case: some servers write it small. */
static bool is_version(struct nrs_span text)
{
	return nrs_span_is_icase(nrs_span_part(text, 0, 5), "HTTP/");
}

/* The word of "METHOD " at the front, or 0. */
static size_t method_len(struct nrs_span bytes)
{
	size_t len = 0;

	while (len < bytes.len && len <= METHOD_MAX && is_token(bytes.ptr[len]))
		len++;
	return len <= METHOD_MAX ? len : 0;
}

/* A method that few use: a whole line with " HTTP/1." tells. */
static int sniff_line(struct nrs_span bytes)
{
	const size_t end = nrs_span_find(bytes, '\n', 0);
	const size_t len = method_len(bytes);

	if (len == 0 || (len < bytes.len && bytes.ptr[len] != ' '))
		return NRS_E_FORMAT;
	if (end == SIZE_MAX)
		return bytes.len > LINE_MAX ? NRS_E_FORMAT : NRS_E_MORE;
	return nrs_span_find_text(nrs_span_part(bytes, 0, end), " HTTP/1.") !=
			       SIZE_MAX
		       ? NRS_OK
		       : NRS_E_FORMAT;
}

/* A method that many use, or the version that begins a response. */
static int sniff_word(struct nrs_span bytes)
{
	static const char *const methods[] = {
		"GET ",	      "POST ",	 "HEAD ",   "PUT ",	  "OPTIONS ",
		"CONNECT ",   "DELETE ", "PATCH ",  "TRACE ",	  "PROPFIND ",
		"REPORT ",    "SEARCH ", "MKCOL ",  "COPY ",	  "MOVE ",
		"LOCK ",      "UNLOCK ", "NOTIFY ", "SUBSCRIBE ", "M-SEARCH ",
		"PROPPATCH ", "HTTP/1.", "MERGE ",  "BITS_POST ", "QUERY ",
		"http/1."};
	bool more = bytes.len == 0;

	for (size_t i = 0; i < sizeof(methods) / sizeof(*methods); i++) {
		/* Asked of every stream: nearly all begin otherwise. */
		if (bytes.len == 0 || bytes.ptr[0] != (uint8_t)*methods[i])
			continue;
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

/* Octets before a first head that some clients send there: blanks, or a few
 * that are no text and a blank. */
static size_t junk_len(struct nrs_span bytes)
{
	size_t len = 0;

	while (len < bytes.len && is_blank(bytes.ptr[len]))
		len++;
	if (len > 0 || bytes.len == 0 || is_token(bytes.ptr[0]))
		return len;
	len = nrs_span_find(nrs_span_part(bytes, 0, JUNK_MAX), ' ', 0);
	return len != SIZE_MAX && sniff_word(nrs_span_from(bytes, len + 1)) ==
					  NRS_OK
		       ? len + 1
		       : 0;
}

int nrs_http1_sniff(struct nrs_span bytes)
{
	bytes = nrs_span_from(bytes, junk_len(bytes));
	if (bytes.len == 0)
		return NRS_E_MORE;
	const int word = sniff_word(bytes);
	return word == NRS_E_FORMAT ? sniff_line(bytes) : word;
}

/* Where a line ends and the next begins: behind LF, or in a response at a CR
 * alone, which some servers write and browsers take. */
static size_t line_end(struct nrs_span bytes, size_t at, bool has_cr)
{
	const size_t end = nrs_span_find(bytes, '\n', at);
	const struct nrs_span line = nrs_span_part(bytes, 0, end);

	while (has_cr && (at = nrs_span_find(line, '\r', at)) != SIZE_MAX) {
		if (++at < line.len && is_token(line.ptr[at]))
			return at - 1;
	}
	return end;
}

/* The next line without its end; false: no line end yet. At a CR alone an empty
 * line is no line, and ends nothing. */
static bool next_line(struct nrs_http1_head *head, struct nrs_span bytes,
		      size_t *at, struct nrs_span *line)
{
	size_t end = line_end(bytes, *at, head->has_cr);

	if (end == SIZE_MAX) {
		/* of a cut head all but the first line may be without its end
		 */
		if (!head->is_cut || *at >= bytes.len || head->version.len == 0)
			return false;
		end = bytes.len; /* nothing more will come */
	}
	*line = nrs_span_part(bytes, *at, end - *at);
	if (line->len > 0 && line->ptr[line->len - 1] == '\r' &&
	    (end == bytes.len || bytes.ptr[end] == '\n'))
		line->len--;
	*at = end + 1 < bytes.len ? end + 1 : bytes.len;
	return true;
}

/* "RTSP/1.0" and the like: another protocol's line. */
static bool is_other_version(struct nrs_span text)
{
	const size_t slash = nrs_span_find(text, '/', 0);

	if (slash == SIZE_MAX || slash < 2 || text.len != slash + 4 ||
	    text.ptr[slash + 2] != '.' || is_version(text))
		return false;
	for (size_t i = 0; i < slash; i++) {
		if (text.ptr[i] < 'A' || text.ptr[i] > 'Z')
			return false;
	}
	return true;
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
	const struct nrs_span word = nrs_span_from(rest, last);
	if (last > 0 &&
	    (is_other_version(word) || nrs_span_is(word, "HTTP/2.0")))
		return NRS_E_FORMAT; /* the second begins with a line of it */
	if (last > 0 && (is_version(word) || nrs_span_is_icase(word, "HTTP"))) {
		head->version = word;
		head->target = nrs_span_trim(nrs_span_part(rest, 0, last));
	} else { /* HTTP/0.9: the line is all there is */
		head->target = rest;
		head->is_bare = true;
		if (!nrs_span_starts(rest, "/") &&
		    nrs_span_find_text(rest, "://") == SIZE_MAX)
			return NRS_E_FORMAT;
	}
	return head->target.len > 0 && !is_version(head->target) ? NRS_OK
								 : NRS_E_FORMAT;
}

/* "HTTP/1.1 200 OK"; of a status that is none, what digits it begins with, as
 * others read it. */
static int parse_response(struct nrs_http1_head *head, struct nrs_span line)
{
	size_t end = 0;

	while (end < line.len && line.ptr[end] > ' ')
		end++;
	head->version = nrs_span_part(line, 0, end);
	if (head->version.len < 6)
		return NRS_E_FORMAT;
	while (end < line.len && line.ptr[end] <= ' ')
		end++;
	const struct nrs_span rest = nrs_span_from(line, end);
	size_t digits = 0;
	for (; digits < rest.len && digits < 5; digits++) {
		const uint8_t c = rest.ptr[digits];

		if (c < '0' || c > '9')
			break;
		if (head->status < 6000)
			head->status = (uint16_t)(head->status * 10 + c - '0');
		head->has_status = true;
	}
	head->reason = nrs_span_trim(nrs_span_from(rest, digits));
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

/* Does @value hold "chunked", NULs aside? Wherever in the list: it should be
 * its end, and who sends another hopes that some do not see it. */
static bool holds_chunked(struct nrs_span value)
{
	static const char word[] = "chunked";
	size_t matched = 0;

	for (size_t i = 0; i < value.len; i++) {
		const uint8_t c = nrs_ascii_lower(value.ptr[i]);

		if (c == '\0')
			continue;
		matched = c == (uint8_t)word[matched] ? matched + 1
						      : c == (uint8_t)word[0];
		if (word[matched] == '\0')
			return true;
	}
	return false;
}

static bool is_chunked(const struct nrs_http1_head *head)
{
	for (unsigned int i = 0; i < head->header_count; i++) {
		if (nrs_http1_is_named(&head->headers[i],
				       "transfer-encoding") &&
		    holds_chunked(head->headers[i].value))
			return true;
	}
	return false;
}

static void find_body(struct nrs_http1_head *head)
{
	const struct nrs_http1_header *length =
		nrs_http1_find(head, "content-length");
	const bool never = !head->is_request &&
			   (head->status / 100 == 1 || head->status == 204 ||
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

static int finish(struct nrs_http1_head *head, size_t at, size_t *consumed)
{
	*consumed = at;
	find_body(head);
	return NRS_OK;
}

/* A line of the head behind the first. @nameless: one that has no colon so far;
 * the colon may stand on the line that goes on with it. */
static void take_line(struct nrs_http1_head *head, struct nrs_span line,
		      struct nrs_span *nameless)
{
	const bool has_colon = nrs_span_find(line, ':', 0) != SIZE_MAX;
	/* Some that receive it take a NUL there for a blank. */
	const bool goes_on = line.ptr[0] == ' ' || line.ptr[0] == '\t' ||
			     (line.ptr[0] == '\0' && !has_colon);

	if (goes_on && nameless->len > 0) {
		line = nrs_span(nameless->ptr,
				(size_t)(line.ptr + line.len - nameless->ptr));
	} else if (goes_on) {
		fold(head, line);
		return;
	}
	*nameless = has_colon ? nrs_span(NULL, 0) : line;
	(void)add_header(head, line);
}

/* One blank and LF, or CR CR LF behind a bare LF, and no empty line behind it:
 * some servers end so, and there are receivers that know. @next: behind the
 * line's end. */
static bool is_odd_end(struct nrs_span bytes, struct nrs_span line, size_t next)
{
	const size_t at = (size_t)(line.ptr - bytes.ptr), len = next - at;

	if (line.len != 1 || bytes.ptr[next - 1] != '\n' || at < 2)
		return false;
	const uint8_t behind = next < bytes.len ? bytes.ptr[next] : 0;
	if (line.ptr[0] == '\r')
		return len == 3 && bytes.ptr[at - 2] != '\r' &&
		       behind != '\n' && behind != '\r';
	return (line.ptr[0] == ' ' || line.ptr[0] == '\t') && len == 2 &&
	       behind != '\n';
}

static int parse(struct nrs_http1_head *head, struct nrs_span bytes,
		 size_t *consumed)
{
	const struct nrs_span within =
		nrs_span_part(bytes, 0, NRS_HTTP1_HEAD_MAX);
	const int too_few =
		bytes.len > NRS_HTTP1_HEAD_MAX ? NRS_E_LIMIT : NRS_E_MORE;
	struct nrs_span line = {NULL, 0};
	const size_t begin = junk_len(within);
	struct nrs_span nameless = {NULL, 0};
	size_t at = begin;
	int err;

	head->is_response = is_version(nrs_span_from(within, at));
	head->has_cr = head->is_response;
	if (!next_line(head, within, &at, &line))
		return nrs_http1_sniff(bytes) == NRS_E_FORMAT ? NRS_E_FORMAT
							      : too_few;
	err = head->is_response ? parse_response(head, line)
				: parse_request(head, line);
	/* A bare line is all, unless headers come with it. */
	if (err == NRS_OK && head->is_bare &&
	    (at == within.len || !is_token(within.ptr[at])))
		return finish(head, at, consumed);
	while (err == NRS_OK) {
		if (!next_line(head, within, &at, &line)) {
			if (!head->is_cut)
				return too_few;
			break;
		}
		if (line.len == 0)
			break;
		if (is_odd_end(within, line, at)) {
			if (at == within.len && !head->is_cut)
				return too_few;
			break;
		}
		take_line(head, line, &nameless);
	}
	return err == NRS_OK ? finish(head, at, consumed) : err;
}

static void clear(struct nrs_http1_head *head)
{
	head->header_count = 0;
	head->headers_cut = head->is_request = head->is_response = false;
	head->has_content_length = head->has_status = head->is_bare = false;
	head->is_cut = head->has_cr = false;
	head->status = 0;
	head->method = head->target = head->version = head->reason =
		nrs_span(NULL, 0);
}

void nrs_http1_bare_response(struct nrs_http1_head *head)
{
	clear(head);
	head->is_response = head->is_bare = true;
	head->content_length = 0;
	head->body = NRS_HTTP1_BODY_CLOSE;
}

int nrs_http1_parse(struct nrs_http1_head *head, struct nrs_span bytes,
		    size_t *consumed)
{
	clear(head);
	return parse(head, bytes, consumed);
}

int nrs_http1_parse_cut(struct nrs_http1_head *head, struct nrs_span bytes)
{
	size_t consumed = 0;

	clear(head);
	head->is_cut = true;
	return parse(head, bytes, &consumed);
}

size_t nrs_http1_resync(struct nrs_span bytes)
{
	const size_t at = nrs_span_find_text(bytes, "HTTP/1.");

	return at == SIZE_MAX ? bytes.len : at;
}

bool nrs_http1_is_named(const struct nrs_http1_header *header, const char *name)
{
	const struct nrs_span text = header->name;
	size_t at = 0;

	if (text.len == strlen(name))
		return nrs_span_is_icase(text, name);
	if (nrs_span_find(text, '\0', 0) == SIZE_MAX)
		return false;
	for (size_t i = 0; i < text.len; i++) {
		if (text.ptr[i] == '\0')
			continue;
		if (nrs_ascii_lower(text.ptr[i]) != (uint8_t)name[at])
			return false;
		at++;
	}
	return name[at] == '\0';
}

const struct nrs_http1_header *nrs_http1_find(const struct nrs_http1_head *head,
					      const char *name)
{
	for (unsigned int i = 0; i < head->header_count; i++) {
		if (nrs_http1_is_named(&head->headers[i], name))
			return &head->headers[i];
	}
	return NULL;
}
