/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_inflate: plain, gzip and zstd files as one stream; what is cut or
 * damaged gives what it held, and says so.
 */
#include "tests/nrs_test.h"

#include <zlib.h>
#include <zstd.h>

#include "engine/base/crypto.h"
#include "engine/base/inflate.h"

#define LEN 300000

static uint8_t plain[LEN];
static char path[] = "/tmp/nrs-inflate-XXXXXX";

static int setup(void **state)
{
	const int fd = mkstemp(path);

	(void)state;
	for (size_t i = 0; i < LEN; i++)
		plain[i] = (uint8_t)(i * i >> 7);
	return fd < 0 ? -1 : close(fd);
}

static int teardown(void **state)
{
	(void)state;
	return unlink(path);
}

static void put(const void *bytes, size_t len)
{
	FILE *file = fopen(path, "wb");

	assert_non_null(file);
	assert_int_equal(fwrite(bytes, 1, len, file), len);
	assert_int_equal(fclose(file), 0);
}

/* Read the file in steps of @step octets; how many came. */
static size_t read_all(size_t step, uint8_t *out, int *err,
		       enum nrs_input_kind want)
{
	struct nrs_input *input = NULL;
	struct nrs_diag diag = {0};
	size_t at = 0, got = 0;

	assert_int_equal(nrs_input_open(&input, path, NULL, &diag), NRS_OK);
	assert_int_equal(nrs_input_kind(input), want);
	do {
		*err = nrs_input_read(input, out + at, step, &got, &diag);
		at += got;
	} while (*err == NRS_OK && got == step);
	assert_true(*err == NRS_OK || diag.text[0] != '\0');
	nrs_input_close(input);
	return at;
}

static size_t gzip_of(uint8_t *out, size_t room)
{
	z_stream z = {0};

	assert_int_equal(deflateInit2(&z, 6, Z_DEFLATED, 15 + 16, 8, 0), Z_OK);
	z.next_in = plain;
	z.avail_in = LEN;
	z.next_out = out;
	z.avail_out = (uInt)room;
	assert_int_equal(deflate(&z, Z_FINISH), Z_STREAM_END);
	deflateEnd(&z);
	return z.total_out;
}

static void each_kind_reads_the_same(void **state)
{
	static uint8_t packed[2 * LEN], out[LEN + 70000];
	static const size_t steps[] = {1000, 65536, LEN + 1};
	int err = 0;

	(void)state;
	for (size_t s = 0; s < 3; s++) {
		put(plain, LEN);
		assert_int_equal(read_all(steps[s], out, &err, NRS_INPUT_PLAIN),
				 LEN);
		assert_int_equal(err, NRS_OK);
		assert_memory_equal(out, plain, LEN);
		size_t len = gzip_of(packed, sizeof(packed));
		/* two members, one after the other, are one stream */
		memcpy(packed + len, packed, len);
		put(packed, len);
		assert_int_equal(read_all(steps[s], out, &err, NRS_INPUT_GZIP),
				 LEN);
		assert_int_equal(err, NRS_OK);
		assert_memory_equal(out, plain, LEN);
		len = ZSTD_compress(packed, sizeof(packed), plain, LEN, 3);
		assert_false(ZSTD_isError(len));
		put(packed, len);
		assert_int_equal(read_all(steps[s], out, &err, NRS_INPUT_ZSTD),
				 LEN);
		assert_int_equal(err, NRS_OK);
		assert_memory_equal(out, plain, LEN);
	}
}

static void two_gzip_members_are_one_stream(void **state)
{
	static uint8_t packed[2 * LEN], out[2 * LEN + 70000];
	const size_t len = gzip_of(packed, LEN);
	int err = 0;

	(void)state;
	memcpy(packed + len, packed, len);
	put(packed, 2 * len);
	assert_int_equal(read_all(65536, out, &err, NRS_INPUT_GZIP), 2 * LEN);
	assert_int_equal(err, NRS_OK);
	assert_memory_equal(out + LEN, plain, LEN);
}

static void what_is_cut_gives_what_it_held(void **state)
{
	static uint8_t packed[2 * LEN], out[LEN + 70000];
	size_t len = gzip_of(packed, sizeof(packed));
	int err = 0;

	(void)state;
	put(packed, len / 2);
	size_t got = read_all(4096, out, &err, NRS_INPUT_GZIP);
	assert_int_equal(err, NRS_E_TRUNCATED);
	assert_in_range(got, 1, LEN - 1);
	assert_memory_equal(out, plain, got);
	len = ZSTD_compress(packed, sizeof(packed), plain, LEN, 3);
	put(packed, len - 5);
	got = read_all(4096, out, &err, NRS_INPUT_ZSTD);
	assert_int_equal(err, NRS_E_TRUNCATED);
	assert_memory_equal(out, plain, got);
}

static void what_is_damaged_is_said(void **state)
{
	static uint8_t packed[2 * LEN], out[2 * LEN];
	const size_t len = gzip_of(packed, sizeof(packed));
	int err = 0;

	(void)state;
	packed[len - 6] ^= 1; /* its checksum */
	put(packed, len);
	(void)read_all(4096, out, &err, NRS_INPUT_GZIP);
	assert_int_equal(err, NRS_E_FORMAT);
}

static void what_cannot_be_opened_is_named(void **state)
{
	static const char *const paths[] = {"/nonexistent/file", "/tmp"};
	struct nrs_input *input = NULL;

	(void)state;
	for (unsigned int i = 0; i < 2; i++) {
		struct nrs_diag diag = {0};

		assert_int_equal(nrs_input_open(&input, paths[i], NULL, &diag),
				 NRS_E_IO);
		assert_true(diag.text[0] != '\0');
	}
}

static void the_digest_is_of_the_stored_octets(void **state)
{
	static uint8_t packed[2 * LEN], out[LEN + 1];
	struct nrs_digest *digest = nrs_digest_new();
	uint8_t got_digest[NRS_SHA256_LEN], want[NRS_SHA256_LEN];
	const size_t len = gzip_of(packed, sizeof(packed));
	struct nrs_input *input = NULL;
	struct nrs_diag diag = {0};
	size_t got = 0;

	(void)state;
	put(packed, len);
	assert_int_equal(nrs_input_open(&input, path, digest, &diag), NRS_OK);
	assert_int_equal(nrs_input_size(input), len);
	assert_int_equal(nrs_input_read(input, out, sizeof(out), &got, &diag),
			 NRS_OK);
	assert_int_equal(nrs_input_position(input), len);
	nrs_input_close(input);
	nrs_digest_finish(digest, got_digest);
	nrs_sha256(nrs_span(packed, len), want);
	assert_memory_equal(got_digest, want, sizeof(want));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_kind_reads_the_same),
		cmocka_unit_test(two_gzip_members_are_one_stream),
		cmocka_unit_test(what_is_cut_gives_what_it_held),
		cmocka_unit_test(what_is_damaged_is_said),
		cmocka_unit_test(what_cannot_be_opened_is_named),
		cmocka_unit_test(the_digest_is_of_the_stored_octets),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
