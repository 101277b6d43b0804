/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_emitter: records of several workers in one order; hits when their flow
 * ends, or at once; sides and directions.
 */
#include "sightings/emitter.h"

#include "engine/record_cost.h"
#include "tests/sightings/made_block.h"
#include "tests/sightings/one_indicator.h"

#define TOLD_MAX 16

struct told {
	unsigned int count, raises, flows;
	uint32_t txn[TOLD_MAX];
	enum nrs_outcome outcome[TOLD_MAX];
	enum nrs_outcome raised;
};

static int on_hit(void *ctx, const struct nrs_sighted *sighted)
{
	struct told *told = ctx;

	assert_true(told->count < TOLD_MAX);
	told->txn[told->count] = sighted->hit->txn_number;
	told->outcome[told->count++] = sighted->outcome;
	return NRS_OK;
}

static int on_raise(void *ctx, const struct nrs_record_flow *flow)
{
	struct told *told = ctx;

	told->raises++;
	told->raised = (enum nrs_outcome)flow->outcome;
	return NRS_OK;
}

static void on_flow(void *ctx, const struct nrs_record_flow *end)
{
	struct told *told = ctx;

	(void)end;
	told->flows++;
}

static struct nrs_emitter *make(struct told *told, unsigned int workers,
				bool at_once, uint32_t held_max)
{
	const struct nrs_emitter_options options = {.workers = workers,
						    .set = set,
						    .home = &home,
						    .held_max = held_max,
						    .at_once = at_once,
						    .ctx = told,
						    .hit = on_hit,
						    .raise = on_raise,
						    .flow = on_flow};
	struct nrs_emitter *emitter = NULL;

	memset(told, 0, sizeof(*told));
	assert_int_equal(nrs_emitter_new(&emitter, &options), NRS_OK);
	return emitter;
}

/* A hit of flow @flow; @txn tells it from others. */
static void hit(uint64_t ordinal, uint32_t flow, uint32_t txn)
{
	const size_t bytes =
		sizeof(struct nrs_record_hit) + sizeof(struct nrs_record_value);
	struct nrs_record_hit *h = record(bytes, NRS_RECORD_HIT, ordinal);

	h->flow.id = flow;
	h->flow.outcome = NRS_OUTCOME_ATTEMPTED;
	h->generation = 1;
	h->txn_number = txn;
	h->value_count = 1;
}

static void take(struct nrs_emitter *emitter)
{
	assert_int_equal(nrs_emitter_take(emitter, &block), NRS_OK);
	assert_int_equal(nrs_emitter_merge(emitter), NRS_OK);
}

static void hits_wait_for_the_end_of_their_flow(void **state)
{
	struct told told;
	struct nrs_emitter *emitter = make(&told, 1, false, 100);

	(void)state;
	begin(0, 10);
	hit(1, 7, 1);
	hit(2, 8, 2);
	flow_record(NRS_RECORD_RAISE, 3, 7, NRS_OUTCOME_ANSWERED);
	take(emitter);
	assert_int_equal(told.count, 0);
	begin(0, 20);
	flow_record(NRS_RECORD_FLOW_END, 12, 8, NRS_OUTCOME_BLOCKED);
	flow_record(NRS_RECORD_FLOW_END, 13, 7, NRS_OUTCOME_ESTABLISHED);
	take(emitter);
	assert_int_equal(told.count, 2);
	assert_int_equal(told.txn[0], 2);
	assert_int_equal(told.outcome[0], NRS_OUTCOME_BLOCKED);
	assert_int_equal(told.txn[1], 1);
	assert_int_equal(told.outcome[1], NRS_OUTCOME_ESTABLISHED);
	assert_int_equal(told.flows, 2);
	assert_int_equal(nrs_emitter_finish(emitter), NRS_OK);
	nrs_emitter_free(emitter);
}

static void no_record_passes_one_that_may_still_come(void **state)
{
	struct told told;
	struct nrs_emitter *emitter = make(&told, 2, true, 100);

	(void)state;
	begin(0, 10);
	hit(5, 1, 1);
	take(emitter);
	assert_int_equal(told.count, 0); /* worker 1 may be at 3 */
	assert_true(nrs_emitter_waits(emitter));
	begin(1, 4);
	hit(3, 2, 2);
	take(emitter);
	assert_int_equal(told.count, 1); /* 3; it may still send 4.5 */
	assert_int_equal(told.txn[0], 2);
	begin(1, 10);
	take(emitter);
	assert_int_equal(told.count, 2);
	assert_int_equal(told.txn[1], 1);
	assert_false(nrs_emitter_waits(emitter));
	nrs_emitter_free(emitter);
}

/* Its thread waits for a processor, or its clock was set back. */
static void a_silent_worker_is_not_waited_for_when_it_is_late(void **state)
{
	struct told told;
	struct nrs_emitter *emitter = make(&told, 2, true, 100);

	(void)state;
	begin(1, 4);
	take(emitter);
	begin(0, 10);
	hit(5, 1, 1);
	take(emitter);
	const uint64_t looked = nrs_emitter_newest(emitter);
	assert_int_equal(looked, 10);
	begin(0, 20);
	hit(15, 1, 2);
	take(emitter);
	assert_int_equal(told.count, 0);
	nrs_emitter_hurry(emitter, looked);
	assert_int_equal(nrs_emitter_merge(emitter), NRS_OK);
	assert_int_equal(told.count, 1); /* not yet the one since the look */
	assert_int_equal(told.txn[0], 1);
	assert_int_equal(nrs_emitter_hurried(emitter), 1);
	begin(1, 30); /* it is late, and told all the same */
	hit(4, 2, 3);
	take(emitter);
	assert_int_equal(told.count, 3);
	assert_int_equal(told.txn[1], 3);
	assert_int_equal(told.txn[2], 2);
	assert_int_equal(nrs_emitter_hurried(emitter), 1);
	nrs_emitter_free(emitter);
}

static void offline_every_worker_is_waited_for(void **state)
{
	struct told told;
	struct nrs_emitter *emitter = make(&told, 2, false, 100);

	(void)state;
	begin(0, 10);
	hit(1, 7, 1);
	flow_record(NRS_RECORD_FLOW_END, 2, 7, NRS_OUTCOME_BLOCKED);
	take(emitter);
	nrs_emitter_hurry(emitter, 10);
	assert_int_equal(nrs_emitter_merge(emitter), NRS_OK);
	assert_int_equal(told.count, 0);
	assert_int_equal(nrs_emitter_finish(emitter), NRS_OK);
	assert_int_equal(told.count, 1);
	nrs_emitter_free(emitter);
}

static void part(uint64_t ordinal, uint32_t txn, uint32_t number)
{
	struct nrs_record_hit *p = record(sizeof(*p), NRS_RECORD_PART, ordinal);

	p->flow.id = txn;
	p->generation = 1;
	p->txn_number = txn;
	p->txn_start_ns = p->txn_end_ns = (int64_t)ordinal;
	p->part = number;
}

/* The wire is silent afterwards: no record comes that would be the next. */
static void live_several_observations_are_decided_on_a_quiet_wire(void **state)
{
	const struct nrs_indicator item = {
		.id = nrs_span_of("indicator--2"),
		.pattern = nrs_span_of("[domain-name:value = 'a.example'] AND "
				       "[domain-name:value = 'b.example']"),
		.version = NRS_STIX_21,
		.confidence = -1};
	struct nrs_set *const before = set;
	struct told told;

	(void)state;
	assert_int_equal(open_set_of(&item), 0);
	struct nrs_emitter *emitter = make(&told, 2, true, 100);
	begin(1, 2); /* the other one may still send what is earlier */
	take(emitter);
	begin(0, 10);
	part(1, 1, 1);
	part(3, 2, 2);
	take(emitter);
	assert_int_equal(told.count, 0);
	assert_true(nrs_emitter_needs(emitter, 1));
	begin(1, 10);
	take(emitter);
	assert_int_equal(told.count, 1);
	/* and nobody waits for that generation any more */
	assert_false(nrs_emitter_needs(emitter, 1));
	nrs_emitter_free(emitter);
	nrs_set_free(set);
	set = before;
}

static int on_logged(void *ctx, const struct nrs_record *record)
{
	unsigned int *count = ctx;

	*count += record->kind == NRS_RECORD_COST;
	return NRS_OK;
}

static void a_cost_needs_the_set_that_it_is_of(void **state)
{
	unsigned int count = 0;
	const struct nrs_emitter_options options = {.workers = 1,
						    .home = &home,
						    .at_once = true,
						    .ctx = &count,
						    .logged = on_logged};
	struct nrs_emitter *emitter = NULL;

	(void)state;
	assert_int_equal(nrs_emitter_new(&emitter, &options), NRS_OK);
	begin(0, 10);
	struct nrs_record_cost *cost =
		record(sizeof(*cost), NRS_RECORD_COST, 1);
	cost->cost.generation = 3;
	assert_int_equal(nrs_emitter_take(emitter, &block), NRS_OK);
	assert_true(nrs_emitter_needs(emitter, 3));
	assert_false(nrs_emitter_needs(emitter, 0));
	assert_int_equal(nrs_emitter_merge(emitter), NRS_OK);
	assert_int_equal(count, 1);
	assert_false(nrs_emitter_needs(emitter, 3));
	nrs_emitter_free(emitter);
}

static void live_hits_go_out_at_once_and_rises_follow(void **state)
{
	struct told told;
	struct nrs_emitter *emitter = make(&told, 1, true, 100);

	(void)state;
	begin(0, 10);
	hit(1, 7, 1);
	flow_record(NRS_RECORD_RAISE, 2, 7, NRS_OUTCOME_ANSWERED);
	assert_int_equal(nrs_emitter_take(emitter, &block), NRS_OK);
	assert_true(nrs_emitter_needs(emitter, 1));
	assert_false(nrs_emitter_needs(emitter, 2));
	assert_int_equal(nrs_emitter_merge(emitter), NRS_OK);
	assert_false(nrs_emitter_needs(emitter, 1));
	assert_int_equal(told.count, 1);
	assert_int_equal(told.outcome[0], NRS_OUTCOME_ATTEMPTED);
	assert_int_equal(told.raises, 1);
	assert_int_equal(told.raised, NRS_OUTCOME_ANSWERED);
	nrs_emitter_free(emitter);
}

static void too_many_that_wait_go_early_and_are_counted(void **state)
{
	struct told told;
	struct nrs_emitter *emitter = make(&told, 1, false, 2);

	(void)state;
	begin(0, 10);
	for (uint32_t i = 1; i <= 3; i++)
		hit(i, 7, i);
	take(emitter);
	assert_int_equal(told.count, 3);
	assert_int_equal(nrs_emitter_early(emitter), 3);
	assert_int_equal(told.flows, 0);
	begin(0, 20);
	flow_record(NRS_RECORD_FLOW_END, 12, 7, NRS_OUTCOME_ANSWERED);
	take(emitter);
	assert_int_equal(told.count, 3); /* none twice */
	assert_int_equal(told.flows, 1);
	nrs_emitter_free(emitter);
}

static void sides_follow_the_home_networks(void **state)
{
	static const struct {
		const char *src, *dst;
		enum nrs_direction direction;
		bool own_is_src;
	} rows[] = {
		{"10.0.0.1", "192.0.2.1", NRS_DIRECTION_OUT, true},
		{"192.0.2.1", "10.0.0.1", NRS_DIRECTION_IN, false},
		{"10.0.0.1", "10.0.0.2", NRS_DIRECTION_LATERAL, true},
		{"192.0.2.1", "192.0.2.2", NRS_DIRECTION_TRANSIT, true},
		{"fd00::1", "2001:db8::1", NRS_DIRECTION_OUT, true},
		{"2001:db8::1", "fe80::1", NRS_DIRECTION_IN, false},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct nrs_record_hit h = {0};
		struct nrs_sighted sighted;

		assert_int_equal(
			nrs_addr_parse(nrs_span_of(rows[i].src), &h.flow.src),
			NRS_OK);
		assert_int_equal(
			nrs_addr_parse(nrs_span_of(rows[i].dst), &h.flow.dst),
			NRS_OK);
		nrs_sighted_read(&sighted, &h, set, &home);
		if (sighted.direction != rows[i].direction ||
		    (rows[i].direction != NRS_DIRECTION_TRANSIT &&
		     sighted.own_is_src != rows[i].own_is_src))
			fail_msg("%s to %s: %s", rows[i].src, rows[i].dst,
				 nrs_direction_name(sighted.direction));
	}
}

static void home_networks_are_a_list(void **state)
{
	struct nrs_home_nets nets;

	(void)state;
	assert_int_equal(nrs_home_nets_parse(
				 &nets, nrs_span_of("192.0.2.0/24, ::1/128")),
			 NRS_OK);
	assert_int_equal(nets.count, 2);
	assert_int_equal(
		nrs_home_nets_parse(&nets, nrs_span_of("192.0.2.0/33")),
		NRS_E_RANGE);
	assert_int_not_equal(nrs_home_nets_parse(&nets, nrs_span_of("")),
			     NRS_OK);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(hits_wait_for_the_end_of_their_flow),
		cmocka_unit_test(no_record_passes_one_that_may_still_come),
		cmocka_unit_test(
			a_silent_worker_is_not_waited_for_when_it_is_late),
		cmocka_unit_test(offline_every_worker_is_waited_for),
		cmocka_unit_test(a_cost_needs_the_set_that_it_is_of),
		cmocka_unit_test(live_hits_go_out_at_once_and_rises_follow),
		cmocka_unit_test(
			live_several_observations_are_decided_on_a_quiet_wire),
		cmocka_unit_test(too_many_that_wait_go_early_and_are_counted),
		cmocka_unit_test(sides_follow_the_home_networks),
		cmocka_unit_test(home_networks_are_a_list),
	};

	return cmocka_run_group_tests(tests, open_set, close_set);
}
