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

static void direction_outcome_and_asset_decide(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		const char *usual = nrs_class_name(nrs_classify(
			rows[i].direction, rows[i].outcome, false));
		const char *important = nrs_class_name(
			nrs_classify(rows[i].direction, rows[i].outcome, true));

		if (strcmp(usual, rows[i].usual) != 0 ||
		    strcmp(important, rows[i].important) != 0)
			fail_msg("row %zu: %s, %s", i, usual, important);
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
		cmocka_unit_test(classes_rise),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
