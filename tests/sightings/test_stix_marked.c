/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_stix_marked: what leaves beside the indicator's own value, and how it is
 * marked (sharing-rules.md rules 8, 14 and 16).
 */
#include "engine/handling.h"
#include "tests/sightings/written.h"

/* The first value of the hit met its test so. */
static void met(struct bench *b, enum nrs_how how)
{
	struct nrs_record_value *value = (void *)(&b->made.record.hit + 1);

	value->how = (uint8_t)how;
}

/* A pattern may ask for a part of it: the rest is the own client's. */
static void of_a_user_agent_only_what_the_indicator_says_leaves(void **state)
{
	static const struct {
		enum nrs_field field;
		const char *value;
		enum nrs_how how;
		bool leaves;
	} cases[] = {
		{NRS_F_HTTP_USER_AGENT, "evil/1.0", NRS_HOW_EXACT, true},
		{NRS_F_HTTP_USER_AGENT, "evil on pc-17", NRS_HOW_PATTERN,
		 false},
		{NRS_F_HTTP_HEADER, "User-Agent: evil/1.0", NRS_HOW_EXACT,
		 true},
		{NRS_F_HTTP_HEADER, "user-agent: evil on pc-17",
		 NRS_HOW_PATTERN, false},
		{NRS_F_HTTP_HEADER, "USER-AGENT : evil on pc-17",
		 NRS_HOW_PATTERN, false},
	};
	struct bench *b = *state;

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		made_hit(&b->made, OWN, PEER, MADE_NS);
		made_text(&b->made, cases[i].field, cases[i].value);
		met(b, cases[i].how);
		made_text(&b->made, NRS_F_HTTP_METHOD, "GET");
		made_text(&b->made, NRS_F_HTTP_URI, "/");
		write_post(b);
		assert_int_equal(b->err, NRS_OK);
		if (says(b, "pc-17"))
			fail_msg("case %zu leaves", i);
		/* STIX has a place for it among the headers alone. */
		if (cases[i].field == NRS_F_HTTP_HEADER)
			assert_int_equal(says(b, "evil/1.0"), cases[i].leaves);
	}
}

/* A name below the one that was looked for is not the indicator's value. */
static void what_only_resembles_the_value_carries_the_marking(void **state)
{
	static const struct {
		enum nrs_field field;
		const char *value, *type;
		enum nrs_how how;
	} cases[] = {
		{NRS_F_TLS_SNI, "www.c2.example", "domain-name",
		 NRS_HOW_SUBDOMAIN},
		{NRS_F_HTTP_URL, "http://c2.example/a?b", "url",
		 NRS_HOW_PREFIX},
		{NRS_F_DNS_QUERY, "x.example", "domain-name", NRS_HOW_PATTERN},
		{NRS_F_FILE_NAME, "x.exe", "file", NRS_HOW_PATTERN},
	};
	struct bench *b = *state;

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		made_hit(&b->made, OWN, PEER, MADE_NS);
		made_text(&b->made, cases[i].field, cases[i].value);
		met(b, cases[i].how);
		write_post(b);
		const struct nrs_json *o = object(b, cases[i].type);
		assert_non_null(o);
		member_is(o, "object_marking_refs",
			  "marking-definition--"
			  "55d920b0-5e8b-4f79-9ee9-91f868d9b421");
		met(b, NRS_HOW_EXACT);
		write_post(b);
		assert_null(nrs_json_get(object(b, cases[i].type),
					 "object_marking_refs"));
	}
}

/* Else it would stay at the hub as a real one. */
static void an_exercises_own_indicator_says_so(void **state)
{
	struct bench *b = *state;

	nrs_set_free(b->made.set);
	made_set(&b->made, NRS_TLP_AMBER, "c2.example");
	assert_int_equal(
		nrs_exercise_mark(b->made.set, 0, nrs_span_of("winter-2026")),
		NRS_OK);
	made_usual(&b->made, OWN, MADE_NS);
	write_post(b);
	member_is(object(b, "sighting"), "labels", "exercise");
	member_is(object(b, "observed-data"), "labels", "exercise");
	member_is(object(b, "indicator"), "labels", "exercise");
	assert_true(says(b, "winter-2026"));
}

#define NRS_T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		NRS_T(of_a_user_agent_only_what_the_indicator_says_leaves),
		NRS_T(what_only_resembles_the_value_carries_the_marking),
		NRS_T(an_exercises_own_indicator_says_so),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
