/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_hour_log: when counters are written, that the pieces of an hour add up,
 * and that what cannot be written is told.
 */
#include "app/hour_log.h"

#include <errno.h>
#include <sys/stat.h>

#include "engine/base/inflate.h"
#include "logs/seen_row.h"
#include "tests/app/workshop.h"

#define HOUR NRS_SEEN_HOUR_NS
#define NOON INT64_C(1772366400000000000) /* 2026-03-01T12:00:00Z */
#define ROWS_MAX 16

static struct nrs_hour_log *open_it(const char *name, bool is_live)
{
	static char folder[WORKSHOP_PATH];
	static struct nrs_home_nets home;
	struct nrs_hour_log *log = NULL;
	struct nrs_diag diag = {0};

	(void)snprintf(folder, sizeof(folder), "%s", workshop_path(name));
	assert_true(mkdir(folder, 0700) == 0 || errno == EEXIST);
	nrs_home_nets_default(&home);
	const struct nrs_hour_log_options options = {.folder = folder,
						     .home = &home,
						     .sensor = "edge-07",
						     .is_live = is_live,
						     .write_ns = HOUR / 4};
	assert_int_equal(nrs_hour_log_open(&log, &options, &diag), NRS_OK);
	return log;
}

static int add(struct nrs_hour_log *log, int64_t ns)
{
	struct nrs_record_ended ended = {
		.head = {.kind = NRS_RECORD_ENDED, .ts_ns = ns},
		.flow = {.proto = 6},
		.last_ns = ns};

	assert_int_equal(
		nrs_addr_parse(nrs_span_of("10.0.0.1"), &ended.flow.src),
		NRS_OK);
	return nrs_hour_log_add(log, &ended.head);
}

/* The rows in the file @name of the folder. */
static unsigned int rows_in(const char *folder, const char *name,
			    struct nrs_hour_row rows[ROWS_MAX])
{
	char path[WORKSHOP_PATH], text[8192];
	struct nrs_arena *arena = nrs_arena_new(0);
	struct nrs_input *input = NULL;
	struct nrs_diag diag = {0};
	unsigned int count = 0;
	size_t len = 0;

	(void)snprintf(path, sizeof(path), "%s/%s", workshop_path(folder),
		       name);
	assert_non_null(arena);
	assert_int_equal(nrs_input_open(&input, path, NULL, &diag), NRS_OK);
	(void)nrs_input_read(input, text, sizeof(text), &len, &diag);
	assert_true(len < sizeof(text));
	struct nrs_span rest = nrs_span(text, len), line;
	while (nrs_span_split(&rest, '\n', &line)) {
		if (line.len == 0)
			continue;
		assert_true(count < ROWS_MAX);
		assert_int_equal(nrs_hour_read(&rows[count++], line, arena),
				 NRS_OK);
	}
	nrs_input_close(input);
	nrs_arena_free(arena);
	return count;
}

static void offline_an_hour_is_one_line_of_its_owner(void **state)
{
	struct nrs_hour_log *log = open_it("one", false);
	struct nrs_record other = {.kind = NRS_RECORD_SEEN};
	struct nrs_hour_row rows[ROWS_MAX] = {0};
	struct nrs_log_file_figures figures;

	(void)state;
	for (unsigned int i = 0; i < 5; i++)
		assert_int_equal(add(log, NOON + i), NRS_OK);
	assert_int_equal(add(log, NOON + HOUR), NRS_OK);
	assert_int_equal(nrs_hour_log_add(log, &other), NRS_OK);
	nrs_hour_log_figures(log, &figures);
	assert_int_equal(figures.added, 0);
	assert_int_equal(nrs_hour_log_close(log), NRS_OK);
	assert_int_equal(
		rows_in("one", "hours-20260301T12-0001.jsonl.zst", rows), 1);
	assert_int_equal(rows[0].count[NRS_HOUR_FLOWS_OUT], 5);
	assert_int_equal(
		rows_in("one", "hours-20260301T13-0002.jsonl.zst", rows), 1);
	assert_int_equal(rows[0].count[NRS_HOUR_FLOWS_OUT], 1);
}

static void live_it_is_written_often_and_its_pieces_add_up(void **state)
{
	struct nrs_hour_log *log = open_it("live", true);
	struct nrs_hour_row rows[ROWS_MAX] = {0};

	(void)state;
	nrs_hour_log_step(log, NOON);
	assert_int_equal(add(log, NOON + 1), NRS_OK);
	nrs_hour_log_step(log, NOON + HOUR / 8);
	nrs_hour_log_step(log, NOON + HOUR / 4);
	assert_int_equal(add(log, NOON + 2), NRS_OK);
	assert_int_equal(add(log, NOON + 3), NRS_OK);
	/* what a crash leaves */
	assert_int_equal(
		rows_in("live", "hours-20260301T12-0001.jsonl.zst.part", rows),
		1);
	assert_int_equal(nrs_hour_log_close(log), NRS_OK);
	assert_int_equal(
		rows_in("live", "hours-20260301T12-0001.jsonl.zst", rows), 2);
	assert_int_equal(nrs_hour_compare(&rows[0], &rows[1]), 0);
	assert_int_equal(rows[0].count[NRS_HOUR_FLOWS_OUT], 1);
	nrs_hour_sum(&rows[0], &rows[1]);
	assert_int_equal(rows[0].count[NRS_HOUR_FLOWS_OUT], 3);

	/* the next run goes on behind it */
	log = open_it("live", true);
	assert_int_equal(add(log, NOON + 4), NRS_OK);
	assert_int_equal(nrs_hour_log_close(log), NRS_OK);
	assert_int_equal(
		rows_in("live", "hours-20260301T12-0002.jsonl.zst", rows), 1);
}

static void what_cannot_be_written_is_told_at_the_end(void **state)
{
	struct nrs_hour_log *log = open_it("full", true);
	struct nrs_log_file_figures figures;
	char path[WORKSHOP_PATH];

	(void)state;
	(void)snprintf(path, sizeof(path), "%s/%s", workshop_path("full"),
		       "hours-20260301T12-0001.jsonl.zst.part");
	assert_int_equal(mkdir(path, 0700), 0);
	assert_int_equal(add(log, NOON), NRS_OK);
	nrs_hour_log_step(log, NOON);
	nrs_hour_log_step(log, NOON + HOUR);
	nrs_hour_log_figures(log, &figures);
	assert_int_equal(figures.lost, 1);
	assert_int_equal(nrs_hour_log_close(log), NRS_E_IO);
	assert_int_equal(nrs_hour_log_close(NULL), NRS_OK);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(offline_an_hour_is_one_line_of_its_owner),
		cmocka_unit_test(
			live_it_is_written_often_and_its_pieces_add_up),
		cmocka_unit_test(what_cannot_be_written_is_told_at_the_end),
	};

	return cmocka_run_group_tests(tests, workshop_open, workshop_close);
}
