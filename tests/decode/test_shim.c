/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_shim: what stands between a link layer's type and IP, one header at a
 * time and stacked (IEEE 802.1Q, 802.1ah; RFC 3032, 2516, 1042, 8300), and
 * what 802.11 puts there.
 */
#include "capture/decode/shim.h"

#include "capture/decode/wifi.h"
#include "tests/nrs_test.h"

#define MACS "\2\0\0\0\0\2\2\0\0\0\0\1"
#define SNAP "\xaa\xaa\3\0\0\0"
#define BYTES(text) text, sizeof(text) - 1

static const struct row {
	const char *name;
	uint32_t from; /* the type that led here */
	const char *bytes;
	size_t len;
	int err;
	uint32_t ethertype;
	size_t offset;
	uint16_t vlan; /* 0: none */
} rows[] = {
	{"IP stays where it is", 0x0800, BYTES("\x45"), NRS_OK, 0x0800, 0, 0},
	{"what nobody knows stays too", 0x88cc, BYTES("x"), NRS_OK, 0x88cc, 0,
	 0},
	{"a VLAN", 0x8100, BYTES("\x20\x64\x8\0\x45"), NRS_OK, 0x0800, 4, 100},
	{"two: the outer one counts", 0x88a8,
	 BYTES("\0\7\x81\0\0\x9\x86\xdd\x60"), NRS_OK, 0x86dd, 8, 7},
	{"a VLAN of priority alone", 0x8100, BYTES("\xe0\0\x8\0"), NRS_OK,
	 0x0800, 4, 0},
	{"one label, then IP by its version", 0x8847, BYTES("\0\1\1\x40\x45"),
	 NRS_OK, 0, 4, 0},
	{"two labels", 0x8847, BYTES("\0\1\0\x40\0\2\1\x40\x60"), NRS_OK, 0, 8,
	 0},
	/* RFC 4385: a nibble of 0 begins a control word */
	{"a pseudowire carries a frame", 0x8847,
	 BYTES("\0\1\1\x40\0\0\0\0" MACS "\x8\0\x45"), NRS_OK, 0x0800, 22, 0},
	{"PPPoE and PPP", 0x8864, BYTES("\x11\0\0\1\0\4\0\x21\x45"), NRS_OK,
	 0x0800, 8, 0},
	{"PPP with address and control", 0x880b, BYTES("\xff\3\0\x57\x60"),
	 NRS_OK, 0x86dd, 4, 0},
	{"PPP with a protocol of one octet", 0x880b, BYTES("\x21\x45"), NRS_OK,
	 0x0800, 1, 0},
	{"PPP link control", 0x880b, BYTES("\xc0\x21\1"), NRS_E_NOTFOUND, 0, 0,
	 0},
	{"PPPoE discovery", 0x8864, BYTES("\x11\x09\0\0\0\0\0\0"),
	 NRS_E_NOTFOUND, 0, 0, 0},
	{"VN-Tag", 0x8926, BYTES("\0\0\0\0\x8\0\x45"), NRS_OK, 0x0800, 6, 0},
	{"E-Tag", 0x893f, BYTES("\0\0\0\0\0\0\x8\0\x45"), NRS_OK, 0x0800, 8, 0},
	{"a backbone bridge", 0x88e7, BYTES("\0\0\0\1" MACS "\x8\0\x45"),
	 NRS_OK, 0x0800, 18, 0},
	/* tag of tree 1, time to live 32, as tshark reads it */
	{"FabricPath", 0x8903, BYTES("\x00\x60" MACS "\x8\0\x45"), NRS_OK,
	 0x0800, 16, 0},
	{"SNAP behind a length", 1000, BYTES(SNAP "\x8\0\x45"), NRS_OK, 0x0800,
	 8, 0},
	{"LLC that is no SNAP", 38, BYTES("\x42\x42\3"), NRS_E_NOTFOUND, 0, 0,
	 0},
	{"NSH with IPv4", 0x894f, BYTES("\0\x2\1\1\0\0\0\0\x45"), NRS_OK,
	 0x0800, 8, 0},
	{"NSH that is too short", 0x894f, BYTES("\0\1\1\1\0\0\0\0"),
	 NRS_E_FORMAT, 0, 0, 0},
	{"a cut VLAN", 0x8100, BYTES("\0\7\x8"), NRS_E_TRUNCATED, 0, 0, 0},
	{"a cut label", 0x8847, BYTES("\0\1\1"), NRS_E_TRUNCATED, 0, 0, 0},
	/* 802.11: data, QoS data, from and to the distribution system */
	{"802.11 data", NRS_SHIM_WIFI,
	 BYTES("\x08\x01\0\0" MACS "\2\0\0\0\0\3\0\0" SNAP "\x8\0\x45"), NRS_OK,
	 0x0800, 32, 0},
	{"802.11 QoS data", NRS_SHIM_WIFI,
	 BYTES("\x88\x01\0\0" MACS "\2\0\0\0\0\3\0\0\0\0" SNAP "\x8\0\x45"),
	 NRS_OK, 0x0800, 34, 0},
	{"802.11 between distribution systems", NRS_SHIM_WIFI,
	 BYTES("\x08\x03\0\0" MACS "\2\0\0\0\0\3\0\0\2\0\0\0\0\4" SNAP
	       "\x8\0\x45"),
	 NRS_OK, 0x0800, 38, 0},
	{"802.11 that is encrypted", NRS_SHIM_WIFI,
	 BYTES("\x08\x41\0\0" MACS "\2\0\0\0\0\3\0\0"), NRS_E_OPAQUE, 0, 0, 0},
	/* RFC 1990, RFC 1962 */
	{"PPP over several links", 0x880b, BYTES("\0\x3d\xc0\0"), NRS_E_OPAQUE,
	 0, 0, 0},
	{"PPP that is compressed", 0x880b, BYTES("\xfd\1"), NRS_E_OPAQUE, 0, 0,
	 0},
	{"labels around neither IP nor a frame", 0x8847,
	 BYTES("\0\1\1\x40\x20"), NRS_E_OPAQUE, 0, 0, 0},
	{"NSH around something new", 0x894f, BYTES("\0\x2\1\x9\0\0\0\0\x45"),
	 NRS_E_OPAQUE, 0, 0, 0},
	{"a beacon", NRS_SHIM_WIFI, BYTES("\x80\0\0\0"), NRS_E_NOTFOUND, 0, 0,
	 0},
	{"data without data", NRS_SHIM_WIFI, BYTES("\x48\1\0\0"),
	 NRS_E_NOTFOUND, 0, 0, 0},
};

static int skip_row(const struct row *row, size_t len, struct nrs_link *link,
		    uint16_t *vlan)
{
	uint8_t *copy = malloc(len + 1); /* asan sees a read behind */

	assert_non_null(copy);
	if (len > 0)
		memcpy(copy, row->bytes, len);
	*link = (struct nrs_link){.ethertype = row->from};
	const int err = nrs_shim_skip(nrs_span(copy, len), link, vlan);
	free(copy);
	return err;
}

static void each_shim_is_stepped_over(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct nrs_link link;
		uint16_t vlan = 0;
		const int err = skip_row(&rows[i], rows[i].len, &link, &vlan);

		if (err != rows[i].err ||
		    (err == NRS_OK &&
		     (link.ethertype != rows[i].ethertype ||
		      link.offset != rows[i].offset || vlan != rows[i].vlan)))
			fail_msg("%s: %d, type %x at %zu, VLAN %u",
				 rows[i].name, err, link.ethertype, link.offset,
				 vlan);
	}
}

static void a_cut_anywhere_is_no_read_behind(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		for (size_t len = 0; len < rows[i].len; len++) {
			struct nrs_link link;
			uint16_t vlan = 0;

			if (skip_row(&rows[i], len, &link, &vlan) == NRS_OK)
				assert_true(link.offset <= len);
		}
	}
}

static void an_endless_stack_is_given_up(void **state)
{
	uint8_t bytes[256];
	struct nrs_link link = {.ethertype = 0x8100};
	uint16_t vlan = 0;

	(void)state;
	for (size_t i = 0; i < sizeof(bytes); i += 4)
		memcpy(bytes + i, "\0\7\x81", 4);
	assert_int_equal(
		nrs_shim_skip(nrs_span(bytes, sizeof(bytes)), &link, &vlan),
		NRS_E_OPAQUE);
	memset(bytes, 0, sizeof(bytes)); /* labels without a bottom */
	link = (struct nrs_link){.ethertype = 0x8847};
	assert_int_equal(
		nrs_shim_skip(nrs_span(bytes, sizeof(bytes)), &link, &vlan),
		NRS_E_OPAQUE);
}

static void radio_heads_say_how_long_they_are(void **state)
{
	static const struct {
		const char *bytes;
		size_t len;
		int err;
		size_t head;
	} heads[] = {
		{BYTES("\0\0\x8\0\0\0\0\0"), NRS_OK, 8},
		{BYTES("\0\0\x9\0\0\0\0\0x"), NRS_OK, 9},
		{BYTES("\0\0\x9\0\0\0\0\0"), NRS_E_TRUNCATED, 0},
		{BYTES("\0\0\x7\0\0\0\0\0"), NRS_E_FORMAT, 0},
		{BYTES("\1\0\x8\0\0\0\0\0"), NRS_E_FORMAT, 0},
		{BYTES("\0\0\x8\0\0\0\0"), NRS_E_TRUNCATED, 0},
	};
	uint16_t linktype = 0;
	size_t len = 0;

	(void)state;
	for (size_t i = 0; i < sizeof(heads) / sizeof(*heads); i++) {
		if (nrs_radiotap_head(nrs_span(heads[i].bytes, heads[i].len),
				      &len) != heads[i].err ||
		    (heads[i].err == NRS_OK && len != heads[i].head))
			fail_msg("row %zu", i);
	}
	/* little endian: 105 is IEEE 802.11 */
	assert_int_equal(nrs_ppi_head(nrs_span("\0\0\x8\0\x69\0\0\0", 8), &len,
				      &linktype),
			 NRS_OK);
	assert_int_equal(linktype, 105);
}

static void the_first_packet_of_an_aggregate_is_read(void **state)
{
	static const char bytes[] = "\x88\x01\0\0" MACS "\2\0\0\0\0\3\0\0"
				    "\x80\0" MACS "\0\x20" SNAP;
	struct nrs_link link = {.ethertype = NRS_SHIM_WIFI};

	(void)state;
	assert_int_equal(
		nrs_wifi_skip(nrs_span(bytes, sizeof(bytes) - 1), &link),
		NRS_OK);
	assert_int_equal(link.offset, 26 + 14);
	assert_int_equal(link.ethertype, NRS_SHIM_LLC);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_shim_is_stepped_over),
		cmocka_unit_test(a_cut_anywhere_is_no_read_behind),
		cmocka_unit_test(an_endless_stack_is_given_up),
		cmocka_unit_test(radio_heads_say_how_long_they_are),
		cmocka_unit_test(the_first_packet_of_an_aggregate_is_read),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
