/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_tally: hits are counted by source and by indicator; what is marked above
 * the ceiling is an opaque id; the tables are bounded, and nothing is lost of
 * the sum.
 */
#include "app/tally.h"

#include <stdio.h>
#include <stdlib.h>

#include "engine/handling.h"
#include "tests/sightings/made_hit.h"

static struct nrs_tally_figures figures; /* too large for a stack */

static void give(struct nrs_tally *tally, enum nrs_tlp tlp, const char *value)
{
	struct made_hit made;

	made_set(&made, tlp, value);
	nrs_tally_hit(tally, made_usual(&made, "10.0.0.1", MADE_NS));
	nrs_set_free(made.set);
}

static struct nrs_tally *tally_of(enum nrs_tlp max_tlp)
{
	struct nrs_tally *tally = NULL;

	assert_int_equal(nrs_tally_new(&tally, max_tlp), NRS_OK);
	return tally;
}

static void hits_are_counted_by_source_and_indicator(void **state)
{
	struct nrs_tally *tally = tally_of(NRS_TLP_CLEAR);

	(void)state;
	give(tally, NRS_TLP_CLEAR, NULL);
	give(tally, NRS_TLP_CLEAR, "c2.example");
	give(tally, NRS_TLP_CLEAR, NULL);
	nrs_tally_figures(tally, &figures);
	assert_int_equal(figures.source_count, 1);
	assert_string_equal(figures.sources[0].name, "isac-a/alerts");
	assert_int_equal(figures.sources[0].hits, 3);
	assert_int_equal(figures.indicator_count, 2);
	assert_string_equal(figures.indicators[0].id, MADE_ID);
	assert_string_equal(figures.indicators[0].source, "isac-a/alerts");
	assert_int_equal(figures.indicators[0].hits, 2);
	assert_int_equal(figures.indicators[1].hits, 1);
	assert_int_equal(figures.above, 0);
	nrs_tally_free(tally);
}

/* Every marking against every ceiling; unmarked is AMBER+STRICT. */
static void above_the_ceiling_there_is_an_opaque_id_and_no_source(void **state)
{
	(void)state;
	for (unsigned int max = NRS_TLP_CLEAR; max <= NRS_TLP_RED; max++) {
		for (unsigned int tlp = NRS_TLP_NONE; tlp <= NRS_TLP_RED;
		     tlp++) {
			struct nrs_tally *tally = tally_of((enum nrs_tlp)max);
			const struct nrs_tally_indicator *row =
				&figures.indicators[0];
			const unsigned int marked =
				tlp == NRS_TLP_NONE ? NRS_TLP_AMBER_STRICT
						    : tlp;

			give(tally, (enum nrs_tlp)tlp, NULL);
			nrs_tally_figures(tally, &figures);
			assert_int_equal(figures.indicator_count, 1);
			assert_int_equal(row->is_above, marked > max);
			assert_int_equal(figures.above, marked > max);
			if (marked > max) {
				assert_null(strstr(row->id, "8e2e2d2b"));
				assert_int_equal(strlen(row->id), 16);
				assert_string_equal(row->source, "");
			} else {
				assert_string_equal(row->id, MADE_ID);
			}
			nrs_tally_free(tally);
		}
	}
}

static void what_may_not_be_read_is_opaque_below_the_ceiling_too(void **state)
{
	struct nrs_tally *tally = tally_of(NRS_TLP_RED);
	struct made_hit made;

	(void)state;
	made_set(&made, NRS_TLP_CLEAR, NULL);
	assert_int_equal(nrs_hidden_mark(made.set, 0), NRS_OK);
	nrs_tally_hit(tally, made_usual(&made, "10.0.0.1", MADE_NS));
	nrs_tally_figures(tally, &figures);
	assert_int_equal(figures.above, 1);
	assert_true(strcmp(figures.indicators[0].id, MADE_ID) != 0);
	assert_string_equal(figures.indicators[0].source, "");
	nrs_set_free(made.set);
	nrs_tally_free(tally);
}

static void an_opaque_id_stays_and_differs_between_runs(void **state)
{
	char first[NRS_TALLY_NAME];

	(void)state;
	for (unsigned int run = 0; run < 2; run++) {
		struct nrs_tally *tally = tally_of(NRS_TLP_CLEAR);

		give(tally, NRS_TLP_RED, NULL);
		give(tally, NRS_TLP_RED, NULL);
		nrs_tally_figures(tally, &figures);
		assert_int_equal(figures.indicator_count, 1);
		assert_int_equal(figures.indicators[0].hits, 2);
		if (run == 0)
			memcpy(first, figures.indicators[0].id, sizeof(first));
		else
			assert_string_not_equal(first,
						figures.indicators[0].id);
		nrs_tally_free(tally);
	}
}

static void what_has_no_row_is_counted_together(void **state)
{
	struct nrs_tally *tally = tally_of(NRS_TLP_CLEAR);
	uint64_t sum = 0;

	(void)state;
	for (unsigned int i = 0; i < NRS_TALLY_INDICATORS + 5; i++) {
		char name[40];

		(void)snprintf(name, sizeof(name), "c%u.example", i);
		give(tally, NRS_TLP_CLEAR, name);
	}
	give(tally, NRS_TLP_CLEAR, "c0.example");
	nrs_tally_figures(tally, &figures);
	assert_int_equal(figures.indicator_count, NRS_TALLY_INDICATORS);
	assert_int_equal(figures.other_indicators, 5);
	for (unsigned int i = 0; i < figures.indicator_count; i++)
		sum += figures.indicators[i].hits;
	assert_int_equal(sum + figures.other_indicators,
			 NRS_TALLY_INDICATORS + 6);
	assert_int_equal(figures.sources[0].hits, NRS_TALLY_INDICATORS + 6);
	nrs_tally_free(tally);
}

static void a_set_in_force_says_what_its_sources_hold(void **state)
{
	struct nrs_tally *tally = tally_of(NRS_TLP_CLEAR);
	struct made_hit made;
	struct nrs_set *none = NULL;

	(void)state;
	made_set(&made, NRS_TLP_CLEAR, NULL);
	nrs_tally_force(tally, made.set);
	nrs_tally_force(tally, made.set); /* not twice as many */
	nrs_tally_figures(tally, &figures);
	assert_int_equal(figures.source_count, 1);
	assert_int_equal(figures.sources[0].indicators, 1);
	/* A source that went keeps its hits. */
	nrs_tally_hit(tally, made_usual(&made, "10.0.0.1", MADE_NS));
	assert_int_equal(nrs_set_new(&none), NRS_OK);
	nrs_tally_force(tally, none);
	nrs_tally_figures(tally, &figures);
	assert_int_equal(figures.sources[0].indicators, 0);
	assert_int_equal(figures.sources[0].hits, 1);
	nrs_set_free(none);
	nrs_set_free(made.set);
	nrs_tally_free(tally);
}

static void cost(struct nrs_tally *tally, const struct nrs_set *set,
		 uint64_t trials, uint64_t ns)
{
	const struct nrs_cost of = {
		.generation = 1, .trials = trials, .ns = ns};

	nrs_tally_cost(tally, set, &of);
}

static void costs_add_up_by_source_and_indicator(void **state)
{
	struct nrs_tally *tally = tally_of(NRS_TLP_CLEAR);
	struct made_hit made[2];

	(void)state;
	made_set(&made[0], NRS_TLP_CLEAR, NULL);
	made_set(&made[1], NRS_TLP_CLEAR, "c2.example");
	cost(tally, made[0].set, 5, 100);
	cost(tally, made[1].set, 2, 900);
	cost(tally, made[0].set, 3, 200);
	nrs_tally_figures(tally, &figures);
	assert_int_equal(figures.source_count, 1);
	assert_int_equal(figures.sources[0].cost.trials, 10);
	assert_int_equal(figures.sources[0].cost.ns, 1200);
	assert_int_equal(figures.cost_count, 2);
	assert_int_equal(figures.costs[0].cost.ns, 900); /* the dearest */
	assert_string_equal(figures.costs[1].id, MADE_ID);
	assert_string_equal(figures.costs[1].source, "isac-a/alerts");
	assert_int_equal(figures.costs[1].cost.trials, 8);
	assert_int_equal(figures.costs[1].cost.ns, 300);
	assert_int_equal(figures.other_costs.trials, 0);
	assert_int_equal(figures.indicator_count, 0); /* no hit */
	nrs_set_free(made[0].set);
	nrs_set_free(made[1].set);
	nrs_tally_free(tally);
}

static void a_cost_above_the_ceiling_has_an_opaque_id(void **state)
{
	struct nrs_tally *tally = tally_of(NRS_TLP_CLEAR);
	struct made_hit made;

	(void)state;
	made_set(&made, NRS_TLP_RED, NULL);
	cost(tally, made.set, 5, 100);
	nrs_tally_hit(tally, made_usual(&made, "10.0.0.1", MADE_NS));
	nrs_tally_figures(tally, &figures);
	assert_int_equal(figures.cost_count, 1);
	assert_true(figures.costs[0].is_above);
	assert_string_equal(figures.costs[0].source, "");
	assert_int_equal(strlen(figures.costs[0].id), 16);
	/* The same as that of its hits. */
	assert_string_equal(figures.costs[0].id, figures.indicators[0].id);
	nrs_set_free(made.set);
	nrs_tally_free(tally);
}

/* Of 10,000 all but one cost little; it comes last. */
static void the_dearest_are_told_whenever_they_come(void **state)
{
	struct nrs_tally *tally = tally_of(NRS_TLP_CLEAR);
	uint64_t trials = 0;

	(void)state;
	for (unsigned int i = 0; i < 10000; i++) {
		struct made_hit made;
		char name[40];

		(void)snprintf(name, sizeof(name), "c%u.example", i);
		made_set(&made, NRS_TLP_CLEAR, name);
		cost(tally, made.set, 1, i == 9999 ? 5000 : 1 + i % 50);
		nrs_set_free(made.set);
	}
	nrs_tally_figures(tally, &figures);
	assert_int_equal(figures.cost_count, NRS_TALLY_COSTS);
	assert_int_equal(figures.costs[0].cost.ns, 5000);
	for (unsigned int i = 0; i < figures.cost_count; i++)
		trials += figures.costs[i].cost.trials;
	assert_int_equal(trials + figures.other_costs.trials, 10000);
	assert_int_equal(figures.sources[0].cost.trials, 10000);
	nrs_tally_free(tally);
}

static void what_is_nobodys_cost_is_among_the_others(void **state)
{
	const struct nrs_cost others = {
		.indicator = NRS_COST_OTHERS, .trials = 7, .ns = 70};
	struct nrs_tally *tally = tally_of(NRS_TLP_CLEAR);
	struct made_hit made;

	(void)state;
	made_set(&made, NRS_TLP_CLEAR, NULL);
	nrs_tally_cost(tally, made.set, &others);
	cost(tally, NULL, 1, 10); /* of a set that is gone */
	nrs_tally_figures(tally, &figures);
	assert_int_equal(figures.cost_count, 0);
	assert_int_equal(figures.other_costs.trials, 8);
	assert_int_equal(figures.other_costs.ns, 80);
	nrs_set_free(made.set);
	nrs_tally_free(tally);
}

static void without_metrics_nothing_is_done(void **state)
{
	struct made_hit made;

	(void)state;
	made_set(&made, NRS_TLP_CLEAR, NULL);
	nrs_tally_hit(NULL, made_usual(&made, "10.0.0.1", MADE_NS));
	nrs_tally_force(NULL, made.set);
	cost(NULL, made.set, 1, 1);
	nrs_tally_free(NULL);
	nrs_set_free(made.set);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(hits_are_counted_by_source_and_indicator),
		cmocka_unit_test(
			above_the_ceiling_there_is_an_opaque_id_and_no_source),
		cmocka_unit_test(
			what_may_not_be_read_is_opaque_below_the_ceiling_too),
		cmocka_unit_test(an_opaque_id_stays_and_differs_between_runs),
		cmocka_unit_test(what_has_no_row_is_counted_together),
		cmocka_unit_test(a_set_in_force_says_what_its_sources_hold),
		cmocka_unit_test(costs_add_up_by_source_and_indicator),
		cmocka_unit_test(a_cost_above_the_ceiling_has_an_opaque_id),
		cmocka_unit_test(the_dearest_are_told_whenever_they_come),
		cmocka_unit_test(what_is_nobodys_cost_is_among_the_others),
		cmocka_unit_test(without_metrics_nothing_is_done),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
