/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_spool: what is in it stays, once; what a hub said of it; what goes when
 * there is no room.
 */
#include "sightings/spool_send.h"
#include "tests/base/made_store.h"

#define MARKING                                                                \
	"{\"type\":\"marking-definition\",\"spec_version\":\"2.1\","           \
	"\"id\":\"marking-definition--1\"}"

struct bench {
	struct made_store disk;
	struct nrs_spool *spool;
	struct nrs_spool_batch batch;
};

static void new_spool(struct bench *b, uint64_t bytes_max)
{
	const struct nrs_spool_limits limits = {.bytes_max = bytes_max};
	struct nrs_diag diag = {0};

	if (nrs_spool_new(&b->spool, b->disk.store, &limits, &diag) != NRS_OK)
		fail_msg("%s", diag.text);
}

static void open_again(struct bench *b, uint64_t bytes_max)
{
	nrs_spool_free(b->spool);
	made_store_close(&b->disk);
	made_store_open(&b->disk, &nrs_spool_schema);
	new_spool(b, bytes_max);
}

static int setup(void **state)
{
	struct bench *b = calloc(1, sizeof(*b));

	assert_non_null(b);
	made_store_begin(&b->disk, &nrs_spool_schema);
	new_spool(b, 0);
	*state = b;
	return 0;
}

static int teardown(void **state)
{
	struct bench *b = *state;

	nrs_spool_free(b->spool);
	nrs_text_fini(&b->batch.envelope);
	made_store_end(&b->disk);
	free(b);
	return 0;
}

static struct nrs_span hub(void)
{
	return nrs_span_of("isac-a");
}

/* Sighting number @n with a detail of @detail octets. */
static void put(struct bench *b, unsigned int n, enum nrs_spool_state state,
		enum nrs_class grade, size_t detail)
{
	char id[64], bare[512], whole[2048], fill[1024] = {0};

	assert_true(detail < sizeof(fill));
	memset(fill, 'x', detail);
	snprintf(id, sizeof(id), "sighting--%u", n);
	snprintf(bare, sizeof(bare),
		 MARKING ",{\"type\":\"sighting\",\"spec_version\":\"2.1\","
			 "\"id\":\"%s\"}",
		 id);
	snprintf(whole, sizeof(whole),
		 MARKING ",{\"type\":\"observed-data\",\"spec_version\":"
			 "\"2.1\",\"id\":\"observed-data--%u\",\"x\":\"%s\"},"
			 "{\"type\":\"sighting\",\"spec_version\":\"2.1\","
			 "\"id\":\"%s\"}",
		 n, fill, id);
	const struct nrs_spool_post post = {.audience = hub(),
					    .id = nrs_span_of(id),
					    .whole = nrs_span_of(whole),
					    .bare = nrs_span_of(bare),
					    .state = state,
					    .item = {.grade = grade},
					    .made_ns = n};
	assert_int_equal(nrs_spool_put(b->spool, &post, NULL), NRS_OK);
}

static uint64_t count(struct bench *b, enum nrs_spool_state state)
{
	struct nrs_spool_counts counts;

	assert_int_equal(nrs_spool_counts(b->spool, hub(), &counts, NULL),
			 NRS_OK);
	return counts.states[state];
}

static unsigned int batch(struct bench *b, unsigned int count_max,
			  size_t bytes_max)
{
	b->batch.count_max = count_max;
	b->batch.bytes_max = bytes_max;
	assert_int_equal(nrs_spool_batch(b->spool, hub(), &b->batch, NULL),
			 NRS_OK);
	return b->batch.count;
}

static bool has(const struct bench *b, const char *text)
{
	return nrs_span_find_text(nrs_text_span(&b->batch.envelope), text) !=
	       SIZE_MAX;
}

static int64_t accept(struct bench *b, const char *id)
{
	const struct nrs_spool_accepted accepted = {.audience = hub(),
						    .batch = &b->batch,
						    .id = nrs_span_of(id),
						    .now_ns = 1000};
	int64_t row = 0;

	assert_int_equal(nrs_spool_accepted(b->spool, &accepted, &row, NULL),
			 NRS_OK);
	return row;
}

static void the_same_id_is_never_two_objects(void **state)
{
	struct bench *b = *state;

	put(b, 1, NRS_SPOOL_QUEUED, NRS_CLASS_REPORT, 10);
	put(b, 1, NRS_SPOOL_QUEUED, NRS_CLASS_REPORT, 20);
	assert_int_equal(batch(b, 10, 100000), 1);
	assert_true(has(b, "\"xxxxxxxxxx\""));
	assert_int_equal(count(b, NRS_SPOOL_QUEUED), 1);
}

static void what_was_put_is_there_after_a_restart(void **state)
{
	struct bench *b = *state;

	put(b, 1, NRS_SPOOL_QUEUED, NRS_CLASS_REPORT, 10);
	put(b, 2, NRS_SPOOL_HELD, NRS_CLASS_REPORT, 10);
	open_again(b, 0);
	assert_int_equal(count(b, NRS_SPOOL_QUEUED), 1);
	assert_int_equal(count(b, NRS_SPOOL_HELD), 1);
}

static void an_envelope_holds_the_worst_first_and_each_object_once(void **st)
{
	struct bench *b = *st;

	put(b, 1, NRS_SPOOL_QUEUED, NRS_CLASS_WATCH, 10);
	put(b, 2, NRS_SPOOL_QUEUED, NRS_CLASS_URGENT, 10);
	put(b, 3, NRS_SPOOL_QUEUED, NRS_CLASS_REPORT, 10);
	assert_int_equal(batch(b, 2, 100000), 2);
	assert_true(has(b, "sighting--2") && has(b, "sighting--3"));
	assert_false(has(b, "sighting--1"));
	const struct nrs_span all = nrs_text_span(&b->batch.envelope);
	const size_t at = nrs_span_find_text(all, "\"type\":\"marking");
	assert_int_equal(nrs_span_find_text(nrs_span_from(all, at + 1),
					    "\"type\":\"marking"),
			 SIZE_MAX);
	assert_true(nrs_span_starts(all, "{\"objects\":[{"));
	assert_true(nrs_span_ends(all, "}]}"));
	/* By size: one at least. */
	assert_int_equal(batch(b, 10, 10), 1);
	assert_true(has(b, "sighting--2"));
}

static void a_sighting_is_gone_only_after_its_own_acknowledgement(void **st)
{
	struct nrs_taxii_item bad = {.id = nrs_span_of("sighting--2"),
				     .message = nrs_span_of("no such ref")};
	const struct nrs_taxii_status status = {.is_complete = true,
						.total = 2,
						.success = 1,
						.failure = 1,
						.failures = &bad};
	struct bench *b = *st;
	struct nrs_spool_status waiting;
	bool found = false;

	put(b, 1, NRS_SPOOL_QUEUED, NRS_CLASS_REPORT, 10);
	put(b, 2, NRS_SPOOL_QUEUED, NRS_CLASS_REPORT, 10);
	(void)batch(b, 10, 100000);
	const int64_t row = accept(b, "work_1");
	assert_int_equal(count(b, NRS_SPOOL_SENT), 2);
	assert_int_equal(batch(b, 10, 100000), 0);
	assert_int_equal(
		nrs_spool_status(b->spool, hub(), &waiting, &found, NULL),
		NRS_OK);
	assert_true(found && waiting.row == row);
	assert_string_equal(waiting.id, "work_1");
	assert_int_equal(nrs_spool_status_done(b->spool, row, &status, NULL),
			 NRS_OK);
	assert_int_equal(count(b, NRS_SPOOL_CONFIRMED), 1);
	assert_int_equal(count(b, NRS_SPOOL_FAILED), 1);
	put(b, 1, NRS_SPOOL_QUEUED, NRS_CLASS_REPORT, 10); /* remembered */
	assert_int_equal(count(b, NRS_SPOOL_QUEUED), 0);
	assert_int_equal(
		nrs_spool_status(b->spool, hub(), &waiting, &found, NULL),
		NRS_OK);
	assert_false(found);
}

static void failures_without_names_confirm_nothing(void **state)
{
	const struct nrs_taxii_status status = {
		.is_complete = true, .total = 2, .success = 1, .failure = 1};
	struct bench *b = *state;

	put(b, 1, NRS_SPOOL_QUEUED, NRS_CLASS_REPORT, 10);
	(void)batch(b, 10, 100000);
	assert_int_equal(
		nrs_spool_status_done(b->spool, accept(b, "w"), &status, NULL),
		NRS_OK);
	assert_int_equal(count(b, NRS_SPOOL_UNCONFIRMED), 1);
}

/* It says that two failed, and which one was: the others may be the second. */
static void
a_failure_without_a_name_among_named_ones_confirms_nothing(void **st)
{
	struct nrs_taxii_item bad = {.id = nrs_span_of("sighting--2"),
				     .message = nrs_span_of("no such ref")};
	const struct nrs_taxii_status status = {.is_complete = true,
						.total = 3,
						.success = 1,
						.failure = 2,
						.failures = &bad};
	struct bench *b = *st;

	for (unsigned int i = 1; i <= 3; i++)
		put(b, i, NRS_SPOOL_QUEUED, NRS_CLASS_REPORT, 10);
	(void)batch(b, 10, 100000);
	assert_int_equal(
		nrs_spool_status_done(b->spool, accept(b, "w"), &status, NULL),
		NRS_OK);
	assert_int_equal(count(b, NRS_SPOOL_CONFIRMED), 0);
	assert_int_equal(count(b, NRS_SPOOL_FAILED), 1);
	assert_int_equal(count(b, NRS_SPOOL_UNCONFIRMED), 2);
}

/* A row of these objects, a comma between. */
static void put_objects(struct bench *b, const char *id, const char *objects)
{
	const struct nrs_spool_post post = {.audience = hub(),
					    .id = nrs_span_of(id),
					    .whole = nrs_span_of(objects),
					    .bare = nrs_span_of(objects),
					    .state = NRS_SPOOL_QUEUED,
					    .item = {.grade = NRS_CLASS_REPORT},
					    .made_ns = 1};

	assert_int_equal(nrs_spool_put(b->spool, &post, NULL), NRS_OK);
}

#define PEER(marking)                                                          \
	"{\"type\":\"ipv4-addr\",\"spec_version\":\"2.1\","                    \
	"\"id\":\"ipv4-addr--1\"" marking "}"
#define SIGHTING(n)                                                            \
	",{\"type\":\"sighting\",\"spec_version\":\"2.1\","                    \
	"\"id\":\"sighting--" n "\"}"

#define GREEN                                                                  \
	",\"object_marking_refs\":[\"marking-definition--"                     \
	"bab4a63c-aed9-4cf5-a766-dfca5abac2bb\"]"
#define AMBER                                                                  \
	",\"object_marking_refs\":[\"marking-definition--"                     \
	"55d920b0-5e8b-4f79-9ee9-91f868d9b421\"]"

/* Of several sightings the same peer: in one it is the value that was looked
 * for, in others it is marked, which the envelope must not lose (rule 16). */
static void an_address_has_the_strictest_of_its_markings(void **state)
{
	static const char *const peers[] = {PEER(""), PEER(GREEN), PEER(AMBER)};
	struct bench *b = *state;

	for (unsigned int order = 0; order < 6; order++) {
		const unsigned int first = order % 3;
		const unsigned int second = (first + 1 + order / 3) % 3;
		const unsigned int turn[] = {first, second, 3 - first - second};

		for (unsigned int i = 0; i < 3; i++) {
			char id[32], objects[512];

			snprintf(id, sizeof(id), "sighting--%u%u", order, i);
			snprintf(objects, sizeof(objects),
				 "%s,{\"type\":\"sighting\",\"id\":\"%s\"}",
				 peers[turn[i]], id);
			put_objects(b, id, objects);
		}
		assert_int_equal(batch(b, 10, 100000), 3);
		assert_true(has(b, "[" PEER(AMBER) ",{"));
		assert_false(has(b, PEER("")) || has(b, GREEN));
		(void)accept(b, "1");
	}
}

static void a_damaged_row_stands_in_nobodys_way(void **state)
{
	struct bench *b = *state;

	put_objects(b, "sighting--1", "{\"type\":\"sighting\",\"id");
	put_objects(b, "sighting--2", PEER("") SIGHTING("2"));
	put_objects(b, "sighting--3", "\1\2");
	put_objects(b, "sighting--4", PEER("") SIGHTING("4"));
	assert_int_equal(batch(b, 10, 100000), 2);
	assert_true(has(b, "{\"objects\":[" PEER("") SIGHTING("2")
				   SIGHTING("4") "]}"));
	(void)accept(b, "1");
	assert_int_equal(count(b, NRS_SPOOL_FAILED), 2);
	assert_int_equal(count(b, NRS_SPOOL_QUEUED), 0);
}

static void a_status_that_vanished_is_posted_once_more(void **state)
{
	struct bench *b = *state;

	put(b, 1, NRS_SPOOL_QUEUED, NRS_CLASS_REPORT, 10);
	(void)batch(b, 10, 100000);
	assert_int_equal(nrs_spool_status_gone(b->spool, accept(b, "a"), NULL),
			 NRS_OK);
	assert_int_equal(batch(b, 10, 100000), 1);
	assert_true(has(b, "sighting--1"));
	assert_int_equal(nrs_spool_status_gone(b->spool, accept(b, "b"), NULL),
			 NRS_OK);
	assert_int_equal(count(b, NRS_SPOOL_UNCONFIRMED), 1);
}

static void too_large_loses_its_detail_before_it_is_quarantined(void **state)
{
	struct bench *b = *state;
	bool shorter = false;

	put(b, 1, NRS_SPOOL_QUEUED, NRS_CLASS_REPORT, 10);
	(void)batch(b, 10, 100000);
	assert_int_equal(nrs_spool_shorten(b->spool, b->batch.rows[0], &shorter,
					   nrs_span_of("413"), NULL),
			 NRS_OK);
	assert_true(shorter);
	(void)batch(b, 10, 100000);
	assert_false(has(b, "observed-data"));
	assert_true(has(b, "sighting--1"));
	assert_int_equal(nrs_spool_shorten(b->spool, b->batch.rows[0], &shorter,
					   nrs_span_of("413"), NULL),
			 NRS_OK);
	assert_false(shorter);
	assert_int_equal(count(b, NRS_SPOOL_FAILED), 1);
}

static void without_room_detail_goes_first_then_the_mildest(void **state)
{
	struct bench *b = *state;
	struct nrs_spool_losses losses;

	open_again(b, 60000);
	put(b, 0, NRS_SPOOL_QUEUED, NRS_CLASS_URGENT, 10);
	for (unsigned int i = 1; i < 1000; i++)
		put(b, i, NRS_SPOOL_QUEUED, NRS_CLASS_WATCH, 500);
	assert_int_equal(nrs_spool_losses(b->spool, &losses, NULL), NRS_OK);
	assert_true(losses.details > 0);
	assert_true(losses.sightings > 0);
	assert_int_equal(count(b, NRS_SPOOL_QUEUED) + losses.sightings, 1000);
	assert_int_equal(batch(b, 1, 100000), 1);
	assert_true(has(b, "sighting--0")); /* severity stays */
}

static void refusals_are_counted_by_rule(void **state)
{
	const struct nrs_share_verdict verdict = {.rule = 6, .text = "RED"};
	struct bench *b = *state;
	struct nrs_spool_counts counts;

	for (unsigned int i = 0; i < 3; i++)
		assert_int_equal(
			nrs_spool_refuse(b->spool, hub(), &verdict, i, NULL),
			NRS_OK);
	assert_int_equal(nrs_spool_counts(b->spool, hub(), &counts, NULL),
			 NRS_OK);
	assert_int_equal(counts.refused, 3);
}

static void an_audiences_key_stays_and_is_its_own(void **state)
{
	uint8_t first[NRS_SPOOL_KEY_LEN], again[NRS_SPOOL_KEY_LEN];
	struct bench *b = *state;

	assert_int_equal(nrs_spool_key(b->spool, hub(), first, NULL), NRS_OK);
	open_again(b, 0);
	assert_int_equal(nrs_spool_key(b->spool, hub(), again, NULL), NRS_OK);
	assert_memory_equal(first, again, sizeof(first));
	assert_int_equal(
		nrs_spool_key(b->spool, nrs_span_of("other"), again, NULL),
		NRS_OK);
	assert_memory_not_equal(first, again, sizeof(first));
}

#define NRS_T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		NRS_T(the_same_id_is_never_two_objects),
		NRS_T(what_was_put_is_there_after_a_restart),
		NRS_T(an_envelope_holds_the_worst_first_and_each_object_once),
		NRS_T(a_sighting_is_gone_only_after_its_own_acknowledgement),
		NRS_T(failures_without_names_confirm_nothing),
		NRS_T(a_failure_without_a_name_among_named_ones_confirms_nothing),
		NRS_T(an_address_has_the_strictest_of_its_markings),
		NRS_T(a_damaged_row_stands_in_nobodys_way),
		NRS_T(a_status_that_vanished_is_posted_once_more),
		NRS_T(too_large_loses_its_detail_before_it_is_quarantined),
		NRS_T(without_room_detail_goes_first_then_the_mildest),
		NRS_T(refusals_are_counted_by_rule),
		NRS_T(an_audiences_key_stays_and_is_its_own),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
