/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_spool_late: the second way out takes what is urgent and late, and
 * nothing else; once, and said in the log.
 */
#include "sightings/release_log.h"
#include "tests/sightings/posted.h"

#define MINUTES(n) ((n)*60 * NRS_SECOND_NS)

#define SPAN(text)                                                             \
	{                                                                      \
		(const uint8_t *)(text), sizeof(text) - 1                      \
	}

/* The audience, a second way to the same hub, and one to another. */
static const struct nrs_share_audience ways[] = {
	{.name = SPAN("isac-a"), .hub = SPAN("hub-a"), .is_auto = true},
	{.name = SPAN("isac-a/second"),
	 .of = SPAN("isac-a"),
	 .hub = SPAN("hub-a"),
	 .is_second = true},
	{.name = SPAN("isac-a/other"),
	 .of = SPAN("isac-a"),
	 .hub = SPAN("hub-b"),
	 .is_second = true},
};
#define first ways[0]
#define second ways[1]
#define other ways[2]

static void put(struct posted *p, const char *id, enum nrs_class grade,
		enum nrs_spool_state state)
{
	char objects[200];

	snprintf(objects, sizeof(objects),
		 "{\"type\":\"sighting\",\"spec_version\":\"2.1\","
		 "\"id\":\"%s\"}",
		 id);
	const struct nrs_spool_post post = {
		.audience = first.name,
		.id = nrs_span_of(id),
		.bare = nrs_span_of(objects),
		.state = state,
		.item = {.source = p->share.source.name,
			 .tlp = NRS_TLP_GREEN,
			 .grade = grade},
		.made_ns = MADE_NS};
	assert_int_equal(nrs_spool_put(p->spool, &post, NULL), NRS_OK);
}

static uint64_t late_to(struct posted *p, unsigned int to, int64_t ns)
{
	const struct nrs_share_policy policy = {.audiences = ways,
						.audience_count = 3,
						.sources = &p->share.source,
						.source_count = 1};
	const struct nrs_spool_late what = {
		.policy = &policy, .from = 0, .to = to, .now_ns = ns};
	uint64_t moved = 77;

	assert_int_equal(nrs_spool_late(p->spool, &what, &moved, NULL), NRS_OK);
	return moved;
}

static uint64_t late(struct posted *p, int64_t ns)
{
	return late_to(p, 1, ns);
}

static uint64_t queued(struct posted *p, const struct nrs_share_audience *to)
{
	struct nrs_spool_counts counts;

	assert_int_equal(nrs_spool_counts(p->spool, to->name, &counts, NULL),
			 NRS_OK);
	return counts.states[NRS_SPOOL_QUEUED];
}

static void after_five_minutes_without_a_word_it_goes_the_second_way(void **st)
{
	struct posted *p = *st;
	struct nrs_text lines = {0};
	int64_t broken = -1;

	put(p, "sighting--1", NRS_CLASS_URGENT, NRS_SPOOL_QUEUED);
	put(p, "sighting--2", NRS_CLASS_REPORT, NRS_SPOOL_QUEUED);
	put(p, "sighting--3", NRS_CLASS_URGENT, NRS_SPOOL_CONFIRMED);
	put(p, "sighting--4", NRS_CLASS_URGENT, NRS_SPOOL_WITHHELD);
	put(p, "sighting--5", NRS_CLASS_URGENT, NRS_SPOOL_SENT);
	put(p, "note--1", NRS_CLASS_URGENT, NRS_SPOOL_QUEUED); /* heartbeat */
	assert_int_equal(late(p, MADE_NS + MINUTES(5) - 1), 0);
	assert_int_equal(late(p, MADE_NS + MINUTES(5)), 2);
	assert_int_equal(late(p, MADE_NS + MINUTES(50)), 0); /* once */
	assert_int_equal(queued(p, &second), 2);
	assert_int_equal(queued(p, &first), 3); /* it still tries too */
	assert_int_equal(
		nrs_spool_batch(p->spool, second.name, &p->batch, NULL),
		NRS_OK);
	const struct nrs_span all = nrs_text_span(&p->batch.envelope);
	assert_true(nrs_span_find_text(all, "sighting--1") != SIZE_MAX &&
		    nrs_span_find_text(all, "sighting--5") != SIZE_MAX);
	assert_int_equal(
		nrs_release_log_read(p->disk.store, &lines, &broken, NULL),
		NRS_OK);
	assert_int_equal(broken, 0);
	assert_true(nrs_span_find_text(nrs_text_span(&lines),
				       "isac-a/second") != SIZE_MAX);
	nrs_text_fini(&lines);
}

/* The other hub did not supply the indicator: rule 5 holds for a second way
 * as for the first, however late it is. */
static void a_second_way_is_under_the_rules_too(void **state)
{
	struct posted *p = *state;
	struct nrs_text lines = {0};
	int64_t broken = -1;

	put(p, "sighting--1", NRS_CLASS_URGENT, NRS_SPOOL_QUEUED);
	assert_int_equal(late_to(p, 2, MADE_NS + MINUTES(5)), 0);
	assert_int_equal(late_to(p, 2, MADE_NS + MINUTES(6)), 0);
	assert_int_equal(queued(p, &other), 0);
	assert_int_equal(nrs_spool_batch(p->spool, other.name, &p->batch, NULL),
			 NRS_OK);
	assert_int_equal(p->batch.count, 0);
	assert_int_equal(
		nrs_release_log_read(p->disk.store, &lines, &broken, NULL),
		NRS_OK);
	const struct nrs_span log = nrs_text_span(&lines);
	const size_t at = nrs_span_find_text(log, "\"rule\":\"5: ");
	assert_true(at != SIZE_MAX); /* said, and once */
	assert_true(nrs_span_find_text(nrs_span_from(log, at + 1),
				       "\"rule\":\"5: ") == SIZE_MAX);
	nrs_text_fini(&lines);
	/* Who may pass it on says so. */
	p->share.source.redistribute = first.name;
	put(p, "sighting--2", NRS_CLASS_URGENT, NRS_SPOOL_QUEUED);
	assert_int_equal(late_to(p, 2, MADE_NS + MINUTES(7)), 1);
}

/* What was sent under yesterday's policy goes no further way under today's. */
static void a_second_way_asks_the_policy_of_today(void **state)
{
	struct posted *p = *state;

	put(p, "sighting--1", NRS_CLASS_URGENT, NRS_SPOOL_SENT);
	p->share.source.hub = nrs_span_of("hub-c");
	assert_int_equal(late(p, MADE_NS + MINUTES(5)), 0);
	assert_int_equal(queued(p, &second), 0);
}

/* It was made when the clock was years ahead. */
static void a_clock_that_went_back_delays_nothing_for_years(void **state)
{
	struct posted *p = *state;

	put(p, "sighting--1", NRS_CLASS_URGENT, NRS_SPOOL_QUEUED);
	assert_int_equal(late(p, MADE_NS - MINUTES(5)),
			 0); /* set by a little */
	assert_int_equal(late(p, MADE_NS - MINUTES(60) * 24 * 365), 1);
}

/* Whatever stands in its row: nothing is read beyond a table's end. */
static void a_damaged_row_is_worth_the_strictest(void **state)
{
	struct posted *p = *state;

	put(p, "sighting--1", NRS_CLASS_URGENT, NRS_SPOOL_QUEUED);
	assert_int_equal(
		nrs_store_run(p->disk.store,
			      "UPDATE post SET tlp_in = 1073741824, tlp = -7",
			      NULL),
		NRS_OK);
	assert_int_equal(late(p, MADE_NS + MINUTES(5)), 0); /* as RED */
}

static void what_was_held_is_late_five_minutes_after_its_release(void **state)
{
	struct posted *p = *state;
	const struct nrs_spool_decision decision = {.release = true,
						    .policy = &p->share.policy,
						    .now_ns = MADE_NS +
							      MINUTES(60)};
	struct nrs_spool_decided decided;
	struct nrs_spool_post post = {
		.audience = first.name,
		.id = nrs_span_of("sighting--1"),
		.bare = nrs_span_of("{\"id\":\"sighting--1\"}"),
		.state = NRS_SPOOL_HELD,
		.item = {.source = p->share.source.name,
			 .tlp = NRS_TLP_GREEN,
			 .grade = NRS_CLASS_URGENT},
		.made_ns = MADE_NS};

	assert_int_equal(nrs_spool_put(p->spool, &post, NULL), NRS_OK);
	assert_int_equal(late(p, MADE_NS + MINUTES(60)), 0);
	assert_int_equal(
		nrs_spool_decide(p->disk.store, &decision, &decided, NULL),
		NRS_OK);
	assert_int_equal(decided.released, 1);
	assert_int_equal(late(p, MADE_NS + MINUTES(65) - 1), 0);
	assert_int_equal(late(p, MADE_NS + MINUTES(65)), 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			after_five_minutes_without_a_word_it_goes_the_second_way,
			posted_setup, posted_teardown),
		cmocka_unit_test_setup_teardown(
			a_second_way_is_under_the_rules_too, posted_setup,
			posted_teardown),
		cmocka_unit_test_setup_teardown(
			a_second_way_asks_the_policy_of_today, posted_setup,
			posted_teardown),
		cmocka_unit_test_setup_teardown(
			a_clock_that_went_back_delays_nothing_for_years,
			posted_setup, posted_teardown),
		cmocka_unit_test_setup_teardown(
			a_damaged_row_is_worth_the_strictest, posted_setup,
			posted_teardown),
		cmocka_unit_test_setup_teardown(
			what_was_held_is_late_five_minutes_after_its_release,
			posted_setup, posted_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
