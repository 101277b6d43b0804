/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_match_payload: payloads of a flow against patterns: sides, holes, the
 * budget, the quota, and indicators that change meanwhile.
 */
#include "engine/payload.h"

#include "engine/set_over.h"
#include "tests/capture/made_db.h"

#define STREAMS 2

struct bench {
	struct nrs_set *sets[2];
	struct nrs_db *dbs[2];
	struct nrs_counters counters;
	struct nrs_match_sink sink;
	struct nrs_matcher *matcher;
	struct nrs_slab kept, streams;
	struct nrs_txn flow;
	struct nrs_payload_room room;
	struct nrs_payload *side[2];
	unsigned int hits;
	enum nrs_field field;
	int64_t offset;
};

static void on_hit(void *ctx, const struct nrs_hit *hit)
{
	struct bench *b = ctx;

	b->hits++;
	b->field = hit->values[0].field;
	assert_int_equal(hit->values[0].value.len, sizeof(b->offset));
	memcpy(&b->offset, hit->values[0].value.ptr, sizeof(b->offset));
}

static void begin(struct bench *b, const char *pattern)
{
	memset(b, 0, sizeof(*b));
	b->dbs[0] = build(&b->sets[0], pattern, 1);
	assert_string_equal(nrs_set_reason(b->sets[0], 0), "");
	b->sink = (struct nrs_match_sink){.ctx = b, .hit = on_hit};
	assert_int_equal(nrs_slab_init(&b->kept, NRS_KEPT_BYTES, 64), NRS_OK);
	assert_int_equal(nrs_slab_init(&b->streams, NRS_PAYLOAD_BYTES, STREAMS),
			 NRS_OK);
	assert_int_equal(nrs_matcher_new(&b->matcher, b->dbs[0], 0, &b->sink,
					 &b->counters),
			 NRS_OK);
	assert_true(nrs_matcher_has_payloads(b->matcher));
	nrs_matcher_at(b->matcher, 1, &b->kept);
	nrs_txn_begin(&b->flow, &b->flow, NRS_TXN_FLOW, 0, 1);
	(void)nrs_txn_renew(b->matcher, &b->flow);
	b->room = (struct nrs_payload_room){
		.flow = &b->flow, .streams = &b->streams, .budget = 100};
}

static void end(struct bench *b)
{
	for (unsigned int side = 0; side < 2; side++)
		nrs_payload_end(b->matcher, &b->room, side, &b->side[side]);
	nrs_txn_end(b->matcher, &b->flow);
	assert_int_equal(b->kept.taken, 0);
	assert_int_equal(b->streams.taken, 0);
	nrs_matcher_free(b->matcher);
	nrs_slab_fini(&b->kept);
	nrs_slab_fini(&b->streams);
	for (unsigned int i = 0; i < 2; i++) {
		nrs_db_free(b->dbs[i]);
		nrs_set_free(b->sets[i]);
	}
}

static bool give(struct bench *b, unsigned int side, const char *octets)
{
	return nrs_payload_octets(b->matcher, &b->room, side, &b->side[side],
				  nrs_span_of(octets));
}

#define EVIL "[artifact:payload_bin MATCHES 'evil']"

static void a_match_over_two_pieces_fires_once_with_its_offset(void **state)
{
	struct bench b;

	(void)state;
	begin(&b, EVIL);
	assert_true(give(&b, 1, "an ev"));
	assert_int_equal(b.hits, 0);
	assert_true(give(&b, 1, "il one, evil again"));
	assert_int_equal(b.hits, 1);
	assert_int_equal(b.field, NRS_F_DST_PAYLOAD);
	assert_int_equal(b.offset, 7);
	assert_true(give(&b, 0, "evil")); /* the same transaction */
	end(&b);
	assert_int_equal(b.hits, 1);
}

static void each_side_has_its_own_reference(void **state)
{
	struct bench b;

	(void)state;
	begin(&b, "[network-traffic:src_payload_ref.payload_bin "
		  "MATCHES 'evil']");
	(void)give(&b, 1, "evil");
	assert_int_equal(b.hits, 0);
	(void)give(&b, 0, "evil");
	assert_int_equal(b.hits, 1);
	end(&b);
}

static void both_tests_of_an_artifact_are_of_one_side(void **state)
{
	const char *pattern = "[artifact:payload_bin MATCHES 'good' AND "
			      "artifact:payload_bin MATCHES 'evil']";
	struct bench b;

	(void)state;
	begin(&b, pattern);
	(void)give(&b, 0, "good");
	(void)give(&b, 1, "evil");
	assert_int_equal(b.hits, 0);
	(void)give(&b, 0, " and evil");
	assert_int_equal(b.hits, 1);
	end(&b);
}

static void what_only_the_end_tells_fires_then(void **state)
{
	struct bench b;

	(void)state;
	begin(&b, "[artifact:payload_bin = h'00ff']");
	assert_true(nrs_payload_octets(b.matcher, &b.room, 0, &b.side[0],
				       nrs_span("\0\xff", 2)));
	assert_int_equal(b.hits, 0);
	end(&b);
	assert_int_equal(b.hits, 1);
}

static void behind_a_hole_nothing_begins(void **state)
{
	struct bench b;

	(void)state;
	begin(&b, "[artifact:payload_bin MATCHES '^evil']");
	(void)give(&b, 0, "x");
	nrs_payload_gap(b.matcher, b.side[0], 3);
	(void)give(&b, 0, "evil");
	end(&b);
	assert_int_equal(b.hits, 0);
	assert_int_equal(b.counters.value[NRS_C_PAYLOAD_GAPS], 1);

	begin(&b, EVIL);
	(void)give(&b, 0, "ev");
	nrs_payload_gap(b.matcher, b.side[0], 3);
	(void)give(&b, 0, "il"); /* not together with what came before */
	assert_int_equal(b.hits, 0);
	(void)give(&b, 0, "evil");
	assert_int_equal(b.offset, 2 + 3 + 2 + 4);
	end(&b);
	assert_int_equal(b.hits, 1);
}

static void no_more_than_the_budget_is_looked_at(void **state)
{
	struct bench b;

	(void)state;
	begin(&b, "[artifact:payload_bin MATCHES 'evil|one$']");
	b.room.budget = 8;
	assert_true(give(&b, 0, "some "));
	assert_false(give(&b, 0, "one evil"));
	assert_null(b.side[0]);
	end(&b);
	assert_int_equal(b.hits, 0); /* and nobody knows where it ends */
	assert_int_equal(b.counters.value[NRS_C_PAYLOAD_BUDGET], 1);
	assert_int_equal(b.counters.value[NRS_C_PAYLOAD], 8);
}

static void above_the_quota_is_a_blind_spot_and_counted(void **state)
{
	struct nrs_payload *third = NULL;
	struct bench b;

	(void)state;
	begin(&b, EVIL);
	assert_true(give(&b, 0, "a"));
	assert_true(give(&b, 1, "b"));
	assert_false(nrs_payload_octets(b.matcher, &b.room, 0, &third,
					nrs_span_of("evil")));
	assert_null(third);
	end(&b);
	assert_int_equal(b.hits, 0);
	assert_int_equal(b.counters.value[NRS_C_PAYLOAD_NO_ROOM], 1);
}

static void a_stream_of_older_indicators_is_dropped(void **state)
{
	struct bench b;

	(void)state;
	begin(&b, EVIL);
	(void)give(&b, 0, "ev");
	b.dbs[1] = build(&b.sets[1],
			 "[artifact:payload_bin MATCHES 'evil|^one']", 2);
	nrs_matcher_adopt(b.matcher, b.dbs[1]);
	nrs_db_free(b.dbs[0]); /* nothing may touch it any more */
	nrs_set_free(b.sets[0]);
	b.dbs[0] = NULL;
	b.sets[0] = NULL;
	(void)nrs_txn_renew(b.matcher, &b.flow);
	nrs_payload_gap(b.matcher, b.side[0], 1);
	(void)give(&b, 0, "il");
	(void)give(&b, 1, "one"); /* and this side begins with it */
	assert_int_equal(b.hits, 1);
	assert_int_equal(b.counters.value[NRS_C_PAYLOAD_RENEWED], 1);
	end(&b);
}

static void late_questions_know_no_beginning(void **state)
{
	struct bench b;

	(void)state;
	begin(&b, "[artifact:payload_bin MATCHES '^evil']");
	b.room.is_late = true;
	(void)give(&b, 0, "evil");
	end(&b);
	assert_int_equal(b.hits, 0);
}

static void a_datagram_is_an_artifact(void **state)
{
	struct nrs_payload_datagram d = {.octets = nrs_span_of("good"),
					 .number = 1};
	struct bench b;

	(void)state;
	begin(&b, "[artifact:payload_bin = 'evil']");
	nrs_payload_datagram(b.matcher, &b.flow, &d);
	d.octets = nrs_span_of("evil");
	d.is_cut = true; /* there was more */
	nrs_payload_datagram(b.matcher, &b.flow, &d);
	assert_int_equal(b.hits, 0);
	d.is_cut = false;
	nrs_payload_datagram(b.matcher, &b.flow, &d);
	end(&b);
	assert_int_equal(b.hits, 1);
	assert_int_equal(b.offset, 4);

	begin(&b, "[artifact:payload_bin MATCHES 'good' AND "
		  "artifact:payload_bin MATCHES 'evil']");
	nrs_payload_datagram(b.matcher, &b.flow, &d);
	d.octets = nrs_span_of("good");
	d.number = 2;
	nrs_payload_datagram(b.matcher, &b.flow, &d);
	assert_int_equal(b.hits, 0);
	d.octets = nrs_span_of("good, not evil");
	d.number = 3;
	nrs_payload_datagram(b.matcher, &b.flow, &d);
	assert_int_equal(b.hits, 1);
	end(&b);
}

/* @pattern came later than what @b has: compiled aside, over it. */
static struct nrs_db *add_later(struct bench *b, const char *pattern,
				struct nrs_set **set)
{
	const struct nrs_build_options options = {.seats = 1, .generation = 2};
	const struct nrs_indicator item = {.id = nrs_span_of("indicator--2"),
					   .pattern = nrs_span_of(pattern),
					   .valid_from_ns = NRS_TIME_MIN,
					   .valid_until_ns = NRS_TIME_MAX,
					   .confidence = -1,
					   .version = NRS_STIX_21};
	struct nrs_db *delta = NULL, *both = NULL;
	uint32_t source;
	bool is_stale;

	assert_int_equal(nrs_set_over(set, b->sets[0]), NRS_OK);
	assert_int_equal(nrs_set_source(*set, nrs_span_of("u"),
					nrs_span_of("u"), &source),
			 NRS_OK);
	assert_int_equal(nrs_set_add(*set, &item), NRS_OK);
	assert_int_equal(nrs_set_settle_over(*set, &is_stale), NRS_OK);
	assert_int_equal(nrs_db_build(&delta, *set, &options), NRS_OK);
	assert_int_equal(nrs_db_over(&both, b->dbs[0], delta, *set, 2), NRS_OK);
	return both;
}

static void what_came_later_is_asked_beside_the_rest(void **state)
{
	struct nrs_set *set = NULL;
	struct bench b;

	(void)state;
	begin(&b, EVIL);
	struct nrs_db *both =
		add_later(&b, "[artifact:payload_bin MATCHES 'worse']", &set);
	nrs_matcher_adopt(b.matcher, both);
	(void)nrs_txn_renew(b.matcher, &b.flow);
	(void)give(&b, 0, "evil and wor");
	assert_int_equal(b.hits, 1);
	(void)give(&b, 0, "se");
	assert_int_equal(b.hits, 2);
	assert_int_equal(b.counters.value[NRS_C_PAYLOAD], 14);
	end(&b);
	nrs_db_free(both);
	nrs_set_free(set);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			a_match_over_two_pieces_fires_once_with_its_offset),
		cmocka_unit_test(each_side_has_its_own_reference),
		cmocka_unit_test(both_tests_of_an_artifact_are_of_one_side),
		cmocka_unit_test(what_only_the_end_tells_fires_then),
		cmocka_unit_test(behind_a_hole_nothing_begins),
		cmocka_unit_test(no_more_than_the_budget_is_looked_at),
		cmocka_unit_test(above_the_quota_is_a_blind_spot_and_counted),
		cmocka_unit_test(a_stream_of_older_indicators_is_dropped),
		cmocka_unit_test(late_questions_know_no_beginning),
		cmocka_unit_test(a_datagram_is_an_artifact),
		cmocka_unit_test(what_came_later_is_asked_beside_the_rest),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
