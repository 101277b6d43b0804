/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_defrag: fragments in any order become the packet that was cut; what
 * overlaps, contradicts, comes late or is too much is counted.
 */
#include "capture/decode/defrag.h"
#include "tests/capture/frames.h"

#define SECOND INT64_C(1000000000)
#define PAGE 4096
#define PAYLOAD 40 /* octets: a UDP head and 32 */

static const uint8_t payload[PAYLOAD] =
	"\x13\x88\x00\x35\x00\x28\0\0abcdefghijklmnopqrstuvwxyz012345";

struct bench {
	struct nrs_hash_key key;
	struct nrs_defrag *defrag;
	struct nrs_counters counters;
	uint8_t *room;
	int64_t now_ns;
	struct frame frame;
};

static struct bench *begin(void)
{
	struct bench *b = calloc(1, sizeof(*b));

	assert_non_null(b);
	b->room = malloc(NRS_DEFRAG_WHOLE_MAX);
	assert_non_null(b->room);
	b->now_ns = SECOND;
	assert_int_equal(nrs_defrag_new(&b->defrag), NRS_OK);
	return b;
}

static void end(struct bench *b)
{
	nrs_defrag_free(b->defrag);
	free(b->room);
	free(b);
}

static uint64_t counted(const struct bench *b, enum nrs_counter which)
{
	return b->counters.value[which];
}

static size_t give(struct bench *b, size_t len)
{
	struct nrs_datagram d;
	struct nrs_packet packet = frame_packet(&b->frame, 0, b->now_ns);

	packet.span.len = len;
	assert_int_equal(frame_decode(&d, &packet, &b->key), 1);
	assert_true((d.flags & NRS_DG_FRAGMENT) != 0);
	return nrs_defrag_add(b->defrag, &d, b->room, &b->counters);
}

/* @len octets at @offset of packet @id; @more follow. */
static size_t v4(struct bench *b, uint8_t id, const uint8_t *bytes,
		 unsigned int offset, unsigned int len_and_more)
{
	const unsigned int len = len_and_more & 0x7fff;
	struct frame *f = &b->frame;

	frame_ipv4(f, 17, 1, 2, len);
	f->bytes[14 + 5] = id;
	f->bytes[14 + 6] =
		(uint8_t)((len_and_more & 0x8000 ? 0x20 : 0) | offset >> 11);
	f->bytes[14 + 7] = (uint8_t)(offset >> 3);
	frame_put(f, bytes, len);
	return give(b, f->len);
}
#define MORE 0x8000u

static void is_whole(const struct bench *b, size_t len)
{
	assert_int_equal(len, 14 + 20 + PAYLOAD);
	assert_memory_equal(b->room, "\x02\0\0\0\0\x02\x02\0\0\0\0\x01\x08\x00",
			    14);
	assert_memory_equal(b->room + 14 + 2, "\0\x3c", 2); /* 60 octets */
	assert_memory_equal(b->room + 14 + 6, "\0\0\x40\x11", 4);
	assert_memory_equal(b->room + 34, payload, PAYLOAD);
}

static void any_order_makes_the_packet(void **state)
{
	static const uint8_t orders[6][3] = {{0, 1, 2}, {0, 2, 1}, {1, 0, 2},
					     {1, 2, 0}, {2, 0, 1}, {2, 1, 0}};
	static const struct {
		unsigned int offset, len;
	} pieces[3] = {{0, 16 | MORE}, {16, 16 | MORE}, {32, 8}};
	struct bench *b = begin();

	(void)state;
	for (uint8_t i = 0; i < 6; i++) {
		size_t len = 0;

		for (unsigned int k = 0; k < 3; k++) {
			const uint8_t at = orders[i][k];

			assert_int_equal(len, 0);
			len = v4(b, i, payload + pieces[at].offset,
				 pieces[at].offset, pieces[at].len);
		}
		is_whole(b, len);
	}
	assert_int_equal(counted(b, NRS_C_DEFRAGMENTED), 6);
	nrs_defrag_end(b->defrag, &b->counters);
	assert_int_equal(counted(b, NRS_C_FRAGMENTS), 0);
	end(b);
}

static void packets_under_way_do_not_mix(void **state)
{
	struct bench *b = begin();
	uint8_t other[PAYLOAD];

	(void)state;
	memset(other, 'x', sizeof(other));
	assert_int_equal(v4(b, 1, payload, 0, 24 | MORE), 0);
	assert_int_equal(v4(b, 2, other, 0, 24 | MORE), 0);
	is_whole(b, v4(b, 1, payload + 24, 24, 16));
	assert_int_equal(v4(b, 2, other, 24, 16), 14 + 20 + PAYLOAD);
	assert_memory_equal(b->room + 34, other, PAYLOAD);
	end(b);
}

static void the_same_twice_is_no_contradiction(void **state)
{
	struct bench *b = begin();

	(void)state;
	assert_int_equal(v4(b, 1, payload, 0, 16 | MORE), 0);
	assert_int_equal(v4(b, 1, payload, 0, 24 | MORE), 0);
	is_whole(b, v4(b, 1, payload + 16, 16, 24));
	assert_int_equal(counted(b, NRS_C_FRAGMENT_OVERLAPS), 0);
	end(b);
}

static void what_came_first_stays_and_the_contradiction_is_counted(void **state)
{
	struct bench *b = begin();

	(void)state;
	assert_int_equal(v4(b, 1, payload, 0, 24 | MORE), 0);
	assert_int_equal(v4(b, 1, (const uint8_t *)"XXXXXXXX", 16, 8 | MORE),
			 0);
	is_whole(b, v4(b, 1, payload + 24, 24, 16));
	assert_int_equal(counted(b, NRS_C_FRAGMENT_OVERLAPS), 1);
	end(b);
}

static void nothing_stands_behind_the_end(void **state)
{
	struct bench *b = begin();

	(void)state;
	assert_int_equal(v4(b, 1, payload + 24, 24, 16), 0); /* the end: 40 */
	assert_int_equal(v4(b, 1, payload, 40, 8 | MORE), 0);
	assert_int_equal(v4(b, 1, payload, 32, 24), 0);
	assert_int_equal(counted(b, NRS_C_FRAGMENT_OVERLAPS), 2);
	assert_int_equal(counted(b, NRS_C_FRAGMENTS), 2);
	is_whole(b, v4(b, 1, payload, 0, 24 | MORE));
	end(b);
}

static void odd_and_oversized_fragments_are_refused(void **state)
{
	struct bench *b = begin();

	(void)state;
	/* not a multiple of eight, and more follows */
	assert_int_equal(v4(b, 1, payload, 0, 20 | MORE), 0);
	/* ends behind 65,535 */
	assert_int_equal(v4(b, 2, payload, 65528, 16), 0);
	/* no payload at all */
	assert_int_equal(v4(b, 3, payload, 8, 0), 0);
	assert_int_equal(counted(b, NRS_C_FRAGMENTS), 3);
	nrs_defrag_end(b->defrag, &b->counters);
	assert_int_equal(counted(b, NRS_C_FRAGMENTS), 3);
	end(b);
}

static void a_cut_fragment_is_refused(void **state)
{
	struct bench *b = begin();

	(void)state;
	frame_ipv4(&b->frame, 17, 1, 2, 16);
	b->frame.bytes[14 + 6] = 0x20;
	frame_put(&b->frame, payload, 16);
	assert_int_equal(give(b, b->frame.len - 1), 0);
	assert_int_equal(counted(b, NRS_C_FRAGMENTS), 1);
	end(b);
}

static void the_rest_must_come_in_time(void **state)
{
	struct bench *b = begin();

	(void)state;
	assert_int_equal(v4(b, 1, payload, 0, 24 | MORE), 0);
	b->now_ns += (NRS_DEFRAG_TIMEOUT_S + 1) * SECOND;
	assert_int_equal(v4(b, 1, payload + 24, 24, 16), 0);
	assert_int_equal(counted(b, NRS_C_FRAGMENTS), 1);
	nrs_defrag_end(b->defrag, &b->counters);
	assert_int_equal(counted(b, NRS_C_FRAGMENTS), 2);
	end(b);
}

static void one_too_many_ends_the_oldest(void **state)
{
	struct bench *b = begin();

	(void)state;
	for (uint8_t id = 0; id <= NRS_DEFRAG_PENDING; id++)
		assert_int_equal(v4(b, id, payload, 0, 24 | MORE), 0);
	assert_int_equal(counted(b, NRS_C_FRAGMENTS), 1);
	is_whole(b, v4(b, 1, payload + 24, 24, 16));
	assert_int_equal(v4(b, 0, payload + 24, 24, 16), 0);
	end(b);
}

/* Fragments of 1,000 octets, from the last to the first and from the first to
 * the last: they stand across pages. */
static void a_packet_of_many_pages_is_whole(void **state)
{
	enum { ALL = 17000, STEP = 1000 };
	struct bench *b = begin();
	uint8_t *bytes = malloc(ALL);

	(void)state;
	assert_non_null(bytes);
	for (unsigned int i = 0; i < ALL; i++)
		bytes[i] = (uint8_t)(i * 7 + i / 256);
	for (uint8_t id = 0; id < 2; id++) {
		size_t len = 0;

		for (unsigned int i = 0; i < ALL / STEP; i++) {
			const unsigned int at =
				STEP * (id == 0 ? i : ALL / STEP - 1 - i);

			assert_int_equal(len, 0);
			len = v4(b, id, bytes + at, at,
				 STEP | (at + STEP < ALL ? MORE : 0));
		}
		assert_int_equal(len, 14 + 20 + ALL);
		assert_memory_equal(b->room + 34, bytes, ALL);
	}
	free(bytes);
	end(b);
}

/* One block in each of the first @pages pages of packet @id. */
static void spread(struct bench *b, uint8_t id, unsigned int pages)
{
	for (unsigned int i = 0; i < pages; i++)
		assert_int_equal(v4(b, id, payload, i * PAGE, 8 | MORE), 0);
}

static void one_page_too_many_ends_the_oldest(void **state)
{
	enum { EACH = NRS_DEFRAG_PAGES / 8 };
	struct bench *b = begin();

	(void)state;
	for (uint8_t id = 0; id < 8; id++)
		spread(b, id, EACH);
	assert_int_equal(counted(b, NRS_C_FRAGMENTS), 0);
	spread(b, 8, EACH);
	assert_int_equal(counted(b, NRS_C_FRAGMENTS), EACH);
	/* The oldest now grows, and is spared for it. */
	assert_int_equal(v4(b, 1, payload, EACH * PAGE, 8 | MORE), 0);
	assert_int_equal(counted(b, NRS_C_FRAGMENTS), 2 * EACH);
	nrs_defrag_end(b->defrag, &b->counters);
	assert_int_equal(counted(b, NRS_C_FRAGMENTS), 9 * EACH + 1);
	end(b);
}

/* 2001:db8::1 to ::2, destination options before the fragment header. */
static size_t v6(struct bench *b, unsigned int offset, unsigned int len,
		 bool has_more)
{
	struct frame *f = &b->frame;

	f->len = 0;
	frame_put(f, "\x02\0\0\0\0\x02\x02\0\0\0\0\x01\x86\xdd", 14);
	frame_put(f, "\x60\0\0\0", 4);
	frame_put_u16(f, 16 + len);
	frame_put(f, "\x3c\x40", 2);
	frame_put(f, "\x20\x01\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\x01", 16);
	frame_put(f, "\x20\x01\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\x02", 16);
	frame_put(f, "\x2c\0\1\4\0\0\0\0", 8);
	frame_put(f, "\x11\0", 2);
	frame_put_u16(f, offset | (has_more ? 1 : 0));
	frame_put(f, "\xde\xad\xbe\xef", 4);
	frame_put(f, payload + offset, len);
	return give(b, f->len);
}

static void ipv6_loses_its_fragment_header(void **state)
{
	struct bench *b = begin();

	(void)state;
	assert_int_equal(v6(b, 24, 16, false), 0);
	assert_int_equal(v6(b, 0, 24, true), 14 + 48 + PAYLOAD);
	const uint8_t *ip = b->room + 14;
	assert_memory_equal(b->room + 12, "\x86\xdd", 2);
	assert_memory_equal(ip + 4, "\0\x30\x3c\x40", 4); /* 48 octets */
	assert_memory_equal(ip + 40, "\x11\0\1\4\0\0\0\0", 8);
	assert_memory_equal(ip + 48, payload, PAYLOAD);
	end(b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(any_order_makes_the_packet),
		cmocka_unit_test(packets_under_way_do_not_mix),
		cmocka_unit_test(the_same_twice_is_no_contradiction),
		cmocka_unit_test(
			what_came_first_stays_and_the_contradiction_is_counted),
		cmocka_unit_test(nothing_stands_behind_the_end),
		cmocka_unit_test(odd_and_oversized_fragments_are_refused),
		cmocka_unit_test(a_cut_fragment_is_refused),
		cmocka_unit_test(the_rest_must_come_in_time),
		cmocka_unit_test(one_too_many_ends_the_oldest),
		cmocka_unit_test(a_packet_of_many_pages_is_whole),
		cmocka_unit_test(one_page_too_many_ends_the_oldest),
		cmocka_unit_test(ipv6_loses_its_fragment_header),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
