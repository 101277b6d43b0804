/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_tap: what goes over an interface reaches one worker, once: the one that
 * owns it. In a network namespace of the test's own, whose loopback interface
 * carries whatever frames are sent. Wants root.
 */
#include "capture/source/tap.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include "capture/source/source.h"
#include "tests/capture/frames.h"
#include "tests/source/own_net.h"

#define WORKERS 3u
#define FRAMES_MAX 4096

static struct nrs_hash_key key;
static int sender = -1;

static void set_loopback(bool up)
{
	struct ifreq ask = {.ifr_name = "lo"};
	const int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	ask.ifr_flags = up ? IFF_UP | IFF_RUNNING : 0;
	assert_int_equal(ioctl(fd, SIOCSIFFLAGS, &ask), 0);
	(void)close(fd);
}

static int setup(void **state)
{
	struct sockaddr_ll to = {.sll_family = AF_PACKET};

	(void)state;
	nrs_hash_key_init(&key, 4711);
	if (unshare(CLONE_NEWNET) != 0) {
		print_message("skipped: no network namespace: %s\n",
			      strerror(errno));
		exit(NRS_SKIP);
	}
	set_loopback(true);
	sender = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0);
	to.sll_ifindex = (int)if_nametoindex("lo");
	to.sll_protocol = htons(ETH_P_IP);
	assert_int_equal(bind(sender, (const void *)&to, sizeof(to)), 0);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	return close(sender);
}

static void send_frame(struct nrs_span frame)
{
	assert_int_equal(send(sender, frame.ptr, frame.len, 0), frame.len);
}

static enum nrs_live_direction direction;

static int open_taps(struct nrs_taps **out, const char *name,
		     const char *filter, struct nrs_diag *diag)
{
	static struct nrs_live_interface interface;
	const struct nrs_live_options options = {.interfaces = &interface,
						 .interface_count = 1,
						 .buffer_bytes = 8 << 20};

	interface = (struct nrs_live_interface){
		.name = name, .filter = filter, .direction = direction};
	return nrs_taps_open(out, &options, WORKERS, &key, diag);
}

/* Where the kernel takes no program there is nothing to test. */
static struct nrs_taps *taps_wanted(const char *filter)
{
	struct nrs_taps *taps = NULL;
	struct nrs_diag diag = {0};
	const int err = open_taps(&taps, "lo", filter, &diag);

	if (err == NRS_E_UNSUPPORTED) {
		print_message("skipped: %s\n", diag.text);
		skip();
	}
	assert_int_equal(err, NRS_OK);
	assert_int_equal(nrs_taps_start(taps), NRS_OK);
	return taps;
}

struct got {
	unsigned int all, astray;
	uint32_t wirelen; /* of the last one */
	size_t len;
	uint8_t head[20];
};

/* Everything that arrives until nothing does for 30 ms. */
static struct got collect(struct nrs_taps *taps)
{
	static struct nrs_packet packets[FRAMES_MAX];
	struct got got = {0};

	for (unsigned int idle = 0; idle < 3 * WORKERS;) {
		const unsigned int worker = idle % WORKERS;
		const int count = nrs_tap_read(nrs_taps_of(taps, worker),
					       packets, FRAMES_MAX, NULL);

		assert_true(count >= 0);
		idle = count > 0 ? 0 : idle + 1;
		for (int i = 0; i < count; i++) {
			struct nrs_datagram d[NRS_DATAGRAMS_MAX];
			const int n = nrs_decode(d, &packets[i], &key);

			got.all++;
			got.wirelen = packets[i].wirelen;
			got.len = packets[i].span.len;
			memcpy(got.head, packets[i].span.ptr, sizeof(got.head));
			if (n > 0)
				got.astray +=
					d[n - 1].shard % WORKERS != worker;
		}
		if (count > 0)
			idle = worker; /* the same one again */
	}
	return got;
}

static unsigned int send_capture(const char *name)
{
	static struct nrs_packet packets[FRAMES_MAX];
	static uint8_t block[NRS_SOURCE_BLOCK_ROOM];
	struct nrs_source *source = NULL;
	unsigned int sent = 0;
	char path[4096];
	int count;

	snprintf(path, sizeof(path), "%s/%s", nrs_test_source(), name);
	assert_int_equal(nrs_source_open(&source, path, NULL, NULL), NRS_OK);
	while ((count = nrs_source_read(source, packets, FRAMES_MAX, block,
					NULL)) > 0) {
		for (int i = 0; i < count; i++, sent++)
			send_frame(packets[i].span);
	}
	nrs_source_close(source);
	return sent;
}

static void every_frame_reaches_its_owner_once(void **state)
{
	struct nrs_taps *taps = taps_wanted(NULL);
	struct nrs_live_stats stats;
	uint64_t received = 0;

	(void)state;
	(void)collect(taps);
	const unsigned int sent = send_capture("tests/data/demo.pcap");
	const struct got got = collect(taps);
	assert_true(sent > 100);
	assert_int_equal(got.all, sent);
	assert_int_equal(got.astray, 0);
	for (unsigned int w = 0; w < WORKERS; w++) {
		assert_int_equal(nrs_tap_stats(nrs_taps_of(taps, w), 0, &stats),
				 NRS_OK);
		assert_int_equal(stats.dropped, 0);
		received += stats.received;
	}
	assert_true(received >= sent);
	assert_int_equal(nrs_taps_reopen(taps), 0);
	nrs_taps_close(taps);
}

/* Everything two hosts can say to one another, whatever is around it: the
 * frames of a pair, and what they are. Around tunnels stands one outer pair. */
#define PAIRS 200u
#define OUTER 17, 250, 251

static void put_around(struct frame *f, const char *head, size_t head_len,
		       struct nrs_span inside)
{
	frame_put(f, head, head_len);
	frame_put(f, inside.ptr, inside.len);
}

static void put_udp_around(struct frame *f, uint16_t port, const char *head,
			   struct nrs_span inside)
{
	frame_ipv4(f, OUTER, 8 + 8 + inside.len);
	frame_put_u16(f, 5555);
	frame_put_u16(f, port);
	frame_put_u16(f, (unsigned int)(16 + inside.len));
	frame_put_u16(f, 0);
	put_around(f, head, 8, inside);
}

/* Which of them @kind is; false: there are no more. */
static bool make_kind(struct frame *f, unsigned int kind, uint8_t a, uint8_t b)
{
	struct frame to, back;
	struct nrs_span ip;

	frame_udp(&to, a, b, 5000, 53);
	frame_udp(&back, b, a, 53, 5000);
	ip = nrs_span(to.bytes + 14, to.len - 14);
	*f = (struct frame){0};
	switch (kind) {
	case 0:
	case 1:
		*f = kind == 0 ? to : back;
		break;
	case 2: /* a tag */
		frame_put(f, back.bytes, 12);
		put_around(f, "\x81\x00\x00\x2a", 4,
			   nrs_span(back.bytes + 12, back.len - 12));
		break;
	case 3: /* two */
		frame_put(f, to.bytes, 12);
		put_around(f, "\x88\xa8\x00\x2a\x81\x00\x00\x2b", 8,
			   nrs_span(to.bytes + 12, to.len - 12));
		break;
	case 4: /* the first fragment, and a later one */
	case 5:
		*f = kind == 4 ? to : back;
		f->bytes[20] = kind == 4 ? 0x20 : 0x00;
		f->bytes[21] = kind == 4 ? 0x00 : 0xb9;
		break;
	case 6: /* GRE */
		frame_ipv4(f, 47, 250, 251, 4 + ip.len);
		put_around(f, "\0\0\x08\0", 4, ip);
		break;
	case 7: /* IP in IP */
		frame_ipv4(f, 4, 250, 251, ip.len);
		put_around(f, "", 0, ip);
		break;
	case 8: /* VXLAN */
		put_udp_around(f, 4789, "\x08\0\0\0\0\0\x2a\0",
			       nrs_span(back.bytes, back.len));
		break;
	case 9: /* GENEVE */
		put_udp_around(f, 6081, "\0\0\x65\x58\0\0\x2a\0",
			       nrs_span(back.bytes, back.len));
		break;
	case 10: /* MPLS */
		frame_put(f, to.bytes, 12);
		put_around(f, "\x88\x47\0\x01\x01\x40", 6, ip);
		break;
	case 11: /* a router's answer, which quotes it */
		frame_ipv4(f, 1, 252, a, 8 + ip.len);
		put_around(f, "\x03\x01\0\0\0\0\0\0", 8, ip);
		break;
	default:
		return false;
	}
	return true;
}

/* Each frame ends with its pair's number. */
static unsigned int send_pairs(void)
{
	unsigned int sent = 0;

	for (unsigned int pair = 0; pair < PAIRS; pair++) {
		const uint8_t a = (uint8_t)(pair + 1),
			      b = (uint8_t)(201 + pair % 49);
		struct frame f;

		for (unsigned int k = 0; make_kind(&f, k, a, b); k++, sent++) {
			frame_put_u16(&f, pair);
			send_frame(nrs_span(f.bytes, f.len));
		}
	}
	return sent;
}

/* Both directions, fragments, tags, tunnels, errors: 200 of 200. */
static void all_that_two_hosts_say_reaches_one_worker(void **state)
{
	static struct nrs_packet packets[FRAMES_MAX];
	unsigned int workers[PAIRS] = {0}, all = 0, whole = 0, used = 0;
	struct nrs_taps *taps = taps_wanted(NULL);
	const unsigned int sent = send_pairs();

	(void)state;
	for (unsigned int read = 0; read < 20 * WORKERS; read++) {
		const int count =
			nrs_tap_read(nrs_taps_of(taps, read % WORKERS), packets,
				     FRAMES_MAX, NULL);

		for (int i = 0; i < count; i++) {
			const struct nrs_span s = packets[i].span;
			const unsigned int pair =
				s.ptr[s.len - 2] * 256u + s.ptr[s.len - 1];

			assert_true(pair < PAIRS);
			workers[pair] |= 1u << read % WORKERS;
			used |= 1u << read % WORKERS;
			all++;
		}
	}
	assert_int_equal(all, sent);
	assert_int_equal(sent, PAIRS * 12);
	for (unsigned int pair = 0; pair < PAIRS; pair++)
		whole += (workers[pair] & (workers[pair] - 1)) == 0;
	assert_int_equal(whole, PAIRS);
	assert_int_equal(used, (1u << WORKERS) - 1);
	nrs_taps_close(taps);
}

static void nothing_comes_before_the_start(void **state)
{
	struct nrs_taps *taps = NULL;
	struct nrs_diag diag = {0};

	(void)state;
	nrs_taps_close(taps_wanted(NULL));
	assert_int_equal(open_taps(&taps, "lo", NULL, &diag), NRS_OK);
	(void)send_capture("tests/data/demo.pcap");
	assert_int_equal(collect(taps).all, 0);
	assert_int_equal(nrs_taps_start(taps), NRS_OK);
	const unsigned int sent = send_capture("tests/data/demo.pcap");
	assert_int_equal(collect(taps).all, sent);
	nrs_taps_close(taps);
}

static void a_filter_lets_in_what_it_says(void **state)
{
	struct nrs_taps *taps = taps_wanted("udp port 53");
	const struct frame_tcp tcp = {C2S, .flags = 2};
	struct frame one, other;

	(void)state;
	frame_udp(&one, 1, 2, 5000, 53);
	frame_tcp(&other, &tcp);
	send_frame(nrs_span(one.bytes, one.len));
	send_frame(nrs_span(other.bytes, other.len));
	assert_int_equal(collect(taps).all, 1);
	nrs_taps_close(taps);
}

static void send_tagged(const struct frame *f, const char *tag)
{
	struct frame tagged = {0};

	frame_put(&tagged, f->bytes, 12);
	frame_put(&tagged, tag, 4);
	frame_put(&tagged, f->bytes + 12, f->len - 12);
	send_frame(nrs_span(tagged.bytes, tagged.len));
}

/* The kernel takes the tag out before it filters. */
static void a_filter_finds_tags_and_lets_them_in_whole(void **state)
{
	struct nrs_taps *taps = taps_wanted("vlan 42 and udp port 53");
	struct frame f;

	(void)state;
	frame_udp(&f, 1, 2, 5000, 53);
	f.len = 1400;
	send_frame(nrs_span(f.bytes, f.len));
	send_tagged(&f, "\x81\x00\x20\x2b");
	assert_int_equal(collect(taps).all, 0);
	send_tagged(&f, "\x81\x00\x20\x2a");
	const struct got got = collect(taps);
	assert_int_equal(got.all, 1);
	assert_int_equal(got.len, f.len + 4);
	nrs_taps_close(taps);
}

/* Loopback brings in what went out: each direction is there once. */
static void one_direction_alone_is_read(void **state)
{
	struct frame f;

	(void)state;
	frame_udp(&f, 1, 2, 5000, 53);
	for (direction = NRS_LIVE_BOTH; direction <= NRS_LIVE_OUTGOING;
	     direction++) {
		struct nrs_taps *taps = taps_wanted(NULL);

		send_frame(nrs_span(f.bytes, f.len));
		assert_int_equal(collect(taps).all, 1);
		nrs_taps_close(taps);
	}
	direction = NRS_LIVE_BOTH;
}

static void a_tag_stands_where_it_stood(void **state)
{
	struct nrs_taps *taps = taps_wanted(NULL);
	struct frame f;

	(void)state;
	frame_udp(&f, 1, 2, 5000, 53);
	send_tagged(&f, "\x81\x00\x20\x2a");
	const struct got got = collect(taps);
	assert_int_equal(got.all, 1);
	assert_int_equal(got.wirelen, f.len + 4);
	assert_memory_equal(got.head, f.bytes, 12);
	assert_memory_equal(got.head + 12, "\x81\x00\x20\x2a", 4);
	assert_memory_equal(got.head + 16, f.bytes + 12, 4);
	nrs_taps_close(taps);
}

/* What stood in a block that was not full when the end came, too. */
static void all_that_came_before_the_end_of_an_interface_is_read(void **state)
{
	struct nrs_taps *taps = taps_wanted(NULL);
	static struct nrs_packet packets[FRAMES_MAX];
	unsigned int all = 0, told = 0;
	int reason;
	socklen_t len = sizeof(reason);

	(void)state;
	(void)collect(taps);
	const unsigned int sent = send_capture("tests/data/demo.pcap");
	set_loopback(false);
	for (unsigned int i = 0; i < 20 * WORKERS && told < WORKERS; i++) {
		const int got = nrs_tap_read(nrs_taps_of(taps, i % WORKERS),
					     packets, FRAMES_MAX, NULL);

		told += got == NRS_E_IO;
		all += got > 0 ? (unsigned int)got : 0;
	}
	set_loopback(true);
	(void)getsockopt(sender, SOL_SOCKET, SO_ERROR, &reason, &len);
	assert_int_equal(told, WORKERS);
	assert_int_equal(all, sent);
	nrs_taps_close(taps);
}

static void an_interface_that_went_down_is_opened_anew(void **state)
{
	struct nrs_taps *taps = taps_wanted(NULL);
	static struct nrs_packet packets[16];
	struct nrs_diag diag = {0};
	unsigned int told = 0;
	int reason;
	socklen_t len = sizeof(reason);

	(void)state;
	set_loopback(false);
	for (unsigned int w = 0; w < WORKERS; w++)
		told += nrs_tap_read(nrs_taps_of(taps, w), packets, 16,
				     &diag) == NRS_E_IO;
	assert_int_equal(told, WORKERS);
	assert_non_null(strstr(diag.text, "lo"));
	assert_int_equal(nrs_tap_read(nrs_taps_of(taps, 0), packets, 16, &diag),
			 0);
	set_loopback(true);
	/* the sender was told, too */
	(void)getsockopt(sender, SOL_SOCKET, SO_ERROR, &reason, &len);
	assert_int_equal(nrs_taps_reopen(taps), 0);
	(void)collect(taps);
	const unsigned int sent = send_capture("tests/data/demo.pcap");
	const struct got got = collect(taps);
	assert_int_equal(got.all, sent);
	assert_int_equal(got.astray, 0);
	nrs_taps_close(taps);
}

/* One wire never is silent; the end of the other is seen all the same. */
static void the_end_of_an_interface_is_seen_beside_a_busy_one(void **state)
{
	const struct nrs_live_interface both[] = {{.name = "lo"},
						  {.name = "nrs0"}};
	const struct nrs_live_options options = {.interfaces = both,
						 .interface_count = 2,
						 .buffer_bytes = 8 << 20};
	static struct nrs_packet packets[1];
	static uint8_t large[1400] = {0};
	struct nrs_taps *taps = NULL;
	struct nrs_diag diag = {0};
	unsigned int reads = 0, all = 0;
	int got;

	(void)state;
	const int device = own_net_device("nrs0");
	assert_int_equal(nrs_taps_open(&taps, &options, 1, &key, &diag),
			 NRS_OK);
	assert_int_equal(nrs_taps_start(taps), NRS_OK);
	for (unsigned int i = 0; i < 2000; i++)
		send_frame(nrs_span(large, sizeof(large)));
	(void)close(device);
	do {
		got = nrs_tap_read(nrs_taps_of(taps, 0), packets, 1, &diag);
		all += got == 1 && packets[0].iface == 0;
	} while (++reads < 1000 && got == 1);
	assert_int_equal(got, NRS_E_IO);
	assert_non_null(strstr(diag.text, "nrs0"));
	/* and no packet of the other was lost over it */
	do {
		got = nrs_tap_read(nrs_taps_of(taps, 0), packets, 1, &diag);
		all += got == 1 && packets[0].iface == 0;
	} while (got == 1);
	assert_int_equal(all, 2000);
	nrs_taps_close(taps);
}

static void what_cannot_be_opened_is_named(void **state)
{
	struct nrs_taps *taps = NULL;
	struct nrs_diag diag = {0};

	(void)state;
	nrs_taps_close(taps_wanted(NULL));
	/* libpcap has devices of its own; it says if there is none. */
	assert_int_equal(open_taps(&taps, "nrs-none0", NULL, &diag),
			 NRS_E_UNSUPPORTED);
	assert_non_null(strstr(diag.text, "nrs-none0"));
	assert_int_equal(open_taps(&taps, "lo", "port port", &diag),
			 NRS_E_SYNTAX);
	assert_null(taps);
	nrs_taps_close(NULL);
}

static bool any_filled(struct nrs_taps *taps, unsigned int percent)
{
	bool any = false;

	for (unsigned int w = 0; w < WORKERS; w++)
		any |= nrs_tap_is_filled(nrs_taps_of(taps, w), percent);
	return any;
}

/* Four frames fill a block, ten blocks are a worker's ring. They are of no
 * flow, so all come to the same worker. */
static void a_ring_tells_how_much_of_it_waits(void **state)
{
	static const uint8_t frame[60000] = {[12] = 0x88, [13] = 0xb5};
	struct nrs_taps *taps = taps_wanted(NULL);

	(void)state;
	assert_false(any_filled(taps, 1));
	for (unsigned int i = 0; i < 22; i++)
		send_frame(nrs_span(frame, sizeof(frame)));
	assert_true(any_filled(taps, 40));
	assert_false(any_filled(taps, 90));
	for (unsigned int i = 0; i < 60; i++)
		send_frame(nrs_span(frame, sizeof(frame)));
	assert_true(any_filled(taps, 100));
	(void)collect(taps);
	assert_false(any_filled(taps, 1));
	nrs_taps_close(taps);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_frame_reaches_its_owner_once),
		cmocka_unit_test(all_that_two_hosts_say_reaches_one_worker),
		cmocka_unit_test(nothing_comes_before_the_start),
		cmocka_unit_test(a_filter_lets_in_what_it_says),
		cmocka_unit_test(a_filter_finds_tags_and_lets_them_in_whole),
		cmocka_unit_test(one_direction_alone_is_read),
		cmocka_unit_test(a_tag_stands_where_it_stood),
		cmocka_unit_test(
			all_that_came_before_the_end_of_an_interface_is_read),
		cmocka_unit_test(an_interface_that_went_down_is_opened_anew),
		cmocka_unit_test(
			the_end_of_an_interface_is_seen_beside_a_busy_one),
		cmocka_unit_test(what_cannot_be_opened_is_named),
		cmocka_unit_test(a_ring_tells_how_much_of_it_waits),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
