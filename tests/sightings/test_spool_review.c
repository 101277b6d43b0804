/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_spool_review: what a person sees and decides, what a policy that became
 * tighter takes back, and that the log tells of all of it.
 */
#include "sightings/spool_review.h"

#include "sightings/release_log.h"
#include "tests/base/made_store.h"
#include "tests/sightings/made_share.h"

struct bench {
	struct made_share share;
	struct made_store disk;
	struct nrs_spool *spool;
	struct nrs_text seen;
};

static int setup(void **state)
{
	const struct nrs_spool_limits limits = {0};
	struct bench *b = calloc(1, sizeof(*b));

	assert_non_null(b);
	made_store_begin(&b->disk, &nrs_spool_schema);
	assert_int_equal(nrs_spool_new(&b->spool, b->disk.store, &limits, NULL),
			 NRS_OK);
	made_share(&b->share);
	b->share.audience.is_auto = false;
	b->share.source.audience = nrs_span_of("isac-a");
	*state = b;
	return 0;
}

static int teardown(void **state)
{
	struct bench *b = *state;

	nrs_text_fini(&b->seen);
	nrs_spool_free(b->spool);
	made_store_end(&b->disk);
	free(b);
	return 0;
}

static void put(struct bench *b, const char *id, enum nrs_spool_state state,
		enum nrs_tlp tlp)
{
	const struct nrs_spool_post post = {
		.audience = nrs_span_of("isac-a"),
		.id = nrs_span_of(id),
		.whole = nrs_span_of("{\"type\":\"sighting\"}"),
		.bare = nrs_span_of("{}"),
		.state = state,
		.item = {.source = nrs_span_of("isac-a/alerts"),
			 .tlp = tlp,
			 .grade = NRS_CLASS_REPORT},
		.tlp = tlp,
		.made_ns = 5};

	assert_int_equal(nrs_spool_put(b->spool, &post, NULL), NRS_OK);
}

static int see(void *ctx, const struct nrs_spool_row *row)
{
	struct bench *b = ctx;

	nrs_text_add(&b->seen, row->id);
	nrs_text_putc(&b->seen, ' ');
	assert_true(nrs_span_is(row->audience, "isac-a"));
	assert_true(nrs_span_is(row->item.source, "isac-a/alerts"));
	assert_int_equal(row->made_ns, 5);
	return NRS_OK;
}

/* The ids in @state, a blank behind each. */
static void stand(struct bench *b, enum nrs_spool_state state,
		  const char *expected)
{
	const struct nrs_spool_which which = {.state = state};

	nrs_text_clear(&b->seen);
	assert_int_equal(nrs_spool_list(b->disk.store, &which, see, b, NULL),
			 NRS_OK);
	if (!nrs_span_is(nrs_text_span(&b->seen), expected))
		fail_msg("%s: %.*s", nrs_spool_state_name(state),
			 (int)b->seen.len, (const char *)b->seen.ptr);
}

static struct nrs_spool_decided decide(struct bench *b, const char *id,
				       bool release)
{
	const struct nrs_spool_decision decision = {.id = nrs_span_of(id),
						    .release = release,
						    .by = nrs_span_of("kana"),
						    .policy = &b->share.policy,
						    .now_ns = 7};
	struct nrs_spool_decided decided;

	assert_int_equal(
		nrs_spool_decide(b->disk.store, &decision, &decided, NULL),
		NRS_OK);
	return decided;
}

/* How many lines of the log hold @text. */
static unsigned int told(struct bench *b, const char *text)
{
	struct nrs_text lines = {0};
	struct nrs_span rest, line;
	int64_t broken = -1;
	unsigned int count = 0;

	assert_int_equal(
		nrs_release_log_read(b->disk.store, &lines, &broken, NULL),
		NRS_OK);
	assert_int_equal(broken, 0);
	rest = nrs_text_span(&lines);
	while (nrs_span_split(&rest, '\n', &line))
		count += nrs_span_find_text(line, text) != SIZE_MAX;
	nrs_text_fini(&lines);
	return count;
}

static void a_person_releases_one_and_refuses_the_rest(void **state)
{
	struct bench *b = *state;

	put(b, "one", NRS_SPOOL_HELD, NRS_TLP_GREEN);
	put(b, "two", NRS_SPOOL_HELD, NRS_TLP_GREEN);
	put(b, "three", NRS_SPOOL_HELD, NRS_TLP_GREEN);
	put(b, "sent", NRS_SPOOL_QUEUED, NRS_TLP_GREEN);
	assert_int_equal(decide(b, "two", true).released, 1);
	stand(b, NRS_SPOOL_QUEUED, "two sent ");
	stand(b, NRS_SPOOL_HELD, "one three ");
	assert_int_equal(decide(b, "", false).refused, 2);
	stand(b, NRS_SPOOL_WITHHELD, "one three ");
	stand(b, NRS_SPOOL_QUEUED, "two sent ");
	assert_int_equal(told(b, "\"act\":\"released\",\"object\":\"two\""), 1);
	assert_int_equal(told(b, "\"act\":\"refused\""), 2);
	assert_int_equal(told(b, "\"by\":\"kana\""), 3);
}

static void what_is_not_held_is_nobodys_to_decide(void **state)
{
	struct bench *b = *state;

	put(b, "sent", NRS_SPOOL_QUEUED, NRS_TLP_GREEN);
	assert_int_equal(decide(b, "sent", false).refused, 0);
	assert_int_equal(decide(b, "nothing", true).released, 0);
	stand(b, NRS_SPOOL_QUEUED, "sent ");
	assert_int_equal(told(b, "act"), 0);
}

static void the_policy_of_today_is_asked_once_more(void **state)
{
	struct bench *b = *state;

	put(b, "amber", NRS_SPOOL_HELD, NRS_TLP_AMBER);
	b->share.audience.max_tlp = NRS_TLP_GREEN;
	const struct nrs_spool_decided d = decide(b, "amber", true);
	assert_int_equal(d.released, 0);
	assert_int_equal(d.kept, 1);
	assert_non_null(strstr(d.why, "max_tlp"));
	stand(b, NRS_SPOOL_HELD, "amber ");
	b->share.policy.audience_count = 0;
	assert_int_equal(decide(b, "amber", true).kept, 1);
	stand(b, NRS_SPOOL_HELD, "amber ");
}

static void a_tighter_policy_takes_back_what_waits(void **state)
{
	struct bench *b = *state;
	uint64_t withheld = 9;

	put(b, "green", NRS_SPOOL_QUEUED, NRS_TLP_GREEN);
	put(b, "amber", NRS_SPOOL_QUEUED, NRS_TLP_AMBER);
	put(b, "held", NRS_SPOOL_HELD, NRS_TLP_AMBER);
	assert_int_equal(nrs_spool_screen(b->disk.store, &b->share.policy, 7,
					  &withheld, NULL),
			 NRS_OK);
	assert_int_equal(withheld, 0);
	b->share.audience.max_tlp = NRS_TLP_GREEN;
	assert_int_equal(nrs_spool_screen(b->disk.store, &b->share.policy, 7,
					  &withheld, NULL),
			 NRS_OK);
	assert_int_equal(withheld, 2);
	stand(b, NRS_SPOOL_QUEUED, "green ");
	stand(b, NRS_SPOOL_WITHHELD, "amber held ");
	assert_int_equal(told(b, "\"act\":\"refused\""), 2);
	/* a wider one does not bring it back by itself */
	b->share.audience.max_tlp = NRS_TLP_NONE;
	assert_int_equal(nrs_spool_screen(b->disk.store, &b->share.policy, 7,
					  &withheld, NULL),
			 NRS_OK);
	stand(b, NRS_SPOOL_WITHHELD, "amber held ");
}

/* More than one transaction's worth. */
static void many_are_decided_in_steps(void **state)
{
	struct bench *b = *state;
	char id[16];

	for (unsigned int i = 0; i < 600; i++) {
		snprintf(id, sizeof(id), "%u", i);
		put(b, id, NRS_SPOOL_HELD, NRS_TLP_GREEN);
	}
	assert_int_equal(decide(b, "", true).released, 600);
	stand(b, NRS_SPOOL_HELD, "");
	assert_int_equal(told(b, "released"), 600);
}

#define WITH_SPOOL(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_SPOOL(a_person_releases_one_and_refuses_the_rest),
		WITH_SPOOL(what_is_not_held_is_nobodys_to_decide),
		WITH_SPOOL(the_policy_of_today_is_asked_once_more),
		WITH_SPOOL(a_tighter_policy_takes_back_what_waits),
		WITH_SPOOL(many_are_decided_in_steps),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
