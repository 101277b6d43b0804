/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_replay_crew: several workers tell just what one tells, in the same
 * order, round after round.
 */
#include "tests/app/replayed.h"

#define QUESTIONS 120

static void any_number_of_workers_tells_the_same(void **state)
{
	static const unsigned int workers[] = {2, 3, 8};
	static const char *names[QUESTIONS + 1];
	struct replayed one, many;

	(void)state;
	for (unsigned int i = 0; i < QUESTIONS; i++)
		names[i] = i % 3 == 0 ? "good.example" : "c2.example";
	const char *path = workshop_path("crew.pcap");
	made_questions(path, names);
	const char *const paths[] = {path, path, "/nonexistent", NULL};
	replayed_open(&one, "c2.example");
	replayed_run(&one, paths, 1);
	assert_int_equal(one.hits, 2 * QUESTIONS / 3 * 2);
	for (unsigned int i = 0; i < 3; i++) {
		replayed_open(&many, "c2.example");
		replayed_run(&many, paths, workers[i]);
		assert_int_equal(many.err, NRS_OK);
		assert_int_equal(many.problems, 1);
		assert_int_equal(many.hits, one.hits);
		assert_int_equal(many.flows, one.flows);
		assert_memory_equal(many.told, one.told,
				    one.hits * sizeof(*one.told));
		assert_memory_equal(many.replay.counters.value,
				    one.replay.counters.value,
				    sizeof(one.replay.counters.value));
		replayed_close(&many);
	}
	replayed_close(&one);
}

static void a_crew_ends_when_there_is_nothing_to_read(void **state)
{
	static const char *const none[] = {NULL};
	struct nrs_reader_options reading = {.from_ns = NRS_TIME_MIN,
					     .to_ns = NRS_TIME_MAX};
	struct nrs_emitter_options emitting = {.workers = 4, .held_max = 1};
	struct nrs_replay replay;
	struct replayed r;

	(void)state;
	replayed_open(&r, "c2.example");
	reading.key = &r.key;
	reading.paths = none;
	emitting.set = r.set;
	emitting.home = &r.home;
	memset(&replay, 0, sizeof(replay));
	replay.options =
		(struct nrs_replay_options){.workers = 4,
					    .db = r.db,
					    .key = &r.key,
					    .problem = replayed_problem,
					    .ctx = &r};
	assert_int_equal(nrs_emitter_new(&replay.options.emitter, &emitting),
			 NRS_OK);
	assert_int_equal(nrs_reader_new(&replay.options.reader, &reading),
			 NRS_OK);
	assert_int_equal(nrs_replay_crew_run(&replay), NRS_OK);
	for (unsigned int i = 0; i < 4; i++)
		nrs_worker_free(replay.workers[i]);
	nrs_reader_free(replay.options.reader);
	nrs_emitter_free(replay.options.emitter);
	replayed_close(&r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(any_number_of_workers_tells_the_same),
		cmocka_unit_test(a_crew_ends_when_there_is_nothing_to_read),
	};

	return cmocka_run_group_tests(tests, workshop_open, workshop_close);
}
