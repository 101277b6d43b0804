/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_logging: records go to the log of their kind; offline a log that cannot
 * be written ends the run, live it is counted.
 */
#include "tests/nrs_test.h"

#include <sys/stat.h>

#include "app/logging.h"

#define NOON INT64_C(1772366400000000000) /* 2026-03-01T12:00:00Z */
#define PART "flows-20260301T12-0001.jsonl.zst"

static char folder[64], path[128];

static int setup(void **state)
{
	(void)state;
	snprintf(folder, sizeof(folder), "/tmp/nrs-logging-XXXXXX");
	return mkdtemp(folder) == NULL;
}

static int teardown(void **state)
{
	(void)state;
	(void)unlink(path);
	return rmdir(folder);
}

static struct nrs_logging *open_it(bool is_live)
{
	static const char *const captures[] = {"a.pcap"};
	static struct nrs_home_nets home;
	const struct nrs_logging_options options = {.flows = folder,
						    .home = &home,
						    .captures = captures,
						    .is_live = is_live};
	struct nrs_logging *logging = NULL;
	struct nrs_diag diag = {0};

	nrs_home_nets_default(&home);
	assert_int_equal(nrs_logging_open(&logging, &options, &diag), NRS_OK);
	return logging;
}

static const struct nrs_record_ended flow = {
	.head = {.kind = NRS_RECORD_ENDED, .ts_ns = NOON},
	.flow = {.proto = 6, .start_ns = NOON},
	.last_ns = NOON};

static void a_flow_makes_a_line_and_other_records_none(void **state)
{
	struct nrs_logging *logging = open_it(false);
	const struct nrs_record other = {.kind = NRS_RECORD_SEEN};
	struct nrs_logging_figures figures;

	(void)state;
	snprintf(path, sizeof(path), "%s/" PART, folder);
	assert_int_equal(nrs_logging_record(logging, &flow.head), NRS_OK);
	assert_int_equal(nrs_logging_record(logging, &other), NRS_OK);
	nrs_logging_figures(logging, &figures);
	assert_int_equal(figures.flows.added, 1);
	assert_int_equal(nrs_logging_close(logging), NRS_OK);
	assert_int_equal(access(path, R_OK), 0);
}

static void who_asks_is_told_when_it_is_written(void **state)
{
	struct nrs_logging *logging = open_it(true);

	(void)state;
	snprintf(path, sizeof(path), "%s/" PART ".part", folder);
	assert_int_equal(nrs_logging_record(logging, &flow.head), NRS_OK);
	const uint32_t asked = nrs_logging_ask(logging);
	assert_int_not_equal(nrs_logging_answered(logging), asked);
	nrs_logging_step(logging, NOON);
	assert_int_equal(nrs_logging_answered(logging), asked);
	FILE *file = fopen(path, "rb");
	assert_non_null(file);
	assert_int_equal(fseek(file, 0, SEEK_END), 0);
	assert_true(ftell(file) > 20);
	(void)fclose(file);
	assert_int_equal(nrs_logging_close(logging), NRS_OK);
	snprintf(path, sizeof(path), "%s/" PART, folder);
}

static void what_cannot_be_written_ends_a_replay_and_no_live_run(void **state)
{
	(void)state;
	snprintf(path, sizeof(path), "%s/" PART ".part", folder);
	for (unsigned int is_live = 0; is_live < 2; is_live++) {
		struct nrs_logging *logging = open_it(is_live != 0);
		struct nrs_logging_figures figures;

		assert_int_equal(mkdir(path, 0700), 0);
		assert_int_equal(nrs_logging_record(logging, &flow.head),
				 is_live != 0 ? NRS_OK : NRS_E_IO);
		assert_int_equal(rmdir(path), 0);
		nrs_logging_figures(logging, &figures);
		assert_int_equal(figures.flows.lost, 1);
		assert_int_equal(nrs_logging_close(logging), NRS_E_IO);
	}
}

int main(void)
{
#define CASE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		CASE(a_flow_makes_a_line_and_other_records_none),
		CASE(who_asks_is_told_when_it_is_written),
		CASE(what_cannot_be_written_ends_a_replay_and_no_live_run),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
