/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_judge: the class of a hit by a site's rules, assets and verdicts, the
 * same for a hit as it comes and for what was kept of it.
 */
#include "sightings/judge.h"
#include "tests/sightings/made_hit.h"

struct bench {
	struct made_hit made;
	struct nrs_assets *assets;
	struct nrs_suppressions *suppressions;
	struct nrs_judge judge;
};

static int setup(void **state)
{
	static const char said[] =
		"{\"indicator\":\"" MADE_ID "\",\"own\":\"10.7.0.0/16\","
		"\"verdict\":\"false\",\"by\":\"kana\"}\n";
	struct bench *b = calloc(1, sizeof(*b));
	uint64_t refused = 0;

	assert_non_null(b);
	made_set(&b->made, NRS_TLP_AMBER, NULL);
	assert_int_equal(nrs_assets_new(&b->assets), NRS_OK);
	assert_int_equal(nrs_assets_read(b->assets,
					 nrs_span_of("10.1.0.0/16, high\n"
						     "10.2.0.0/16, normal\n"
						     "10.7.0.0/16, critical\n"),
					 &refused, NULL),
			 NRS_OK);
	nrs_assets_seal(b->assets);
	assert_int_equal(nrs_suppressions_new(&b->suppressions), NRS_OK);
	assert_int_equal(nrs_suppressions_read(b->suppressions,
					       nrs_span_of(said), &refused,
					       NULL),
			 NRS_OK);
	assert_int_equal(refused, 0);
	b->judge = (struct nrs_judge){.assets = b->assets,
				      .suppressions = b->suppressions};
	*state = b;
	return 0;
}

static int teardown(void **state)
{
	struct bench *b = *state;

	nrs_assets_free(b->assets);
	nrs_suppressions_free(b->suppressions);
	nrs_set_free(b->made.set);
	free(b);
	return 0;
}

/* Both forms of the hit say the same, and each outcome beforehand. */
static const char *class_of(struct bench *b, const struct nrs_judge *judge,
			    enum nrs_outcome outcome)
{
	const struct nrs_sighted *hit = made_sighted(&b->made);
	struct nrs_judgement one, other;
	enum nrs_class grades[NRS_JUDGE_OUTCOMES];
	struct nrs_witness *witness;

	assert_int_equal(nrs_witness_new(&witness, hit), NRS_OK);
	nrs_judge_sighted(judge, hit, outcome, &one);
	nrs_judge_witness(judge, witness, outcome, &other);
	nrs_witness_free(witness);
	nrs_judge_outcomes(judge, hit, grades);
	assert_int_equal(one.grade, other.grade);
	assert_int_equal(one.grade, grades[outcome]);
	assert_ptr_equal(one.asset, other.asset);
	assert_ptr_equal(one.suppressed, other.suppressed);
	return nrs_class_name(one.grade);
}

static void the_asset_table_makes_a_hit_urgent(void **state)
{
	static const struct {
		const char *own, *peer;
		enum nrs_outcome outcome;
		const char *want;
	} cases[] = {
		{"10.1.0.1", "198.51.100.23", NRS_OUTCOME_ANSWERED, "urgent"},
		{"10.1.0.1", "198.51.100.23", NRS_OUTCOME_BLOCKED, "watch"},
		{"10.2.0.1", "198.51.100.23", NRS_OUTCOME_ANSWERED, "report"},
		{"10.3.0.1", "198.51.100.23", NRS_OUTCOME_ANSWERED, "report"},
		{"10.1.0.1", "10.3.0.1", NRS_OUTCOME_ANSWERED, "urgent"},
		{"10.3.0.1", "10.1.0.1", NRS_OUTCOME_ANSWERED, "watch"},
		{"198.51.100.23", "10.1.0.1", NRS_OUTCOME_ESTABLISHED, "watch"},
		{"198.51.100.23", "10.1.0.1", NRS_OUTCOME_ATTEMPTED, "noise"},
	};
	struct bench *b = *state;

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		made_hit(&b->made, cases[i].own, cases[i].peer, MADE_NS);
		made_text(&b->made, NRS_F_TLS_SNI, "c2.example");
		const char *got = class_of(b, &b->judge, cases[i].outcome);

		if (strcmp(got, cases[i].want) != 0)
			fail_msg("%s to %s: %s, not %s", cases[i].own,
				 cases[i].peer, got, cases[i].want);
	}
}

static void what_was_called_false_is_noise_and_says_by_whom(void **state)
{
	struct bench *b = *state;
	struct nrs_judgement judged;

	(void)made_usual(&b->made, "10.7.0.1", MADE_NS);
	assert_string_equal(class_of(b, &b->judge, NRS_OUTCOME_ESTABLISHED),
			    "noise");
	nrs_judge_sighted(&b->judge, made_sighted(&b->made),
			  NRS_OUTCOME_ESTABLISHED, &judged);
	assert_true(nrs_span_is(judged.suppressed->by, "kana"));
	(void)made_usual(&b->made, "10.8.0.1", MADE_NS);
	assert_string_equal(class_of(b, &b->judge, NRS_OUTCOME_ESTABLISHED),
			    "report");
}

static void a_site_promotes_and_demotes_by_rules_of_its_own(void **state)
{
	static const struct {
		const char *name;
		struct nrs_class_rule rule;
		const char *want;
	} cases[] = {
		{"by indicator",
		 {.indicator = {(const uint8_t *)MADE_ID, sizeof(MADE_ID) - 1},
		  .grade = NRS_CLASS_URGENT},
		 "urgent"},
		{"by source",
		 {.source = {(const uint8_t *)"isac-a/alerts", 13},
		  .grade = NRS_CLASS_NOISE},
		 "noise"},
		{"by another source",
		 {.source = {(const uint8_t *)"isac-b/alerts", 13},
		  .grade = NRS_CLASS_NOISE},
		 "report"},
		{"by confidence",
		 {.confidence = 85, .grade = NRS_CLASS_URGENT},
		 "urgent"},
		{"by more confidence than it has",
		 {.confidence = 86, .grade = NRS_CLASS_URGENT},
		 "report"},
		{"by the grade of the match",
		 {.match_grade = 100, .grade = NRS_CLASS_URGENT},
		 "urgent"},
		{"by outcome",
		 {.most = NRS_OUTCOME_BLOCKED, .grade = NRS_CLASS_NOISE},
		 "report"},
		{"by direction",
		 {.directions = 1u << NRS_DIRECTION_IN,
		  .grade = NRS_CLASS_NOISE},
		 "report"},
	};
	struct bench *b = *state;

	(void)made_usual(&b->made, "10.8.0.1", MADE_NS);
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		const struct nrs_judge judge = {.rules = &cases[i].rule,
						.rule_count = 1};
		const char *got = class_of(b, &judge, NRS_OUTCOME_ANSWERED);

		if (strcmp(got, cases[i].want) != 0)
			fail_msg("%s: %s", cases[i].name, got);
	}
}

static void without_a_site_the_shipped_rules_hold(void **state)
{
	struct bench *b = *state;

	(void)made_usual(&b->made, "10.1.0.1", MADE_NS);
	assert_string_equal(class_of(b, NULL, NRS_OUTCOME_ANSWERED), "report");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			the_asset_table_makes_a_hit_urgent, setup, teardown),
		cmocka_unit_test_setup_teardown(
			what_was_called_false_is_noise_and_says_by_whom, setup,
			teardown),
		cmocka_unit_test_setup_teardown(
			a_site_promotes_and_demotes_by_rules_of_its_own, setup,
			teardown),
		cmocka_unit_test_setup_teardown(
			without_a_site_the_shipped_rules_hold, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
