/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_logging: records go to the log of their kind, and flows to a collector;
 * offline a log that cannot be written ends the run, live it is counted.
 */
#include "tests/nrs_test.h"

#include <arpa/inet.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include "app/logging.h"
#include "engine/base/stamp.h"

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

/* A receiver on the loopback; where it is in @server. */
static int receiver(char server[32])
{
	struct sockaddr_in where = {.sin_family = AF_INET};
	socklen_t len = sizeof(where);
	const int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	where.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	assert_true(fd >= 0);
	assert_int_equal(bind(fd, (void *)&where, len), 0);
	assert_int_equal(getsockname(fd, (void *)&where, &len), 0);
	snprintf(server, 32, "127.0.0.1:%u",
		 (unsigned int)ntohs(where.sin_port));
	return fd;
}

static struct nrs_logging *open_collected(const char *server)
{
	const struct nrs_collector_options collector = {
		.server = server,
		.may_wait = true,
		.retell_ns = NRS_SECOND_NS,
		.records = {.message_max = 1400}};
	const struct nrs_logging_options options = {.collector = &collector,
						    .sensor = "edge-07",
						    .location = "hall 2"};
	struct nrs_logging *logging = NULL;
	struct nrs_diag diag = {0};

	assert_int_equal(nrs_logging_open(&logging, &options, &diag), NRS_OK);
	return logging;
}

static void a_collector_is_told_of_flows_and_who_saw_them(void **state)
{
	uint8_t message[1400];
	char server[32];
	const int fd = receiver(server);
	struct nrs_logging *logging = open_collected(server);

	(void)state;
	path[0] = '\0';
	assert_int_equal(nrs_logging_record(logging, &flow.head), NRS_OK);
	assert_int_equal(nrs_logging_close(logging), NRS_OK);
	const ssize_t got = recv(fd, message, sizeof(message), MSG_DONTWAIT);
	assert_true(got > 16);
	assert_true(nrs_span_find_text(nrs_span(message, (size_t)got),
				       "\017edge-07, hall 2") != SIZE_MAX);
	(void)close(fd);
}

static void a_replay_says_that_a_collector_was_not_there(void **state)
{
	char server[32];
	const int fd = receiver(server);
	struct nrs_logging *logging = open_collected(server);

	(void)state;
	path[0] = '\0';
	(void)close(fd);
	for (unsigned int i = 0; i < 100; i++) /* more than a message */
		assert_int_equal(nrs_logging_record(logging, &flow.head),
				 NRS_OK);
	assert_int_equal(nrs_logging_close(logging), NRS_E_IO);
}

int main(void)
{
#define CASE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		CASE(a_flow_makes_a_line_and_other_records_none),
		CASE(who_asks_is_told_when_it_is_written),
		CASE(a_collector_is_told_of_flows_and_who_saw_them),
		CASE(a_replay_says_that_a_collector_was_not_there),
		CASE(what_cannot_be_written_ends_a_replay_and_no_live_run),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
