/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_stream: segments kept in the order of the stream, each octet once, the
 * one that came first; and what is too much is refused.
 */
#include "capture/decode/stream.h"
#include "tests/nrs_test.h"

static struct nrs_stream_pool pool;

static int setup(void **state)
{
	(void)state;
	return nrs_stream_pool_init(&pool, 4, NRS_STREAM_SEGMENTS + 10);
}

static int teardown(void **state)
{
	(void)state;
	assert_int_equal(pool.segments.taken, 0);
	assert_int_equal(pool.streams.taken, 0);
	nrs_stream_pool_fini(&pool);
	return 0;
}

static bool keep(struct nrs_stream *stream, uint32_t seq, const char *text)
{
	const struct nrs_stream_piece piece = {.bytes = nrs_span_of(text),
					       .seq = seq,
					       .len = (uint32_t)strlen(text)};
	bool differs = false;

	assert_int_equal(
		nrs_stream_keep(&pool, &stream->side[0], &piece, &differs),
		NRS_OK);
	return differs;
}

/* "seq:text seq:text ..." of what is kept, sequence numbers from @from. */
static void is_kept(struct nrs_stream *stream, uint32_t from,
		    const char *expected)
{
	const struct nrs_segment *s = stream->side[0].first;
	char text[256] = "";
	size_t used = 0;
	uint32_t count = 0;

	for (; s != NULL; s = s->next, count++)
		used += (size_t)snprintf(text + used, sizeof(text) - used,
					 "%s%u:%.*s", used == 0 ? "" : " ",
					 s->seq - from, s->got, s->bytes);
	assert_string_equal(text, expected);
	assert_int_equal(stream->side[0].count, count);
}

static void segments_stand_in_the_order_of_the_stream(void **state)
{
	/* around the wrap of sequence numbers too */
	static const uint32_t starts[] = {0, 1000, 0xfffffff0, 0x7ffffff8};

	(void)state;
	for (size_t i = 0; i < sizeof(starts) / sizeof(*starts); i++) {
		struct nrs_stream *stream = nrs_stream_new(&pool);
		const uint32_t at = starts[i];

		assert_non_null(stream);
		assert_false(keep(stream, at + 20, "cc"));
		assert_false(keep(stream, at + 30, "dd"));
		assert_false(keep(stream, at + 5, "aa"));
		assert_false(keep(stream, at + 12, "bb"));
		is_kept(stream, at, "5:aa 12:bb 20:cc 30:dd");
		nrs_stream_free(&pool, stream);
	}
}

static void an_octet_is_kept_once_the_first_that_came(void **state)
{
	static const struct {
		const char *name;
		uint32_t seq;
		const char *text;
		const char *kept;
		bool differs;
	} rows[] = {
		{"the same", 10, "abcd", "10:abcd 20:xyz", false},
		{"inside", 11, "bc", "10:abcd 20:xyz", false},
		{"inside, other", 11, "bX", "10:abcd 20:xyz", true},
		{"over the front", 8, "..ab", "8:.. 10:abcd 20:xyz", false},
		{"over the end", 12, "cd..", "10:abcd 14:.. 20:xyz", false},
		{"over both", 8, "..ZZZZ......xyz__",
		 "8:.. 10:abcd 14:...... 20:xyz 23:__", true},
		{"between", 14, "......", "10:abcd 14:...... 20:xyz", false},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct nrs_stream *stream = nrs_stream_new(&pool);

		assert_non_null(stream);
		keep(stream, 10, "abcd");
		keep(stream, 20, "xyz");
		if (keep(stream, rows[i].seq, rows[i].text) != rows[i].differs)
			fail_msg("%s: differs", rows[i].name);
		is_kept(stream, 0, rows[i].kept);
		nrs_stream_free(&pool, stream);
	}
}

static void long_segments_are_cut_into_items(void **state)
{
	static uint8_t bytes[4000];
	struct nrs_stream *stream = nrs_stream_new(&pool);
	bool differs = false;
	/* 4,000 octets on the wire, 3,000 of them captured */
	const struct nrs_stream_piece piece = {
		.bytes = nrs_span(bytes, 3000), .seq = 7, .len = 4000};

	(void)state;
	assert_non_null(stream);
	assert_int_equal(
		nrs_stream_keep(&pool, &stream->side[0], &piece, &differs),
		NRS_OK);
	const struct nrs_segment *s = stream->side[0].first;
	assert_int_equal(s->len, NRS_SEGMENT_ROOM);
	assert_int_equal(s->got, NRS_SEGMENT_ROOM);
	s = s->next;
	s = s->next;
	assert_int_equal(s->seq, 7 + 2 * NRS_SEGMENT_ROOM);
	assert_int_equal(s->len, 4000 - 2 * NRS_SEGMENT_ROOM);
	assert_int_equal(s->got, 3000 - 2 * NRS_SEGMENT_ROOM);
	assert_null(s->next);
	nrs_stream_free(&pool, stream);
}

static void a_side_has_a_cap_and_so_has_the_pool(void **state)
{
	struct nrs_stream *one = nrs_stream_new(&pool);
	struct nrs_stream *two = nrs_stream_new(&pool);
	struct nrs_stream_piece piece = {.bytes = nrs_span_of("x"), .len = 1};
	bool differs = false;

	(void)state;
	assert_non_null(one);
	assert_non_null(two);
	for (uint32_t i = 0; i < NRS_STREAM_SEGMENTS; i++)
		keep(one, 2 * i, "x");
	piece.seq = 2 * NRS_STREAM_SEGMENTS;
	assert_int_equal(
		nrs_stream_keep(&pool, &one->side[0], &piece, &differs),
		NRS_E_NOMEM);
	for (uint32_t i = 0; i < 10; i++)
		keep(two, 2 * i, "x");
	assert_int_equal(
		nrs_stream_keep(&pool, &two->side[0], &piece, &differs),
		NRS_E_NOMEM);
	nrs_stream_drop(&pool, &one->side[0]);
	assert_int_equal(
		nrs_stream_keep(&pool, &two->side[0], &piece, &differs),
		NRS_OK);
	nrs_stream_free(&pool, one);
	nrs_stream_free(&pool, two);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(segments_stand_in_the_order_of_the_stream),
		cmocka_unit_test(an_octet_is_kept_once_the_first_that_came),
		cmocka_unit_test(long_segments_are_cut_into_items),
		cmocka_unit_test(a_side_has_a_cap_and_so_has_the_pool),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
