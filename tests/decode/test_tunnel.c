/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_tunnel: a packet inside another one, each encapsulation by the octets
 * of its RFC; and what only looks like a tunnel.
 */
#include "capture/decode/tunnel.h"
#include "tests/capture/frames.h"

static struct nrs_hash_key key;

static int setup(void **state)
{
	(void)state;
	nrs_hash_key_init(&key, 0);
	return 0;
}

/* IPv4, UDP 5000 -> 53 with 4 octets, from 198.51.100.1 to .2 */
#define INNER                                                                  \
	"\x45\x00\x00\x20\0\0\0\0\x40\x11\0\0\xc6\x33\x64\x01\xc6\x33\x64\x02" \
	"\x13\x88\x00\x35\x00\x0c\0\0data"
#define INNER_LEN ((size_t)32)
/* IPv6, the same ports, 2001:db8::1 to ::2 */
#define INNER6                                                                 \
	"\x60\0\0\0\0\x0c\x11\x40\x20\x01\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\x01"   \
	"\x20\x01\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\x02\x13\x88\x00\x35\x00\x0c"   \
	"\0\0data"
#define INNER6_LEN ((size_t)52)
#define MAC "\2\2\2\2\2\2\1\1\1\1\1\1"

struct row {
	const char *name;
	uint8_t proto;
	uint16_t src_port, dst_port; /* of UDP */
	const char *head;	     /* behind IP or UDP */
	size_t len;
	uint32_t id;
	bool is_v6; /* inside */
	bool has_mac;
};

/* An outer packet from 192.0.2.1 to .2 as @row says. */
static void wrap(struct frame *f, const struct row *row)
{
	const size_t inside = row->is_v6 ? INNER6_LEN : INNER_LEN;
	const size_t udp = row->proto == 17 ? 8 : 0;

	frame_ipv4(f, row->proto, 1, 2, udp + row->len + inside);
	if (udp > 0) {
		frame_put_u16(f, row->src_port);
		frame_put_u16(f, row->dst_port);
		frame_put_u16(f, (unsigned int)(udp + row->len + inside));
		frame_put_u16(f, 0);
	}
	frame_put(f, row->head, row->len);
	frame_put(f, row->is_v6 ? INNER6 : INNER, inside);
}

static const struct row rows[] = {
	{"IP in IP", 4, 0, 0, "", 0, 0, false, false},
	{"6in4", 41, 0, 0, "", 0, 0, true, false},
	{"MPLS in IP", 137, 0, 0, "\0\1\1\xff", 4, 0, false, false},
	{"EtherIP", 97, 0, 0, "\x30\0" MAC "\x08\0", 16, 0, false, true},
	{"GRE", 47, 0, 0, "\0\0\x08\0", 4, 0, false, false},
	{"GRE with IPv6", 47, 0, 0, "\0\0\x86\xdd", 4, 0, true, false},
	/* RFC 2890: checksum, key 7, sequence 9 */
	{"GRE with all options", 47, 0, 0,
	 "\xb0\0\x08\0\1\2\0\0\0\0\0\7\0\0\0\x09", 16, 0, false, false},
	/* RFC 7637: virtual subnet 0x112233, flow id 0x44 */
	{"NVGRE", 47, 0, 0, "\x20\0\x65\x58\x11\x22\x33\x44" MAC "\x08\0", 22,
	 0, false, true},
	/* RFC 2637: key 36 octets for call 5, sequence 1; PPP */
	{"PPTP", 47, 0, 0, "\x30\1\x88\x0b\0\x24\0\5\0\0\0\1\xff\3\0\x21", 16,
	 0, false, false},
	{"WCCP version 2", 47, 0, 0, "\0\0\x88\x3e\0\0\0\0", 8, 0, false,
	 false},
	{"ERSPAN I", 47, 0, 0, "\0\0\x88\xbe" MAC "\x08\0", 18, 0, false, true},
	/* version 1, VLAN 0, session 100 */
	{"ERSPAN II", 47, 0, 0,
	 "\x10\0\x88\xbe\0\0\0\1\x10\0\0\x64\0\0\0\0" MAC "\x08\0", 30, 0,
	 false, true},
	/* version 2, session 101, a sub-header of eight octets */
	{"ERSPAN III", 47, 0, 0,
	 "\x10\0\x22\xeb\0\0\0\1\x20\0\0\x65\0\0\0\0\0\0\0\1\0\0\0\0\0\0\0"
	 "\0" MAC "\x08\0",
	 42, 0, false, true},
	{"VXLAN", 17, 50000, 4789, "\x08\0\0\0\0\0\x2a\0" MAC "\x08\0", 22, 42,
	 false, true},
	{"VXLAN, tagged", 17, 50000, 4789,
	 "\x08\0\0\0\0\0\x2a\0" MAC "\x81\0\0\5\x08\0", 26, 42, false, true},
	{"VXLAN-GPE", 17, 50000, 4790, "\x0c\0\0\1\0\0\x2a\0", 8, 42, false,
	 false},
	/* RFC 8926: one option of eight octets */
	{"GENEVE", 17, 50000, 6081,
	 "\x02\0\x65\x58\0\0\7\0\1\2\3\1\0\0\0\0" MAC "\x08\0", 30, 7, false,
	 true},
	{"GENEVE with IPv6", 17, 50000, 6081, "\0\0\x86\xdd\0\0\7\0", 8, 7,
	 true, false},
	{"GTP-U", 17, 2152, 2152, "\x30\xff\0\x20\0\0\0\7", 8, 0, false, false},
	/* extension header flag; a PDU session container of one word */
	{"GTP-U with extension", 17, 2152, 2152,
	 "\x34\xff\0\x28\0\0\0\7\0\0\0\x85\1\0\0\0", 16, 0, false, false},
	{"Teredo", 17, 50000, 3544, "", 0, 0, true, false},
	/* RFC 4380: authentication without ids, then origin */
	{"Teredo with headers", 17, 3544, 50000,
	 "\0\1\0\0\1\2\3\4\5\6\7\x08\0\0\0\xec\x77\x3f\xff\xff\xfd", 21, 0,
	 true, false},
};

static void each_tunnel_shows_both_packets(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		const struct row *row = &rows[i];
		struct nrs_datagram d[NRS_DATAGRAMS_MAX];
		struct frame f;

		wrap(&f, row);
		const struct nrs_packet packet = frame_packet(&f, 7, 1);
		const int count = nrs_decode(d, &packet, &key);
		if (count != 2 ||
		    d[0].flags != (NRS_DG_V4 | NRS_DG_HAS_MAC | NRS_DG_OUTER) ||
		    d[0].proto != row->proto || d[0].payload_got != 0 ||
		    d[0].ip_off != 14 || d[0].tunnel != 0)
			fail_msg("%s: outer, %d", row->name, count);
		if (d[1].proto != 17 || d[1].src_port != 5000 ||
		    d[1].dst_port != 53 || d[1].payload_got != 4 ||
		    d[1].tunnel != row->id || d[1].ordinal != 7 ||
		    ((d[1].flags & NRS_DG_HAS_MAC) != 0) != row->has_mac ||
		    d[1].shard == d[0].shard)
			fail_msg("%s: inner", row->name);
		assert_memory_equal(d[1].data + d[1].payload_off, "data", 4);
		if (row->has_mac)
			assert_memory_equal(d[1].data + d[1].mac_off, MAC, 12);
	}
}

static void the_inner_vlan_is_the_inner_packets(void **state)
{
	static const struct row tagged = {
		"",
		17,
		1,
		4789,
		"\x08\0\0\0\0\0\x2a\0" MAC "\x81\0\0\5\x08\0",
		26,
		0,
		false,
		false};
	struct nrs_datagram d[NRS_DATAGRAMS_MAX];
	struct frame f;

	(void)state;
	wrap(&f, &tagged);
	const struct nrs_packet packet = frame_packet(&f, 0, 1);
	assert_int_equal(nrs_decode(d, &packet, &key), 2);
	assert_int_equal(d[0].vlan, 0);
	assert_int_equal(d[1].vlan, 5);
}

/* Cut anywhere, nothing is read behind the end (asan), and the outer packet is
 * there as soon as its header is. */
static void a_cut_tunnel_leaves_the_outer_packet(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct frame f;

		wrap(&f, &rows[i]);
		for (size_t len = 34; len < f.len; len++) {
			struct nrs_datagram d[NRS_DATAGRAMS_MAX];
			struct nrs_packet packet = frame_packet(&f, 0, 1);
			uint8_t *copy = malloc(len);

			assert_non_null(copy);
			memcpy(copy, f.bytes, len);
			packet.span = nrs_span(copy, len);
			const int count = nrs_decode(d, &packet, &key);
			if (count < 1 || (d[0].flags & NRS_DG_CUT) == 0)
				fail_msg("%s at %zu: %d", rows[i].name, len,
					 count);
			free(copy);
		}
	}
}

static void what_only_looks_like_a_tunnel_is_a_datagram(void **state)
{
	static const struct {
		struct row row;
		bool is_opaque;
	} lures[] = {
		{{"VXLAN without its flag", 17, 1, 4789,
		  "\0\0\0\0\0\0\x2a\0" MAC "\x08\0", 22, 0, false, false},
		 false},
		{{"VXLAN's port as source", 17, 4789, 1,
		  "\x08\0\0\0\0\0\x2a\0" MAC "\x08\0", 22, 0, false, false},
		 false},
		{{"ARP in VXLAN", 17, 1, 4789,
		  "\x08\0\0\0\0\0\x2a\0" MAC "\x08\x06", 22, 0, false, false},
		 false},
		{{"GTP echo", 17, 2152, 2152, "\x30\1\0\0\0\0\0\0", 8, 0, false,
		  false},
		 false},
		{{"not IP in IP", 4, 0, 0, "\x90", 1, 0, false, false}, true},
		{{"GRE with a source route", 47, 0, 0, "\x40\0\x08\0", 4, 0,
		  false, false},
		 true},
		{{"GTP-U extension of no length", 17, 2152, 2152,
		  "\x34\xff\0\x28\0\0\0\7\0\0\0\x85\0\0\0\0", 16, 0, false,
		  false},
		 true},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(lures) / sizeof(*lures); i++) {
		struct nrs_datagram d[NRS_DATAGRAMS_MAX];
		struct frame f;

		wrap(&f, &lures[i].row);
		const struct nrs_packet packet = frame_packet(&f, 0, 1);
		const int count = nrs_decode(d, &packet, &key);
		if (count != 1 || (d[0].flags & NRS_DG_OUTER) != 0 ||
		    ((d[0].flags & NRS_DG_OPAQUE) != 0) != lures[i].is_opaque)
			fail_msg("%s: %d", lures[i].row.name, count);
	}
}

/* @depth tunnels of IP in IP around the inner packet. */
static int nest(struct nrs_datagram *d, unsigned int depth)
{
	struct frame f;

	frame_ipv4(&f, depth == 0 ? 17 : 4, 1, 2, 0);
	f.bytes[17] = (uint8_t)(20 * depth + INNER_LEN);
	for (unsigned int i = 1; i < depth; i++) {
		frame_put(&f, "\x45\0\0", 3);
		const uint8_t len = (uint8_t)(20 * (depth - i) + INNER_LEN);
		frame_put(&f, &len, 1);
		frame_put(&f, "\0\0\0\0\x40\4\0\0\xc0\0\2\3\xc0\0\2\4", 16);
	}
	frame_put(&f, INNER, INNER_LEN);
	const struct nrs_packet packet = frame_packet(&f, 0, 1);
	return nrs_decode(d, &packet, &key);
}

static void three_tunnels_are_opened_and_a_fourth_is_told(void **state)
{
	struct nrs_datagram d[NRS_DATAGRAMS_MAX];

	(void)state;
	assert_int_equal(nest(d, 3), 4);
	assert_int_equal(d[3].dst_port, 53);
	assert_int_equal(d[3].flags & NRS_DG_OPAQUE, 0);
	assert_int_equal(nest(d, 4), 4);
	assert_int_equal(d[3].proto, 4);
	assert_true((d[3].flags & NRS_DG_OPAQUE) != 0);
}

/* A tunnel's first fragment is not opened: its inside is read when whole. */
static void a_fragment_is_no_tunnel(void **state)
{
	struct nrs_datagram d[NRS_DATAGRAMS_MAX];
	struct frame f;

	(void)state;
	wrap(&f, &rows[0]);
	f.bytes[14 + 6] = 0x20; /* more fragments */
	const struct nrs_packet packet = frame_packet(&f, 0, 1);
	assert_int_equal(nrs_decode(d, &packet, &key), 1);
	assert_int_equal(d[0].flags & (NRS_DG_OUTER | NRS_DG_OPAQUE), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_tunnel_shows_both_packets),
		cmocka_unit_test(the_inner_vlan_is_the_inner_packets),
		cmocka_unit_test(a_cut_tunnel_leaves_the_outer_packet),
		cmocka_unit_test(what_only_looks_like_a_tunnel_is_a_datagram),
		cmocka_unit_test(three_tunnels_are_opened_and_a_fourth_is_told),
		cmocka_unit_test(a_fragment_is_no_tunnel),
	};

	return cmocka_run_group_tests(tests, setup, NULL);
}
