/* SPDX-License-Identifier: Apache-2.0 */
/*
 * span: comparison, search, splitting and numbers over borrowed bytes.
 */
#include "engine/base/span.h"

#include "engine/base/err.h"

int nrs_span_compare(struct nrs_span a, struct nrs_span b)
{
	const size_t common = a.len < b.len ? a.len : b.len;
	const int by = common == 0 ? 0 : memcmp(a.ptr, b.ptr, common);

	return by != 0 ? by : (a.len > b.len) - (a.len < b.len);
}

bool nrs_span_is_icase(struct nrs_span span, const char *text)
{
	if (span.len != strlen(text))
		return false;
	for (size_t i = 0; i < span.len; i++) {
		if (nrs_ascii_lower(span.ptr[i]) !=
		    nrs_ascii_lower((uint8_t)text[i]))
			return false;
	}
	return true;
}

bool nrs_span_starts(struct nrs_span span, const char *prefix)
{
	const size_t len = strlen(prefix);

	return span.len >= len && nrs_span_is(nrs_span(span.ptr, len), prefix);
}

bool nrs_span_ends(struct nrs_span span, const char *suffix)
{
	const size_t len = strlen(suffix);

	return span.len >= len &&
	       nrs_span_is(nrs_span_from(span, span.len - len), suffix);
}

size_t nrs_span_find(struct nrs_span span, uint8_t byte, size_t from)
{
	if (from >= span.len)
		return SIZE_MAX;
	const uint8_t *at = memchr(span.ptr + from, byte, span.len - from);
	return at == NULL ? SIZE_MAX : (size_t)(at - span.ptr);
}

size_t nrs_span_find_text(struct nrs_span span, const char *needle)
{
	if (span.len == 0)
		return *needle == '\0' ? 0 : SIZE_MAX;
	const uint8_t *at = memmem(span.ptr, span.len, needle, strlen(needle));
	return at == NULL ? SIZE_MAX : (size_t)(at - span.ptr);
}

static bool is_blank(uint8_t c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

struct nrs_span nrs_span_trim(struct nrs_span span)
{
	while (span.len > 0 && is_blank(span.ptr[0]))
		span = nrs_span_from(span, 1);
	while (span.len > 0 && is_blank(span.ptr[span.len - 1]))
		span.len--;
	return span;
}

bool nrs_span_split(struct nrs_span *rest, uint8_t separator,
		    struct nrs_span *field)
{
	if (rest->ptr == NULL || rest->len == 0)
		return false;
	const size_t at = nrs_span_find(*rest, separator, 0);
	if (at == SIZE_MAX) {
		*field = *rest;
		*rest = nrs_span(NULL, 0);
		return true;
	}
	*field = nrs_span_part(*rest, 0, at);
	*rest = nrs_span_from(*rest, at + 1);
	return true;
}

int nrs_span_u64(struct nrs_span span, uint64_t *out)
{
	uint64_t value = 0;

	if (span.len == 0)
		return NRS_E_SYNTAX;
	for (size_t i = 0; i < span.len; i++) {
		const unsigned int digit = (unsigned int)span.ptr[i] - '0';

		if (digit > 9)
			return NRS_E_SYNTAX;
		if (__builtin_mul_overflow(value, 10, &value) ||
		    __builtin_add_overflow(value, digit, &value))
			return NRS_E_RANGE;
	}
	*out = value;
	return NRS_OK;
}

int nrs_span_i64(struct nrs_span span, int64_t *out)
{
	const bool negative = span.len > 0 && span.ptr[0] == '-';
	uint64_t value;

	if (negative || (span.len > 0 && span.ptr[0] == '+'))
		span = nrs_span_from(span, 1);
	const int err = nrs_span_u64(span, &value);
	if (err != NRS_OK)
		return err;
	if (value > (uint64_t)INT64_MAX + (negative ? 1 : 0))
		return NRS_E_RANGE;
	*out = negative ? (int64_t)(0 - value) : (int64_t)value;
	return NRS_OK;
}

/* Length of the well-formed UTF-8 sequence at the start, or 0. */
static size_t utf8_len(const uint8_t *p, size_t len)
{
	static const uint8_t least2[] = {[0x0] = 0xa0, [0x10] = 0x90};
	size_t need;

	if (p[0] < 0x80)
		return 1;
	if (p[0] >= 0xc2 && p[0] <= 0xdf)
		need = 2;
	else if (p[0] >= 0xe0 && p[0] <= 0xef)
		need = 3;
	else if (p[0] >= 0xf0 && p[0] <= 0xf4)
		need = 4;
	else
		return 0;
	if (len < need)
		return 0;
	for (size_t i = 1; i < need; i++) {
		if ((p[i] & 0xc0) != 0x80)
			return 0;
	}
	if ((p[0] == 0xe0 && p[1] < least2[0]) ||
	    (p[0] == 0xed && p[1] > 0x9f) ||
	    (p[0] == 0xf0 && p[1] < least2[0x10]) ||
	    (p[0] == 0xf4 && p[1] > 0x8f))
		return 0;
	return need;
}

size_t nrs_span_utf8_len(struct nrs_span span)
{
	return span.len == 0 ? 0 : utf8_len(span.ptr, span.len);
}

/* How many octets at the start are ASCII, by eight. */
static size_t ascii_len(struct nrs_span span)
{
	size_t len = 0;
	uint64_t eight;

	for (; span.len - len >= sizeof(eight); len += sizeof(eight)) {
		memcpy(&eight, span.ptr + len, sizeof(eight));
		if ((eight & UINT64_C(0x8080808080808080)) != 0)
			break;
	}
	return len;
}

bool nrs_span_is_utf8(struct nrs_span span)
{
	for (size_t i = ascii_len(span); i < span.len;) {
		const size_t len = utf8_len(span.ptr + i, span.len - i);

		if (len == 0)
			return false;
		i += len;
	}
	return true;
}
