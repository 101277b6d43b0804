/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_window_keep: the windows over restarts: stages and parts go on, and
 * what was told is not told again.
 */
#include "tests/sightings/told_windows.h"

static const char *const migrations[] = {nrs_windows_sql, nrs_windows_rest_sql};

static const struct nrs_store_schema schema = {
	.application = 77, .migrations = migrations, .count = 2};

/* What a kill leaves: nothing is saved that was not before. */
static void killed(struct bench *b)
{
	nrs_windows_free(b->windows);
	made_store_close(&b->disk);
	made_store_open(&b->disk, &schema);
	open_windows(b, 0);
}

static void begin(struct bench *b)
{
	nrs_settle_free(b->settle);
	b->settle = NULL;
	nrs_windows_free(b->windows);
	made_store_begin(&b->disk, &schema);
	open_windows(b, 0);
}

/* Counted, and no step. */
static void count_one(struct bench *b, int64_t ns)
{
	struct nrs_witness *witness = NULL;
	struct nrs_window_place place = {.outcome = NRS_OUTCOME_ANSWERED};

	assert_int_equal(
		nrs_witness_new(&witness, made_usual(&b->made, "10.0.0.1", ns)),
		NRS_OK);
	assert_int_equal(nrs_windows_add(b->windows, witness, &place), NRS_OK);
	nrs_witness_free(witness);
}

static void close_store(struct bench *b)
{
	nrs_windows_free(b->windows);
	b->windows = NULL;
	made_store_end(&b->disk);
}

static void a_restart_goes_on_with_the_stage_and_the_next_part(void **st)
{
	struct bench *b = *st;

	begin(b);
	add(b, "10.0.0.1", NRS_OUTCOME_ANSWERED, MADE_NS);
	killed(b); /* what was told is kept at once */
	add(b, "10.0.0.1", NRS_OUTCOME_ANSWERED, MADE_NS + 1);
	assert_int_equal(b->count, 1);
	assert_int_equal(nrs_windows_save(b->windows, NULL), NRS_OK);
	killed(b);
	step(b, MADE_NS + 5 * MINUTE);
	assert_int_equal(b->count, 2);
	assert_int_equal(b->told[1].part, 1);
	assert_int_equal(b->told[1].count, 1);
	killed(b);
	add(b, "10.0.0.1", NRS_OUTCOME_ANSWERED, MADE_NS + 6 * MINUTE);
	step(b, MADE_NS + HOUR);
	assert_int_equal(b->told[2].stage, 1);
	assert_int_equal(b->told[2].part, 2);
	step(b, MADE_NS + 30 * HOUR);
	assert_int_equal(nrs_windows_save(b->windows, NULL), NRS_OK);
	killed(b);
	struct nrs_windows_figures figures;
	nrs_windows_figures(b->windows, &figures);
	assert_int_equal(figures.keys, 0);
	close_store(b);
}

static void a_restart_keeps_the_first_and_the_rest_apart(void **st)
{
	struct bench *b = *st;

	begin(b);
	for (unsigned int i = 0; i < 3; i++) /* counted, not told */
		count_one(b, MADE_NS + (int64_t)i * SECOND);
	assert_int_equal(nrs_windows_save(b->windows, NULL), NRS_OK);
	killed(b);
	step(b, MADE_NS + 5 * SECOND);
	assert_int_equal(b->count, 1);
	assert_int_equal(b->told[0].count, 1);
	assert_int_equal(b->told[0].first_ns, MADE_NS);
	step(b, MADE_NS + 5 * MINUTE);
	assert_int_equal(b->told[1].count, 2);
	assert_int_equal(b->told[1].part, 1);
	assert_int_equal(b->told[1].first_ns, MADE_NS + SECOND);
	close_store(b);
}

#define NRS_T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		NRS_T(a_restart_keeps_the_first_and_the_rest_apart),
		NRS_T(a_restart_goes_on_with_the_stage_and_the_next_part),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
