/* SPDX-License-Identifier: Apache-2.0 */
/*
 * list_shape: addresses first, then hashes, URLs, mail addresses and names.
 * Each rule says yes, no, or refuses because the value is nearly its own: a
 * value that is nearly an address must not become a name.
 */
#include "loaders/list_shape.h"

#include "engine/canon.h"

/* A rule's word: NRS_OK taken, NRS_E_FORMAT refused with a reason. */
#define NOT_MINE NRS_E_NOTFOUND

static int refuse(struct nrs_list_value *found, const char *reason)
{
	found->reason = reason;
	return NRS_E_FORMAT;
}

static int take(struct nrs_list_value *found, enum nrs_shape shape,
		const void *text, size_t len)
{
	found->shape = shape;
	found->text = nrs_span(text, len);
	return NRS_OK;
}

static bool is_digit(uint8_t c)
{
	return c >= '0' && c <= '9';
}

static bool is_hex(struct nrs_span value)
{
	for (size_t i = 0; i < value.len; i++) {
		const uint8_t c = nrs_ascii_lower(value.ptr[i]);

		if (!is_digit(c) && (c < 'a' || c > 'f'))
			return false;
	}
	return value.len > 0;
}

static bool is_number(struct nrs_span value)
{
	for (size_t i = 0; i < value.len; i++) {
		if (!is_digit(value.ptr[i]))
			return false;
	}
	return value.len > 0;
}

/* Offset of the last @byte, or SIZE_MAX. */
static size_t find_last(struct nrs_span value, uint8_t byte)
{
	for (size_t i = value.len; i-- > 0;) {
		if (value.ptr[i] == byte)
			return i;
	}
	return SIZE_MAX;
}

static int as_hash(struct nrs_span value, uint8_t *out,
		   struct nrs_list_value *found)
{
	static const struct {
		size_t digits;
		enum nrs_shape shape;
	} rows[] = {{32, NRS_SHAPE_MD5},
		    {40, NRS_SHAPE_SHA1},
		    {64, NRS_SHAPE_SHA256},
		    {96, NRS_SHAPE_SHA384},
		    {128, NRS_SHAPE_SHA512}};

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		if (value.len != rows[i].digits || !is_hex(value))
			continue;
		nrs_canon_lower(value, out);
		return take(found, rows[i].shape, out, value.len);
	}
	return NOT_MINE;
}

/* t13d1516h2_8daaf6152771_b186095e22b6; exact, lower case only. */
static int as_ja4(struct nrs_span v, struct nrs_list_value *found)
{
	static const char *const sets[] = {
		"tqd",
		"0123456789s",
		"0123456789abcdefghijklmnopqrstuvwxyz",
		"di",
		"0123456789",
		"0123456789abcdefghijklmnopqrstuvwxyz",
		"0123456789abcdef",
		"_"};
	static const char layout[] = "012344445576666666666667666666666666";

	if (v.len != sizeof(layout) - 1)
		return NOT_MINE;
	for (size_t i = 0; i < v.len; i++) {
		if (v.ptr[i] == 0 ||
		    strchr(sets[layout[i] - '0'], v.ptr[i]) == NULL)
			return NOT_MINE;
	}
	return take(found, NRS_SHAPE_JA4, v.ptr, v.len);
}

/* An address or a prefix. */
static int as_address(struct nrs_span value, char *out,
		      struct nrs_list_value *found)
{
	const size_t slash = nrs_span_find(value, '/', 0);
	struct nrs_prefix prefix;
	struct nrs_addr addr;

	if (nrs_prefix_parse(value, &prefix) != NRS_OK) {
		if (slash != SIZE_MAX &&
		    is_number(nrs_span_from(value, slash + 1)) &&
		    nrs_addr_parse(nrs_span_part(value, 0, slash), &addr) ==
			    NRS_OK)
			return refuse(found,
				      "a prefix longer than its address");
		return NOT_MINE;
	}
	const size_t len = prefix.bits == 128
				   ? nrs_addr_format(&prefix.addr, out)
				   : nrs_prefix_format(&prefix, out);
	return take(found,
		    nrs_addr_is_v4(&prefix.addr) && prefix.bits >= 96
			    ? NRS_SHAPE_IPV4
			    : NRS_SHAPE_IPV6,
		    out, len);
}

/* a.b.c.d:port or [v6]:port */
static int as_address_port(struct nrs_span value, char *out,
			   struct nrs_list_value *found)
{
	const size_t colon = find_last(value, ':');
	const struct nrs_span host = nrs_span_part(value, 0, colon);
	const struct nrs_span port = nrs_span_from(value, colon + 1);
	struct nrs_addr addr;
	uint64_t number = 0;

	if (colon == SIZE_MAX || !is_number(port) ||
	    (nrs_span_find(host, ':', 0) != SIZE_MAX &&
	     !nrs_span_ends(host, "]")) ||
	    nrs_addr_parse(host, &addr) != NRS_OK)
		return NOT_MINE;
	if (nrs_span_u64(port, &number) != NRS_OK || number == 0 ||
	    number > 65535)
		return refuse(found, "a port outside 1 to 65535");
	const bool is_v4 = nrs_addr_is_v4(&addr);
	char *at = out;
	if (!is_v4)
		*at++ = '[';
	at += nrs_addr_format(&addr, at);
	if (!is_v4)
		*at++ = ']';
	*at++ = ':';
	for (uint64_t unit = 10000; unit > 0; unit /= 10) {
		if (number >= unit)
			*at++ = (char)('0' + number / unit % 10);
	}
	return take(found, NRS_SHAPE_ADDR_PORT, out, (size_t)(at - out));
}

/*
 * Host names: letters, digits, - and _, a last label that is not all digits.
 * DNS carries more than that; what else stands in a list is a slip.
 */
static bool is_host_name(struct nrs_span name)
{
	const size_t dot = find_last(name, '.');
	const struct nrs_span last =
		nrs_span_from(name, dot == SIZE_MAX ? 0 : dot + 1);

	for (size_t i = 0; i < name.len; i++) {
		const uint8_t c = name.ptr[i];

		if (!(c >= 'a' && c <= 'z') && !is_digit(c) && c != '.' &&
		    c != '-' && c != '_')
			return false;
	}
	return !is_number(last);
}

static int as_url(struct nrs_span value, uint8_t *out, size_t room,
		  struct nrs_list_value *found)
{
	const size_t slash = nrs_span_find(value, '/', 0);
	const size_t at = nrs_span_find(value, '@', 0);
	struct nrs_addr addr;
	struct nrs_url url;

	if (slash == SIZE_MAX)
		return NOT_MINE;
	if (slash == 0)
		return refuse(found, "a path without a host");
	if (nrs_canon_url(value, NRS_CANON_INDICATOR, out, room, &url) !=
		    NRS_OK ||
	    (nrs_addr_parse(url.host, &addr) != NRS_OK &&
	     !is_host_name(url.host)))
		return refuse(found, "a URL without a valid host");
	/* Without a scheme host/path is meant, not any word with a slash. */
	if (url.scheme.len == 0 &&
	    (at < slash || (nrs_span_find(url.host, '.', 0) == SIZE_MAX &&
			    nrs_addr_parse(url.host, &addr) != NRS_OK)))
		return refuse(found, "a path without a host");
	return take(found, NRS_SHAPE_URL, url.whole.ptr, url.whole.len);
}

static int as_mail(struct nrs_span value, uint8_t *out,
		   struct nrs_list_value *found)
{
	const size_t at = find_last(value, '@');
	size_t len = 0;

	if (at == SIZE_MAX)
		return NOT_MINE;
	const struct nrs_span domain = nrs_span_from(value, at + 1);
	if (at == 0 || nrs_span_find(value, '@', 0) != at ||
	    nrs_span_find(value, ':', 0) < at ||
	    nrs_span_find(domain, '.', 0) == SIZE_MAX ||
	    nrs_canon_name(domain, NRS_CANON_INDICATOR, out + at + 1, &len) !=
		    NRS_OK ||
	    !is_host_name(nrs_span(out + at + 1, len)))
		return refuse(found, "a mail address without a valid domain");
	nrs_canon_lower(nrs_span_part(value, 0, at + 1), out);
	return take(found, NRS_SHAPE_EMAIL, out, at + 1 + len);
}

static int as_name(struct nrs_span value, uint8_t *out,
		   struct nrs_list_value *found)
{
	enum nrs_shape shape = NRS_SHAPE_NAME;
	const size_t colon = find_last(value, ':');
	size_t len = 0;

	if (colon != SIZE_MAX && is_number(nrs_span_from(value, colon + 1)))
		return refuse(found, "a name with a port: not read yet");
	if (nrs_span_starts(value, "*.") || nrs_span_starts(value, ".")) {
		shape = NRS_SHAPE_SUBDOMAINS;
		value = nrs_span_from(value, value.ptr[0] == '*' ? 2 : 1);
	}
	if (nrs_canon_name(value, NRS_CANON_INDICATOR, out, &len) != NRS_OK ||
	    nrs_span_find(nrs_span(out, len), '.', 0) == SIZE_MAX ||
	    !is_host_name(nrs_span(out, len)))
		return refuse(found,
			      "no address, name, URL, hash or mail address");
	return take(found, shape, out, len);
}

int nrs_list_shape(struct nrs_span value, uint8_t *out, size_t room,
		   struct nrs_list_value *found)
{
	int err;

	*found = (struct nrs_list_value){.shape = NRS_SHAPE_PATTERN};
	if (value.len == 0 || room < NRS_SHAPE_ROOM(value.len))
		return refuse(found, "longer than the room for it");
	for (size_t i = 0; i < value.len; i++) {
		if (value.ptr[i] <= ' ' || value.ptr[i] == 0x7f)
			return refuse(found, "more than one word");
	}
	err = as_address(value, (char *)out, found);
	if (err == NOT_MINE)
		err = as_address_port(value, (char *)out, found);
	if (err == NOT_MINE)
		err = as_hash(value, out, found);
	if (err == NOT_MINE)
		err = as_ja4(value, found);
	if (err == NOT_MINE)
		err = as_url(value, out, room, found);
	if (err == NOT_MINE)
		err = as_mail(value, out, found);
	if (err == NOT_MINE)
		err = as_name(value, out, found);
	return err;
}
