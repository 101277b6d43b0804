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
		NEXT(T1, "n/1", NOTE("1") "," NOTE("2")),
		PAGE_WITH(T2, "\"more\":false,", NOTE("3")),
		EMPTY,
	};

	(void)state;
	const struct nrs_taxii_in_step step = WALK(list);
	assert_string_equal(hub.urls[3], OBJECTS "limit=2");
	assert_string_equal(hub.urls[4], OBJECTS "limit=2&next=n%2F1");
	assert_string_equal(hub.urls[5], OBJECTS AFTER_T2 "limit=2");
	assert_int_equal(is()->objects, 3);
	assert_int_equal(is()->pages, 3);
	assert_int_equal(is()->health, NRS_TAXII_IN_WELL);
	assert_true(step.is_end && !step.has_new);
	/* 300 s and 10 % */
	assert_true(step.next_ns >= now_ns + 270 * SECOND &&
		    step.next_ns <= now_ns + 330 * SECOND);
}

static void without_next_pages_follow_the_date_less_a_microsecond(void **state)
{
	static const struct canned_answer list[] = {
		FOUND,
		MORE(T1, NOTE("1") "," NOTE("2")),
		PAGE(T2, NOTE("2") "," NOTE("3")),
	};

	(void)state;
	(void)WALK(list);
	assert_string_equal(hub.urls[4], OBJECTS AFTER_T1 "limit=2");
	assert_int_equal(is()->objects, 3);
	assert_int_equal(is()->known, 1);
}

static void a_restart_goes_on_where_the_walk_was(void **state)
{
	static const struct canned_answer before[] = {
		FOUND,
		NEXT(T1, "n1", NOTE("1")),
	};
	static const struct canned_answer after[] = {
		PAGE(T2, NOTE("2")),
	};

	(void)state;
	(void)WALK(before);
	(void)WALK(after);
	assert_string_equal(hub.urls[0], OBJECTS "limit=2&next=n1");
	assert_int_equal(is()->objects, 2);
}

static void a_page_without_objects_moves_nothing(void **state)
{
	static const struct canned_answer list[] = {
		FOUND,
		PAGE(T1, NOTE("1")),
		{.status = 200,
		 .body = "{}",
		 .first = "undefined",
		 .last = "undefined"},
		PAGE(NULL, ""),
	};

	(void)state;
	(void)WALK(list);
	assert_string_equal(hub.urls[4], hub.urls[5]);
	assert_int_equal(is()->pages, 3);
}

static void a_larger_page_reaches_over_one_date(void **state)
{
	static const struct canned_answer list[] = {
		FOUND,
		MORE(T1, NOTE("1") "," NOTE("2")),
		MORE(T1, NOTE("1") "," NOTE("2")),
		PAGE(T2, NOTE("1") "," NOTE("2") "," NOTE("3") "," NOTE("4")),
		EMPTY,
	};

	(void)state;
	(void)WALK(list);
	assert_string_equal(hub.urls[5], OBJECTS AFTER_T1 "limit=4");
	assert_string_equal(hub.urls[6], OBJECTS AFTER_T2 "limit=2");
	assert_int_equal(is()->objects, 4);
}

/* The process dies in the middle of the second page. */
static int killing(void *ctx, const struct nrs_http_request *request,
		   struct nrs_http_response *response, struct nrs_diag *diag)
{
	const int err = canned_exchange(ctx, request, response, diag);

	if (hub.asked == hub.count)
		(void)kill(getpid(), SIGKILL);
	return err;
}

static void a_kill_within_a_page_loses_and_rereads_nothing(void **state)
{
	static const struct canned_answer list[] = {
		FOUND,
		NEXT(T1, "n1", NOTE("1")),
		PAGE(T2, NOTE("2")),
	};
	int status = 0;

	(void)state;
	hub = (struct canned){.answers = list, .count = 5};
	const pid_t child = fork();
	assert_true(child >= 0);
	if (child == 0) {
		struct nrs_store *own = NULL;
		struct nrs_taxii_in_step step;
		const struct nrs_http http = {killing, &hub};

		if (nrs_store_open(&own, disk.path, &nrs_taxii_schema,
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
	start();
	assert_int_equal(is()->objects, 1);
	(void)walk_some(list + 4, 1);
	assert_string_equal(hub.urls[0], OBJECTS "limit=2&next=n1");
	assert_int_equal(is()->objects, 2);
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
