/* SPDX-License-Identifier: Apache-2.0 */
/*
 * build_operand: literals of patterns in the canonical form of their lane, and
 * the lane itself where the literal decides it (an address in dst_ref.value,
 * a URL without a scheme). Leniencies of the sensor profile are counted here.
 */
#include "engine/build_operand.h"

#include <math.h>
#include <stdio.h>

#include "engine/base/crypto.h"
#include "engine/base/stamp.h"
#include "engine/canon.h"
#include "engine/refang.h"

static int fail(struct nrs_builder *b, const char *what,
		const struct nrs_literal *literal)
{
	snprintf(b->reason, sizeof(b->reason), "%s: '%.*s'", what,
		 (int)(literal->bytes.len > 80 ? 80 : literal->bytes.len),
		 (const char *)literal->bytes.ptr);
	return NRS_E_FORMAT;
}

static int off(struct nrs_builder *b, enum nrs_leniency leniency)
{
	return nrs_lenient(b, leniency) ? NRS_OK : NRS_E_UNSUPPORTED;
}

/* The literal's text without its defanging, in the scratch arena. */
static struct nrs_span undefanged(struct nrs_builder *b,
				  const struct nrs_literal *literal,
				  bool is_counted)
{
	bool changed = false;
	const struct nrs_span text = nrs_span_trim(literal->bytes);
	uint8_t *room = nrs_arena_bytes(b->scratch, text.len + 1);

	if (room == NULL)
		return text;
	const size_t len = nrs_refang(text, room, &changed);
	if (!changed || (b->db->options.lenient_off &
			 NRS_LENIENCY_BIT(NRS_LENIENT_REFANGED)) != 0)
		return text;
	b->db->sizes.lenient[NRS_LENIENT_REFANGED] += is_counted;
	return nrs_span(room, len);
}

static struct nrs_span plain(struct nrs_builder *b,
			     const struct nrs_literal *literal)
{
	return undefanged(b, literal, true);
}

static bool is_address(struct nrs_span text)
{
	struct nrs_prefix prefix;

	return nrs_prefix_parse(text, &prefix) == NRS_OK;
}

static bool is_mac(struct nrs_span text)
{
	uint8_t mac[6];

	return nrs_canon_mac(text, mac) == NRS_OK;
}

static bool is_url(struct nrs_span text)
{
	return nrs_span_find_text(text, "://") != SIZE_MAX ||
	       nrs_span_find(text, '/', 0) != SIZE_MAX;
}

/* What follows host and port of a URL whose host is a star alone, its fragment
 * cut; empty if it is another URL. */
static struct nrs_span any_host_target(struct nrs_span url)
{
	const size_t scheme = nrs_span_find_text(url, "://");
	size_t at = 1;

	if (scheme != SIZE_MAX)
		url = nrs_span_from(url, scheme + 3);
	if (!nrs_span_starts(url, "*"))
		return nrs_span(NULL, 0);
	if (at < url.len && url.ptr[at] == ':') {
		do
			at++;
		while (at < url.len && url.ptr[at] >= '0' &&
		       url.ptr[at] <= '9');
	}
	if (at == url.len)
		return nrs_span_of("/");
	if (url.ptr[at] != '/')
		return nrs_span(NULL, 0);
	return nrs_span_part(url, at, nrs_span_find(url, '#', at) - at);
}

static enum nrs_lane ref_lane(struct nrs_span text, enum nrs_lane addr,
			      enum nrs_lane mac, enum nrs_lane name)
{
	if (is_address(text))
		return addr;
	return is_mac(text) ? mac : name;
}

/* The value is of another type than its path says. */
static enum nrs_lane retyped(struct nrs_builder *b, enum nrs_lane lane)
{
	return nrs_lenient(b, NRS_LENIENT_RETYPED) ? lane : NRS_LANE_COUNT;
}

static enum nrs_lane text_lane(struct nrs_builder *b, enum nrs_lane lane,
			       struct nrs_span text)
{
	const bool has_scheme = nrs_span_find_text(text, "://") != SIZE_MAX;

	if (lane == NRS_LANE_NAME && is_address(text))
		return retyped(b, NRS_LANE_ADDR);
	if (lane == NRS_LANE_NAME && is_url(text))
		return retyped(b,
			       has_scheme ? NRS_LANE_URL : NRS_LANE_URL_REST);
	if (lane == NRS_LANE_URL && any_host_target(text).len > 0)
		return nrs_lenient(b, NRS_LENIENT_STARS)
			       ? NRS_LANE_REQUEST_VALUE
			       : NRS_LANE_COUNT;
	if (lane == NRS_LANE_URL && !has_scheme)
		return retyped(b, NRS_LANE_URL_REST);
	if (lane == NRS_LANE_REQUEST_VALUE && has_scheme)
		return retyped(b, NRS_LANE_URL);
	return lane;
}

static enum nrs_lane digest_lane(struct nrs_span text)
{
	switch (text.len) {
	case 2 * NRS_MD5_LEN:
		return NRS_LANE_FILE_MD5;
	case 2 * NRS_SHA1_LEN:
		return NRS_LANE_FILE_SHA1;
	case 2 * NRS_SHA256_LEN:
		return NRS_LANE_FILE_SHA256;
	default:
		return NRS_LANE_COUNT;
	}
}

static enum nrs_lane find_lane(struct nrs_builder *b,
			       const struct nrs_path_map *map,
			       const struct nrs_literal *literal)
{
	const struct nrs_span text = undefanged(b, literal, false);
	enum nrs_lane lane;

	if (literal->type != NRS_LIT_STRING)
		return map->kind == NRS_PATH_LANE ? map->lane : NRS_LANE_COUNT;
	switch (map->kind) {
	case NRS_PATH_SRC_REF:
		return ref_lane(text, NRS_LANE_SRC_ADDR, NRS_LANE_SRC_MAC,
				NRS_LANE_COUNT);
	case NRS_PATH_DST_REF:
		lane = ref_lane(text, NRS_LANE_DST_ADDR, NRS_LANE_DST_MAC,
				NRS_LANE_DST_NAME);
		return lane == NRS_LANE_DST_NAME &&
				       !nrs_lenient(b, NRS_LENIENT_NAMES)
			       ? NRS_LANE_COUNT
			       : lane;
	case NRS_PATH_DIGEST:
		return digest_lane(nrs_span_trim(text));
	case NRS_PATH_RESOLVES:
		return ref_lane(text, NRS_LANE_RESOLVES_ADDR, NRS_LANE_COUNT,
				NRS_LANE_RESOLVES_NAME);
	default:
		return text_lane(b, map->lane, text);
	}
}

enum nrs_lane nrs_operand_lane(struct nrs_builder *b,
			       const struct nrs_path_map *map,
			       const struct nrs_literal *literal)
{
	const char first = b->reason[0];
	enum nrs_lane lane;

	b->reason[0] = '\0';
	lane = find_lane(b, map, literal);
	if (lane != NRS_LANE_COUNT)
		b->reason[0] = first; /* of another test */
	else if (b->reason[0] == '\0')
		snprintf(b->reason, sizeof(b->reason),
			 "this side has no such value");
	return lane;
}

static int hex_number(struct nrs_span text, int64_t *out)
{
	uint64_t value = 0;

	if (text.len == 0 || text.len > 16)
		return NRS_E_FORMAT;
	for (size_t i = 0; i < text.len; i++) {
		const uint8_t c = nrs_ascii_lower(text.ptr[i]);

		if (c >= '0' && c <= '9')
			value = value << 4 | (uint64_t)(c - '0');
		else if (c >= 'a' && c <= 'f')
			value = value << 4 | (uint64_t)(c - 'a' + 10);
		else
			return NRS_E_FORMAT;
	}
	*out = (int64_t)value;
	return NRS_OK;
}

static int number(struct nrs_builder *b, const struct nrs_path_map *map,
		  const struct nrs_literal *literal, struct nrs_operand *out)
{
	const struct nrs_span text = nrs_span_trim(literal->bytes);

	out->integer = literal->integer;
	out->real = literal->real;
	switch (literal->type) {
	case NRS_LIT_INT:
		out->real = (double)literal->integer;
		return NRS_OK;
	case NRS_LIT_BOOL:
		return map->lane == NRS_LANE_ACTIVE ||
				       map->lane == NRS_LANE_CERT_SELF_SIGNED
			       ? NRS_OK
			       : fail(b, "a truth value is no number", literal);
	case NRS_LIT_FLOAT:
		out->is_real = true;
		out->integer = (int64_t)fmax(fmin(literal->real, 9e18), -9e18);
		return NRS_OK;
	case NRS_LIT_BINARY:
		if (literal->bytes.len > 7)
			return fail(b, "too long a number", literal);
		out->integer = 0;
		for (size_t i = 0; i < literal->bytes.len; i++)
			out->integer =
				out->integer << 8 | literal->bytes.ptr[i];
		out->real = (double)out->integer;
		return NRS_OK;
	case NRS_LIT_STRING:
		if ((map->is_hex ? hex_number(text, &out->integer)
				 : nrs_span_i64(text, &out->integer)) != NRS_OK)
			return fail(b, "not a number", literal);
		out->real = (double)out->integer;
		return off(b,
			   map->is_hex ? NRS_LENIENT_HEX : NRS_LENIENT_NUMBERS);
	default:
		return fail(b, "not a number", literal);
	}
}

static int instant(struct nrs_builder *b, const struct nrs_literal *literal,
		   struct nrs_operand *out)
{
	out->integer = literal->integer;
	if (literal->type == NRS_LIT_TIME ||
	    (literal->type == NRS_LIT_STRING &&
	     nrs_stamp_parse(literal->bytes, &out->integer) == NRS_OK))
		return NRS_OK;
	return fail(b, "not a time", literal);
}

static int address(struct nrs_builder *b, const struct nrs_literal *literal,
		   struct nrs_operand *out)
{
	if (nrs_prefix_parse(plain(b, literal), &out->prefix) != NRS_OK)
		return fail(b, "not an address", literal);
	out->bytes = nrs_arena_copy(b->scratch,
				    nrs_span(out->prefix.addr.bytes, 16));
	return NRS_OK;
}

static int name(struct nrs_builder *b, const struct nrs_literal *literal,
		struct nrs_operand *out)
{
	struct nrs_span text = plain(b, literal);
	uint8_t *room = nrs_arena_bytes(b->scratch, NRS_CANON_NAME_ROOM);
	size_t len = 0;

	if (nrs_span_starts(text, "*.")) {
		if (!nrs_lenient(b, NRS_LENIENT_STARS))
			return NRS_E_UNSUPPORTED;
		text = nrs_span_from(text, 2);
	}
	if (room == NULL ||
	    nrs_canon_name(text, NRS_CANON_INDICATOR, room, &len) != NRS_OK)
		return fail(b, "not a domain name", literal);
	out->bytes = nrs_span(room, len);
	return NRS_OK;
}

static int url(struct nrs_builder *b, enum nrs_lane lane,
	       const struct nrs_literal *literal, struct nrs_operand *out)
{
	const struct nrs_span text = plain(b, literal);
	const size_t room = NRS_CANON_URL_ROOM(text.len);
	uint8_t *bytes = nrs_arena_bytes(b->scratch, room);
	struct nrs_url url;

	if (bytes == NULL || nrs_canon_url(text, NRS_CANON_INDICATOR, bytes,
					   room, &url) != NRS_OK)
		return fail(b, "not a URL", literal);
	out->bytes = lane == NRS_LANE_URL ? url.whole : url.rest;
	return NRS_OK;
}

/* "name\0value", the name in lower case. */
static int header(struct nrs_builder *b, const struct nrs_path_map *map,
		  const struct nrs_literal *literal, struct nrs_operand *out)
{
	const struct nrs_span value = nrs_span_trim(literal->bytes);
	const size_t len = map->header.len + 1 + value.len;
	uint8_t *bytes = nrs_arena_bytes(b->scratch, len);

	if (bytes == NULL)
		return NRS_E_NOMEM;
	nrs_canon_lower(map->header, bytes);
	bytes[map->header.len] = '\0';
	if (value.len > 0)
		memcpy(bytes + map->header.len + 1, value.ptr, value.len);
	out->bytes = nrs_span(bytes, len);
	return NRS_OK;
}

static int distinguished(struct nrs_builder *b,
			 const struct nrs_literal *literal,
			 struct nrs_operand *out)
{
	const struct nrs_span text = literal->bytes;
	uint8_t *room =
		nrs_arena_bytes(b->scratch, NRS_CANON_DN_ROOM(text.len));
	struct nrs_dn dn;

	if (room == NULL || nrs_canon_dn(text, room, &dn) != NRS_OK)
		return fail(b, "not a distinguished name", literal);
	out->bytes = dn.set;
	return NRS_OK;
}

static int digits(struct nrs_builder *b, bool is_number,
		  const struct nrs_literal *literal, struct nrs_operand *out)
{
	uint8_t *room = nrs_arena_bytes(b->scratch, literal->bytes.len + 1);
	size_t len = 0;

	if (room == NULL ||
	    nrs_canon_digits(literal->bytes, is_number, room, &len) != NRS_OK)
		return fail(b, "not hexadecimal", literal);
	out->bytes = nrs_span(room, len);
	return NRS_OK;
}

int nrs_operand_make(struct nrs_builder *b, enum nrs_lane lane,
		     const struct nrs_path_map *map,
		     const struct nrs_literal *literal, struct nrs_operand *out)
{
	const enum nrs_value_kind kind = nrs_lane_kind(lane);
	uint8_t *bytes;

	*out = (struct nrs_operand){0};
	if (kind == NRS_VALUE_INT)
		return number(b, map, literal, out);
	if (kind == NRS_VALUE_TIME)
		return instant(b, literal, out);
	if (literal->type != NRS_LIT_STRING)
		return fail(b, "only text can equal this property", literal);
	switch (kind) {
	case NRS_VALUE_ADDR:
		return address(b, literal, out);
	case NRS_VALUE_NAME:
	case NRS_VALUE_HOST:
		return name(b, literal, out);
	case NRS_VALUE_URL:
		return url(b, lane, literal, out);
	case NRS_VALUE_HEADER:
		return header(b, map, literal, out);
	case NRS_VALUE_DN:
		return distinguished(b, literal, out);
	case NRS_VALUE_HEX:
	case NRS_VALUE_SERIAL:
		return digits(b, kind == NRS_VALUE_SERIAL, literal, out);
	case NRS_VALUE_TOKEN:
	case NRS_VALUE_MAC:
		bytes = nrs_arena_bytes(b->scratch, literal->bytes.len + 6);
		if (bytes == NULL)
			return NRS_E_NOMEM;
		if (kind == NRS_VALUE_MAC) {
			out->bytes = nrs_span(bytes, 6);
			return nrs_canon_mac(plain(b, literal), bytes) == NRS_OK
				       ? NRS_OK
				       : fail(b, "not a MAC address", literal);
		}
		nrs_canon_lower(literal->bytes, bytes);
		out->bytes = nrs_span(bytes, literal->bytes.len);
		return NRS_OK;
	default:
		out->bytes = map->lane == NRS_LANE_URL
				     ? any_host_target(plain(b, literal))
				     : literal->bytes;
		return NRS_OK;
	}
}
