/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Hubs that refuse, break off, lie or never end: what is kept, when they are
 * asked again, and that no hub is asked without end.
 */
#include "tests/loaders/taxii_pull.h"

static void a_forgotten_next_goes_on_from_the_watermark(void **state)
{
	static const struct canned_answer list[] = {
		FOUND,
		NEXT(T1, "n1", NOTE("1")),
		{.status = 400, .body = "{\"title\":\"next expired\"}"},
		PAGE(T2, NOTE("2")),
	};

	(void)state;
	(void)WALK(list);
	assert_string_equal(hub.urls[5], OBJECTS AFTER_T1 "limit=2");
	assert_int_equal(is()->token_expired, 1);
	assert_int_equal(is()->objects, 2);
	assert_int_equal(is()->health, NRS_TAXII_IN_WELL);
}

static void a_broken_page_keeps_its_objects_and_is_asked_again(void **state)
{
	static const struct {
		const char *name, *message;
		unsigned int objects;
		struct canned_answer answers[5];
	} cases[] = {
		{"cut",
		 "HTTP 200, but the page the JSON ends in the middle",
		 1,
		 {FOUND,
		  {.status = 200,
		   .last = T2,
		   .body = "{\"objects\":[" NOTE("1") ",{\"type\":\"no"},
		  PAGE(T2, "")}},
		{"html",
		 "wrong format",
		 0,
		 {FOUND,
		  {.status = 200, .last = T2, .body = "<html>busy</html>"},
		  PAGE(T2, "")}},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		print_message("%s\n", cases[i].name);
		config.where.source = nrs_span_of(cases[i].name);
		(void)walk_some(cases[i].answers, 4);
		assert_string_equal(is()->message, cases[i].message);
		assert_int_equal(is()->objects, cases[i].objects);
		assert_int_equal(is()->watermark_ns, NRS_TIME_MIN);
		now_ns += 2 * SECOND;
		(void)walk_on(5);
		assert_string_equal(hub.urls[4], OBJECTS "limit=2");
		assert_int_equal(is()->health, NRS_TAXII_IN_WELL);
	}
}

/* A hub that answers one thing for ever; counts what it is asked. */
static int for_ever(void *ctx, const struct nrs_http_request *request,
		    struct nrs_http_response *response, struct nrs_diag *diag)
{
	hub.asked = 0;
	hub.rounds++;
	return canned_exchange(ctx, request, response, diag);
}

static unsigned int
asked_until_the_walk_ends(const struct canned_answer *answer)
{
	static const struct canned_answer found[] = {FOUND};
	const struct nrs_http http = {for_ever, &hub};
	struct nrs_taxii_in_step step = {0};

	(void)WALK(found);
	hub = (struct canned){.answers = answer, .count = 1};
	while (!step.is_end && hub.rounds < 1000) {
		assert_int_equal(
			nrs_taxii_in_step(in, &http, now_ns, &step, NULL),
			NRS_OK);
		now_ns = step.next_ns;
	}
	return hub.rounds;
}

static void a_hub_that_goes_in_circles_is_left(void **state)
{
	static const struct {
		const char *name;
		struct canned_answer answer;
	} circles[] = {
		{"by next", NEXT(T1, "n", NOTE("1"))},
		{"by date", MORE(T1, NOTE("1"))},
		{"without a date", MORE(NULL, NOTE("1"))},
		{"empty pages", NEXT(NULL, "n", "")},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(circles) / sizeof(*circles); i++) {
		print_message("%s\n", circles[i].name);
		config.where.source = nrs_span_of(circles[i].name);
		config.idle_pages_max = 50;
		assert_in_range(asked_until_the_walk_ends(&circles[i].answer),
				2, 60);
		assert_int_equal(is()->health, NRS_TAXII_IN_STUCK);
	}
}

static void a_date_in_the_future_is_not_believed(void **state)
{
	static const struct canned_answer list[] = {
		FOUND,
		PAGE("2200-01-01T00:00:00.000000Z", NOTE("1")),
		{.status = 404, .body = "{}"}, /* of the manifest */
		EMPTY,
	};

	(void)state;
	(void)WALK(list);
	assert_string_equal(hub.urls[5], OBJECTS "limit=2");
}

static void a_clock_that_is_set_back_stops_no_pull(void **state)
{
	static const struct canned_answer list[] = {
		FOUND,
		PAGE(T1, NOTE("1")),
		EMPTY,
	};

	(void)state;
	(void)walk_some(list, 4);
	now_ns -= INT64_C(86400) * SECOND;
	hub.count = 5;
	struct nrs_taxii_in_step step;
	assert_int_equal(step_now(&step, NULL), NRS_OK);
	assert_int_equal(hub.asked, 5);
	assert_true(step.next_ns < now_ns + 600 * SECOND);
}

static void what_is_kept_has_its_caps(void **state)
{
	static const struct canned_answer list[] = {
		FOUND,
		PAGE(T1, NOTE("1") "," NOTE("2") "," NOTE("3")),
	};

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		config.where.source = nrs_span_of(i == 0 ? "count" : "bytes");
		config.objects_max = i == 0 ? 2 : 0;
		config.bytes_max = i == 0 ? 0 : sizeof(NOTE("1"));
		(void)WALK(list);
		assert_int_equal(is()->objects, 2);
		assert_int_equal(is()->health, NRS_TAXII_IN_FULL);
		assert_int_equal(is()->watermark_ns, NRS_TIME_MIN);
	}
}

static void objects_that_cannot_be_kept_are_counted(void **state)
{
	static const struct canned_answer list[] = {
		FOUND,
		{.status = 200,
		 .last = T1,
		 .body = "{\"objects\":[{\"type\":\"note\"},{\"id\":\"note--1"
			 "\"},{\"type\":\"note\",\"id\":\"plain\"},"
			 "{\"type\":\"note\",\"id\":7},{bad}," NOTE("2") "]}"},
	};

	(void)state;
	(void)WALK(list);
	assert_int_equal(is()->refused, 5);
	assert_int_equal(is()->objects, 1);
	assert_int_equal(is()->health, NRS_TAXII_IN_WELL);
}

static void each_status_has_its_wait(void **state)
{
	static const struct {
		struct canned_answer answer;
		int64_t from_s, to_s;
	} waits[] = {
		{{.status = 401}, 3600, 3600},
		{{.status = 403}, 3600, 3600},
		{{.status = 429, .retry_after = "77"}, 77, 77},
		{{.status = 503}, 0, 1},
		{{.status = 500}, 0, 1},
		{{.err = NRS_E_IO}, 0, 1},
		{{.err = NRS_E_TRUNCATED}, 0, 1},
		{{.status = 302}, 3600, 3600},
		{{.status = 400}, 300, 300},
		{{.status = 422}, 300, 300},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(waits) / sizeof(*waits); i++) {
		const struct canned_answer list[] = {FOUND, waits[i].answer};
		char name[16];

		print_message("%d\n", waits[i].answer.status);
		snprintf(name, sizeof(name), "source %zu", i);
		config.where.source = nrs_span_of(name);
		const struct nrs_taxii_in_step step = WALK(list);
		assert_in_range(step.next_ns, now_ns + waits[i].from_s * SECOND,
				now_ns + waits[i].to_s * SECOND);
		assert_int_equal(is()->health, NRS_TAXII_IN_TROUBLE);
		assert_string_not_equal(is()->message, "");
	}
}

static void a_collection_that_is_gone_is_sought_once_more(void **state)
{
	static const struct canned_answer list[] = {
		FOUND,
		{.status = 404},
		FOUND,
		{.status = 404},
	};

	(void)state;
	const struct nrs_taxii_in_step step = WALK(list);
	assert_int_equal(step.next_ns, now_ns + 300 * SECOND);
	assert_int_equal(now_ns, NOW); /* the first time without a wait */
}

static void a_page_that_is_too_large_is_asked_for_by_halves(void **state)
{
	static const struct canned_answer list[] = {
		FOUND, {.status = 413}, {.err = NRS_E_LIMIT}, EMPTY, EMPTY,
	};

	(void)state;
	config.limit = 1000;
	(void)WALK(list);
	assert_string_equal(hub.urls[4], OBJECTS "limit=500");
	assert_string_equal(hub.urls[5], OBJECTS "limit=250");
	assert_string_equal(hub.urls[6], OBJECTS "limit=250");
}

static void a_collection_that_may_not_be_read_is_told(void **state)
{
	static const struct canned_answer list[] = {
		A_ROOT,
		{.status = 200,
		 .body = "{\"collections\":[{\"id\":\"22\",\"alias\":"
			 "\"alerts\",\"can_read\":false}]}"},
		A_ROOT,
	};

	(void)state;
	(void)WALK(list);
	assert_non_null(strstr(is()->message, "can_read"));
}

static void a_store_that_fails_loses_no_object(void **state)
{
	static const struct canned_answer list[] = {
		FOUND,
		PAGE(T2, NOTE("1")),
		PAGE(T2, NOTE("1")),
	};
	struct nrs_taxii_in_step step;
	struct nrs_diag diag = {0};

	(void)state;
	(void)walk_some(list, 3);
	hub.count = 5;
	/* The objects go in, the mark does not. */
	assert_int_equal(nrs_store_run(disk.store,
				       "ALTER TABLE collection RENAME TO gone",
				       NULL),
			 NRS_OK);
	assert_int_equal(step_now(&step, &diag), NRS_E_FORMAT);
	assert_non_null(strstr(diag.text, disk.path));
	assert_int_equal(nrs_store_run(disk.store,
				       "ALTER TABLE gone RENAME TO collection",
				       NULL),
			 NRS_OK);
	assert_int_equal(is()->health, NRS_TAXII_IN_LOCAL);
	assert_int_equal(is()->watermark_ns, NRS_TIME_MIN);
	assert_int_equal(is()->objects, 0);
	now_ns = step.next_ns;
	(void)walk_on(5);
	assert_string_equal(hub.urls[4], OBJECTS "limit=2");
	assert_int_equal(is()->objects, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_STORE(a_forgotten_next_goes_on_from_the_watermark),
		WITH_STORE(a_broken_page_keeps_its_objects_and_is_asked_again),
		WITH_STORE(a_hub_that_goes_in_circles_is_left),
		WITH_STORE(a_date_in_the_future_is_not_believed),
		WITH_STORE(a_clock_that_is_set_back_stops_no_pull),
		WITH_STORE(what_is_kept_has_its_caps),
		WITH_STORE(objects_that_cannot_be_kept_are_counted),
		WITH_STORE(each_status_has_its_wait),
		WITH_STORE(a_collection_that_is_gone_is_sought_once_more),
		WITH_STORE(a_page_that_is_too_large_is_asked_for_by_halves),
		WITH_STORE(a_collection_that_may_not_be_read_is_told),
		WITH_STORE(a_store_that_fails_loses_no_object),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
