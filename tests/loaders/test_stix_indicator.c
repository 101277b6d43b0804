/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_stix_indicator: one indicator object at a time: specification,
 * sections 1.5 and 3.
 */
#include "tests/loaders/stix_text.h"

#include "engine/pattern.h"

#define HEAD "{\"type\":\"indicator\",\"id\":\"indicator--1\","
#define TIMES                                                                  \
	"\"created\":\"2026-01-01T00:00:00.000Z\","                            \
	"\"modified\":\"2026-01-02T00:00:00.000Z\","
#define FROM "\"valid_from\":\"2026-01-03T00:00:00Z\","
#define V21 "\"spec_version\":\"2.1\",\"pattern_type\":\"stix\","
#define PATTERN "\"pattern\":\"[a:b = 1]\""
#define DAY (INT64_C(86400) * NRS_SECOND_NS)
#define JAN_1 (INT64_C(1767225600) * NRS_SECOND_NS) /* date -d 2026-01-01 */

static const struct {
	const char *name, *object;
	enum nrs_status status;
	bool warned;
	const char *reason;
} cases[] = {
	{"complete", HEAD V21 TIMES FROM PATTERN "}", NRS_STATUS_FULL, false,
	 ""},
	{"2.0: no pattern_type", HEAD TIMES FROM PATTERN "}", NRS_STATUS_FULL,
	 false, ""},
	{"2.1 without pattern_type",
	 HEAD "\"spec_version\":\"2.1\"," TIMES FROM PATTERN "}",
	 NRS_STATUS_FULL, true, ""},
	{"another pattern type",
	 HEAD "\"pattern_type\":\"yara\"," TIMES FROM PATTERN "}",
	 NRS_STATUS_UNSUPPORTED, false, "pattern type yara"},
	{"no pattern", HEAD V21 TIMES FROM "\"name\":\"x\"}",
	 NRS_STATUS_REJECTED, false, "no pattern"},
	{"a pattern that is no text", HEAD V21 TIMES FROM "\"pattern\":{}}",
	 NRS_STATUS_REJECTED, false, "no pattern"},
	{"revoked", HEAD V21 TIMES FROM "\"revoked\":true," PATTERN "}",
	 NRS_STATUS_REVOKED, false, "revoked"},
	{"revoked, with nothing but that", HEAD "\"revoked\":true}",
	 NRS_STATUS_REVOKED, true, "revoked"},
	{"not revoked", HEAD V21 TIMES FROM "\"revoked\":false," PATTERN "}",
	 NRS_STATUS_FULL, false, ""},
	{"ends when it begins",
	 HEAD V21 TIMES FROM "\"valid_until\":\"2026-01-03T00:00:00Z\"," PATTERN
			     "}",
	 NRS_STATUS_REJECTED, false, "valid_until is not after valid_from"},
	{"ends a moment later",
	 HEAD V21 TIMES FROM
	 "\"valid_until\":\"2026-01-03T00:00:00.000000001Z\"," PATTERN "}",
	 NRS_STATUS_FULL, false, ""},
	{"a date that no calendar has",
	 HEAD V21 TIMES "\"valid_from\":\"2026-02-30T00:00:00Z\"," PATTERN "}",
	 NRS_STATUS_REJECTED, true, "valid_from is no timestamp"},
	{"a number for a time",
	 HEAD V21
	 "\"created\":\"2026-01-01T00:00:00Z\",\"modified\":7," FROM PATTERN
	 "}",
	 NRS_STATUS_REJECTED, true, "modified is no timestamp"},
	{"an offset for Z",
	 HEAD V21 TIMES "\"valid_from\":\"2026-01-03T09:00:00+09:00\"," PATTERN
			"}",
	 NRS_STATUS_FULL, true, ""},
	{"benign",
	 HEAD V21 TIMES FROM "\"indicator_types\":[\"benign\"]," PATTERN "}",
	 NRS_STATUS_BENIGN, false, "indicator_types names it benign"},
	{"benign by 2.0",
	 HEAD TIMES FROM "\"labels\":[\"benign\"]," PATTERN "}",
	 NRS_STATUS_BENIGN, false, "indicator_types names it benign"},
	{"a label of 2.1 is no type",
	 HEAD V21 TIMES FROM "\"indicator_types\":[\"unknown\"],"
			     "\"labels\":[\"benign\"]," PATTERN "}",
	 NRS_STATUS_FULL, false, ""},
	{"no valid_from", HEAD V21 TIMES PATTERN "}", NRS_STATUS_FULL, true,
	 ""},
};

static void each_rule_decides_what_becomes_of_an_indicator(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct nrs_set *set = stix_bundle(cases[i].object);

		assert_int_equal(nrs_set_count(set), 1);
		const struct nrs_indicator *item = nrs_set_at(set, 0);
		if (item->status != cases[i].status ||
		    item->warned != cases[i].warned ||
		    strcmp(nrs_set_reason(set, 0), cases[i].reason) != 0) {
			print_error(
				"%s: %s, %s'%s'\n", cases[i].name,
				nrs_status_name((enum nrs_status)item->status),
				item->warned ? "warned, " : "",
				nrs_set_reason(set, 0));
			fail();
		}
		nrs_set_free(set);
	}
}

static const struct {
	const char *member;
	int confidence;
	bool warned;
} confidences[] = {
	{"", -1, false},
	{"\"confidence\":0,", 0, false},
	{"\"confidence\":100,", 100, false},
	{"\"confidence\":101,", -1, true},
	{"\"confidence\":-1,", -1, true},
	{"\"confidence\":99999999999999999999,", -1, true},
	{"\"confidence\":\"50\",", -1, true},
};

static void a_confidence_out_of_range_is_dropped_and_warned_of(void **state)
{
	char object[512];

	(void)state;
	for (size_t i = 0; i < sizeof(confidences) / sizeof(*confidences);
	     i++) {
		snprintf(object, sizeof(object), HEAD V21 TIMES FROM "%s%s}",
			 confidences[i].member, PATTERN);
		struct nrs_set *set = stix_bundle(object);

		assert_int_equal(nrs_set_at(set, 0)->confidence,
				 confidences[i].confidence);
		assert_int_equal(nrs_set_at(set, 0)->warned,
				 confidences[i].warned);
		nrs_set_free(set);
	}
}

static const struct {
	const char *document;
	enum nrs_stix_version version;
} versions[] = {
	{"[" HEAD PATTERN "}]", NRS_STIX_20},
	{"[" HEAD "\"spec_version\":\"2.1\"," PATTERN "}]", NRS_STIX_21},
	{"[" HEAD
	 "\"spec_version\":\"2.1\",\"pattern_version\":\"2.0\"," PATTERN "}]",
	 NRS_STIX_20},
	{"[" HEAD "\"pattern_version\":\"2.1\"," PATTERN "}]", NRS_STIX_21},
	{"{\"type\":\"bundle\",\"spec_version\":\"2.1\",\"objects\":[" HEAD
		 PATTERN "}]}",
	 NRS_STIX_21},
	{"{\"type\":\"bundle\",\"spec_version\":\"2.0\",\"objects\":[" HEAD
	 "\"spec_version\":\"2.1\"," PATTERN "}]}",
	 NRS_STIX_21},
	{"{\"type\":\"bundle\",\"spec_version\":\"2.0\",\"objects\":[" HEAD
		 PATTERN "}]}",
	 NRS_STIX_20},
	/* The bundle says it behind its objects, as with sorted keys. */
	{"{\"objects\":[" HEAD PATTERN "}],\"spec_version\":\"2.1\"}",
	 NRS_STIX_21},
	{"{\"objects\":[" HEAD PATTERN "}],\"x\":{\"spec_version\":\"2.0\"},"
	 "\"y\":[\"a\",\"b\"],\"spec_version\" : \"2.1\",\"z\":\"2.0\"}",
	 NRS_STIX_21},
	{"{\"objects\":[" HEAD PATTERN "}],\"spec_version\":\"2.0\"}",
	 NRS_STIX_20},
	{"{\"objects\":[" HEAD PATTERN
	 "}],\"x\":\"spec_version\",\"y\":\"2.1\"}",
	 NRS_STIX_20},
	{"{\"objects\":[" HEAD PATTERN "}],\"x\":{\"spec_version\":\"2.1\"}}",
	 NRS_STIX_20},
	{"{\"objects\":[" HEAD "\"pattern_version\":\"2.0\"," PATTERN
	 "}],\"spec_version\":\"2.1\"}",
	 NRS_STIX_20},
	/* The innermost wrapper's word, and only to those inside it. */
	{"{\"objects\":[{\"objects\":[" HEAD PATTERN
	 "}],\"spec_version\":\"2.1\"}],\"spec_version\":\"2.0\"}",
	 NRS_STIX_21},
	{"{\"objects\":[" HEAD PATTERN "},{\"objects\":[" HEAD PATTERN
	 "}],\"spec_version\":\"2.0\"}],\"spec_version\":\"2.1\"}",
	 NRS_STIX_21},
};

static void the_version_is_of_pattern_then_object_then_bundle(void **state)
{
	struct nrs_loader_result result;
	int err;

	(void)state;
	for (size_t i = 0; i < sizeof(versions) / sizeof(*versions); i++) {
		static const size_t steps[] = {1, 3, 4096};

		for (unsigned int k = 0; k < 3; k++) {
			struct nrs_set *set = stix_read(
				versions[i].document, steps[k], &result, &err);

			assert_int_equal(err, NRS_OK);
			if (nrs_set_at(set, 0)->version !=
			    versions[i].version) {
				print_error("%s\n", versions[i].document);
				fail();
			}
			nrs_set_free(set);
		}
	}
}

static void times_are_read_and_completed(void **state)
{
	struct nrs_set *set = stix_bundle(
		HEAD V21 TIMES FROM PATTERN
		"}," HEAD V21 TIMES PATTERN "}," HEAD V21 PATTERN "}," HEAD V21
		"\"created\":\"2026-01-01T00:00:00Z\"," PATTERN "}");

	(void)state;
	assert_int_equal(nrs_set_at(set, 0)->created_ns, JAN_1);
	assert_int_equal(nrs_set_at(set, 0)->modified_ns, JAN_1 + DAY);
	assert_int_equal(nrs_set_at(set, 0)->valid_from_ns, JAN_1 + 2 * DAY);
	assert_int_equal(nrs_set_at(set, 0)->valid_until_ns, NRS_TIME_MAX);
	/* No valid_from: created. */
	assert_int_equal(nrs_set_at(set, 1)->valid_from_ns, JAN_1);
	/* Nothing: 1970 as for values of lists, validity unknown. */
	assert_int_equal(nrs_set_at(set, 2)->modified_ns, 0);
	assert_int_equal(nrs_set_at(set, 2)->valid_from_ns, NRS_TIME_MIN);
	assert_true(nrs_set_at(set, 2)->warned);
	/* No modified: created. */
	assert_int_equal(nrs_set_at(set, 3)->modified_ns, JAN_1);
	nrs_set_free(set);
}

static void texts_are_kept_for_people(void **state)
{
	struct nrs_set *set = stix_bundle(
		HEAD V21 TIMES FROM PATTERN
		",\"name\":\"\\u65e5\",\"description\":\"d\","
		"\"created_by_ref\":\"identity--1\","
		"\"indicator_types\":[\"compromised\"],\"labels\":[\"l\",7],"
		"\"kill_chain_phases\":[{\"kill_chain_name\":\"k\","
		"\"phase_name\":\"p\"}],"
		"\"object_marking_refs\":[\"m\"]}");
	const struct nrs_indicator_context *c = nrs_set_at(set, 0)->context;

	(void)state;
	assert_true(nrs_span_is(c->name, "\xe6\x97\xa5"));
	assert_true(nrs_span_is(c->description, "d"));
	assert_true(nrs_span_is(c->background->created_by, "identity--1"));
	assert_true(nrs_span_is(c->background->types, "compromised"));
	assert_true(nrs_span_is(c->background->labels, "l\n7"));
	assert_true(nrs_span_is(c->background->kill_chain, "k:p"));
	assert_true(nrs_span_is(c->background->markings, "m"));
	nrs_set_free(set);
}

static void an_indicator_without_a_usable_id_is_refused(void **state)
{
	const struct nrs_set_refusal *refusals;
	struct nrs_set *set =
		stix_bundle("{\"type\":\"indicator\"," PATTERN "},"
			    "{\"type\":\"indicator\",\"id\":7," PATTERN
			    "}," HEAD PATTERN "}");

	(void)state;
	assert_int_equal(nrs_set_count(set), 1);
	assert_int_equal(nrs_set_at(set, 0)->place, 3);
	assert_int_equal(nrs_set_refusals(set, &refusals), 2);
	assert_int_equal(refusals[1].place, 2);
	nrs_set_free(set);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			each_rule_decides_what_becomes_of_an_indicator),
		cmocka_unit_test(
			a_confidence_out_of_range_is_dropped_and_warned_of),
		cmocka_unit_test(
			the_version_is_of_pattern_then_object_then_bundle),
		cmocka_unit_test(times_are_read_and_completed),
		cmocka_unit_test(texts_are_kept_for_people),
		cmocka_unit_test(an_indicator_without_a_usable_id_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
