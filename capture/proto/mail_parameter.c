/* SPDX-License-Identifier: Apache-2.0 */
/*
 * mail_parameter: the list is gone through once for each piece asked for. A
 * value's octets are put together before they go through a character set: a
 * character may stand in two pieces.
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

/* A value's octets, without quotes and percent signs; longer ones are cut. */
struct octets {
	uint8_t ptr[1024];
	size_t len;
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

static void put(struct octets *out, uint8_t c)
{
	if (out->len < sizeof(out->ptr))
		out->ptr[out->len++] = c;
}

/* Without the backslashes of quotes. */
static void put_literal(struct octets *out, const struct parameter *p)
{
	for (size_t i = 0; i < p->value.len; i++) {
		if (p->is_quoted && p->value.ptr[i] == '\\' &&
		    i + 1 < p->value.len)
			i++;
		put(out, p->value.ptr[i]);
	}
}

static void put_percent(struct octets *out, struct nrs_span text)
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
		put(out, c);
	}
}

/* utf-8'en'text: the set, and the text alone in *@text. */
static int take_charset(struct nrs_span *text,
			const struct nrs_charsets *charsets)
{
	const size_t first = nrs_span_find(*text, '\'', 0);
	const size_t second = first == SIZE_MAX
				      ? first
				      : nrs_span_find(*text, '\'', first + 1);

	if (second == SIZE_MAX)
		return NRS_CHARSET_UTF8;
	const struct nrs_span name = nrs_span_part(*text, 0, first);
	*text = nrs_span_from(*text, second + 1);
	return nrs_charset_find(charsets, name);
}

/* name*0, name*1*, ... in their order, and their set. */
static int put_pieces(struct octets *out, struct nrs_span value,
		      const char *name, const struct nrs_charsets *charsets)
{
	int charset = NRS_CHARSET_UTF8;
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
			break;
		if (i == 0)
			charset = take_charset(&p.value, charsets);
		put_percent(out, p.value);
	}
	return charset;
}

/* In the forms of RFC 2231, if it has one of them; and its set. */
static int put_extended(struct octets *out, struct nrs_span value,
			const char *name, const struct nrs_charsets *charsets)
{
	char extended[NAME_MAX];
	struct parameter p;

	if (nrs_span_find(value, '*', 0) == SIZE_MAX)
		return NRS_CHARSET_UTF8; /* most have none */
	snprintf(extended, sizeof(extended), "%s*", name);
	if (!find(value, extended, &p))
		return put_pieces(out, value, name, charsets);
	const int charset = take_charset(&p.value, charsets);

	put_percent(out, p.value);
	return charset;
}

size_t nrs_mail_parameter(struct nrs_span value, const char *name,
			  struct nrs_charsets *charsets, uint8_t *out,
			  size_t room)
{
	struct octets octets = {.len = 0};
	struct parameter p;
	const int charset = put_extended(&octets, value, name, charsets);

	if (octets.len > 0)
		return nrs_charset_text(charsets, charset,
					nrs_span(octets.ptr, octets.len), out,
					room);
	if (!find(value, name, &p))
		return 0;
	/* Of a plain value the escapes first, then the encoded words. */
	put_literal(&octets, &p);
	return nrs_mail_words(nrs_span(octets.ptr, octets.len), charsets, out,
			      room);
}
