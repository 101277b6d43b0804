/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_capture_file: heads and records of pcap, in both byte orders and both
 * resolutions (draft-ietf-opsawg-pcap), octet by octet.
 */
#include "capture/source/capture_file.h"

#include "capture/source/source.h"
#include "tests/nrs_test.h"

/* Snap length 65535; link type 1. */
#define LITTLE_HEAD "\2\0\4\0\0\0\0\0\0\0\0\0\xff\xff\0\0\1\0\0\0"
#define BIG_HEAD "\0\2\0\4\0\0\0\0\0\0\0\0\0\0\xff\xff\0\0\0\1"

static const struct {
	const char *name;
	uint8_t head[24];
	uint8_t record[16]; /* 1000 s, 5 parts, 4 of 60 octets */
	int64_t ts_ns;
} forms[] = {
	{"microseconds, little endian", "\xd4\xc3\xb2\xa1" LITTLE_HEAD,
	 "\xe8\3\0\0\5\0\0\0\4\0\0\0\x3c\0\0\0", INT64_C(1000000005000)},
	{"nanoseconds, little endian", "\x4d\x3c\xb2\xa1" LITTLE_HEAD,
	 "\xe8\3\0\0\5\0\0\0\4\0\0\0\x3c\0\0\0", INT64_C(1000000000005)},
	{"microseconds, big endian", "\xa1\xb2\xc3\xd4" BIG_HEAD,
	 "\0\0\3\xe8\0\0\0\5\0\0\0\4\0\0\0\x3c", INT64_C(1000000005000)},
	{"nanoseconds, big endian", "\xa1\xb2\x3c\x4d" BIG_HEAD,
	 "\0\0\3\xe8\0\0\0\5\0\0\0\4\0\0\0\x3c", INT64_C(1000000000005)},
};

static void records_are_read_in_every_form(void **state)
{
	static struct nrs_capture_file file;

	(void)state;
	for (size_t i = 0; i < sizeof(forms) / sizeof(*forms); i++) {
		uint8_t bytes[20];
		struct nrs_packet packet;
		size_t used = 0;

		if (nrs_capture_file_open(&file, nrs_span(forms[i].head, 24),
					  &used, NULL) != NRS_OK ||
		    used != 24)
			fail_msg("%s: head", forms[i].name);
		memcpy(bytes, forms[i].record, 16);
		memcpy(bytes + 16, "data", 4);
		assert_int_equal(nrs_capture_file_next(&file,
						       nrs_span(bytes, 20),
						       &packet, &used, NULL),
				 NRS_OK);
		if (packet.ts_ns != forms[i].ts_ns || used != 20 ||
		    packet.wirelen != 60 || packet.frame != 1 ||
		    packet.linktype != NRS_LINK_ETHERNET ||
		    !nrs_span_is(packet.span, "data"))
			fail_msg("%s: ts %lld, wire %u", forms[i].name,
				 (long long)packet.ts_ns, packet.wirelen);
	}
}

/* A file of the first form, behind its head. */
static struct nrs_capture_file *opened(void)
{
	static struct nrs_capture_file file;
	size_t used = 0;

	assert_int_equal(nrs_capture_file_open(&file,
					       nrs_span(forms[0].head, 24),
					       &used, NULL),
			 NRS_OK);
	return &file;
}

static void a_record_that_goes_on_wants_more(void **state)
{
	uint8_t bytes[20];
	struct nrs_packet packet;
	size_t used = 0;

	(void)state;
	struct nrs_capture_file *file = opened();
	memcpy(bytes, forms[0].record, 16);
	memcpy(bytes + 16, "data", 4);
	for (size_t len = 0; len < 20; len++)
		assert_int_equal(nrs_capture_file_next(file,
						       nrs_span(bytes, len),
						       &packet, &used, NULL),
				 NRS_E_MORE);
}

static void a_length_out_of_reason_is_damage(void **state)
{
	uint8_t record[16];
	struct nrs_packet packet;
	struct nrs_diag diag = {0};
	uint32_t captured = (uint32_t)NRS_SOURCE_PACKET_MAX + 1;
	size_t used = 0;

	(void)state;
	struct nrs_capture_file *file = opened();
	memcpy(record, forms[0].record, 16);
	memcpy(record + 8, &captured, 4);
	assert_int_equal(nrs_capture_file_next(file, nrs_span(record, 16),
					       &packet, &used, &diag),
			 NRS_E_FORMAT);
	assert_non_null(strstr(diag.text, "packet 1"));
	/* the greatest allowed is only not there yet */
	captured--;
	memcpy(record + 8, &captured, 4);
	assert_int_equal(nrs_capture_file_next(file, nrs_span(record, 16),
					       &packet, &used, &diag),
			 NRS_E_MORE);
}

static void a_wire_length_below_the_captured_one_is_corrected(void **state)
{
	uint8_t bytes[20] = "\1\0\0\0\0\0\0\0\4\0\0\0\3\0\0\0data";
	struct nrs_packet packet;
	size_t used = 0;

	(void)state;
	struct nrs_capture_file *file = opened();
	assert_int_equal(nrs_capture_file_next(file, nrs_span(bytes, 20),
					       &packet, &used, NULL),
			 NRS_OK);
	assert_int_equal(packet.wirelen, 4);
}

static void what_is_no_capture_is_said(void **state)
{
	static const struct {
		const char *name;
		const char *bytes;
		size_t len;
		int err;
	} rows[] = {
		{"nothing", "", 0, NRS_E_FORMAT},
		{"three octets", "\xd4\xc3\xb2", 3, NRS_E_FORMAT},
		{"text", "hello, world, this is a text", 28, NRS_E_FORMAT},
		{"a head cut short", "\xd4\xc3\xb2\xa1\2\0\4\0", 8,
		 NRS_E_TRUNCATED},
	};
	static struct nrs_capture_file file;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct nrs_diag diag = {0};
		size_t used = 1;

		if (nrs_capture_file_open(&file,
					  nrs_span(rows[i].bytes, rows[i].len),
					  &used, &diag) != rows[i].err ||
		    diag.text[0] == '\0' || used != 0)
			fail_msg("%s: %s", rows[i].name, diag.text);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(records_are_read_in_every_form),
		cmocka_unit_test(a_record_that_goes_on_wants_more),
		cmocka_unit_test(a_length_out_of_reason_is_damage),
		cmocka_unit_test(
			a_wire_length_below_the_captured_one_is_corrected),
		cmocka_unit_test(what_is_no_capture_is_said),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
