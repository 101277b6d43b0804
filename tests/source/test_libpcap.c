/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_libpcap: filters over packets of any link type, and live interfaces:
 * what cannot be opened is named, what is sent is read. The live part wants the
 * right to capture.
 */
#include "capture/source/filter.h"
#include "capture/source/source.h"
#include "tests/capture/frames.h"
#include "tests/capture/loopback.h"
#include "tests/source/own_net.h"

static void a_filter_passes_what_it_says(void **state)
{
	static const struct {
		const char *expression;
		bool udp, tcp; /* 192.0.2.1:5000 to .2:53; to .2:80 */
	} rows[] = {
		{"udp", true, false},
		{"tcp port 80", false, true},
		{"host 192.0.2.1", true, true},
		{"dst host 192.0.2.1", false, false},
		{"port 53 or port 80", true, true},
		{"not ip", false, false},
	};
	const struct frame_tcp tcp = {
		.from = 1, .to = 2, .from_port = 5000, .to_port = 80};
	struct frame one, other;

	(void)state;
	frame_udp(&one, 1, 2, 5000, 53);
	frame_tcp(&other, &tcp);
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		const struct nrs_packet udp_packet = frame_packet(&one, 0, 0);
		const struct nrs_packet tcp_packet = frame_packet(&other, 1, 0);
		struct nrs_filter *filter = NULL;

		assert_int_equal(
			nrs_filter_new(&filter, rows[i].expression, NULL),
			NRS_OK);
		if (nrs_filter_pass(filter, &udp_packet) != rows[i].udp ||
		    nrs_filter_pass(filter, &tcp_packet) != rows[i].tcp)
			fail_msg("%s", rows[i].expression);
		nrs_filter_free(filter);
	}
}

static void the_same_filter_reads_other_link_types(void **state)
{
	struct nrs_filter *filter = NULL;
	struct frame f;

	(void)state;
	frame_udp(&f, 1, 2, 5000, 53);
	assert_int_equal(nrs_filter_new(&filter, "udp port 53", NULL), NRS_OK);
	struct nrs_packet packet = frame_packet(&f, 0, 0);
	/* the same octets without their Ethernet head */
	packet.linktype = NRS_LINK_RAW;
	packet.span = nrs_span_from(packet.span, 14);
	packet.wirelen -= 14;
	assert_true(nrs_filter_pass(filter, &packet));
	/* as Ethernet these mean nothing */
	packet.linktype = NRS_LINK_ETHERNET;
	assert_false(nrs_filter_pass(filter, &packet));
	/* where the expression makes no sense nothing passes */
	nrs_filter_free(filter);
	assert_int_equal(
		nrs_filter_new(&filter, "ether host 2:0:0:0:0:1", NULL),
		NRS_OK);
	packet.linktype = NRS_LINK_RAW;
	assert_false(nrs_filter_pass(filter, &packet));
	nrs_filter_free(filter);
}

static void a_filter_that_is_none_is_refused_at_once(void **state)
{
	struct nrs_filter *filter = NULL;
	struct nrs_diag diag = {0};

	(void)state;
	assert_int_equal(nrs_filter_new(&filter, "port port", &diag),
			 NRS_E_SYNTAX);
	assert_true(diag.text[0] != '\0');
	nrs_filter_free(NULL);
}

static int open_one(const char *name, const char *filter, struct nrs_diag *diag)
{
	const struct nrs_live_interface interface = {.name = name,
						     .filter = filter};
	const struct nrs_live_options options = {.interfaces = &interface,
						 .interface_count = 1,
						 .buffer_bytes = 1 << 20};
	struct nrs_live *live = NULL;
	const int err = nrs_live_open(&live, &options, diag);

	assert_true((err == NRS_OK) == (live != NULL));
	nrs_live_close(live);
	return err;
}

static void what_cannot_be_opened_is_named(void **state)
{
	const struct nrs_live_options none = {.interface_count = 0};
	const struct nrs_live_options many = {
		.interface_count = NRS_LIVE_INTERFACES_MAX + 1};
	struct nrs_live *live = NULL;
	struct nrs_diag diag = {0};

	(void)state;
	assert_int_equal(nrs_live_open(&live, &none, &diag), NRS_E_LIMIT);
	assert_int_equal(nrs_live_open(&live, &many, &diag), NRS_E_LIMIT);
	assert_int_equal(open_one("nrs-none0", NULL, &diag), NRS_E_IO);
	assert_non_null(strstr(diag.text, "nrs-none0"));
	nrs_live_close(NULL);
}

static void what_is_sent_is_read(void **state)
{
	static struct nrs_packet packets[16];
	static uint8_t block[NRS_SOURCE_BLOCK_ROOM];
	struct nrs_live_stats stats = {0};
	struct nrs_diag diag = {0};
	struct loopback lo;
	int got = 0;

	(void)state;
	loopback_open(&lo);
	if (lo.live == NULL) {
		loopback_close(&lo);
		loopback_wanted(&lo);
	}
	loopback_send(&lo, "hello", 5);
	for (int i = 0; i < 300 && got == 0; i++)
		got = nrs_live_read(lo.live, packets, 16, block, &diag);
	assert_int_equal(got, 1);
	assert_int_equal(packets[0].linktype, NRS_LINK_ETHERNET);
	assert_int_equal(packets[0].iface, 0);
	assert_int_equal(packets[0].wirelen, 14 + 20 + 8 + 5);
	assert_true(nrs_span_ends(packets[0].span, "hello"));
	assert_true(packets[0].span.ptr >= block &&
		    packets[0].span.ptr < block + sizeof(block));
	assert_int_equal(nrs_live_stats(lo.live, 0, &stats), NRS_OK);
	assert_true(stats.received >= 1);
	assert_int_equal(nrs_live_stats(lo.live, 1, &stats), NRS_E_NOTFOUND);
	assert_int_equal(nrs_live_reopen(lo.live), 0);
	/* an expression that is none, on an interface that is one */
	assert_int_equal(open_one("lo", "port port", &diag), NRS_E_SYNTAX);
	assert_non_null(strstr(diag.text, "lo"));
	loopback_close(&lo);
}

/* @count frames come in at @device; until all were read. */
static void bring(int device, struct nrs_live *live, unsigned int count)
{
	static struct nrs_packet packets[16];
	static uint8_t block[NRS_SOURCE_BLOCK_ROOM];
	struct frame f;
	int got = 0;

	frame_udp(&f, 1, 2, 5000, 53);
	for (unsigned int i = 0; i < count; i++)
		assert_int_equal(write(device, f.bytes, f.len), f.len);
	for (int i = 0; i < 300 && got < (int)count; i++) {
		const int more = nrs_live_read(live, packets, 16, block, NULL);

		assert_true(more >= 0);
		got += more;
	}
	assert_int_equal(got, count);
}

/* Counters only rise, or rates and sums are wrong. */
static void what_was_counted_stays_when_an_interface_comes_back(void **state)
{
	static struct nrs_packet packets[16];
	static uint8_t block[NRS_SOURCE_BLOCK_ROOM];
	const struct nrs_live_interface interface = {.name = "nrs0"};
	const struct nrs_live_options options = {.interfaces = &interface,
						 .interface_count = 1,
						 .buffer_bytes = 1 << 20};
	struct nrs_live_stats stats = {0};
	struct nrs_live *live = NULL;
	struct nrs_diag diag = {0};
	int got = 0;

	(void)state;
	own_net_enter();
	int device = own_net_device("nrs0");
	assert_int_equal(nrs_live_open(&live, &options, &diag), NRS_OK);
	bring(device, live, 5);
	assert_int_equal(nrs_live_stats(live, 0, &stats), NRS_OK);
	assert_int_equal(stats.received, 5);
	(void)close(device);
	for (int i = 0; i < 300 && got == 0; i++)
		got = nrs_live_read(live, packets, 16, block, &diag);
	assert_int_equal(got, NRS_E_IO);
	assert_int_equal(nrs_live_stats(live, 0, &stats), NRS_E_NOTFOUND);
	assert_int_equal(stats.received, 5);
	device = own_net_device("nrs0");
	assert_int_equal(nrs_live_reopen(live), 0);
	bring(device, live, 2);
	assert_int_equal(nrs_live_stats(live, 0, &stats), NRS_OK);
	assert_int_equal(stats.received, 7);
	nrs_live_close(live);
	(void)close(device);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_filter_passes_what_it_says),
		cmocka_unit_test(the_same_filter_reads_other_link_types),
		cmocka_unit_test(a_filter_that_is_none_is_refused_at_once),
		cmocka_unit_test(what_cannot_be_opened_is_named),
		cmocka_unit_test(what_is_sent_is_read),
		cmocka_unit_test(
			what_was_counted_stays_when_an_interface_comes_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
