/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_worker_tunnel: what tunnels carry is matched, their ends are, and a hit
 * says which tunnels it was in: at a packet, at a tick, of a packet that
 * another worker received, and of a flow that the kernel told of.
 */
#include "capture/handover.h"
#include "tests/capture/made_worker.h"

/* The same in an IP-in-IP tunnel from 192.0.2.8 to .9 */
static void add_tunnelled(struct bench *b, const struct frame_tcp *tcp,
			  int64_t ts_ns)
{
	struct frame inner, *f = &b->frames[b->count++];
	struct nrs_counters counters = {0};

	assert_true(b->count <= FRAMES_MAX);
	frame_tcp(&inner, tcp);
	frame_ipv4(f, 4, 8, 9, inner.len - 14);
	frame_put(f, inner.bytes + 14, inner.len - 14);
	const struct nrs_packet packet = frame_packet(f, b->ordinal++, ts_ns);
	assert_int_equal(nrs_round_add(&b->round, &packet, &b->key, b->defrag,
				       &counters),
			 2);
	assert_int_equal(counters.value[NRS_C_TUNNELLED], 1);
}

static void a_hit_shows_the_tunnel_around_its_packet(void **state)
{
	struct bench *b = begin("[network-traffic:src_port = 50000 AND "
				"network-traffic:dst_ref.value = '192.0.2.2']");

	(void)state;
	/* the answer is seen first: sides are those of the flow inside */
	add_tunnelled(b, &(struct frame_tcp){S2C, .seq = 90, .flags = 0x12},
		      SECOND);
	step(b, SECOND, true);
	assert_int_equal(b->hits, 1);
	assert_int_equal(b->outer_count, 1);
	assert_int_equal(b->outers[0].proto, 4);
	assert_int_equal(b->outers[0].src.bytes[15], 9);
	assert_int_equal(b->outers[0].dst.bytes[15], 8);
	/* without one there is none */
	add(b, &(struct frame_tcp){C2S, .seq = 10, .flags = 2}, SECOND);
	step(b, SECOND, true);
	assert_int_equal(b->hits, 2);
	assert_int_equal(b->outer_count, 0);
	end(b);
}

static void request_in_a_tunnel(struct bench *b)
{
	add_tunnelled(b, &(struct frame_tcp){C2S, .seq = 10, .flags = 2},
		      SECOND);
	add_tunnelled(b,
		      &(struct frame_tcp){C2S, .seq = 11, .flags = 0x18,
					  .payload = "GET / HTTP/1.1\r\n"
						     "Host: c2.example\r\n"
						     "\r\n"},
		      SECOND);
	step(b, SECOND, true);
	assert_int_equal(counted(b, NRS_C_FLOWS), 2);
}

static void what_a_tunnel_carries_is_matched(void **state)
{
	struct bench *b = begin("[domain-name:value = 'c2.example']");

	(void)state;
	request_in_a_tunnel(b);
	assert_int_equal(b->hits, 1);
	end(b);
}

/* The tunnel is a flow of its own: its ends fire once, not per inner flow. */
static void the_ends_of_a_tunnel_are_matched(void **state)
{
	struct bench *b = begin("[ipv4-addr:value = '192.0.2.9']");

	(void)state;
	request_in_a_tunnel(b);
	assert_int_equal(b->hits, 1);
	assert_int_equal(b->outcome, NRS_OUTCOME_ATTEMPTED);
	end(b);
}

/* The tunnel of add_tunnelled, seen from the client inside it. */
static void assert_in_tunnel(const struct bench *b)
{
	assert_int_equal(b->outer_count, 1);
	assert_int_equal(b->outers[0].proto, 4);
	assert_int_equal(b->outers[0].src.bytes[15], 8);
	assert_int_equal(b->outers[0].dst.bytes[15], 9);
}

#define WHOLE_FLOW                                                             \
	"[network-traffic:src_packets = 1 AND network-traffic:src_port = "     \
	"50000]"

static void a_hit_at_a_tick_shows_the_tunnel_of_its_flow(void **state)
{
	struct bench *b = begin(WHOLE_FLOW);
	const struct frame_tcp ask = {C2S, .seq = 10, .flags = 2};

	(void)state;
	add_tunnelled(b, &ask, SECOND);
	step(b, SECOND, false);
	assert_int_equal(b->hits, 0);
	step(b, 100 * SECOND, false);
	assert_int_equal(b->hits, 1);
	assert_in_tunnel(b);
	/* the next one takes its place, and is in none */
	add(b, &ask, 100 * SECOND);
	step(b, 100 * SECOND, true);
	assert_int_equal(b->hits, 2);
	assert_int_equal(b->outer_count, 0);
	end(b);
}

/* What ends it is a packet of another flow, in no tunnel. */
static void a_flow_that_another_one_ends_shows_its_own_tunnel(void **state)
{
	struct bench *b = begin(WHOLE_FLOW);

	(void)state;
	add_tunnelled(b, &(struct frame_tcp){C2S, .seq = 10, .flags = 4},
		      SECOND);
	add(b, &(struct frame_tcp){C2S, .seq = 99, .flags = 2}, SECOND);
	step(b, SECOND, false);
	assert_int_equal(b->hits, 1);
	assert_in_tunnel(b);
	end(b);
}

/* Another worker received @tcp in a tunnel, and its round is gone. */
static void take_handed(struct bench *b, const struct frame_tcp *tcp)
{
	struct nrs_round own = b->round;
	struct nrs_handover *handover;
	struct nrs_counters counters = {0};
	struct nrs_parcel *parcel;
	uint16_t picked[NRS_PARCEL_DATAGRAMS];

	assert_int_equal(nrs_handover_new(&handover, 2), NRS_OK);
	assert_int_equal(nrs_round_init(&b->round, 2), NRS_OK);
	nrs_round_begin(&b->round, 1);
	add_tunnelled(b, tcp, SECOND);
	nrs_handover_send(handover, 0, &b->round, &counters);
	nrs_handover_send(handover, 1, &b->round, &counters);
	nrs_round_fini(&b->round);
	b->round = own;
	nrs_worker_begin(b->worker, &b->round);
	for (unsigned int to = 0; to < 2; to++) {
		while ((parcel = nrs_handover_receive(handover, to)) != NULL) {
			for (uint32_t i = 0; i < parcel->count; i++) {
				picked[i] = (uint16_t)i;
				parcel->datagrams[i].ordinal = b->ordinal++;
			}
			nrs_worker_take(b->worker, parcel->datagrams, picked,
					parcel->count);
			nrs_handover_done(handover, to, parcel);
		}
	}
	nrs_worker_tick(b->worker, &b->round);
	nrs_handover_free(handover);
}

static void a_packet_that_was_handed_over_shows_its_tunnel(void **state)
{
	struct bench *b = begin("[network-traffic:src_port = 50000]");

	(void)state;
	take_handed(b, &(struct frame_tcp){C2S, .seq = 10, .flags = 2});
	assert_int_equal(b->hits, 1);
	assert_in_tunnel(b);
	end(b);
}

static void its_flow_shows_it_at_a_tick(void **state)
{
	struct bench *b = begin(WHOLE_FLOW);

	(void)state;
	take_handed(b, &(struct frame_tcp){C2S, .seq = 10, .flags = 2});
	assert_int_equal(b->hits, 0);
	step(b, SECOND, true);
	assert_int_equal(b->hits, 1);
	assert_in_tunnel(b);
	end(b);
}

static void a_flow_that_the_kernel_told_of_shows_its_tunnel(void **state)
{
	static uint8_t room[NRS_FLOW_REPORT_ROOM + FRAME_ROOM];
	struct bench *b = begin("[network-traffic:src_port = 50000]");
	const struct nrs_flow_report report = {.packets = {5, 0}};
	struct frame inner, f;

	(void)state;
	frame_tcp(&inner, &(struct frame_tcp){C2S, .seq = 10, .flags = 2});
	frame_ipv4(&f, 4, 8, 9, inner.len - 14);
	frame_put(&f, inner.bytes + 14, inner.len - 14);
	memcpy(room, &report, sizeof(report));
	memcpy(room + NRS_FLOW_REPORT_ROOM, f.bytes, f.len);
	struct nrs_packet packet = frame_packet(&f, b->ordinal++, SECOND);
	packet.span.ptr = room + NRS_FLOW_REPORT_ROOM;
	packet.is_report = true;
	nrs_round_report(&b->round, &packet, &b->key);
	step(b, SECOND, true);
	assert_int_equal(counted(b, NRS_C_FLOWS), 1);
	assert_int_equal(b->hits, 1);
	assert_in_tunnel(b);
	end(b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_hit_shows_the_tunnel_around_its_packet),
		cmocka_unit_test(what_a_tunnel_carries_is_matched),
		cmocka_unit_test(the_ends_of_a_tunnel_are_matched),
		cmocka_unit_test(a_hit_at_a_tick_shows_the_tunnel_of_its_flow),
		cmocka_unit_test(
			a_flow_that_another_one_ends_shows_its_own_tunnel),
		cmocka_unit_test(
			a_packet_that_was_handed_over_shows_its_tunnel),
		cmocka_unit_test(its_flow_shows_it_at_a_tick),
		cmocka_unit_test(
			a_flow_that_the_kernel_told_of_shows_its_tunnel),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
