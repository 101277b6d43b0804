/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_heart: the file of the heartbeat: since when a report is in force, over
 * restarts and until it goes.
 */
#include "app/heart.h"

#include "engine/handling.h"

#include "tests/app/workshop.h"

#define NOW (INT64_C(1772366400) * NRS_SECOND_NS) /* 2026-03-01T12:00:00Z */
#define HOUR (3600 * NRS_SECOND_NS)
#define INDICATOR(n)                                                           \
	"{\"type\":\"indicator\",\"spec_version\":\"2.1\",\"id\":"             \
	"\"indicator--0000000" n "-0000-4000-8000-000000000000\","             \
	"\"created\":\"2026-01-01T00:00:00.000Z\",\"modified\":"               \
	"\"2026-01-01T00:00:00.000Z\",\"pattern\":\"[domain-name:value = "     \
	"'c" n ".example']\",\"pattern_type\":\"stix\",\"valid_from\":"        \
	"\"2026-01-01T00:00:00Z\"}"
#define REPORT(n, of)                                                          \
	"{\"type\":\"report\",\"spec_version\":\"2.1\",\"id\":"                \
	"\"report--0000000" n "-0000-4000-8000-000000000000\",\"name\":"       \
	"\"notice " n "\",\"created\":\"2026-01-01T00:00:00.000Z\","           \
	"\"modified\":\"2026-01-01T00:00:00.000Z\",\"published\":"             \
	"\"2026-01-01T00:00:00Z\",\"object_refs\":[\"indicator--0000000" of    \
	"-0000-4000-8000-000000000000\"]}"

static struct nrs_set *load(const char *objects)
{
	const struct nrs_loader_options options = {.name = nrs_span_of("a/b")};
	const struct nrs_build_options building = {.validity =
							   NRS_VALIDITY_NOW};
	struct nrs_loader_result result;
	struct nrs_diag diag = {0};
	struct nrs_set *set = NULL;
	struct nrs_db *db = NULL;

	assert_int_equal(nrs_set_new(&set), NRS_OK);
	if (nrs_load_file(set, workshop_write("a.json", objects), &options,
			  &result, &diag) != NRS_OK)
		fail_msg("%s", diag.text);
	assert_int_equal(nrs_set_settle(set), NRS_OK);
	assert_int_equal(nrs_db_build(&db, set, &building), NRS_OK);
	nrs_db_free(db);
	return set;
}

static struct nrs_heart *start(void)
{
	static const struct nrs_share_policy policy;
	static char path[WORKSHOP_PATH];
	const struct nrs_heart_options options = {
		.file = path,
		.interval_s = 300,
		.sensor = nrs_span_of("edge-07"),
		.policy = &policy};
	struct nrs_heart *heart = NULL;

	(void)snprintf(path, sizeof(path), "%s",
		       workshop_path("heartbeat.json"));
	assert_int_equal(nrs_heart_new(&heart, &options, NULL), NRS_OK);
	return heart;
}

static void beat(struct nrs_heart *heart, const char *objects, int64_t at_ns)
{
	const struct nrs_supply_state state = {.since_ns = at_ns};
	struct nrs_set *set = load(objects);
	struct nrs_diag diag = {0};

	assert_int_equal(nrs_heart_note(heart, set, at_ns), NRS_OK);
	nrs_set_free(set);
	if (nrs_heart_tick(heart, &state, at_ns, &diag) != NRS_OK)
		fail_msg("%s", diag.text);
}

static void says(const char *text, bool wanted)
{
	const char *all = workshop_read("heartbeat.json");

	if ((strstr(all, text) != NULL) != wanted)
		fail_msg("%s%s: %s", wanted ? "" : "not ", text, all);
}

static void a_report_is_dated_once_and_over_restarts(void **state)
{
	static const char first[] =
		"{\"objects\":[" INDICATOR("1") "," REPORT("1", "1") "]}";
	static const char both[] =
		"{\"objects\":[" INDICATOR("1") "," INDICATOR("2") "," REPORT(
			"1", "1") "," REPORT("2", "2") "]}";
	static const char second[] =
		"{\"objects\":[" INDICATOR("2") "," REPORT("2", "2") "]}";
	struct nrs_heart *heart = start();

	(void)state;
	beat(heart, first, NOW);
	says("\"name\":\"notice 1\",\"source\":\"a/b\",\"active_since\":"
	     "\"2026-03-01T12:00:00.000Z\",\"indicators\":{\"unmarked\":1}",
	     true);
	nrs_heart_free(heart);
	heart = start();
	beat(heart, both, NOW + HOUR);
	says("\"name\":\"notice 1\",\"source\":\"a/b\",\"active_since\":"
	     "\"2026-03-01T12:00:00.000Z\"",
	     true);
	says("\"name\":\"notice 2\",\"source\":\"a/b\",\"active_since\":"
	     "\"2026-03-01T13:00:00.000Z\"",
	     true);
	beat(heart, second, NOW + 2 * HOUR);
	says("notice 1", false);
	beat(heart, both, NOW + 3 * HOUR);
	says("\"active_since\":\"2026-03-01T15:00:00.000Z\"", true);
	nrs_heart_free(heart);
}

static void it_beats_at_its_interval_and_when_something_changed(void **state)
{
	static const char objects[] =
		"{\"objects\":[" INDICATOR("1") "," REPORT("1", "1") "]}";
	const struct nrs_supply_state now = {.since_ns = NOW};
	struct nrs_heart *heart = start();

	(void)state;
	beat(heart, objects, NOW);
	assert_int_equal(nrs_heart_tick(heart, &now, NOW + HOUR / 60, NULL),
			 NRS_OK);
	says("\"time\":\"2026-03-01T12:00:00.000Z\"", true);
	assert_int_equal(nrs_heart_tick(heart, &now, NOW + HOUR / 12, NULL),
			 NRS_OK);
	says("\"time\":\"2026-03-01T12:05:00.000Z\"", true);
	/* A clock that is set back by a day stops nothing. */
	assert_int_equal(nrs_heart_tick(heart, &now, NOW - 24 * HOUR, NULL),
			 NRS_OK);
	says("\"time\":\"2026-02-28T12:00:00.000Z\"", true);
	nrs_heart_free(heart);
}

static void what_is_of_an_exercise_is_told_apart(void **state)
{
	static const char both[] =
		"{\"objects\":[" INDICATOR("1") "," INDICATOR("2") "," REPORT(
			"1", "1") "," REPORT("2", "2") "]}";
	const struct nrs_supply_state now = {.since_ns = NOW};
	struct nrs_heart *heart = start();
	struct nrs_set *set = load(both);

	(void)state;
	assert_int_equal(nrs_exercise_mark(set, 1, nrs_span_of("drill")),
			 NRS_OK);
	assert_int_equal(nrs_heart_note(heart, set, NOW), NRS_OK);
	nrs_set_free(set);
	assert_int_equal(nrs_heart_tick(heart, &now, NOW, NULL), NRS_OK);
	says("\"name\":\"notice 2\",\"source\":\"a/b\",\"active_since\":"
	     "\"2026-03-01T12:00:00.000Z\",\"exercise\":true",
	     true);
	says("\"name\":\"notice 1\",\"source\":\"a/b\",\"active_since\":"
	     "\"2026-03-01T12:00:00.000Z\",\"indicators\"",
	     true);
	nrs_heart_free(heart);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			a_report_is_dated_once_and_over_restarts, workshop_open,
			workshop_close),
		cmocka_unit_test_setup_teardown(
			it_beats_at_its_interval_and_when_something_changed,
			workshop_open, workshop_close),
		cmocka_unit_test_setup_teardown(
			what_is_of_an_exercise_is_told_apart, workshop_open,
			workshop_close),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
