/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_tls: a ClientHello made by the rules of RFC 8446 section 4.1.2 and RFC
 * 6066 section 3, whole, cut and lied about.
 */
#include "tests/nrs_test.h"

#include "capture/proto/tls.h"

#define NAME "c2.example"

static uint8_t hello[256];
static size_t hello_len;

static void put(const void *bytes, size_t len)
{
	assert_true(hello_len + len <= sizeof(hello));
	memcpy(hello + hello_len, bytes, len);
	hello_len += len;
}

/* The message, its lengths filled in at the end. */
static int setup(void **state)
{
	static const uint8_t sni[] =
		"\x00\x00\x00\x0f\x00\x0d\x00\x00\x0a" NAME;
	static const uint8_t alpn[] = "\x00\x10\x00\x05\x00\x03\x02h2";
	static const uint8_t versions[] = "\x00\x2b\x00\x03\x02\x03\x04";
	uint8_t random[32];
	const size_t extensions =
		sizeof(sni) + sizeof(alpn) + sizeof(versions) - 3;

	(void)state;
	memset(random, 7, sizeof(random));
	hello_len = 0;
	put("\x01\x00\x00\x00\x03\x03", 6); /* length below */
	put(random, sizeof(random));
	put("\x00", 1);				    /* session id */
	put("\x00\x04\x13\x01\x13\x02\x01\x00", 8); /* suites, compression */
	put((const uint8_t[]){0, (uint8_t)extensions}, 2);
	put(sni, sizeof(sni) - 1);
	put(alpn, sizeof(alpn) - 1);
	put(versions, sizeof(versions) - 1);
	hello[3] = (uint8_t)(hello_len - 4);
	return 0;
}

static void a_client_hello_has_its_fields(void **state)
{
	struct nrs_tls_client_hello got;

	(void)state;
	assert_int_equal(nrs_tls_client_hello(&got, nrs_span(hello, hello_len)),
			 NRS_OK);
	assert_true(got.has_server_name);
	assert_true(nrs_span_is(got.server_name, NAME));
	assert_int_equal(got.legacy_version, 0x0303);
	assert_int_equal(got.cipher_suites.len, 4);
	assert_memory_equal(got.cipher_suites.ptr, "\x13\x01\x13\x02", 4);
	assert_memory_equal(got.supported_versions.ptr, "\x03\x04", 2);
	assert_true(nrs_span_is(got.alpn, "\x02h2"));
	assert_false(got.has_encrypted_hello);
}

static void every_cut_is_noticed(void **state)
{
	(void)state;
	for (size_t len = 0; len < hello_len; len++) {
		uint8_t *copy = malloc(len + 1);
		struct nrs_tls_client_hello got;

		assert_non_null(copy);
		memcpy(copy, hello, len);
		assert_int_not_equal(
			nrs_tls_client_hello(&got, nrs_span(copy, len)),
			NRS_OK);
		free(copy);
	}
}

static void lengths_that_lie_are_refused(void **state)
{
	/* session id, suites, compression, extensions, name list, name */
	static const size_t at[] = {38, 40, 45, 48, 51, 53, 56};

	(void)state;
	for (size_t i = 0; i < sizeof(at) / sizeof(*at); i++) {
		uint8_t copy[256];
		struct nrs_tls_client_hello got;

		memcpy(copy, hello, hello_len);
		copy[at[i]] = 0xff;
		if (nrs_tls_client_hello(&got, nrs_span(copy, hello_len)) ==
			    NRS_OK &&
		    got.server_name.len > 0 &&
		    !nrs_span_is(got.server_name, NAME))
			fail_msg("a length at %zu", at[i]);
	}
}

static void the_first_bytes_tell(void **state)
{
	static const struct {
		const char *name;
		struct nrs_span bytes;
		int verdict;
	} cases[] = {
#define ROW(name, bytes, verdict)                                              \
	{name, {(const uint8_t *)(bytes), sizeof(bytes) - 1}, verdict}
		ROW("a hello", "\x16\x03\x01\x00\x40\x01", NRS_OK),
		ROW("its beginning", "\x16\x03", NRS_E_MORE),
		ROW("HTTP", "GET / HTTP/1.1", NRS_E_FORMAT),
		ROW("data", "\x17\x03\x03\x00\x40\x01", NRS_E_FORMAT),
		ROW("any minor version of the record",
		    "\x16\x03\x09\x00\x40\x01", NRS_OK),
		ROW("a length above the limit", "\x16\x03\x01\x49\x40\x01",
		    NRS_E_FORMAT),
		ROW("a warning before it", "\x15\x03\x01\x00\x02\x01", NRS_OK),
		ROW("a warning's beginning", "\x15\x03\x01\x00\x02",
		    NRS_E_MORE),
		ROW("an alert that ends it", "\x15\x03\x01\x00\x02\x02",
		    NRS_E_FORMAT),
		ROW("SSL 2.0's format, TLS 1.0 offered",
		    "\x80\x2e\x01\x03\x01\x00", NRS_OK),
		ROW("SSL 2.0 alone", "\x80\x2e\x01\x00\x02\x00", NRS_E_FORMAT),
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		print_message("%s\n", cases[i].name);
		assert_int_equal(nrs_tls_sniff(cases[i].bytes),
				 cases[i].verdict);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_client_hello_has_its_fields),
		cmocka_unit_test(every_cut_is_noticed),
		cmocka_unit_test(lengths_that_lie_are_refused),
		cmocka_unit_test(the_first_bytes_tell),
	};

	return cmocka_run_group_tests(tests, setup, NULL);
}
