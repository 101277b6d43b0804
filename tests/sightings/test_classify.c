/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_classify: the shipped defaults of sharing-rules.md rule 10, "the first
 * that fits": out or lateral, answered or higher, from an important asset:
 * urgent; out, answered or higher: report; in and not answered: noise; the
 * rest: watch.
 */
#include "sightings/classify.h"
#include "tests/nrs_test.h"

#define OUT NRS_DIRECTION_OUT
#define IN NRS_DIRECTION_IN
#define LATERAL NRS_DIRECTION_LATERAL
#define TRANSIT NRS_DIRECTION_TRANSIT

static const struct {
	enum nrs_direction direction;
	enum nrs_outcome outcome;
	const char *usual, *important; /* the own host is one */
} rows[] = {
	{OUT, NRS_OUTCOME_UNKNOWN, "watch", "watch"},
	{OUT, NRS_OUTCOME_ATTEMPTED, "watch", "watch"},
	{OUT, NRS_OUTCOME_BLOCKED, "watch", "watch"},
	{OUT, NRS_OUTCOME_ANSWERED, "report", "urgent"},
	{OUT, NRS_OUTCOME_ESTABLISHED, "report", "urgent"},
	{LATERAL, NRS_OUTCOME_BLOCKED, "watch", "watch"},
	{LATERAL, NRS_OUTCOME_ANSWERED, "watch", "urgent"},
	{LATERAL, NRS_OUTCOME_ESTABLISHED, "watch", "urgent"},
	{IN, NRS_OUTCOME_UNKNOWN, "noise", "noise"},
	{IN, NRS_OUTCOME_ATTEMPTED, "noise", "noise"},
	{IN, NRS_OUTCOME_BLOCKED, "noise", "noise"},
	{IN, NRS_OUTCOME_ANSWERED, "watch", "watch"},
	{IN, NRS_OUTCOME_ESTABLISHED, "watch", "watch"},
	{TRANSIT, NRS_OUTCOME_ATTEMPTED, "watch", "watch"},
	{TRANSIT, NRS_OUTCOME_ESTABLISHED, "watch", "watch"},
};

static const char *class_of(size_t row, enum nrs_importance importance)
{
	const struct nrs_class_question question = {
		.direction = rows[row].direction,
		.outcome = rows[row].outcome,
		.importance = importance,
		.match_grade = 50,
		.confidence = -1};

	return nrs_class_name(nrs_classify(NULL, 0, &question));
}

static void direction_outcome_and_asset_decide(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		if (strcmp(class_of(i, NRS_IMPORTANCE_UNKNOWN),
			   rows[i].usual) != 0 ||
		    strcmp(class_of(i, NRS_IMPORTANCE_NORMAL), rows[i].usual) !=
			    0 ||
		    strcmp(class_of(i, NRS_IMPORTANCE_HIGH),
			   rows[i].important) != 0 ||
		    strcmp(class_of(i, NRS_IMPORTANCE_CRITICAL),
			   rows[i].important) != 0)
			fail_msg("row %zu", i);
	}
}

static void the_first_rule_that_fits_decides(void **state)
{
	const struct nrs_class_rule rules[] = {
		{.least = NRS_OUTCOME_ESTABLISHED, .grade = NRS_CLASS_NOISE},
		{.most = NRS_OUTCOME_ATTEMPTED, .grade = NRS_CLASS_URGENT},
	};
	struct nrs_class_question question = {.direction = OUT,
					      .confidence = -1};
	static const enum nrs_class want[] = {
		NRS_CLASS_URGENT, NRS_CLASS_URGENT, NRS_CLASS_WATCH,
		NRS_CLASS_REPORT, NRS_CLASS_NOISE};

	(void)state;
	for (unsigned int o = 0; o <= NRS_OUTCOME_ESTABLISHED; o++) {
		question.outcome = (enum nrs_outcome)o;
		assert_int_equal(nrs_classify(rules, 2, &question), want[o]);
	}
}

static void classes_rise(void **state)
{
	(void)state;
	assert_true(NRS_CLASS_NOISE < NRS_CLASS_WATCH &&
		    NRS_CLASS_WATCH < NRS_CLASS_REPORT &&
		    NRS_CLASS_REPORT < NRS_CLASS_URGENT);
	assert_string_equal(nrs_class_name(NRS_CLASS_UNSAID), "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(direction_outcome_and_asset_decide),
		cmocka_unit_test(the_first_rule_that_fits_decides),
		cmocka_unit_test(classes_rise),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
