/* SPDX-License-Identifier: Apache-2.0 */
/*
 * pattern_lex: one token at a time, over UTF-8.
 */
#include "engine/pattern_lex.h"

#include <stdlib.h>

#include "engine/base/stamp.h"

uint64_t nrs_lex_column(struct nrs_span text, size_t offset)
{
	uint64_t column = 0;

	for (size_t i = 0; i < offset && i < text.len; i++)
		column += (text.ptr[i] & 0xc0) != 0x80;
	return column;
}

static int fail(struct nrs_lexer *lx, struct nrs_diag *diag, size_t at,
		const char *what)
{
	return nrs_diag_set(diag, NRS_E_SYNTAX, nrs_lex_column(lx->text, at),
			    "%s", what);
}

static uint8_t peek(const struct nrs_lexer *lx, size_t ahead)
{
	return lx->at + ahead < lx->text.len ? lx->text.ptr[lx->at + ahead] : 0;
}

/* Octets of the white space character at the position, or 0. */
static size_t blank_len(const struct nrs_lexer *lx)
{
	static const char *const wide[] = {
		"\xc2\x85",	"\xc2\xa0",	"\xe1\x9a\x80", "\xe2\x80\xa8",
		"\xe2\x80\xa9", "\xe2\x80\xaf", "\xe2\x81\x9f", "\xe3\x80\x80"};
	const struct nrs_span rest = nrs_span_from(lx->text, lx->at);
	const uint8_t c = peek(lx, 0);

	if (rest.len == 0)
		return 0;
	if (c == ' ' || (c >= '\t' && c <= '\r'))
		return 1;
	if (c < 0x80)
		return 0;
	for (size_t i = 0; i < sizeof(wide) / sizeof(*wide); i++) {
		if (nrs_span_starts(rest, wide[i]))
			return strlen(wide[i]);
	}
	/* U+2000 to U+200A */
	return c == 0xe2 && peek(lx, 1) == 0x80 && peek(lx, 2) >= 0x80 &&
			       peek(lx, 2) <= 0x8a
		       ? 3
		       : 0;
}

static int skip_blanks(struct nrs_lexer *lx, struct nrs_diag *diag)
{
	for (;;) {
		const size_t blank = blank_len(lx);

		if (blank > 0) {
			lx->at += blank;
		} else if (peek(lx, 0) == '/' && peek(lx, 1) == '*') {
			const struct nrs_span rest =
				nrs_span_from(lx->text, lx->at + 2);
			const size_t end = nrs_span_find_text(rest, "*/");

			if (end == SIZE_MAX)
				return fail(lx, diag, lx->at,
					    "comment without an end");
			lx->at += end + 4;
		} else if (peek(lx, 0) == '/' && peek(lx, 1) == '/') {
			while (lx->at < lx->text.len && peek(lx, 0) != '\n' &&
			       peek(lx, 0) != '\r')
				lx->at++;
		} else {
			return NRS_OK;
		}
	}
}

static bool is_letter(uint8_t c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

static bool is_digit(uint8_t c)
{
	return c >= '0' && c <= '9';
}

static bool is_keyword(struct nrs_span text, enum nrs_stix_version version)
{
	static const char *const words[] = {
		"AND",	   "OR",	 "NOT",	     "FOLLOWEDBY", "LIKE",
		"MATCHES", "ISSUPERSET", "ISSUBSET", "LAST",	   "IN",
		"START",   "STOP",	 "SECONDS",  "true",	   "false",
		"WITHIN",  "REPEATS",	 "TIMES"};

	/* Nearly every word is a name, which none of them begins like. */
	if (text.ptr[0] > 'Z' && text.ptr[0] != 't' && text.ptr[0] != 'f')
		return false;
	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++) {
		if (nrs_span_is(text, words[i]))
			return true;
	}
	return version == NRS_STIX_21 && nrs_span_is(text, "EXISTS");
}

/* A quoted text at the position; @body gets what is between the quotes. */
static int quoted(struct nrs_lexer *lx, bool escapes, struct nrs_span *body,
		  struct nrs_diag *diag)
{
	const size_t begin = lx->at + 1;
	size_t i = begin;

	for (; i < lx->text.len && lx->text.ptr[i] != '\''; i++) {
		if (!escapes || lx->text.ptr[i] != '\\')
			continue;
		i++;
		if (i >= lx->text.len ||
		    (lx->text.ptr[i] != '\'' && lx->text.ptr[i] != '\\'))
			return fail(lx, diag, i - 1, "no such escape");
	}
	if (i >= lx->text.len)
		return fail(lx, diag, begin - 1, "string without an end");
	*body = nrs_span_part(lx->text, begin, i - begin);
	lx->at = i + 1;
	return NRS_OK;
}

static int lex_string(struct nrs_lexer *lx, struct nrs_token *token,
		      struct nrs_diag *diag)
{
	struct nrs_span body = {0};
	size_t used = 0;
	const int err = quoted(lx, true, &body, diag);

	if (err != NRS_OK)
		return err;
	uint8_t *out = nrs_arena_bytes(lx->arena, body.len + 1);
	if (out == NULL)
		return NRS_E_NOMEM;
	for (size_t i = 0; i < body.len; i++) {
		if (body.ptr[i] == '\\')
			i++;
		out[used++] = body.ptr[i];
	}
	token->kind = NRS_TOK_STRING;
	token->bytes = nrs_span(out, used);
	return NRS_OK;
}

static int hex_digit(uint8_t c)
{
	c = nrs_ascii_lower(c);
	if (is_digit(c))
		return c - '0';
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static int lex_hex(struct nrs_lexer *lx, struct nrs_token *token,
		   struct nrs_diag *diag)
{
	const size_t begin = lx->at++;
	struct nrs_span body = {0};
	const int err = quoted(lx, false, &body, diag);

	if (err != NRS_OK)
		return err;
	uint8_t *out = nrs_arena_bytes(lx->arena, body.len / 2 + 1);
	if (out == NULL)
		return NRS_E_NOMEM;
	if (body.len % 2 != 0)
		return fail(lx, diag, begin, "odd number of hex digits");
	for (size_t i = 0; i < body.len; i += 2) {
		const int high = hex_digit(body.ptr[i]);
		const int low = hex_digit(body.ptr[i + 1]);

		if (high < 0 || low < 0)
			return fail(lx, diag, begin, "not a hex digit");
		out[i / 2] = (uint8_t)(high << 4 | low);
	}
	token->kind = NRS_TOK_BINARY;
	token->bytes = nrs_span(out, body.len / 2);
	return NRS_OK;
}

static int base64_digit(uint8_t c)
{
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 26;
	if (is_digit(c))
		return c - '0' + 52;
	return c == '+' ? 62 : c == '/' ? 63 : -1;
}

static int lex_base64(struct nrs_lexer *lx, struct nrs_token *token,
		      struct nrs_diag *diag)
{
	const size_t begin = lx->at++;
	struct nrs_span body = {0};
	size_t used = 0, pad = 0;
	uint32_t bits = 0;
	const int err = quoted(lx, false, &body, diag);

	if (err != NRS_OK)
		return err;
	uint8_t *out = nrs_arena_bytes(lx->arena, body.len + 1);
	if (out == NULL)
		return NRS_E_NOMEM;
	while (pad < 2 && pad < body.len && body.ptr[body.len - 1 - pad] == '=')
		pad++;
	if (body.len == 0 || body.len % 4 != 0)
		return fail(lx, diag, begin, "not base64");
	for (size_t i = 0; i < body.len; i++) {
		const int digit =
			i >= body.len - pad ? 0 : base64_digit(body.ptr[i]);

		if (digit < 0)
			return fail(lx, diag, begin, "not base64");
		bits = bits << 6 | (uint32_t)digit;
		if (i % 4 == 3) {
			out[used++] = (uint8_t)(bits >> 16);
			out[used++] = (uint8_t)(bits >> 8);
			out[used++] = (uint8_t)bits;
		}
	}
	token->kind = NRS_TOK_BINARY;
	token->bytes = nrs_span(out, used - pad);
	return NRS_OK;
}

static bool two(struct nrs_span text, size_t at, unsigned int low,
		unsigned int high)
{
	if (at + 2 > text.len || !is_digit(text.ptr[at]) ||
	    !is_digit(text.ptr[at + 1]))
		return false;
	const unsigned int value = (unsigned int)(text.ptr[at] - '0') * 10 +
				   (unsigned int)(text.ptr[at + 1] - '0');
	return value >= low && value <= high;
}

/* The grammar's idea of a timestamp; whether the date exists comes later. */
static bool is_stamp(struct nrs_span t)
{
	size_t at = 19;

	if (t.len < 20 || !two(t, 0, 0, 99) || !two(t, 2, 0, 99) ||
	    t.ptr[4] != '-' || !two(t, 5, 1, 12) || t.ptr[7] != '-' ||
	    !two(t, 8, 1, 31) || t.ptr[10] != 'T' || !two(t, 11, 0, 23) ||
	    t.ptr[13] != ':' || !two(t, 14, 0, 59) || t.ptr[16] != ':' ||
	    !two(t, 17, 0, 60))
		return false;
	if (t.ptr[at] == '.') {
		const size_t first = ++at;

		while (at < t.len && is_digit(t.ptr[at]))
			at++;
		if (at == first)
			return false;
	}
	return at + 1 == t.len && t.ptr[at] == 'Z';
}

static int lex_stamp(struct nrs_lexer *lx, struct nrs_token *token,
		     struct nrs_diag *diag)
{
	const size_t begin = lx->at++;
	struct nrs_span body = {0};
	const int err = quoted(lx, false, &body, diag);

	if (err != NRS_OK)
		return err;
	if (!is_stamp(body))
		return fail(lx, diag, begin, "not a timestamp");
	token->kind = NRS_TOK_TIME;
	token->bytes = body;
	token->late_error = nrs_stamp_parse(body, &token->integer);
	if (token->late_error == NRS_E_RANGE) { /* legal, and far away */
		token->integer = lx->text.ptr[begin + 2] <= '1' ? NRS_TIME_MIN
								: NRS_TIME_MAX;
		token->late_error = NRS_OK;
	}
	return NRS_OK;
}

static int lex_number(struct nrs_lexer *lx, struct nrs_token *token,
		      struct nrs_diag *diag)
{
	const size_t begin = lx->at;
	char copy[64];
	size_t whole = 0;
	bool is_float = false;

	if (peek(lx, 0) == '+' || peek(lx, 0) == '-')
		lx->at++;
	token->is_negative = lx->text.ptr[begin] == '-';
	const bool leading_zero = peek(lx, 0) == '0';
	for (; is_digit(peek(lx, 0)); lx->at++)
		whole++;
	if (peek(lx, 0) == '.' && is_digit(peek(lx, 1))) {
		is_float = true;
		for (lx->at++; is_digit(peek(lx, 0)); lx->at++)
			;
	}
	if (!is_float && (whole == 0 || (leading_zero && whole > 1)))
		return fail(lx, diag, begin, "not a number");
	const struct nrs_span text =
		nrs_span_part(lx->text, begin, lx->at - begin);
	token->kind = is_float ? NRS_TOK_FLOAT : NRS_TOK_INT;
	const size_t len =
		text.len < sizeof(copy) - 1 ? text.len : sizeof(copy) - 1;
	memcpy(copy, text.ptr, len);
	copy[len] = '\0';
	token->real = strtod(copy, NULL);
	if (!is_float && nrs_span_i64(text, &token->integer) != NRS_OK)
		token->late_error = NRS_E_RANGE;
	return NRS_OK;
}

static void lex_word(struct nrs_lexer *lx, struct nrs_token *token)
{
	const size_t begin = lx->at;
	size_t plain_end = 0;

	while (is_letter(peek(lx, 0)) || is_digit(peek(lx, 0)) ||
	       peek(lx, 0) == '-') {
		if (peek(lx, 0) == '-' && plain_end == 0)
			plain_end = lx->at;
		lx->at++;
	}
	token->text = nrs_span_part(lx->text, begin, lx->at - begin);
	token->kind = plain_end != 0 ? NRS_TOK_HYPHEN : NRS_TOK_NAME;
	if (plain_end == 0 && is_keyword(token->text, lx->version))
		token->kind = NRS_TOK_KEYWORD;
}

static int lex_punct(struct nrs_lexer *lx, struct nrs_token *token,
		     struct nrs_diag *diag)
{
	const uint8_t c = peek(lx, 0);
	const bool then_equal = peek(lx, 1) == '=';

	token->kind = NRS_TOK_PUNCT;
	token->code = c;
	if (c == '=' && then_equal)
		token->code = '=';
	else if (c == '!' && then_equal)
		token->code = 'n';
	else if (c == '<' && peek(lx, 1) == '>')
		token->code = 'n';
	else if (c == '<' && then_equal)
		token->code = 'l';
	else if (c == '>' && then_equal)
		token->code = 'g';
	else if (memchr("[]().,:*=<>", c, 11) == NULL || c == 0)
		return fail(lx, diag, lx->at, "unexpected character");
	lx->at += (c == '=' && then_equal) || token->code != c ? 2 : 1;
	return NRS_OK;
}

int nrs_lex_next(struct nrs_lexer *lx, struct nrs_token *token,
		 struct nrs_diag *diag)
{
	*token = (struct nrs_token){0};
	int err = skip_blanks(lx, diag);
	if (err != NRS_OK)
		return err;
	const size_t begin = lx->at;
	const uint8_t c = peek(lx, 0), next = peek(lx, 1);

	if (begin >= lx->text.len)
		token->kind = NRS_TOK_END;
	else if (c == '\'')
		err = lex_string(lx, token, diag);
	else if (next == '\'' && c == 't')
		err = lex_stamp(lx, token, diag);
	else if (next == '\'' && c == 'h')
		err = lex_hex(lx, token, diag);
	else if (next == '\'' && c == 'b')
		err = lex_base64(lx, token, diag);
	else if (is_digit(c) || c == '+' || c == '-' ||
		 (c == '.' && is_digit(next)))
		err = lex_number(lx, token, diag);
	else if (is_letter(c))
		lex_word(lx, token);
	else
		err = lex_punct(lx, token, diag);
	token->text = nrs_span_part(lx->text, begin, lx->at - begin);
	return err;
}
