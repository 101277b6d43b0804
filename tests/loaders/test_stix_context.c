/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_stix_context: what other objects say about an indicator, before it or
 * behind it, in any version.
 */
#include "tests/loaders/stix_text.h"

#include "loaders/stix_context.h"

#define INDICATOR(more)                                                        \
	"{\"type\":\"indicator\",\"id\":\"indicator--1\","                     \
	"\"pattern\":\"[a:b = 1]\"" more "}"
#define MALWARE(id, name)                                                      \
	"{\"type\":\"malware\",\"id\":\"malware--" id "\",\"name\":\"" name    \
	"\"}"
#define LINK(id, modified, target, more)                                       \
	"{\"type\":\"relationship\",\"id\":\"relationship--" id "\","          \
	"\"modified\":\"" modified "\",\"relationship_type\":\"indicates\","   \
	"\"source_ref\":\"indicator--1\",\"target_ref\":\"malware--" target    \
	"\"" more "}"
#define T1 "2026-01-01T00:00:00Z"
#define T2 "2026-01-02T00:00:00Z"

static const struct {
	const char *name, *objects, *indicates;
} links[] = {
	{"the link and its target behind",
	 INDICATOR("") "," LINK("1", T1, "1", "") "," MALWARE("1", "Okuribi"),
	 "Okuribi"},
	{"the target first",
	 MALWARE("1", "Okuribi") "," LINK("1", T1, "1", "") "," INDICATOR(""),
	 "Okuribi"},
	{"two, sorted, each once",
	 INDICATOR("") "," MALWARE("1", "B") "," MALWARE("2", "A") "," LINK(
		 "1", T1, "1", "") "," LINK("2", T1, "2", "") "," LINK("3", T1,
								       "2", ""),
	 "A\nB"},
	{"a revoked link",
	 INDICATOR("") "," MALWARE("1", "A") "," LINK(
		 "1", T2, "1", ",\"revoked\":true") "," LINK("1", T1, "1", ""),
	 ""},
	{"the newest version of a link",
	 INDICATOR("") "," MALWARE("1", "A") "," MALWARE("2", "B") "," LINK(
		 "1", T1, "1", "") "," LINK("1", T2, "2", ""),
	 "B"},
	{"the newest name of a target",
	 INDICATOR("") "," LINK(
		 "1", T1, "1",
		 "") ",{\"type\":\"malware\",\"id\":\"malware--1\","
		     "\"modified\":\"" T1 "\",\"name\":\"Aold\"},"
		     "{\"type\":\"malware\",\"id\":\"malware--1\","
		     "\"modified\":\"" T2 "\",\"name\":\"New\"}",
	 "New"},
	{"a target that is not there", INDICATOR("") "," LINK("1", T1, "1", ""),
	 ""},
	{"another relationship",
	 INDICATOR("") "," MALWARE(
		 "1", "A") ",{\"type\":\"relationship\",\"id\":"
			   "\"relationship--1\",\"relationship_type\":"
			   "\"related-to\",\"source_ref\":\"indicator--1\","
			   "\"target_ref\":\"malware--1\"}",
	 ""},
};

static void what_an_indicator_indicates_is_named(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(links) / sizeof(*links); i++) {
		struct nrs_set *set = stix_bundle(links[i].objects);
		const struct nrs_span got =
			nrs_set_at(set, 0)->context->background->indicates;

		if (!nrs_span_is(got, links[i].indicates)) {
			print_error("%s: '%.*s'\n", links[i].name, (int)got.len,
				    (const char *)got.ptr);
			fail();
		}
		nrs_set_free(set);
	}
}

#define DEFINITION(id, tlp)                                                    \
	"{\"type\":\"marking-definition\",\"id\":\"marking-definition--" id    \
	"\",\"definition_type\":\"tlp\",\"definition\":{\"tlp\":\"" tlp "\"}}"
#define MARKED(id)                                                             \
	INDICATOR(",\"object_marking_refs\":[\"marking-definition--" id "\"]")
#define STATEMENT                                                              \
	"{\"type\":\"marking-definition\",\"id\":\"marking-definition--s\","   \
	"\"definition_type\":\"statement\"}"

static const struct {
	const char *name, *objects;
	enum nrs_tlp tlp;
} markings[] = {
	{"none: the default of the source", INDICATOR(""), NRS_TLP_GREEN},
	{"defined behind", MARKED("1") "," DEFINITION("1", "amber"),
	 NRS_TLP_AMBER},
	{"defined before", DEFINITION("1", "white") "," MARKED("1"),
	 NRS_TLP_CLEAR},
	{"unknown", MARKED("1"), NRS_TLP_RED},
	{"predefined", MARKED("f88d31f6-486f-44da-b317-01333bde0b82"),
	 NRS_TLP_AMBER},
	{"predefined, and redefined by somebody",
	 MARKED("5e57c739-391a-4eb3-b6be-7d15ca92d5ed") "," DEFINITION(
		 "5e57c739-391a-4eb3-b6be-7d15ca92d5ed", "white"),
	 NRS_TLP_RED},
	{"defined twice: the strictest",
	 MARKED("1") "," DEFINITION("1", "amber") "," DEFINITION("1", "green"),
	 NRS_TLP_AMBER},
	{"a statement alone: the default", MARKED("s") "," STATEMENT,
	 NRS_TLP_GREEN},
	{"object and granular: the strictest",
	 INDICATOR(
		 ",\"object_marking_refs\":[\"marking-definition--1\","
		 "\"marking-definition--s\"],\"granular_markings\":"
		 "[{\"marking_ref\":\"marking-definition--2\","
		 "\"selectors\":[\"pattern\"]}]") "," STATEMENT
						  "," DEFINITION("1", "green") "," DEFINITION(
							  "2", "amber"),
	 NRS_TLP_AMBER},
	{"a mark on its labels alone does not count",
	 INDICATOR(",\"granular_markings\":[{\"marking_ref\":"
		   "\"marking-definition--2\",\"selectors\":[\"labels\"]}]"),
	 NRS_TLP_GREEN},
};

static void the_strictest_marking_counts(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(markings) / sizeof(*markings); i++) {
		struct nrs_set *set = stix_bundle(markings[i].objects);
		const enum nrs_tlp got = (enum nrs_tlp)nrs_set_at(set, 0)->tlp;

		if (got != markings[i].tlp) {
			print_error("%s: %s\n", markings[i].name,
				    nrs_tlp_name(got));
			fail();
		}
		nrs_set_free(set);
	}
}

#define REPORT(type, id, modified, name)                                       \
	"{\"type\":\"" type "\",\"id\":\"" id "\",\"modified\":\"" modified    \
	"\",\"name\":\"" name "\",\"object_refs\":[\"malware--1\","            \
	"\"indicator--1\"]}"

static void the_newest_report_that_holds_it_is_named(void **state)
{
	struct nrs_set *set = stix_bundle(
		REPORT("report", "report--1", T2, "second notice") "," REPORT(
			"grouping", "grouping--1", T1,
			"first") "," INDICATOR("") ",{\"type\":\"indicator\","
						   "\"id\":\"indicator--2\","
						   "\"pattern\":\"[a:b=1]\"}");
	const struct nrs_indicator_context *c = nrs_set_at(set, 0)->context;

	(void)state;
	assert_true(nrs_span_is(c->background->report_id, "report--1"));
	assert_true(nrs_span_is(c->background->report_name, "second notice"));
	c = nrs_set_at(set, 1)->context;
	assert_int_equal(c->background->report_id.len, 0);
	nrs_set_free(set);
}

/* Many targets with long names: what is kept must stay small. */
static void a_hostile_number_of_names_does_not_multiply(void **state)
{
	const size_t room = (size_t)1 << 20;
	char *text = malloc(room), name[1001];

	(void)state;
	assert_non_null(text);
	size_t len = (size_t)snprintf(text, room, INDICATOR(""));
	memset(name, 'x', 999);
	memcpy(name + 998, "\xc3\xbc", sizeof("\xc3\xbc"));
	for (unsigned int i = 0; i < 400; i++)
		len += (size_t)snprintf(
			text + len, room - len,
			",{\"type\":\"malware\",\"id\":\"malware--%u\","
			"\"name\":\"%03u%s\"}," LINK("%u", T1, "%u", ""),
			i, i, name, i, i);
	struct nrs_set *set = stix_bundle(text);
	const struct nrs_span got =
		nrs_set_at(set, 0)->context->background->indicates;
	assert_true(got.len <
		    (NRS_STIX_NAME_MAX + 2) * (NRS_STIX_INDICATES_MAX + 1));
	assert_true(nrs_span_ends(got, "\n..."));
	assert_true(nrs_span_is_utf8(got));
	nrs_set_free(set);
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_an_indicator_indicates_is_named),
		cmocka_unit_test(the_strictest_marking_counts),
		cmocka_unit_test(the_newest_report_that_holds_it_is_named),
		cmocka_unit_test(a_hostile_number_of_names_does_not_multiply),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
