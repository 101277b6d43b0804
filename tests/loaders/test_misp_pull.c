/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A MISP feed by its URL, from a canned hub: what is asked, what lies in the
 * folder, what is withdrawn, and what a feed that lies comes to.
 */
#include "loaders/misp_pull.h"

#include <unistd.h>

#include "loaders/loader.h"
#include "tests/hub/canned.h"

#define SECOND NRS_SECOND_NS
#define NOW (INT64_C(1772366400) * SECOND)
#define URL "https://feed.example/osint"
#define A "11111111-1111-4111-8111-111111111111"
#define B "22222222-2222-4222-8222-222222222222"
#define ROW(uuid, time) "\"" uuid "\":{\"info\":\"x\",\"timestamp\":" time "}"
#define EVENT(uuid, text)                                                      \
	{                                                                      \
		.status = 200, .type = "application/json",                     \
		.body = "{\"Event\":{\"uuid\":\"" uuid "\",\"info\":\"" text   \
			"\"}}"                                                 \
	}
#define MANIFEST(...)                                                          \
	{                                                                      \
		.status = 200, .body = "{" __VA_ARGS__ "}"                     \
	}

static char folder[64];
static struct nrs_misp_pull *pull;
static int64_t now_ns;

static int open_folder(void **state)
{
	(void)state;
	(void)snprintf(folder, sizeof(folder), "/tmp/nrs_misp_XXXXXX");
	now_ns = NOW;
	return mkdtemp(folder) == NULL ? -1 : 0;
}

static int close_folder(void **state)
{
	char command[128];

	(void)state;
	nrs_misp_pull_free(pull);
	pull = NULL;
	(void)snprintf(command, sizeof(command), "rm -r %s", folder);
	return system(command); /* NOLINT(cert-env33-c): a path of our own */
}

static void start(void)
{
	const struct nrs_misp_pull_config config = {
		.url = URL, .folder = folder, .seed = 1};
	struct nrs_diag diag = {0};

	nrs_misp_pull_free(pull);
	if (nrs_misp_pull_new(&pull, &config, &diag) != NRS_OK)
		fail_msg("%s", diag.text);
}

static struct nrs_taxii_in_step run(const struct canned_answer *answers,
				    size_t count, struct canned *hub)
{
	struct nrs_taxii_in_step step = {0};

	*hub = (struct canned){.answers = answers, .count = count};
	const struct nrs_http http = canned_http(hub);
	for (size_t i = 0; i < count + 1; i++) {
		struct nrs_diag diag = {0};

		if (nrs_misp_pull_step(pull, &http, now_ns, &step, &diag) !=
		    NRS_OK)
			fail_msg("%s", diag.text);
		if (step.is_end || (hub->asked == count && i == count))
			break;
	}
	return step;
}
#define RUN(list, hub) run(list, sizeof(list) / sizeof(*(list)), hub)

static bool is_there(const char *name)
{
	char path[128];

	(void)snprintf(path, sizeof(path), "%s/%s.json", folder, name);
	return access(path, F_OK) == 0;
}

static void expect_loaded(const char *what, uint32_t count)
{
	const struct nrs_loader_options options = {.name = nrs_span_of("f")};
	struct nrs_loader_result result;
	struct nrs_diag diag = {0};
	struct nrs_set *set = NULL;

	print_message("%s\n", what);
	assert_int_equal(nrs_set_new(&set), NRS_OK);
	if (nrs_load_file(set, folder, &options, &result, &diag) != NRS_OK)
		fail_msg("%s", diag.text);
	assert_int_equal(nrs_set_settle(set), NRS_OK);
	assert_int_equal(nrs_set_count(set), count);
	nrs_set_free(set);
}

static void only_what_changed_is_asked_for_again(void **state)
{
	static const struct canned_answer first[] = {
		MANIFEST(ROW(A, "\"1700000000\"") "," ROW(B, "1700000001")),
		EVENT(A, "one"), EVENT(B, "two")};
	static const struct canned_answer second[] = {
		MANIFEST(ROW(A, "\"1700000000\"") "," ROW(B, "1700000009")),
		EVENT(B, "later")};
	static const struct canned_answer third[] = {
		MANIFEST(ROW(B, "1700000009"))};
	struct canned hub;

	(void)state;
	start();
	struct nrs_taxii_in_step step = RUN(first, &hub);
	assert_true(step.is_end && step.has_new);
	assert_string_equal(hub.urls[0], URL "/manifest.json");
	assert_string_equal(hub.urls[1], URL "/" A ".json");
	assert_int_equal(nrs_misp_pull_state(pull)->objects, 2);
	assert_true(step.next_ns > now_ns + 3000 * SECOND);
	start(); /* nothing but the folder remembers */
	step = RUN(second, &hub);
	assert_true(step.is_end && step.has_new);
	assert_int_equal(hub.asked, 2);
	assert_string_equal(hub.urls[1], URL "/" B ".json");
	assert_true(is_there(A));
	start();
	step = RUN(third, &hub);
	assert_true(step.is_end && step.has_new && !is_there(A) && is_there(B));
	assert_int_equal(nrs_misp_pull_state(pull)->withdrawn, 1);
	start();
	step = RUN(third, &hub);
	assert_true(step.is_end && !step.has_new);
	assert_int_equal(nrs_misp_pull_state(pull)->health, NRS_TAXII_IN_WELL);
}

#define ATTRIBUTE                                                              \
	{                                                                      \
		.status = 200,                                                 \
		.body = "{\"Event\":{\"uuid\":\"" A                            \
			"\",\"info\":\"x\",\"Attribute\":[{\"uuid\":\"" B      \
			"\",\"type\":\"domain\",\"value\":\"c2.example\","     \
			"\"to_ids\":true,\"timestamp\":\"1700000000\"}]}}"     \
	}

static void what_a_feed_does_not_give_is_left_out_and_told(void **state)
{
	static const struct canned_answer list[] = {
		MANIFEST(ROW(A, "1700000000") "," ROW(B, "1700000001")),
		ATTRIBUTE,
		{.status = 404}};
	struct canned hub;

	(void)state;
	start();
	assert_true(RUN(list, &hub).is_end);
	assert_int_equal(nrs_misp_pull_state(pull)->health, NRS_TAXII_IN_STUCK);
	assert_string_equal(
		nrs_misp_pull_state(pull)->message,
		"its manifest names 1 events that it does not give");
	expect_loaded("the rest is a feed that can be read", 1);
}

static void a_manifest_cannot_name_other_files(void **state)
{
	static const struct canned_answer list[] = {
		MANIFEST("\"../../etc/passwd\":{\"timestamp\":1},"
			 "\"manifest\":{},\"x\":7," ROW(
				 A, "1700000000") "," ROW(A, "1700000000")),
		ATTRIBUTE};
	struct canned hub;

	(void)state;
	start();
	assert_true(RUN(list, &hub).is_end);
	assert_int_equal(hub.asked, 2);
	assert_int_equal(nrs_misp_pull_state(pull)->objects, 1);
}

static void trouble_keeps_what_was_there(void **state)
{
	static const struct canned_answer good[] = {
		MANIFEST(ROW(A, "1700000000")), ATTRIBUTE};
	static const struct {
		const char *name;
		struct canned_answer answers[2];
		size_t count;
		const char *message;
	} cases[] = {
		{"busy", {{.status = 503}}, 1, "HTTP 503"},
		{"HTML",
		 {{.status = 200, .body = "<html>"}},
		 1,
		 "its manifest is no JSON object, or ends in the middle"},
		{"cut",
		 {{.status = 200, .body = "{" ROW(B, "1")}},
		 1,
		 "its manifest is no JSON object, or ends in the middle"},
		{"an event that does not come",
		 {MANIFEST(ROW(A, "1700000000") "," ROW(B, "1")),
		  {.err = NRS_E_TRUNCATED}},
		 2,
		 "hub.example: no answer"},
	};
	struct canned hub;

	(void)state;
	start();
	assert_true(RUN(good, &hub).is_end);
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		start();
		const struct nrs_taxii_in_step step =
			run(cases[i].answers, cases[i].count, &hub);

		assert_false(step.is_end);
		assert_string_equal(nrs_misp_pull_state(pull)->message,
				    cases[i].message);
		assert_int_equal(nrs_misp_pull_state(pull)->health,
				 NRS_TAXII_IN_TROUBLE);
		expect_loaded(cases[i].name, 1);
	}
}

static void an_empty_feed_withdraws_everything(void **state)
{
	static const struct canned_answer good[] = {
		MANIFEST(ROW(A, "1700000000")), ATTRIBUTE};
	static const struct canned_answer empty[] = {MANIFEST("")};
	struct canned hub;

	(void)state;
	start();
	assert_true(RUN(good, &hub).is_end);
	start();
	assert_true(RUN(empty, &hub).has_new);
	expect_loaded("empty", 0);
}

#define WITH_FOLDER(test)                                                      \
	cmocka_unit_test_setup_teardown(test, open_folder, close_folder)

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_FOLDER(only_what_changed_is_asked_for_again),
		WITH_FOLDER(what_a_feed_does_not_give_is_left_out_and_told),
		WITH_FOLDER(a_manifest_cannot_name_other_files),
		WITH_FOLDER(trouble_keeps_what_was_there),
		WITH_FOLDER(an_empty_feed_withdraws_everything),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
