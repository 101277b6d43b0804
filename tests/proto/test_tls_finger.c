/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_tls_finger: the examples that the inventors of JA3 (README of
 * salesforce/ja3) and JA4 (technical_details/JA4.md of FoxIO-LLC/ja4) publish,
 * their hellos put together here by RFC 8446 section 4.1.
 */
#include "tests/nrs_test.h"

#include "capture/proto/tls_finger.h"

static struct nrs_hasher *hasher;

static int setup(void **state)
{
	(void)state;
	hasher = nrs_hasher_new();
	return hasher == NULL ? -1 : 0;
}

static int teardown(void **state)
{
	(void)state;
	nrs_hasher_free(hasher);
	return 0;
}

static void md5_is(struct nrs_span text, const char *want)
{
	uint8_t sum[NRS_MD5_LEN];
	char hex[2 * NRS_MD5_LEN + 1];

	nrs_hasher_md5(hasher, text, sum);
	nrs_hex(nrs_span(sum, sizeof(sum)), hex);
	assert_string_equal(hex, want);
}

#define BYTES(literal)                                                         \
	{                                                                      \
		(const uint8_t *)(literal), sizeof(literal) - 1                \
	}
#define SPAN(literal) nrs_span((literal), sizeof(literal) - 1)

static void ja3_is_as_published(void **state)
{
	struct nrs_tls_client_hello hello = {
		.legacy_version = 0x0301,
		.cipher_suites =
			BYTES("\x00\x2f\x00\x35\x00\x05\x00\x0a\xc0\x09"
			      "\xc0\x0a\xc0\x13\xc0\x14\x00\x32\x00\x38"
			      "\x00\x13\x00\x04"),
		.extensions = BYTES("\x00\x00\x00\x00\x00\x0a\x00\x00"
				    "\x00\x0b\x00\x00"),
		.groups = BYTES("\x00\x17\x00\x18\x00\x19"),
		.point_formats = BYTES("\x00"),
	};
	uint8_t room[256];
	struct nrs_span text;

	(void)state;
	assert_int_equal(nrs_tls_ja3(&hello, room, sizeof(room), &text),
			 NRS_OK);
	assert_true(nrs_span_is(text, "769,47-53-5-10-49161-49162-49171-49172-"
				      "50-56-19-4,0-10-11,23-24-25,0"));
	md5_is(text, "ada70206e40642a3e4461f35503241d5");
	assert_int_equal(nrs_tls_ja3(&hello, room, 20, &text), NRS_E_LIMIT);
}

static void ja3_without_extensions_keeps_its_commas(void **state)
{
	struct nrs_tls_client_hello hello = {
		.legacy_version = 0x0301,
		.cipher_suites =
			BYTES("\x00\x04\x00\x05\x00\x0a\x00\x09\x00\x64"
			      "\x00\x62\x00\x03\x00\x06\x00\x13\x00\x12"
			      "\x00\x63"),
	};
	uint8_t room[256];
	struct nrs_span text;

	(void)state;
	assert_int_equal(nrs_tls_ja3(&hello, room, sizeof(room), &text),
			 NRS_OK);
	assert_true(nrs_span_is(text, "769,4-5-10-9-100-98-3-6-19-18-99,,,"));
	md5_is(text, "de350869b8c85de67a350c8d186f11e6");
}

static const char server[] =
	"\x02\x00\x00\x46\x03\x01"
	"0123456789abcdef0123456789abcdef\x00\x00\x2f\x00\x00\x1e"
	"\xff\x01\x00\x00\x00\x00\x00\x00\x00\x0b\x00\x00\x00\x23\x00\x00"
	"\x00\x05\x00\x00\x00\x10\x00\x06\x00\x04\x03mmm";

static void ja3s_is_as_published(void **state)
{
	struct nrs_tls_server_hello hello;
	uint8_t room[256];
	struct nrs_span text;

	(void)state;
	assert_int_equal(nrs_tls_server_hello(&hello, SPAN(server)), NRS_OK);
	assert_int_equal(hello.version, 0x0301);
	assert_int_equal(nrs_tls_ja3s(&hello, room, sizeof(room), &text),
			 NRS_OK);
	assert_true(nrs_span_is(text, "769,47,65281-0-11-35-5-16"));
	md5_is(text, "836ce314215654b5b1f85f97c73e506f");
}

static void every_cut_of_a_server_hello_is_noticed(void **state)
{
	(void)state;
	for (size_t len = 0; len < sizeof(server) - 1; len++) {
		uint8_t *copy = malloc(len + 1);
		struct nrs_tls_server_hello got;

		assert_non_null(copy);
		memcpy(copy, server, len);
		assert_int_not_equal(
			nrs_tls_server_hello(&got, nrs_span(copy, len)),
			NRS_OK);
		free(copy);
	}
}

/* The hello of the JA4 example, GREASE in every list. */
static struct nrs_tls_client_hello example(void)
{
	static const char extensions[] =
		"\x1a\x1a\x00\x00\x00\x1b\x00\x00\x00\x00\x00\x00"
		"\x00\x33\x00\x00\x00\x10\x00\x00\x44\x69\x00\x00"
		"\x00\x17\x00\x00\x00\x2d\x00\x00\x00\x0d\x00\x00"
		"\x00\x05\x00\x00\x00\x23\x00\x00\x00\x12\x00\x00"
		"\x00\x2b\x00\x00\xff\x01\x00\x00\x00\x0b\x00\x00"
		"\x00\x0a\x00\x00\x00\x15\x00\x00\xfa\xfa\x00\x00";

	return (struct nrs_tls_client_hello){
		.legacy_version = 0x0303,
		.cipher_suites =
			BYTES("\x0a\x0a\x13\x01\x13\x02\x13\x03\xc0\x2b"
			      "\xc0\x2f\xc0\x2c\xc0\x30\xcc\xa9\xcc\xa8"
			      "\xc0\x13\xc0\x14\x00\x9c\x00\x9d\x00\x2f"
			      "\x00\x35"),
		.extensions = BYTES(extensions),
		.supported_versions = BYTES("\x3a\x3a\x03\x04\x03\x03"),
		.alpn = BYTES("\x02h2\x08http/1.1"),
		.signatures = BYTES("\x04\x03\x08\x04\x04\x01\x05\x03\x08\x05"
				    "\x05\x01\x08\x06\x06\x01"),
	};
}

static void ja4_is_as_published(void **state)
{
	struct nrs_tls_client_hello hello = example();
	char ja4[NRS_JA4_LEN + 1];

	(void)state;
	assert_int_equal(nrs_tls_ja4(&hello, 't', hasher, ja4), NRS_OK);
	assert_string_equal(ja4, "t13d1516h2_8daaf6152771_e5627efa2ab1");
	hello.signatures = nrs_span(NULL, 0);
	assert_int_equal(nrs_tls_ja4(&hello, 'q', hasher, ja4), NRS_OK);
	assert_string_equal(ja4, "q13d1516h2_8daaf6152771_6d807ffa2a79");
}

static void ja4_names_what_is_absent(void **state)
{
	struct nrs_tls_client_hello hello = {.legacy_version = 0x0302};
	char ja4[NRS_JA4_LEN + 1];

	(void)state;
	assert_int_equal(nrs_tls_ja4(&hello, 't', hasher, ja4), NRS_OK);
	assert_string_equal(ja4, "t11i000000_000000000000_000000000000");
}

static void ja4_shortens_the_first_protocol(void **state)
{
	/* the table of JA4.md, section ALPN Extension Value */
	static const struct {
		struct nrs_span alpn;
		const char *want;
	} cases[] = {
		{BYTES("\x08http/1.1\x02h2"), "h1"},
		{BYTES("\x01h"), "hh"},
		{BYTES("\x00"), "00"},
		{BYTES("\x01\xab"), "ab"},
		{BYTES("\x02\xab\xcd"), "ad"},
		{BYTES("\x02\x30\xab"), "3b"},
		{BYTES("\x04\x30\x31\xab\xcd"), "3d"},
		{BYTES("\x04\x30\xab\xcd\x31"), "01"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct nrs_tls_client_hello hello = example();
		char ja4[NRS_JA4_LEN + 1];

		hello.alpn = cases[i].alpn;
		assert_int_equal(nrs_tls_ja4(&hello, 't', hasher, ja4), NRS_OK);
		if (memcmp(ja4 + 8, cases[i].want, 2) != 0)
			fail_msg("%s: %s", cases[i].want, ja4);
	}
}

static void a_hello_of_too_many_suites_has_no_ja4(void **state)
{
	static uint8_t suites[2 * (NRS_JA4_LIST_MAX + 1)];
	struct nrs_tls_client_hello hello = example();
	char ja4[NRS_JA4_LEN + 1];

	(void)state;
	hello.cipher_suites = nrs_span(suites, sizeof(suites) - 2);
	assert_int_equal(nrs_tls_ja4(&hello, 't', hasher, ja4), NRS_OK);
	assert_memory_equal(ja4, "t13d99", 6);
	hello.cipher_suites = nrs_span(suites, sizeof(suites));
	assert_int_equal(nrs_tls_ja4(&hello, 't', hasher, ja4), NRS_E_LIMIT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ja3_is_as_published),
		cmocka_unit_test(ja3_without_extensions_keeps_its_commas),
		cmocka_unit_test(ja3s_is_as_published),
		cmocka_unit_test(every_cut_of_a_server_hello_is_noticed),
		cmocka_unit_test(ja4_is_as_published),
		cmocka_unit_test(ja4_names_what_is_absent),
		cmocka_unit_test(ja4_shortens_the_first_protocol),
		cmocka_unit_test(a_hello_of_too_many_suites_has_no_ja4),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
