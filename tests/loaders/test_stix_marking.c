/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_stix_marking: what a marking means; when in doubt, RED.
 */
#include "tests/nrs_test.h"

#include "loaders/stix_marking.h"

static const struct nrs_json *parsed(struct nrs_arena *arena, const char *text)
{
	struct nrs_json *object = NULL;

	assert_int_equal(
		nrs_json_parse(nrs_span_of(text), arena, &object, NULL),
		NRS_OK);
	return object;
}

#define EXT(tlp)                                                               \
	"\"extensions\":{\"extension-definition--60a3c5c5-0d10-413e-aab3-"     \
	"9e08dde9e88d\":{\"extension_type\":\"property-extension\","           \
	"\"tlp_2_0\":\"" tlp "\"}}"

static const struct {
	const char *definition;
	enum nrs_tlp tlp;
} definitions[] = {
	{"{\"definition_type\":\"tlp\",\"definition\":{\"tlp\":\"white\"}}",
	 NRS_TLP_CLEAR},
	{"{\"definition_type\":\"tlp\",\"definition\":{\"tlp\":\"RED\"}}",
	 NRS_TLP_RED},
	{"{\"name\":\"TLP:AMBER\"," EXT("amber") "}", NRS_TLP_AMBER},
	{"{" EXT("amber+strict") "}", NRS_TLP_AMBER_STRICT},
	{"{\"name\":\"TLP:GREEN\"}", NRS_TLP_GREEN},
	{"{\"definition_type\":\"TLP:CLEAR\"}", NRS_TLP_CLEAR},
	{"{\"definition_type\":\"statement\",\"definition\":{\"statement\":"
	 "\"Copyright\"}}",
	 NRS_TLP_NONE},
	/* In doubt */
	{"{\"name\":\"TLP:GREEN\"," EXT("red") "}", NRS_TLP_RED},
	{"{\"definition_type\":\"tlp\",\"definition\":{\"tlp\":\"purple\"}}",
	 NRS_TLP_RED},
	{"{\"definition_type\":\"iep\",\"definition\":{}}", NRS_TLP_RED},
	{"{\"definition_type\":\"statement\",\"name\":\"TLP:AMBER\"}",
	 NRS_TLP_AMBER},
	{"{\"name\":\"red\",\"definition_type\":\"statement\"}", NRS_TLP_NONE},
	{"{}", NRS_TLP_RED},
};

static void definitions_say_their_tlp_and_in_doubt_red(void **state)
{
	struct nrs_arena *arena = nrs_arena_new(0);

	(void)state;
	for (size_t i = 0; i < sizeof(definitions) / sizeof(*definitions);
	     i++) {
		const enum nrs_tlp tlp = nrs_marking_of(
			parsed(arena, definitions[i].definition));

		if (tlp == definitions[i].tlp)
			continue;
		print_error("%s: %s\n", definitions[i].definition,
			    nrs_tlp_name(tlp));
		fail();
	}
	nrs_arena_free(arena);
}

/* Specification, section 3. */
static const struct {
	const char *id;
	enum nrs_tlp tlp;
} ids[] = {
	{"613f2e26-407d-48c7-9eca-b8e91df99dc9", NRS_TLP_CLEAR},
	{"34098fce-860f-48ae-8e50-ebd3cc5e41da", NRS_TLP_GREEN},
	{"f88d31f6-486f-44da-b317-01333bde0b82", NRS_TLP_AMBER},
	{"5e57c739-391a-4eb3-b6be-7d15ca92d5ed", NRS_TLP_RED},
	{"94868c89-83c2-464b-929b-a1a8aa3c8487", NRS_TLP_CLEAR},
	{"bab4a63c-aed9-4cf5-a766-dfca5abac2bb", NRS_TLP_GREEN},
	{"55d920b0-5e8b-4f79-9ee9-91f868d9b421", NRS_TLP_AMBER},
	{"939a9414-2ddd-4d32-a0cd-375ea402b003", NRS_TLP_AMBER_STRICT},
	{"e828b379-4e03-4974-9ac4-e53a884c97c1", NRS_TLP_RED},
};

static void the_predefined_ids_need_no_definition(void **state)
{
	enum nrs_tlp tlp;
	char id[80];

	(void)state;
	for (size_t i = 0; i < sizeof(ids) / sizeof(*ids); i++) {
		snprintf(id, sizeof(id), "marking-definition--%s", ids[i].id);
		assert_true(nrs_marking_of_id(nrs_span_of(id), &tlp));
		assert_int_equal(tlp, ids[i].tlp);
	}
	assert_false(nrs_marking_of_id(
		nrs_span_of("x--613f2e26-407d-48c7-9eca-b8e91df99dc9"), &tlp));
	assert_false(nrs_marking_of_id(nrs_span_of(""), &tlp));
}

static const struct {
	const char *object, *ids;
} marked[] = {
	{"{}", ""},
	{"{\"object_marking_refs\":[\"a\",\"b\"]}", "a\nb"},
	{"{\"object_marking_refs\":null}", ""},
	{"{\"object_marking_refs\":\"a\"}", "a"},
	{"{\"object_marking_refs\":[7]}", "?"},
	{"{\"object_marking_refs\":[\"\"]}", "?"},
	{"{\"object_marking_refs\":{}}", "?"},
	{"{\"granular_markings\":[{\"marking_ref\":\"g\",\"selectors\":"
	 "[\"pattern\"]}]}",
	 "g"},
	{"{\"granular_markings\":[{\"marking_ref\":\"g\",\"selectors\":"
	 "[\"labels.[0]\",\"name\"]}]}",
	 "g"},
	{"{\"granular_markings\":[{\"marking_ref\":\"g\",\"selectors\":"
	 "[\"description\"]},{\"marking_ref\":\"h\",\"selectors\":"
	 "[\"labels\"]}]}",
	 "g"},
	{"{\"granular_markings\":[{\"lang\":\"ja\",\"selectors\":"
	 "[\"name\"]}]}",
	 ""},
	{"{\"object_marking_refs\":[\"a\"],\"granular_markings\":"
	 "[{\"marking_ref\":\"g\"}]}",
	 "a\ng"},
	{"{\"granular_markings\":\"x\"}", "?"},
};

static void all_marks_on_what_a_sighting_repeats_are_listed(void **state)
{
	struct nrs_arena *arena = nrs_arena_new(0);
	struct nrs_text text = {0};

	(void)state;
	for (size_t i = 0; i < sizeof(marked) / sizeof(*marked); i++) {
		nrs_text_clear(&text);
		nrs_marking_ids(parsed(arena, marked[i].object), &text);
		if (nrs_span_is(nrs_text_span(&text), marked[i].ids))
			continue;
		print_error("%s: '%.*s'\n", marked[i].object, (int)text.len,
			    (const char *)text.ptr);
		fail();
	}
	nrs_text_fini(&text);
	nrs_arena_free(arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(definitions_say_their_tlp_and_in_doubt_red),
		cmocka_unit_test(the_predefined_ids_need_no_definition),
		cmocka_unit_test(
			all_marks_on_what_a_sighting_repeats_are_listed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
