/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_worker: frames through a round and a worker: flows and their outcome,
 * requests cut over segments, gaps, another db under open flows, and an end
 * that gives everything back.
 */
#include "tests/capture/made_worker.h"

/* The same in two fragments, the second one first. */
static void add_fragments(struct bench *b, const struct frame_tcp *tcp,
			  int64_t ts_ns)
{
	struct nrs_counters counters = {0};
	struct frame whole;
	const size_t cut = 32; /* octets of the first */

	frame_tcp(&whole, tcp);
	for (int part = 1; part >= 0; part--) {
		struct frame *f = &b->frames[b->count++];
		const size_t at = 34 + (part == 0 ? 0 : cut);
		const size_t len = part == 0 ? cut : whole.len - at;

		assert_true(b->count <= FRAMES_MAX);
		frame_ipv4(f, 6, tcp->from, tcp->to, len);
		f->bytes[14 + 6] = part == 0 ? 0x20 : 0;
		f->bytes[14 + 7] = part == 0 ? 0 : cut / 8;
		frame_put(f, whole.bytes + at, len);
		const struct nrs_packet packet =
			frame_packet(f, b->ordinal++, ts_ns);
		assert_int_equal(nrs_round_add(&b->round, &packet, &b->key,
					       b->defrag, &counters),
				 1);
	}
	assert_int_equal(counters.value[NRS_C_DEFRAGMENTED], 1);
	assert_int_equal(counters.value[NRS_C_FRAGMENTS], 0);
}

static void outcomes_rise_with_the_packets(void **state)
{
	struct bench *b = begin("[ipv4-addr:value = '192.0.2.2']");

	(void)state;
	add(b, &(struct frame_tcp){C2S, .seq = 10, .flags = 2}, SECOND);
	step(b, SECOND, false);
	assert_int_equal(b->hits, 1); /* at the first packet */
	assert_int_equal(b->outcome, NRS_OUTCOME_ATTEMPTED);
	add(b, &(struct frame_tcp){S2C, .seq = 90, .flags = 0x12}, SECOND);
	step(b, SECOND, false);
	assert_int_equal(b->outcome, NRS_OUTCOME_ANSWERED);
	add(b, &(struct frame_tcp){C2S, .seq = 11, .flags = 0x10}, SECOND);
	step(b, SECOND, false);
	assert_int_equal(b->outcome, NRS_OUTCOME_ESTABLISHED);
	step(b, SECOND, true);
	assert_int_equal(b->hits, 1);
	assert_int_equal(b->ends, 1);
	assert_int_equal(counted(b, NRS_C_FLOWS), 1);
	end(b);
}

static void a_reset_is_a_blocked_attempt(void **state)
{
	struct bench *b = begin("[ipv4-addr:value = '192.0.2.2']");

	(void)state;
	add(b, &(struct frame_tcp){C2S, .seq = 10, .flags = 2}, SECOND);
	add(b, &(struct frame_tcp){S2C, .seq = 0, .flags = 0x14}, SECOND);
	step(b, SECOND, true);
	assert_int_equal(b->outcome, NRS_OUTCOME_BLOCKED);
	end(b);
}

static void a_request_may_come_octet_by_octet(void **state)
{
	static const char request[] =
		"GET /gate.php HTTP/1.1\r\nHost: c2.example\r\n\r\n";
	struct bench *b = begin("[domain-name:value = 'c2.example']");
	uint32_t seq = 100;

	(void)state;
	add(b, &(struct frame_tcp){C2S, .seq = seq++, .flags = 2}, SECOND);
	step(b, SECOND, false);
	for (size_t i = 0; i < sizeof(request) - 1; i++) {
		const char one[2] = {request[i], '\0'};

		add(b,
		    &(struct frame_tcp){C2S, .seq = seq++, .flags = 0x18,
					.payload = one},
		    SECOND);
		/* each segment twice: a retransmission changes nothing */
		add(b,
		    &(struct frame_tcp){C2S, .seq = seq - 1, .flags = 0x18,
					.payload = one},
		    SECOND);
		step(b, SECOND, false);
	}
	assert_int_equal(b->hits, 1);
	assert_string_equal(b->value, "c2.example");
	assert_int_equal(counted(b, NRS_C_HTTP), 1);
	step(b, SECOND, true);
	end(b);
}

static void a_gap_is_counted(void **state)
{
	struct bench *b = begin("[domain-name:value = 'c2.example']");

	(void)state;
	add(b, &(struct frame_tcp){C2S, .seq = 100, .flags = 2}, SECOND);
	add(b,
	    &(struct frame_tcp){C2S, .seq = 111, .flags = 0x18,
				.payload = "GET / HTTP/1.1\r\n"},
	    SECOND);
	step(b, SECOND, true);
	assert_int_equal(counted(b, NRS_C_STREAM_GAPS), 1);
	assert_int_equal(counted(b, NRS_C_STREAM_GAP_BYTES), 10);
	end(b);
}

static void a_flow_times_out_at_a_tick(void **state)
{
	struct bench *b = begin("[ipv4-addr:value = '192.0.2.2']");

	(void)state;
	add(b, &(struct frame_tcp){C2S, .seq = 10, .flags = 2}, 100 * SECOND);
	step(b, 100 * SECOND, false);
	step(b, 150 * SECOND, false);
	assert_int_equal(b->ends, 0);
	step(b, 180 * SECOND, false);
	assert_int_equal(b->ends, 1);
	/* the same ports again are a new flow, and a hit of its own */
	add(b, &(struct frame_tcp){C2S, .seq = 10, .flags = 2}, 181 * SECOND);
	step(b, 181 * SECOND, true);
	assert_int_equal(b->hits, 2);
	assert_int_equal(counted(b, NRS_C_FLOWS), 2);
	end(b);
}

static void a_flow_times_out_though_the_clock_was_set_back(void **state)
{
	struct bench *b = begin("[ipv4-addr:value = '192.0.2.2']");

	(void)state;
	add(b, &(struct frame_tcp){C2S, .seq = 10, .flags = 2}, 90000 * SECOND);
	step(b, 90000 * SECOND, false);
	b->round.is_set_back = true;
	step(b, 100 * SECOND, false);
	/* what goes on is the same flow */
	add(b, &(struct frame_tcp){C2S, .seq = 10, .flags = 2}, 101 * SECOND);
	step(b, 102 * SECOND, false);
	assert_int_equal(b->ends, 0);
	assert_int_equal(b->hits, 1);
	step(b, 180 * SECOND, false);
	assert_int_equal(b->ends, 1);
	end(b);
}

static void another_db_meets_open_flows(void **state)
{
	struct bench *b = begin("[ipv4-addr:value = '203.0.113.1']");
	struct nrs_set *set = NULL;

	(void)state;
	add(b, &(struct frame_tcp){C2S, .seq = 10, .flags = 2}, SECOND);
	step(b, SECOND, false);
	assert_int_equal(b->hits, 0);
	struct nrs_db *next = build(&set, "[ipv4-addr:value = '192.0.2.2']", 2);
	nrs_worker_adopt(b->worker, next);
	add(b, &(struct frame_tcp){C2S, .seq = 11, .flags = 0x10}, SECOND);
	step(b, SECOND, false);
	assert_int_equal(b->hits, 1); /* the flow's own address, at once */
	add(b, &(struct frame_tcp){C2S, .seq = 11, .flags = 0x10}, SECOND);
	step(b, SECOND, true);
	assert_int_equal(b->hits, 1);
	nrs_db_free(b->db);
	nrs_set_free(b->set);
	b->db = next;
	b->set = set;
	end(b);
}

static void a_request_in_fragments_is_read(void **state)
{
	struct bench *b = begin("[domain-name:value = 'c2.example']");

	(void)state;
	add(b, &(struct frame_tcp){C2S, .seq = 10, .flags = 2}, SECOND);
	add_fragments(b,
		      &(struct frame_tcp){C2S, .seq = 11, .flags = 0x18,
					  .payload = "GET / HTTP/1.1\r\n"
						     "Host: c2.example\r\n"
						     "\r\n"},
		      SECOND);
	step(b, SECOND, true);
	assert_int_equal(b->hits, 1);
	assert_int_equal(counted(b, NRS_C_FLOWS), 1);
	end(b);
}

/* Of the flow of @tcp: the kernel's counts, behind what came here. */
static void add_report(struct bench *b, const struct frame_tcp *tcp,
		       const struct nrs_flow_report *report, int64_t ts_ns)
{
	static uint8_t room[NRS_FLOW_REPORT_ROOM + FRAME_ROOM];
	struct frame f;

	frame_tcp(&f, tcp);
	memcpy(room, report, sizeof(*report));
	memcpy(room + NRS_FLOW_REPORT_ROOM, f.bytes, f.len);
	struct nrs_packet packet = frame_packet(&f, b->ordinal++, ts_ns);
	packet.span.ptr = room + NRS_FLOW_REPORT_ROOM;
	packet.is_report = true;
	nrs_round_report(&b->round, &packet, &b->key);
}

/* Whoever sent the frame that the report comes with: here the server. */
static void what_the_kernel_counted_is_the_flow_s(void **state)
{
	struct bench *b = begin("[network-traffic:src_packets = 3 AND "
				"network-traffic:src_byte_count = 200 AND "
				"network-traffic:dst_packets = 70 AND "
				"network-traffic:dst_byte_count = 90000]");
	const struct frame_tcp ask = {C2S, .flags = 0x02, .payload = ""};
	const struct frame_tcp answer = {S2C, .flags = 0x12, .payload = ""};
	const struct nrs_flow_report report = {
		.packets = {70, 3}, .bytes = {90000, 200}, .is_closed = true};

	(void)state;
	add(b, &ask, SECOND);
	add(b, &answer, SECOND);
	step(b, SECOND, false);
	add_report(b, &answer, &report, 2 * SECOND);
	step(b, 2 * SECOND, false);
	assert_int_equal(counted(b, NRS_C_FLOWS), 1);
	assert_int_equal(counted(b, NRS_C_UNSAMPLED), 69 + 2);
	assert_int_equal(counted(b, NRS_C_UNSAMPLED_BYTES),
			 90000 - 40 + 200 - 40);
	step(b, 2 * SECOND, true);
	assert_int_equal(b->hits, 1);
	end(b);
}

/* What came here may be more than a report that is older says. */
static void a_report_takes_nothing_back(void **state)
{
	struct bench *b = begin("[network-traffic:src_packets = 2]");
	const struct frame_tcp ask = {C2S, .flags = 0x02, .payload = ""};
	const struct nrs_flow_report report = {.packets = {1, 0},
					       .bytes = {40, 0}};

	(void)state;
	add(b, &ask, SECOND);
	add(b, &ask, SECOND);
	add_report(b, &ask, &report, SECOND);
	step(b, SECOND, true);
	assert_int_equal(counted(b, NRS_C_UNSAMPLED), 0);
	assert_int_equal(b->hits, 1);
	end(b);
}

/* Evicted here, and still in the kernel. */
static void a_report_of_an_unknown_flow_makes_it(void **state)
{
	struct bench *b = begin("[ipv4-addr:value = '192.0.2.2']");
	const struct frame_tcp ask = {C2S, .flags = 0x02, .payload = ""};
	const struct nrs_flow_report report = {.packets = {5, 0},
					       .bytes = {200, 0}};

	(void)state;
	add_report(b, &ask, &report, SECOND);
	step(b, SECOND, true);
	assert_int_equal(counted(b, NRS_C_FLOWS), 1);
	assert_int_equal(counted(b, NRS_C_UNSAMPLED), 5);
	assert_int_equal(b->hits, 1);
	end(b);
}

static void a_hit_at_a_tick_names_the_capture_of_its_flow(void **state)
{
	struct bench *b = begin("[network-traffic:src_packets = 1]");
	const struct frame_tcp ask = {C2S, .flags = 0x02, .payload = ""};

	(void)state;
	add(b, &ask, SECOND);
	b->round.datagrams[0].file = 3;
	step(b, SECOND, true);
	assert_int_equal(b->hits, 1);
	assert_int_equal(b->file, 3);
	end(b);
}

/* Nothing of a packet but what tells flows apart: no frame came. */
static void a_report_alone_tells_what_a_flow_is(void **state)
{
	static const char *const patterns[] = {
		"[ipv4-addr:value = '192.0.2.2']",
		"[ipv4-addr:value ISSUBSET '192.0.2.2/31']",
		"[network-traffic:dst_ref.value = '192.0.2.2']",
		"[network-traffic:src_ref.value = '192.0.2.1']",
		"[network-traffic:dst_port = 80]",
		"[network-traffic:src_port = 50000]",
		"[network-traffic:protocols[*] = 'tcp']",
		"[network-traffic:dst_packets = 7]",
		"[network-traffic:src_byte_count = 400]",
		"[network-traffic:extensions.'tcp-ext'.src_flags_hex = '02']",
	};
	const struct frame_tcp ask = {C2S, .flags = 0x02, .payload = ""};
	const struct nrs_flow_report report = {
		.packets = {5, 7}, .bytes = {400, 900}, .tcp_flags = {2, 0x12}};

	(void)state;
	for (size_t i = 0; i < sizeof(patterns) / sizeof(*patterns); i++) {
		struct bench *b = begin(patterns[i]);

		print_message("%s\n", patterns[i]);
		add_report(b, &ask, &report, SECOND);
		step(b, SECOND, true);
		assert_int_equal(b->hits, 1);
		end(b);
	}
}

/* Told before the first packet, as the kernel does for who asks. */
static void a_hit_names_its_process(void **state)
{
	struct bench *b = begin("[ipv4-addr:value = '192.0.2.2']");
	const struct frame_tcp ask = {C2S, .flags = 0x02, .payload = ""};
	const struct nrs_flow_report report = {.process = {.pid = 4711}};

	(void)state;
	add_report(b, &ask, &report, SECOND);
	add(b, &ask, SECOND);
	step(b, SECOND, false);
	assert_int_equal(b->hits, 1);
	assert_int_equal(b->pid, 4711);
	assert_int_equal(b->outcome, NRS_OUTCOME_ATTEMPTED);
	assert_int_equal(counted(b, NRS_C_FLOWS), 1);
	end(b);
}

/* And after a hit, as for who answers: then the hit is told of again. */
static void a_process_that_comes_late_is_told(void **state)
{
	struct bench *b = begin("[ipv4-addr:value = '192.0.2.2']");
	const struct frame_tcp ask = {C2S, .flags = 0x02, .payload = ""};
	const struct nrs_flow_report report = {.process = {.pid = 4711}};

	(void)state;
	add(b, &ask, SECOND);
	step(b, SECOND, false);
	assert_int_equal(b->pid, 0);
	add_report(b, &ask, &report, SECOND);
	step(b, SECOND, false);
	assert_int_equal(b->hits, 1);
	assert_int_equal(b->pid, 4711);
	end(b);
}

static void shards_have_one_owner_each(void **state)
{
	(void)state;
	for (unsigned int workers = 1; workers <= 7; workers++) {
		for (unsigned int s = 0; s < NRS_SHARDS; s++)
			assert_true(nrs_shard_owner((uint8_t)s, workers) <
				    workers);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(outcomes_rise_with_the_packets),
		cmocka_unit_test(a_reset_is_a_blocked_attempt),
		cmocka_unit_test(a_request_may_come_octet_by_octet),
		cmocka_unit_test(a_gap_is_counted),
		cmocka_unit_test(a_flow_times_out_at_a_tick),
		cmocka_unit_test(
			a_flow_times_out_though_the_clock_was_set_back),
		cmocka_unit_test(another_db_meets_open_flows),
		cmocka_unit_test(a_request_in_fragments_is_read),
		cmocka_unit_test(what_the_kernel_counted_is_the_flow_s),
		cmocka_unit_test(a_report_takes_nothing_back),
		cmocka_unit_test(a_report_of_an_unknown_flow_makes_it),
		cmocka_unit_test(a_hit_at_a_tick_names_the_capture_of_its_flow),
		cmocka_unit_test(a_report_alone_tells_what_a_flow_is),
		cmocka_unit_test(a_hit_names_its_process),
		cmocka_unit_test(a_process_that_comes_late_is_told),
		cmocka_unit_test(shards_have_one_owner_each),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
