/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_replay: captures through reader, worker and emitter in one thread.
 */
#include "tests/app/replayed.h"

static void every_question_is_matched_once(void **state)
{
	static const char *const names[] = {"c2.example", "good.example",
					    "C2.EXAMPLE.", "sub.c2.example",
					    NULL};
	struct replayed r;

	(void)state;
	const char *path = workshop_path("questions.pcap");
	made_questions(path, names);
	const char *const paths[] = {path, NULL};
	replayed_open(&r, "c2.example");
	replayed_run(&r, paths, 1);
	assert_int_equal(r.err, NRS_OK);
	/* the first and the third host; a name below it is another */
	assert_int_equal(r.hits, 2);
	assert_int_equal(r.told[0] + r.told[1], 1 + 3);
	assert_int_equal(r.flows, 2);
	assert_int_equal(r.problems, 0);
	assert_true(r.steps > 0);
	assert_int_equal(r.replay.counters.value[NRS_C_PACKETS], 4);
	assert_int_equal(r.replay.counters.value[NRS_C_FLOWS], 4);
	assert_int_equal(r.replay.counters.value[NRS_C_DNS], 4);
	assert_int_equal(r.replay.counters.value[NRS_C_HITS], 2);
	replayed_close(&r);
}

static void a_capture_that_cannot_be_read_is_told_and_passed(void **state)
{
	static const char *const names[] = {"c2.example", NULL};
	struct replayed r;

	(void)state;
	const char *good = workshop_path("good.pcap");
	made_questions(good, names);
	const char *const paths[] = {"/nonexistent/a.pcap", good,
				     workshop_write("text", "no capture"), good,
				     NULL};
	replayed_open(&r, "c2.example");
	replayed_run(&r, paths, 1);
	assert_int_equal(r.err, NRS_OK);
	assert_int_equal(r.problems, 2);
	assert_int_equal(r.hits, 2); /* each capture is a session of its own */
	replayed_close(&r);
}

static void nothing_to_read_is_a_short_run(void **state)
{
	static const char *const none[] = {NULL};
	struct replayed r;

	(void)state;
	replayed_open(&r, "c2.example");
	replayed_run(&r, none, 1);
	assert_int_equal(r.err, NRS_OK);
	assert_int_equal(r.hits, 0);
	assert_int_equal(r.replay.counters.value[NRS_C_PACKETS], 0);
	replayed_close(&r);
}

static unsigned int values;

static void on_value(void *ctx, const struct nrs_txn *txn, enum nrs_field field,
		     unsigned int object, struct nrs_span value)
{
	(void)ctx, (void)txn, (void)object;
	values +=
		field == NRS_F_DNS_QUERY && nrs_span_is(value, "good.example");
}

static void without_indicators_an_observer_sees_the_values(void **state)
{
	static const char *const names[] = {"good.example", NULL};
	const struct nrs_match_sink sink = {.value = on_value};
	struct nrs_replay replay;
	struct nrs_hash_key key;

	(void)state;
	const char *path = workshop_path("observed.pcap");
	made_questions(path, names);
	nrs_hash_key_init(&key, 0);
	const struct nrs_reader_options reading = {.paths = &path,
						   .path_count = 1,
						   .from_ns = NRS_TIME_MIN,
						   .to_ns = NRS_TIME_MAX,
						   .key = &key};
	struct nrs_replay_options options = {.workers = 1,
					     .key = &key,
					     .observer = &sink,
					     .problem = replayed_problem};
	assert_int_equal(nrs_reader_new(&options.reader, &reading), NRS_OK);
	assert_int_equal(nrs_replay_run(&replay, &options), NRS_OK);
	assert_int_equal(values, 1);
	nrs_reader_free(options.reader);
}

static int cannot(void *ctx, const struct nrs_sighted *s)
{
	(void)ctx, (void)s;
	return NRS_E_IO;
}

static void what_the_emitter_cannot_write_ends_the_run(void **state)
{
	static const char *const names[] = {"c2.example", NULL};
	struct replayed r;

	(void)state;
	for (unsigned int workers = 1; workers <= 3; workers += 2) {
		const char *path = workshop_path("cannot.pcap");

		made_questions(path, names);
		replayed_open(&r, "c2.example");
		const struct nrs_reader_options reading = {
			.paths = &path,
			.path_count = 1,
			.from_ns = NRS_TIME_MIN,
			.to_ns = NRS_TIME_MAX,
			.key = &r.key};
		const struct nrs_emitter_options emitting = {.workers = workers,
							     .set = r.set,
							     .home = &r.home,
							     .held_max = 10,
							     .hit = cannot};
		struct nrs_replay_options options = {.workers = workers,
						     .db = r.db,
						     .key = &r.key,
						     .problem =
							     replayed_problem,
						     .ctx = &r};
		assert_int_equal(nrs_emitter_new(&options.emitter, &emitting),
				 NRS_OK);
		assert_int_equal(nrs_reader_new(&options.reader, &reading),
				 NRS_OK);
		assert_int_equal(nrs_replay_run(&r.replay, &options), NRS_E_IO);
		nrs_reader_free(options.reader);
		nrs_emitter_free(options.emitter);
		replayed_close(&r);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_question_is_matched_once),
		cmocka_unit_test(
			a_capture_that_cannot_be_read_is_told_and_passed),
		cmocka_unit_test(nothing_to_read_is_a_short_run),
		cmocka_unit_test(
			without_indicators_an_observer_sees_the_values),
		cmocka_unit_test(what_the_emitter_cannot_write_ends_the_run),
	};

	return cmocka_run_group_tests(tests, workshop_open, workshop_close);
}
