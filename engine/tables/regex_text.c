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

/* The sequences of RFC 3629 of more than one octet. */
#define SEQUENCES                                                              \
	"(?:[\\xc2-\\xdf][\\x80-\\xbf]|\\xe0[\\xa0-\\xbf][\\x80-\\xbf]|"       \
	"[\\xe1-\\xec\\xee\\xef][\\x80-\\xbf]{2}|"                             \
	"\\xed[\\x80-\\x9f][\\x80-\\xbf]|\\xf0[\\x90-\\xbf][\\x80-\\xbf]{2}|"  \
	"[\\xf1-\\xf3][\\x80-\\xbf]{3}|\\xf4[\\x80-\\x8f][\\x80-\\xbf]{2}|"
#define ALONE "[\\x00-\\x7f\\xc0\\xc1\\xf5-\\xff" /* never part of one */

/* Is it known what stands at @at: ASCII, or an end of the value? */
static bool is_fixed(struct nrs_span text, size_t at)
{
	return at >= text.len || (text.ptr[at] != '%' && text.ptr[at] != '_');
}

/* The character of the "_" at @at, in octets. One octet alone must not be cut
 * off a sequence: what could begin or go on with one counts where its
 * neighbour is known to be none of it. */
static void put_character(struct nrs_text *out, struct nrs_span text, size_t at)
{
	nrs_text_puts(out, SEQUENCES ALONE);
	if (is_fixed(text, at - 1)) /* or nothing: at - 1 is beyond the end */
		nrs_text_puts(out, "\\x80-\\xbf");
	if (is_fixed(text, at + 1))
		nrs_text_puts(out, "\\xc2-\\xf4");
	nrs_text_puts(out, "])");
}

static void put_like(struct nrs_text *out, struct nrs_span text)
{
	bool is_ascii = true;

	for (size_t i = 0; i < text.len; i++)
		is_ascii &= text.ptr[i] < 0x80;
	for (size_t i = 0; i < text.len; i++) {
		if (text.ptr[i] == '%')
			nrs_text_puts(out, ".*");
		else if (text.ptr[i] != '_')
			put_literal(out, nrs_span_part(text, i, 1));
		else if (is_ascii)
			put_character(out, text, i);
		else
			nrs_text_putc(out, '.');
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

static void put_octets(struct nrs_text *out, struct nrs_span octets)
{
	for (size_t i = 0; i < octets.len; i++)
		nrs_text_printf(out, "\\x%02x", octets.ptr[i]);
}

/* LIKE without the runs of % at both sides, which ask for nothing. */
static struct nrs_span like_core(struct nrs_span text)
{
	size_t from = 0, to = text.len;

	while (from < to && text.ptr[from] == '%')
		from++;
	while (to > from && text.ptr[to - 1] == '%')
		to--;
	return nrs_span_part(text, from, to - from);
}

static void put_like_stream(struct nrs_text *out, struct nrs_span text)
{
	const struct nrs_span core = like_core(text);
	const size_t before = core.len == 0 ? 0 : (size_t)(core.ptr - text.ptr);

	if (!nrs_span_starts(text, "%"))
		nrs_text_puts(out, "\\A");
	for (size_t i = 0; i < core.len; i++) {
		const bool is_run = core.ptr[i] == '%';

		if (is_run && i > 0 && core.ptr[i - 1] == '%')
			continue;
		if (is_run)
			nrs_text_puts(out, ".*");
		else if (core.ptr[i] == '_')
			put_character(out, text, before + i);
		else
			put_octets(out, nrs_span_part(core, i, 1));
	}
	if (!nrs_span_ends(text, "%"))
		nrs_text_puts(out, "\\z");
}

/* The expression with each character of two octets as the one that it names,
 * written as an escape; a NUL, which would end it, too. */
static int put_octet_pcre(struct nrs_text *out, struct nrs_span text)
{
	const bool has_quotes = nrs_span_find_text(text, "\\Q") != SIZE_MAX;
	bool is_escaped = false;

	for (size_t i = 0; i < text.len; i++) {
		unsigned int c = text.ptr[i];

		if (c == 0xc2 || c == 0xc3)
			c = i + 1 < text.len
				    ? (c & 3u) << 6 | (text.ptr[++i] & 0x3fu)
				    : 256;
		else if (c >= 0x80)
			c = 256;
		if (c > 255)
			return NRS_E_RANGE;
		if (c != 0 && c < 0x80) {
			nrs_text_putc(out, (char)c);
			is_escaped = c == '\\' && !is_escaped;
			continue;
		}
		if (has_quotes)
			return NRS_E_UNSUPPORTED;
		nrs_text_printf(out, is_escaped ? "x%02x" : "\\x%02x", c);
		is_escaped = false;
	}
	return NRS_OK;
}

int nrs_regex_stream(struct nrs_text *out, const struct nrs_regex *regex)
{
	int err = NRS_OK;

	nrs_text_clear(out);
	if (regex->kind == NRS_REGEX_OCTETS) {
		nrs_text_puts(out, "\\A");
		put_octets(out, regex->text);
		nrs_text_puts(out, "\\z");
	} else if (is_like(regex)) {
		put_like_stream(out, regex->text);
	} else {
		err = put_octet_pcre(out, regex->text);
	}
	if (out->len == 0) /* anything: the first octet will do */
		nrs_text_putc(out, '.');
	nrs_text_putc(out, '\0');
	return out->failed ? NRS_E_NOMEM : err;
}

bool nrs_regex_from_start(const struct nrs_regex *regex)
{
	if (regex->kind == NRS_REGEX_OCTETS)
		return true;
	return is_like(regex) ? !nrs_span_starts(regex->text, "%")
			      : !is_floating(regex->text, 'a');
}

bool nrs_regex_to_end(const struct nrs_regex *regex)
{
	const struct nrs_span text = regex->text;

	if (regex->kind == NRS_REGEX_OCTETS)
		return true;
	if (is_like(regex))
		return !nrs_span_ends(text, "%");
	for (size_t i = 0; i < text.len; i++) {
		if (text.ptr[i] == '$')
			return true;
		if (text.ptr[i] != '\\' || ++i == text.len)
			continue;
		if (text.ptr[i] == 'z' || text.ptr[i] == 'Z' ||
		    text.ptr[i] == 'b' || text.ptr[i] == 'B')
			return true;
	}
	return false;
}
