/* SPDX-License-Identifier: Apache-2.0 */
/*
 * file_name: senders quote, escape and pad as they like; what is between is
 * found one octet at a time, and never beyond what was given.
 */
#include "capture/proto/file_name.h"

#include "engine/base/err.h"

static bool is_blank(uint8_t c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* Behind the quoted string that begins at @at: its closing quote, or the end.
 */
static size_t skip_quoted(struct nrs_span value, size_t at)
{
	for (at++; at < value.len && value.ptr[at] != '"'; at++) {
		if (value.ptr[at] == '\\' && at + 1 < value.len)
			at++;
	}
	return at < value.len ? at + 1 : at;
}

/* The next "; name=value" from *@at on: its value, still quoted. */
static bool next_parameter(struct nrs_span value, size_t *at,
			   struct nrs_span *name, struct nrs_span *text)
{
	size_t i = *at;

	while (i < value.len && value.ptr[i] != ';')
		i = value.ptr[i] == '"' ? skip_quoted(value, i) : i + 1;
	while (i < value.len && (value.ptr[i] == ';' || is_blank(value.ptr[i])))
		i++;
	const size_t from = i;
	while (i < value.len && value.ptr[i] != '=' && value.ptr[i] != ';')
		i++;
	*name = nrs_span_trim(nrs_span_part(value, from, i - from));
	if (i < value.len && value.ptr[i] == '=')
		i++;
	while (i < value.len && is_blank(value.ptr[i]))
		i++;
	const size_t begin = i;
	while (i < value.len && value.ptr[i] != ';')
		i = value.ptr[i] == '"' && i == begin ? skip_quoted(value, i)
						      : i + 1;
	*text = nrs_span_trim(nrs_span_part(value, begin, i - begin));
	*at = i;
	return from < value.len;
}

/* A quoted string's inside. A backslash escapes only what must be escaped:
 * Windows paths stand here unescaped. */
static struct nrs_span unquoted(struct nrs_span text, uint8_t *room, size_t len)
{
	size_t used = 0;

	if (text.len == 0 || text.ptr[0] != '"')
		return text.len <= len ? text : nrs_span_part(text, 0, len);
	for (size_t i = 1; i < text.len && used < len; i++) {
		if (text.ptr[i] == '"')
			break;
		if (text.ptr[i] == '\\' && i + 1 < text.len &&
		    (text.ptr[i + 1] == '"' || text.ptr[i + 1] == '\\'))
			i++;
		room[used++] = text.ptr[i];
	}
	return nrs_span(room, used);
}

struct nrs_span nrs_header_parameter(struct nrs_span value, const char *name,
				     uint8_t *room, size_t len)
{
	struct nrs_span found, text;
	size_t at = 0;

	while (next_parameter(value, &at, &found, &text)) {
		if (nrs_span_is_icase(found, name))
			return unquoted(text, room, len);
	}
	return nrs_span(NULL, 0);
}

static int hex_digit(uint8_t c)
{
	c = nrs_ascii_lower(c);
	if (c >= '0' && c <= '9')
		return c - '0';
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* %XX undone; empty if it does not fit. @room may be where @text stands. */
static struct nrs_span unescaped(struct nrs_span text, uint8_t *room,
				 size_t len)
{
	size_t used = 0;

	for (size_t i = 0; i < text.len; i++) {
		const int high = text.ptr[i] == '%' && i + 2 < text.len
					 ? hex_digit(text.ptr[i + 1])
					 : -1;
		const int low = high >= 0 ? hex_digit(text.ptr[i + 2]) : -1;

		if (used == len)
			return nrs_span(NULL, 0);
		room[used++] =
			(uint8_t)(low >= 0 ? high << 4 | low : text.ptr[i]);
		i += low >= 0 ? 2 : 0;
	}
	return nrs_span(room, used);
}

struct nrs_span nrs_path_name(struct nrs_span path)
{
	size_t from = 0;

	for (size_t i = 0; i < path.len; i++) {
		if (path.ptr[i] == '/' || path.ptr[i] == '\\')
			from = i + 1;
	}
	return nrs_span_from(path, from);
}

struct nrs_span nrs_disposition_name(struct nrs_span value, uint8_t *room,
				     size_t len)
{
	struct nrs_span name =
		nrs_header_parameter(value, "filename*", room, len);
	size_t quote = nrs_span_find(name, '\'', 0);

	if (quote != SIZE_MAX)
		quote = nrs_span_find(name, '\'', quote + 1);
	/* UTF-8'en'na%C3%AFve.txt (RFC 8187) */
	name = quote == SIZE_MAX
		       ? nrs_header_parameter(value, "filename", room, len)
		       : unescaped(nrs_span_from(name, quote + 1), room, len);
	return nrs_path_name(name);
}

struct nrs_span nrs_target_name(struct nrs_span target, uint8_t *room,
				size_t len)
{
	size_t end = 0, from = 0;

	while (end < target.len && target.ptr[end] != '?' &&
	       target.ptr[end] != '#' && target.ptr[end] != ' ')
		end++;
	struct nrs_span path = nrs_span_part(target, 0, end);
	const size_t scheme = nrs_span_find_text(path, "://");
	if (scheme != SIZE_MAX) /* absolute: the host is no segment */
		path = nrs_span_from(path, scheme + 3);
	for (size_t i = 0; i < path.len; i++) {
		if (path.ptr[i] == '/')
			from = i + 1;
	}
	if (from == 0)
		return nrs_span(NULL, 0);
	return unescaped(nrs_span_from(path, from), room, len);
}

bool nrs_range_is_part(struct nrs_span value)
{
	struct nrs_span rest = value, first, last;
	uint64_t from, to, total;

	if (nrs_span_is_icase(nrs_span_part(rest, 0, 6), "bytes "))
		rest = nrs_span_from(rest, 6);
	if (rest.len == 0)
		return false;
	return !nrs_span_split(&rest, '-', &first) ||
	       !nrs_span_split(&rest, '/', &last) ||
	       nrs_span_u64(nrs_span_trim(first), &from) != NRS_OK ||
	       nrs_span_u64(nrs_span_trim(last), &to) != NRS_OK ||
	       nrs_span_u64(nrs_span_trim(rest), &total) != NRS_OK ||
	       from > 0 || to == UINT64_MAX || to + 1 != total;
}
