/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_reader: captures into rounds: sessions, ordinals, the clock, what is
 * left out, and a bad file that does not end the run.
 */
#include "capture/reader.h"
#include "tests/capture/frames.h"

#define SECOND INT64_C(1000000000)
#define FILES 2

static char paths[FILES][32];
static struct nrs_hash_key key;
static struct nrs_round shared_round;

static void write_capture(const char *path, uint32_t first_s,
			  unsigned int count)
{
	const uint32_t head[] = {0xa1b2c3d4, 0x00040002, 0, 0, 65535, 1};
	FILE *file = fopen(path, "wb");

	assert_non_null(file);
	assert_int_equal(fwrite(head, sizeof(head), 1, file), 1);
	for (unsigned int i = 0; i < count; i++) {
		struct frame f;

		frame_udp(&f, (uint8_t)(i % 200), 250, 5000, 53);
		const uint32_t record[] = {first_s + i, 0, (uint32_t)f.len,
					   (uint32_t)f.len};
		assert_int_equal(fwrite(record, sizeof(record), 1, file), 1);
		assert_int_equal(fwrite(f.bytes, f.len, 1, file), 1);
	}
	assert_int_equal(fclose(file), 0);
}

static int setup(void **state)
{
	(void)state;
	nrs_hash_key_init(&key, 0);
	for (unsigned int i = 0; i < FILES; i++) {
		snprintf(paths[i], sizeof(paths[i]), "/tmp/nrs-reader-XXXXXX");
		const int fd = mkstemp(paths[i]);
		if (fd < 0 || close(fd) != 0)
			return -1;
		write_capture(paths[i], 1000 + 100 * i, 10);
	}
	return nrs_round_init(&shared_round, 3);
}

static int teardown(void **state)
{
	(void)state;
	nrs_round_fini(&shared_round);
	return unlink(paths[0]) | unlink(paths[1]);
}

static unsigned int problems;

static void on_problem(void *ctx, const char *path, int err,
		       const struct nrs_diag *diag)
{
	(void)ctx, (void)path;
	assert_true(err != NRS_OK && diag->text[0] != '\0');
	problems++;
}

struct read {
	unsigned int datagrams, sessions, ends;
	uint64_t filtered;
};

static struct read read_all(struct nrs_reader_options options)
{
	const char *list[3] = {paths[0], "/nonexistent.pcap", paths[1]};
	struct nrs_reader *reader = NULL;
	struct read got = {0};
	uint64_t last = 0;
	uint32_t session = 0;

	if (options.paths == NULL) {
		options.paths = list;
		options.path_count = 3;
	}
	options.key = &key;
	if (options.to_ns == 0)
		options.to_ns = NRS_TIME_MAX;
	problems = 0;
	assert_int_equal(nrs_reader_new(&reader, &options), NRS_OK);
	while (nrs_reader_next(reader, &shared_round, on_problem, NULL) == 1) {
		unsigned int picked = 0;

		/* ordinals grow within a session, ticks included */
		if (shared_round.session != session)
			got.sessions++;
		else
			assert_true(shared_round.last_ordinal > last);
		session = shared_round.session;
		last = shared_round.last_ordinal;
		got.datagrams += shared_round.count;
		got.ends += shared_round.is_session_end;
		/* every datagram goes to the owner of its shard, and to no
		 * other */
		for (unsigned int w = 0; w < 3; w++) {
			for (uint32_t i = 0; i < shared_round.picked_count[w];
			     i++) {
				const uint16_t at =
					shared_round.picked
						[w * NRS_ROUND_DATAGRAMS + i];

				assert_int_equal(
					nrs_shard_owner(
						shared_round.datagrams[at]
							.shard,
						3),
					w);
			}
			picked += shared_round.picked_count[w];
		}
		assert_int_equal(picked, shared_round.count);
	}
	got.filtered = nrs_reader_counters(reader)->value[NRS_C_FILTERED];
	nrs_reader_free(reader);
	return got;
}

static void each_capture_is_a_session_and_a_bad_one_ends_nothing(void **state)
{
	const struct read got = read_all((struct nrs_reader_options){0});

	(void)state;
	assert_int_equal(got.datagrams, 20);
	assert_int_equal(got.sessions, 2);
	assert_int_equal(got.ends, 2);
	assert_int_equal(problems, 1);
}

static void rotated_captures_are_one_session(void **state)
{
	const struct read got =
		read_all((struct nrs_reader_options){.is_rotated = true});

	(void)state;
	assert_int_equal(got.datagrams, 20);
	assert_int_equal(got.sessions, 1);
	assert_int_equal(got.ends, 1);
}

static void packets_outside_the_time_are_left_out(void **state)
{
	const struct read got = read_all((struct nrs_reader_options){
		.from_ns = 1005 * SECOND, .to_ns = 1102 * SECOND});

	(void)state;
	/* 1005 to 1009 of the first, 1100 and 1101 of the second */
	assert_int_equal(got.datagrams, 7);
	assert_int_equal(got.filtered, 13);
}

static void files_have_their_figures(void **state)
{
	const char *list[1] = {paths[0]};
	const struct nrs_reader_options options = {.paths = list,
						   .path_count = 1,
						   .want_digests = true,
						   .to_ns = NRS_TIME_MAX,
						   .key = &key};
	struct nrs_reader *reader = NULL;
	uint64_t done, total;

	(void)state;
	assert_int_equal(nrs_reader_new(&reader, &options), NRS_OK);
	while (nrs_reader_next(reader, &shared_round, on_problem, NULL) == 1)
		;
	const struct nrs_reader_file *file = nrs_reader_file_at(reader, 0);
	assert_int_equal(file->packets, 10);
	assert_int_equal(file->first_ns, 1000 * SECOND);
	assert_int_equal(file->last_ns, 1009 * SECOND);
	assert_true(file->has_digest);
	assert_int_equal(file->error, NRS_OK);
	nrs_reader_progress(reader, &done, &total);
	assert_int_equal(done, file->bytes);
	nrs_reader_free(reader);
}

static void a_round_is_free_when_its_last_worker_is_done(void **state)
{
	(void)state;
	atomic_store_explicit(&shared_round.users, 3, memory_order_relaxed);
	assert_false(nrs_round_release(&shared_round));
	assert_false(nrs_round_release(&shared_round));
	assert_true(nrs_round_release(&shared_round));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			each_capture_is_a_session_and_a_bad_one_ends_nothing),
		cmocka_unit_test(rotated_captures_are_one_session),
		cmocka_unit_test(packets_outside_the_time_are_left_out),
		cmocka_unit_test(files_have_their_figures),
		cmocka_unit_test(a_round_is_free_when_its_last_worker_is_done),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
