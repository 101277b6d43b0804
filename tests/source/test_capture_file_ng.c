/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_capture_file_ng: blocks of pcapng (draft-ietf-opsawg-pcapng), made here
 * in either byte order: clocks of interfaces, the three kinds of packets, and
 * what is damaged.
 */
#include "capture/source/capture_file.h"

#include "tests/nrs_test.h"

#define ROOM 512

/* A file under way, written in the byte order @is_big. */
struct maker {
	bool is_big;
	uint8_t bytes[ROOM];
	size_t len, block; /* start of the block under way */
};

static void put(struct maker *m, uint64_t value, unsigned int octets)
{
	for (unsigned int i = 0; i < octets; i++) {
		const unsigned int shift = 8 * (m->is_big ? octets - 1 - i : i);

		assert_true(m->len < ROOM);
		m->bytes[m->len++] = (uint8_t)(value >> shift);
	}
}

static void put_octets(struct maker *m, const char *octets, size_t len)
{
	memcpy(m->bytes + m->len, octets, len);
	m->len += len;
	while (m->len % 4 != 0)
		m->bytes[m->len++] = 0;
}

static void begin_block(struct maker *m, uint32_t type)
{
	m->block = m->len;
	put(m, type, 4);
	put(m, 0, 4); /* its length, at the end */
}

static void end_block(struct maker *m)
{
	const size_t end = m->len + 4;

	m->len = m->block + 4;
	put(m, end - m->block, 4);
	m->len = end - 4;
	put(m, end - m->block, 4);
}

static void section(struct maker *m, bool is_big)
{
	m->is_big = is_big;
	begin_block(m, 0x0a0d0d0a);
	put(m, 0x1a2b3c4d, 4);
	put(m, 1, 2);
	put(m, 0, 2);
	put(m, UINT64_MAX, 8);
	end_block(m);
}

/* @resolution: if_tsresol, 0 leaves it out; so with the offset. */
static void interface(struct maker *m, uint16_t linktype, uint8_t resolution,
		      int64_t offset_s)
{
	begin_block(m, 1);
	put(m, linktype, 2);
	put(m, 0, 2);
	put(m, 65535, 4);
	if (resolution != 0) {
		put(m, 9, 2);
		put(m, 1, 2);
		put_octets(m, (const char *)&resolution, 1);
	}
	if (offset_s != 0) {
		put(m, 14, 2);
		put(m, 8, 2);
		put(m, (uint64_t)offset_s, 8);
	}
	if (resolution != 0 || offset_s != 0)
		put(m, 0, 4); /* opt_endofopt */
	end_block(m);
}

static void enhanced(struct maker *m, uint32_t iface, uint64_t units,
		     const char *data)
{
	begin_block(m, 6);
	put(m, iface, 4);
	put(m, units >> 32, 4);
	put(m, units & 0xffffffff, 4);
	put(m, strlen(data), 4);
	put(m, strlen(data) + 10, 4);
	put_octets(m, data, strlen(data));
	end_block(m);
}

static struct nrs_capture_file file;

/* The next packet of @m from *@at on; what ends the search. */
static int next(const struct maker *m, size_t *at, struct nrs_packet *packet,
		struct nrs_diag *diag)
{
	int err = NRS_E_NOTFOUND;

	while (err == NRS_E_NOTFOUND && *at < m->len) {
		size_t used = 0;

		err = nrs_capture_file_next(
			&file, nrs_span(m->bytes + *at, m->len - *at), packet,
			&used, diag);
		*at += used;
	}
	return err;
}

static void open_file(const struct maker *m)
{
	size_t used = 9;

	assert_int_equal(nrs_capture_file_open(&file,
					       nrs_span(m->bytes, m->len),
					       &used, NULL),
			 NRS_OK);
	assert_true(file.is_pcapng);
	assert_int_equal(used, 0); /* the section is a block like others */
}

static const struct {
	const char *name;
	uint8_t resolution;
	int64_t offset_s;
	uint64_t units;
	int64_t ts_ns;
} clocks[] = {
	{"microseconds unless said", 0, 0, 1000005, INT64_C(1000005000)},
	{"nanoseconds", 9, 0, 1000000005, INT64_C(1000000005)},
	{"milliseconds", 3, 0, 1005, INT64_C(1005000000)},
	{"seconds, by a power of two", 0x80, 0, 7, INT64_C(7000000000)},
	{"quarters", 0x82, 0, 7, INT64_C(1750000000)},
	{"an offset", 6, 3600, 1000000, INT64_C(3601000000000)},
	{"an offset before 1970", 6, -10, 12000000, INT64_C(2000000000)},
	{"an offset alone", 0, 5, 1000000, INT64_C(6000000000)},
};

static void clocks_are_the_interfaces(void **state)
{
	(void)state;
	for (unsigned int order = 0; order < 2; order++) {
		for (size_t i = 0; i < sizeof(clocks) / sizeof(*clocks); i++) {
			struct maker m = {0};
			struct nrs_packet packet;
			size_t at = 0;

			section(&m, order == 1);
			interface(&m, 1, clocks[i].resolution,
				  clocks[i].offset_s);
			enhanced(&m, 0, clocks[i].units, "abc");
			open_file(&m);
			assert_int_equal(next(&m, &at, &packet, NULL), NRS_OK);
			if (packet.ts_ns != clocks[i].ts_ns)
				fail_msg("%s, %s endian: %lld", clocks[i].name,
					 order == 1 ? "big" : "little",
					 (long long)packet.ts_ns);
			assert_true(nrs_span_is(packet.span, "abc"));
			assert_int_equal(packet.wirelen, 13);
		}
	}
}

static void each_interface_has_its_link_type(void **state)
{
	struct maker m = {0};
	struct nrs_packet packet;
	size_t at = 0;

	(void)state;
	section(&m, false);
	interface(&m, 1, 0, 0);
	interface(&m, 101, 0, 0);
	enhanced(&m, 1, 5, "x");
	enhanced(&m, 0, 5, "y");
	open_file(&m);
	assert_int_equal(next(&m, &at, &packet, NULL), NRS_OK);
	assert_int_equal(packet.linktype, NRS_LINK_RAW);
	assert_int_equal(packet.iface, 1);
	assert_int_equal(packet.frame, 1);
	assert_int_equal(next(&m, &at, &packet, NULL), NRS_OK);
	assert_int_equal(packet.linktype, NRS_LINK_ETHERNET);
	assert_int_equal(packet.frame, 2);
	assert_int_equal(at, m.len);
}

static void simple_and_obsolete_packets_are_read(void **state)
{
	struct maker m = {0};
	struct nrs_packet packet;
	size_t at = 0;

	(void)state;
	section(&m, false);
	interface(&m, 1, 0, 0);
	begin_block(&m, 3);
	put(&m, 5, 4);
	put_octets(&m, "hello", 5); /* and three octets of padding */
	end_block(&m);
	begin_block(&m, 2);
	put(&m, 0, 2); /* interface */
	put(&m, 7, 2); /* drops */
	put(&m, 0, 4);
	put(&m, 3000000, 4);
	put(&m, 2, 4);
	put(&m, 2, 4);
	put_octets(&m, "hi", 2);
	end_block(&m);
	open_file(&m);
	assert_int_equal(next(&m, &at, &packet, NULL), NRS_OK);
	assert_true(nrs_span_is(packet.span, "hello"));
	assert_int_equal(packet.wirelen, 5);
	assert_int_equal(next(&m, &at, &packet, NULL), NRS_OK);
	assert_true(nrs_span_is(packet.span, "hi"));
	assert_true(packet.ts_ns == INT64_C(3000000000));
}

static void other_blocks_are_stepped_over(void **state)
{
	struct maker m = {0};
	struct nrs_packet packet;
	size_t at = 0;

	(void)state;
	section(&m, false);
	begin_block(&m, 0x80001234);
	put_octets(&m, "whatever", 8);
	end_block(&m);
	interface(&m, 1, 0, 0);
	begin_block(&m, 5);
	end_block(&m);
	enhanced(&m, 0, 1, "z");
	open_file(&m);
	assert_int_equal(next(&m, &at, &packet, NULL), NRS_OK);
	assert_true(nrs_span_is(packet.span, "z"));
}

static void a_new_section_may_have_the_other_byte_order(void **state)
{
	struct maker m = {0};
	struct nrs_packet packet;
	struct nrs_diag diag = {0};
	size_t at = 0;

	(void)state;
	section(&m, false);
	interface(&m, 1, 0, 0);
	enhanced(&m, 0, 1000000, "one");
	section(&m, true);
	interface(&m, 101, 0, 0);
	enhanced(&m, 0, 2000000, "two");
	/* interfaces are counted anew */
	enhanced(&m, 1, 2000000, "bad");
	open_file(&m);
	assert_int_equal(next(&m, &at, &packet, NULL), NRS_OK);
	assert_true(packet.ts_ns == INT64_C(1000000000));
	assert_int_equal(next(&m, &at, &packet, NULL), NRS_OK);
	assert_true(packet.ts_ns == INT64_C(2000000000));
	assert_int_equal(packet.linktype, NRS_LINK_RAW);
	assert_int_equal(next(&m, &at, &packet, &diag), NRS_E_FORMAT);
	assert_non_null(strstr(diag.text, "interface 1"));
}

static void damage_is_told_and_never_read(void **state)
{
	static const struct {
		const char *name;
		size_t at; /* of the packet's block: which word */
		uint32_t value;
	} rows[] = {
		{"a block of 8 octets", 4, 8},
		{"a block length that is no multiple of 4", 4, 37},
		{"a block of 2 GB", 4, 0x80000000},
		{"more captured than there is", 20, 5},
		{"an interface that nobody described", 8, 9},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct maker m = {0};
		struct nrs_packet packet;
		struct nrs_diag diag = {0};
		size_t at = 0;

		section(&m, false);
		interface(&m, 1, 0, 0);
		enhanced(&m, 0, 1, "data");
		open_file(&m);
		const size_t end = m.len;
		m.len = m.block + rows[i].at;
		put(&m, rows[i].value, 4);
		m.len = end;
		if (next(&m, &at, &packet, &diag) != NRS_E_FORMAT ||
		    diag.text[0] == '\0')
			fail_msg("%s", rows[i].name);
	}
}

static void a_block_that_goes_on_wants_more(void **state)
{
	struct maker m = {0};
	struct nrs_packet packet;

	(void)state;
	section(&m, false);
	interface(&m, 1, 0, 0);
	enhanced(&m, 0, 1, "data");
	open_file(&m);
	const size_t whole = m.len;
	for (m.len = m.block + 1; m.len < whole; m.len++) {
		size_t at = 0;

		file.interface_count = 0;
		assert_int_equal(next(&m, &at, &packet, NULL), NRS_E_MORE);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(clocks_are_the_interfaces),
		cmocka_unit_test(each_interface_has_its_link_type),
		cmocka_unit_test(simple_and_obsolete_packets_are_read),
		cmocka_unit_test(other_blocks_are_stepped_over),
		cmocka_unit_test(a_new_section_may_have_the_other_byte_order),
		cmocka_unit_test(damage_is_told_and_never_read),
		cmocka_unit_test(a_block_that_goes_on_wants_more),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
