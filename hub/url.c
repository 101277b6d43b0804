/* SPDX-License-Identifier: Apache-2.0 */
/*
 * url: origins compared by their parts, paths joined as they stand.
 */
#include "hub/url.h"

#include <stdio.h>

struct origin {
	struct nrs_span host;
	uint64_t port;
	bool is_https;
};

/* Where the authority of @url starts, or 0: not http or https. */
static size_t authority_at(struct nrs_span url)
{
	if (nrs_span_is_icase(nrs_span_part(url, 0, 8), "https://"))
		return 8;
	return nrs_span_is_icase(nrs_span_part(url, 0, 7), "http://") ? 7 : 0;
}

struct nrs_span nrs_url_origin(struct nrs_span url)
{
	const size_t from = authority_at(url);
	size_t to = from;

	if (from == 0)
		return nrs_span(NULL, 0);
	while (to < url.len && memchr("/?#", url.ptr[to], 3) == NULL)
		to++;
	return nrs_span_part(url, 0, to);
}

static bool split(struct nrs_span url, struct origin *out)
{
	const struct nrs_span origin = nrs_url_origin(url);
	const size_t from = authority_at(url);
	size_t colon = SIZE_MAX;

	if (from == 0 || origin.len == from)
		return false;
	out->is_https = from == 8;
	out->port = out->is_https ? 443 : 80;
	out->host = nrs_span_from(origin, from);
	for (size_t i = 0; i < out->host.len; i++) {
		if (out->host.ptr[i] == ']')
			colon = SIZE_MAX; /* those were an IPv6 address's */
		else if (out->host.ptr[i] == ':')
			colon = i;
	}
	if (colon == SIZE_MAX)
		return true;
	const struct nrs_span port = nrs_span_from(out->host, colon + 1);
	out->host = nrs_span_part(out->host, 0, colon);
	return out->host.len > 0 &&
	       (port.len == 0 || (nrs_span_u64(port, &out->port) == NRS_OK &&
				  out->port <= 65535));
}

bool nrs_url_is_base(struct nrs_span url)
{
	struct origin origin;

	if (url.len > NRS_URL_MAX || !split(url, &origin))
		return false;
	for (size_t i = 0; i < url.len; i++)
		if (url.ptr[i] <= ' ' || url.ptr[i] >= 0x7f ||
		    memchr("?#\\\"<>", url.ptr[i], 6) != NULL)
			return false;
	return nrs_span_find(nrs_url_origin(url), '@', 0) == SIZE_MAX;
}

bool nrs_url_same_origin(struct nrs_span a, struct nrs_span b)
{
	struct origin x, y;

	if (!split(a, &x) || !split(b, &y) || x.is_https != y.is_https ||
	    x.port != y.port || x.host.len != y.host.len)
		return false;
	for (size_t i = 0; i < x.host.len; i++)
		if (nrs_ascii_lower(x.host.ptr[i]) !=
		    nrs_ascii_lower(y.host.ptr[i]))
			return false;
	return true;
}

int nrs_url_join(struct nrs_text *out, struct nrs_span base,
		 struct nrs_span reference)
{
	const size_t at = out->len;

	if (!nrs_url_is_base(base))
		return NRS_E_SYNTAX;
	if (nrs_span_starts(reference, "//"))
		return NRS_E_SYNTAX; /* another host in disguise */
	if (authority_at(reference) == 0) {
		const bool is_rooted = nrs_span_starts(reference, "/");

		nrs_text_add(out, is_rooted ? nrs_url_origin(base) : base);
		if (!is_rooted && !nrs_span_ends(base, "/"))
			nrs_text_putc(out, '/');
	}
	nrs_text_add(out, reference);
	if (!nrs_span_ends(nrs_text_span(out), "/"))
		nrs_text_putc(out, '/');
	if (out->failed)
		return NRS_E_NOMEM;
	return nrs_url_is_base(nrs_span_from(nrs_text_span(out), at))
		       ? NRS_OK
		       : NRS_E_SYNTAX;
}

static bool is_unreserved(uint8_t c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
	       (c >= 'A' && c <= 'Z') || memchr("-._~", c, 4) != NULL;
}

void nrs_url_encode(struct nrs_text *out, struct nrs_span text)
{
	for (size_t i = 0; i < text.len; i++) {
		if (is_unreserved(text.ptr[i]))
			nrs_text_putc(out, (char)text.ptr[i]);
		else
			nrs_text_printf(out, "%%%02X", text.ptr[i]);
	}
}
