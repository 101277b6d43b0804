/* SPDX-License-Identifier: Apache-2.0 */
/*
 * mail_words: encoded words are found by their marks; a word is decoded into
 * octets, and these go through its character set. RFC 2047 allows a word 75
 * octets; of a longer one than PIECE the pieces are converted by themselves.
 */
#include "capture/proto/mail_words.h"

#include "capture/proto/mail_decode.h"

#define PIECE 1024 /* octets of a word decoded at once */

struct word {
	int charset;
	bool is_base64;
	struct nrs_span text;
	size_t len; /* with its marks */
};

static bool is_blank(uint8_t c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* "=?utf-8*en?B?text?=" at the front of @text. */
static bool find_word(struct nrs_span text, const struct nrs_charsets *charsets,
		      struct word *word)
{
	size_t ends[3], at = 2;

	if (text.len < 6 || text.ptr[0] != '=' || text.ptr[1] != '?')
		return false;
	for (unsigned int i = 0; i < 3; i++) {
		at = ends[i] = nrs_span_find(text, '?', at);
		if (at == SIZE_MAX)
			return false;
		at++;
	}
	if (ends[1] != ends[0] + 2 || at >= text.len || text.ptr[at] != '=')
		return false;
	const uint8_t encoding = nrs_ascii_lower(text.ptr[ends[0] + 1]);
	struct nrs_span charset = nrs_span_part(text, 2, ends[0] - 2);
	charset = nrs_span_part(charset, 0, nrs_span_find(charset, '*', 0));
	word->charset = nrs_charset_find(charsets, charset);
	word->is_base64 = encoding == 'b';
	word->text = nrs_span_part(text, ends[1] + 1, ends[2] - ends[1] - 1);
	word->len = at + 1;
	return (encoding == 'b' || encoding == 'q') &&
	       word->charset != NRS_CHARSET_UNKNOWN;
}

/* The octet that "Q" has at *@at. */
static uint8_t take_q(struct nrs_span text, size_t *at)
{
	const uint8_t c = text.ptr[(*at)++];

	if (c == '_')
		return ' ';
	if (c != '=' || text.len - *at < 2)
		return c;
	const int high = nrs_digit16(text.ptr[*at]);
	const int low = nrs_digit16(text.ptr[*at + 1]);
	if (high < 0 || low < 0)
		return c;
	*at += 2;
	return (uint8_t)(high << 4 | low);
}

static size_t put_word(const struct word *word, struct nrs_charsets *charsets,
		       uint8_t *out, size_t len, size_t room)
{
	struct nrs_transfer base64 = {.kind = NRS_TRANSFER_BASE64};
	struct nrs_span rest = word->text;
	uint8_t octets[PIECE];
	size_t at = 0, count;

	do {
		count = 0;
		if (word->is_base64)
			count = nrs_transfer_feed(&base64, &rest, octets,
						  sizeof(octets));
		while (!word->is_base64 && at < rest.len && count < PIECE)
			octets[count++] = take_q(rest, &at);
		len += nrs_charset_text(charsets, word->charset,
					nrs_span(octets, count), out + len,
					room - len);
	} while (count > 0);
	return len;
}

size_t nrs_mail_words(struct nrs_span text, struct nrs_charsets *charsets,
		      uint8_t *out, size_t room)
{
	size_t len = 0, at = 0, blanks = 0;
	bool is_word = false; /* the last thing but blanks was one */

	while (at < text.len) {
		struct word word;

		if (is_word && is_blank(text.ptr[at])) {
			blanks++;
			at++;
			continue;
		}
		if (find_word(nrs_span_from(text, at), charsets, &word)) {
			len = put_word(&word, charsets, out, len, room);
			at += word.len;
			is_word = true;
			blanks = 0;
			continue;
		}
		len += nrs_charset_text(
			charsets, NRS_CHARSET_UTF8,
			nrs_span_part(text, at - blanks, blanks + 1), out + len,
			room - len);
		at++;
		is_word = false;
		blanks = 0;
	}
	return len;
}
