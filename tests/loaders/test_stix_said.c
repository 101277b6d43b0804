/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_stix_said: the handling fields where communities put them, and what
 * relationships add: sectors, courses of action, evidence, reports, creators.
 */
#include "tests/loaders/stix_text.h"

#define DAY "T00:00:00Z\","
#define I(more)                                                                \
	"{\"type\":\"indicator\",\"spec_version\":\"2.1\",\"id\":"             \
	"\"indicator--1\",\"created\":\"2026-01-01" DAY                        \
	"\"modified\":\"2026-01-01" DAY "\"valid_from\":\"2026-01-01" DAY      \
	"\"pattern\":\"[a:b=1]\",\"pattern_type\":\"stix\"" more "}"
#define LINK(n, type, source, target)                                          \
	"{\"type\":\"relationship\",\"id\":\"relationship--" n                 \
	"\",\"relationship_type\":\"" type "\",\"source_ref\":\"" source       \
	"--1\",\"target_ref\":\"" target "--1\"}"
#define NAMED(type, name, more)                                                \
	"{\"type\":\"" type "\",\"id\":\"" type "--1\",\"name\":\"" name       \
	"\"" more "}"
/* Newer the higher its number. */
#define REPORT(n, name)                                                        \
	"{\"type\":\"report\",\"id\":\"report--" n                             \
	"\",\"modified\":\"2026-01-0" n DAY "\"name\":\"" name                 \
	"\",\"object_refs\":[\"indicator--1\"]}"

#define MEMBER(member) offsetof(struct nrs_background, member)

static const struct {
	const char *name;
	const char *objects[4];
	size_t member;
	const char *want;
} cases[] = {
	{"a property with a vendor's name",
	 {I(",\"x_isac_urgency\":\"high\"")},
	 MEMBER(urgency),
	 "high"},
	{"a plain property",
	 {I(",\"audience\":[\"power\",\"water\"]")},
	 MEMBER(audience),
	 "power, water"},
	{"a number", {I(",\"x_severity\":7")}, MEMBER(severity), "7"},
	{"a property that only contains the word",
	 {I(",\"x_urgency_note\":\"high\",\"insurgency\":\"no\"")},
	 MEMBER(urgency),
	 ""},
	{"a property of an extension",
	 {I(",\"extensions\":{\"extension-definition--1\":{\"purpose\":"
	    "\"detection\"}}")},
	 MEMBER(purpose),
	 "detection"},
	{"a tag with a namespace",
	 {I(",\"labels\":[\"isac:urgency=\\\"low\\\"\"]")},
	 MEMBER(urgency),
	 "low"},
	{"two tags of one scale",
	 {I(",\"labels\":[\"admiralty-scale:source-reliability=\\\"b\\\"\","
	    "\"admiralty-scale:information-credibility=\\\"2\\\"\"]")},
	 MEMBER(credibility),
	 "b, 2"},
	{"permissible actions keep their own word",
	 {I(",\"labels\":[\"PAP:AMBER\"]")},
	 MEMBER(purpose),
	 "PAP:AMBER"},
	{"a label is no tag",
	 {I(",\"labels\":[\"urgency\"]")},
	 MEMBER(urgency),
	 ""},
	{"labels keep their blanks",
	 {I(",\"labels\":[\"two words\",\"line\\nbreak\"]")},
	 MEMBER(labels),
	 "two words\nline break"},
	{"a kill chain with its phase",
	 {I(",\"kill_chain_phases\":[{\"kill_chain_name\":\"k\",\"phase_name\":"
	    "\"p\"},{\"kill_chain_name\":\"k\"}]")},
	 MEMBER(kill_chain),
	 "k:p"},
	{"the creator by name",
	 {I(",\"created_by_ref\":\"identity--1\""),
	  NAMED("identity", "Hub", "")},
	 MEMBER(creator),
	 "Hub"},
	{"a course of action against it",
	 {NAMED("course-of-action", "Block",
		",\"description\":\"at the edge\""),
	  I(""), LINK("1", "mitigates", "course-of-action", "indicator")},
	 MEMBER(actions),
	 "Block: at the edge"},
	{"a course of action against what it indicates",
	 {I(""), LINK("1", "indicates", "indicator", "malware"),
	  LINK("2", "mitigates", "course-of-action", "malware"),
	  NAMED("course-of-action", "Patch", "")},
	 MEMBER(actions),
	 "Patch"},
	{"a technique has its number",
	 {I(""), LINK("1", "uses", "indicator", "attack-pattern"),
	  NAMED("attack-pattern", "Phishing",
		",\"external_references\":[{\"source_name\":\"mitre-attack\","
		"\"external_id\":\"T1566\"}]")},
	 MEMBER(indicates),
	 "T1566 Phishing"},
	{"the evidence it is based on",
	 {I(""), LINK("1", "based-on", "indicator", "observed-data")},
	 MEMBER(based_on),
	 "observed-data--1"},
	{"sectors that what it indicates targets",
	 {I(",\"x_sectors\":[\"water\"]"),
	  LINK("1", "indicates", "indicator", "campaign"),
	  LINK("2", "targets", "campaign", "identity"),
	  NAMED("identity", "Banks", ",\"sectors\":[\"finance\",\"energy\"]")},
	 MEMBER(sectors),
	 "water\nenergy\nfinance"},
	{"the reports behind the newest",
	 {REPORT("1", "first"), REPORT("3", "third"), REPORT("2", "second one"),
	  I("")},
	 MEMBER(more_reports),
	 "report--2 second one\nreport--1 first"},
	{"the newest report",
	 {REPORT("1", "first"), REPORT("3", "third"), I("")},
	 MEMBER(report_id),
	 "report--3"},
	{"a marking of one property",
	 {I(",\"granular_markings\":[{\"marking_ref\":\"marking-definition--"
	    "5e57c739-391a-4eb3-b6be-7d15ca92d5ed\",\"selectors\":[\"name\"]},{"
	    "\"lang\":\"ja\",\"selectors\":[\"description\"]}]")},
	 MEMBER(granular),
	 "name red marking-definition--5e57c739-391a-4eb3-b6be-7d15ca92d5ed"},
};

static struct nrs_set *load(const char *const objects[4])
{
	char text[4096] = "";

	for (unsigned int i = 0; i < 4 && objects[i] != NULL; i++) {
		const size_t len = strlen(text);

		(void)snprintf(text + len, sizeof(text) - len, "%s%s",
			       i > 0 ? "," : "", objects[i]);
	}
	return stix_bundle(text);
}

static void each_place_is_read(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct nrs_set *set = load(cases[i].objects);
		const uint8_t *row = (const uint8_t *)nrs_indicator_background(
			nrs_set_at(set, 0));
		struct nrs_span got;

		/* The indicator is the only one, wherever it stood. */
		assert_int_equal(nrs_set_count(set), 1);
		memcpy(&got, row + cases[i].member, sizeof(got));
		if (!nrs_span_is(got, cases[i].want)) {
			print_error("%s: '%.*s'\n", cases[i].name, (int)got.len,
				    (const char *)got.ptr);
			fail();
		}
		nrs_set_free(set);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_place_is_read),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
