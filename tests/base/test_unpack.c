/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_unpack: what other programs packed comes out whole, however it is cut;
 * what is damaged, too wide or a bomb does not.
 */
#include "engine/base/unpack.h"

#include <zlib.h>

#include "engine/base/text.h"
#include "tests/nrs_test.h"

#define TEXT "unpack me, unpack me, unpack me"

/* Python's gzip and zlib; brotli and zstd by their own programs. */
static const uint8_t gzip[] = {
	0x1f, 0x8b, 0x08, 0x00, 0x00, 0x00, 0x00, 0x00, 0x02, 0x03, 0x2b, 0xcd,
	0x2b, 0x48, 0x4c, 0xce, 0x56, 0xc8, 0x4d, 0xd5, 0x51, 0x28, 0xc5, 0xc2,
	0x04, 0x00, 0x40, 0xa5, 0xec, 0x11, 0x1f, 0x00, 0x00, 0x00};
static const uint8_t zlib[] = {0x78, 0x9c, 0x2b, 0xcd, 0x2b, 0x48, 0x4c, 0xce,
			       0x56, 0xc8, 0x4d, 0xd5, 0x51, 0x28, 0xc5, 0xc2,
			       0x04, 0x00, 0xb1, 0xf6, 0x0a, 0xf5};
static const uint8_t brotli[] = {0x1b, 0x1e, 0x00, 0x00, 0x04, 0x1c, 0x72, 0xa4,
				 0x9f, 0x5f, 0x35, 0x2c, 0xab, 0x24, 0x59, 0xa7,
				 0x82, 0xcd, 0x97, 0x2c, 0x8d, 0x00};
static const uint8_t zstd[] = {0x28, 0xb5, 0x2f, 0xfd, 0x00, 0x58, 0x8d,
			       0x00, 0x00, 0x58, 0x75, 0x6e, 0x70, 0x61,
			       0x63, 0x6b, 0x20, 0x6d, 0x65, 0x2c, 0x20,
			       0x01, 0x00, 0xa6, 0x8b, 0x17};

static struct nrs_unpack_pools pools;

static int setup(void **state)
{
	(void)state;
	return nrs_unpack_pools_init(&pools, 1, 1);
}

static int teardown(void **state)
{
	(void)state;
	nrs_unpack_pools_fini(&pools);
	return 0;
}

/* All that comes of @packed, given in pieces of @step, in rooms of @room. */
static int all(struct nrs_unpack *u, struct nrs_span packed, size_t step,
	       size_t room, struct nrs_text *out)
{
	uint8_t bytes[64];
	size_t got = 0;
	int err = NRS_OK;

	assert_non_null(u);
	for (size_t at = 0; at < packed.len && err == NRS_OK; at += step) {
		struct nrs_span in = nrs_span_part(packed, at, step);

		do {
			err = nrs_unpack_feed(u, &in, bytes, room, &got);
			nrs_text_add(out, nrs_span(bytes, got));
		} while (err == NRS_OK && (in.len > 0 || got == room));
	}
	return err;
}

static const struct {
	const char *name;
	enum nrs_packing packing;
	const uint8_t *octets;
	size_t len;
} packed[] = {
	{"gzip", NRS_PACKING_GZIP, gzip, sizeof(gzip)},
	{"gzip without its trailer", NRS_PACKING_GZIP, gzip, sizeof(gzip) - 8},
	{"zlib", NRS_PACKING_DEFLATE, zlib, sizeof(zlib)},
	{"zlib without its sum", NRS_PACKING_DEFLATE, zlib, sizeof(zlib) - 4},
	{"deflate without a head", NRS_PACKING_DEFLATE, zlib + 2,
	 sizeof(zlib) - 6},
	{"brotli", NRS_PACKING_BROTLI, brotli, sizeof(brotli)},
	{"zstd", NRS_PACKING_ZSTD, zstd, sizeof(zstd)},
};

static void every_packing_is_undone_however_it_comes(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(packed) / sizeof(*packed); i++) {
		const struct nrs_span octets =
			nrs_span(packed[i].octets, packed[i].len);

		for (size_t step = 1; step <= octets.len; step++) {
			struct nrs_unpack *u =
				nrs_unpack_new(&pools, packed[i].packing);
			struct nrs_text out = {0};

			if (all(u, octets, step, step % 64 + 1, &out) !=
				    NRS_OK ||
			    !nrs_unpack_is_done(u) ||
			    !nrs_span_is(nrs_text_span(&out), TEXT))
				fail_msg("%s by %zu: %.*s", packed[i].name,
					 step, (int)out.len,
					 (const char *)out.ptr);
			nrs_text_fini(&out);
			nrs_unpack_free(&pools, u);
		}
	}
}

static void a_cut_is_no_end(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(packed) / sizeof(*packed); i += 2) {
		struct nrs_unpack *u =
			nrs_unpack_new(&pools, packed[i].packing);
		struct nrs_text out = {0};

		(void)all(u, nrs_span(packed[i].octets, 12), 12, 64, &out);
		if (nrs_unpack_is_done(u))
			fail_msg("%s", packed[i].name);
		nrs_text_fini(&out);
		nrs_unpack_free(&pools, u);
	}
}

/* RFC 1952: extra field, name, comment and a sum of the head, which nobody
 * checks; flags that are reserved; and another member behind the first. */
static void heads_and_members_of_gzip_are_passed(void **state)
{
	uint8_t octets[256] = {0x1f, 0x8b, 8, 0xfe, 0, 0, 0, 0, 0, 3};
	struct nrs_unpack *u = nrs_unpack_new(&pools, NRS_PACKING_GZIP);
	struct nrs_text out = {0};
	size_t len = 10;

	(void)state;
	memcpy(octets + len, "\3\0abcname\0comment\0\1\2", 20);
	len += 20;
	memcpy(octets + len, gzip + 10, sizeof(gzip) - 10);
	len += sizeof(gzip) - 10;
	memcpy(octets + len, gzip, sizeof(gzip));
	len += sizeof(gzip);
	assert_int_equal(all(u, nrs_span(octets, len), 5, 64, &out), NRS_OK);
	assert_true(nrs_span_is(nrs_text_span(&out), TEXT TEXT));
	nrs_text_fini(&out);
	nrs_unpack_free(&pools, u);
}

static void what_is_not_packed_is_refused_at_once(void **state)
{
	static const enum nrs_packing packings[] = {
		NRS_PACKING_GZIP, NRS_PACKING_BROTLI, NRS_PACKING_ZSTD};

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		struct nrs_unpack *u = nrs_unpack_new(&pools, packings[i]);
		struct nrs_text out = {0};

		assert_int_equal(all(u, nrs_span_of("X5O!P%@AP plain text"),
				     100, 64, &out),
				 NRS_E_FORMAT);
		assert_int_equal(out.len, 0);
		nrs_text_fini(&out);
		nrs_unpack_free(&pools, u);
	}
}

/* RFC 8878 section 3.1.1.1.2: exponent 14 of 10 + 14 is 16 MiB. */
static void a_window_too_wide_is_refused(void **state)
{
	static const uint8_t wide[] = {0x28,	0xb5, 0x2f, 0xfd, 0x00,
				       14 << 3, 0,    0,    0};
	struct nrs_unpack *u = nrs_unpack_new(&pools, NRS_PACKING_ZSTD);
	struct nrs_text out = {0};

	(void)state;
	assert_int_equal(all(u, nrs_span(wide, sizeof(wide)), 9, 64, &out),
			 NRS_E_LIMIT);
	nrs_text_fini(&out);
	nrs_unpack_free(&pools, u);
}

static void a_bomb_is_given_up(void **state)
{
	static uint8_t zeros[16 << 20], bytes[32768];
	uLongf len = compressBound(sizeof(zeros));
	uint8_t *octets = malloc(len);
	struct nrs_unpack *u = nrs_unpack_new(&pools, NRS_PACKING_DEFLATE);
	uint64_t made = 0;
	size_t got = 0;
	int err;

	(void)state;
	assert_int_equal(compress2(octets, &len, zeros, sizeof(zeros), 9),
			 Z_OK);
	struct nrs_span in = nrs_span(octets, len);
	do {
		err = nrs_unpack_feed(u, &in, bytes, sizeof(bytes), &got);
		made += got;
	} while (err == NRS_OK && (in.len > 0 || got == sizeof(bytes)));
	assert_int_equal(err, NRS_E_LIMIT);
	assert_true(made > NRS_UNPACK_FREE && made < sizeof(zeros));
	/* and nothing more comes */
	in = nrs_span(octets, len);
	assert_int_equal(nrs_unpack_feed(u, &in, bytes, 1, &got), NRS_E_LIMIT);
	assert_int_equal(got, 0);
	nrs_unpack_free(&pools, u);
	free(octets);
}

static void the_quota_holds_and_is_given_back(void **state)
{
	struct nrs_unpack *small = nrs_unpack_new(&pools, NRS_PACKING_GZIP);
	struct nrs_unpack *large = nrs_unpack_new(&pools, NRS_PACKING_ZSTD);

	(void)state;
	assert_non_null(small);
	assert_non_null(large);
	assert_null(nrs_unpack_new(&pools, NRS_PACKING_DEFLATE));
	assert_null(nrs_unpack_new(&pools, NRS_PACKING_BROTLI));
	assert_null(nrs_unpack_new(&pools, NRS_PACKING_OTHER));
	nrs_unpack_free(&pools, small);
	nrs_unpack_free(&pools, large);
	nrs_unpack_free(&pools, NULL);
	large = nrs_unpack_new(&pools, NRS_PACKING_BROTLI);
	assert_non_null(large);
	nrs_unpack_free(&pools, large);
}

static void codings_have_names(void **state)
{
	static const struct {
		const char *name;
		enum nrs_packing packing;
	} rows[] = {
		{"", NRS_PACKING_NONE},	      {" identity ", NRS_PACKING_NONE},
		{"gzip", NRS_PACKING_GZIP},   {"X-GZIP", NRS_PACKING_GZIP},
		{"gzip;", NRS_PACKING_GZIP},  {"deflate", NRS_PACKING_DEFLATE},
		{"br", NRS_PACKING_BROTLI},   {"zstd", NRS_PACKING_ZSTD},
		{"bread", NRS_PACKING_OTHER}, {"compress", NRS_PACKING_OTHER},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		if (nrs_packing_of(nrs_span_of(rows[i].name)) !=
		    rows[i].packing)
			fail_msg("%s", rows[i].name);
	}
	assert_int_equal(nrs_packing_of(nrs_span("gz\0ip", 5)),
			 NRS_PACKING_GZIP);
}

static void what_is_packed_here_is_unpacked_again(void **state)
{
	struct nrs_pack *pack = nrs_pack_new(3);
	struct nrs_text made = {0}, out = {0};

	(void)state;
	assert_non_null(pack);
	assert_int_equal(nrs_pack_add(pack, nrs_span_of("unpack me, "),
				      NRS_PACK_MORE, &made),
			 NRS_OK);
	assert_int_equal(nrs_pack_add(pack, nrs_span_of("unpack me, "),
				      NRS_PACK_FLUSH, &made),
			 NRS_OK);
	/* all of it, though the frame goes on */
	struct nrs_unpack *u = nrs_unpack_open(NRS_PACKING_ZSTD);
	assert_int_equal(all(u, nrs_text_span(&made), 7, 64, &out), NRS_OK);
	assert_true(nrs_span_is(nrs_text_span(&out), "unpack me, unpack me, "));
	assert_false(nrs_unpack_is_done(u));
	nrs_unpack_close(u);
	assert_int_equal(nrs_pack_add(pack, nrs_span_of("unpack me"),
				      NRS_PACK_END, &made),
			 NRS_OK);
	nrs_text_clear(&out);
	u = nrs_unpack_open(NRS_PACKING_ZSTD);
	assert_int_equal(all(u, nrs_text_span(&made), 1, 3, &out), NRS_OK);
	assert_true(nrs_span_is(nrs_text_span(&out), TEXT));
	assert_true(nrs_unpack_is_done(u));
	nrs_unpack_close(u);
	nrs_text_fini(&made);
	nrs_text_fini(&out);
	nrs_pack_free(pack);
	nrs_pack_free(NULL);
}

#define NRS_T(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		NRS_T(every_packing_is_undone_however_it_comes),
		NRS_T(a_cut_is_no_end),
		NRS_T(heads_and_members_of_gzip_are_passed),
		NRS_T(what_is_not_packed_is_refused_at_once),
		NRS_T(a_window_too_wide_is_refused),
		NRS_T(a_bomb_is_given_up),
		NRS_T(the_quota_holds_and_is_given_back),
		NRS_T(codings_have_names),
		NRS_T(what_is_packed_here_is_unpacked_again),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
