/* SPDX-License-Identifier: Apache-2.0 */
/*
 * canon_url: the canonical form of URLs, rules 2 to 11 of section 2.3 of the
 * specification, written once from front to back into the caller's room.
 */
#include "engine/canon.h"

struct writer {
	uint8_t *out;
	size_t used, room;
	bool full;
};

static void put(struct writer *w, uint8_t c)
{
	if (w->used == w->room)
		w->full = true;
	else
		w->out[w->used++] = c;
}

static void put_escaped(struct writer *w, uint8_t c)
{
	static const char digits[] = "0123456789ABCDEF";

	put(w, '%');
	put(w, (uint8_t)digits[c >> 4]);
	put(w, (uint8_t)digits[c & 15]);
}

static bool is_unreserved(uint8_t c)
{
	return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
	       (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '_' ||
	       c == '~';
}

/* Path and query: escapes of unreserved characters decoded, the digits of the
 * others in upper case, raw blanks and non-ASCII escaped, fragment cut. A '%'
 * that begins no escape is escaped itself: with what follows it could become
 * one, and the form of a form must be itself. */
static void put_target(struct writer *w, struct nrs_span target)
{
	for (size_t i = 0; i < target.len; i++) {
		uint8_t c = target.ptr[i], decoded;
		size_t len = 0;

		if (c == '#')
			return;
		if (c == '%' && i + 2 < target.len &&
		    nrs_canon_hex(nrs_span_part(target, i + 1, 2), &decoded,
				  &len) == NRS_OK) {
			if (is_unreserved(decoded))
				put(w, decoded);
			else
				put_escaped(w, decoded);
			i += 2;
		} else if (c <= ' ' || c >= 0x7f || c == '%') {
			put_escaped(w, c);
		} else {
			put(w, c);
		}
	}
}

/* RFC 3986 section 5.2.4 over the path that was just written at @begin. */
static void remove_dot_segments(struct writer *w, size_t begin)
{
	uint8_t *path = w->out + begin;
	const struct nrs_span all = nrs_span(path, w->used - begin);
	const size_t query = nrs_span_find(all, '?', 0);
	const size_t end = query == SIZE_MAX ? all.len : query;
	size_t used = 0;

	if (nrs_span_find_text(nrs_span_part(all, 0, end), "/.") == SIZE_MAX)
		return;
	for (size_t i = 0; i < end;) {
		size_t next =
			nrs_span_find(nrs_span_part(all, 0, end), '/', i + 1);
		if (next == SIZE_MAX)
			next = end;
		const struct nrs_span segment =
			nrs_span(path + i, next - i); /* "/name" */
		const bool is_last = next == end;

		if (nrs_span_is(segment, "/.")) {
			if (is_last)
				path[used++] = '/';
		} else if (nrs_span_is(segment, "/..")) {
			while (used > 0 && path[--used] != '/')
				;
			if (is_last)
				path[used++] = '/';
		} else {
			memmove(path + used, segment.ptr, segment.len);
			used += segment.len;
		}
		i = next;
	}
	if (used == 0)
		path[used++] = '/';
	memmove(path + used, path + end, all.len - end);
	w->used = begin + used + (all.len - end);
}

static uint16_t default_port(struct nrs_span scheme)
{
	static const struct {
		const char *scheme;
		uint16_t port;
	} rows[] = {{"http", 80},
		    {"https", 443},
		    {"ftp", 21},
		    {"ws", 80},
		    {"wss", 443}};

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		if (nrs_span_is(scheme, rows[i].scheme))
			return rows[i].port;
	}
	return 0;
}

/* Scheme at the start of @in: its length, 0 if there is none, or SIZE_MAX. */
static size_t scheme_len(struct nrs_span in)
{
	size_t at = 0;

	for (; at < in.len; at++) {
		const uint8_t c = nrs_ascii_lower(in.ptr[at]);
		const bool letter = c >= 'a' && c <= 'z';

		if (!letter && (at == 0 || !((c >= '0' && c <= '9') ||
					     c == '+' || c == '-' || c == '.')))
			break;
	}
	if (!nrs_span_starts(nrs_span_from(in, at), "://"))
		return 0; /* or further on, in a query */
	return at == 0 ? SIZE_MAX : at;
}

/* Split host[:port]; userinfo is dropped. */
static bool split_authority(struct nrs_span authority, struct nrs_span *host,
			    struct nrs_span *port)
{
	size_t colon = SIZE_MAX;

	for (size_t i = authority.len; i-- > 0;) {
		if (authority.ptr[i] == '@') {
			authority = nrs_span_from(authority, i + 1);
			break;
		}
	}
	*port = nrs_span(NULL, 0);
	if (authority.len > 0 && authority.ptr[0] == '[') {
		const size_t close = nrs_span_find(authority, ']', 0);

		if (close == SIZE_MAX)
			return false;
		*host = nrs_span_part(authority, 0, close + 1);
		authority = nrs_span_from(authority, close + 1);
		if (authority.len > 0 && authority.ptr[0] != ':')
			return false;
		if (authority.len > 0)
			*port = nrs_span_from(authority, 1);
		return true;
	}
	colon = nrs_span_find(authority, ':', 0);
	*host = nrs_span_part(authority, 0, colon);
	if (colon != SIZE_MAX)
		*port = nrs_span_from(authority, colon + 1);
	return host->len > 0;
}

static int put_host(struct writer *w, struct nrs_span host,
		    enum nrs_canon_side side)
{
	uint8_t name[NRS_CANON_NAME_ROOM];
	char text[NRS_ADDR_LEN];
	struct nrs_addr addr;
	size_t len = 0;

	if (nrs_addr_parse(host, &addr) == NRS_OK) {
		const bool is_v4 = nrs_addr_is_v4(&addr);

		len = nrs_addr_format(&addr, text);
		if (!is_v4)
			put(w, '[');
		for (size_t i = 0; i < len; i++)
			put(w, (uint8_t)text[i]);
		if (!is_v4)
			put(w, ']');
		return NRS_OK;
	}
	const int err = nrs_canon_name(host, side, name, &len);
	for (size_t i = 0; err == NRS_OK && i < len; i++)
		put(w, name[i]);
	return err;
}

static int put_port(struct writer *w, struct nrs_span port,
		    struct nrs_span scheme)
{
	uint64_t number;

	if (port.len == 0)
		return NRS_OK;
	if (nrs_span_u64(port, &number) != NRS_OK || number > 65535)
		return NRS_E_FORMAT;
	if (number == default_port(scheme))
		return NRS_OK;
	char digits[5];
	unsigned int count = 0;
	do {
		digits[count++] = (char)('0' + number % 10);
		number /= 10;
	} while (number > 0);
	put(w, ':');
	while (count > 0)
		put(w, (uint8_t)digits[--count]);
	return NRS_OK;
}

int nrs_canon_url(struct nrs_span in, enum nrs_canon_side side, uint8_t *out,
		  size_t room, struct nrs_url *url)
{
	struct writer w = {.out = out, .room = room};
	struct nrs_span host, port;
	const size_t scheme = scheme_len(in);

	*url = (struct nrs_url){0};
	if (scheme == SIZE_MAX)
		return NRS_E_FORMAT;
	for (size_t i = 0; i < scheme; i++)
		put(&w, nrs_ascii_lower(in.ptr[i]));
	url->scheme = nrs_span(out, scheme);
	if (scheme > 0) {
		put(&w, ':');
		put(&w, '/');
		put(&w, '/');
		in = nrs_span_from(in, scheme + 3);
	}
	size_t end = 0;
	while (end < in.len && in.ptr[end] != '/' && in.ptr[end] != '?' &&
	       in.ptr[end] != '#')
		end++;
	const size_t host_at = w.used;
	if (!split_authority(nrs_span_part(in, 0, end), &host, &port) ||
	    put_host(&w, host, side) != NRS_OK)
		return NRS_E_FORMAT;
	url->host = nrs_span(out + host_at, w.used - host_at);
	if (put_port(&w, port, url->scheme) != NRS_OK)
		return NRS_E_FORMAT;
	const size_t target_at = w.used;
	const struct nrs_span target = nrs_span_from(in, end);
	if (target.len == 0 || target.ptr[0] != '/')
		put(&w, '/');
	put_target(&w, target);
	if (w.full)
		return NRS_E_FORMAT;
	remove_dot_segments(&w, target_at);
	url->whole = nrs_span(out, w.used);
	url->rest = nrs_span(out + host_at, w.used - host_at);
	url->target = nrs_span(out + target_at, w.used - target_at);
	return NRS_OK;
}
