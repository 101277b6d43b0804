/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_hpack: the examples of RFC 7541, appendix C, and what happens where the
 * heap ends.
 */
#include "tests/nrs_test.h"

#include "capture/proto/hpack.h"

#define HEAP ((size_t)64 * 1024)

static _Alignas(16) uint8_t room[HEAP];
static struct nrs_heap heap;

static struct nrs_hpack *hpack_in(size_t bytes)
{
	struct nrs_hpack *hpack = NULL;

	nrs_heap_init(&heap, room, bytes);
	assert_int_equal(nrs_hpack_new(&hpack, &heap), NRS_OK);
	assert_non_null(hpack);
	return hpack;
}

static size_t octets_of(const char *hex, uint8_t *out)
{
	size_t len = 0;

	for (; hex[0] != '\0' && hex[1] != '\0'; hex += 2) {
		const char two[3] = {hex[0], hex[1], '\0'};

		out[len++] = (uint8_t)strtoul(two, NULL, 16);
	}
	return len;
}

/* A block in pieces of @piece octets; all fields as lines in @out. */
static int read_block(struct nrs_hpack *hpack, const char *hex, size_t piece,
		      char out[1024])
{
	uint8_t octets[512];
	const size_t len = octets_of(hex, octets);
	struct nrs_hpack_field f;
	size_t used = 0;
	int err = NRS_E_MORE;

	out[0] = '\0';
	for (size_t at = 0; at < len && err == NRS_E_MORE; at += piece) {
		struct nrs_span bytes =
			nrs_span_part(nrs_span(octets, len), at, piece);

		while ((err = nrs_hpack_next(hpack, &bytes, at + piece >= len,
					     &f)) == NRS_OK)
			used += (size_t)snprintf(
				out + used, 1024 - used, "%.*s: %.*s\n",
				(int)f.name.len, (const char *)f.name.ptr,
				(int)f.value.len, (const char *)f.value.ptr);
	}
	return err;
}

#define FIRST                                                                  \
	":method: GET\n:scheme: http\n:path: /\n:authority: www.example.com\n"
#define THIRD                                                                  \
	":method: GET\n:scheme: https\n:path: /index.html\n"                   \
	":authority: www.example.com\ncustom-key: custom-value\n"

/* C.3 without and C.4 with Huffman coding: three blocks, each of which needs
 * the table that the one before leaves. */
static const struct {
	const char *plain, *huffman, *fields;
} blocks[] = {
	{"828684410f7777772e6578616d706c652e636f6d",
	 "828684418cf1e3c2e5f23a6ba0ab90f4ff", FIRST},
	{"828684be58086e6f2d6361636865", "828684be5886a8eb10649cbf",
	 FIRST "cache-control: no-cache\n"},
	{"828785bf400a637573746f6d2d6b65790c637573746f6d2d76616c7565",
	 "828785bf408825a849e95ba97d7f8925a849e95bb8e8b4bf", THIRD},
};

static void blocks_are_read_as_the_standard_has_them(void **state)
{
	char out[1024];

	(void)state;
	for (size_t piece = 1; piece <= 32; piece += 31) {
		struct nrs_hpack *plain = hpack_in(HEAP);
		struct nrs_hpack *huffman = NULL;

		assert_int_equal(nrs_hpack_new(&huffman, &heap), NRS_OK);
		for (size_t i = 0; i < sizeof(blocks) / sizeof(*blocks); i++) {
			assert_int_equal(
				read_block(plain, blocks[i].plain, piece, out),
				NRS_E_NOTFOUND);
			assert_string_equal(out, blocks[i].fields);
			assert_int_equal(read_block(huffman, blocks[i].huffman,
						    piece, out),
					 NRS_E_NOTFOUND);
			assert_string_equal(out, blocks[i].fields);
		}
	}
}

static void what_breaks_the_code_is_refused(void **state)
{
	static const struct {
		const char *name, *hex;
	} rows[] = {
		{"an index beyond the tables", "be"},
		{"index zero", "80"},
		{"a value that is cut", "410f7777"},
		{"a table larger than is followed", "3fe2ff03"},
		{"a number without end", "ffffffffffffffffffff"},
	};
	char out[1024];

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		if (read_block(hpack_in(HEAP), rows[i].hex, 32, out) !=
		    NRS_E_FORMAT)
			fail_msg("%s", rows[i].name);
	}
}

static void a_table_as_large_as_is_followed_may_be_announced(void **state)
{
	char out[1024];

	(void)state;
	assert_int_equal(read_block(hpack_in(HEAP), "3fe1ff0382", 32, out),
			 NRS_E_NOTFOUND);
	assert_string_equal(out, ":method: GET\n");
}

static void where_the_heap_ends_it_says_so(void **state)
{
	struct nrs_hpack *hpack = NULL;
	char out[1024];

	(void)state;
	nrs_heap_init(&heap, room, 256);
	assert_int_equal(nrs_hpack_new(&hpack, &heap), NRS_E_NOMEM);
	/* a value of 16,000 octets in a heap of 8,192 */
	assert_int_equal(read_block(hpack_in(8192),
				    "41"
				    "7f817c"
				    "7777",
				    32, out),
			 NRS_E_NOMEM);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(blocks_are_read_as_the_standard_has_them),
		cmocka_unit_test(what_breaks_the_code_is_refused),
		cmocka_unit_test(
			a_table_as_large_as_is_followed_may_be_announced),
		cmocka_unit_test(where_the_heap_ends_it_says_so),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
