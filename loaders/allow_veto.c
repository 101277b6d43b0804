/* SPDX-License-Identifier: Apache-2.0 */
/*
 * allow_veto: a pattern from its leaves up, on a stack of nodes that are open.
 */
#include "loaders/allow_veto.h"

#include "engine/refang.h"
#include "engine/set_over.h"
#include "loaders/allow_ask.h"

#define OPEN_MAX (2 * NRS_PATTERN_DEPTH_MAX)

/* What is asked of a value at a path that ends so; a type without a key is any
 * path of it. The first row that fits counts. */
static const struct {
	const char *type; /* NULL: any */
	const char *key;  /* a step of the path; NULL: any */
	enum nrs_allow_kind kind;
	bool is_neutral;
} rows[] = {
	{"ipv4-addr", "value", NRS_ALLOW_ADDR, false},
	{"ipv6-addr", "value", NRS_ALLOW_ADDR, false},
	{"domain-name", "value", NRS_ALLOW_NAME, false},
	{"url", "value", NRS_ALLOW_URL, false},
	{"email-addr", "value", NRS_ALLOW_EMAIL, false},
	{"email-message", "value", NRS_ALLOW_EMAIL, false},
	{"network-traffic", "value", NRS_ALLOW_NAME, false},
	{NULL, "hashes", NRS_ALLOW_HASH, false},
	{"network-traffic", "type", 0, true},
	{"network-traffic", "src_port", 0, true},
	{"network-traffic", "dst_port", 0, true},
	{"network-traffic", "protocols", 0, true},
	{"network-traffic", "start", 0, true},
	{"network-traffic", "end", 0, true},
	{"network-traffic", "is_active", 0, true},
	{"network-traffic", "src_byte_count", 0, true},
	{"network-traffic", "dst_byte_count", 0, true},
	{"network-traffic", "src_packets", 0, true},
	{"network-traffic", "dst_packets", 0, true},
	{"network-traffic", "request_method", 0, true},
	{"network-traffic", "request_version", 0, true},
	{"file", "size", 0, true},
	{"file", "mime_type", 0, true},
	{NULL, NULL, NRS_ALLOW_TEXT, false},
};

static bool has_step(const struct nrs_path *path, const char *key)
{
	for (unsigned int i = 0; i < path->step_count; i++) {
		if (path->steps[i].kind == NRS_STEP_KEY &&
		    nrs_span_is(path->steps[i].key, key))
			return true;
	}
	return false;
}

static size_t row_of(const struct nrs_path *path)
{
	size_t i = 0;

	while ((rows[i].type != NULL &&
		!nrs_span_is(path->type, rows[i].type)) ||
	       (rows[i].key != NULL && !has_step(path, rows[i].key)))
		i++;
	return i;
}

static enum nrs_allow_rest ask(struct nrs_allow_case *c,
			       enum nrs_allow_kind kind, struct nrs_span text)
{
	struct nrs_prefix prefix;

	if (kind == NRS_ALLOW_NAME &&
	    nrs_prefix_parse(text, &prefix) == NRS_OK) {
		kind = NRS_ALLOW_ADDR;
	} else if (kind == NRS_ALLOW_NAME && nrs_span_starts(text, "*.")) {
		kind = NRS_ALLOW_SUBDOMAINS;
		text = nrs_span_from(text, 2);
	}
	c->ask.kind = kind;
	c->ask.text = text;
	const struct nrs_allow_entry *found =
		nrs_allow_ask_value(c->allow, &c->ask);
	if (found == NULL)
		return NRS_ALLOW_LEFT;
	if (c->first == NULL)
		c->first = found;
	return NRS_ALLOW_COVERED;
}

/* One literal of a test at a path of @kind. */
static enum nrs_allow_rest ask_literal(struct nrs_allow_case *c,
				       const struct nrs_test *test,
				       enum nrs_allow_kind kind,
				       const struct nrs_literal *literal)
{
	struct nrs_span text = literal->bytes;
	bool changed;

	if (literal->type != NRS_LIT_STRING || text.len > NRS_ALLOW_VALUE_MAX)
		return NRS_ALLOW_LEFT;
	if (kind != NRS_ALLOW_TEXT) {
		uint8_t *room =
			nrs_arena_bytes(c->allow->patterns, text.len + 1);

		if (room == NULL)
			return NRS_ALLOW_LEFT;
		text = nrs_span(room, nrs_refang(text, room, &changed));
	}
	if (test->op != NRS_OP_LIKE)
		return ask(c, kind, text);
	/* LIKE '%.name': all below it; another LIKE can be anything. */
	if (kind != NRS_ALLOW_NAME || !nrs_span_starts(text, "%.") ||
	    nrs_span_find(text, '%', 1) != SIZE_MAX ||
	    nrs_span_find(text, '_', 1) != SIZE_MAX)
		return NRS_ALLOW_LEFT;
	return ask(c, NRS_ALLOW_SUBDOMAINS, nrs_span_from(text, 2));
}

enum nrs_allow_rest nrs_allow_test(struct nrs_allow_case *c,
				   const struct nrs_test *test)
{
	const size_t row = row_of(&test->path);
	const bool is_value = test->op == NRS_OP_EQ || test->op == NRS_OP_IN ||
			      test->op == NRS_OP_LIKE ||
			      test->op == NRS_OP_ISSUBSET;

	if (test->negated || test->op == NRS_OP_NE || rows[row].is_neutral ||
	    test->op == NRS_OP_EXISTS)
		return NRS_ALLOW_NEUTRAL;
	if (!is_value || test->literal_count == 0)
		return NRS_ALLOW_LEFT;
	for (unsigned int i = 0; i < test->literal_count; i++) {
		if (ask_literal(c, test, rows[row].kind, &test->literals[i]) !=
		    NRS_ALLOW_COVERED)
			return NRS_ALLOW_LEFT;
	}
	return NRS_ALLOW_COVERED;
}

struct open_node {
	const struct nrs_node *node, *child; /* the next to look at */
	enum nrs_allow_rest rest;
	bool has_any; /* some child was looked at */
};

/* What one more child makes of its parent. */
static void join(struct open_node *parent, enum nrs_allow_rest child)
{
	const bool is_or = parent->node->kind == NRS_NODE_CMP_OR ||
			   parent->node->kind == NRS_NODE_OBS_OR;

	if (!parent->has_any)
		parent->rest = child;
	else if (is_or)
		parent->rest = parent->rest == child ? child : NRS_ALLOW_LEFT;
	else
		parent->rest = child > parent->rest ? child : parent->rest;
	parent->has_any = true;
}

enum nrs_allow_rest nrs_allow_pattern(struct nrs_allow_case *c,
				      const struct nrs_node *root)
{
	struct open_node open[OPEN_MAX];
	unsigned int count = 1;

	if (root->kind == NRS_NODE_TEST)
		return nrs_allow_test(c, root->u.test);
	open[0] = (struct open_node){.node = root, .child = root->child};
	for (;;) {
		struct open_node *top = &open[count - 1];
		const struct nrs_node *child = top->child;

		if (child == NULL) {
			if (--count == 0)
				return top->rest;
			join(&open[count - 1], top->rest);
			continue;
		}
		top->child = child->next;
		if (child->kind == NRS_NODE_TEST)
			join(top, nrs_allow_test(c, child->u.test));
		else if (count == OPEN_MAX)
			return NRS_ALLOW_LEFT;
		else
			open[count++] = (struct open_node){
				.node = child, .child = child->child};
	}
}

/* "address:port", "[address]:port" */
static struct nrs_span without_port(struct nrs_span text)
{
	size_t colon = 0;

	for (size_t i = 0; i < text.len; i++)
		colon = text.ptr[i] == ':' ? i : colon;
	text = nrs_span_part(text, 0, colon);
	return text.len > 2 && text.ptr[0] == '['
		       ? nrs_span_part(text, 1, text.len - 2)
		       : text;
}

enum nrs_allow_rest nrs_allow_shape(struct nrs_allow_case *c,
				    const struct nrs_indicator *item)
{
	const struct nrs_span text = item->pattern;

	switch ((enum nrs_shape)item->shape) {
	case NRS_SHAPE_IPV4:
	case NRS_SHAPE_IPV6:
		return ask(c, NRS_ALLOW_ADDR, text);
	case NRS_SHAPE_ADDR_PORT:
		return ask(c, NRS_ALLOW_ADDR, without_port(text));
	case NRS_SHAPE_NAME:
		return ask(c, NRS_ALLOW_NAME, text);
	case NRS_SHAPE_SUBDOMAINS:
		return ask(c, NRS_ALLOW_SUBDOMAINS, text);
	case NRS_SHAPE_URL:
		return ask(c, NRS_ALLOW_URL, text);
	case NRS_SHAPE_EMAIL:
		return ask(c, NRS_ALLOW_EMAIL, text);
	case NRS_SHAPE_MD5:
	case NRS_SHAPE_SHA1:
	case NRS_SHAPE_SHA256:
	case NRS_SHAPE_SHA384:
	case NRS_SHAPE_SHA512:
		return ask(c, NRS_ALLOW_HASH, text);
	default:
		return ask(c, NRS_ALLOW_TEXT, text);
	}
}

static bool parse(struct nrs_allow *a, const struct nrs_indicator *item,
		  struct nrs_pattern *out)
{
	const enum nrs_stix_version said = (enum nrs_stix_version)item->version;

	nrs_arena_reset(a->patterns);
	if (nrs_pattern_parse(out, item->pattern, said, a->patterns, NULL) ==
	    NRS_OK)
		return true;
	nrs_arena_reset(a->patterns);
	return nrs_pattern_parse(out, item->pattern,
				 said == NRS_STIX_21 ? NRS_STIX_20
						     : NRS_STIX_21,
				 a->patterns, NULL) == NRS_OK;
}

bool nrs_allow_indicator(struct nrs_allow *a, const struct nrs_set *set,
			 uint32_t index, int64_t at_ns,
			 struct nrs_allow_veto *veto)
{
	const struct nrs_indicator *item = nrs_set_at(set, index);
	struct nrs_allow_case c = {.allow = a};
	struct nrs_pattern pattern;
	enum nrs_allow_rest rest = NRS_ALLOW_LEFT;

	c.ask.at_ns = at_ns;
	c.ask.source = nrs_set_source_of(set, item->source)->name;
	if (item->shape != NRS_SHAPE_PATTERN)
		rest = nrs_allow_shape(&c, item);
	else if (parse(a, item, &pattern))
		rest = nrs_allow_pattern(&c, pattern.root);
	if (rest != NRS_ALLOW_COVERED || c.first == NULL)
		return false;
	nrs_allow_told(c.first, veto);
	a->lists[veto->list].vetoes++;
	return true;
}

static void count_ended(struct nrs_allow *a, int64_t at_ns)
{
	for (unsigned int i = 0; i < a->list_count; i++)
		a->lists[i].ended = 0;
	for (uint32_t i = 0; i < a->table.count; i++) {
		const struct nrs_allow_entry *e = &a->table.entries[i];

		a->lists[e->list].ended +=
			e->terms != NULL && e->terms->until_ns <= at_ns;
	}
}

int64_t nrs_allow_next_end(const struct nrs_allow *a, int64_t at_ns)
{
	int64_t next = NRS_TIME_MAX;

	for (uint32_t i = 0; i < a->table.count; i++) {
		const struct nrs_allow_terms *terms = a->table.entries[i].terms;

		if (terms != NULL && terms->until_ns > at_ns &&
		    terms->until_ns < next)
			next = terms->until_ns;
	}
	return next;
}

int nrs_allow_run(struct nrs_allow *a, struct nrs_set *set, int64_t at_ns)
{
	struct nrs_allow_veto veto;
	struct nrs_text text = {0};
	int err = NRS_OK;

	count_ended(a, at_ns);
	for (uint32_t i = nrs_set_first(set);
	     i < nrs_set_count(set) && err == NRS_OK; i++) {
		const uint8_t status = nrs_set_at(set, i)->status;

		if (status != NRS_STATUS_FULL && status != NRS_STATUS_PARTIAL)
			continue;
		if (!nrs_allow_indicator(a, set, i, at_ns, &veto))
			continue;
		nrs_text_clear(&text);
		nrs_allow_say(a, &veto, &text);
		nrs_text_putc(&text, '\0');
		err = text.failed ? NRS_E_NOMEM
				  : nrs_set_judge(set, i, NRS_STATUS_EXCEPTED,
						  (const char *)text.ptr);
	}
	nrs_text_fini(&text);
	return err;
}
