/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_verdict: what a person calls false is taken back where it left, and
 * stays where it did not (sharing-rules.md rule 20).
 */
#include "sightings/verdict.h"

#include "sightings/release_log.h"
#include "tests/sightings/posted.h"

#define DAY_NS (86400 * NRS_SECOND_NS)

static int posted_see(void *ctx, const struct nrs_spool_row *row)
{
	struct posted *p = ctx;

	nrs_text_add(&p->seen, row->objects);
	nrs_text_putc(&p->seen, '\n');
	return NRS_OK;
}

/* The objects of all rows in @state, a line each, with a NUL behind. */
static const char *posted_in(struct posted *p, enum nrs_spool_state state)
{
	const struct nrs_spool_which which = {.state = state};
	int err;

	nrs_text_clear(&p->seen);
	err = nrs_spool_list(p->disk.store, &which, posted_see, p, NULL);
	assert_int_equal(err, NRS_OK);
	nrs_text_putc(&p->seen, '\0');
	return (const char *)p->seen.ptr;
}

static int pass(struct posted *p, const char *id, bool is_false, int64_t now_ns,
		struct nrs_verdict_done *done)
{
	const struct nrs_verdict verdict = {.id = nrs_span_of(id),
					    .is_false = is_false,
					    .by = nrs_span_of("kana"),
					    .why = nrs_span_of("our scanner"),
					    .policy = &p->share.policy,
					    .now_ns = now_ns};

	return nrs_verdict_pass(p->disk.store, &verdict, done, NULL);
}

/* The batch that is next; how many are in it. */
static unsigned int next_batch(struct posted *p)
{
	assert_int_equal(nrs_spool_batch(p->spool, nrs_span_of("isac-a"),
					 &p->batch, NULL),
			 NRS_OK);
	nrs_text_putc(&p->batch.envelope, '\0');
	return p->batch.count;
}

static int64_t accept(struct posted *p)
{
	const struct nrs_spool_accepted accepted = {
		.audience = nrs_span_of("isac-a"),
		.batch = &p->batch,
		.id = nrs_span_of("status-1"),
		.now_ns = MADE_NS};
	int64_t row = 0;

	assert_int_equal(nrs_spool_accepted(p->spool, &accepted, &row, NULL),
			 NRS_OK);
	return row;
}

static void confirm(struct posted *p, int64_t row)
{
	const struct nrs_taxii_status status = {.is_complete = true};

	assert_int_equal(nrs_spool_status_done(p->spool, row, &status, NULL),
			 NRS_OK);
}

/* The sighting's object in @text, cut out; the caller frees it. */
static char *sighting_of(const char *text)
{
	const char *from = strstr(text, "{\"type\":\"sighting\"");
	const char *to;

	assert_non_null(from);
	to = strchr(from, '}'); /* no object stands in it */
	assert_non_null(to);
	return strndup(from, (size_t)(to + 1 - from));
}

static void each_released_one_goes_again_as_revoked(void **state)
{
	struct nrs_verdict_done done;
	struct posted *p = *state;
	char *before, *after, *at;
	int64_t row;

	posted_hit(p, 1); /* confirmed */
	assert_int_equal(next_batch(p), 1);
	before = sighting_of((const char *)p->batch.envelope.ptr);
	row = accept(p);
	confirm(p, row);
	posted_hit(p, 2); /* accepted */
	assert_int_equal(next_batch(p), 1);
	row = accept(p);
	posted_hit(p, 3); /* queued */

	assert_int_equal(pass(p, MADE_ID, true, MADE_NS + DAY_NS, &done),
			 NRS_OK);
	assert_int_equal(done.revoked, 3);
	assert_int_equal(done.withheld + done.gone + done.opinions, 0);
	assert_string_equal(done.indicator, MADE_ID);
	assert_int_equal(done.version_ns, MADE_NS - 1000 * NRS_SECOND_NS);
	confirm(p, row); /* of what it was before: says nothing of this */
	assert_int_equal(next_batch(p), 3);

	/* The first one: the same but for the version and the word. */
	after = sighting_of((const char *)p->batch.envelope.ptr);
	at = strstr(after,
		    ",\"modified\":\"2026-03-02T12:00:00.000Z\",\"revoked\":"
		    "true}");
	assert_non_null(at);
	*at = '\0';
	assert_non_null(strstr(before, "\"modified\":"));
	char *word = strstr(before, ",\"modified\":\"");
	memmove(word, word + 38, strlen(word + 38) + 1);
	word = strstr(before, ",\"observed_data_refs\":[");
	char *end = strchr(word, ']');
	memmove(word, end + 1, strlen(end));
	before[strlen(before) - 1] = '\0';
	assert_string_equal(before, after);
	assert_null(strstr((const char *)p->batch.envelope.ptr, "observed"));
	free(before);
	free(after);

	/* Once more says nothing more. */
	assert_int_equal(pass(p, MADE_ID, true, MADE_NS + 2 * DAY_NS, &done),
			 NRS_OK);
	assert_int_equal(done.revoked, 0);
}

static void an_answer_to_the_version_before_is_not_for_this_one(void **state)
{
	struct nrs_verdict_done done;
	struct posted *p = *state;

	posted_hit(p, 1);
	assert_int_equal(next_batch(p), 1); /* under way ... */
	assert_int_equal(pass(p, MADE_ID, true, MADE_NS, &done), NRS_OK);
	(void)accept(p); /* ... and accepted */
	assert_int_equal(next_batch(p), 1);
	assert_non_null(strstr((const char *)p->batch.envelope.ptr,
			       "\"revoked\":true"));
}

static void what_is_held_stays_here(void **state)
{
	struct nrs_verdict_done done;
	struct posted *p = *state;

	p->share.audience.is_auto = false;
	posted_hit(p, 1);
	assert_int_equal(pass(p, MADE_ID, true, MADE_NS, &done), NRS_OK);
	assert_int_equal(done.revoked, 0);
	assert_int_equal(done.withheld, 1);
	assert_int_equal(next_batch(p), 0);
	assert_string_equal(posted_in(p, NRS_SPOOL_HELD), "");
}

static void one_sighting_can_be_called_false_alone(void **state)
{
	struct nrs_verdict_done done;
	struct posted *p = *state;
	char id[64];

	posted_hit(p, 1);
	posted_hit(p, 2);
	assert_int_equal(next_batch(p), 2);
	const char *at =
		strstr((const char *)p->batch.envelope.ptr, "\"sighting--");
	assert_non_null(at);
	snprintf(id, sizeof(id), "%.46s", at + 1);
	id[sizeof("sighting--") - 1 + 36] = '\0';
	assert_int_equal(pass(p, id, true, MADE_NS, &done), NRS_OK);
	assert_int_equal(done.revoked, 1);
	assert_string_equal(done.indicator, MADE_ID);
}

static void an_opinion_goes_only_where_it_is_wanted(void **state)
{
	struct nrs_verdict_done done;
	struct posted *p = *state;

	posted_hit(p, 1);
	assert_int_equal(pass(p, MADE_ID, false, MADE_NS, &done), NRS_OK);
	assert_int_equal(done.opinions, 0);
	p->share.audience.takes_opinions = true;
	assert_int_equal(pass(p, MADE_ID, false, MADE_NS, &done), NRS_OK);
	assert_int_equal(done.opinions, 1);
	assert_int_equal(done.revoked, 0);
	assert_int_equal(next_batch(p), 2);
	const char *text = (const char *)p->batch.envelope.ptr;
	const char *opinion = strstr(text, "{\"type\":\"opinion\"");
	assert_non_null(opinion);
	assert_non_null(strstr(opinion, "\"opinion\":\"strongly-agree\""));
	assert_non_null(strstr(opinion, "\"object_refs\":[\"" MADE_ID "\"]"));
	assert_non_null(strstr(opinion, "\"created\":\"2026-03-01T12:00:00."
					"000Z\""));
	/* The words of a person are for home, and so is who said it. */
	assert_null(strstr(text, "scanner"));
	assert_null(strstr(text, "kana"));
	char id[64];
	snprintf(id, sizeof(id), "%.45s", strstr(opinion, "opinion--"));

	/* Another verdict is the same opinion, changed. */
	assert_int_equal(pass(p, MADE_ID, true, MADE_NS + DAY_NS, &done),
			 NRS_OK);
	assert_int_equal(done.opinions, 1);
	assert_int_equal(next_batch(p), 2);
	text = (const char *)p->batch.envelope.ptr;
	opinion = strstr(text, "{\"type\":\"opinion\"");
	assert_non_null(strstr(opinion, id));
	assert_non_null(strstr(opinion, "\"opinion\":\"strongly-disagree\""));
	assert_non_null(strstr(opinion, "\"created\":\"2026-03-01T12:00:00."
					"000Z\""));
	assert_non_null(strstr(opinion, "\"modified\":\"2026-03-02T12:00:00."
					"000Z\""));
}

static void an_opinion_passes_the_rules_of_a_sighting(void **state)
{
	struct nrs_verdict_done done;
	struct posted *p = *state;

	posted_hit(p, 1);
	p->share.audience.takes_opinions = true;
	p->share.audience.is_auto = false; /* a person looks from now on */
	assert_int_equal(pass(p, MADE_ID, false, MADE_NS, &done), NRS_OK);
	assert_int_equal(done.opinions, 1);
	assert_non_null(strstr(posted_in(p, NRS_SPOOL_HELD), "strongly-agree"));
	p->share.audience.max_tlp = NRS_TLP_GREEN;
	posted_hit(p, 2);
	assert_int_equal(pass(p, MADE_ID, false, MADE_NS + 1, &done), NRS_OK);
	assert_int_equal(done.opinions, 0);
}

static void the_log_and_the_list_tell_of_it(void **state)
{
	struct nrs_verdict_done done;
	struct nrs_text log = {0};
	struct posted *p = *state;
	int64_t broken = 0;

	posted_hit(p, 1);
	assert_int_equal(pass(p, MADE_ID, true, MADE_NS, &done), NRS_OK);
	assert_int_equal(
		nrs_release_log_read(p->disk.store, &log, &broken, NULL),
		NRS_OK);
	assert_int_equal(broken, 0);
	assert_true(nrs_span_find_text(nrs_text_span(&log),
				       "\"rule\":\"20: a person called it "
				       "false: taken back\",\"by\":\"kana\"") !=
		    SIZE_MAX);
	nrs_text_fini(&log);
}

static int count_rows(void *ctx, const struct nrs_verdict_row *row)
{
	unsigned int *count = ctx;

	assert_true(nrs_span_is(row->by, "kana") &&
		    nrs_span_is(row->why, "our scanner") && row->is_false);
	++*count;
	return NRS_OK;
}

static void a_verdict_on_what_was_never_told_is_kept_all_the_same(void **state)
{
	struct nrs_verdict_done done;
	struct posted *p = *state;
	unsigned int count = 0;

	assert_int_equal(pass(p, "indicator--none", true, MADE_NS, &done),
			 NRS_E_NOTFOUND);
	assert_string_equal(done.indicator, "");
	assert_int_equal(done.version_ns, NRS_TIME_MAX);
	assert_int_equal(
		nrs_verdict_list(p->disk.store, count_rows, &count, NULL),
		NRS_OK);
	assert_int_equal(count, 1);
}

#define NRS_T(name)                                                            \
	cmocka_unit_test_setup_teardown(name, posted_setup, posted_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		NRS_T(each_released_one_goes_again_as_revoked),
		NRS_T(an_answer_to_the_version_before_is_not_for_this_one),
		NRS_T(what_is_held_stays_here),
		NRS_T(one_sighting_can_be_called_false_alone),
		NRS_T(an_opinion_goes_only_where_it_is_wanted),
		NRS_T(an_opinion_passes_the_rules_of_a_sighting),
		NRS_T(the_log_and_the_list_tell_of_it),
		NRS_T(a_verdict_on_what_was_never_told_is_kept_all_the_same),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
