/* SPDX-License-Identifier: Apache-2.0 */
/*
 * build_like: LIKE and MATCHES in the form of the values that they are over.
 */
#include "engine/build_like.h"

#include <stdio.h>

#include "engine/canon.h"

bool nrs_like_octets(const struct nrs_test *test, struct nrs_prefix *prefix)
{
	const struct nrs_span text = test->literals[0].bytes;
	char padded[64];
	unsigned int dots = 0;

	if (test->op != NRS_OP_LIKE || text.len < 3 || text.len > 13 ||
	    !nrs_span_ends(text, ".%"))
		return false;
	const struct nrs_span head = nrs_span_part(text, 0, text.len - 2);
	for (size_t i = 0; i < head.len; i++)
		dots += head.ptr[i] == '.';
	if (dots > 2)
		return false;
	snprintf(padded, sizeof(padded), "%.*s%s/%u", (int)head.len,
		 (const char *)head.ptr, &".0.0.0"[2 * dots], 8 * (dots + 1));
	return nrs_prefix_parse(nrs_span_of(padded), prefix) == NRS_OK;
}

/*
 * How much at the front of a LIKE over URLs is scheme and host, which are in
 * lower case everywhere: up to the first slash behind "://", else up to the
 * first wildcard behind it, because what follows may be path; without "://"
 * where it could be a scheme, up to the first wildcard.
 */
static size_t host_end(enum nrs_lane lane, struct nrs_span text)
{
	const size_t scheme = nrs_span_find_text(text, "://");
	const size_t from = scheme == SIZE_MAX ? 0 : scheme + 3;
	size_t end = nrs_span_find(text, '/', from);

	if (scheme == SIZE_MAX && lane == NRS_LANE_URL)
		end = SIZE_MAX;
	if (end == SIZE_MAX)
		end = nrs_span_find(text, '%', from);
	return end == SIZE_MAX ? text.len : end;
}

struct nrs_span nrs_like_text(struct nrs_builder *b, enum nrs_lane lane,
			      const struct nrs_test *test)
{
	const enum nrs_value_kind kind = nrs_lane_kind(lane);
	const struct nrs_span text = test->literals[0].bytes;
	const bool is_like = test->op == NRS_OP_LIKE;
	const char *fold = "(?i)";
	uint8_t *bytes = nrs_arena_bytes(b->scratch, text.len + 8);

	if (bytes == NULL)
		return text;
	if ((kind == NRS_VALUE_TOKEN || kind == NRS_VALUE_HEX ||
	     kind == NRS_VALUE_SERIAL || kind == NRS_VALUE_MAC ||
	     kind == NRS_VALUE_NAME) &&
	    !is_like) {
		memcpy(bytes, fold, 4);
		memcpy(bytes + 4, text.ptr, text.len);
		return nrs_span(bytes, text.len + 4);
	}
	if (is_like && kind == NRS_VALUE_URL) {
		const size_t host = host_end(lane, text);

		memcpy(bytes, text.ptr, text.len);
		nrs_canon_lower(nrs_span_part(text, 0, host), bytes);
		return nrs_span(bytes, text.len);
	}
	if (is_like && (kind == NRS_VALUE_HEX || kind == NRS_VALUE_SERIAL)) {
		size_t len = 0;

		for (size_t i = 0; i < text.len; i++) {
			const uint8_t c = nrs_ascii_lower(text.ptr[i]);

			if (c != ':' && c != '-' && c != ' ')
				bytes[len++] = c;
		}
		return nrs_span(bytes, len);
	}
	if (is_like && (kind == NRS_VALUE_TOKEN || kind == NRS_VALUE_NAME ||
			kind == NRS_VALUE_MAC)) {
		const bool has_dot =
			kind == NRS_VALUE_NAME && nrs_span_ends(text, ".");

		nrs_canon_lower(text, bytes);
		for (size_t i = 0; kind == NRS_VALUE_MAC && i < text.len; i++)
			bytes[i] = bytes[i] == '-' ? ':' : bytes[i];
		return nrs_span(bytes, text.len - has_dot);
	}
	return text;
}

unsigned int nrs_like_url_lanes(struct nrs_span like, enum nrs_lane lanes[2])
{
	size_t at = 0;

	if (nrs_span_find_text(like, "://") != SIZE_MAX ||
	    nrs_span_starts(like, "%"))
		return 1;
	lanes[1] = NRS_LANE_URL_REST;
	while (at < like.len && strchr("%_./:", like.ptr[at]) == NULL)
		at++;
	if (at < like.len && (like.ptr[at] == '%' || like.ptr[at] == '_'))
		return 2;
	lanes[0] = NRS_LANE_URL_REST;
	return 1;
}
