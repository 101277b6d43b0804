/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_crypto: against the vectors of FIPS 180-4, RFC 4231, RFC 4648 and RFC
 * 9562; and the keyed hash.
 */
#include "tests/nrs_test.h"

#include "engine/base/checksum.h"
#include "engine/base/crypto.h"

static void is_hex(const uint8_t *got, size_t len, const char *want)
{
	char text[2 * 64 + 1];

	assert_true(len <= 64);
	nrs_hex(nrs_span(got, len), text);
	assert_string_equal(text, want);
}

static void sha256_is_that_of_fips_180_4(void **state)
{
	uint8_t out[NRS_SHA256_LEN];
	struct nrs_digest *digest = nrs_digest_new();

	(void)state;
	nrs_sha256(nrs_span_of("abc"), out);
	is_hex(out, sizeof(out),
	       "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015"
	       "ad");
	nrs_sha256(nrs_span(NULL, 0), out);
	is_hex(out, sizeof(out),
	       "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b8"
	       "55");
	/* piece by piece: the two-block message */
	assert_non_null(digest);
	nrs_digest_add(digest, nrs_span_of("abcdbcdecdefdefgefghfghighijhi"));
	nrs_digest_add(digest, nrs_span(NULL, 0));
	nrs_digest_add(digest, nrs_span_of("jkijkljklmklmnlmnomnopnopq"));
	nrs_digest_finish(digest, out);
	is_hex(out, sizeof(out),
	       "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06"
	       "c1");
}

static void sha1_is_that_of_fips_180_4(void **state)
{
	uint8_t out[NRS_SHA1_LEN];

	(void)state;
	nrs_sha1(nrs_span_of("abc"), out);
	is_hex(out, sizeof(out), "a9993e364706816aba3e25717850c26c9cd0d89d");
}

/* FIPS 180-4's message of two blocks, and its digests; the MD5 by md5sum. */
static void running_digests_are_those_of_the_whole(void **state)
{
	static const char text[] =
		"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq";
	static const struct {
		enum nrs_digest_kind kind;
		const char *want;
	} rows[] = {
		{NRS_DIGEST_MD5, "8215ef0796a20bcaaae116d3876c664a"},
		{NRS_DIGEST_SHA1, "84983e441c3bd26ebaae4aa1f95129e5e54670f1"},
		{NRS_DIGEST_SHA256, "248d6a61d20638b8e5c026930c3e6039a33ce45964"
				    "ff2167f6ecedd419db06c1"},
	};
	uint8_t out[NRS_SHA256_LEN];
	struct nrs_digests d;

	(void)state;
	nrs_digests_begin(&d,
			  NRS_DIGEST_MD5 | NRS_DIGEST_SHA1 | NRS_DIGEST_SHA256);
	for (size_t i = 0; i < sizeof(text) - 1; i += 7)
		nrs_digests_add(&d, nrs_span(text + i, 7));
	for (size_t i = 0; i < 3; i++) /* and they may be got anew */
		is_hex(out, nrs_digests_get(&d, rows[i].kind, out),
		       rows[i].want);
	is_hex(out, nrs_digests_get(&d, NRS_DIGEST_MD5, out), rows[0].want);
}

static void hmac_is_that_of_rfc_4231(void **state)
{
	uint8_t out[NRS_SHA256_LEN], key[131];

	(void)state;
	nrs_hmac_sha256(nrs_span_of("Jefe"),
			nrs_span_of("what do ya want for nothing?"), out);
	is_hex(out, sizeof(out),
	       "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec38"
	       "43");
	memset(key, 0xaa, sizeof(key)); /* case 6: longer than a block */
	nrs_hmac_sha256(nrs_span(key, sizeof(key)),
			nrs_span_of("Test Using Larger Than Block-Size Key - "
				    "Hash Key First"),
			out);
	is_hex(out, sizeof(out),
	       "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f"
	       "54");
}

static void a_uuid_by_name_is_that_of_rfc_9562(void **state)
{
	/* Appendix A.4: the namespace of DNS and "www.example.com". */
	static const uint8_t dns[16] = {0x6b, 0xa7, 0xb8, 0x10, 0x9d, 0xad,
					0x11, 0xd1, 0x80, 0xb4, 0x00, 0xc0,
					0x4f, 0xd4, 0x30, 0xc8};
	char out[NRS_UUID_LEN + 1];

	(void)state;
	nrs_uuid5(dns, nrs_span_of("www.example.com"), out);
	assert_string_equal(out, "2ed6657d-e927-568b-95e1-2665a8aea6a2");
}

static void base64_is_that_of_rfc_4648(void **state)
{
	static const struct {
		const char *in, *want;
	} rows[] = {{"", ""},
		    {"f", "Zg=="},
		    {"fo", "Zm8="},
		    {"foo", "Zm9v"},
		    {"foob", "Zm9vYg=="},
		    {"fooba", "Zm9vYmE="},
		    {"foobar", "Zm9vYmFy"}};
	char out[16];

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		nrs_base64(nrs_span_of(rows[i].in), out);
		assert_string_equal(out, rows[i].want);
	}
}

static void randomness_differs(void **state)
{
	uint64_t a[4], b[4];

	(void)state;
	assert_int_equal(nrs_random(a, sizeof(a)), NRS_OK);
	assert_int_equal(nrs_random(b, sizeof(b)), NRS_OK);
	assert_memory_not_equal(a, b, sizeof(a));
}

static void a_hash_depends_on_every_bit_of_key_and_data(void **state)
{
	struct nrs_hash_key one, same, other;
	uint8_t data[40] = {0};
	const struct nrs_span span = nrs_span(data, sizeof(data));

	(void)state;
	nrs_hash_key_init(&one, 1);
	nrs_hash_key_init(&same, 1);
	nrs_hash_key_init(&other, 2);
	const uint64_t before = nrs_hash(&one, span);
	assert_int_equal(before, nrs_hash(&same, span));
	assert_int_not_equal(before, nrs_hash(&other, span));
	for (size_t bit = 0; bit < 8 * sizeof(data); bit++) {
		data[bit / 8] ^= (uint8_t)(1u << bit % 8);
		assert_int_not_equal(before, nrs_hash(&one, span));
		data[bit / 8] ^= (uint8_t)(1u << bit % 8);
	}
	for (size_t len = 0; len < sizeof(data); len++)
		assert_int_not_equal(before,
				     nrs_hash(&one, nrs_span(data, len)));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sha256_is_that_of_fips_180_4),
		cmocka_unit_test(sha1_is_that_of_fips_180_4),
		cmocka_unit_test(running_digests_are_those_of_the_whole),
		cmocka_unit_test(hmac_is_that_of_rfc_4231),
		cmocka_unit_test(a_uuid_by_name_is_that_of_rfc_9562),
		cmocka_unit_test(base64_is_that_of_rfc_4648),
		cmocka_unit_test(randomness_differs),
		cmocka_unit_test(a_hash_depends_on_every_bit_of_key_and_data),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
