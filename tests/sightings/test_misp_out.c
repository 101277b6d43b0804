/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_misp_out: requests as specification section 4.6 has them, and what each
 * answer means for the very sighting that it is about.
 */
#include "sightings/misp_out.h"

#include "sightings/verdict.h"
#include "tests/hub/canned.h"
#include "tests/sightings/posted.h"

#define URL "https://misp.example/"
#define ATTRIBUTE                                                              \
	"https://misp.example/sightings/add/"                                  \
	"8e2e2d2b-17d4-4cbf-938f-98ee46b3cd3f"
#define SAVED                                                                  \
	"{\"saved\":true,\"success\":true,\"message\":\"1 sightings "          \
	"successfully added.\"}"

static struct nrs_misp_out *open_out(struct posted *p)
{
	const struct nrs_taxii_out_config config = {
		.audience = nrs_span_of("isac-a"),
		.url = nrs_span_of(URL),
		.seed = 1};
	struct nrs_misp_out *out = NULL;

	assert_int_equal(nrs_misp_out_new(&out, &config, p->spool, NULL),
			 NRS_OK);
	return out;
}

/* One step at @now_ns; when the next one may be. */
static int64_t step(struct nrs_misp_out *out, struct canned *hub,
		    int64_t now_ns)
{
	const struct nrs_http http = canned_http(hub);
	int64_t next_ns = 0;

	assert_int_equal(nrs_misp_out_step(out, &http, now_ns, &next_ns, NULL),
			 NRS_OK);
	return next_ns;
}

static uint64_t count(struct posted *p, enum nrs_spool_state state)
{
	struct nrs_spool_counts counts;

	assert_int_equal(nrs_spool_counts(p->spool, nrs_span_of("isac-a"),
					  &counts, NULL),
			 NRS_OK);
	return counts.states[state];
}

static void a_sighting_is_one_request_of_its_attribute(void **state)
{
	static const struct canned_answer answers[] = {
		{.status = 200, .type = "application/json", .body = SAVED}};
	struct canned hub = {.answers = answers, .count = 1};
	struct posted *p = *state;
	struct nrs_misp_out *out = open_out(p);

	posted_hit(p, 1);
	(void)step(out, &hub, MADE_NS);
	assert_string_equal(hub.urls[0], ATTRIBUTE);
	assert_string_equal(hub.method, "POST");
	assert_string_equal(hub.accept, "application/json");
	assert_string_equal(hub.content_type, "application/json");
	/* seconds, cut to the audience's minute; the pseudonym, no more */
	assert_non_null(strstr(hub.body, "{\"timestamp\":\"1772366400\","
					 "\"source\":\"member-"));
	assert_non_null(strstr(hub.body, "\",\"type\":\"0\"}"));
	assert_null(strstr(hub.body, "10.1.0.1"));
	assert_null(strstr(hub.body, "Example Ltd"));
	assert_int_equal(count(p, NRS_SPOOL_CONFIRMED), 1);
	assert_int_equal(nrs_misp_out_state(out)->posted, 1);
	(void)step(out, &hub, MADE_NS + 10 * NRS_SECOND_NS); /* asks nothing */
	nrs_misp_out_free(out);
}

static void what_was_called_false_is_a_false_positive_there(void **state)
{
	static const struct canned_answer answers[] = {
		{.status = 200, .body = SAVED}, {.status = 200, .body = SAVED}};
	struct canned hub = {.answers = answers, .count = 2};
	struct posted *p = *state;
	struct nrs_misp_out *out = open_out(p);
	struct nrs_verdict_done done;
	const struct nrs_verdict verdict = {.id = nrs_span_of(MADE_ID),
					    .is_false = true,
					    .by = nrs_span_of("kana"),
					    .policy = &p->share.policy,
					    .now_ns = MADE_NS};

	posted_hit(p, 1);
	(void)step(out, &hub, MADE_NS);
	assert_int_equal(nrs_verdict_pass(p->disk.store, &verdict, &done, NULL),
			 NRS_OK);
	assert_int_equal(done.revoked, 1);
	(void)step(out, &hub, MADE_NS + 10 * NRS_SECOND_NS);
	assert_string_equal(hub.urls[1], ATTRIBUTE);
	assert_non_null(strstr(hub.body, "\"type\":\"1\"}"));
	assert_int_equal(count(p, NRS_SPOOL_CONFIRMED), 1);
	nrs_misp_out_free(out);
}

static void a_list_s_value_is_named_by_its_value(void **state)
{
	static const struct canned_answer answers[] = {
		{.status = 200, .body = SAVED}};
	struct canned hub = {.answers = answers, .count = 1};
	struct posted *p = *state;
	struct nrs_misp_out *out = open_out(p);

	nrs_set_free(p->made.set);
	made_set(&p->made, NRS_TLP_AMBER, "c2.example");
	p->share.audience.publishes_values = true;
	posted_hit(p, 1);
	(void)step(out, &hub, MADE_NS);
	assert_string_equal(hub.urls[0], "https://misp.example/sightings/add");
	assert_non_null(strstr(hub.body, "{\"values\":[\"c2.example\"],"));
	nrs_misp_out_free(out);
}

static void each_answer_has_its_meaning(void **state)
{
	static const struct {
		const char *name;
		struct canned_answer answer;
		enum nrs_spool_state want;
		enum nrs_post_health health;
		int64_t wait_ns; /* at least */
	} cases[] = {
		{"saved nothing, with 200",
		 {.status = 200,
		  .body = "{\"saved\":false,\"errors\":\"No valid attributes "
			  "found\"}"},
		 NRS_SPOOL_FAILED,
		 NRS_POST_STARTING,
		 0},
		{"no such attribute",
		 {.status = 404, .body = "{}"},
		 NRS_SPOOL_FAILED,
		 NRS_POST_STARTING,
		 0},
		{"bad request",
		 {.status = 400, .body = "{}"},
		 NRS_SPOOL_FAILED,
		 NRS_POST_STARTING,
		 0},
		{"no permission",
		 {.status = 403, .body = "{}"},
		 NRS_SPOOL_QUEUED,
		 NRS_POST_DENIED,
		 1800 * NRS_SECOND_NS},
		{"too fast",
		 {.status = 429, .retry_after = "120", .body = ""},
		 NRS_SPOOL_QUEUED,
		 NRS_POST_TROUBLE,
		 120 * NRS_SECOND_NS},
		{"broken",
		 {.status = 500, .body = "<html>"},
		 NRS_SPOOL_QUEUED,
		 NRS_POST_TROUBLE,
		 NRS_SECOND_NS / 2},
		{"no answer",
		 {.err = NRS_E_IO},
		 NRS_SPOOL_QUEUED,
		 NRS_POST_TROUBLE,
		 NRS_SECOND_NS / 2},
		{"taken, in words of its own",
		 {.status = 200, .body = "ok"},
		 NRS_SPOOL_CONFIRMED,
		 NRS_POST_WELL,
		 0},
	};
	struct posted *p = *state;

	for (unsigned int i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct canned hub = {.answers = &cases[i].answer, .count = 1};
		struct nrs_misp_out *out = open_out(p);
		const uint64_t before = count(p, cases[i].want);

		posted_hit(p, 1 + i);
		const int64_t next_ns = step(out, &hub, MADE_NS);
		if (count(p, cases[i].want) != before + 1 ||
		    nrs_misp_out_state(out)->health != cases[i].health ||
		    next_ns < MADE_NS + cases[i].wait_ns)
			fail_msg("%s", cases[i].name);
		assert_int_equal(
			nrs_store_run(p->disk.store, "DELETE FROM post", NULL),
			NRS_OK);
		nrs_misp_out_free(out);
	}
}

static void a_misp_that_refuses_everything_is_in_trouble(void **state)
{
	static struct canned_answer answers[9];
	struct canned hub = {.answers = answers, .count = 9};
	struct posted *p = *state;
	struct nrs_misp_out *out = open_out(p);
	int64_t now_ns = MADE_NS;

	for (unsigned int i = 0; i < 9; i++) {
		answers[i] = (struct canned_answer){.status = 404};
		posted_hit(p, 1 + i);
	}
	for (unsigned int i = 0; i < 9; i++)
		now_ns = step(out, &hub, now_ns);
	assert_int_equal(count(p, NRS_SPOOL_FAILED), 8);
	assert_int_equal(count(p, NRS_SPOOL_QUEUED), 1);
	assert_int_equal(nrs_misp_out_state(out)->health, NRS_POST_TROUBLE);
	nrs_misp_out_free(out);
}

#define NRS_T(name)                                                            \
	cmocka_unit_test_setup_teardown(name, posted_setup, posted_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		NRS_T(a_sighting_is_one_request_of_its_attribute),
		NRS_T(what_was_called_false_is_a_false_positive_there),
		NRS_T(a_list_s_value_is_named_by_its_value),
		NRS_T(each_answer_has_its_meaning),
		NRS_T(a_misp_that_refuses_everything_is_in_trouble),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
