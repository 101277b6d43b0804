/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_flow: who is client, what is found again, what times out when.
 */
#include "capture/decode/decode.h"
#include "capture/decode/flow.h"
#include "tests/capture/frames.h"

#define SECOND INT64_C(1000000000)
#define FLOWS 64

static struct nrs_flow_table table;
static struct nrs_flow_shard shard;
static struct nrs_hash_key key;

static int setup(void **state)
{
	(void)state;
	nrs_hash_key_init(&key, 0);
	memset(&shard, 0, sizeof(shard));
	return nrs_flow_table_init(&table, FLOWS) |
	       nrs_slab_init(&shard.flows, sizeof(struct nrs_flow), FLOWS);
}

static int teardown(void **state)
{
	(void)state;
	nrs_flow_table_fini(&table);
	nrs_slab_fini(&shard.flows);
	return 0;
}

static struct frame kept; /* datagrams point into it */

/* A segment between hosts @from and 2, or the other way round. */
static struct nrs_datagram tcp(uint8_t from, uint16_t from_port,
			       uint16_t to_port, uint8_t flags, int64_t ts_ns)
{
	struct nrs_datagram d;

	frame_tcp(&kept, &(struct frame_tcp){.from = from,
					     .to = from == 2 ? 1 : 2,
					     .from_port = from_port,
					     .to_port = to_port,
					     .flags = flags});
	const struct nrs_packet packet = frame_packet(&kept, 0, ts_ns);
	assert_int_equal(frame_decode(&d, &packet, &key), 1);
	return d;
}

static struct nrs_flow *add(struct nrs_datagram d, unsigned int *side)
{
	struct nrs_flow *flow = nrs_flow_add(&table, &shard, &d, side);

	assert_non_null(flow);
	return flow;
}

/* contracts.md section 8: SYN; else SYN/ACK reversed; else the lower
 * well-known port is the server; else who was seen first. */
static void roles_follow_the_first_packet(void **state)
{
	static const struct {
		const char *name;
		uint16_t from, to;
		uint8_t flags;
		unsigned int side; /* of the sender; 0: the client */
	} rows[] = {
		{"SYN", 50000, 80, 0x02, 0},
		{"SYN from a low port", 80, 50000, 0x02, 0},
		{"SYN/ACK", 80, 50000, 0x12, 1},
		{"data from a well-known port", 80, 50000, 0x18, 1},
		{"data to a well-known port", 50000, 80, 0x18, 0},
		{"two well-known ports", 443, 80, 0x10, 0},
		{"two high ports", 50000, 40000, 0x10, 0},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		unsigned int side = 9;
		struct nrs_flow *flow =
			add(tcp((uint8_t)(10 + i), rows[i].from, rows[i].to,
				rows[i].flags, SECOND),
			    &side);

		if (side != rows[i].side ||
		    flow->info.src_port !=
			    (side == 0 ? rows[i].from : rows[i].to))
			fail_msg("%s", rows[i].name);
		nrs_flow_remove(&table, &shard, flow);
	}
}

static void a_flow_is_found_from_both_sides_and_no_other_is(void **state)
{
	unsigned int side = 9;

	(void)state;
	struct nrs_flow *flow = add(tcp(1, 50000, 80, 2, SECOND), &side);
	struct nrs_datagram there = tcp(1, 50000, 80, 0x10, SECOND);
	assert_ptr_equal(nrs_flow_find(&table, &there, &side), flow);
	assert_int_equal(side, 0);
	struct nrs_datagram back = tcp(2, 80, 50000, 0x10, SECOND);
	assert_ptr_equal(nrs_flow_find(&table, &back, &side), flow);
	assert_int_equal(side, 1);
	struct nrs_datagram other = tcp(2, 80, 50001, 0x10, SECOND);
	assert_null(nrs_flow_find(&table, &other, &side));
	/* the same ports the other way round are another conversation */
	struct nrs_datagram turned = tcp(1, 80, 50000, 0x10, SECOND);
	assert_null(nrs_flow_find(&table, &turned, &side));
	nrs_flow_remove(&table, &shard, flow);
	assert_null(nrs_flow_find(&table, &there, &side));
	assert_int_equal(shard.flows.taken, 0);
}

static void a_full_shard_says_so_and_names_its_oldest(void **state)
{
	struct nrs_flow *first = NULL;
	unsigned int side;

	(void)state;
	for (uint16_t i = 0; i < FLOWS; i++) {
		struct nrs_flow *flow = add(
			tcp(1, (uint16_t)(50000 + i), 80, 2, SECOND), &side);

		if (i == 0)
			first = flow;
	}
	struct nrs_datagram more = tcp(1, 60000, 80, 2, SECOND);
	assert_null(nrs_flow_add(&table, &shard, &more, &side));
	assert_ptr_equal(nrs_flow_oldest(&shard), first);
	while (nrs_flow_oldest(&shard) != NULL)
		nrs_flow_remove(&table, &shard, nrs_flow_oldest(&shard));
	assert_int_equal(shard.flows.taken, 0);
}

static void silence_ends_a_flow_after_its_time(void **state)
{
	unsigned int side;
	struct nrs_flow *flow;

	(void)state;
	shard.wheel_ns = 0;
	shard.position = 0;
	flow = add(tcp(1, 50000, 80, 2, 100 * SECOND), &side);
	assert_int_equal(nrs_flow_timeout_ns(flow), 60 * SECOND);
	assert_null(nrs_flow_expired(&shard, 100 * SECOND));
	assert_null(nrs_flow_expired(&shard, 140 * SECOND));
	/* a packet later it has its time again */
	flow->last_ns = 150 * SECOND;
	assert_null(nrs_flow_expired(&shard, 170 * SECOND));
	/* answered it may be silent for longer */
	flow->info.outcome = NRS_OUTCOME_ANSWERED;
	assert_int_equal(nrs_flow_timeout_ns(flow), 600 * SECOND);
	assert_null(nrs_flow_expired(&shard, 700 * SECOND));
	/* the wheel turns in steps of 8 s: over at the latest two steps later
	 */
	assert_ptr_equal(nrs_flow_expired(&shard, 766 * SECOND), flow);
	nrs_flow_remove(&table, &shard, flow);
	assert_null(nrs_flow_expired(&shard, 5000 * SECOND));
}

/* One packet of the year 2086 among those of today, in each of many shards:
 * the wheel does not walk there in steps of seconds. */
static void a_clock_far_ahead_is_reached_at_once(void **state)
{
	const int64_t today = 1772366400 * SECOND, far = 3681069008 * SECOND;
	unsigned int side;

	(void)state;
	for (unsigned int i = 0; i < 256; i++) {
		shard.wheel_ns = 0;
		shard.position = (uint8_t)(i % NRS_WHEEL_BUCKETS);
		struct nrs_flow *early = add(tcp(1, 1025, 80, 2, today), &side);
		struct nrs_flow *late = add(tcp(1, 1026, 80, 2, far), &side);

		assert_ptr_equal(nrs_flow_expired(&shard, far), early);
		nrs_flow_remove(&table, &shard, early);
		assert_null(nrs_flow_expired(&shard, far));
		assert_ptr_equal(nrs_flow_expired(&shard, far + 80 * SECOND),
				 late);
		nrs_flow_remove(&table, &shard, late);
	}
}

/* What came before the step stands in the future: it is over at its time all
 * the same, and lasted as long as it did. */
static void a_clock_that_is_set_back_takes_flows_along(void **state)
{
	const int64_t before = 86500 * SECOND, now = 100 * SECOND;
	unsigned int side;

	(void)state;
	shard.wheel_ns = 0;
	shard.position = 0;
	struct nrs_flow *flow = add(tcp(1, 1025, 80, 2, before), &side);

	flow->last_ns = before + 7 * SECOND;
	nrs_flow_set_back(&shard, now);
	assert_int_equal(flow->last_ns, now);
	assert_int_equal(flow->info.start_ns, now - 7 * SECOND);
	assert_null(nrs_flow_expired(&shard, now + 59 * SECOND));
	assert_ptr_equal(nrs_flow_expired(&shard, now + 76 * SECOND), flow);
	nrs_flow_remove(&table, &shard, flow);
	nrs_flow_set_back(&shard, now);
	assert_null(nrs_flow_oldest(&shard));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(roles_follow_the_first_packet,
						setup, teardown),
		cmocka_unit_test_setup_teardown(
			a_flow_is_found_from_both_sides_and_no_other_is, setup,
			teardown),
		cmocka_unit_test_setup_teardown(
			a_full_shard_says_so_and_names_its_oldest, setup,
			teardown),
		cmocka_unit_test_setup_teardown(
			silence_ends_a_flow_after_its_time, setup, teardown),
		cmocka_unit_test_setup_teardown(
			a_clock_far_ahead_is_reached_at_once, setup, teardown),
		cmocka_unit_test_setup_teardown(
			a_clock_that_is_set_back_takes_flows_along, setup,
			teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
