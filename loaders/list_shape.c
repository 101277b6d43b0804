/* SPDX-License-Identifier: Apache-2.0 */
/*
 * list_shape: addresses first, then hashes, URLs, mail addresses and names.
 */
#include "loaders/list_shape.h"

#include "engine/canon.h"

static bool is_hex(struct nrs_span value)
{
	for (size_t i = 0; i < value.len; i++) {
		const uint8_t c = nrs_ascii_lower(value.ptr[i]);

		if ((c < '0' || c > '9') && (c < 'a' || c > 'f'))
			return false;
	}
	return value.len > 0;
}

static bool hash_shape(struct nrs_span value, enum nrs_shape *shape)
{
	if (!is_hex(value))
		return false;
	switch (value.len) {
	case 32:
		*shape = NRS_SHAPE_MD5;
		return true;
	case 40:
		*shape = NRS_SHAPE_SHA1;
		return true;
	case 64:
		*shape = NRS_SHAPE_SHA256;
		return true;
	case 128:
		*shape = NRS_SHAPE_SHA512;
		return true;
	default:
		return false;
	}
}

/* t13d1516h2_8daaf6152771_b186095e22b6 */
static bool is_ja4(struct nrs_span v)
{
	return v.len == 36 && memchr("tqd", v.ptr[0], 3) != NULL &&
	       v.ptr[10] == '_' && v.ptr[23] == '_' &&
	       is_hex(nrs_span_part(v, 11, 12)) &&
	       is_hex(nrs_span_part(v, 24, 12));
}

static bool address_shape(struct nrs_span value, enum nrs_shape *shape,
			  char *out, struct nrs_span *text)
{
	struct nrs_prefix prefix;
	const bool has_bits = nrs_span_find(value, '/', 0) != SIZE_MAX;

	if (nrs_prefix_parse(value, &prefix) != NRS_OK)
		return false;
	const size_t len = prefix.bits == 128 || !has_bits
				   ? nrs_addr_format(&prefix.addr, out)
				   : nrs_prefix_format(&prefix, out);
	*shape = nrs_addr_is_v4(&prefix.addr) && prefix.bits >= 96
			 ? NRS_SHAPE_IPV4
			 : NRS_SHAPE_IPV6;
	*text = nrs_span(out, len);
	return true;
}

/* a.b.c.d:port or [v6]:port */
static bool is_addr_port(struct nrs_span value)
{
	struct nrs_addr addr;
	size_t colon = SIZE_MAX;
	uint64_t port;

	for (size_t i = 0; i < value.len; i++)
		colon = value.ptr[i] == ':' ? i : colon;
	if (colon == SIZE_MAX)
		return false;
	const struct nrs_span host = nrs_span_part(value, 0, colon);
	if (nrs_span_find(host, ':', 0) != SIZE_MAX &&
	    !nrs_span_ends(host, "]"))
		return false;
	return nrs_addr_parse(host, &addr) == NRS_OK &&
	       nrs_span_u64(nrs_span_from(value, colon + 1), &port) == NRS_OK &&
	       port > 0 && port <= 65535;
}

static int name_shape(struct nrs_span value, enum nrs_shape *shape,
		      uint8_t *out, struct nrs_span *text)
{
	size_t len = 0;

	*shape = NRS_SHAPE_NAME;
	if (nrs_span_starts(value, "*.")) {
		*shape = NRS_SHAPE_SUBDOMAINS;
		value = nrs_span_from(value, 2);
	}
	if (nrs_span_find(value, '.', 0) == SIZE_MAX ||
	    nrs_canon_name(value, NRS_CANON_INDICATOR, out, &len) != NRS_OK)
		return NRS_E_FORMAT;
	*text = nrs_span(out, len);
	for (size_t i = 0; i < len; i++) {
		const uint8_t c = out[i];

		if (!(c >= 'a' && c <= 'z') && !(c >= '0' && c <= '9') &&
		    c != '.' && c != '-' && c != '_')
			return NRS_E_FORMAT;
	}
	/* A top-level label of digits alone is no name of the field's. */
	if (out[len - 1] >= '0' && out[len - 1] <= '9' &&
	    nrs_span_find_text(*text, "xn--") == SIZE_MAX) {
		for (size_t i = len; i-- > 0 && out[i] != '.';) {
			if (out[i] < '0' || out[i] > '9')
				return NRS_OK;
		}
		return NRS_E_FORMAT;
	}
	return NRS_OK;
}

static int mail_shape(struct nrs_span value, size_t at, uint8_t *out,
		      struct nrs_span *text)
{
	size_t len = 0;

	if (at == 0 || nrs_canon_name(nrs_span_from(value, at + 1),
				      NRS_CANON_INDICATOR, out, &len) != NRS_OK)
		return NRS_E_FORMAT;
	nrs_canon_lower(value, out);
	*text = nrs_span(out, value.len);
	return NRS_OK;
}

int nrs_list_shape(struct nrs_span value, enum nrs_shape *shape, uint8_t *out,
		   size_t room, struct nrs_span *text)
{
	struct nrs_url url;

	if (value.len == 0 || room < NRS_SHAPE_ROOM(value.len))
		return NRS_E_FORMAT;
	if (address_shape(value, shape, (char *)out, text))
		return NRS_OK;
	if (is_addr_port(value)) {
		*shape = NRS_SHAPE_ADDR_PORT;
		*text = value;
		return NRS_OK;
	}
	if (hash_shape(value, shape)) {
		nrs_canon_lower(value, out);
		*text = nrs_span(out, value.len);
		return NRS_OK;
	}
	if (is_ja4(value)) {
		*shape = NRS_SHAPE_JA4;
		*text = value;
		return NRS_OK;
	}
	if (nrs_span_find_text(value, "://") != SIZE_MAX ||
	    nrs_span_find(value, '/', 0) != SIZE_MAX ||
	    nrs_span_find(value, ':', 0) != SIZE_MAX) {
		*shape = NRS_SHAPE_URL;
		if (nrs_span_find(value, ' ', 0) != SIZE_MAX ||
		    nrs_canon_url(value, NRS_CANON_INDICATOR, out, room,
				  &url) != NRS_OK ||
		    nrs_span_find(url.host, '.', 0) == SIZE_MAX)
			return NRS_E_FORMAT;
		*text = url.whole;
		return NRS_OK;
	}
	const size_t at = nrs_span_find(value, '@', 0);
	if (at != SIZE_MAX) {
		*shape = NRS_SHAPE_EMAIL;
		return mail_shape(value, at, out, text);
	}
	return name_shape(value, shape, out, text);
}
