/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_http2: frames put together by RFC 9113, section 4 and 6.
 */
#include "tests/nrs_test.h"

#include "capture/proto/http2.h"

#define SPAN(literal) nrs_span((literal), sizeof(literal) - 1)
#define PREFACE "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"

/* All units of @bytes in pieces, one letter each; octets of one kind in a row
 * are put together. The last line is the error. */
static void units_of(struct nrs_span bytes, size_t piece, char out[1024])
{
	static const char *const names[] = {
		"fields", "promise", "block", "whole", "data", "end", "reset"};
	struct nrs_http2_reader reader = {0};
	struct nrs_http2_unit u;
	int last = -1, err = NRS_E_MORE;
	size_t used = 0;

	for (size_t at = 0; at < bytes.len && err == NRS_E_MORE; at += piece) {
		struct nrs_span rest = nrs_span_part(bytes, at, piece);

		while ((err = nrs_http2_read(&reader, &rest, &u)) == NRS_OK) {
			if (u.kind != last || u.bytes.len == 0)
				used += (size_t)snprintf(
					out + used, 1024 - used, " %s%u",
					names[u.kind], (unsigned int)u.stream);
			if (u.bytes.len > 0)
				used += (size_t)snprintf(
					out + used, 1024 - used, "%s%.*s",
					u.kind == last ? "" : "=",
					(int)u.bytes.len,
					(const char *)u.bytes.ptr);
			last = u.kind;
		}
	}
	if (err != NRS_E_MORE)
		snprintf(out + used, 1024 - used, " %s",
			 err == NRS_E_LIMIT ? "LIMIT" : "FORMAT");
}

static const struct {
	const char *name;
	struct nrs_span bytes;
	const char *units;
} rows[] = {
	{"a request and its body",
	 {(const uint8_t *)PREFACE "\0\0\6\4\0\0\0\0\0\0\1\0\0\x10\0"
				   "\0\0\4\1\4\0\0\0\1abcd"
				   "\0\0\3\0\0\0\0\0\1xyz"
				   "\0\0\2\0\1\0\0\0\1!!",
	  24 + 15 + 13 + 12 + 11},
	 " fields1 block1=abcd whole1 data1=xyz!! end1"},
	{"without a body",
	 {(const uint8_t *)"\0\0\2\1\5\0\0\0\3ab", 11},
	 " fields3 block3=ab whole3 end3"},
	{"padding and priority",
	 {(const uint8_t *)"\0\0\xb\1\x2c\0\0\0\5\3\0\0\0\1\7ab\0\0\0"
			   "\0\0\6\0\x9\0\0\0\5\3zz\0\0\0",
	  20 + 15},
	 " fields5 block5=ab whole5 data5=zz end5"},
	{"a block that goes on in frames of its own, one of them empty",
	 {(const uint8_t *)"\0\0\2\1\1\0\0\0\1ab"
			   "\0\0\0\x9\0\0\0\0\1"
			   "\0\0\2\x9\4\0\0\0\1"
			   "cd",
	  11 + 9 + 11},
	 " fields1 block1=abcd whole1 end1"},
	{"a promise, and a reset",
	 {(const uint8_t *)"\0\0\6\5\4\0\0\0\1\0\0\0\2ab"
			   "\0\0\4\3\0\0\0\0\2\0\0\0\x8",
	  15 + 13},
	 " promise2 block1=ab whole1 reset2"},
	{"a promise with padding",
	 {(const uint8_t *)"\0\0\x8\5\xc\0\0\0\1\1\0\0\0\2ab\0", 17},
	 " promise2 block1=ab whole1"},
	{"frames of unknown types are passed over",
	 {(const uint8_t *)"\0\0\3\xee\xff\0\0\0\0abc\0\0\1\0\1\0\0\0\1x",
	  12 + 10},
	 " data1=x end1"},
	{"an acknowledged setting",
	 {(const uint8_t *)"\0\0\0\4\1\0\0\0\0", 9},
	 ""},
	{"another frame within a block",
	 {(const uint8_t *)"\0\0\1\1\0\0\0\0\1a\0\0\1\0\0\0\0\0\1", 19},
	 " fields1 block1=a FORMAT"},
	{"a block that goes on in another stream",
	 {(const uint8_t *)"\0\0\1\1\0\0\0\0\1a\0\0\1\x9\0\0\0\0\3", 19},
	 " fields1 block1=a FORMAT"},
	{"a block that nobody began",
	 {(const uint8_t *)"\0\0\1\x9\0\0\0\0\3", 9},
	 " FORMAT"},
	{"fields of no stream",
	 {(const uint8_t *)"\0\0\1\1\0\0\0\0\0", 9},
	 " FORMAT"},
	{"padding that is longer than the frame",
	 {(const uint8_t *)"\0\0\2\0\x8\0\0\0\1\2x", 11},
	 " FORMAT"},
	{"a prefix that is longer than the frame",
	 {(const uint8_t *)"\0\0\4\1\x20\0\0\0\1", 9},
	 " FORMAT"},
	{"a block too long",
	 {(const uint8_t *)"\4\0\1\1\0\0\0\0\1", 9},
	 " LIMIT"},
	{"another preface",
	 {(const uint8_t *)"PRI * HTTP/2.0\r\n\r\nSM\r\n\r!", 24},
	 " FORMAT"},
};

static void frames_are_read_in_pieces_of_every_size(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		for (size_t piece = 1; piece <= rows[i].bytes.len; piece++) {
			char out[1024] = "";

			units_of(rows[i].bytes, piece, out);
			if (strcmp(out, rows[i].units) != 0)
				fail_msg("%s, %zu:%s", rows[i].name, piece,
					 out);
		}
	}
}

static void a_flood_of_continuations_ends(void **state)
{
	struct nrs_http2_reader reader = {0};
	struct nrs_span bytes = SPAN("\0\0\0\1\0\0\0\0\1");
	struct nrs_http2_unit u;
	unsigned int frames = 1;
	int err;

	(void)state;
	assert_int_equal(nrs_http2_read(&reader, &bytes, &u), NRS_OK);
	do {
		bytes = SPAN("\0\0\0\x9\0\0\0\0\1");
		frames++;
		err = nrs_http2_read(&reader, &bytes, &u);
	} while (err == NRS_E_MORE && frames < 10000);
	assert_int_equal(err, NRS_E_LIMIT);
	assert_int_equal(frames, NRS_HTTP2_BLOCK_FRAMES + 1);
}

static void a_gap_inside_a_body_is_passed_over(void **state)
{
	struct nrs_http2_reader reader = {0};
	struct nrs_span bytes = SPAN("\0\0\x8\0\1\0\0\0\7ab");
	struct nrs_http2_unit u;
	uint32_t stream = 0;

	(void)state;
	assert_int_equal(nrs_http2_read(&reader, &bytes, &u), NRS_OK);
	assert_false(nrs_http2_skip(&reader, 7, &stream));
	assert_true(nrs_http2_skip(&reader, 6, &stream));
	assert_int_equal(stream, 7);
	assert_int_equal(nrs_http2_read(&reader, &bytes, &u), NRS_OK);
	assert_int_equal(u.kind, NRS_HTTP2_STREAM_END);
	assert_false(nrs_http2_skip(&reader, 1, &stream));
}

static void a_side_is_told_by_its_first_octets(void **state)
{
	static const struct {
		const char *name;
		struct nrs_span bytes;
		int err;
		bool is_client;
	} firsts[] = {
		{"a client", {(const uint8_t *)PREFACE, 24}, NRS_OK, true},
		{"half a preface",
		 {(const uint8_t *)"PRI * HT", 8},
		 NRS_E_MORE,
		 true},
		{"a server",
		 {(const uint8_t *)"\0\0\6\4\0\0\0\0\0\0\3\0\0\0\x64", 15},
		 NRS_OK,
		 false},
		{"a server that sets nothing",
		 {(const uint8_t *)"\0\0\0\4\0\0\0\0\0", 9},
		 NRS_OK,
		 false},
		{"half a server",
		 {(const uint8_t *)"\0\0\6\4", 4},
		 NRS_E_MORE,
		 false},
		{"settings without their setting",
		 {(const uint8_t *)"\0\0\6\4\0\0\0\0\0", 9},
		 NRS_E_MORE,
		 false},
		{"settings of a length that they cannot have",
		 {(const uint8_t *)"\0\0\7\4\0\0\0\0\0\0\3", 11},
		 NRS_E_FORMAT,
		 false},
		{"a setting that does not exist",
		 {(const uint8_t *)"\0\0\6\4\0\0\0\0\0\x55\x55", 11},
		 NRS_E_FORMAT,
		 false},
		{"an acknowledgment",
		 {(const uint8_t *)"\0\0\0\4\1\0\0\0\0", 9},
		 NRS_E_FORMAT,
		 false},
		{"a request",
		 {(const uint8_t *)"POST / HTTP/1.1\r\n", 17},
		 NRS_E_FORMAT,
		 false},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(firsts) / sizeof(*firsts); i++) {
		bool is_client = false;

		if (nrs_http2_sniff(firsts[i].bytes, &is_client) !=
			    firsts[i].err ||
		    is_client != firsts[i].is_client)
			fail_msg("%s", firsts[i].name);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(frames_are_read_in_pieces_of_every_size),
		cmocka_unit_test(a_flood_of_continuations_ends),
		cmocka_unit_test(a_gap_inside_a_body_is_passed_over),
		cmocka_unit_test(a_side_is_told_by_its_first_octets),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
