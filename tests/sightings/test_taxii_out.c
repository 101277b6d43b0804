/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_taxii_out: posting to a canned hub: each row of the table of statuses in
 * the specification's section 5.1 that concerns a POST, and section 5.3.
 */
#include "sightings/taxii_out.h"

#include "engine/base/stamp.h"
#include "tests/base/made_store.h"
#include "tests/hub/canned.h"

#define ROOT "https://hub.example/api1/"
#define SECOND NRS_SECOND_NS
#define NOW (INT64_C(1772366400) * SECOND)

#define ROOT_ANSWER                                                            \
	{                                                                      \
		.status = 200,                                                 \
		.body = "{\"title\":\"r\",\"max_content_length\":100000,"      \
			"\"versions\":[\"application/"                         \
			"taxii+json;version=2.1\"]}"                           \
	}
#define COLLECTIONS(can_write)                                                 \
	{                                                                      \
		.status = 200,                                                 \
		.body = "{\"collections\":[{\"id\":\"c1\",\"title\":"          \
			"\"sightings\","                                       \
			"\"can_read\":false,\"can_write\":" can_write "}]}"    \
	}
#define FOUND ROOT_ANSWER, COLLECTIONS("true"), ROOT_ANSWER
#define PENDING                                                                \
	{                                                                      \
		.status = 202,                                                 \
		.body = "{\"id\":\"w "                                         \
			"1\",\"status\":\"pending\",\"total_count\":1,"        \
			"\"success_count\":0,\"failure_count\":0,"             \
			"\"pending_count\":1}"                                 \
	}
#define COMPLETE                                                               \
	{                                                                      \
		.status = 200,                                                 \
		.body = "{\"id\":\"w "                                         \
			"1\",\"status\":\"complete\",\"total_count\":1,"       \
			"\"success_count\":1,\"failure_count\":0,"             \
			"\"pending_count\":0}"                                 \
	}

struct bench {
	struct made_store disk;
	struct nrs_spool *spool;
	struct nrs_taxii_out *out;
	struct canned hub;
	int64_t now_ns, next_ns;
};

static int setup(void **state)
{
	const struct nrs_spool_limits limits = {0};
	const struct nrs_taxii_out_config config = {
		.audience = nrs_span_of("isac-a"),
		.url = nrs_span_of(ROOT),
		.collection = nrs_span_of("sightings"),
		.seed = 1};
	struct bench *b = calloc(1, sizeof(*b));

	assert_non_null(b);
	made_store_begin(&b->disk, &nrs_spool_schema);
	assert_int_equal(nrs_spool_new(&b->spool, b->disk.store, &limits, NULL),
			 NRS_OK);
	assert_int_equal(nrs_taxii_out_new(&b->out, &config, b->spool, NULL),
			 NRS_OK);
	b->now_ns = NOW;
	*state = b;
	return 0;
}

static int teardown(void **state)
{
	struct bench *b = *state;

	nrs_taxii_out_free(b->out);
	nrs_spool_free(b->spool);
	made_store_end(&b->disk);
	free(b);
	return 0;
}

static void put(struct bench *b, unsigned int n)
{
	char id[64], bare[256], whole[512];

	snprintf(id, sizeof(id), "sighting--%u", n);
	snprintf(bare, sizeof(bare),
		 "{\"type\":\"sighting\",\"spec_version\":\"2.1\","
		 "\"id\":\"%s\"}",
		 id);
	snprintf(whole, sizeof(whole),
		 "{\"type\":\"url\",\"spec_version\":\"2.1\","
		 "\"id\":\"url--%u\"},%s",
		 n, bare);
	const struct nrs_spool_post post = {.audience = nrs_span_of("isac-a"),
					    .id = nrs_span_of(id),
					    .whole = nrs_span_of(whole),
					    .bare = nrs_span_of(bare),
					    .state = NRS_SPOOL_QUEUED,
					    .item = {.grade = NRS_CLASS_REPORT},
					    .made_ns = NOW};
	assert_int_equal(nrs_spool_put(b->spool, &post, NULL), NRS_OK);
}

/* Step until all answers are used, each step when it is due. */
static void run(struct bench *b, const struct canned_answer *answers,
		size_t count)
{
	const struct nrs_http http = canned_http(&b->hub);
	struct nrs_diag diag = {0};

	b->hub.answers = answers;
	b->hub.count = count;
	b->hub.asked = 0;
	for (unsigned int i = 0; i < 50 && b->hub.asked < count; i++) {
		if (nrs_taxii_out_step(b->out, &http, b->now_ns, &b->next_ns,
				       &diag) != NRS_OK)
			fail_msg("%s", diag.text);
		if (b->next_ns > b->now_ns)
			b->now_ns = b->next_ns;
	}
	assert_int_equal(b->hub.asked, count);
}
#define RUN(b, list) run(b, list, sizeof(list) / sizeof(*(list)))

static uint64_t count(struct bench *b, enum nrs_spool_state state)
{
	struct nrs_spool_counts counts;

	assert_int_equal(nrs_spool_counts(b->spool, nrs_span_of("isac-a"),
					  &counts, NULL),
			 NRS_OK);
	return counts.states[state];
}

static void a_post_is_accepted_polled_and_confirmed(void **state)
{
	static const struct canned_answer list[] = {FOUND, PENDING, PENDING,
						    COMPLETE};
	struct bench *b = *state;

	put(b, 1);
	RUN(b, list);
	assert_string_equal(b->hub.urls[3], ROOT "collections/c1/objects/");
	assert_string_equal(b->hub.urls[4], ROOT "status/w%201/");
	assert_string_equal(b->hub.urls[5], ROOT "status/w%201/");
	assert_int_equal(count(b, NRS_SPOOL_CONFIRMED), 1);
	assert_int_equal(nrs_taxii_out_state(b->out)->posted, 1);
	assert_int_equal(nrs_taxii_out_state(b->out)->health, NRS_POST_WELL);
}

/* A clock that was years ahead at the start: the status is asked for all the
 * same, not in years. */
static void a_clock_that_went_back_forgets_no_status(void **state)
{
	static const struct canned_answer list[] = {FOUND, PENDING};
	static const struct canned_answer later[] = {PENDING, COMPLETE};
	struct bench *b = *state;

	put(b, 1);
	RUN(b, list);
	b->now_ns -= INT64_C(10) * 365 * 86400 * NRS_SECOND_NS;
	const int64_t set_ns = b->now_ns;
	RUN(b, later);
	assert_int_equal(count(b, NRS_SPOOL_CONFIRMED), 1);
	assert_true(b->now_ns - set_ns < 60 * NRS_SECOND_NS);
}

static void what_is_posted_is_an_envelope_of_the_objects(void **state)
{
	static const struct canned_answer list[] = {FOUND, PENDING};
	struct bench *b = *state;

	put(b, 1);
	RUN(b, list);
	assert_string_equal(b->hub.method, "POST");
	assert_string_equal(b->hub.content_type,
			    "application/taxii+json;version=2.1");
	assert_string_equal(
		b->hub.body,
		"{\"objects\":[{\"type\":\"url\",\"spec_version\":\"2.1\","
		"\"id\":\"url--1\"},{\"type\":\"sighting\","
		"\"spec_version\":\"2.1\",\"id\":\"sighting--1\"}]}");
}

static void failures_of_single_objects_are_quarantined(void **state)
{
	static const struct canned_answer list[] = {
		FOUND,
		{.status = 202,
		 .body = "{\"id\":\"w\",\"status\":\"complete\","
			 "\"total_count\":4,\"success_count\":3,"
			 "\"failure_count\":1,\"pending_count\":0,"
			 "\"failures\":[{\"id\":\"sighting--1\","
			 "\"message\":\"no\"}]}"}};
	struct bench *b = *state;

	put(b, 1);
	put(b, 2);
	RUN(b, list);
	assert_int_equal(count(b, NRS_SPOOL_FAILED), 1);
	assert_int_equal(count(b, NRS_SPOOL_CONFIRMED), 1);
}

static void a_busy_hub_is_left_alone_as_long_as_it_asks(void **state)
{
	static const struct canned_answer list[] = {
		FOUND, {.status = 429, .retry_after = "120"}};
	static const struct canned_answer then[] = {PENDING};
	struct bench *b = *state;
	const int64_t before = b->now_ns;

	put(b, 1);
	RUN(b, list);
	assert_int_equal(b->next_ns, before + 120 * SECOND);
	assert_int_equal(nrs_taxii_out_state(b->out)->health, NRS_POST_TROUBLE);
	RUN(b, then);
	assert_int_equal(count(b, NRS_SPOOL_SENT), 1);
}

static void a_hub_that_is_away_is_asked_ever_more_rarely(void **state)
{
	static const struct canned_answer found[] = {FOUND};
	static const struct canned_answer away[] = {
		{.err = NRS_E_IO}, {.err = NRS_E_IO}, {.err = NRS_E_IO},
		{.err = NRS_E_IO}, {.err = NRS_E_IO}, {.err = NRS_E_IO},
		{.err = NRS_E_IO}, {.err = NRS_E_IO}, {.err = NRS_E_IO},
		{.err = NRS_E_IO}, {.err = NRS_E_IO}, {.err = NRS_E_IO}};
	static const struct canned_answer back[] = {PENDING, COMPLETE};
	struct bench *b = *state;

	put(b, 1);
	RUN(b, found);
	RUN(b, away);
	/* 1, 2, 4 .. s, at least half of each: hours, not a flood. */
	assert_true(b->now_ns - NOW > 500 * SECOND);
	assert_true(b->next_ns - b->now_ns <= 300 * SECOND);
	assert_int_equal(count(b, NRS_SPOOL_QUEUED), 1);
	RUN(b, back);
	assert_int_equal(count(b, NRS_SPOOL_CONFIRMED), 1);
}

static void a_hub_that_is_found_again_is_well_with_nothing_to_post(void **state)
{
	static const struct canned_answer away[] = {{.err = NRS_E_IO}};
	static const struct canned_answer found[] = {FOUND};
	struct bench *b = *state;

	RUN(b, away);
	assert_int_equal(nrs_taxii_out_state(b->out)->health, NRS_POST_TROUBLE);
	RUN(b, found);
	assert_int_equal(nrs_taxii_out_state(b->out)->health, NRS_POST_WELL);
	assert_string_equal(nrs_taxii_out_state(b->out)->message, "");
	assert_int_equal(nrs_taxii_out_state(b->out)->failures, 0);
}

static int nobody(void *ctx, const struct nrs_http_request *request,
		  struct nrs_http_response *response, struct nrs_diag *diag)
{
	unsigned int *asked = ctx;

	(void)request;
	*response = (struct nrs_http_response){0};
	++*asked;
	return nrs_diag_set(diag, NRS_E_IO, 0, "hub.example: no answer");
}

/* An hour of this; a sighting more at its start. */
static void pass_an_hour(struct bench *b, unsigned int n, unsigned int *asked)
{
	const struct nrs_http http = {nobody, asked};
	const int64_t end_ns = b->now_ns + 3600 * SECOND;

	put(b, n);
	while (b->now_ns < end_ns) {
		assert_int_equal(nrs_taxii_out_step(b->out, &http, b->now_ns,
						    &b->next_ns, NULL),
				 NRS_OK);
		assert_true(b->next_ns > b->now_ns);
		b->now_ns = b->next_ns;
	}
}

static void a_week_without_the_hub_loses_nothing(void **state)
{
	static const struct canned_answer found[] = {FOUND};
	static const struct canned_answer back[] = {PENDING, COMPLETE, PENDING,
						    COMPLETE};
	struct bench *b = *state;
	unsigned int asked = 0;

	RUN(b, found);
	for (unsigned int n = 0; n < 7 * 24; n++) {
		pass_an_hour(b, n, &asked);
		if (n == 100) /* and its clock is set back by a day */
			b->now_ns -= 24 * 3600 * SECOND;
	}
	/* every 150 to 300 s */
	assert_in_range(asked, 7 * 24 * 11, 7 * 24 * 24 + 20);
	assert_int_equal(count(b, NRS_SPOOL_QUEUED), 7 * 24);
	assert_int_equal(nrs_taxii_out_state(b->out)->health, NRS_POST_TROUBLE);
	RUN(b, back);
	assert_int_equal(count(b, NRS_SPOOL_CONFIRMED), 7 * 24);
	assert_int_equal(nrs_taxii_out_state(b->out)->health, NRS_POST_WELL);
}

static void who_is_denied_comes_back_in_an_hour(void **state)
{
	static const struct canned_answer list[] = {FOUND, {.status = 401}};
	struct bench *b = *state;
	const int64_t before = b->now_ns;

	put(b, 1);
	RUN(b, list);
	assert_int_equal(b->next_ns, before + 3600 * SECOND);
	assert_int_equal(nrs_taxii_out_state(b->out)->health, NRS_POST_DENIED);
	assert_int_equal(count(b, NRS_SPOOL_QUEUED), 1);
}

static void a_collection_that_is_read_only_is_not_posted_to(void **state)
{
	static const struct canned_answer list[] = {
		ROOT_ANSWER, COLLECTIONS("false"), ROOT_ANSWER};
	struct bench *b = *state;

	put(b, 1);
	RUN(b, list);
	assert_int_equal(nrs_taxii_out_state(b->out)->health, NRS_POST_DENIED);
	assert_non_null(strstr(nrs_taxii_out_state(b->out)->message,
			       "cannot be written"));
}

static void what_is_too_large_is_halved_then_sent_without_detail(void **state)
{
	static const struct canned_answer list[] = {
		FOUND, {.status = 413}, {.status = 413}, PENDING};
	struct bench *b = *state;

	put(b, 1);
	put(b, 2);
	RUN(b, list);
	assert_string_equal(b->hub.body, "{\"objects\":[{\"type\":\"sighting\","
					 "\"spec_version\":\"2.1\","
					 "\"id\":\"sighting--1\"}]}");
	assert_int_equal(count(b, NRS_SPOOL_SENT), 1);
}

static void the_one_bad_object_is_found_and_quarantined(void **state)
{
	static const struct canned_answer list[] = {
		FOUND, {.status = 422}, {.status = 422}, PENDING, COMPLETE};
	struct bench *b = *state;

	put(b, 1);
	put(b, 2);
	RUN(b, list);
	assert_int_equal(count(b, NRS_SPOOL_FAILED), 1);
	assert_int_equal(count(b, NRS_SPOOL_CONFIRMED), 1);
	assert_int_equal(nrs_taxii_out_state(b->out)->quarantined, 1);
}

static void a_hub_that_refuses_everything_does_not_empty_the_queue(void **st)
{
	static const struct canned_answer found[] = {FOUND};
	struct canned_answer no[40];
	struct bench *b = *st;

	for (unsigned int i = 0; i < 40; i++)
		no[i] = (struct canned_answer){.status = 400};
	for (unsigned int i = 0; i < 64; i++)
		put(b, i);
	RUN(b, found);
	RUN(b, no);
	assert_int_equal(count(b, NRS_SPOOL_FAILED), 8);
	assert_int_equal(count(b, NRS_SPOOL_QUEUED), 56);
	assert_int_equal(nrs_taxii_out_state(b->out)->health, NRS_POST_TROUBLE);
}

static void a_collection_that_moved_is_looked_for_once(void **state)
{
	static const struct canned_answer list[] = {
		FOUND, {.status = 404}, FOUND, PENDING};
	struct bench *b = *state;

	put(b, 1);
	RUN(b, list);
	assert_int_equal(count(b, NRS_SPOOL_SENT), 1);
}

static void a_status_that_vanished_is_posted_once_more_not_twice(void **state)
{
	static const struct canned_answer list[] = {
		FOUND, PENDING, {.status = 404}, PENDING, {.status = 404}};
	struct bench *b = *state;

	put(b, 1);
	RUN(b, list);
	assert_int_equal(count(b, NRS_SPOOL_UNCONFIRMED), 1);
}

static void an_answer_that_cannot_be_read_was_an_answer(void **state)
{
	static const struct canned_answer list[] = {
		FOUND, {.status = 202, .body = "<html>"}, {.status = 202}};
	struct bench *b = *state;

	put(b, 1);
	RUN(b, list); /* posted once more, then left */
	for (unsigned int i = 0; i < 5; i++) {
		const struct nrs_http http = canned_http(&b->hub);

		b->now_ns = b->next_ns;
		assert_int_equal(nrs_taxii_out_step(b->out, &http, b->now_ns,
						    &b->next_ns, NULL),
				 NRS_OK);
	}
	assert_int_equal(count(b, NRS_SPOOL_UNCONFIRMED), 1);
}

#define NRS_T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		NRS_T(a_post_is_accepted_polled_and_confirmed),
		NRS_T(a_clock_that_went_back_forgets_no_status),
		NRS_T(what_is_posted_is_an_envelope_of_the_objects),
		NRS_T(failures_of_single_objects_are_quarantined),
		NRS_T(a_busy_hub_is_left_alone_as_long_as_it_asks),
		NRS_T(a_hub_that_is_away_is_asked_ever_more_rarely),
		NRS_T(a_hub_that_is_found_again_is_well_with_nothing_to_post),
		NRS_T(a_week_without_the_hub_loses_nothing),
		NRS_T(who_is_denied_comes_back_in_an_hour),
		NRS_T(a_collection_that_is_read_only_is_not_posted_to),
		NRS_T(what_is_too_large_is_halved_then_sent_without_detail),
		NRS_T(the_one_bad_object_is_found_and_quarantined),
		NRS_T(a_hub_that_refuses_everything_does_not_empty_the_queue),
		NRS_T(a_collection_that_moved_is_looked_for_once),
		NRS_T(a_status_that_vanished_is_posted_once_more_not_twice),
		NRS_T(an_answer_that_cannot_be_read_was_an_answer),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
