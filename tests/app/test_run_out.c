/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_run_out: run.json, and the lines about what could not be seen.
 */
#include "tests/nrs_test.h"

#include "app/run_out.h"
#include "engine/base/json.h"

static const struct nrs_reader_file *file_at(void *files, unsigned int i)
{
	return nrs_reader_file_at(files, i);
}

static void blind_spots_are_told_and_the_rest_is_not(void **state)
{
	struct nrs_counters counters = {0};
	struct nrs_text out = {0};

	(void)state;
	counters.value[NRS_C_PACKETS] = 100;
	counters.value[NRS_C_HITS] = 3;
	nrs_run_blind(&counters, &out);
	assert_int_equal(out.len, 0);
	counters.value[NRS_C_TLS_ECH] = 7;
	counters.value[NRS_C_STREAM_GAPS] = 2;
	nrs_run_blind(&counters, &out);
	const struct nrs_span text = nrs_text_span(&out);
	assert_int_not_equal(
		nrs_span_find_text(text, nrs_counter_text(NRS_C_TLS_ECH)),
		SIZE_MAX);
	assert_int_not_equal(
		nrs_span_find_text(text, nrs_counter_text(NRS_C_STREAM_GAPS)),
		SIZE_MAX);
	assert_int_equal(
		nrs_span_find_text(text, nrs_counter_text(NRS_C_PACKETS)),
		SIZE_MAX);
	nrs_text_fini(&out);
}

static void run_json_holds_every_counter(void **state)
{
	const struct nrs_match_options options = {.validity =
							  NRS_VALIDITY_STRICT};
	const struct nrs_build_options building = {.seats = 1, .generation = 1};
	struct nrs_reader_options reading = {.path_count = 0};
	struct nrs_arena *arena = nrs_arena_new(0);
	struct nrs_counters counters = {0};
	struct nrs_reader *reader = NULL;
	struct nrs_json *tree = NULL;
	struct nrs_set *set = NULL;
	struct nrs_db *db = NULL;
	struct nrs_text out = {0};

	(void)state;
	assert_non_null(arena);
	assert_int_equal(nrs_set_new(&set), NRS_OK);
	assert_int_equal(nrs_set_settle(set), NRS_OK);
	assert_int_equal(nrs_db_build(&db, set, &building), NRS_OK);
	assert_int_equal(nrs_reader_new(&reader, &reading), NRS_OK);
	for (unsigned int c = 0; c < NRS_COUNTER_COUNT; c++)
		counters.value[c] = c + 1;
	const struct nrs_run_facts facts = {.options = &options,
					    .files = reader,
					    .file_at = file_at,
					    .db = db,
					    .set_digest =
						    nrs_span_of("sha256:0"),
					    .counters = &counters,
					    .hits = 5,
					    .sightings = 4};
	nrs_run_json(&out, &facts);
	assert_int_equal(
		nrs_json_parse(nrs_text_span(&out), arena, &tree, NULL),
		NRS_OK);
	assert_true(nrs_span_is(nrs_json_text(tree, "validity"), "strict"));
	const struct nrs_json *all = nrs_json_get(tree, "counters");
	for (unsigned int c = 0; c < NRS_COUNTER_COUNT; c++) {
		int64_t value = 0;

		assert_int_equal(
			nrs_json_i64(
				nrs_json_get(all, nrs_counter_name(
							  (enum nrs_counter)c)),
				&value),
			NRS_OK);
		assert_int_equal(value, c + 1);
	}
	nrs_text_fini(&out);
	nrs_reader_free(reader);
	nrs_db_free(db);
	nrs_set_free(set);
	nrs_arena_free(arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(blind_spots_are_told_and_the_rest_is_not),
		cmocka_unit_test(run_json_holds_every_counter),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
