/* SPDX-License-Identifier: Apache-2.0 */
/*
 * span: bytes that somebody else owns, by value. Nothing needs a NUL.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct nrs_span {
	const uint8_t *ptr;
	size_t len;
};

static inline struct nrs_span nrs_span(const void *ptr, size_t len)
{
	return (struct nrs_span){.ptr = ptr, .len = len};
}

/* A view of a NUL-terminated text without its NUL; NULL gives the empty span.
 */
static inline struct nrs_span nrs_span_of(const char *text)
{
	return nrs_span(text, text == NULL ? 0 : strlen(text));
}

static inline bool nrs_span_equal(struct nrs_span a, struct nrs_span b)
{
	return a.len == b.len &&
	       (a.len == 0 || memcmp(a.ptr, b.ptr, a.len) == 0);
}

/* True if @span holds exactly the bytes of @text. */
static inline bool nrs_span_is(struct nrs_span span, const char *text)
{
	return nrs_span_equal(span, nrs_span_of(text));
}

/* The part from @from, @len bytes at most; never outside @span. */
static inline struct nrs_span nrs_span_part(struct nrs_span span, size_t from,
					    size_t len)
{
	if (from > span.len)
		from = span.len;
	if (len > span.len - from)
		len = span.len - from;
	return nrs_span(span.len == 0 ? span.ptr : span.ptr + from, len);
}

static inline struct nrs_span nrs_span_from(struct nrs_span span, size_t from)
{
	return nrs_span_part(span, from, SIZE_MAX);
}

/* <0, 0, >0 by bytes, the shorter first on a common start. */
int nrs_span_compare(struct nrs_span a, struct nrs_span b);

/* ASCII letters compare without case. */
bool nrs_span_is_icase(struct nrs_span span, const char *text);
bool nrs_span_starts(struct nrs_span span, const char *prefix);
bool nrs_span_ends(struct nrs_span span, const char *suffix);

/* Offset of the first @byte at or after @from, or SIZE_MAX. */
size_t nrs_span_find(struct nrs_span span, uint8_t byte, size_t from);

/* Offset of the first occurrence of @needle, or SIZE_MAX. */
size_t nrs_span_find_text(struct nrs_span span, const char *needle);

/* Without ASCII blanks (space \t \r \n \v \f) on both sides. */
struct nrs_span nrs_span_trim(struct nrs_span span);

/*
 * Cut the next field off @rest at @separator. False when nothing is left;
 * "a,,b" gives "a", "", "b"; an empty span gives nothing.
 */
bool nrs_span_split(struct nrs_span *rest, uint8_t separator,
		    struct nrs_span *field);

/* Decimal digits only, the whole span. NRS_E_SYNTAX or NRS_E_RANGE. */
int nrs_span_u64(struct nrs_span span, uint64_t *out);
int nrs_span_i64(struct nrs_span span, int64_t *out); /* one leading - or + */

/* Octets of the well-formed UTF-8 character (RFC 3629) at the start, or 0. */
size_t nrs_span_utf8_len(struct nrs_span span);

/* True if the whole span is well-formed UTF-8. */
bool nrs_span_is_utf8(struct nrs_span span);

static inline uint8_t nrs_ascii_lower(uint8_t c)
{
	return (uint8_t)(c >= 'A' && c <= 'Z' ? c + 32 : c);
}
