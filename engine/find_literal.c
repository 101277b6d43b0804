/* SPDX-License-Identifier: Apache-2.0 */
/*
 * find_literal: the literals of a pattern, compared as people would. The walk
 * keeps its way in an array: the parser caps the depth.
 */
#include "engine/find_literal.h"

#include "engine/canon.h"
#include "engine/pattern.h"

struct sought {
	enum nrs_shape shape;
	struct nrs_span value;
	struct nrs_prefix prefix;
	bool is_prefix; /* or one address */
};

static enum nrs_named compare_prefix(const struct sought *s,
				     struct nrs_span text)
{
	struct nrs_prefix other;

	if (nrs_prefix_parse(text, &other) != NRS_OK)
		return NRS_NAMED_NOT;
	if (other.bits == s->prefix.bits &&
	    nrs_addr_compare(&other.addr, &s->prefix.addr) == 0)
		return NRS_NAMED_EQUAL;
	return other.bits > s->prefix.bits &&
			       nrs_prefix_contains(&s->prefix, &other.addr)
		       ? NRS_NAMED_WITHIN
		       : NRS_NAMED_NOT;
}

static enum nrs_named compare_name(const struct sought *s, struct nrs_span text)
{
	uint8_t room[NRS_CANON_NAME_ROOM];
	size_t len = 0;
	const bool is_below =
		nrs_span_starts(text, "%.") || nrs_span_starts(text, "*.");

	if (is_below)
		text = nrs_span_from(text, 2);
	if (nrs_canon_name(text, NRS_CANON_INDICATOR, room, &len) != NRS_OK)
		return NRS_NAMED_NOT;
	if (nrs_span_equal(nrs_span(room, len), s->value))
		return is_below ? NRS_NAMED_WITHIN : NRS_NAMED_EQUAL;
	return len > s->value.len && room[len - s->value.len - 1] == '.' &&
			       nrs_span_equal(
				       nrs_span(room + len - s->value.len,
						s->value.len),
				       s->value)
		       ? NRS_NAMED_WITHIN
		       : NRS_NAMED_NOT;
}

static enum nrs_named compare(const struct sought *s, struct nrs_span text)
{
	char value[256];

	if (s->is_prefix)
		return compare_prefix(s, text);
	if (s->shape == NRS_SHAPE_NAME || s->shape == NRS_SHAPE_SUBDOMAINS)
		return compare_name(s, text);
	if (s->value.len >= sizeof(value))
		return nrs_span_equal(text, s->value) ? NRS_NAMED_EQUAL
						      : NRS_NAMED_NOT;
	if (s->value.len > 0)
		memcpy(value, s->value.ptr, s->value.len);
	value[s->value.len] = '\0';
	return nrs_span_is_icase(text, value) ? NRS_NAMED_EQUAL : NRS_NAMED_NOT;
}

static enum nrs_named compare_test(const struct sought *s,
				   const struct nrs_test *test)
{
	enum nrs_named best = NRS_NAMED_NOT;

	if (test->negated || test->op == NRS_OP_NE)
		return best;
	for (unsigned int i = 0; i < test->literal_count; i++) {
		const enum nrs_named named =
			test->literals[i].type == NRS_LIT_STRING
				? compare(s, test->literals[i].bytes)
				: NRS_NAMED_NOT;

		if (named == NRS_NAMED_EQUAL)
			return named;
		best = named > best ? named : best;
	}
	return best;
}

static enum nrs_named walk(const struct sought *s, const struct nrs_node *root)
{
	const struct nrs_node *way[NRS_PATTERN_DEPTH_MAX * 4];
	enum nrs_named best = NRS_NAMED_NOT;
	size_t depth = 0;

	way[depth++] = root;
	while (depth > 0) {
		const struct nrs_node *node = way[--depth];
		const enum nrs_named named =
			node->kind == NRS_NODE_TEST
				? compare_test(s, node->u.test)
				: NRS_NAMED_NOT;

		if (named == NRS_NAMED_EQUAL)
			return named;
		best = named > best ? named : best;
		if (node->next != NULL && depth < sizeof(way) / sizeof(*way))
			way[depth++] = node->next;
		if (node->kind != NRS_NODE_TEST && node->child != NULL &&
		    depth < sizeof(way) / sizeof(*way))
			way[depth++] = node->child;
	}
	return best;
}

enum nrs_named nrs_find_named(const struct nrs_indicator *item,
			      enum nrs_shape shape, struct nrs_span value,
			      struct nrs_arena *scratch)
{
	struct sought s = {.shape = shape, .value = value};
	struct nrs_pattern pattern;
	struct nrs_diag diag;

	s.is_prefix = (shape == NRS_SHAPE_IPV4 || shape == NRS_SHAPE_IPV6) &&
		      nrs_prefix_parse(value, &s.prefix) == NRS_OK;
	if (item->shape != NRS_SHAPE_PATTERN)
		return compare(&s, item->pattern);
	nrs_arena_reset(scratch);
	if (nrs_pattern_parse(&pattern, item->pattern,
			      (enum nrs_stix_version)item->version, scratch,
			      &diag) != NRS_OK)
		return NRS_NAMED_NOT;
	return walk(&s, pattern.root);
}
