/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_plain: the short way says what the long one says. The same frame behind
 * a PPI head of eight octets always goes the long way.
 */
#include "capture/decode/plain.h"
#include "tests/capture/frames.h"

#define PPI_HEAD 8
#define ROUNDS 200000

static const uint8_t ppi[PPI_HEAD] = {0, 0, PPI_HEAD, 0, 1, 0, 0, 0};

#define MACS "\2\2\2\2\2\2\1\1\1\1\1\1"
#define V4(total, proto)                                                       \
	"\x08\0\x45\0" total "\0\0\x40\0\x40" proto                            \
	"\0\0\xc0\0\2\1\xc6\x33\x64\2"
#define V6(payload, proto)                                                     \
	"\x86\xdd\x60\0\0\0" payload proto "\x40\x20\1\xd\xb8\0\0\0\0\0\0\0\0" \
	"\0\0\0\1\x20\1\xd\xb8\0\0\0\0\0\0\0\0\0\0\0\2"
#define TCP "\x13\x88\0\x50\0\0\0\1\0\0\0\2\x50\x18\xff\xff\0\0\0\0"
#define UDP "\x13\x88\0\x35\0\x14\0\0"
#define DATA "twelve bytes"
#define BYTES(text) text, sizeof(text) - 1

static const struct row {
	const char *name;
	const char *bytes;
	size_t len;
	bool is_plain;
} rows[] = {
	{"TCP in IPv4", BYTES(MACS V4("\0\x34", "\6") TCP DATA), true},
	{"UDP in IPv4", BYTES(MACS V4("\0\x28", "\x11") UDP DATA), true},
	{"TCP in IPv6", BYTES(MACS V6("\0\x20", "\6") TCP DATA), true},
	{"UDP in IPv6", BYTES(MACS V6("\0\x14", "\x11") UDP DATA), true},
	{"TCP that is captured in part",
	 BYTES(MACS V4("\5\xdc", "\6") TCP DATA), true},
	{"TCP with padding behind it", BYTES(MACS V4("\0\x28", "\6") TCP DATA),
	 true},
	{"TCP in IPv4 with options",
	 BYTES(MACS "\x08\0\x46\0\0\x38\0\0\x40\0\x40\6\0\0\xc0\0\2\1\xc6\x33"
		    "\x64\2\1\1\1\1" TCP DATA),
	 false},
	{"a first fragment",
	 BYTES(MACS "\x08\0\x45\0\0\x34\0\0\x20\0\x40\6\0\0\xc0\0\2\1\xc6\x33"
		    "\x64\2" TCP DATA),
	 false},
	{"a last fragment",
	 BYTES(MACS "\x08\0\x45\0\0\x34\0\0\0\1\x40\6\0\0\xc0\0\2\1\xc6\x33"
		    "\x64\2" TCP DATA),
	 false},
	{"ICMP", BYTES(MACS V4("\0\x34", "\1") TCP DATA), false},
	{"IPv6 with an extension", BYTES(MACS V6("\0\x20", "\0") TCP DATA),
	 false},
	{"UDP to the port of VXLAN",
	 BYTES(MACS V4("\0\x28", "\x11") "\x13\x88\x12\xb5\0\x14\0\0" DATA),
	 false},
	{"UDP from the port of GTP",
	 BYTES(MACS V4("\0\x28", "\x11") "\x08\x68\x13\x88\0\x14\0\0" DATA),
	 false},
	{"TCP whose header would be too short",
	 BYTES(MACS V4("\0\x34", "\6") "\x13\x88\0\x50\0\0\0\1\0\0\0\2\x40\x18"
				       "\xff\xff\0\0\0\0" DATA),
	 false},
	{"a packet that ends in the header of TCP",
	 BYTES(MACS V4("\0\x27", "\6") TCP DATA), false},
	{"a packet without a length", BYTES(MACS V4("\0\0", "\6") TCP DATA),
	 false},
	{"a frame in a VLAN", BYTES(MACS "\x81\0\0\5" V4("\0\x34", "\6") TCP),
	 false},
	{"version 4 in a frame for version 6",
	 BYTES(MACS "\x86\xdd\x45" V6("\0\x20", "\6") TCP DATA), false},
};
#define ROWS (sizeof(rows) / sizeof(*rows))

static struct nrs_hash_key key;
static uint64_t chance = 1;

/* The same numbers in every run (Knuth's MMIX constants). */
static uint32_t draw(uint32_t below)
{
	chance = chance * UINT64_C(6364136223846793005) +
		 UINT64_C(1442695040888963407);
	return (uint32_t)(chance >> 33) % below;
}

static struct nrs_packet packet_of(const uint8_t *bytes, size_t len)
{
	return (struct nrs_packet){.ts_ns = 7,
				   .ordinal = 8,
				   .frame = 9,
				   .file = 3,
				   .linktype = NRS_LINK_ETHERNET,
				   .wirelen = (uint32_t)len,
				   .span = nrs_span(bytes, len)};
}

static bool is_same(const struct nrs_datagram *a, const struct nrs_datagram *b)
{
	return a->ts_ns == b->ts_ns && a->ordinal == b->ordinal &&
	       a->frame == b->frame && a->file == b->file &&
	       a->hash == b->hash && a->shard == b->shard &&
	       a->ip_len == b->ip_len && a->payload_len == b->payload_len &&
	       a->payload_got == b->payload_got &&
	       a->ip_off + PPI_HEAD == b->ip_off &&
	       a->l4_off + PPI_HEAD == b->l4_off &&
	       a->payload_off + PPI_HEAD == b->payload_off &&
	       a->mac_off + PPI_HEAD == b->mac_off &&
	       a->src_port == b->src_port && a->dst_port == b->dst_port &&
	       a->vlan == b->vlan && a->proto == b->proto &&
	       a->tcp_flags == b->tcp_flags && a->flags == b->flags &&
	       a->tunnel == b->tunnel;
}

/* What the short way reads is what the long one reads; @is_plain: it does. */
static void check(const char *name, const uint8_t *frame, size_t len,
		  bool *is_plain)
{
	uint8_t *copy = malloc(len + PPI_HEAD); /* asan: no read behind it */
	struct nrs_datagram d, before, all[NRS_DATAGRAMS_MAX];

	assert_non_null(copy);
	memcpy(copy, ppi, PPI_HEAD);
	if (len > 0)
		memcpy(copy + PPI_HEAD, frame, len);
	struct nrs_packet packet = packet_of(copy + PPI_HEAD, len);
	memset(&d, 0x5a, sizeof(d));
	before = d;
	*is_plain = nrs_plain_read(&d, &packet, &key);
	packet.linktype = NRS_LINK_PPI;
	packet.span = nrs_span(copy, len + PPI_HEAD);
	if (*is_plain) {
		assert_ptr_equal(d.data, copy + PPI_HEAD);
		if (nrs_decode(all, &packet, &key) != 1 || !is_same(&d, all))
			fail_msg("%s: the long way reads something else", name);
	} else {
		assert_memory_equal(&d, &before, sizeof(d));
	}
	free(copy);
}

static void it_takes_what_is_plain_and_nothing_else(void **state)
{
	(void)state;
	for (size_t i = 0; i < ROWS; i++) {
		bool is_plain;

		check(rows[i].name, (const uint8_t *)rows[i].bytes, rows[i].len,
		      &is_plain);
		if (is_plain != rows[i].is_plain)
			fail_msg("%s: %d", rows[i].name, is_plain);
	}
}

static void other_links_are_not_for_it(void **state)
{
	struct nrs_packet packet =
		packet_of((const uint8_t *)rows[0].bytes, rows[0].len);
	struct nrs_datagram d;

	(void)state;
	packet.linktype = NRS_LINK_RAW;
	assert_false(nrs_plain_read(&d, &packet, &key));
}

static void every_cut_is_read_as_the_long_way_reads_it(void **state)
{
	(void)state;
	for (size_t i = 0; i < ROWS; i++) {
		for (size_t len = 0; len < rows[i].len; len++) {
			bool is_plain;

			check(rows[i].name, (const uint8_t *)rows[i].bytes, len,
			      &is_plain);
		}
	}
}

/* Octets behind the MAC addresses changed at random, one to three of them. */
static void every_change_is_read_as_the_long_way_reads_it(void **state)
{
	unsigned int plain = 0;

	(void)state;
	for (unsigned int n = 0; n < ROUNDS; n++) {
		const struct row *row = &rows[draw(ROWS)];
		uint8_t frame[128];
		bool is_plain;

		memcpy(frame, row->bytes, row->len);
		for (uint32_t left = 1 + draw(3); left > 0; left--)
			frame[12 + draw((uint32_t)row->len - 12)] =
				(uint8_t)draw(256);
		check(row->name, frame, row->len, &is_plain);
		plain += is_plain;
	}
	assert_in_range(plain, ROUNDS / 10, ROUNDS);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(it_takes_what_is_plain_and_nothing_else),
		cmocka_unit_test(other_links_are_not_for_it),
		cmocka_unit_test(every_cut_is_read_as_the_long_way_reads_it),
		cmocka_unit_test(every_change_is_read_as_the_long_way_reads_it),
	};

	nrs_hash_key_init(&key, 0);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
