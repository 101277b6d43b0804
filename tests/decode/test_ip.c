/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_ip: headers of IPv4 and IPv6 octet by octet: where the transport
 * begins, what the header claims and what is there (RFC 791, 8200, 9293).
 */
#include "capture/decode/ip.h"

#include "tests/nrs_test.h"

#define V4(total, proto)                                                       \
	"\x45\0" total "\0\0\0\0\x40" proto "\0\0\xc0\0\2\1\xc0\0\2\2"
#define V6(len, next)                                                          \
	"\x60\0\0\0" len next "\x40"                                           \
	"\x20\1\xd\xb8\0\0\0\0\0\0\0\0\0\0\0\1"                                \
	"\x20\1\xd\xb8\0\0\0\0\0\0\0\0\0\0\0\2"
#define UDP "\x13\x88\0\x35\0\xc\0\0data" /* 5000 to 53 */
#define TCP "\x13\x88\0\x50\0\0\0\1\0\0\0\0\x50\x18\0\0\0\0\0\0GET"
#define BYTES(text) text, sizeof(text) - 1

static const struct row {
	const char *name;
	const char *bytes;
	size_t len;
	int err;
	uint8_t proto;
	uint16_t l4_off, src_port, dst_port;
	uint32_t payload_len, payload_got;
	uint8_t flags;
} rows[] = {
	{"UDP", BYTES(V4("\0\x20", "\x11") UDP), NRS_OK, 17, 20, 5000, 53, 4, 4,
	 NRS_DG_V4},
	{"TCP", BYTES(V4("\0\x2b", "\6") TCP), NRS_OK, 6, 20, 5000, 80, 3, 3,
	 NRS_DG_V4},
	{"ICMP: type and code", BYTES(V4("\0\x1c", "\1") "\x8\0\0\0\0\1\0\1"),
	 NRS_OK, 1, 20, 8, 0, 0, 0, NRS_DG_V4},
	{"padding behind the packet", BYTES(V4("\0\x20", "\x11") UDP "\0\0\0"),
	 NRS_OK, 17, 20, 5000, 53, 4, 4, NRS_DG_V4},
	{"captured short", BYTES(V4("\0\x30", "\x11") UDP), NRS_OK, 17, 20,
	 5000, 53, 20, 4, NRS_DG_V4 | NRS_DG_CUT},
	/* segmentation offload leaves the length 0 */
	{"no length", BYTES(V4("\0\0", "\x11") UDP), NRS_OK, 17, 20, 5000, 53,
	 4, 4, NRS_DG_V4},
	{"options",
	 BYTES("\x46\0\0\x24\0\0\0\0\x40\x11\0\0\xc0\0\2\1\xc0\0\2\2\1\1\1"
	       "\0" UDP),
	 NRS_OK, 17, 24, 5000, 53, 4, 4, NRS_DG_V4},
	{"a first fragment",
	 BYTES("\x45\0\0\x20\0\0\x20\0\x40\x11\0\0\xc0\0\2\1\xc0\0\2\2" UDP),
	 NRS_OK, 17, 20, 5000, 53, 4, 4, NRS_DG_V4 | NRS_DG_FRAGMENT},
	{"a later fragment has no ports",
	 BYTES("\x45\0\0\x20\0\0\0\1\x40\x11\0\0\xc0\0\2\1\xc0\0\2\2" UDP),
	 NRS_OK, 17, 20, 0, 0, 0, 0,
	 NRS_DG_V4 | NRS_DG_FRAGMENT | NRS_DG_LATER_FRAGMENT},
	{"UDP over IPv6", BYTES(V6("\0\xc", "\x11") UDP), NRS_OK, 17, 40, 5000,
	 53, 4, 4, 0},
	{"hop-by-hop and destination options",
	 BYTES(V6("\0\x1c", "\0") "\x3c\0\1\4\0\0\0\0"
				  "\x11\0\1\4\0\0\0\0" UDP),
	 NRS_OK, 17, 56, 5000, 53, 4, 4, 0},
	{"an atomic fragment is whole (RFC 6946)",
	 BYTES(V6("\0\x14", "\x2c") "\x11\0\0\0\0\0\0\1" UDP), NRS_OK, 17, 48,
	 5000, 53, 4, 4, 0},
	{"the first fragment",
	 BYTES(V6("\0\x14", "\x2c") "\x11\0\0\1\0\0\0\1" UDP), NRS_OK, 17, 48,
	 5000, 53, 4, 4, NRS_DG_FRAGMENT},
	{"a later one", BYTES(V6("\0\x14", "\x2c") "\x11\0\0\x8\0\0\0\1" UDP),
	 NRS_OK, 17, 48, 0, 0, 0, 0, NRS_DG_FRAGMENT | NRS_DG_LATER_FRAGMENT},
	/* (2 + 2) words (RFC 4302) */
	{"authentication",
	 BYTES(V6("\0\x1c", "\x33") "\x11\2\0\0\0\0\0\1\0\0\0\1\0\0\0\0" UDP),
	 NRS_OK, 17, 56, 5000, 53, 4, 4, 0},
	{"a TCP header shorter than it can be",
	 BYTES(V4("\0\x2b", "\6") "\x13\x88\0\x50\0\0\0\1\0\0\0\0\x40\x18"
				  "\0\0\0\0\0\0GET"),
	 NRS_OK, 6, 20, 0, 0, 0, 0, NRS_DG_V4},
	{"version 5", BYTES("\x55\0\0\x20"), NRS_E_NOTFOUND, 0, 0, 0, 0, 0, 0,
	 0},
	{"nothing", BYTES(""), NRS_E_TRUNCATED, 0, 0, 0, 0, 0, 0, 0},
	{"19 octets", "\x45\0\0\x20\0\0\0\0\x40\x11\0\0\xc0\0\2\1\xc0\0\2", 19,
	 NRS_E_TRUNCATED, 0, 0, 0, 0, 0, 0, 0},
	{"a header of 16 octets",
	 BYTES("\x44\0\0\x20\0\0\0\0\x40\x11\0\0\xc0\0\2\1\xc0\0\2\2"),
	 NRS_E_FORMAT, 0, 0, 0, 0, 0, 0, 0},
	{"a packet shorter than its header", BYTES(V4("\0\x13", "\x11") UDP),
	 NRS_E_FORMAT, 0, 0, 0, 0, 0, 0, 0},
};

static void each_header_leads_to_its_transport(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		const struct row *row = &rows[i];
		uint8_t *copy = malloc(row->len + 1); /* asan: no read behind */
		struct nrs_datagram d = {.data = copy};
		size_t end = 0;

		assert_non_null(copy);
		if (row->len > 0)
			memcpy(copy, row->bytes, row->len);
		const int err =
			nrs_ip_read(&d, nrs_span(copy, row->len), 0, &end);
		if (err != row->err ||
		    (err == NRS_OK &&
		     (d.proto != row->proto || d.l4_off != row->l4_off ||
		      d.src_port != row->src_port ||
		      d.dst_port != row->dst_port ||
		      d.payload_len != row->payload_len ||
		      d.payload_got != row->payload_got ||
		      d.flags != row->flags || end > row->len)))
			fail_msg("%s: %d: proto %u at %u, %u to %u, payload "
				 "%u of %u, flags %x",
				 row->name, err, d.proto, d.l4_off, d.src_port,
				 d.dst_port, d.payload_got, d.payload_len,
				 d.flags);
		free(copy);
	}
}

static void every_cut_of_every_header_is_safe(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		for (size_t len = 0; len < rows[i].len; len++) {
			uint8_t *copy = malloc(len + 1);
			struct nrs_datagram d = {.data = copy};
			size_t end = 0;

			assert_non_null(copy);
			if (len > 0)
				memcpy(copy, rows[i].bytes, len);
			if (nrs_ip_read(&d, nrs_span(copy, len), 0, &end) ==
			    NRS_OK)
				assert_true(end <= len);
			free(copy);
		}
	}
}

static void a_chain_of_extensions_ends(void **state)
{
	uint8_t bytes[40 + 20 * 8] = V6("\0\xa0", "\x3c");
	struct nrs_datagram d = {.data = bytes};
	size_t end;

	(void)state;
	for (size_t at = 40; at < sizeof(bytes); at += 8)
		bytes[at] = 0x3c;
	assert_int_equal(
		nrs_ip_read(&d, nrs_span(bytes, sizeof(bytes)), 0, &end),
		NRS_E_FORMAT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_header_leads_to_its_transport),
		cmocka_unit_test(every_cut_of_every_header_is_safe),
		cmocka_unit_test(a_chain_of_extensions_ends),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
