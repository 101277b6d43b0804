/* SPDX-License-Identifier: Apache-2.0 */
/*
 * regex_text: LIKE by hand into anchored PCRE; MATCHES behind a prefix only
 * where moving it there cannot change what it means.
 */
#include "engine/tables/regex_text.h"

static bool is_like(const struct nrs_regex *regex)
{
	return regex->kind == NRS_REGEX_LIKE ||
	       regex->kind == NRS_REGEX_PREFIX_LIKE;
}

bool nrs_regex_has_prefix(const struct nrs_regex *regex)
{
	return regex->kind == NRS_REGEX_PREFIX_LIKE ||
	       regex->kind == NRS_REGEX_PREFIX_PCRE;
}

static bool is_word(uint8_t c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	       (c >= '0' && c <= '9') || c == '_';
}

/* Letters and octets beyond ASCII as they are. A mark of punctuation keeps its
 * character too: NFC may join it with what follows ("=" and U+0338). */
static void put_literal(struct nrs_text *out, struct nrs_span text)
{
	for (size_t i = 0; i < text.len; i++) {
		const uint8_t c = text.ptr[i];

		if (c <= ' ' || c == 0x7f) {
			nrs_text_printf(out, "\\x%02x", c);
			continue;
		}
		if (c < 0x80 && !is_word(c))
			nrs_text_putc(out, '\\');
		nrs_text_putc(out, (char)c);
	}
}

/* One character of LIKE's "_" in octets: the sequences of RFC 3629, or any
 * single octet. */
#define ANY_CHARACTER                                                          \
	"(?:[\\xc2-\\xdf][\\x80-\\xbf]|\\xe0[\\xa0-\\xbf][\\x80-\\xbf]|"       \
	"[\\xe1-\\xec\\xee\\xef][\\x80-\\xbf]{2}|"                             \
	"\\xed[\\x80-\\x9f][\\x80-\\xbf]|\\xf0[\\x90-\\xbf][\\x80-\\xbf]{2}|"  \
	"[\\xf1-\\xf3][\\x80-\\xbf]{3}|\\xf4[\\x80-\\x8f][\\x80-\\xbf]{2}|.)"

static void put_like(struct nrs_text *out, struct nrs_span text)
{
	bool is_ascii = true;

	for (size_t i = 0; i < text.len; i++)
		is_ascii &= text.ptr[i] < 0x80;
	for (size_t i = 0; i < text.len; i++) {
		if (text.ptr[i] == '%')
			nrs_text_puts(out, ".*");
		else if (text.ptr[i] == '_')
			nrs_text_puts(out, is_ascii ? ANY_CHARACTER : ".");
		else
			put_literal(out, nrs_span_part(text, i, 1));
	}
	nrs_text_puts(out, "\\z");
}

/*
 * True if an expression means the same behind a prefix that ends in @last as
 * at the start of a value. What asks for the start does not.
 */
static bool is_floating(struct nrs_span text, uint8_t last)
{
	for (size_t i = 0; i < text.len; i++) {
		const uint8_t c = text.ptr[i];

		if (c == '^' && (i == 0 || text.ptr[i - 1] != '['))
			return false;
		if (c != '\\' || ++i == text.len)
			continue;
		const uint8_t escape = text.ptr[i];
		if (escape == 'A' || escape == 'G' ||
		    ((escape == 'b' || escape == 'B') && is_word(last)))
			return false;
	}
	return true;
}

void nrs_regex_body(struct nrs_text *out, const struct nrs_regex *regex)
{
	nrs_text_clear(out);
	if (is_like(regex)) {
		nrs_text_puts(out, "\\A");
		put_like(out, regex->text);
	} else {
		nrs_text_add(out, regex->text);
	}
}

bool nrs_regex_whole(struct nrs_text *out, const struct nrs_regex *regex)
{
	struct nrs_span text = regex->text;

	nrs_text_clear(out);
	if (is_like(regex)) {
		nrs_text_puts(out, "\\A");
		if (nrs_regex_has_prefix(regex))
			put_literal(out, regex->prefix);
		put_like(out, text);
		nrs_text_putc(out, '\0');
		return true;
	}
	if (text.len == 0 || nrs_span_find(text, 0, 0) != SIZE_MAX)
		return false;
	if (!nrs_regex_has_prefix(regex)) {
		nrs_text_add(out, text);
		nrs_text_putc(out, '\0');
		return true;
	}
	nrs_text_puts(out, "\\A");
	put_literal(out, regex->prefix);
	/* "^" alone at the start means the start of the rest: here. */
	const bool is_anchored = nrs_span_starts(text, "^") &&
				 nrs_span_find(text, '|', 0) == SIZE_MAX;
	const uint8_t last = regex->prefix.len == 0
				     ? 0
				     : regex->prefix.ptr[regex->prefix.len - 1];
	if (is_anchored)
		text = nrs_span_from(text, 1);
	nrs_text_puts(out, is_anchored ? "(?:" : ".*?(?:");
	nrs_text_add(out, text);
	nrs_text_puts(out, ")");
	nrs_text_putc(out, '\0');
	return text.len > 0 && is_floating(text, last);
}
