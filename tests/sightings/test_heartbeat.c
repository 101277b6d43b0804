/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a heartbeat says at home and to an audience: of each source only to who
 * supplied it, nothing above the ceiling, no digest under a pseudonym.
 */
#include "sightings/heartbeat.h"

#include "engine/base/json.h"
#include "engine/base/stamp.h"
#include "tests/nrs_test.h"

#define NOW (INT64_C(1772366400) * NRS_SECOND_NS) /* 2026-03-01T12:00:00Z */
#define KEY "0123456789abcdef0123456789abcdef"

static struct nrs_share_audience audience;
static struct nrs_share_source sources[2];
static struct nrs_share_policy policy;

static int setup(void **state)
{
	(void)state;
	audience = (struct nrs_share_audience){
		.name = nrs_span_of("isac-a"),
		.hub = nrs_span_of("hub-a"),
		.collection = nrs_span_of("sightings"),
		.is_auto = true,
		.grain_ns = 60 * NRS_SECOND_NS,
		.reporter = {.as = NRS_SHARE_PSEUDONYM,
			     .name = nrs_span_of("Example Power"),
			     .contact = nrs_span_of("soc@power.example")},
		.key = nrs_span_of(KEY)};
	sources[0] =
		(struct nrs_share_source){.name = nrs_span_of("hub-a/alerts"),
					  .hub = nrs_span_of("hub-a"),
					  .collection = nrs_span_of("alerts")};
	sources[1] =
		(struct nrs_share_source){.name = nrs_span_of("hub-b/alerts"),
					  .hub = nrs_span_of("hub-b"),
					  .collection = nrs_span_of("alerts")};
	policy = (struct nrs_share_policy){.audiences = &audience,
					   .audience_count = 1,
					   .sources = sources,
					   .source_count = 2};
	return 0;
}

static struct nrs_beat_report report(const char *source, const char *id,
				     enum nrs_tlp tlp)
{
	struct nrs_beat_report made = {.source = nrs_span_of(source),
				       .id = nrs_span_of(id),
				       .name = nrs_span_of("second notice"),
				       .since_ns = NOW - 90 * NRS_SECOND_NS};

	made.indicators[tlp] = 7;
	return made;
}

static struct nrs_beat beat_of(const struct nrs_beat_report *reports,
			       size_t count)
{
	return (struct nrs_beat){.sensor = nrs_span_of("edge-07"),
				 .version = nrs_span_of("0.1.0"),
				 .digest = nrs_span_of("sha256:41f0"),
				 .now_ns = NOW + 1,
				 .since_ns = NOW,
				 .received = 720000,
				 .full = 612,
				 .partial = 44,
				 .reports = reports,
				 .report_count = count};
}

static void at_home_it_says_everything(void **state)
{
	const struct nrs_beat_report one =
		report("hub-b/alerts", "report--1", NRS_TLP_RED);
	const struct nrs_beat beat = beat_of(&one, 1);
	struct nrs_text out = {0};

	(void)state;
	nrs_heartbeat_json(&beat, &out);
	nrs_text_putc(&out, '\0');
	assert_string_equal(
		(const char *)out.ptr,
		"{\"time\":\"2026-03-01T12:00:00.000Z\",\"sensor\":\"edge-07\","
		"\"version\":\"0.1.0\",\"set\":\"sha256:41f0\",\"set_since\":"
		"\"2026-03-01T12:00:00.000Z\",\"indicators\":{\"received\":"
		"720000,\"full\":612,\"partial\":44},\"reports\":[{\"id\":"
		"\"report--1\",\"name\":\"second notice\",\"source\":"
		"\"hub-b/alerts\",\"active_since\":"
		"\"2026-03-01T11:58:30.000Z\",\"indicators\":{\"red\":7}}]}"
		"\n");
	nrs_text_fini(&out);
}

static void an_audience_hears_of_its_own_reports_alone(void **state)
{
	const struct nrs_beat_report reports[] = {
		report("hub-a/alerts", "report--green", NRS_TLP_GREEN),
		report("hub-a/alerts", "report--amber", NRS_TLP_AMBER),
		report("hub-a/alerts", "report--red", NRS_TLP_RED),
		report("hub-b/alerts", "report--theirs", NRS_TLP_CLEAR),
		{.source = nrs_span_of("hub-a/alerts"),
		 .id = nrs_span_of("report--mixed"),
		 .since_ns = NOW,
		 .indicators = {[NRS_TLP_NONE] = 1000,
				[NRS_TLP_GREEN] = 3,
				[NRS_TLP_RED] = 2000}},
		{.source = nrs_span_of("hub-a/alerts"),
		 .id = nrs_span_of("report--unmarked"),
		 .indicators = {[NRS_TLP_NONE] = 5}},
	};
	const struct nrs_beat beat = beat_of(reports, 6);
	struct nrs_heartbeat_note note = {0};

	(void)state;
	assert_int_equal(nrs_heartbeat_note(&beat, &policy, 0, &note), NRS_OK);
	const struct nrs_span said = nrs_text_span(&note.objects);
	assert_int_equal(note.reports, 3);
	assert_int_equal(note.verdict.act, NRS_SHARE_RELEASE);
	assert_int_equal(note.verdict.tlp, NRS_TLP_AMBER);
	assert_true(nrs_span_find_text(said, "\"object_refs\":[\"report--green"
					     "\",\"report--amber\","
					     "\"report--mixed\"]") != SIZE_MAX);
	/* cut to the audience's grain */
	assert_true(nrs_span_find_text(
			    said, "report--green active since "
				  "2026-03-01T11:58:00.000Z, 7 indicators") !=
		    SIZE_MAX);
	static const char *const secrets[] = {
		"report--red", "report--theirs", "report--unmarked",
		"edge-07",     "Example",	 "soc@",
		"41f0",	       "720000",	 "11:58:30"};
	for (size_t i = 0; i < sizeof(secrets) / sizeof(*secrets); i++)
		if (nrs_span_find_text(said, secrets[i]) != SIZE_MAX)
			fail_msg("%s is told", secrets[i]);
	nrs_heartbeat_note_fini(&note);
}

/* An audience that takes none hears of none, and one that does would take the
 * real ones beside it for one (rule 8). */
static void no_audience_hears_of_an_exercises_reports(void **state)
{
	struct nrs_beat_report reports[] = {
		report("hub-a/alerts", "report--real", NRS_TLP_GREEN),
		report("hub-a/alerts", "report--drill", NRS_TLP_GREEN)};
	const struct nrs_beat beat = beat_of(reports, 2);
	struct nrs_heartbeat_note note = {0};
	struct nrs_text home = {0};

	(void)state;
	reports[1].is_exercise = true;
	assert_int_equal(nrs_heartbeat_note(&beat, &policy, 0, &note), NRS_OK);
	const struct nrs_span said = nrs_text_span(&note.objects);
	assert_int_equal(note.reports, 1);
	assert_true(nrs_span_find_text(said, "report--real") != SIZE_MAX);
	assert_true(nrs_span_find_text(said, "report--drill") == SIZE_MAX);
	nrs_heartbeat_note_fini(&note);
	nrs_heartbeat_json(&beat, &home);
	assert_true(nrs_span_find_text(nrs_text_span(&home),
				       "\"exercise\":true") != SIZE_MAX);
	nrs_text_fini(&home);
}

static void a_named_reporter_tells_the_digest(void **state)
{
	const struct nrs_beat_report one =
		report("hub-a/alerts", "report--1", NRS_TLP_GREEN);
	const struct nrs_beat beat = beat_of(&one, 1);
	struct nrs_heartbeat_note note = {0};

	(void)state;
	audience.reporter.as = NRS_SHARE_NAMED;
	audience.tells_provider = true;
	audience.is_auto = false;
	assert_int_equal(nrs_heartbeat_note(&beat, &policy, 0, &note), NRS_OK);
	assert_int_equal(note.verdict.act, NRS_SHARE_HOLD);
	assert_true(nrs_span_find_text(nrs_text_span(&note.objects),
				       "set sha256:41f0") != SIZE_MAX);
	nrs_heartbeat_note_fini(&note);
}

static void nothing_that_may_be_told_is_no_note(void **state)
{
	const struct nrs_beat_report one =
		report("hub-b/alerts", "report--1", NRS_TLP_CLEAR);
	const struct nrs_beat beat = beat_of(&one, 1);
	struct nrs_heartbeat_note note = {0};

	(void)state;
	assert_int_equal(nrs_heartbeat_note(&beat, &policy, 0, &note), NRS_OK);
	assert_int_equal(note.reports, 0);
	assert_int_equal(note.objects.len, 0);
	nrs_heartbeat_note_fini(&note);
}

static void its_digest_is_of_what_it_says_not_of_when(void **state)
{
	const struct nrs_beat_report one =
		report("hub-a/alerts", "report--1", NRS_TLP_GREEN);
	struct nrs_beat beat = beat_of(&one, 1);
	struct nrs_heartbeat_note a = {0}, b = {0};

	(void)state;
	assert_int_equal(nrs_heartbeat_note(&beat, &policy, 0, &a), NRS_OK);
	beat.now_ns += 3600 * NRS_SECOND_NS;
	assert_int_equal(nrs_heartbeat_note(&beat, &policy, 0, &b), NRS_OK);
	assert_memory_equal(a.digest, b.digest, sizeof(a.digest));
	assert_string_not_equal(a.id, b.id);
	nrs_heartbeat_note_fini(&a);
	nrs_heartbeat_note_fini(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(at_home_it_says_everything, setup),
		cmocka_unit_test_setup(
			an_audience_hears_of_its_own_reports_alone, setup),
		cmocka_unit_test_setup(
			no_audience_hears_of_an_exercises_reports, setup),
		cmocka_unit_test_setup(a_named_reporter_tells_the_digest,
				       setup),
		cmocka_unit_test_setup(nothing_that_may_be_told_is_no_note,
				       setup),
		cmocka_unit_test_setup(
			its_digest_is_of_what_it_says_not_of_when, setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
