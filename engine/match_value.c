/* SPDX-License-Identifier: Apache-2.0 */
/*
 * match_value: canonical forms of traffic, and the tests that are tried one by
 * one. Nothing here allocates.
 */
#include "engine/match.h"

#include "engine/pattern.h"

static bool canonical_name(struct nrs_matcher *m, struct nrs_seen *seen,
			   struct nrs_span text)
{
	size_t len = 0;

	if (nrs_canon_name(text, NRS_CANON_TRAFFIC, m->room, &len) != NRS_OK)
		return false;
	seen->canonical = nrs_span(m->room, len);
	return true;
}

static void be_addr(struct nrs_seen *seen)
{
	seen->is_addr = true;
	seen->canonical = nrs_span(seen->addr.bytes, sizeof(seen->addr.bytes));
}

/* "name:port", "address:port", "[v6]:port", or without the port. */
static bool canonical_host(struct nrs_matcher *m, struct nrs_seen *seen)
{
	struct nrs_span host = seen->raw;
	const size_t colon = nrs_span_find(host, ':', 0);

	if (host.len > 0 && host.ptr[0] == '[') {
		const size_t close = nrs_span_find(host, ']', 0);

		if (close == SIZE_MAX)
			return false;
		host = nrs_span_part(host, 0, close + 1);
	} else if (colon != SIZE_MAX &&
		   nrs_span_find(host, ':', colon + 1) == SIZE_MAX) {
		host = nrs_span_part(host, 0, colon);
	}
	if (host.len == 0)
		return false;
	const uint8_t last = host.ptr[host.len - 1];
	const bool may_be_addr = last == ']' || (last >= '0' && last <= '9') ||
				 nrs_span_find(host, ':', 0) != SIZE_MAX;
	if (may_be_addr && nrs_addr_parse(host, &seen->addr) == NRS_OK) {
		be_addr(seen);
		return true;
	}
	return canonical_name(m, seen, host);
}

static bool canonical_url(struct nrs_matcher *m, struct nrs_seen *seen)
{
	struct nrs_url url;

	if (nrs_canon_url(seen->raw, NRS_CANON_TRAFFIC, m->room, m->room_len,
			  &url) != NRS_OK)
		return false;
	seen->canonical = url.whole;
	seen->rest = url.rest;
	return true;
}

static bool canonical_dn(struct nrs_matcher *m, struct nrs_seen *seen)
{
	struct nrs_dn dn;

	if (nrs_canon_dn(seen->raw, m->room, &dn) != NRS_OK)
		return false;
	seen->canonical = dn.set;
	seen->rest = dn.reversed;
	return true;
}

static bool canonical_digits(struct nrs_matcher *m, struct nrs_seen *seen,
			     bool is_number)
{
	size_t len = 0;

	if (nrs_canon_digits(seen->raw, is_number, m->room, &len) != NRS_OK)
		return false;
	seen->canonical = nrs_span(m->room, len);
	return true;
}

/* "Name: value" to "name\0value". */
static bool canonical_header(struct nrs_matcher *m, struct nrs_seen *seen)
{
	const size_t colon = nrs_span_find(seen->raw, ':', 0);

	if (colon == SIZE_MAX)
		return false;
	const struct nrs_span value =
		nrs_span_trim(nrs_span_from(seen->raw, colon + 1));
	nrs_canon_lower(nrs_span_part(seen->raw, 0, colon), m->room);
	m->room[colon] = '\0';
	if (value.len > 0)
		memcpy(m->room + colon + 1, value.ptr, value.len);
	seen->canonical = nrs_span(m->room, colon + 1 + value.len);
	return true;
}

bool nrs_match_canonical(struct nrs_matcher *m, struct nrs_seen *seen)
{
	if (m->db != NULL && m->db->options.strict)
		return nrs_match_as_sent(m, seen);
	if (seen->raw.len > NRS_MATCH_VALUE_MAX)
		return false;
	seen->canonical = seen->raw;
	switch (nrs_field_table[seen->field].kind) {
	case NRS_VALUE_ADDR:
		memcpy(seen->addr.bytes, seen->raw.ptr, 16);
		be_addr(seen);
		return true;
	case NRS_VALUE_NAME:
		return canonical_name(m, seen, seen->raw);
	case NRS_VALUE_HOST:
		return canonical_host(m, seen);
	case NRS_VALUE_URL:
		return canonical_url(m, seen);
	case NRS_VALUE_PATH:
		seen->canonical = nrs_canon_last_name(seen->raw);
		return true;
	case NRS_VALUE_TOKEN:
		nrs_canon_lower(seen->raw, m->room);
		seen->canonical = nrs_span(m->room, seen->raw.len);
		return true;
	case NRS_VALUE_HEADER:
		return canonical_header(m, seen);
	case NRS_VALUE_DN:
		return canonical_dn(m, seen);
	case NRS_VALUE_HEX:
	case NRS_VALUE_SERIAL:
		return canonical_digits(m, seen,
					nrs_field_table[seen->field].kind ==
						NRS_VALUE_SERIAL);
	case NRS_VALUE_INT:
	case NRS_VALUE_TIME:
		memcpy(&seen->integer, seen->raw.ptr, sizeof(seen->integer));
		return true;
	default:
		return true;
	}
}

static int compare_number(int64_t value, const struct nrs_operand *operand)
{
	if (operand->is_real)
		return ((double)value > operand->real) -
		       ((double)value < operand->real);
	return (value > operand->integer) - (value < operand->integer);
}

static int compare(enum nrs_lane lane, const struct nrs_seen *seen,
		   struct nrs_span canonical, const struct nrs_operand *operand)
{
	const enum nrs_value_kind kind = nrs_lane_kind(lane);

	if (kind == NRS_VALUE_INT || kind == NRS_VALUE_TIME)
		return compare_number(seen->integer, operand);
	return nrs_span_compare(canonical, operand->bytes);
}

/* IPv4 is no part of IPv6 here, though it is written as one. */
static bool is_inside(const struct nrs_seen *seen,
		      const struct nrs_prefix *prefix)
{
	return nrs_prefix_contains(prefix, &seen->addr) &&
	       !(nrs_addr_is_v4(&seen->addr) &&
		 nrs_prefix_is_around_v4(prefix));
}

static bool holds(const struct nrs_scan *scan, enum nrs_lane lane,
		  const struct nrs_seen *seen, struct nrs_span canonical)
{
	const struct nrs_operand *first = scan->operands;

	switch ((enum nrs_op)scan->op) {
	case NRS_OP_EXISTS:
		return true;
	case NRS_OP_IN:
		for (uint32_t i = 0; i < scan->operand_count; i++) {
			const struct nrs_operand *o = &scan->operands[i];

			if (seen->is_addr
				    ? is_inside(seen, &o->prefix)
				    : compare(lane, seen, canonical, o) == 0)
				return true;
		}
		return false;
	case NRS_OP_ISSUBSET:
		return seen->is_addr && is_inside(seen, &first->prefix);
	case NRS_OP_ISSUPERSET:
		return seen->is_addr && first->prefix.bits == 128 &&
		       is_inside(seen, &first->prefix);
	case NRS_OP_GT:
		return compare(lane, seen, canonical, first) > 0;
	case NRS_OP_LT:
		return compare(lane, seen, canonical, first) < 0;
	case NRS_OP_GE:
		return compare(lane, seen, canonical, first) >= 0;
	case NRS_OP_LE:
		return compare(lane, seen, canonical, first) <= 0;
	default:
		return false;
	}
}

static bool is_ascii(struct nrs_span text)
{
	for (size_t i = 0; i < text.len; i++) {
		if (text.ptr[i] >= 0x80)
			return false;
	}
	return true;
}

static bool is_among(const struct nrs_matched *matched, uint32_t atom)
{
	for (unsigned int i = 0; i < matched->count; i++) {
		if (matched->atoms[i] == atom)
			return true;
	}
	return false;
}

bool nrs_match_scan(const struct nrs_scan *scan, enum nrs_lane lane,
		    const struct nrs_seen *seen,
		    const struct nrs_matched *matched)
{
	const struct nrs_span canonical =
		lane == NRS_LANE_URL_REST ? seen->rest : seen->canonical;
	const uint32_t regex =
		scan->form != 0 && !seen->is_addr && !is_ascii(seen->canonical)
			? scan->characters
			: scan->regex;
	const bool is_found = regex != NRS_NONE && is_among(matched, regex);

	if (matched->is_unsure && scan->inverted && !is_found &&
	    regex != NRS_NONE &&
	    (scan->op == NRS_OP_LIKE || scan->op == NRS_OP_MATCHES))
		return false;
	if (scan->place != 0 && seen->object != scan->place - 1u)
		return false;
	if (scan->form != 0)
		return nrs_match_strict(scan, seen, is_found);
	if (scan->family != 0 && seen->is_addr &&
	    nrs_addr_is_v4(&seen->addr) != (scan->family == 4))
		return false;
	/* Another header than the one asked for is no value of this path. */
	if (scan->header.len > 0 &&
	    (canonical.len < scan->header.len ||
	     memcmp(canonical.ptr, scan->header.ptr, scan->header.len) != 0))
		return false;
	if (scan->op == NRS_OP_LIKE)
		return is_found != scan->inverted;
	return holds(scan, lane, seen, canonical) != scan->inverted;
}
