/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_worker_blind: what flows are marked with, and what the marks sum up to:
 * packets and octets counted by hand.
 */
#include "tests/capture/made_worker.h"

#define SYN 0x02
#define ACK 0x10
#define PUSH 0x18
#define BIT(name) NRS_BLIND_BIT(NRS_B_##name)
#define GET "GET / HTTP/1.1\r\nHost: a.example\r\n\r\n"

struct row {
	const char *name;
	struct frame_tcp frames[6]; /* until one without a sender */
	nrs_blind_set marks;
};

static const struct row rows[] = {
	{"a request and its answer",
	 {{C2S, .seq = 9, .flags = SYN},
	  {S2C, .seq = 99, .ack = 10, .flags = SYN | ACK},
	  {C2S, .seq = 10, .ack = 100, .flags = PUSH, .payload = GET},
	  {S2C, .seq = 100, .ack = 47, .flags = PUSH,
	   .payload = "HTTP/1.1 204 No Content\r\n\r\n"}},
	 0},
	{"a handshake without a word",
	 {{C2S, .seq = 9, .flags = SYN},
	  {S2C, .seq = 99, .ack = 10, .flags = SYN | ACK}},
	 0},
	{"one side alone",
	 {{C2S, .seq = 9, .flags = SYN},
	  {C2S, .seq = 10, .ack = 100, .flags = ACK},
	  {C2S, .seq = 10, .ack = 100, .flags = PUSH, .payload = GET},
	  {C2S, .seq = 47, .ack = 120, .flags = ACK}},
	 BIT(ONE_SIDED)},
	{"picked up in the middle",
	 {{C2S, .seq = 10, .ack = 100, .flags = PUSH, .payload = GET},
	  {S2C, .seq = 100, .ack = 47, .flags = ACK}},
	 BIT(LATE)},
	{"octets that the server had and we did not",
	 {{C2S, .seq = 9, .flags = SYN},
	  {S2C, .seq = 99, .ack = 10, .flags = SYN | ACK},
	  {C2S, .seq = 30, .ack = 100, .flags = PUSH, .payload = GET},
	  {S2C, .seq = 100, .ack = 67, .flags = ACK}},
	 BIT(GAPS)},
	{"a protocol that nobody reads",
	 {{C2S, .seq = 9, .flags = SYN},
	  {S2C, .seq = 99, .ack = 10, .flags = SYN | ACK},
	  {C2S, .seq = 10, .ack = 100, .flags = PUSH,
	   .payload = "\x05\x01\x7f"}},
	 BIT(PROTOCOL)},
	{"the same octets, and others",
	 {{C2S, .seq = 9, .flags = SYN},
	  {S2C, .seq = 99, .ack = 10, .flags = SYN | ACK},
	  {C2S, .seq = 14, .ack = 100, .flags = PUSH,
	   .payload = "/a HTTP/1.1\r\n\r\n"},
	  {C2S, .seq = 14, .ack = 100, .flags = PUSH,
	   .payload = "/b HTTP/1.1\r\n\r\n"},
	  {C2S, .seq = 10, .ack = 100, .flags = PUSH, .payload = "GET "}},
	 BIT(AMBIGUOUS)},
};

static const struct nrs_blind_sum *sum_of(const struct bench *b,
					  unsigned int reason)
{
	return &nrs_worker_counters(b->worker)->blind[reason];
}

/* All marks are of the one flow of @packets and @bytes. */
static void check_sums(const struct bench *b, const struct row *row,
		       uint64_t packets, uint64_t bytes)
{
	for (unsigned int i = NRS_B_FIRST_OF_FLOWS; i < NRS_BLIND_SUMS; i++) {
		const struct nrs_blind_sum *sum = sum_of(b, i);
		const bool is_there = i == NRS_B_ALL ? true
				      : i == NRS_B_CLEAR
					      ? row->marks == 0
					      : (row->marks >> i & 1) != 0;

		if (sum->flows != (is_there ? 1 : 0) ||
		    sum->packets != (is_there ? packets : 0) ||
		    sum->bytes != (is_there ? bytes : 0))
			fail_msg("%s: reason %u: %u flows, %u packets, %u "
				 "bytes",
				 row->name, i, (unsigned int)sum->flows,
				 (unsigned int)sum->packets,
				 (unsigned int)sum->bytes);
	}
}

static void each_flow_is_marked_with_its_reasons(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct bench *b = begin("[domain-name:value = 'c2.example']");
		uint64_t packets = 0, bytes = 0;

		for (; packets < 6 && rows[i].frames[packets].from != 0;
		     packets++) {
			add(b, &rows[i].frames[packets], SECOND);
			bytes += b->frames[packets].len - 14; /* of Ethernet */
		}
		step(b, SECOND, true);
		check_sums(b, &rows[i], packets, bytes);
		end(b);
	}
}

static void add_datagram(struct bench *b, const struct frame_tcp *t, size_t cut)
{
	struct frame *f = &b->frames[b->count++];
	struct nrs_counters counters = {0};

	frame_datagram(f, t);
	struct nrs_packet packet = frame_packet(f, b->ordinal++, SECOND);
	packet.span.len -= cut;
	assert_int_equal(nrs_round_add(&b->round, &packet, &b->key, b->defrag,
				       &counters),
			 1);
}

static void a_datagram_cut_short_is_told_and_its_flow_marked(void **state)
{
	static const char question[] = "\1\2\1\0\0\1\0\0\0\0\0\0"
				       "\1a\7example\0\0\1\0\1";
	const struct frame_tcp t = {
		1, 2, 40000, 53,
		.data = nrs_span(question, sizeof(question) - 1)};
	struct bench *b = begin("[domain-name:value = 'c2.example']");

	(void)state;
	add_datagram(b, &t, 6);
	step(b, SECOND, true);
	assert_int_equal(sum_of(b, NRS_B_CUT)->flows, 1);
	assert_int_equal(sum_of(b, NRS_B_CUT)->bytes, 28 + t.data.len);
	assert_int_equal(sum_of(b, NRS_B_REFUSED)->flows, 1);
	assert_int_equal(counted(b, NRS_C_DNS_BAD), 1);
	end(b);
}

static void one_datagram_of_no_protocol_is_enough(void **state)
{
	const struct frame_tcp t = {1, 2, 40000, 9999,
				    .data = nrs_span("data", 4)};
	const struct frame_tcp empty = {1, 3, 40000, 9999,
					.data = nrs_span("", 0)};
	struct bench *b = begin("[domain-name:value = 'c2.example']");

	(void)state;
	add_datagram(b, &t, 0);
	add_datagram(b, &empty, 0);
	step(b, SECOND, true);
	assert_int_equal(sum_of(b, NRS_B_PROTOCOL)->flows, 1);
	assert_int_equal(sum_of(b, NRS_B_PROTOCOL)->bytes, 32);
	assert_int_equal(sum_of(b, NRS_B_CLEAR)->flows, 1);
	assert_int_equal(sum_of(b, NRS_B_CLEAR)->bytes, 28);
	end(b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_flow_is_marked_with_its_reasons),
		cmocka_unit_test(
			a_datagram_cut_short_is_told_and_its_flow_marked),
		cmocka_unit_test(one_datagram_of_no_protocol_is_enough),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
