/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_stix1: compositions and references to patterns, what an indicator and
 * its packages say, and what can be wrong.
 */
#include "tests/nrs_test.h"

#include "loaders/stix1.h"
#include "tests/loaders/loaded.h"
#include "tests/loaders/stix1_text.h"

#define A NAME("a.example")
#define B NAME("b.example")
#define A_TEXT "domain-name:value = 'a.example'"
#define B_TEXT "domain-name:value = 'b.example'"
#define ONE(inside) INDICATOR("e:i-1", OBSERVABLE(inside))
#define KNOWN(id, inside)                                                      \
	"<s:Observables><c:Observable id='" id "'>" inside                     \
	"</c:Observable></s:Observables>"
#define COMPOSITE(word, inside)                                                \
	"<i:Composite_Indicator_Expression operator='" word "'>" inside        \
	"</i:Composite_Indicator_Expression>"
#define INNER(inside)                                                          \
	"<i:Indicator id='e:i-9'>" OBSERVABLE(inside) "</i:Indicator>"
#define MUTEX OBJECT("MutexObjectType", "<p:Name>x</p:Name>")
#define CIRCLE                                                                 \
	KNOWN("e:o-1", ANY("<c:Observable idref='e:o-2'/>"))                   \
	KNOWN("e:o-2", ANY("<c:Observable idref='e:o-1'/>"))

/* clang-format off */
static const struct {
	const char *inside, *expected;
} packages[] = {
	/* Compositions. */
	{ONE(ANY(PART(A) PART(B))),
	 "full line 2 [" A_TEXT "] OR [" B_TEXT "]\n"},
	{ONE(ALL(PART(A) PART(PORT("25")))),
	 "full line 2 [" A_TEXT " AND network-traffic:dst_port = 25]\n"},
	{ONE(ALL(PART(A) PART(FILE_NAME("b")))),
	 "full line 2 ([" A_TEXT "] AND [file:name = 'b'])\n"},
	{ONE(ALL(PART(A) PART(B))),
	 "full line 2 ([" A_TEXT "] AND [" B_TEXT "])\n"},
	{ONE(ALL(PART(PORT("25")) PART(ANY(PART(A) PART(B))))),
	 "full line 2 [network-traffic:dst_port = 25 AND (" A_TEXT " OR "
	 B_TEXT ")]\n"},
	{ONE(ANY(PART(A) PART(MUTEX))),
	 "full warned line 2 [" A_TEXT "]\n"
	 "refused line 2: a side of an OR is left out: MutexObjectType is not "
	 "seen on a network\n"},
	{ONE(ALL(PART(A) PART(""))),
	 "not evaluable line 2 reason: an observable of nothing\n"},
	{ONE("<c:Observable_Composition operator='XOR'/>"),
	 "not evaluable line 2 reason: a composition that is neither AND nor "
	 "OR\n"},
	{ONE(ANY("<c:Observable negate='true'>" A "</c:Observable>" PART(B))),
	 "full warned line 2 [" B_TEXT "]\n"
	 "refused line 2: a side of an OR is left out: a negated "
	 "observable\n"},
	{ONE("<c:Event><c:Type>x</c:Type></c:Event>"),
	 "not evaluable line 2 reason: an event\n"},
	{INDICATOR("e:i-1", OBSERVABLE(A) OBSERVABLE(B)),
	 "full line 2 [" A_TEXT "] OR [" B_TEXT "]\n"},
	{INDICATOR("e:i-1", "<i:Test_Mechanisms/>"),
	 "not evaluable line 2 reason: no term at all\n"},
	/* References, back and forth, to observables and objects. */
	{KNOWN("e:o-1", A) INDICATOR("e:i-1", REFERENCE("e:o-1")),
	 "full line 2 [" A_TEXT "]\n"},
	{INDICATOR("e:i-1", REFERENCE("e:o-1")) KNOWN("e:o-1", A),
	 "full line 2 [" A_TEXT "]\n"},
	{INDICATOR("e:i-1", OBSERVABLE("<c:Object idref='e:x-1'/>"))
	 KNOWN("e:o-1", "<c:Object id='e:x-1'><c:Properties xsi:type="
	 "'p:DomainNameObjectType'><p:Value>a.example</p:Value>"
	 "</c:Properties></c:Object>"),
	 "full line 2 [" A_TEXT "]\n"},
	{INDICATOR("e:i-1", OBSERVABLE(ALL("<c:Observable idref='e:o-1'/>"
	 PART(PORT("25"))))) KNOWN("e:o-1", A),
	 "full line 2 [" A_TEXT " AND network-traffic:dst_port = 25]\n"},
	{INDICATOR("e:i-1", REFERENCE("e:o-1")),
	 "not evaluable line 2 reason: refers to what is not in the file\n"},
	{CIRCLE INDICATOR("e:i-1", REFERENCE("e:o-1")),
	 "not evaluable line 2 reason: refers in a circle, or too deep\n"},
	/* Observables that nobody asks for are no indicators. */
	{KNOWN("e:o-1", A), ""},
	/* Indicators of indicators. */
	{INDICATOR("e:i-1", COMPOSITE("AND", INNER(A) INNER(PORT("25")))),
	 "full line 2 [" A_TEXT " AND network-traffic:dst_port = 25]\n"},
	{INDICATOR("e:i-1", COMPOSITE("OR", "<i:Indicator idref='e:i-2'/>"
	 "<i:Indicator idref='e:i-3'/>")) INDICATOR("e:i-2", OBSERVABLE(A))
	 INDICATOR("e:i-3", OBSERVABLE(B)),
	 "full line 3 [" A_TEXT "]\n"
	 "full line 4 [" B_TEXT "]\n"
	 "full line 2 [" A_TEXT "] OR [" B_TEXT "]\n"},
	{INDICATOR("e:i-1' negate='true", OBSERVABLE(A)),
	 "not evaluable line 2 reason: a negated indicator\n"},
	/* Elsewhere, and what only names one. */
	{"<s:Incidents><s:Incident><k:Related_Indicator><k:Indicator "
	 "id='e:i-1'>" OBSERVABLE(A) "</k:Indicator></k:Related_Indicator>"
	 "<k:Indicator idref='e:i-1'/></s:Incident></s:Incidents>",
	 "full line 1 [" A_TEXT "]\n"},
	/* Not ours: another namespace, relations, sightings. */
	{"<p:x xmlns:q='urn:other'><q:Indicator id='e:i-1'/></p:x>", ""},
	{INDICATOR("e:i-1", OBSERVABLE(A) "<i:Sightings><i:Sighting>"
	 "<i:Related_Observables><c:Observable>" B "</c:Observable>"
	 "</i:Related_Observables></i:Sighting></i:Sightings>"),
	 "full line 2 [" A_TEXT "]\n"},
};
/* clang-format on */

static void packages_become_indicators(void **state)
{
	char text[8192];

	(void)state;
	for (size_t i = 0; i < sizeof(packages) / sizeof(*packages); i++) {
		snprintf(text, sizeof(text), PACKAGE "%s" END,
			 packages[i].inside);
		check_loaded(nrs_stix1_open, text, packages[i].expected);
	}
}

#define MARKING(attributes)                                                    \
	"<m:Marking><m:Controlled_Structure>//node()</m:Controlled_Structure>" \
	"<m:Marking_Structure " attributes "/></m:Marking>"
#define TLP(color)                                                             \
	MARKING("xsi:type='t:TLPMarkingStructureType' color='" color "'")
#define HEADER(inside)                                                         \
	"<s:STIX_Header><s:Title>A report</s:Title><s:Handling>" inside        \
	"</s:Handling></s:STIX_Header>"
#define HANDLING(inside) "<i:Handling>" inside "</i:Handling>"
#define MARKED(inside) INDICATOR("e:i-1", HANDLING(inside) OBSERVABLE(A))
#define INSIDE(package)                                                        \
	"<s:Related_Packages><s:Related_Package><s:Package "                   \
	"id='e:p-2'>" package                                                  \
	"</s:Package></s:Related_Package></s:Related_Packages>"

static const struct {
	const char *name, *inside;
	enum nrs_tlp tlp;
} markings[] = {
	{"none", ONE(A), NRS_TLP_NONE},
	{"the indicator's", MARKED(TLP("AMBER")), NRS_TLP_AMBER},
	{"the package's", HEADER(TLP("GREEN")) ONE(A), NRS_TLP_GREEN},
	{"white is clear", HEADER(TLP("WHITE")) ONE(A), NRS_TLP_CLEAR},
	{"the stricter of both", HEADER(TLP("GREEN")) MARKED(TLP("RED")),
	 NRS_TLP_RED},
	{"the stricter, the other way", HEADER(TLP("RED")) MARKED(TLP("GREEN")),
	 NRS_TLP_RED},
	{"of a package around", HEADER(TLP("AMBER")) INSIDE(ONE(A)),
	 NRS_TLP_AMBER},
	{"not of a package beside", INSIDE(HEADER(TLP("RED"))) ONE(A),
	 NRS_TLP_NONE},
	{"not of another indicator",
	 MARKED(TLP("RED")) INDICATOR("e:i-2", OBSERVABLE(B)), NRS_TLP_NONE},
	{"an unknown color", MARKED(TLP("PUCE")), NRS_TLP_RED},
	{"a color that is missing",
	 MARKED(MARKING("xsi:type='t:TLPMarkingStructureType'")), NRS_TLP_RED},
	{"an unknown kind", MARKED(MARKING("xsi:type='t:Secret'")),
	 NRS_TLP_RED},
	{"a statement",
	 MARKED(MARKING("xsi:type='t:SimpleMarkingStructureType'")),
	 NRS_TLP_NONE},
	{"automated sharing",
	 MARKED("<m:Marking><m:Marking_Structure "
		"xsi:type='t:AISMarkingStructure'><m:Not_Proprietary><m:"
		"TLPMarking color='GREEN'/></m:Not_Proprietary>"
		"</m:Marking_Structure></m:Marking>"),
	 NRS_TLP_GREEN},
};

static void the_strictest_marking_around_counts(void **state)
{
	char text[8192];
	struct loaded l;

	(void)state;
	for (size_t i = 0; i < sizeof(markings) / sizeof(*markings); i++) {
		snprintf(text, sizeof(text), PACKAGE "%s" END,
			 markings[i].inside);
		load_text(&l, nrs_stix1_open, text);
		const uint32_t last = nrs_set_count(l.set) - 1;
		if (nrs_set_at(l.set, last)->tlp != markings[i].tlp) {
			print_error("%s\n", markings[i].name);
			fail();
		}
		loaded_fini(&l);
	}
}

static bool is_time(int64_t ns, const char *text)
{
	int64_t expected = 0;

	return nrs_stamp_parse(nrs_span_of(text), &expected) == NRS_OK &&
	       ns == expected;
}

static void an_indicator_keeps_what_it_says(void **state)
{
	struct loaded l;

	(void)state;
	load_text(
		&l, nrs_stix1_open,
		PACKAGE HEADER("") INDICATOR(
			"e:indicator-B3D9C9A2-1C2B-4B57-9A57-0C6F2A4F4D11' "
			"timestamp='2024-01-02T03:04:05+01:00",
			"<i:Title>A name</i:Title><i:Type>IP Watchlist</i:Type>"
			"<i:Type>C2</i:Type><i:Description>More</i:Description>"
			"<i:Valid_Time_Position><i:Start_Time>2024-01-01T00:00:"
			"00Z</i:Start_Time><i:End_Time>2024-02-01T00:00:00Z"
			"</i:End_Time></i:Valid_Time_Position>"
			"<i:Confidence><k:Value>High</k:Value></i:Confidence>"
			"<i:Producer><k:Identity><k:Name>Somebody</k:Name>"
			"</k:Identity></i:Producer><i:Kill_Chain_Phases>"
			"<k:Kill_Chain_Phase kill_chain_name='chain' "
			"name='delivery'/></i:Kill_Chain_Phases>" OBSERVABLE(A))
			END);
	const struct nrs_indicator *item = nrs_set_at(l.set, 0);
	assert_true(nrs_span_is(
		item->id, "indicator--b3d9c9a2-1c2b-4b57-9a57-0c6f2a4f4d11"));
	assert_true(is_time(item->created_ns, "2024-01-02T02:04:05Z"));
	assert_true(is_time(item->modified_ns, "2024-01-02T02:04:05Z"));
	assert_true(is_time(item->valid_from_ns, "2024-01-01T00:00:00Z"));
	assert_true(is_time(item->valid_until_ns, "2024-02-01T00:00:00Z"));
	assert_int_equal(item->confidence, 85);
	assert_true(nrs_span_is(item->context->name, "A name"));
	assert_true(nrs_span_is(item->context->description, "More"));
	const struct nrs_background *b = item->context->background;
	assert_true(nrs_span_is(b->types, "IP Watchlist\nC2"));
	assert_true(nrs_span_is(b->kill_chain, "chain:delivery"));
	assert_true(nrs_span_is(b->creator, "Somebody"));
	assert_true(nrs_span_is(b->report_name, "A report"));
	assert_true(nrs_span_is(b->report_id, "e:Package-6d2a1b03-b216-4cd8-"
					      "9a9e-8827af6ebf93"));
	assert_string_equal(l.result.format, "STIX 1 package");
	loaded_fini(&l);
}

static const struct {
	const char *word;
	int confidence;
} confidences[] = {
	{"None", 0},	 {"low", 15}, {"Medium", 50}, {"High", 85},
	{"Unknown", -1}, {"73", 73},  {"101", -1},    {"", -1},
};

static void confidence_is_a_word_or_a_number(void **state)
{
	char text[4096];
	struct loaded l;

	(void)state;
	for (size_t i = 0; i < sizeof(confidences) / sizeof(*confidences);
	     i++) {
		snprintf(text, sizeof(text),
			 PACKAGE INDICATOR("e:i-1",
					   "<i:Confidence><k:Value>%s</k:Value>"
					   "</i:Confidence>" OBSERVABLE(A)) END,
			 confidences[i].word);
		load_text(&l, nrs_stix1_open, text);
		assert_int_equal(nrs_set_at(l.set, 0)->confidence,
				 confidences[i].confidence);
		loaded_fini(&l);
	}
}

#define VALID(start, end)                                                      \
	"<i:Valid_Time_Position><i:Start_Time>" start "</i:Start_Time>"        \
	"<i:End_Time>" end "</i:End_Time></i:Valid_Time_Position>"

static void an_end_before_the_start_is_rejected(void **state)
{
	(void)state;
	check_loaded(nrs_stix1_open,
		     PACKAGE INDICATOR("e:i-1", VALID("2024-02-01T00:00:00Z",
						      "2024-01-01T00:00:00Z")
							OBSERVABLE(A)) END,
		     "rejected line 2 [" A_TEXT
		     "]reason: its end is not after its start\n");
}

static void several_positions_are_one_from_first_to_last(void **state)
{
	struct loaded l;

	(void)state;
	load_text(&l, nrs_stix1_open,
		  PACKAGE INDICATOR(
			  "e:i-1",
			  VALID("2024-02-01T00:00:00Z", "2024-03-01T00:00:00Z")
				  VALID("2024-01-01T00:00:00Z",
					"2024-02-01T00:00:00Z") OBSERVABLE(A))
			  END);
	assert_true(is_time(nrs_set_at(l.set, 0)->valid_from_ns,
			    "2024-01-01T00:00:00Z"));
	assert_true(is_time(nrs_set_at(l.set, 0)->valid_until_ns,
			    "2024-03-01T00:00:00Z"));
	loaded_fini(&l);
}

/* Of an indicator in a composition the outer one takes the terms only. */
static void an_inner_indicator_does_not_name_the_outer(void **state)
{
	struct loaded l;

	(void)state;
	load_text(&l, nrs_stix1_open,
		  PACKAGE INDICATOR(
			  "e:i-1",
			  "<i:Title>Outer</i:Title>" COMPOSITE(
				  "OR",
				  "<i:Indicator id='e:i-2'><i:Title>Inner"
				  "</i:Title>" OBSERVABLE(A) "</i:Indicator>"))
			  END);
	assert_int_equal(nrs_set_count(l.set), 1);
	assert_true(nrs_span_is(nrs_set_at(l.set, 0)->context->name, "Outer"));
	loaded_fini(&l);
}

static void observables_without_indicator_are_counted(void **state)
{
	struct loaded l;

	(void)state;
	load_text(&l, nrs_stix1_open,
		  PACKAGE KNOWN("e:o-1", A) KNOWN("e:o-2", B) END);
	assert_int_equal(l.err, NRS_OK);
	assert_int_equal(l.result.indicators, 0);
	assert_int_equal(l.result.objects, 2);
	assert_int_equal(l.result.ignored, 2);
	assert_int_equal(l.result.ignored_for[NRS_IGNORED_OBSERVABLE], 2);
	loaded_fini(&l);
}

static void a_cut_package_keeps_what_came_before(void **state)
{
	struct loaded l;

	(void)state;
	load_text(
		&l, nrs_stix1_open,
		PACKAGE KNOWN("e:o-1", A) INDICATOR("e:i-1", REFERENCE("e:o-1"))
			INDICATOR("e:i-2",
				  OBSERVABLE(B)) "<s:Indicator id='e:i-3'>");
	assert_int_equal(l.err, NRS_E_TRUNCATED);
	assert_true(l.result.truncated);
	assert_int_equal(nrs_set_count(l.set), 2);
	loaded_fini(&l);
}

static void what_is_no_package_says_so(void **state)
{
	struct loaded l;

	(void)state;
	load_text(&l, nrs_stix1_open, "<STIX_Package/>");
	assert_int_equal(l.err, NRS_E_FORMAT);
	assert_string_equal(l.diag.text, "is XML, but no STIX package");
	loaded_fini(&l);
}

static void packages_too_deep_are_refused(void **state)
{
	struct nrs_text text = {0};
	struct loaded l;

	(void)state;
	nrs_text_puts(&text, PACKAGE);
	for (unsigned int i = 0; i < 20; i++)
		nrs_text_puts(&text, "<s:Package>");
	nrs_text_puts(&text, ONE(A));
	for (unsigned int i = 0; i < 20; i++)
		nrs_text_puts(&text, "</s:Package>");
	nrs_text_puts(&text, INDICATOR("e:i-2", OBSERVABLE(B)) END);
	load_pieces(&l, nrs_stix1_open, nrs_text_span(&text), 100);
	assert_int_equal(l.err, NRS_OK);
	assert_int_equal(l.result.refused, 1);
	assert_int_equal(nrs_set_count(l.set), 1);
	loaded_fini(&l);
	nrs_text_fini(&text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(packages_become_indicators),
		cmocka_unit_test(the_strictest_marking_around_counts),
		cmocka_unit_test(an_indicator_keeps_what_it_says),
		cmocka_unit_test(confidence_is_a_word_or_a_number),
		cmocka_unit_test(an_end_before_the_start_is_rejected),
		cmocka_unit_test(several_positions_are_one_from_first_to_last),
		cmocka_unit_test(an_inner_indicator_does_not_name_the_outer),
		cmocka_unit_test(observables_without_indicator_are_counted),
		cmocka_unit_test(a_cut_package_keeps_what_came_before),
		cmocka_unit_test(what_is_no_package_says_so),
		cmocka_unit_test(packages_too_deep_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
