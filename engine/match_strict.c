/* SPDX-License-Identifier: Apache-2.0 */
/*
 * match_strict: the comparison table of section 1.3 of the specification over
 * what was pushed: the same verdicts as strict_value.c gives over documents,
 * without a document and without memory.
 */
#include "engine/match.h"
#include "engine/pattern.h"
#include "engine/shown.h"
#include "engine/strict.h"

enum order { LESS = -1, EQUAL = 0, GREATER = 1, UNLIKE = 2 };

#define OCTETS_MAX 512 /* a longer text never equals a binary literal */

enum nrs_shown nrs_shown_of(enum nrs_lane lane)
{
	switch (lane) {
	case NRS_LANE_ACTIVE:
	case NRS_LANE_CERT_SELF_SIGNED:
	case NRS_LANE_MAIL_MULTIPART:
		return NRS_SHOWN_BOOL;
	case NRS_LANE_SRC_FLAGS:
	case NRS_LANE_DST_FLAGS:
	case NRS_LANE_ICMP_TYPE:
	case NRS_LANE_ICMP_CODE:
		return NRS_SHOWN_OCTETS;
	case NRS_LANE_DST_NAME: /* of the sensor profile alone */
	case NRS_LANE_URL_REST:
	case NRS_LANE_SRC_MAC:
	case NRS_LANE_DST_MAC:
		return NRS_SHOWN_NONE;
	case NRS_LANE_START:
	case NRS_LANE_END:
	case NRS_LANE_CERT_NOT_BEFORE:
	case NRS_LANE_CERT_NOT_AFTER:
	case NRS_LANE_MAIL_DATE:
		return NRS_SHOWN_TIME;
	case NRS_LANE_CERT_MD5:
	case NRS_LANE_CERT_SHA1:
	case NRS_LANE_CERT_SHA256:
	case NRS_LANE_CERT_SERIAL:
	case NRS_LANE_CERT_ISSUER:
	case NRS_LANE_CERT_SUBJECT:
	case NRS_LANE_FILE_MD5:
	case NRS_LANE_FILE_SHA1:
	case NRS_LANE_FILE_SHA256:
	case NRS_LANE_FILE_NAME:
	case NRS_LANE_FILE_TYPE:
	case NRS_LANE_EMAIL_ADDR:
	case NRS_LANE_MAIL_FROM:
	case NRS_LANE_MAIL_SENDER:
	case NRS_LANE_MAIL_TO:
	case NRS_LANE_MAIL_CC:
	case NRS_LANE_MAIL_BCC:
	case NRS_LANE_MAIL_SUBJECT:
	case NRS_LANE_MAIL_ID:
	case NRS_LANE_MAIL_TYPE:
	case NRS_LANE_MAIL_RECEIVED:
	case NRS_LANE_MAIL_HEADER:
	case NRS_LANE_ATTACHMENT:
		return NRS_SHOWN_TEXT;
	case NRS_LANE_FILE_SIZE:
		return NRS_SHOWN_NUMBER;
	default:
		break;
	}
	if (lane > NRS_LANE_ICMP_CODE) /* what STIX has no property for */
		return NRS_SHOWN_NONE;
	return nrs_lane_kind(lane) == NRS_VALUE_INT ? NRS_SHOWN_NUMBER
						    : NRS_SHOWN_TEXT;
}

/* Host and SNI without a port: a name, or an address. */
static bool take_host(struct nrs_seen *seen)
{
	const size_t colon = nrs_span_find(seen->raw, ':', 0);
	struct nrs_span host = nrs_span_part(seen->raw, 0, colon);

	if (nrs_span_starts(seen->raw, "["))
		host = nrs_span_part(seen->raw, 0,
				     nrs_span_find(seen->raw, ']', 0) + 1);
	seen->canonical = host;
	if (nrs_addr_parse(host, &seen->addr) == NRS_OK) {
		seen->is_addr = true;
		seen->canonical = nrs_span(seen->addr.bytes, 16);
	}
	return host.len > 0;
}

/* "Name: value" to "Name\0value". */
static bool take_header(struct nrs_matcher *m, struct nrs_seen *seen)
{
	const size_t colon = nrs_span_find(seen->raw, ':', 0);

	if (colon == SIZE_MAX)
		return false;
	const struct nrs_span value =
		nrs_span_trim(nrs_span_from(seen->raw, colon + 1));
	memcpy(m->room, seen->raw.ptr, colon);
	m->room[colon] = '\0';
	if (value.len > 0)
		memcpy(m->room + colon + 1, value.ptr, value.len);
	seen->canonical = nrs_span(m->room, colon + 1 + value.len);
	return true;
}

bool nrs_match_as_sent(struct nrs_matcher *m, struct nrs_seen *seen)
{
	const enum nrs_value_kind kind = nrs_field_table[seen->field].kind;

	if (seen->raw.len > NRS_MATCH_VALUE_MAX)
		return false;
	seen->canonical = seen->rest = seen->raw;
	switch (kind) {
	case NRS_VALUE_ADDR:
		memcpy(seen->addr.bytes, seen->raw.ptr, 16);
		seen->is_addr = true;
		seen->canonical = nrs_span(seen->addr.bytes, 16);
		return true;
	case NRS_VALUE_HOST:
		return take_host(seen);
	case NRS_VALUE_HEADER:
		return take_header(m, seen);
	case NRS_VALUE_PATH: /* objects name a file without its folders */
		seen->canonical = nrs_canon_last_name(seen->raw);
		return true;
	case NRS_VALUE_TOKEN: /* objects have them in lower case */
		nrs_canon_lower(seen->raw, m->room);
		seen->canonical = nrs_span(m->room, seen->raw.len);
		return true;
	case NRS_VALUE_MAC:
		nrs_canon_mac_text(seen->raw.ptr, m->room);
		seen->canonical = nrs_span(m->room, NRS_CANON_MAC_TEXT);
		return true;
	case NRS_VALUE_TIME: /* objects have microseconds */
		memcpy(&seen->integer, seen->raw.ptr, sizeof(seen->integer));
		seen->integer -= seen->integer % 1000;
		seen->canonical =
			nrs_span(m->room, nrs_stamp_format(seen->integer, 6,
							   (char *)m->room));
		return true;
	case NRS_VALUE_INT:
		memcpy(&seen->integer, seen->raw.ptr, sizeof(seen->integer));
		return true;
	default:
		return true;
	}
}

static enum order order_of(int c)
{
	return c < 0 ? LESS : c > 0 ? GREATER : EQUAL;
}

/* Text as octets where every character is below 256, as in strict_value.c. */
static bool octets_of(struct nrs_span text, uint8_t out[OCTETS_MAX],
		      struct nrs_span *octets)
{
	size_t used = 0;

	for (size_t i = 0; i < text.len; i++) {
		uint8_t c = text.ptr[i];

		if (used == OCTETS_MAX)
			return false;
		if (c >= 0x80) {
			if ((c != 0xc2 && c != 0xc3) || i + 1 == text.len)
				return false;
			c = (uint8_t)(c << 6 | (text.ptr[++i] & 0x3f));
		}
		out[used++] = c;
	}
	*octets = nrs_span(out, used);
	return true;
}

static enum order compare_text(const struct nrs_operand *literal,
			       struct nrs_span text, bool is_octets)
{
	const bool is_binary = literal->type == NRS_LIT_BINARY;
	uint8_t room[OCTETS_MAX];
	struct nrs_span left = text, right = literal->bytes;

	if (literal->type != NRS_LIT_STRING && !is_binary)
		return UNLIKE;
	if (is_binary && !is_octets && !octets_of(text, room, &left))
		return UNLIKE;
	if (!is_binary && is_octets && !octets_of(right, room, &right))
		return UNLIKE;
	return order_of(nrs_span_compare(left, right));
}

static enum order compare_number(const struct nrs_operand *literal,
				 int64_t value)
{
	if (literal->type == NRS_LIT_INT)
		return order_of((value > literal->integer) -
				(value < literal->integer));
	if (literal->type == NRS_LIT_FLOAT)
		return order_of(((double)value > literal->real) -
				((double)value < literal->real));
	return UNLIKE;
}

/* A value as its object has it. */
struct shown {
	enum nrs_shown form;
	struct nrs_span text;
	int64_t integer;
};

static enum order compare(const struct nrs_operand *literal,
			  const struct shown *value)
{
	const uint8_t octet = (uint8_t)value->integer;

	switch (value->form) {
	case NRS_SHOWN_NUMBER:
		return compare_number(literal, value->integer);
	case NRS_SHOWN_BOOL:
		return literal->type == NRS_LIT_BOOL
			       ? order_of((value->integer != 0) -
					  (int)literal->integer)
			       : UNLIKE;
	case NRS_SHOWN_OCTETS:
		return compare_text(literal, nrs_span(&octet, 1), true);
	case NRS_SHOWN_TIME:
		if (literal->type == NRS_LIT_TIME)
			return order_of((value->integer > literal->integer) -
					(value->integer < literal->integer));
		return compare_text(literal, value->text, false);
	case NRS_SHOWN_LIST:
		return UNLIKE;
	default:
		return compare_text(literal, value->text, false);
	}
}

/* A time literal against text that is no time: an error in a document, here
 * false whatever the operator. */
static bool is_error(const struct nrs_scan *scan, const struct shown *value)
{
	if (value->form == NRS_SHOWN_TIME || value->form == NRS_SHOWN_NUMBER ||
	    value->form == NRS_SHOWN_BOOL || value->form == NRS_SHOWN_OCTETS ||
	    value->form == NRS_SHOWN_LIST)
		return false;
	for (uint32_t i = 0; i < scan->operand_count; i++) {
		if (scan->operands[i].type == NRS_LIT_TIME)
			return true;
	}
	return false;
}

static bool compare_all(const struct nrs_scan *scan, const struct shown *value)
{
	const struct nrs_operand *first = scan->operands;
	enum order order = UNLIKE;
	bool holds = false;

	if (scan->op == NRS_OP_IN) {
		for (uint32_t i = 0; i < scan->operand_count; i++)
			holds |= compare(&scan->operands[i], value) == EQUAL;
		return holds != scan->inverted;
	}
	order = compare(first, value);
	if (scan->op == NRS_OP_EQ || scan->op == NRS_OP_NE)
		return ((order == EQUAL) == (scan->op == NRS_OP_EQ)) !=
		       scan->inverted;
	if (order == UNLIKE || first->type == NRS_LIT_BOOL)
		return false; /* NOT does not invert what does not compare */
	if (scan->op == NRS_OP_GT)
		holds = order == GREATER;
	else if (scan->op == NRS_OP_LT)
		holds = order == LESS;
	else
		holds = order != (scan->op == NRS_OP_GE ? LESS : GREATER);
	return holds != scan->inverted;
}

static bool is_inside(const struct nrs_scan *scan, const struct shown *value)
{
	const struct nrs_span literal = scan->operands->bytes;
	const bool is_text = value->form != NRS_SHOWN_NUMBER &&
			     value->form != NRS_SHOWN_BOOL &&
			     value->form != NRS_SHOWN_OCTETS &&
			     value->form != NRS_SHOWN_LIST;

	return is_text && (scan->op == NRS_OP_ISSUBSET
				   ? nrs_strict_inside(value->text, literal)
				   : nrs_strict_inside(literal, value->text));
}

/* The value's text. */
static struct nrs_span show(const struct nrs_scan *scan,
			    const struct nrs_seen *seen,
			    char room[NRS_ADDR_LEN])
{
	switch ((enum nrs_shown)scan->form) {
	case NRS_SHOWN_TYPE:
		return nrs_span_of(nrs_addr_is_v4(&seen->addr) ? "ipv4-addr"
							       : "ipv6-addr");
	default:
		if (seen->is_addr)
			return nrs_span(room,
					nrs_addr_format(&seen->addr, room));
		return nrs_span_from(seen->canonical, scan->header.len);
	}
}

bool nrs_match_strict(const struct nrs_scan *scan, const struct nrs_seen *seen,
		      bool is_regex_found)
{
	char room[NRS_ADDR_LEN];

	if (scan->family != 0 && seen->is_addr &&
	    nrs_addr_is_v4(&seen->addr) != (scan->family == 4))
		return false;
	if (scan->header.len > 0 &&
	    (seen->canonical.len < scan->header.len ||
	     memcmp(seen->canonical.ptr, scan->header.ptr, scan->header.len) !=
		     0))
		return false;
	const struct shown value = {.form = (enum nrs_shown)scan->form,
				    .text = show(scan, seen, room),
				    .integer = seen->integer};
	switch ((enum nrs_op)scan->op) {
	case NRS_OP_EXISTS:
		return true;
	case NRS_OP_LIKE:
	case NRS_OP_MATCHES:
		return is_regex_found != scan->inverted;
	case NRS_OP_ISSUBSET:
	case NRS_OP_ISSUPERSET:
		return is_inside(scan, &value) != scan->inverted;
	default:
		return !is_error(scan, &value) && compare_all(scan, &value);
	}
}
