/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_source: pcap in both byte orders and both resolutions, pcapng, cut and
 * damaged files; what packet_file writes is read back.
 */
#include "capture/source/filter.h"
#include "capture/source/packet_file.h"
#include "capture/source/source.h"
#include "tests/capture/frames.h"

static char path[] = "/tmp/nrs-source-XXXXXX";
static uint8_t *block;

static int setup(void **state)
{
	const int fd = mkstemp(path);

	(void)state;
	block = malloc(NRS_SOURCE_BLOCK_ROOM);
	return fd < 0 || block == NULL ? -1 : close(fd);
}

static int teardown(void **state)
{
	(void)state;
	free(block);
	return unlink(path);
}

static void put(const void *bytes, size_t len)
{
	FILE *file = fopen(path, "wb");

	assert_non_null(file);
	assert_int_equal(fwrite(bytes, 1, len, file), len);
	assert_int_equal(fclose(file), 0);
}

/* All packets of the file; what ended it. */
static int read_all(struct nrs_packet *packets, unsigned int max,
		    unsigned int *count, struct nrs_diag *diag)
{
	struct nrs_source *source = NULL;
	int got = nrs_source_open(&source, path, NULL, diag);

	*count = 0;
	if (got != NRS_OK)
		return got;
	while ((got = nrs_source_read(source, packets + *count, max - *count,
				      block, diag)) > 0)
		*count += (unsigned int)got;
	nrs_source_close(source);
	return got;
}

static const uint8_t little[] =
	"\xd4\xc3\xb2\xa1\x02\x00\x04\x00\0\0\0\0\0\0\0\0\xff\xff\0\0\x01\0\0\0"
	"\x01\0\0\0\x02\0\0\0\x04\0\0\0\x08\0\0\0"
	"abcd";
static const uint8_t big_nano[] =
	"\xa1\xb2\x3c\x4d\x00\x02\x00\x04\0\0\0\0\0\0\0\0\0\0\xff\xff\0\0\0\x65"
	"\0\0\0\x01\0\0\0\x02\0\0\0\x04\0\0\0\x04"
	"abcd";
/* section, interface with if_tsresol 9, packet */
static const uint8_t ng[] =
	"\x0a\x0d\x0d\x0a\x1c\0\0\0\x4d\x3c\x2b\x1a\x01\0\0\0\xff\xff\xff\xff"
	"\xff\xff\xff\xff\x1c\0\0\0"
	"\x01\0\0\0\x20\0\0\0\x01\0\0\0\0\0\0\0\x09\0\x01\0\x09\0\0\0\0\0\0\0"
	"\x20\0\0\0"
	"\x06\0\0\0\x24\0\0\0\0\0\0\0\0\0\0\0\x02\xca\x9a\x3b\x04\0\0\0\x08\0\0"
	"\0abcd\x24\0\0\0";

static void each_format_gives_the_same_packet(void **state)
{
	static const struct {
		const char *name;
		const uint8_t *bytes;
		size_t len;
		int64_t ts_ns;
		uint16_t linktype;
		uint32_t wirelen;
	} rows[] = {
		{"little endian", little, sizeof(little) - 1, 1000002000, 1, 8},
		{"big endian, nanoseconds", big_nano, sizeof(big_nano) - 1,
		 1000000002, 101, 4},
		{"pcapng", ng, sizeof(ng) - 1, 1000000002, 1, 8},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct nrs_packet packets[4] = {0};
		struct nrs_diag diag = {0};
		unsigned int count;

		put(rows[i].bytes, rows[i].len);
		const int err = read_all(packets, 4, &count, &diag);
		if (err != 0 || count != 1 ||
		    packets[0].ts_ns != rows[i].ts_ns ||
		    packets[0].linktype != rows[i].linktype ||
		    packets[0].wirelen != rows[i].wirelen ||
		    packets[0].frame != 1 ||
		    !nrs_span_is(packets[0].span, "abcd"))
			fail_msg("%s: %d, %u packets, %s", rows[i].name, err,
				 count, diag.text);
	}
}

static void a_cut_file_gives_its_whole_packets_and_says_where(void **state)
{
	struct nrs_packet packets[4] = {0};
	uint8_t two[sizeof(little) - 1 + 20];
	struct nrs_diag diag = {0};
	unsigned int count;

	(void)state;
	memcpy(two, little, sizeof(little) - 1);
	memcpy(two + sizeof(little) - 1, little + 24, 20);
	put(two, sizeof(two) - 1);
	assert_int_equal(read_all(packets, 4, &count, &diag), NRS_E_TRUNCATED);
	assert_int_equal(count, 1);
	assert_int_equal(diag.place, sizeof(little) - 1);
	assert_true(diag.text[0] != '\0');
}

static void what_is_no_capture_is_said(void **state)
{
	static const struct {
		const char *bytes;
		size_t len;
	} rows[] = {{"", 0},
		    {"hello, world, this is text", 26},
		    {"\xd4\xc3\xb2\xa1\x02", 5},
		    {"\x7f"
		     "ELF............................",
		     32}};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct nrs_packet packets[4] = {0};
		struct nrs_diag diag = {0};
		unsigned int count;

		put(rows[i].bytes, rows[i].len);
		assert_int_not_equal(read_all(packets, 4, &count, &diag), 0);
		assert_true(diag.text[0] != '\0');
	}
}

static void a_length_that_lies_is_no_packet(void **state)
{
	struct nrs_packet packets[4] = {0};
	uint8_t bytes[sizeof(little) - 1];
	struct nrs_diag diag = {0};
	unsigned int count;

	(void)state;
	memcpy(bytes, little, sizeof(bytes));
	memset(bytes + 32, 0xff, 4); /* captured length */
	put(bytes, sizeof(bytes));
	assert_int_equal(read_all(packets, 4, &count, &diag), NRS_E_FORMAT);
	assert_int_equal(count, 0);
}

static void what_is_written_is_read_back(void **state)
{
	struct nrs_packet_file *file = NULL;
	struct nrs_packet packets[4] = {0};
	struct nrs_diag diag = {0};
	struct frame f;
	unsigned int count;
	uint32_t id, other;

	(void)state;
	frame_udp(&f, 1, 2, 5000, 53);
	struct nrs_packet one =
		frame_packet(&f, 0, INT64_C(1767225600123456789));
	struct nrs_packet two = {.ts_ns = 5,
				 .file = 1,
				 .linktype = 101,
				 .wirelen = 9,
				 .span = nrs_span_of("abcde")};
	assert_int_equal(nrs_packet_file_open(&file, path, &diag), NRS_OK);
	assert_int_equal(nrs_packet_file_interface(file, &one,
						   nrs_span_of("a.pcap"), &id),
			 NRS_OK);
	nrs_packet_file_add(file, id, &one, nrs_span_of("a comment"));
	assert_int_equal(nrs_packet_file_interface(
				 file, &two, nrs_span_of("b.pcap"), &other),
			 NRS_OK);
	assert_int_not_equal(id, other);
	nrs_packet_file_add(file, other, &two, nrs_span(NULL, 0));
	assert_int_equal(nrs_packet_file_interface(
				 file, &one, nrs_span_of("a.pcap"), &other),
			 NRS_OK);
	assert_int_equal(id, other);
	assert_int_equal(nrs_packet_file_close(file), NRS_OK);
	assert_int_equal(read_all(packets, 4, &count, &diag), 0);
	assert_int_equal(count, 2);
	assert_int_equal(packets[0].ts_ns, one.ts_ns);
	assert_true(nrs_span_equal(packets[0].span, one.span));
	assert_int_equal(packets[1].linktype, 101);
	assert_int_equal(packets[1].wirelen, 9);
	assert_true(nrs_span_is(packets[1].span, "abcde"));
}

static void a_filter_passes_what_tcpdump_would(void **state)
{
	struct nrs_filter *filter = NULL;
	struct nrs_diag diag = {0};
	struct frame dns, web;

	(void)state;
	frame_udp(&dns, 1, 2, 5000, 53);
	frame_tcp(&web, &(struct frame_tcp){.from = 1,
					    .to = 2,
					    .from_port = 5000,
					    .to_port = 80});
	const struct nrs_packet a = frame_packet(&dns, 0, 1);
	const struct nrs_packet b = frame_packet(&web, 1, 2);
	assert_int_equal(nrs_filter_new(&filter, "udp port 53", &diag), NRS_OK);
	assert_true(nrs_filter_pass(filter, &a));
	assert_false(nrs_filter_pass(filter, &b));
	nrs_filter_free(filter);
	filter = NULL;
	assert_int_equal(nrs_filter_new(&filter, "port port port", &diag),
			 NRS_E_SYNTAX);
	assert_true(diag.text[0] != '\0');
	nrs_filter_free(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_format_gives_the_same_packet),
		cmocka_unit_test(
			a_cut_file_gives_its_whole_packets_and_says_where),
		cmocka_unit_test(what_is_no_capture_is_said),
		cmocka_unit_test(a_length_that_lies_is_no_packet),
		cmocka_unit_test(what_is_written_is_read_back),
		cmocka_unit_test(a_filter_passes_what_tcpdump_would),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
