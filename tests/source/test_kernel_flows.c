/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_kernel_flows: what the program in the kernel sends up of the frames that
 * pass, and what it counts of the others. In a network namespace of the test's
 * own, whose loopback interface carries whatever frames are sent. Wants root.
 */
#include "capture/source/kernel_flows.h"

#include "engine/base/stamp.h"
#include "tests/capture/frames.h"
#include "tests/source/sent_up.h"

#define TCP_FIN 1
#define TCP_SYN 2
#define TCP_RST 4
#define TCP_PUSH 8
#define TCP_ACK 16

static char thousand[1001];

static void send_tcp(const struct frame_tcp *tcp, unsigned int times)
{
	struct frame f;

	frame_tcp(&f, tcp);
	for (unsigned int i = 0; i < times; i++)
		send_bytes(f.bytes, f.len);
}

static void send_udp(uint16_t port, const char *text, unsigned int times)
{
	struct frame f;

	frame_datagram(&f, &(struct frame_tcp){.from = 1,
					       .to = 2,
					       .from_port = 40000,
					       .to_port = port,
					       .data = nrs_span_of(text)});
	for (unsigned int i = 0; i < times; i++)
		send_bytes(f.bytes, f.len);
}

static void send_side(int side, uint8_t flags)
{
	const struct frame_tcp asks = {C2S, .flags = flags, .payload = ""};
	const struct frame_tcp answers = {S2C, .flags = flags, .payload = ""};

	if (flags != 0)
		send_tcp(side == 0 ? &asks : &answers, 1);
}

static void what_begins_a_stream_is_sent_up(void **state)
{
	(void)state;
	send_tcp(&(struct frame_tcp){C2S, .flags = TCP_SYN, .payload = ""}, 1);
	send_tcp(&(struct frame_tcp){S2C, .flags = TCP_SYN | TCP_ACK,
				     .payload = ""},
		 1);
	send_tcp(&(struct frame_tcp){C2S, .flags = TCP_ACK, .payload = ""}, 5);
	collect();
	assert_int_equal(got.frames, 2); /* bare ACKs say nothing */
	send_tcp(&(struct frame_tcp){C2S, .flags = TCP_PUSH | TCP_ACK,
				     .payload = "GET / HTTP/1.1\r\n\r\n"},
		 1);
	collect();
	assert_int_equal(got.frames, 3);
	assert_memory_equal(got.bytes + 54, "GET /", 5);
	send_tcp(
		&(struct frame_tcp){S2C, .flags = TCP_ACK, .payload = thousand},
		100);
	collect();
	assert_int_equal(got.frames, 3 + 17); /* until 16 KB are reached */
	assert_int_equal(got.reports, 0);
}

static void a_stream_that_closes_is_reported(void **state)
{
	(void)state;
	send_tcp(&(struct frame_tcp){C2S, .flags = TCP_SYN, .payload = ""}, 1);
	send_tcp(
		&(struct frame_tcp){S2C, .flags = TCP_ACK, .payload = thousand},
		40);
	send_tcp(&(struct frame_tcp){C2S, .flags = TCP_FIN | TCP_ACK,
				     .payload = ""},
		 1);
	collect();
	assert_int_equal(got.reports, 0);
	send_tcp(&(struct frame_tcp){S2C, .flags = TCP_FIN | TCP_ACK,
				     .payload = ""},
		 1);
	collect();
	assert_int_equal(got.reports, 1);
	assert_true(got.report.is_closed);
	assert_int_equal(got.report.packets[0], 2);
	assert_int_equal(got.report.bytes[0], 2 * 40);
	assert_int_equal(got.report.packets[1], 41);
	assert_int_equal(got.report.bytes[1], 40 * 1040 + 40);
	assert_int_equal(got.report.tcp_flags[0], TCP_SYN | TCP_FIN | TCP_ACK);
	assert_int_equal(got.report.tcp_flags[1], TCP_FIN | TCP_ACK);
	/* Behind it the first frame, which says whose it is. */
	assert_int_equal(got.last_report.span.len, 54);
	assert_int_equal(got.last_report.span.ptr[47], TCP_SYN);
}

static void of_datagrams_the_first_few_are_sent_up(void **state)
{
	(void)state;
	send_udp(9999, "hello", 20);
	collect();
	assert_int_equal(got.frames, 2);
	nrs_kernel_flows_finish(flows);
	collect();
	assert_int_equal(got.reports, 1);
	assert_int_equal(got.report.packets[0], 20);
	assert_int_equal(got.report.bytes[0], 20 * 33);
	assert_int_equal(got.report.packets[1], 0);
	assert_false(got.report.is_closed);
	/* Behind it what tells flows apart, and nothing of what was said. */
	assert_int_equal(got.last_report.span.len, 14 + 20 + 8);
}

/* A hello may fill several. */
static void of_quic_more_is_sent_up(void **state)
{
	(void)state;
	send_udp(443, "\xc0 a long header", 20);
	collect();
	assert_int_equal(got.frames, 6);
}

static void every_message_of_dns_is_sent_up(void **state)
{
	(void)state;
	send_udp(53, "hello", 40);
	collect();
	assert_int_equal(got.frames, 40);
}

static void what_is_of_no_flow_is_sent_up(void **state)
{
	struct frame f;

	(void)state;
	frame_ipv4(&f, 1, 1, 2, 8);
	frame_put(&f, "\x08\0\0\0\0\0\0\0", 8);
	for (int i = 0; i < 10; i++)
		send_bytes(f.bytes, f.len);
	collect();
	assert_int_equal(got.frames, 10);
	assert_memory_equal(got.bytes, f.bytes, f.len);
}

/* @outer of 192.0.2.x around a datagram of UDP between 1 and 2. */
static void send_in(uint8_t proto, const void *head, size_t len, uint8_t outer)
{
	struct frame inner, f;

	frame_udp(&inner, 1, 2, 40000, 9999);
	frame_ipv4(&f, proto, outer, 9, len + inner.len - 14);
	frame_put(&f, head, len);
	frame_put(&f, inner.bytes + 14, inner.len - 14);
	send_bytes(f.bytes, f.len);
}

/* Each shows addresses that the others do not. */
static void
of_each_tunnel_around_a_flow_the_first_frames_are_sent_up(void **state)
{
	(void)state;
	for (unsigned int i = 0; i < 10; i++)
		send_in(4, "", 0, 7);
	collect();
	assert_int_equal(got.frames, 2);
	for (unsigned int i = 0; i < 10; i++)
		send_in(4, "", 0, 8);
	collect();
	assert_int_equal(got.frames, 4);
}

static void what_is_hidden_from_the_kernel_is_sent_up(void **state)
{
	static const struct {
		const char *name;
		uint8_t proto;
		const char *head;
		size_t len;
	} rows[] = {
		{"GTP-U", 17,
		 "\x08\x68\x08\x68\x00\x30\0\0\x30\xff\0\x20\0\0\0\x07", 16},
		{"PPTP", 47, "\x20\x01\x88\x0b\0\x20\0\x01", 8},
		{"Aruba", 47, "\0\0\x82\0", 4},
	};
	struct frame f = {.len = 0};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		print_message("%s\n", rows[i].name);
		for (unsigned int n = 0; n < 10; n++)
			send_in(rows[i].proto, rows[i].head, rows[i].len, 7);
		collect();
		assert_int_equal(got.frames, 10 * (i + 1));
	}
	got.frames = 0;
	frame_put(&f, "\x02\0\0\0\0\x02\x02\0\0\0\0\x01\x88\xe7", 14);
	frame_put(&f, thousand, 100);
	send_bytes(f.bytes, f.len); /* a backbone's */
	f.bytes[12] = 0x08;
	f.bytes[13] = 0x06;
	send_bytes(f.bytes, f.len); /* ARP hides nothing */
	collect();
	assert_int_equal(got.frames, 1);
}

/* More labels than the kernel reads, and what they do not tell. */
static void what_the_kernel_does_not_get_to_is_sent_up(void **state)
{
	static const struct {
		const char *name, *head;
		size_t len;
		unsigned int frames;
	} rows[] = {
		{"eight labels",
		 "\x88\x47\0\x01\0\x40\0\x01\0\x40\0\x01\0\x40\0\x01\0\x40"
		 "\0\x01\0\x40\0\x01\0\x40\0\x01\0\x40\0\x01\x01\x40",
		 34, 5},
		{"a frame behind a label and a control word",
		 "\x88\x47\0\x01\x01\x40\0\0\0\0"
		 "\x02\0\0\0\0\x02\x02\0\0\0\0\x01\x08\0",
		 24, 5},
		{"labels in a session of PPP",
		 "\x88\x64\x11\0\0\x01\0\x2a\x02\x81\0\x01\x01\x40", 14, 5},
		{"ARP in two VLANs, which hides nothing",
		 "\x88\xa8\0\x01\x81\0\0\x02\x08\x06", 10, 0},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct frame inner, f = {.len = 0};

		print_message("%s\n", rows[i].name);
		frame_udp(&inner, 1, 2, 40000, 9999);
		frame_put(&f, inner.bytes, 12);
		frame_put(&f, rows[i].head, rows[i].len);
		frame_put(&f, inner.bytes + 14, inner.len - 14);
		got.frames = 0;
		for (unsigned int n = 0; n < 5; n++)
			send_bytes(f.bytes, f.len);
		collect();
		assert_int_equal(got.frames, rows[i].frames);
	}
}

static void associations_of_other_ports_are_other_flows(void **state)
{
	struct frame f;

	(void)state;
	for (uint8_t port = 1; port <= 3; port++) {
		frame_ipv4(&f, 132, 1, 2, 12);
		frame_put(&f, (uint8_t[]){0, port, 0, 9}, 4);
		frame_put(&f, "\0\0\0\0\0\0\0\0", 8);
		for (int i = 0; i < 5; i++)
			send_bytes(f.bytes, f.len);
	}
	collect();
	assert_int_equal(got.frames, 3 * 2);
	nrs_kernel_flows_finish(flows);
	collect();
	assert_int_equal(got.reports, 3);
	/* Ports are of what tells them apart. */
	assert_in_range(got.last_report.span.len, 14 + 20 + 4, 14 + 20 + 12);
}

static void a_tag_stands_where_it_stood(void **state)
{
	struct frame f, tagged = {.len = 0};

	(void)state;
	frame_datagram(&f, &(struct frame_tcp){C2S, .data = nrs_span_of("x")});
	frame_put(&tagged, f.bytes, 12);
	frame_put(&tagged, "\x81\0\0\x2a", 4);
	frame_put(&tagged, f.bytes + 12, f.len - 12);
	send_bytes(tagged.bytes, tagged.len);
	collect();
	assert_int_equal(got.frames, 1);
	assert_int_equal(got.last_frame.span.len, tagged.len);
	assert_int_equal(got.last_frame.wirelen, tagged.len);
	assert_memory_equal(got.bytes, tagged.bytes, tagged.len);
}

static void a_long_frame_is_cut_and_says_so(void **state)
{
	static uint8_t bytes[20000];
	struct frame f;

	(void)state;
	frame_ipv4(&f, 17, 1, 2, sizeof(bytes) - 34);
	frame_put(&f, "\x9c\x40\x27\x0f\x4e\x1e\0\0", 8);
	memcpy(bytes, f.bytes, f.len);
	send_bytes(bytes, sizeof(bytes));
	collect();
	assert_int_equal(got.frames, 1);
	assert_int_equal(got.last_frame.wirelen, sizeof(bytes));
	assert_int_equal(got.last_frame.span.len, 8192);
}

static void all_that_passed_is_counted(void **state)
{
	struct nrs_live_stats stats;

	(void)state;
	send_udp(9999, "hello", 100);
	assert_int_equal(nrs_kernel_flows_stats(flows, 0, &stats), NRS_OK);
	assert_int_equal(stats.received, 100);
	assert_int_equal(stats.dropped, 0);
	assert_int_equal(nrs_kernel_flows_stats(flows, 1, &stats),
			 NRS_E_NOTFOUND);
}

static void a_flow_that_goes_on_is_reported_now_and_then(void **state)
{
	struct nrs_live_options often = options;

	(void)state;
	often.tell_ns = NRS_SECOND_NS / 100;
	nrs_kernel_flows_close(flows);
	assert_int_equal(nrs_kernel_flows_open(&flows, &often, NULL), NRS_OK);
	send_udp(9999, "hello", 1);
	const int64_t began_ns = nrs_monotonic_ns();
	do
		collect();
	while (nrs_monotonic_ns() - began_ns <= often.tell_ns);
	assert_int_equal(got.reports, 0); /* nothing went on */
	send_udp(9999, "hello", 1);
	collect();
	assert_int_equal(got.reports, 1);
	assert_int_equal(got.report.packets[0], 2);
	assert_false(got.report.is_closed);
}

/* As the worker's table has it (flow.c). */
static void what_is_over_is_reported_and_forgotten(void **state)
{
	static const struct {
		const char *name;
		int64_t timeout_s;
		uint8_t proto, flags[2]; /* 0: that side is silent */
	} rows[] = {
		{"a datagram", 120, 17, {0, 0}},
		{"an attempt", 60, 6, {TCP_SYN, 0}},
		{"a stream", 600, 6, {TCP_SYN, TCP_SYN | TCP_ACK}},
		{"a refusal", 30, 6, {TCP_SYN, TCP_RST}},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		print_message("%s\n", rows[i].name);
		assert_int_equal(setup(state), 0);
		if (rows[i].proto == 17)
			send_udp(9999, "hello", 1);
		for (int side = 0; side < 2; side++)
			send_side(side, rows[i].flags[side]);
		collect();
		const unsigned int before = got.reports;

		ahead_ns = (rows[i].timeout_s - 1) * NRS_SECOND_NS;
		collect();
		assert_int_equal(got.reports, before);
		ahead_ns = (rows[i].timeout_s + 1) * NRS_SECOND_NS;
		collect();
		assert_int_equal(got.reports, before + 1);
		collect(); /* it is gone: nothing reports it again */
		ahead_ns += NRS_SECOND_NS * 3600;
		collect();
		assert_int_equal(got.reports, before + 1);
		assert_int_equal(teardown(state), 0);
	}
	assert_int_equal(setup(state), 0);
}

/* No reader for long: the ring is full, and that is counted. */
static void what_there_was_no_room_for_is_counted(void **state)
{
	static uint8_t bytes[9000];
	struct nrs_live_stats stats;
	struct frame f;

	(void)state;
	frame_ipv4(&f, 1, 1, 2, sizeof(bytes) - 34);
	memcpy(bytes, f.bytes, f.len);
	for (int i = 0; i < 2500; i++)
		send_bytes(bytes, sizeof(bytes));
	collect();
	assert_int_equal(nrs_kernel_flows_stats(flows, 0, &stats), NRS_OK);
	assert_int_equal(stats.received, 2500);
	assert_true(stats.dropped > 0);
	assert_int_equal(got.frames + stats.dropped, 2500);
}

static void say_on_tap(int tap, uint16_t port)
{
	struct frame f;

	frame_datagram(&f, &(struct frame_tcp){C2S, .data = nrs_span_of("x")});
	f.bytes[34] = (uint8_t)(port >> 8);
	f.bytes[35] = (uint8_t)port;
	assert_int_equal(write(tap, f.bytes, f.len), f.len);
}

static void an_interface_that_comes_back_is_attached_again(void **state)
{
	static const struct nrs_live_interface both[] = {{.name = "lo"},
							 {.name = "nrs0"}};
	const struct nrs_live_options two = {
		.interfaces = both, .interface_count = 2, .clock = test_clock};
	struct nrs_live_stats stats;
	struct nrs_diag diag = {0};
	int tap = own_net_device("nrs0");

	(void)state;
	nrs_kernel_flows_close(flows);
	assert_int_equal(nrs_kernel_flows_open(&flows, &two, NULL), NRS_OK);
	say_on_tap(tap, 1);
	collect();
	assert_int_equal(got.frames, 1);
	assert_int_equal(got.last_frame.file, 1);
	assert_int_equal(nrs_kernel_flows_reopen(flows), 0);
	(void)close(tap);
	ahead_ns = 2 * NRS_SECOND_NS;
	assert_int_equal(read_some(&diag), NRS_E_IO);
	assert_non_null(strstr(diag.text, "interface nrs0"));
	assert_int_equal(nrs_kernel_flows_stats(flows, 1, &stats),
			 NRS_E_NOTFOUND);
	assert_int_equal(nrs_kernel_flows_reopen(flows), 1);
	send_udp(9999, "the other one goes on", 1);
	collect();
	assert_int_equal(got.frames, 2);
	tap = own_net_device("nrs0");
	assert_int_equal(nrs_kernel_flows_reopen(flows), 0);
	say_on_tap(tap, 2);
	collect();
	assert_int_equal(got.frames, 3);
	assert_int_equal(got.last_frame.file, 1);
	assert_int_equal(nrs_kernel_flows_stats(flows, 1, &stats), NRS_OK);
	assert_int_equal(stats.received, 2); /* of before, too */
	(void)close(tap);
}

static void what_cannot_be_had_is_said(void **state)
{
	const struct nrs_live_interface none = {.name = "nrs-none"},
					filtered = {.name = "lo",
						    .filter = "port 53"};
	const struct {
		const struct nrs_live_interface *interface;
		int err;
		const char *says;
	} rows[] = {
		{&none, NRS_E_IO, "nrs-none"},
		{&filtered, NRS_E_UNSUPPORTED, "take no filter"},
	};

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		const struct nrs_live_options wrong = {
			.interfaces = rows[i].interface, .interface_count = 1};
		struct nrs_kernel_flows *none_of_it = NULL;
		struct nrs_diag diag = {0};

		assert_int_equal(
			nrs_kernel_flows_open(&none_of_it, &wrong, &diag),
			rows[i].err);
		assert_non_null(strstr(diag.text, rows[i].says));
	}
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(what_begins_a_stream_is_sent_up),
		TEST(a_stream_that_closes_is_reported),
		TEST(of_datagrams_the_first_few_are_sent_up),
		TEST(of_quic_more_is_sent_up),
		TEST(every_message_of_dns_is_sent_up),
		TEST(what_is_of_no_flow_is_sent_up),
		TEST(of_each_tunnel_around_a_flow_the_first_frames_are_sent_up),
		TEST(what_is_hidden_from_the_kernel_is_sent_up),
		TEST(what_the_kernel_does_not_get_to_is_sent_up),
		TEST(associations_of_other_ports_are_other_flows),
		TEST(a_tag_stands_where_it_stood),
		TEST(a_long_frame_is_cut_and_says_so),
		TEST(all_that_passed_is_counted),
		TEST(a_flow_that_goes_on_is_reported_now_and_then),
		cmocka_unit_test_teardown(
			what_is_over_is_reported_and_forgotten, teardown),
		TEST(what_there_was_no_room_for_is_counted),
		TEST(an_interface_that_comes_back_is_attached_again),
		TEST(what_cannot_be_had_is_said),
	};

	memset(thousand, 'x', sizeof(thousand) - 1);
	return cmocka_run_group_tests(tests, group_setup, NULL);
}
