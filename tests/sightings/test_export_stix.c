/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_export_stix: the indicators as STIX again: each once, with what was
 * known of it, valid by STIX 2.1 section 4.7; and the targets of one line an
 * entry.
 */
#include "sightings/export.h"

#include "engine/base/json.h"
#include "tests/nrs_test.h"

#define DAY (86400 * NRS_SECOND_NS)
#define AT (INT64_C(1767225600) * NRS_SECOND_NS) /* 2026-01-01 */

struct bench {
	struct nrs_set *set;
	struct nrs_arena *arena;
	struct nrs_text text;
	struct nrs_export_result result;
};

static void add(struct bench *b, const char *id, enum nrs_shape shape,
		const char *pattern, enum nrs_tlp tlp)
{
	static const struct nrs_background by = {
		.created_by = {(const uint8_t *)"identity--2", 11},
		.labels = {(const uint8_t *)"phishing\nc2", 11},
		.kill_chain = {(const uint8_t *)"lockheed:delivery", 17}};
	const struct nrs_indicator_context context = {
		.name = nrs_span_of("a \"name\""), .background = &by};
	struct nrs_indicator item = {.id = nrs_span_of(id),
				     .pattern = nrs_span_of(pattern),
				     .shape = (uint8_t)shape,
				     .version = NRS_STIX_21,
				     .created_ns = AT - 10 * DAY,
				     .modified_ns = AT - 9 * DAY,
				     .valid_from_ns = AT - 10 * DAY,
				     .valid_until_ns = AT + 10 * DAY,
				     .confidence = 85,
				     .tlp = (uint8_t)tlp,
				     .status = NRS_STATUS_FULL};

	if (shape == NRS_SHAPE_PATTERN)
		item.context = nrs_set_context(b->set, &context);
	assert_int_equal(nrs_set_add(b->set, &item), NRS_OK);
}

static int setup(void **state)
{
	struct bench *b = calloc(1, sizeof(*b));
	uint32_t source;

	*state = b;
	if (b == NULL || nrs_set_new(&b->set) != NRS_OK ||
	    nrs_set_source(b->set, nrs_span_of("l.txt"), nrs_span_of("l"),
			   &source) != NRS_OK)
		return -1;
	b->arena = nrs_arena_new(0);
	return b->arena == NULL ? -1 : 0;
}

static int teardown(void **state)
{
	struct bench *b = *state;

	nrs_text_fini(&b->text);
	nrs_arena_free(b->arena);
	nrs_set_free(b->set);
	free(b);
	return 0;
}

static void export_to(struct bench *b, const char *target)
{
	const struct nrs_export_options options = {
		.target = nrs_export_target(nrs_span_of(target)),
		.rules = {.at_ns = AT}};

	assert_non_null(options.target);
	assert_int_equal(nrs_set_settle(b->set), NRS_OK);
	nrs_text_clear(&b->text);
	assert_int_equal(nrs_export(&b->text, b->set, &options, &b->result),
			 NRS_OK);
}

static const struct nrs_json *objects(struct bench *b)
{
	struct nrs_json *tree = NULL;

	if (nrs_json_parse(nrs_text_span(&b->text), b->arena, &tree, NULL) !=
	    NRS_OK)
		fail_msg("%.*s", (int)b->text.len, (char *)b->text.ptr);
	assert_true(nrs_span_is(nrs_json_text(tree, "type"), "bundle"));
	return nrs_json_get(tree, "objects");
}

static unsigned int count_of(const struct nrs_json *list, const char *type)
{
	unsigned int count = 0;

	for (const struct nrs_json *o = list->child; o != NULL; o = o->next)
		count += nrs_span_is(nrs_json_text(o, "type"), type);
	return count;
}

static const struct nrs_json *the_indicator(const struct nrs_json *list)
{
	for (const struct nrs_json *o = list->child; o != NULL; o = o->next) {
		if (nrs_span_is(nrs_json_text(o, "type"), "indicator"))
			return o;
	}
	fail_msg("no indicator");
	return NULL;
}

static void an_indicator_keeps_what_is_known_of_it(void **state)
{
	static const char *const want[][2] = {
		{"spec_version", "2.1"},
		{"id", "indicator--1"},
		{"created_by_ref", "identity--2"},
		{"created", "2025-12-22T00:00:00.000Z"},
		{"modified", "2025-12-23T00:00:00.000Z"},
		{"valid_from", "2025-12-22T00:00:00.000Z"},
		{"valid_until", "2026-01-11T00:00:00.000Z"},
		{"name", "a \"name\""},
		{"pattern", "[domain-name:value = 'c2.example']"},
		{"pattern_type", "stix"}};
	struct bench *b = *state;
	int64_t confidence = 0;

	add(b, "indicator--1", NRS_SHAPE_PATTERN,
	    "[domain-name:value = 'c2.example']", NRS_TLP_GREEN);
	export_to(b, "stix");
	const struct nrs_json *list = objects(b);
	const struct nrs_json *o = the_indicator(list);
	for (size_t i = 0; i < sizeof(want) / sizeof(*want); i++) {
		if (!nrs_span_is(nrs_json_text(o, want[i][0]), want[i][1]))
			fail_msg("%s", want[i][0]);
	}
	assert_int_equal(
		nrs_json_i64(nrs_json_get(o, "confidence"), &confidence),
		NRS_OK);
	assert_int_equal(confidence, 85);
	const struct nrs_json *label = nrs_json_get(o, "labels")->child;
	assert_true(nrs_span_is(label->text, "phishing"));
	assert_true(nrs_span_is(label->next->text, "c2"));
	const struct nrs_json *phase =
		nrs_json_get(o, "kill_chain_phases")->child;
	assert_true(nrs_span_is(nrs_json_text(phase, "kill_chain_name"),
				"lockheed"));
	assert_true(
		nrs_span_is(nrs_json_text(phase, "phase_name"), "delivery"));
	/* its marking is there, and defined */
	assert_int_equal(count_of(list, "marking-definition"), 1);
	assert_true(nrs_span_is(
		nrs_json_get(o, "object_marking_refs")->child->text,
		"marking-definition--bab4a63c-aed9-4cf5-a766-dfca5abac2bb"));
}

static void each_stands_once_whatever_it_looks_for(void **state)
{
	struct bench *b = *state;

	add(b, "indicator--1", NRS_SHAPE_PATTERN,
	    "[domain-name:value IN ('a.example', 'b.example') OR "
	    "ipv4-addr:value = '198.51.100.7']",
	    NRS_TLP_GREEN);
	add(b, "indicator--2", NRS_SHAPE_PATTERN,
	    "[domain-name:value = 'a.example']", NRS_TLP_GREEN);
	export_to(b, "stix");
	assert_int_equal(count_of(objects(b), "indicator"), 2);
}

static void a_lists_value_becomes_a_pattern(void **state)
{
	struct bench *b = *state;

	add(b, "", NRS_SHAPE_NAME, "c2.example", NRS_TLP_GREEN);
	export_to(b, "stix");
	const struct nrs_json *o = the_indicator(objects(b));
	assert_true(nrs_span_is(nrs_json_text(o, "pattern"),
				"[domain-name:value = 'c2.example']"));
	assert_true(nrs_span_starts(nrs_json_text(o, "id"), "indicator--"));
}

static void the_bundle_is_the_same_for_the_same_set(void **state)
{
	struct bench *b = *state;
	struct nrs_text first = {0};

	add(b, "indicator--1", NRS_SHAPE_PATTERN,
	    "[domain-name:value = 'c2.example']", NRS_TLP_GREEN);
	export_to(b, "stix");
	nrs_text_add(&first, nrs_text_span(&b->text));
	export_to(b, "stix");
	assert_true(
		nrs_span_equal(nrs_text_span(&first), nrs_text_span(&b->text)));
	nrs_text_fini(&first);
}

/* Lines that are no comments, each with its end. */
static void entries(struct bench *b, struct nrs_text *out)
{
	struct nrs_span rest = nrs_text_span(&b->text), line;

	while (nrs_span_split(&rest, '\n', &line)) {
		if (line.len == 0 || line.ptr[0] == '#')
			continue;
		nrs_text_add(out,
			     nrs_span_part(line, 0,
					   nrs_span_find_text(line, " # ")));
		nrs_text_putc(out, '\n');
	}
	nrs_text_putc(out, '\0');
}

static void a_plain_list_can_be_read_again(void **state)
{
	struct bench *b = *state;
	struct nrs_text got = {0};

	add(b, "", NRS_SHAPE_IPV4, "198.51.100.7", NRS_TLP_GREEN);
	add(b, "", NRS_SHAPE_IPV4, "203.0.113.0/24", NRS_TLP_GREEN);
	add(b, "", NRS_SHAPE_NAME, "c2.example", NRS_TLP_GREEN);
	add(b, "", NRS_SHAPE_SUBDOMAINS, "tree.example", NRS_TLP_GREEN);
	add(b, "", NRS_SHAPE_ADDR_PORT, "[2001:db8::7]:443", NRS_TLP_GREEN);
	export_to(b, "list");
	entries(b, &got);
	static const char *const want[] = {"198.51.100.7\n", "203.0.113.0/24\n",
					   "c2.example\n", "*.tree.example\n",
					   "[2001:db8::7]:443\n"};
	for (size_t i = 0; i < sizeof(want) / sizeof(*want); i++) {
		if (strstr((const char *)got.ptr, want[i]) == NULL)
			fail_msg("no %s in %s", want[i], (const char *)got.ptr);
	}
	nrs_text_fini(&got);
}

static void zeek_gets_its_types_and_a_head(void **state)
{
	struct bench *b = *state;
	struct nrs_text got = {0};

	add(b, "", NRS_SHAPE_IPV4, "198.51.100.7", NRS_TLP_GREEN);
	add(b, "", NRS_SHAPE_IPV4, "203.0.113.0/24", NRS_TLP_GREEN);
	add(b, "", NRS_SHAPE_NAME, "c2.example", NRS_TLP_GREEN);
	add(b, "", NRS_SHAPE_URL, "http://c2.example/x", NRS_TLP_GREEN);
	add(b, "", NRS_SHAPE_MD5, "0123456789abcdef0123456789abcdef",
	    NRS_TLP_GREEN);
	export_to(b, "zeek");
	assert_true(
		nrs_span_find_text(nrs_text_span(&b->text),
				   "#fields\tindicator\tindicator_type\t") !=
		SIZE_MAX);
	entries(b, &got);
	/* docs.zeek.org, Intelligence Framework: a URL has no scheme */
	static const char *const want[] = {
		"198.51.100.7\tIntel::ADDR\t",
		"203.0.113.0/24\tIntel::SUBNET\t",
		"c2.example\tIntel::DOMAIN\t", "c2.example/x\tIntel::URL\t",
		"0123456789abcdef0123456789abcdef\tIntel::FILE_HASH\t"};
	for (size_t i = 0; i < sizeof(want) / sizeof(*want); i++) {
		if (strstr((const char *)got.ptr, want[i]) == NULL)
			fail_msg("no %s in %s", want[i], (const char *)got.ptr);
	}
	nrs_text_fini(&got);
}

#define NRS_T(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		NRS_T(an_indicator_keeps_what_is_known_of_it),
		NRS_T(each_stands_once_whatever_it_looks_for),
		NRS_T(a_lists_value_becomes_a_pattern),
		NRS_T(the_bundle_is_the_same_for_the_same_set),
		NRS_T(a_plain_list_can_be_read_again),
		NRS_T(zeek_gets_its_types_and_a_head),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
