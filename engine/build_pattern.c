/* SPDX-License-Identifier: Apache-2.0 */
/*
 * build_pattern: a STIX pattern into predicates.
 *
 * An OR side that cannot be seen is dropped and the indicator is partial; an
 * AND with such a side cannot be decided. `X_ref.type = T` beside a test of
 * `X_ref.value` whose literal is a T says nothing new and is dropped (section
 * 2.4 of the specification). The walk is as deep as the parser allows.
 */
#include "engine/builder.h"

#include <assert.h>
#include <stdio.h>

#include "engine/canon.h"

static int compile(struct nrs_builder *b, const struct nrs_node *node,
		   struct nrs_term **out);

static bool is_ref_test(const struct nrs_test *test, bool is_type,
			bool *is_source)
{
	struct nrs_path_map map;

	nrs_path_map(&test->path, &map);
	if (is_type &&
	    (map.kind == NRS_PATH_SRC_TYPE || map.kind == NRS_PATH_DST_TYPE)) {
		*is_source = map.kind == NRS_PATH_SRC_TYPE;
		return true;
	}
	if (!is_type &&
	    (map.kind == NRS_PATH_SRC_REF || map.kind == NRS_PATH_DST_REF)) {
		*is_source = map.kind == NRS_PATH_SRC_REF;
		return true;
	}
	return false;
}

/* The object type that the text of a *_ref.value has. */
static const char *type_of(struct nrs_span text)
{
	struct nrs_prefix prefix;
	uint8_t mac[6];

	if (nrs_prefix_parse(text, &prefix) == NRS_OK)
		return nrs_addr_is_v4(&prefix.addr) && prefix.bits >= 96
			       ? "ipv4-addr"
			       : "ipv6-addr";
	return nrs_canon_mac(text, mac) == NRS_OK ? "mac-addr" : "domain-name";
}

/* Does a sibling under the AND @node make the type test needless? */
static bool is_implied(const struct nrs_node *node, const struct nrs_test *type)
{
	bool wanted_source, is_source;

	if (!is_ref_test(type, true, &wanted_source) || type->negated ||
	    type->op != NRS_OP_EQ || type->literals[0].type != NRS_LIT_STRING)
		return false;
	for (const struct nrs_node *n = node->child; n != NULL; n = n->next) {
		if (n->kind == NRS_NODE_CMP_AND && is_implied(n, type))
			return true;
		if (n->kind != NRS_NODE_TEST || n->u.test->literal_count != 1 ||
		    n->u.test->literals[0].type != NRS_LIT_STRING ||
		    !is_ref_test(n->u.test, false, &is_source) ||
		    is_source != wanted_source)
			continue;
		if (nrs_span_is(type->literals[0].bytes,
				type_of(n->u.test->literals[0].bytes)))
			return true;
	}
	return false;
}

static struct nrs_term *prefix_term(struct nrs_builder *b, bool is_source,
				    uint8_t bits)
{
	struct nrs_prefix all = {.bits = bits};

	if (bits != 0)
		all.addr.bytes[10] = all.addr.bytes[11] = 0xff;
	return nrs_term_atom(b, nrs_build_prefix(b,
						 is_source ? NRS_LANE_SRC_ADDR
							   : NRS_LANE_DST_ADDR,
						 &all));
}

/* One of several types. */
static int any_type(struct nrs_builder *b, const struct nrs_test *test,
		    bool is_source, struct nrs_term **out)
{
	struct nrs_term *term = nrs_term_never(b, "IN () holds nothing");
	struct nrs_test single = *test;

	single.op = NRS_OP_EQ;
	single.literal_count = 1;
	for (unsigned int i = 0; i < test->literal_count; i++) {
		struct nrs_term *one = NULL;

		single.literals = &test->literals[i];
		const int err =
			nrs_build_type_test(b, &single, is_source, &one);
		if (err != NRS_OK)
			return err;
		term = nrs_term_either(b, term, one);
	}
	*out = term;
	return term == NULL ? NRS_E_NOMEM : NRS_OK;
}

int nrs_build_type_test(struct nrs_builder *b, const struct nrs_test *test,
			bool is_source, struct nrs_term **out)
{
	if (test->op == NRS_OP_IN && !test->negated)
		return any_type(b, test, is_source, out);
	const struct nrs_span type = test->literal_count == 1
					     ? test->literals[0].bytes
					     : nrs_span(NULL, 0);
	const struct nrs_scan exists = {.op = NRS_OP_EXISTS, .family = 6};
	const struct nrs_scan any = {.op = NRS_OP_EXISTS};

	if (test->negated || test->op != NRS_OP_EQ)
		*out = nrs_term_unseen(b, "a type test that is not =");
	else if (nrs_span_is(type, "ipv4-addr"))
		*out = prefix_term(b, is_source, 96);
	else if (nrs_span_is(type, "ipv6-addr"))
		*out = nrs_term_atom(
			b, nrs_build_scan(b,
					  is_source ? NRS_LANE_SRC_ADDR
						    : NRS_LANE_DST_ADDR,
					  &exists));
	else if (nrs_span_is(type, "mac-addr"))
		*out = nrs_term_atom(
			b, nrs_build_scan(b,
					  is_source ? NRS_LANE_SRC_MAC
						    : NRS_LANE_DST_MAC,
					  &any));
	else if (nrs_span_is(type, "domain-name") && !is_source &&
		 nrs_lenient(b, NRS_LENIENT_NAMES))
		*out = nrs_term_atom(
			b, nrs_build_scan(b, NRS_LANE_DST_NAME, &any));
	else
		*out = nrs_term_unseen(b, "no such type on this side");
	return *out == NULL ? NRS_E_NOMEM : NRS_OK;
}

/* AND over several types of objects. False: that leniency is off. */
static bool may_mix(struct nrs_builder *b, const struct nrs_node *node)
{
	const struct nrs_test *first = NULL;

	for (const struct nrs_node *n = node->child; n != NULL; n = n->next) {
		if (n->kind != NRS_NODE_TEST || b->db->options.strict)
			continue;
		if (first == NULL)
			first = n->u.test;
		if (!nrs_span_equal(first->path.type, n->u.test->path.type))
			return nrs_lenient(b, NRS_LENIENT_OBJECTS);
	}
	return true;
}

static int compile_and(struct nrs_builder *b, const struct nrs_node *node,
		       struct nrs_term **out)
{
	struct nrs_term *both = nrs_term_new(b, NRS_TERM_AND);
	struct nrs_term **tail, *unseen = NULL;
	char reason[NRS_PATH_TEXT_MAX] = ""; /* of the first such side */

	if (both == NULL)
		return NRS_E_NOMEM;
	tail = &both->child;
	for (const struct nrs_node *n = node->child; n != NULL; n = n->next) {
		struct nrs_term *term = NULL;

		if (n->kind == NRS_NODE_TEST && !b->db->options.strict &&
		    is_implied(node, n->u.test) &&
		    nrs_lenient(b, NRS_LENIENT_TYPES))
			continue;
		const int err = compile(b, n, &term);
		if (err != NRS_OK)
			return err;
		if (term->kind == NRS_TERM_NEVER) {
			*out = term;
			return NRS_OK;
		}
		if (term->kind == NRS_TERM_UNSEEN) {
			if (unseen == NULL)
				memcpy(reason, b->reason, sizeof(reason));
			unseen = term;
			continue;
		}
		*tail = term;
		tail = &term->next;
	}
	if (unseen == NULL && !may_mix(b, node))
		unseen = nrs_term_new(b, NRS_TERM_UNSEEN);
	else if (unseen != NULL)
		memcpy(b->reason, reason, sizeof(reason));
	*out = both->child != NULL && both->child->next == NULL ? both->child
								: both;
	if (unseen != NULL)
		*out = unseen;
	return NRS_OK;
}

static int compile_or(struct nrs_builder *b, const struct nrs_node *node,
		      struct nrs_term **out)
{
	struct nrs_term *either = NULL;
	char reason[NRS_PATH_TEXT_MAX];

	for (const struct nrs_node *n = node->child; n != NULL; n = n->next) {
		struct nrs_term *term = NULL;

		memcpy(reason, b->reason, sizeof(reason));
		const int err = compile(b, n, &term);

		if (err != NRS_OK)
			return err;
		if (either != NULL && either->kind == NRS_TERM_UNSEEN &&
		    term->kind == NRS_TERM_NEVER) /* why is as it was */
			memcpy(b->reason, reason, sizeof(reason));
		if (either == NULL) {
			either = term;
			continue;
		}
		/* An OR below stays whole: its children are not ours. */
		if (either->kind == NRS_TERM_OR && either->child == NULL)
			return NRS_E_INTERNAL;
		either = nrs_term_either(b, either, term);
		if (either == NULL)
			return NRS_E_NOMEM;
	}
	*out = either;
	return NRS_OK;
}

static int compile(struct nrs_builder *b, const struct nrs_node *node,
		   struct nrs_term **out)
{
	if (node->kind == NRS_NODE_TEST)
		return nrs_build_test(b, node->u.test, out);
	return node->kind == NRS_NODE_CMP_AND ? compile_and(b, node, out)
					      : compile_or(b, node, out);
}

int nrs_build_expression(struct nrs_builder *b, const struct nrs_node *node,
			 struct nrs_term **out)
{
	return compile(b, node->child, out);
}

/* Is one observation alone always enough to decide @node? */
static bool is_alone(const struct nrs_node *node, bool in_window)
{
	switch (node->kind) {
	case NRS_NODE_OBS:
		return true;
	case NRS_NODE_START_STOP:
		return !in_window && is_alone(node->child, true);
	case NRS_NODE_REPEATS:
		return node->u.count == 1 && is_alone(node->child, in_window);
	case NRS_NODE_OBS_OR:
	case NRS_NODE_WITHIN: /* of one observation: always true */
		for (const struct nrs_node *n = node->child; n != NULL;
		     n = n->next) {
			if (!is_alone(n, in_window))
				return false;
		}
		return true;
	default:
		return false;
	}
}

static int observe_one(struct nrs_builder *b, const struct nrs_node *node,
		       const struct nrs_window *window)
{
	struct nrs_term *term = NULL;
	const int err = nrs_build_expression(b, node, &term);

	if (err != NRS_OK)
		return err;
	assert(term != NULL);
	if (nrs_term_is_guarded(b, term))
		return NRS_E_FORMAT;
	if (term->kind == NRS_TERM_NEVER)
		return NRS_OK;
	return term->kind == NRS_TERM_UNSEEN
		       ? NRS_E_UNSUPPORTED
		       : nrs_build_predicates(b, term, window);
}

/* Observation expressions that one transaction alone decides. */
static int observe(struct nrs_builder *b, const struct nrs_node *node,
		   const struct nrs_window *window)
{
	struct nrs_window inner;
	unsigned int seen = 0;

	if (node->kind == NRS_NODE_OBS)
		return observe_one(b, node, window);
	if (node->kind == NRS_NODE_START_STOP) {
		inner = (struct nrs_window){.start_ns = node->u.span.start_ns,
					    .stop_ns = node->u.span.stop_ns};
		window = &inner;
	}
	for (const struct nrs_node *n = node->child; n != NULL; n = n->next) {
		const int err = observe(b, n, window);

		if (err != NRS_OK && err != NRS_E_UNSUPPORTED)
			return err;
		seen += err == NRS_OK;
		b->is_partial |= err == NRS_E_UNSUPPORTED;
	}
	return seen > 0 ? NRS_OK : NRS_E_UNSUPPORTED;
}

static int parse(struct nrs_builder *b, const struct nrs_indicator *indicator,
		 struct nrs_pattern *pattern)
{
	const bool may_retry = !b->db->options.strict &&
			       (b->db->options.lenient_off &
				NRS_LENIENCY_BIT(NRS_LENIENT_VERSION)) == 0;
	struct nrs_diag diag = {0};
	int err = indicator->shape == NRS_SHAPE_PATTERN
			  ? nrs_set_parse_text(
				    indicator->pattern,
				    (enum nrs_stix_version)indicator->version,
				    b->scratch, pattern, &diag)
			  : nrs_set_parse(b->set, b->indicator, b->scratch,
					  pattern, &diag);

	if (err == NRS_OK && indicator->shape == NRS_SHAPE_PATTERN &&
	    pattern->version != indicator->version) {
		if (!may_retry)
			err = NRS_E_SYNTAX;
		b->db->sizes.lenient[NRS_LENIENT_VERSION] += may_retry;
	}
	if (err != NRS_OK)
		snprintf(b->reason, sizeof(b->reason), "column %llu: %s",
			 (unsigned long long)diag.place, diag.text);
	return err;
}

int nrs_build_pattern(struct nrs_builder *b,
		      const struct nrs_indicator *indicator)
{
	struct nrs_pattern pattern;
	const int err = parse(b, indicator, &pattern);

	if (err != NRS_OK)
		return err;
	return is_alone(pattern.root, false) &&
			       b->windows.count + pattern.observation_count <=
				       NRS_WINDOWS_MAX
		       ? observe(b, pattern.root, NULL)
		       : nrs_build_parts(b, pattern.root);
}
