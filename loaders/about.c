/* SPDX-License-Identifier: Apache-2.0 */
/*
 * about: patterns are parsed and their tests looked at one by one; a value of
 * a list is what its shape says.
 */
#include "loaders/about.h"

#include <stdlib.h>

#include "engine/pattern.h"
#include "engine/refang.h"

#define OTHER_BIT 18u
#define NETWORK_BIT 7u
/* A node's sibling waits while its children are looked at: one for each level
 * that the parser allows. */
#define WAITING_MAX (2 * NRS_PATTERN_DEPTH_MAX)

struct nrs_about {
	struct nrs_arena *arena; /* of one pattern */
};

/* The tests of a pattern, one after the other. */
struct walk {
	const struct nrs_node *waiting[WAITING_MAX];
	unsigned int count;
};

int nrs_about_new(struct nrs_about **out)
{
	struct nrs_about *about = calloc(1, sizeof(*about));

	if (about == NULL)
		return NRS_E_NOMEM;
	about->arena = nrs_arena_new(0);
	if (about->arena == NULL) {
		free(about);
		return NRS_E_NOMEM;
	}
	*out = about;
	return NRS_OK;
}

void nrs_about_free(struct nrs_about *about)
{
	if (about == NULL)
		return;
	nrs_arena_free(about->arena);
	free(about);
}

static bool begin(struct nrs_about *about, struct walk *walk,
		  const struct nrs_indicator *item)
{
	const enum nrs_stix_version said = (enum nrs_stix_version)item->version;
	struct nrs_pattern pattern;

	nrs_arena_reset(about->arena);
	int err = nrs_pattern_parse(&pattern, item->pattern, said, about->arena,
				    NULL);
	if (err != NRS_OK) {
		nrs_arena_reset(about->arena);
		err = nrs_pattern_parse(&pattern, item->pattern,
					said == NRS_STIX_21 ? NRS_STIX_20
							    : NRS_STIX_21,
					about->arena, NULL);
	}
	walk->count = 0;
	if (err == NRS_OK)
		walk->waiting[walk->count++] = pattern.root;
	return err == NRS_OK;
}

static const struct nrs_test *next(struct walk *walk)
{
	while (walk->count > 0) {
		const struct nrs_node *node = walk->waiting[--walk->count];

		if (node->next != NULL && walk->count < WAITING_MAX)
			walk->waiting[walk->count++] = node->next;
		if (node->kind == NRS_NODE_TEST)
			return node->u.test;
		if (node->child != NULL && walk->count < WAITING_MAX)
			walk->waiting[walk->count++] = node->child;
	}
	return NULL;
}

static uint32_t type_bit(struct nrs_span type)
{
	struct nrs_span rest = nrs_span_of(NRS_ABOUT_TYPES), known;

	for (unsigned int i = 0; nrs_span_split(&rest, '|', &known); i++) {
		if (nrs_span_equal(known, type))
			return 1u << i;
	}
	return 1u << OTHER_BIT;
}

/* By its last step: "dst_ref.value", "resolves_to_refs[*].value". */
static bool ends_in(const struct nrs_path *path, const char *key)
{
	return path->step_count > 0 &&
	       path->steps[path->step_count - 1].kind == NRS_STEP_KEY &&
	       nrs_span_is(path->steps[path->step_count - 1].key, key);
}

static uint32_t types_of_test(const struct nrs_test *test)
{
	uint32_t types = type_bit(test->path.type);

	if (types != 1u << NETWORK_BIT || test->negated ||
	    test->op != NRS_OP_EQ || test->literal_count != 1 ||
	    test->literals->type != NRS_LIT_STRING)
		return types;
	struct nrs_prefix prefix;
	const struct nrs_span text = test->literals->bytes;
	if (ends_in(&test->path, "type"))
		types |= type_bit(text);
	else if (ends_in(&test->path, "value") &&
		 nrs_prefix_parse(text, &prefix) == NRS_OK)
		types |= type_bit(nrs_span_of(nrs_addr_is_v4(&prefix.addr) &&
							      prefix.bits >= 96
						      ? "ipv4-addr"
						      : "ipv6-addr"));
	return types;
}

static uint32_t types_of_shape(enum nrs_shape shape)
{
	static const char *const types[] = {
		[NRS_SHAPE_IPV4] = "ipv4-addr",
		[NRS_SHAPE_IPV6] = "ipv6-addr",
		[NRS_SHAPE_NAME] = "domain-name",
		[NRS_SHAPE_SUBDOMAINS] = "domain-name",
		[NRS_SHAPE_URL] = "url",
		[NRS_SHAPE_ADDR_PORT] = "network-traffic",
		[NRS_SHAPE_EMAIL] = "email-addr",
		[NRS_SHAPE_MD5] = "file",
		[NRS_SHAPE_SHA1] = "file",
		[NRS_SHAPE_SHA256] = "file",
		[NRS_SHAPE_SHA384] = "file",
		[NRS_SHAPE_SHA512] = "file",
		[NRS_SHAPE_JA4] = "network-traffic",
	};
	const bool is_known = (size_t)shape < sizeof(types) / sizeof(*types) &&
			      types[shape] != NULL;

	return type_bit(nrs_span_of(is_known ? types[shape] : "other"));
}

uint32_t nrs_about_types(struct nrs_about *about,
			 const struct nrs_indicator *item)
{
	const struct nrs_test *test;
	struct walk walk;
	uint32_t types = 0;

	if (item->shape != NRS_SHAPE_PATTERN)
		return types_of_shape((enum nrs_shape)item->shape);
	if (!begin(about, &walk, item))
		return 0;
	while ((test = next(&walk)) != NULL)
		types |= types_of_test(test);
	return types;
}

/* An address, else a name, which may stand for what is below it. */
static void read_host(struct nrs_about_value *value)
{
	if (nrs_prefix_parse(value->text, &value->prefix) == NRS_OK) {
		value->kind = NRS_ABOUT_ADDR;
	} else if (nrs_span_starts(value->text, "*.") ||
		   nrs_span_starts(value->text, "%.")) {
		value->kind = NRS_ABOUT_SUBDOMAINS;
		value->text = nrs_span_from(value->text, 2);
	} else {
		value->kind = NRS_ABOUT_NAME;
	}
}

static bool is_host(const struct nrs_path *path)
{
	return nrs_span_is(path->type, "ipv4-addr") ||
	       nrs_span_is(path->type, "ipv6-addr") ||
	       nrs_span_is(path->type, "domain-name") ||
	       (nrs_span_is(path->type, "network-traffic") &&
		ends_in(path, "value"));
}

static bool holds_literal(struct nrs_about *about, const struct nrs_test *test,
			  const struct nrs_literal *literal,
			  nrs_about_holds_fn *holds, void *ctx)
{
	uint8_t *room = nrs_arena_bytes(about->arena, literal->bytes.len + 1);
	struct nrs_about_value value = {.kind = NRS_ABOUT_TEXT,
					.text = literal->bytes};
	bool changed;

	if (room == NULL || literal->type != NRS_LIT_STRING)
		return false;
	if (test->op == NRS_OP_MATCHES)
		return holds(ctx, &value);
	value.text = nrs_span(room, nrs_refang(literal->bytes, room, &changed));
	if (is_host(&test->path))
		read_host(&value);
	else if (nrs_span_is(test->path.type, "url"))
		value.kind = NRS_ABOUT_URL;
	else if (nrs_span_is(test->path.type, "email-addr"))
		value.kind = NRS_ABOUT_EMAIL;
	else
		value.text = literal->bytes;
	return holds(ctx, &value);
}

static bool holds_shape(const struct nrs_indicator *item,
			nrs_about_holds_fn *holds, void *ctx)
{
	struct nrs_about_value value = {.kind = NRS_ABOUT_TEXT,
					.text = item->pattern};
	size_t colon = 0;

	switch ((enum nrs_shape)item->shape) {
	case NRS_SHAPE_IPV4:
	case NRS_SHAPE_IPV6:
	case NRS_SHAPE_NAME:
		read_host(&value);
		break;
	case NRS_SHAPE_SUBDOMAINS:
		value.kind = NRS_ABOUT_SUBDOMAINS;
		break;
	case NRS_SHAPE_URL:
		value.kind = NRS_ABOUT_URL;
		break;
	case NRS_SHAPE_EMAIL:
		value.kind = NRS_ABOUT_EMAIL;
		break;
	case NRS_SHAPE_ADDR_PORT:
		if (holds(ctx, &value))
			return true;
		for (size_t i = 0; i < value.text.len; i++)
			colon = value.text.ptr[i] == ':' ? i : colon;
		value.text = nrs_span_part(value.text, 0, colon);
		read_host(&value);
		break;
	default:
		break;
	}
	return holds(ctx, &value);
}

bool nrs_about_any(struct nrs_about *about, const struct nrs_indicator *item,
		   nrs_about_holds_fn *holds, void *ctx)
{
	const struct nrs_test *test;
	struct walk walk;

	if (item->shape != NRS_SHAPE_PATTERN)
		return holds_shape(item, holds, ctx);
	if (!begin(about, &walk, item))
		return false;
	while ((test = next(&walk)) != NULL) {
		if (test->negated || test->op == NRS_OP_NE)
			continue;
		for (unsigned int i = 0; i < test->literal_count; i++) {
			if (holds_literal(about, test, &test->literals[i],
					  holds, ctx))
				return true;
		}
	}
	return false;
}

struct nrs_span nrs_about_host(const struct nrs_about_value *value)
{
	struct nrs_span text = value->text;
	size_t end = 0;

	if (value->kind == NRS_ABOUT_EMAIL) {
		const size_t at = nrs_span_find(text, '@', 0);

		return at == SIZE_MAX ? nrs_span(NULL, 0)
				      : nrs_span_from(text, at + 1);
	}
	if (value->kind != NRS_ABOUT_URL)
		return text;
	const size_t scheme = nrs_span_find_text(text, "://");
	if (scheme != SIZE_MAX)
		text = nrs_span_from(text, scheme + 3);
	while (end < text.len && memchr("/?#", text.ptr[end], 3) == NULL)
		end++;
	text = nrs_span_part(text, 0, end);
	for (size_t at; (at = nrs_span_find(text, '@', 0)) != SIZE_MAX;)
		text = nrs_span_from(text, at + 1);
	if (nrs_span_starts(text, "["))
		return nrs_span_part(text, 1, nrs_span_find(text, ']', 0) - 1);
	return nrs_span_part(text, 0, nrs_span_find(text, ':', 0));
}

bool nrs_about_is_below(struct nrs_span name, struct nrs_span parent)
{
	if (name.len < parent.len || parent.len == 0)
		return false;
	const struct nrs_span tail = nrs_span_from(name, name.len - parent.len);
	return nrs_span_equal(tail, parent) &&
	       (name.len == parent.len ||
		name.ptr[name.len - parent.len - 1] == '.');
}
