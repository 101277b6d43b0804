/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_stix_parts: the forms that all our STIX shares. The TLP 2.0 markings
 * are those of the specification (STIX 2.1 extension definition
 * 60a3c5c5-0d10-413e-aab3-9e08dde9e88d).
 */
#include "sightings/stix_parts.h"

#include "tests/nrs_test.h"

static const struct {
	enum nrs_tlp tlp;
	const char *id, *level, *name;
} markings[] = {
	{NRS_TLP_CLEAR, "94868c89-83c2-464b-929b-a1a8aa3c8487", "clear",
	 "TLP:CLEAR"},
	{NRS_TLP_GREEN, "bab4a63c-aed9-4cf5-a766-dfca5abac2bb", "green",
	 "TLP:GREEN"},
	{NRS_TLP_AMBER, "55d920b0-5e8b-4f79-9ee9-91f868d9b421", "amber",
	 "TLP:AMBER"},
	{NRS_TLP_AMBER_STRICT, "939a9414-2ddd-4d32-a0cd-375ea402b003",
	 "amber+strict", "TLP:AMBER+STRICT"},
	{NRS_TLP_RED, "e828b379-4e03-4974-9ac4-e53a884c97c1", "red", "TLP:RED"},
};

/* What is written, read back; the arena holds it. */
static struct nrs_json *parsed(const struct nrs_text *text,
			       struct nrs_arena *arena)
{
	struct nrs_json *tree = NULL;

	if (nrs_json_parse(nrs_text_span(text), arena, &tree, NULL) != NRS_OK)
		fail_msg("no JSON: %.*s", (int)text->len, (char *)text->ptr);
	return tree;
}

static void each_level_has_the_specifications_marking(void **state)
{
	struct nrs_arena *arena = nrs_arena_new(0);

	(void)state;
	assert_non_null(arena);
	for (size_t i = 0; i < sizeof(markings) / sizeof(*markings); i++) {
		struct nrs_text text = {0};
		struct nrs_jsonw w = {.out = &text};
		char id[80];

		(void)snprintf(id, sizeof(id), "marking-definition--%s",
			       markings[i].id);
		assert_string_equal(nrs_stix_marking_id(markings[i].tlp), id);
		nrs_stix_marking(&w, markings[i].tlp);
		const struct nrs_json *tree = parsed(&text, arena);
		assert_true(nrs_span_is(nrs_json_text(tree, "id"), id));
		assert_true(nrs_span_is(nrs_json_text(tree, "type"),
					"marking-definition"));
		assert_true(nrs_span_is(nrs_json_text(tree, "spec_version"),
					"2.1"));
		assert_true(nrs_span_is(nrs_json_text(tree, "name"),
					markings[i].name));
		const struct nrs_json *extension =
			nrs_json_get(nrs_json_get(tree, "extensions"),
				     "extension-definition--"
				     "60a3c5c5-0d10-413e-aab3-9e08dde9e88d");
		assert_true(nrs_span_is(nrs_json_text(extension, "tlp_2_0"),
					markings[i].level));
		assert_true(
			nrs_span_is(nrs_json_text(extension, "extension_type"),
				    "property-extension"));
		nrs_text_fini(&text);
	}
	nrs_arena_free(arena);
}

static void unmarked_is_handled_as_amber_strict(void **state)
{
	(void)state;
	assert_int_equal(nrs_stix_tlp(NRS_TLP_NONE), NRS_TLP_AMBER_STRICT);
	assert_string_equal(nrs_stix_marking_id(NRS_TLP_NONE),
			    nrs_stix_marking_id(NRS_TLP_AMBER_STRICT));
	for (size_t i = 0; i < sizeof(markings) / sizeof(*markings); i++)
		assert_int_equal(nrs_stix_tlp(markings[i].tlp),
				 markings[i].tlp);
}

static void members_are_json(void **state)
{
	struct nrs_text text = {0};
	struct nrs_jsonw w = {.out = &text};

	(void)state;
	nrs_stix_begin(&w, "note", "note--1");
	nrs_stix_text(&w, "content", "a \"quoted\"\n");
	nrs_stix_time(&w, "created", INT64_C(1772366400123456789), 3);
	nrs_stix_time(&w, "modified", INT64_C(1772366400123456789), 6);
	nrs_stix_ref(&w, "object_refs", "x--2");
	nrs_jsonw_close(&w, '}');
	assert_true(nrs_span_is(
		nrs_text_span(&text),
		"{\"type\":\"note\",\"spec_version\":\"2.1\",\"id\":\"note--1\""
		",\"content\":\"a \\\"quoted\\\"\\n\","
		"\"created\":\"2026-03-01T12:00:00.123Z\","
		"\"modified\":\"2026-03-01T12:00:00.123456Z\","
		"\"object_refs\":[\"x--2\"]}"));
	nrs_text_fini(&text);
}

static void a_lists_value_is_an_indicator_of_unknown_age(void **state)
{
	const struct nrs_stix_value value = {
		.id = "indicator--1",
		.created_by = "identity--2",
		.name = nrs_span_of("c2.example"),
		.pattern = nrs_span_of("[domain-name:value = 'c2.example']"),
		.tlp = NRS_TLP_NONE};
	struct nrs_arena *arena = nrs_arena_new(0);
	struct nrs_text text = {0};
	struct nrs_jsonw w = {.out = &text};

	(void)state;
	assert_non_null(arena);
	nrs_stix_value(&w, &value);
	const struct nrs_json *tree = parsed(&text, arena);
	/* what STIX 2.1 section 4.7 requires of an indicator */
	static const char *const required[][2] = {
		{"type", "indicator"},
		{"spec_version", "2.1"},
		{"id", "indicator--1"},
		{"created_by_ref", "identity--2"},
		{"created", "1970-01-01T00:00:00.000Z"},
		{"modified", "1970-01-01T00:00:00.000Z"},
		{"pattern", "[domain-name:value = 'c2.example']"},
		{"pattern_type", "stix"},
		{"valid_from", "1970-01-01T00:00:00Z"},
		{"name", "c2.example"}};
	for (size_t i = 0; i < sizeof(required) / sizeof(*required); i++) {
		if (!nrs_span_is(nrs_json_text(tree, required[i][0]),
				 required[i][1]))
			fail_msg("%s", required[i][0]);
	}
	const struct nrs_json *refs = nrs_json_get(tree, "object_marking_refs");
	assert_true(nrs_json_is(refs, NRS_JSON_ARRAY));
	assert_true(nrs_span_is(refs->child->text,
				nrs_stix_marking_id(NRS_TLP_AMBER_STRICT)));
	nrs_text_fini(&text);
	nrs_arena_free(arena);
}

static void confidence_is_the_lower_of_both(void **state)
{
	/* rule 12: exact 100, subdomain or prefix 75, partial 50 */
	static const struct {
		int said;
		enum nrs_how how;
		bool is_partial;
		int want;
	} rows[] = {
		{100, NRS_HOW_EXACT, false, 100},
		{85, NRS_HOW_EXACT, false, 85},
		{0, NRS_HOW_EXACT, false, 0},
		{85, NRS_HOW_SUBDOMAIN, false, 75},
		{75, NRS_HOW_PREFIX, false, 75},
		{60, NRS_HOW_PREFIX, false, 60},
		{85, NRS_HOW_PATTERN, false, 85},
		{85, NRS_HOW_EXACT, true, 50},
		{85, NRS_HOW_PREFIX, true, 50},
		{10, NRS_HOW_EXACT, true, 10},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		assert_int_equal(nrs_stix_confidence(rows[i].said, rows[i].how,
						     rows[i].is_partial),
				 rows[i].want);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_level_has_the_specifications_marking),
		cmocka_unit_test(unmarked_is_handled_as_amber_strict),
		cmocka_unit_test(members_are_json),
		cmocka_unit_test(a_lists_value_is_an_indicator_of_unknown_age),
		cmocka_unit_test(confidence_is_the_lower_of_both),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
