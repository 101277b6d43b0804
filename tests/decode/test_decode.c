/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_decode: from each link layer to the transport header, and shards that
 * do not depend on the direction.
 */
#include "capture/decode/decode.h"
#include "tests/capture/frames.h"

static struct nrs_hash_key key;

static int setup(void **state)
{
	(void)state;
	nrs_hash_key_init(&key, 0);
	return 0;
}

/* IPv4, UDP 5000 -> 53 with 4 octets, from 192.0.2.1 to .2 */
static const uint8_t ip[] =
	"\x45\x00\x00\x20\0\0\0\0\x40\x11\0\0\xc0\0\x02\x01\xc0\0\x02\x02"
	"\x13\x88\x00\x35\x00\x0c\0\0data";
#define IP_LEN (sizeof(ip) - 1)

static const struct {
	const char *name;
	uint16_t linktype;
	const char *head;
	size_t len;
	uint16_t vlan;
} links[] = {
	{"Ethernet", 1, "\2\2\2\2\2\2\1\1\1\1\1\1\x08\x00", 14, 0},
	{"802.1Q", 1, "\2\2\2\2\2\2\1\1\1\1\1\1\x81\x00\x20\x05\x08\x00", 18,
	 5},
	{"QinQ", 1,
	 "\2\2\2\2\2\2\1\1\1\1\1\1\x88\xa8\x00\x07\x81\x00\x00\x05\x08"
	 "\x00",
	 22, 7},
	{"five tags", 1,
	 "\2\2\2\2\2\2\1\1\1\1\1\1\x81\x00\x00\x09\x81\x00\x00\x05"
	 "\x91\x00\x00\x05\x81\x00\x00\x05\x81\x00\x00\x05\x08\x00",
	 34, 9},
	/* RFC 3032: label 16, then 17 with the bottom bit */
	{"MPLS", 1,
	 "\2\2\2\2\2\2\1\1\1\1\1\1\x88\x47\x00\x01\x00\xff\x00\x01"
	 "\x11\xff",
	 22, 0},
	/* RFC 4448: control word, then a frame with a tag */
	{"Ethernet in MPLS", 1,
	 "\2\2\2\2\2\2\1\1\1\1\1\1\x88\x47\x00\x01\x01\xff\0\0\0\0"
	 "\2\2\2\2\2\2\1\1\1\1\1\1\x81\x00\x00\x06\x08\x00",
	 40, 6},
	/* RFC 2516: session 1, 34 octets */
	{"PPPoE in a VLAN", 1,
	 "\2\2\2\2\2\2\1\1\1\1\1\1\x81\x00\x00\x03\x88\x64\x11\x00"
	 "\x00\x01\x00\x22\x00\x21",
	 26, 3},
	{"VN-Tag", 1,
	 "\2\2\2\2\2\2\1\1\1\1\1\1\x89\x26\0\1\0\2\x81\x00\x00\x04"
	 "\x08\x00",
	 24, 4},
	{"E-Tag", 1, "\2\2\2\2\2\2\1\1\1\1\1\1\x89\x3f\0\1\0\2\0\0\x08\x00", 22,
	 0},
	{"PPP", 9, "\xff\x03\x00\x21", 4, 0},
	{"PPP without address", 9, "\x00\x21", 2, 0},
	{"PPP compressed", 9, "\x21", 1, 0},
	{"PPP in HDLC", 50, "\xff\x03\x00\x21", 4, 0},
	{"PPPoE alone", 51, "\x11\x00\x00\x01\x00\x22\x00\x21", 8, 0},
	{"raw IP", 101, "", 0, 0},
	{"IPv4", 228, "", 0, 0},
	{"null, little endian", 0, "\2\0\0\0", 4, 0},
	{"null, big endian", 0, "\0\0\0\2", 4, 0},
	{"loop", 108, "\0\0\0\2", 4, 0},
	{"cooked", 113, "\0\0\0\1\0\6\1\1\1\1\1\1\0\0\x08\x00", 16, 0},
	/* IEEE 802.11: data from the distribution system, then with
	 * QoS and an aggregate's subframe head */
	{"802.11", 105,
	 "\x08\x02\0\0\1\1\1\1\1\1\2\2\2\2\2\2\3\3\3\3\3\3\0\0"
	 "\xaa\xaa\3\0\0\0\x08\x00",
	 32, 0},
	{"802.11 aggregate", 105,
	 "\x88\x02\0\0\1\1\1\1\1\1\2\2\2\2\2\2\3\3\3\3\3\3\0\0"
	 "\x80\0\1\1\1\1\1\1\2\2\2\2\2\2\0\x28\xaa\xaa\3\0\0\0"
	 "\x08\x00",
	 48, 0},
	{"802.11 behind radiotap", 127,
	 "\0\0\x0a\0\0\0\0\0\0\0"
	 "\x08\x02\0\0\1\1\1\1\1\1\2\2\2\2\2\2\3\3\3\3\3\3\0\0"
	 "\xaa\xaa\3\0\0\0\x08\x00",
	 42, 0},
	{"Ethernet behind PPI", 192,
	 "\0\0\x08\0\1\0\0\0\2\2\2\2\2\2\1\1\1\1\1\1\x08\x00", 22, 0},
	{"Cisco HDLC", 104, "\x0f\0\x08\x00", 4, 0},
	{"FDDI", 10, "\x50\2\2\2\2\2\2\1\1\1\1\1\1\xaa\xaa\3\0\0\0\x08\x00", 21,
	 0},
	/* IEEE 802.3: a length, then SNAP (RFC 1042) */
	{"802.3 with SNAP", 1,
	 "\2\2\2\2\2\2\1\1\1\1\1\1\0\x28\xaa\xaa\3\0\0\0\x08\x00", 22, 0},
	/* 802.1ah: a backbone frame, service 5, then the frame */
	{"802.1ah", 1,
	 "\2\2\2\2\2\2\1\1\1\1\1\1\x88\xe7\0\0\0\5"
	 "\4\4\4\4\4\4\3\3\3\3\3\3\x08\x00",
	 32, 0},
	/* RFC 8300: MD type 2, two words, path 1, index 255 */
	{"NSH", 1, "\2\2\2\2\2\2\1\1\1\1\1\1\x89\x4f\x0f\xc2\2\1\0\0\1\xff", 22,
	 0},
	{"cooked 2", 276, "\x08\x00\0\0\0\0\0\1\0\1\0\6\1\1\1\1\1\1\0\0", 20,
	 0},
};

static void each_link_layer_leads_to_the_packet(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(links) / sizeof(*links); i++) {
		uint8_t bytes[96];
		const struct nrs_packet packet = {
			.linktype = links[i].linktype,
			.wirelen = (uint32_t)(links[i].len + IP_LEN),
			.span = nrs_span(bytes, links[i].len + IP_LEN)};
		struct nrs_datagram d;

		memcpy(bytes, links[i].head, links[i].len);
		memcpy(bytes + links[i].len, ip, IP_LEN);
		const int err = frame_decode(&d, &packet, &key);
		if (err != 1 || d.ip_off != links[i].len ||
		    d.src_port != 5000 || d.dst_port != 53 || d.proto != 17 ||
		    d.payload_len != 4 || d.payload_got != 4 ||
		    d.vlan != links[i].vlan)
			fail_msg("%s: %d", links[i].name, err);
		assert_memory_equal(d.data + d.payload_off, "data", 4);
		assert_true(nrs_decode_knows(links[i].linktype));
	}
}

static void what_is_not_decoded_is_named(void **state)
{
	uint8_t bytes[64] = {0};
	const struct nrs_packet packet = {
		.linktype = 107, .wirelen = 64, .span = nrs_span(bytes, 64)};
	struct nrs_datagram d;

	(void)state;
	assert_int_equal(frame_decode(&d, &packet, &key), NRS_E_UNSUPPORTED);
	assert_string_equal(nrs_decode_link_name(107), "FRELAY");
	assert_string_equal(nrs_decode_link_name(9999), "unknown");
}

static void both_directions_are_one_flow(void **state)
{
	struct frame there, back;
	struct nrs_datagram a, b;

	(void)state;
	frame_udp(&there, 1, 2, 5000, 53);
	frame_udp(&back, 2, 1, 53, 5000);
	const struct nrs_packet one = frame_packet(&there, 0, 1);
	const struct nrs_packet other = frame_packet(&back, 1, 2);
	assert_int_equal(frame_decode(&a, &one, &key), 1);
	assert_int_equal(frame_decode(&b, &other, &key), 1);
	assert_int_equal(a.hash, b.hash);
	assert_int_equal(a.shard, b.shard);
	/* other ports: another flow in the same shard */
	frame_udp(&back, 2, 1, 53, 5001);
	assert_int_equal(frame_decode(&b, &other, &key), 1);
	assert_int_not_equal(a.hash, b.hash);
	assert_int_equal(a.shard, b.shard);
}

static void shards_are_spread(void **state)
{
	unsigned int used[256] = {0}, count = 0;

	(void)state;
	for (unsigned int i = 0; i < 250; i++) {
		struct frame f;
		struct nrs_datagram d;

		frame_udp(&f, (uint8_t)i, 255, 1, 2);
		const struct nrs_packet packet = frame_packet(&f, 0, 1);
		assert_int_equal(frame_decode(&d, &packet, &key), 1);
		used[d.shard]++;
	}
	for (unsigned int s = 0; s < 256; s++)
		count += used[s] > 0;
	/* 250 balls into 256 boxes fill about 160 of them */
	assert_in_range(count, 130, 190);
}

static void an_icmp_error_stands_with_the_flow_it_quotes(void **state)
{
	struct frame f;
	struct nrs_datagram d, quoted_one;
	struct nrs_tuple quoted;
	struct frame original;

	(void)state;
	frame_udp(&original, 1, 2, 5000, 53);
	const struct nrs_packet first = frame_packet(&original, 0, 1);
	assert_int_equal(frame_decode(&quoted_one, &first, &key), 1);
	/* port unreachable, from a router */
	frame_ipv4(&f, 1, 99, 1, 8 + 28);
	frame_put(&f, "\3\3\0\0\0\0\0\0", 8);
	frame_put(&f, ip, 28);
	const struct nrs_packet error = frame_packet(&f, 1, 2);
	assert_int_equal(frame_decode(&d, &error, &key), 1);
	assert_true((d.flags & NRS_DG_ICMP_ERROR) != 0);
	assert_int_equal(d.shard, quoted_one.shard);
	assert_true(nrs_decode_quoted(&d, &quoted));
	assert_int_equal(quoted.src_port, 5000);
	assert_int_equal(quoted.dst_port, 53);
	uint8_t shard;
	assert_int_equal(nrs_decode_hash(&key, &quoted, &shard),
			 quoted_one.hash);
}

/* Shims that end nowhere: too many, cut, or carrying something else. */
static void shims_without_ip_are_told_apart(void **state)
{
	static const struct {
		const char *name;
		const char *bytes; /* behind the addresses */
		size_t len;
		int err;
	} rows[] = {
		{"ARP in a VLAN", "\x81\0\0\1\x08\x06\0\1", 8, NRS_E_NOTFOUND},
		{"PPPoE discovery", "\x88\x63\x11\x09\0\0\0\0", 8,
		 NRS_E_NOTFOUND},
		{"PPPoE, not session data", "\x88\x64\x11\xa7\0\1\0\0", 8,
		 NRS_E_NOTFOUND},
		{"LCP", "\x88\x64\x11\0\0\1\0\2\xc0\x21\1\1", 12,
		 NRS_E_NOTFOUND},
		/* 802.1AE, RFC 6325 */
		{"MACsec", "\x88\xe5\x2c\0\0\0\0\1", 8, NRS_E_OPAQUE},
		{"TRILL in a VLAN", "\x81\0\0\1\x22\xf3\0\1", 8, NRS_E_OPAQUE},
		{"LLDP", "\x88\xcc\2\7", 4, NRS_E_NOTFOUND},
		{"cut tag", "\x81\0\0\1\x08", 5, NRS_E_TRUNCATED},
		{"cut labels", "\x88\x47\0\1\0\xff\0\1\1", 9, NRS_E_TRUNCATED},
		{"labels and nothing", "\x88\x47\0\1\1\xff", 6,
		 NRS_E_TRUNCATED},
		{"cut PPPoE", "\x88\x64\x11\0\0\1", 6, NRS_E_TRUNCATED},
		{"cut PPP", "\x88\x64\x11\0\0\1\0\2\0", 9, NRS_E_TRUNCATED},
	};
	uint8_t bytes[256] = {0};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct nrs_packet packet = {.linktype = 1};
		struct nrs_datagram d;

		memcpy(bytes + 12, rows[i].bytes, rows[i].len);
		packet.span = nrs_span(bytes, 12 + rows[i].len);
		const int err = frame_decode(&d, &packet, &key);
		if (err != rows[i].err)
			fail_msg("%s: %d", rows[i].name, err);
	}
	/* nothing but tags, and nothing but labels */
	for (size_t i = 12; i < sizeof(bytes); i += 4)
		memcpy(bytes + i, "\x81\0\0\1", 4);
	const struct nrs_packet packet = {
		.linktype = 1, .span = nrs_span(bytes, sizeof(bytes))};
	struct nrs_datagram d;
	assert_int_equal(frame_decode(&d, &packet, &key), NRS_E_OPAQUE);
	memset(bytes + 14, 0, sizeof(bytes) - 14);
	memcpy(bytes + 12, "\x88\x47", 2);
	assert_int_equal(frame_decode(&d, &packet, &key), NRS_E_OPAQUE);
}

/* Cut anywhere nothing is read behind the end (asan), and nothing claims more
 * than was captured. */
static void every_cut_is_safe(void **state)
{
	struct frame f;

	(void)state;
	frame_tcp(&f, &(struct frame_tcp){.from = 1,
					  .to = 2,
					  .from_port = 1,
					  .to_port = 80,
					  .flags = 0x18,
					  .payload = "GET / HTTP/1.1\r\n"});
	for (size_t len = 0; len <= f.len; len++) {
		uint8_t *copy = malloc(len + 1);
		struct nrs_packet packet = frame_packet(&f, 0, 1);
		struct nrs_datagram d;

		assert_non_null(copy);
		memcpy(copy, f.bytes, len);
		packet.span = nrs_span(copy, len);
		if (frame_decode(&d, &packet, &key) == 1)
			assert_true((size_t)d.payload_off + d.payload_got <=
				    len);
		free(copy);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_link_layer_leads_to_the_packet),
		cmocka_unit_test(what_is_not_decoded_is_named),
		cmocka_unit_test(shims_without_ip_are_told_apart),
		cmocka_unit_test(both_directions_are_one_flow),
		cmocka_unit_test(shards_are_spread),
		cmocka_unit_test(an_icmp_error_stands_with_the_flow_it_quotes),
		cmocka_unit_test(every_cut_is_safe),
	};

	return cmocka_run_group_tests(tests, setup, NULL);
}
