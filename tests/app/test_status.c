/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_status: what a snapshot reads like, and what makes it degraded.
 */
#include "app/status.h"

#include <errno.h>

#include "app/logging.h"
#include "engine/base/json.h"
#include "tests/nrs_test.h"

#define NOON (INT64_C(1772366400) * NRS_SECOND_NS) /* 2026-03-01T12:00:00Z */

static const struct nrs_status_interface eth1 = {.name = "eth1",
						 .packets_per_s = 412345,

						 .received = 1000000,
						 .dropped = 12};
static const struct nrs_status_hub hub = {.name = "isac-a/alerts",
					  .pulled_ns =
						  NOON - 31 * NRS_SECOND_NS,
					  .failing_since_ns = NRS_TIME_MIN};
static const struct nrs_status_audience audience = {.name = "isac-a",
						    .held = 3,
						    .accepted = 1007,
						    .answered = 1002,
						    .agreed = 1,
						    .refuted = 1001,
						    .confirmed = 1006,
						    .failing_since_ns =
							    NRS_TIME_MIN};

static struct nrs_status_view well(void)
{
	return (struct nrs_status_view){
		.sensor = "edge-07",
		.now_ns = NOON,
		.up_ns = 12 * INT64_C(86400) * NRS_SECOND_NS,
		.generation = 412,
		.digest = "sha256:41f0aabbccddeeff00112233",
		.since_ns = NOON - 4 * 3600 * NRS_SECOND_NS,
		.kept = 656,
		.received = 720000,
		.interfaces = &eth1,
		.interface_count = 1,
		.hubs = &hub,
		.hub_count = 1,
		.audiences = &audience,
		.audience_count = 1,
		.hits_today = 5102,
		.classes_today = {[NRS_CLASS_NOISE] = 4980,
				  [NRS_CLASS_WATCH] = 112,
				  [NRS_CLASS_REPORT] = 9,
				  [NRS_CLASS_URGENT] = 1}};
}

static void a_well_sensor_reads_as_specified(void **state)
{
	const struct nrs_status_view status = well();
	struct nrs_text text = {0};

	(void)state;
	assert_int_equal(nrs_status_text(&status, &text), NRS_STATUS_WELL);
	nrs_text_putc(&text, '\0');
	assert_string_equal(
		(const char *)text.ptr,
		"edge-07 up 12 d\n"
		"set gen 412 sha256:41f0aabbccdde active since "
		"2026-03-01T08:00:00Z, 656 of 720,000 indicators   "
		"exercise: none\n"
		"eth1 412 kpps drop 0.00 %\n"
		"hits today 5,102: noise 4,980 watch 112 report 9 urgent 1\n"
		"isac-a/alerts pulled 31 s ago\n"
		"to isac-a: accepted 1,007, confirmed 1,006, answered 1,002 (1 "
		"confirmed, 1,001 false), held 3 -> noroshi "
		"held "
		"(audiences.isac-a.mode: hold)\n");
	nrs_text_fini(&text);
}

static void a_posture_is_told_where_there_are_two(void **state)
{
	static const struct {
		struct nrs_posture_state posture;
		const char *line; /* NULL: none */
	} cases[] = {{{.is_there = false}, NULL},
		     {{.is_there = true}, "\nposture normal\n"},
		     {{.is_there = true,
		       .is_heightened = true,
		       .by_person = true,
		       .since_ns = NOON},
		      "\nposture heightened since 2026-03-01T12:00:00Z\n"},
		     {{.is_there = true,
		       .is_heightened = true,
		       .by_source = true,
		       .since_ns = NOON},
		      "\nposture heightened since 2026-03-01T12:00:00Z, as its "
		      "source says\n"}};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct nrs_status_view status = well();
		struct nrs_text text = {0};

		status.posture = &cases[i].posture;
		(void)nrs_status_text(&status, &text);
		(void)nrs_status_json(&status, &text);
		nrs_text_putc(&text, '\0');
		const char *said = (const char *)text.ptr;
		if (cases[i].line == NULL)
			assert_null(strstr(said, "posture"));
		else
			assert_non_null(strstr(said, cases[i].line));
		assert_int_equal(strstr(said, "\"posture\":\"heightened\"") !=
					 NULL,
				 cases[i].posture.is_heightened);
		nrs_text_fini(&text);
	}
}

static void each_trouble_degrades_and_is_a_line(void **state)
{
	static const struct nrs_status_interface down = {.name = "eth1",
							 .is_down = true};
	static const struct nrs_status_interface lossy = {
		.name = "eth1", .received = 100000, .dropped = 101};
	static const struct nrs_status_interface at_limit = {
		.name = "eth1", .received = 100000, .dropped = 100};
	static const struct nrs_status_hub failing = {
		.name = "isac-a",
		.pulled_ns = NRS_TIME_MIN,
		.failing_since_ns = NOON - 600 * NRS_SECOND_NS,
		.message = "HTTP 503: \x1b[2Jdown"};
	static const struct nrs_status_note warning = {
		.text = "csv:block 4,272 unmarked"};
	static const struct nrs_status_note trouble = {true, "disk full"};
	const struct {
		const struct nrs_status_interface *interface;
		const struct nrs_status_hub *hub;
		const struct nrs_status_note *note;
		uint32_t generation;
		const char *line; /* NULL: well */
	} cases[] = {
		{&eth1, &hub, NULL, 1, NULL},
		{&eth1, &hub, &warning, 1, NULL},
		{&at_limit, &hub, NULL, 1, NULL},
		{&down, &hub, NULL, 1, "DEGRADED eth1 is down\n"},
		{&lossy, &hub, NULL, 1,
		 "DEGRADED eth1 lost 0.10 % of its packets\n"},
		{&eth1, &failing, NULL, 1,
		 "DEGRADED isac-a has failed for 10 min: HTTP 503: "},
		{&eth1, &hub, &trouble, 1, "DEGRADED disk full\n"},
		{&eth1, &hub, NULL, 0, "DEGRADED no set of indicators yet\n"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct nrs_status_view status = well();
		struct nrs_text text = {0}, json = {0};

		status.interfaces = cases[i].interface;
		status.hubs = cases[i].hub;
		status.notes = cases[i].note;
		status.note_count = cases[i].note != NULL;
		status.generation = cases[i].generation;
		const int verdict = nrs_status_text(&status, &text);
		assert_int_equal(verdict, cases[i].line == NULL
						  ? NRS_STATUS_WELL
						  : NRS_STATUS_DEGRADED);
		assert_int_equal(nrs_status_json(&status, &json), verdict);
		nrs_text_putc(&text, '\0');
		const char *line = strstr((const char *)text.ptr, "DEGRADED");
		if (cases[i].line == NULL ? line != NULL
					  : strstr((const char *)text.ptr,
						   cases[i].line) == NULL)
			fail_msg("case %zu: %s", i, (const char *)text.ptr);
		assert_null(strchr((const char *)text.ptr, '\x1b'));
		nrs_text_fini(&text);
		nrs_text_fini(&json);
	}
}

static void posts_that_fail_degrade(void **state)
{
	static const struct nrs_status_audience failing = {
		.name = "isac-a",
		.queued = 2,
		.failed = 1,
		.refused = 4,
		.failing_since_ns = NOON - 3 * NRS_SECOND_NS,
		.message = "HTTP 403"};
	struct nrs_status_view status = well();
	struct nrs_text text = {0};

	(void)state;
	status.audiences = &failing;
	assert_int_equal(nrs_status_text(&status, &text), NRS_STATUS_DEGRADED);
	assert_true(nrs_span_ends(
		nrs_text_span(&text),
		"to isac-a: accepted 0, confirmed 0, waiting 2, failed 1, "
		"refused 4 -> noroshi released\n"
		"DEGRADED posts to isac-a have failed for 3 s: HTTP 403\n"));
	nrs_text_fini(&text);
}

static void a_warning_is_a_line_of_its_own(void **state)
{
	static const struct nrs_status_note notes[] = {
		{false, "csv:block 4,272 unmarked"}, {false, "second"}};
	struct nrs_status_view status = well();
	struct nrs_text text = {0};

	(void)state;
	status.notes = notes;
	status.note_count = 2;
	assert_int_equal(nrs_status_text(&status, &text), NRS_STATUS_WELL);
	assert_true(nrs_span_ends(nrs_text_span(&text),
				  "WARN csv:block 4,272 unmarked\n"
				  "WARN second\n"));
	nrs_text_fini(&text);
}

static const struct nrs_logging_figures logs = {
	.has_collector = true,
	.has_flows = true,
	.has_hours = true,
	.has_seen = true,
	.flows = {.added = 12345, .files = 3, .bytes = 4200000, .lost = 2},
	.hours = {.added = 90, .files = 1, .bytes = 800, .lost = 8},
	.seen = {.seen = 70000,
		 .rows = 1200,
		 .files = 1,
		 .bytes = 9000,
		 .crowded = 5,
		 .lost = 6,
		 .failed = 7},
	.collector = {.flows = 12000,
		      .messages = 800,
		      .bytes = 1100000,
		      .lost = 340,
		      .refused = 4,
		      .error = ECONNREFUSED}};

static void
logs_of_all_traffic_are_lines_and_a_collector_can_be_missed(void **state)
{
	struct nrs_logging_figures some = logs;
	struct nrs_status_view status = well();
	struct nrs_text text = {0};

	(void)state;
	status.logs = &some;
	assert_int_equal(nrs_status_text(&status, &text), NRS_STATUS_DEGRADED);
	assert_true(nrs_span_ends(
		nrs_text_span(&text),
		"\nlog of flows: 12,345 in 3 files, 4.2 MB, lost 2\n"
		"counters by hour: 90 in 1 file, 800 B, lost 8\n"
		"log of observations: 70,000 values, 1,200 rows in 1 file, 9.0 "
		"kB, lost 6, failed to write 7\n"
		"to the collector: 12,000 flows in 800 messages, 1.1 MB, lost "
		"340, refused 4\n"
		"DEGRADED flows do not reach the collector: Connection refused "
		"(out.ipfix)\n"));
	nrs_text_clear(&text);
	some = (struct nrs_logging_figures){.has_collector = true};
	assert_int_equal(nrs_status_text(&status, &text), NRS_STATUS_WELL);
	assert_true(nrs_span_ends(
		nrs_text_span(&text),
		"hold)\nto the collector: 0 flows in 0 messages, 0 B\n"));
	nrs_text_fini(&text);
}

static void logs_are_members_of_the_json(void **state)
{
	static const struct {
		const char *log, *figure;
		int64_t number;
	} cases[] = {{"hours", "added", 90},
		     {"hours", "lost", 8},
		     {"flows", "added", 12345},
		     {"flows", "lost", 2},
		     {"flows", "files", 3},
		     {"flows", "bytes", 4200000},
		     {"observations", "seen", 70000},
		     {"observations", "rows", 1200},
		     {"observations", "crowded", 5},
		     {"observations", "lost", 6},
		     {"observations", "failed", 7},
		     {"observations", "files", 1},
		     {"observations", "bytes", 9000},
		     {"collector", "flows", 12000},
		     {"collector", "messages", 800},
		     {"collector", "lost", 340},
		     {"collector", "refused", 4},
		     {"collector", "bytes", 1100000}};
	struct nrs_arena *arena = nrs_arena_new(0);
	struct nrs_status_view status = well();
	struct nrs_json *json = NULL;
	struct nrs_text text = {0};

	(void)state;
	status.logs = &logs;
	(void)nrs_status_json(&status, &text);
	assert_int_equal(
		nrs_json_parse(nrs_text_span(&text), arena, &json, NULL),
		NRS_OK);
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		const struct nrs_json *at = nrs_json_get(
			nrs_json_get(nrs_json_get(json, "logs"), cases[i].log),
			cases[i].figure);
		int64_t number = -1;

		if (at == NULL || nrs_json_i64(at, &number) != NRS_OK ||
		    number != cases[i].number)
			fail_msg("%s.%s is %lld", cases[i].log, cases[i].figure,
				 (long long)number);
	}
	nrs_text_fini(&text);
	nrs_arena_free(arena);
}

static void the_json_is_one_object_with_everything(void **state)
{
	const struct nrs_status_view status = well();
	struct nrs_arena *arena = nrs_arena_new(0);
	struct nrs_json *json = NULL;
	struct nrs_text text = {0};
	int64_t number = 0;

	(void)state;
	assert_int_equal(nrs_status_json(&status, &text), NRS_STATUS_WELL);
	assert_int_equal(
		nrs_json_parse(nrs_text_span(&text), arena, &json, NULL),
		NRS_OK);
	assert_true(nrs_span_is(nrs_json_text(json, "sensor"), "edge-07"));
	assert_int_equal(nrs_json_i64(nrs_json_get(json, "up_s"), &number),
			 NRS_OK);
	assert_int_equal(number, 12 * 86400);
	const struct nrs_json *set = nrs_json_get(json, "set");
	assert_true(nrs_span_is(nrs_json_text(set, "since"),
				"2026-03-01T08:00:00.000Z"));
	const struct nrs_json *first = nrs_json_get(json, "hubs")->child;
	assert_true(nrs_span_is(nrs_json_text(first, "pulled"),
				"2026-03-01T11:59:29.000Z"));
	assert_true(nrs_json_is(nrs_json_get(first, "failing_since"),
				NRS_JSON_NULL));
	const struct nrs_json *hits = nrs_json_get(json, "hits_today");
	assert_int_equal(nrs_json_i64(nrs_json_get(hits, "noise"), &number),
			 NRS_OK);
	assert_int_equal(number, 4980);
	nrs_text_fini(&text);
	nrs_arena_free(arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_well_sensor_reads_as_specified),
		cmocka_unit_test(each_trouble_degrades_and_is_a_line),
		cmocka_unit_test(posts_that_fail_degrade),
		cmocka_unit_test(a_warning_is_a_line_of_its_own),
		cmocka_unit_test(
			logs_of_all_traffic_are_lines_and_a_collector_can_be_missed),
		cmocka_unit_test(logs_are_members_of_the_json),
		cmocka_unit_test(the_json_is_one_object_with_everything),
		cmocka_unit_test(a_posture_is_told_where_there_are_two),
	};

	return cmocka_run_group_tests_name("status", tests, NULL, NULL);
}
