/* SPDX-License-Identifier: Apache-2.0 */
/*
 * mail_parameter: the list is gone through once for each piece asked for.
 */
#include "capture/proto/mail_parameter.h"

#include <stdio.h>

#include "capture/proto/mail_decode.h"
#include "capture/proto/mail_words.h"

#define NAME_MAX 48

struct parameter {
	struct nrs_span name;
	struct nrs_span value; /* between its quotes, escapes still in it */
	bool is_quoted;
};

struct output {
	uint8_t *ptr;
	size_t len, room;
};

/* Up to the next semicolon that stands in no quotes, or the end. */
static size_t part_len(struct nrs_span text)
{
	bool is_quoted = false;
	size_t at = 0;

	for (; at < text.len; at++) {
		if (text.ptr[at] == '\\' && is_quoted)
			at++;
		else if (text.ptr[at] == '"')
			is_quoted = !is_quoted;
		else if (text.ptr[at] == ';' && !is_quoted)
			break;
	}
	return at < text.len ? at : text.len;
}

struct nrs_span nrs_mail_main_value(struct nrs_span value)
{
	value = nrs_span_part(value, 0, nrs_span_find(value, ';', 0));
	value = nrs_span_part(value, 0, nrs_span_find(value, '(', 0));
	return nrs_span_trim(value);
}

/* The next parameter of @rest, which begins behind a semicolon. */
static bool next(struct nrs_span *rest, struct parameter *out)
{
	while (rest->len > 0) {
		const struct nrs_span part =
			nrs_span_part(*rest, 0, part_len(*rest));
		const size_t equals = nrs_span_find(part, '=', 0);

		*rest = nrs_span_from(*rest, part.len + 1);
		if (equals == SIZE_MAX)
			continue;
		out->name = nrs_span_trim(nrs_span_part(part, 0, equals));
		out->value = nrs_span_trim(nrs_span_from(part, equals + 1));
		out->is_quoted = out->value.len > 0 && out->value.ptr[0] == '"';
		if (out->is_quoted) {
			out->value = nrs_span_from(out->value, 1);
			if (nrs_span_ends(out->value, "\""))
				out->value.len--;
		}
		return true;
	}
	return false;
}

static bool find(struct nrs_span value, const char *name, struct parameter *out)
{
	struct nrs_span rest = nrs_span_from(value, part_len(value) + 1);

	while (next(&rest, out)) {
		if (nrs_span_is_icase(out->name, name))
			return true;
	}
	return false;
}

static void put(struct output *out, struct nrs_span text,
		enum nrs_mail_charset charset)
{
	out->len = nrs_mail_text(text, charset, out->ptr, out->len, out->room);
}

/* Without the backslashes of quotes. */
static void put_literal(struct output *out, const struct parameter *p)
{
	for (size_t i = 0; i < p->value.len; i++) {
		if (p->is_quoted && p->value.ptr[i] == '\\' &&
		    i + 1 < p->value.len)
			i++;
		put(out, nrs_span_part(p->value, i, 1), NRS_CHARSET_UTF8);
	}
}

static void put_percent(struct output *out, struct nrs_span text,
			enum nrs_mail_charset charset)
{
	for (size_t i = 0; i < text.len; i++) {
		uint8_t c = text.ptr[i];

		if (c == '%' && i + 2 < text.len) {
			const int high = nrs_digit16(text.ptr[i + 1]);
			const int low = nrs_digit16(text.ptr[i + 2]);

			if (high >= 0 && low >= 0) {
				c = (uint8_t)(high << 4 | low);
				i += 2;
			}
		}
		put(out, nrs_span(&c, 1), charset);
	}
}

/* utf-8'en'text: the set, and the text alone in *@text. */
static enum nrs_mail_charset take_charset(struct nrs_span *text)
{
	const size_t first = nrs_span_find(*text, '\'', 0);
	const size_t second = first == SIZE_MAX
				      ? first
				      : nrs_span_find(*text, '\'', first + 1);

	if (second == SIZE_MAX)
		return NRS_CHARSET_UTF8;
	const struct nrs_span name = nrs_span_part(*text, 0, first);
	*text = nrs_span_from(*text, second + 1);
	return nrs_mail_charset_of(name);
}

/* name*0, name*1*, ... in their order. */
static void put_pieces(struct output *out, struct nrs_span value,
		       const char *name)
{
	enum nrs_mail_charset charset = NRS_CHARSET_UTF8;
	struct parameter p;

	for (unsigned int i = 0; i < NRS_MAIL_PIECES_MAX; i++) {
		char piece[NAME_MAX];

		snprintf(piece, sizeof(piece), "%s*%u", name, i);
		if (find(value, piece, &p)) {
			put_literal(out, &p);
			continue;
		}
		snprintf(piece, sizeof(piece), "%s*%u*", name, i);
		if (!find(value, piece, &p))
			return;
		if (i == 0)
			charset = take_charset(&p.value);
		put_percent(out, p.value, charset);
	}
}

/* Of a plain value the escapes first, then the encoded words. */
static void put_plain(struct output *out, const struct parameter *p)
{
	uint8_t literal[1024];
	struct output first = {.ptr = literal, .room = sizeof(literal)};

	put_literal(&first, p);
	out->len = nrs_mail_words(nrs_span(literal, first.len), out->ptr,
				  out->room);
}

/* In the forms of RFC 2231, if it has one of them. */
static void put_extended(struct output *out, struct nrs_span value,
			 const char *name)
{
	char extended[NAME_MAX];
	struct parameter p;

	if (nrs_span_find(value, '*', 0) == SIZE_MAX)
		return; /* most have none */
	snprintf(extended, sizeof(extended), "%s*", name);
	if (find(value, extended, &p)) {
		const enum nrs_mail_charset charset = take_charset(&p.value);

		put_percent(out, p.value, charset);
	} else {
		put_pieces(out, value, name);
	}
}

size_t nrs_mail_parameter(struct nrs_span value, const char *name, uint8_t *out,
			  size_t room)
{
	struct output result = {.ptr = out, .room = room};
	struct parameter p;

	put_extended(&result, value, name);
	if (result.len == 0 && find(value, name, &p))
		put_plain(&result, &p);
	return result.len;
}
