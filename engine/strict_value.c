/* SPDX-License-Identifier: Apache-2.0 */
/*
 * strict_value: the comparison table of section 1.3.
 */
#include "engine/strict_part.h"

#include "engine/base/addr.h"
#include "engine/base/stamp.h"
#include "engine/tables/pcre.h"

enum order { LESS = -1, EQUAL = 0, GREATER = 1, UNLIKE = 2 };

static enum order order_of(int c)
{
	return c < 0 ? LESS : c > 0 ? GREATER : EQUAL;
}

bool nrs_strict_octets(struct nrs_strict_run *run, struct nrs_span text,
		       struct nrs_span *out)
{
	uint8_t *bytes = nrs_arena_bytes(run->arena, text.len + 1);
	size_t used = 0;

	if (bytes == NULL)
		return false;
	for (size_t i = 0; i < text.len; i++) {
		const uint8_t c = text.ptr[i];

		if (c < 0x80) {
			bytes[used++] = c;
		} else if ((c == 0xc2 || c == 0xc3) && i + 1 < text.len) {
			bytes[used++] =
				(uint8_t)(c << 6 | (text.ptr[++i] & 0x3f));
		} else {
			return false;
		}
	}
	*out = nrs_span(bytes, used);
	return true;
}

static enum order compare_number(const struct nrs_literal *literal,
				 const struct nrs_json *json)
{
	int64_t whole;
	double real;

	if (!nrs_json_is(json, NRS_JSON_NUMBER))
		return UNLIKE;
	if (literal->type == NRS_LIT_INT &&
	    nrs_json_i64(json, &whole) == NRS_OK)
		return whole < literal->integer	  ? LESS
		       : whole > literal->integer ? GREATER
						  : EQUAL;
	if (nrs_json_double(json, &real) != NRS_OK)
		return UNLIKE;
	return real < literal->real   ? LESS
	       : real > literal->real ? GREATER
				      : EQUAL;
}

/* String and binary: as text among themselves, else as octets. */
static enum order compare_text(const struct nrs_literal *literal,
			       const struct nrs_strict_value *value,
			       struct nrs_strict_run *run)
{
	const bool is_binary = literal->type == NRS_LIT_BINARY;
	struct nrs_span left, right = literal->bytes;

	if (!value->is_binary && !nrs_json_is(value->json, NRS_JSON_STRING))
		return UNLIKE;
	left = value->is_binary ? value->bytes : value->json->text;
	if (is_binary && !value->is_binary &&
	    !nrs_strict_octets(run, left, &left))
		return UNLIKE;
	if (!is_binary && value->is_binary &&
	    !nrs_strict_octets(run, right, &right))
		return UNLIKE;
	return order_of(nrs_span_compare(left, right));
}

/* A time beyond what fits is before or after all others, as in patterns. */
static bool read_stamp(struct nrs_span text, int64_t *out)
{
	const int err = nrs_stamp_parse(text, out);

	if (err == NRS_E_RANGE)
		*out = text.ptr[0] <= '1' ? NRS_TIME_MIN : NRS_TIME_MAX;
	return err == NRS_OK || err == NRS_E_RANGE;
}

static int compare_literal(const struct nrs_literal *literal,
			   const struct nrs_strict_value *value,
			   struct nrs_strict_run *run, enum order *out)
{
	const struct nrs_json *json = value->json;
	int64_t at;

	*out = UNLIKE;
	switch (literal->type) {
	case NRS_LIT_INT:
	case NRS_LIT_FLOAT:
		*out = compare_number(literal, json);
		break;
	case NRS_LIT_STRING:
	case NRS_LIT_BINARY:
		*out = compare_text(literal, value, run);
		break;
	case NRS_LIT_BOOL:
		if (nrs_json_is(json, NRS_JSON_TRUE) ||
		    nrs_json_is(json, NRS_JSON_FALSE))
			*out = order_of((json->type == NRS_JSON_TRUE) -
					(int)literal->integer);
		break;
	case NRS_LIT_TIME:
		if (value->is_binary || !nrs_json_is(json, NRS_JSON_STRING))
			break;
		if (!read_stamp(json->text, &at))
			return nrs_diag_set(run->diag, NRS_E_FORMAT, 0,
					    "a timestamp against a string that "
					    "is none");
		*out = at < literal->integer   ? LESS
		       : at > literal->integer ? GREATER
					       : EQUAL;
		break;
	}
	return NRS_OK;
}

static bool is_v4(const struct nrs_prefix *prefix)
{
	return prefix->bits >= 96 && nrs_addr_is_v4(&prefix->addr);
}

bool nrs_strict_inside(struct nrs_span inner, struct nrs_span outer)
{
	struct nrs_prefix in, out;

	return nrs_prefix_parse(inner, &in) == NRS_OK &&
	       nrs_prefix_parse(outer, &out) == NRS_OK &&
	       is_v4(&in) == is_v4(&out) && in.bits >= out.bits &&
	       nrs_prefix_contains(&out, &in.addr);
}

static int search(const struct nrs_strict_operand *operand,
		  const struct nrs_strict_value *value)
{
	const struct nrs_pcre *pcre = operand->characters;
	struct nrs_span subject;

	if (value->is_binary) {
		subject = value->bytes;
		if (operand->octets == NULL ||
		    (operand->test->op == NRS_OP_LIKE &&
		     !nrs_span_is_utf8(subject)))
			return 0;
		pcre = operand->test->op == NRS_OP_LIKE ? operand->characters
							: operand->octets;
	} else if (nrs_json_is(value->json, NRS_JSON_STRING)) {
		subject = value->json->text;
	} else {
		return 0;
	}
	return nrs_pcre_search(pcre, operand->scratch, subject);
}

static int compare_order(const struct nrs_test *test,
			 const struct nrs_strict_value *value,
			 struct nrs_strict_run *run)
{
	enum order order;
	bool holds = false;
	const int err = compare_literal(test->literals, value, run, &order);

	if (err != NRS_OK)
		return err;
	if (test->op == NRS_OP_EQ || test->op == NRS_OP_NE)
		return ((order == EQUAL) == (test->op == NRS_OP_EQ)) !=
		       test->negated;
	if (order == UNLIKE || test->literals->type == NRS_LIT_BOOL)
		return 0; /* NOT does not invert what does not compare */
	if (test->op == NRS_OP_GT)
		holds = order == GREATER;
	else if (test->op == NRS_OP_LT)
		holds = order == LESS;
	else
		holds = order != (test->op == NRS_OP_GE ? LESS : GREATER);
	return holds != test->negated;
}

static int compare_set(const struct nrs_test *test,
		       const struct nrs_strict_value *value,
		       struct nrs_strict_run *run)
{
	bool found = false;

	for (unsigned int i = 0; i < test->literal_count; i++) {
		enum order order;
		const int err =
			compare_literal(&test->literals[i], value, run, &order);

		if (err != NRS_OK)
			return err;
		found |= order == EQUAL;
	}
	return found != test->negated;
}

int nrs_strict_compare(const struct nrs_strict_operand *operand,
		       const struct nrs_strict_value *value,
		       struct nrs_strict_run *run)
{
	const struct nrs_test *test = operand->test;
	const bool is_text =
		!value->is_binary && nrs_json_is(value->json, NRS_JSON_STRING);
	int found;

	switch (test->op) {
	case NRS_OP_IN:
		return compare_set(test, value, run);
	case NRS_OP_LIKE:
	case NRS_OP_MATCHES:
		found = search(operand, value);
		if (found < 0)
			return nrs_diag_set(run->diag, found, 0,
					    "an expression gave up");
		return (found > 0) != test->negated;
	case NRS_OP_ISSUBSET:
		return (is_text && nrs_strict_inside(value->json->text,
						     test->literals->bytes)) !=
		       test->negated;
	case NRS_OP_ISSUPERSET:
		return (is_text && nrs_strict_inside(test->literals->bytes,
						     value->json->text)) !=
		       test->negated;
	default:
		return compare_order(test, value, run);
	}
}
