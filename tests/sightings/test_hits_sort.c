/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_hits_sort: hits by their time, each once, with the outcome that later
 * lines gave them.
 */
#include "sightings/hits_sort.h"

#include "tests/sightings/made_hit.h"

static struct nrs_hits_sort *sort;
static struct made_hit made;
static char dir[64], path[96];

static int setup(void **state)
{
	(void)state;
	made_set(&made, NRS_TLP_AMBER, NULL);
	snprintf(dir, sizeof(dir), "/tmp/nrs-sort-XXXXXX");
	assert_non_null(mkdtemp(dir));
	snprintf(path, sizeof(path), "%s/sort.db", dir);
	return nrs_hits_sort_new(&sort, path, NULL);
}

static int teardown(void **state)
{
	(void)state;
	nrs_hits_sort_free(sort);
	nrs_set_free(made.set);
	return rmdir(dir); /* its file is gone */
}

static bool put(uint32_t stream, uint64_t number, int64_t ns)
{
	struct nrs_hit_line line = {.number = number,
				    .outcome = NRS_OUTCOME_ATTEMPTED};
	bool is_new = false;

	assert_int_equal(nrs_witness_new(&line.witness,
					 made_usual(&made, "10.0.0.1", ns)),
			 NRS_OK);
	assert_int_equal(nrs_hits_sort_put(sort, stream, &line, &is_new, NULL),
			 NRS_OK);
	nrs_witness_free(line.witness);
	return is_new;
}

static void raise_to(uint32_t stream, uint64_t number, enum nrs_outcome outcome)
{
	const struct nrs_hit_line line = {
		.is_raise = true, .number = number, .outcome = outcome};
	bool is_new = true;

	assert_int_equal(nrs_hits_sort_put(sort, stream, &line, &is_new, NULL),
			 NRS_OK);
	assert_false(is_new);
}

static int say(void *ctx, struct nrs_witness *witness, enum nrs_outcome outcome)
{
	char *text = ctx;

	snprintf(text + strlen(text), 200 - strlen(text), "%lld %s;",
		 (long long)(nrs_witness_hit(witness)->head.ts_ns - MADE_NS),
		 nrs_outcome_name(outcome));
	return NRS_OK;
}

static void walk_gives(const char *want)
{
	char text[200] = "";

	assert_int_equal(nrs_hits_sort_walk(sort, say, text, NULL), NRS_OK);
	assert_string_equal(text, want);
}

static void hits_come_by_time_whatever_file_they_were_in(void **state)
{
	(void)state;
	assert_true(put(0, 0, MADE_NS + 5));
	assert_true(put(0, 0, MADE_NS + 1));
	assert_true(put(1, 0, MADE_NS + 3));
	walk_gives("1 attempted;3 attempted;5 attempted;");
}

static void the_same_hit_is_there_once(void **state)
{
	(void)state;
	assert_true(put(0, 1, MADE_NS));
	assert_false(put(1, 1, MADE_NS));
	walk_gives("0 attempted;");
}

static void a_raise_is_of_the_last_hit_with_its_number(void **state)
{
	(void)state;
	(void)put(0, 1, MADE_NS + 1); /* a run */
	(void)put(0, 1, MADE_NS + 2); /* the next one, after a restart */
	(void)put(1, 1, MADE_NS + 3); /* another sensor */
	raise_to(0, 1, NRS_OUTCOME_ESTABLISHED);
	raise_to(0, 1, NRS_OUTCOME_ANSWERED); /* never down */
	raise_to(0, 9, NRS_OUTCOME_ESTABLISHED);
	walk_gives("1 attempted;2 established;3 attempted;");
}

#define NRS_T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		NRS_T(hits_come_by_time_whatever_file_they_were_in),
		NRS_T(the_same_hit_is_there_once),
		NRS_T(a_raise_is_of_the_last_hit_with_its_number),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
