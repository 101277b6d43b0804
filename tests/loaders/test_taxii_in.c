/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Pulling a collection from a canned hub: what is asked, what is kept, and
 * that a kill in between neither loses nor repeats anything.
 */
#include "tests/loaders/taxii_pull.h"

#include <signal.h>
#include <sys/wait.h>

static void pages_follow_next_with_the_same_filters(void **state)
{
	static const struct canned_answer list[] = {
		FOUND,
		{.status = 200,
		 .first = T1,
		 .last = T1,
		 .body = "{\"more\":true,\"next\":\"n/1\",\"objects\":[" NOTE(
			 "1") "," NOTE("2") "]}"},
		{.status = 200,
		 .first = T2,
		 .last = T2,
		 .body = "{\"more\":false,\"objects\":[" NOTE("3") "]}"},
		{.status = 200, .body = "{}"},
	};
	const struct nrs_taxii_in_config config = config_of();
	struct canned hub = HUB(list);

	(void)state;
	start(&config);
	const struct nrs_taxii_in_step step = run_all(&hub);
	assert_string_equal(hub.urls[3], OBJECTS "limit=2");
	assert_string_equal(hub.urls[4], OBJECTS "limit=2&next=n%2F1");
	assert_string_equal(hub.urls[5], OBJECTS AFTER_T2 "limit=2");
	assert_int_equal(nrs_taxii_in_state(in)->objects, 3);
	assert_int_equal(nrs_taxii_in_state(in)->pages, 3);
	assert_int_equal(nrs_taxii_in_state(in)->health, NRS_TAXII_IN_WELL);
	assert_true(step.is_end && !step.has_new);
	/* 300 s and 10 % */
	assert_true(step.next_ns >= now_ns + 270 * SECOND &&
		    step.next_ns <= now_ns + 330 * SECOND);
}

static void without_next_pages_follow_the_date_less_a_microsecond(void **state)
{
	static const struct canned_answer list[] = {
		FOUND,
		{.status = 200,
		 .last = T1,
		 .body = "{\"more\":true,\"objects\":[" NOTE("1") "," NOTE(
			 "2") "]}"},
		{.status = 200,
		 .last = T2,
		 .body = "{\"objects\":[" NOTE("2") "," NOTE("3") "]}"},
	};
	const struct nrs_taxii_in_config config = config_of();
	struct canned hub = HUB(list);

	(void)state;
	start(&config);
	(void)run_all(&hub);
	assert_string_equal(hub.urls[4], OBJECTS AFTER_T1 "limit=2");
	assert_int_equal(nrs_taxii_in_state(in)->objects, 3);
	assert_int_equal(nrs_taxii_in_state(in)->known, 1);
}

static void a_restart_goes_on_where_the_walk_was(void **state)
{
	static const struct canned_answer before[] = {
		FOUND,
		{.status = 200,
		 .last = T1,
		 .body = "{\"more\":true,\"next\":\"n1\",\"objects\":[" NOTE(
			 "1") "]}"},
	};
	static const struct canned_answer after[] = {
		{.status = 200,
		 .last = T2,
		 .body = "{\"objects\":[" NOTE("2") "]}"},
	};
	const struct nrs_taxii_in_config config = config_of();
	struct canned hub = HUB(before), later = HUB(after);

	(void)state;
	start(&config);
	(void)run_all(&hub);
	start(&config);
	(void)run_all(&later);
	assert_string_equal(later.urls[0], OBJECTS "limit=2&next=n1");
	assert_int_equal(nrs_taxii_in_state(in)->objects, 2);
}

static void a_page_without_objects_moves_nothing(void **state)
{
	static const struct canned_answer list[] = {
		FOUND,
		{.status = 200,
		 .last = T1,
		 .body = "{\"objects\":[" NOTE("1") "]}"},
		{.status = 200,
		 .body = "{}",
		 .first = "undefined",
		 .last = "undefined"},
		{.status = 200, .body = "{\"objects\":[]}"},
	};
	const struct nrs_taxii_in_config config = config_of();
	struct canned hub = HUB(list);

	(void)state;
	start(&config);
	(void)run_all(&hub);
	assert_string_equal(hub.urls[4], hub.urls[5]);
	assert_int_equal(nrs_taxii_in_state(in)->pages, 3);
}

static void a_larger_page_reaches_over_one_date(void **state)
{
	static const struct canned_answer list[] = {
		FOUND,
		{.status = 200,
		 .last = T1,
		 .body = "{\"more\":true,\"objects\":[" NOTE("1") "," NOTE(
			 "2") "]}"},
		{.status = 200,
		 .last = T1,
		 .body = "{\"more\":true,\"objects\":[" NOTE("1") "," NOTE(
			 "2") "]}"},
		{.status = 200,
		 .last = T2,
		 .body = "{\"objects\":[" NOTE("1") "," NOTE("2") "," NOTE(
			 "3") "," NOTE("4") "]}"},
		{.status = 200, .body = "{}"},
	};
	const struct nrs_taxii_in_config config = config_of();
	struct canned hub = HUB(list);

	(void)state;
	start(&config);
	(void)run_all(&hub);
	assert_string_equal(hub.urls[5], OBJECTS AFTER_T1 "limit=4");
	assert_string_equal(hub.urls[6], OBJECTS AFTER_T2 "limit=2");
	assert_int_equal(nrs_taxii_in_state(in)->objects, 4);
}

/* The process dies in the middle of the second page. */
static int killing(void *ctx, const struct nrs_http_request *request,
		   struct nrs_http_response *response, struct nrs_diag *diag)
{
	struct canned *hub = ctx;
	const int err = canned_exchange(hub, request, response, diag);

	if (hub->asked == hub->count)
		(void)kill(getpid(), SIGKILL);
	return err;
}

static void a_kill_within_a_page_loses_and_rereads_nothing(void **state)
{
	static const struct canned_answer before[] = {
		FOUND,
		{.status = 200,
		 .last = T1,
		 .body = "{\"more\":true,\"next\":\"n1\",\"objects\":[" NOTE(
			 "1") "]}"},
		{.status = 200,
		 .last = T2,
		 .body = "{\"objects\":[" NOTE("2") "]}"},
	};
	const struct nrs_taxii_in_config config = config_of();
	struct canned hub = HUB(before);
	struct canned later = {.answers = before + 4, .count = 1};
	int status = 0;

	(void)state;
	const pid_t child = fork();
	assert_true(child >= 0);
	if (child == 0) {
		struct nrs_store *own = NULL;
		struct nrs_taxii_in_step step;
		const struct nrs_http http = {killing, &hub};

		if (nrs_store_open(&own, path, &nrs_taxii_schema,
				   NRS_STORE_SYNC_CRASH, NULL) != NRS_OK ||
		    nrs_taxii_in_new(&in, &config, own, NULL) != NRS_OK)
			_exit(1);
		while (nrs_taxii_in_step(in, &http, now_ns, &step, NULL) ==
		       NRS_OK)
			;
		_exit(2);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFSIGNALED(status));
	start(&config);
	assert_int_equal(nrs_taxii_in_state(in)->objects, 1);
	(void)run_all(&later);
	assert_string_equal(later.urls[0], OBJECTS "limit=2&next=n1");
	assert_int_equal(nrs_taxii_in_state(in)->objects, 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_STORE(pages_follow_next_with_the_same_filters),
		WITH_STORE(
			without_next_pages_follow_the_date_less_a_microsecond),
		WITH_STORE(a_restart_goes_on_where_the_walk_was),
		WITH_STORE(a_page_without_objects_moves_nothing),
		WITH_STORE(a_larger_page_reaches_over_one_date),
		WITH_STORE(a_kill_within_a_page_loses_and_rereads_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
