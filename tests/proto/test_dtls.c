/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_dtls: datagrams put together by RFC 6347, section 4.
 */
#include "tests/nrs_test.h"

#include "capture/proto/dtls.h"
#include "capture/proto/tls.h"

#define SPAN(literal) nrs_span((literal), sizeof(literal) - 1)
#define RECORD(type, epoch, len) type "\xfe\xfd\0" epoch "\0\0\0\0\0\1\0" len
#define NUMBER(seq) "\0" seq
#define RANDOM "0123456789abcdef0123456789abcdef"
/* Two octets of a ClientHello's five, from @at on. */
#define PIECE(at, two) "\1\0\0\5" NUMBER("\7") "\0\0" at "\0\0\2" two

static void fragments_of_all_records_are_given(void **state)
{
	const struct nrs_span bytes = SPAN(
		RECORD("\x16", "\0", "\x1c") PIECE("\0", "ab") PIECE("\2", "cd")
			RECORD("\x15", "\0", "\2") "\1\1" RECORD(
				"\x16", "\0",
				"\xc") "\x0e\0\0\0" NUMBER("\x8") "\0\0\0\0\0"
								  "\0");
	struct nrs_dtls_fragment f;
	struct nrs_dtls_datagram d;

	(void)state;
	assert_true(nrs_dtls_sniff(bytes));
	nrs_dtls_open(&d, bytes);
	for (unsigned int i = 0; i < 2; i++) {
		assert_int_equal(nrs_dtls_next(&d, &f), NRS_OK);
		assert_int_equal(f.type, NRS_DTLS_CLIENT_HELLO);
		assert_int_equal(f.sequence, 7);
		assert_int_equal(f.length, 5);
		assert_int_equal(f.offset, 2 * i);
		assert_true(nrs_span_is(f.bytes, i == 0 ? "ab" : "cd"));
	}
	assert_int_equal(nrs_dtls_next(&d, &f), NRS_OK);
	assert_int_equal(f.type, 14);
	assert_int_equal(f.length, 0);
	assert_int_equal(nrs_dtls_next(&d, &f), NRS_E_NOTFOUND);
	assert_false(d.is_over);
}

static void what_is_encrypted_ends_the_side(void **state)
{
	static const struct {
		const char *name;
		struct nrs_span bytes;
	} rows[] = {
		{"a later epoch",
		 {(const uint8_t *)RECORD("\x16", "\1", "\2") "xx", 15}},
		{"a change of cipher",
		 {(const uint8_t *)RECORD("\x14", "\0", "\1") "\1", 14}},
		{"application data",
		 {(const uint8_t *)RECORD("\x17", "\0", "\1") "x", 14}},
		{"the short head of 1.3", {(const uint8_t *)"\x2e\0\1x", 4}},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct nrs_dtls_fragment f;
		struct nrs_dtls_datagram d;

		nrs_dtls_open(&d, rows[i].bytes);
		if (nrs_dtls_next(&d, &f) != NRS_E_NOTFOUND || !d.is_over ||
		    nrs_dtls_sniff(rows[i].bytes))
			fail_msg("%s", rows[i].name);
	}
}

static void what_is_no_handshake_is_refused(void **state)
{
	static const struct {
		const char *name;
		struct nrs_span bytes;
	} rows[] = {
		{"another version",
		 {(const uint8_t *)"\x16\3\3\0\0\0\0\0\0\0\1\0\0", 13}},
		{"a record that is cut",
		 {(const uint8_t *)RECORD("\x16", "\0", "\2") "x", 14}},
		{"a fragment beyond its message",
		 {(const uint8_t *)RECORD("\x16", "\0", "\xe")
			  PIECE("\4", "ab"),
		  27}},
		{"a fragment that is cut",
		 {(const uint8_t *)RECORD("\x16", "\0", "\xc") PIECE("\0", ""),
		  25}},
		{"another type",
		 {(const uint8_t *)RECORD("\x63", "\0", "\0"), 13}},
		{"a head that is cut", {(const uint8_t *)"\x16\xfe\xfd", 3}},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct nrs_dtls_fragment f;
		struct nrs_dtls_datagram d;

		nrs_dtls_open(&d, rows[i].bytes);
		if (nrs_dtls_next(&d, &f) != NRS_E_FORMAT ||
		    nrs_dtls_sniff(rows[i].bytes))
			fail_msg("%s", rows[i].name);
	}
}

static void a_preamble_and_a_prelude_are_known(void **state)
{
	(void)state;
	assert_true(nrs_dtls_sniff(SPAN("\1\0\0\0" RECORD("\x16", "\0", "\xe")
						PIECE("\0", "ab"))));
	assert_true(nrs_dtls_is_prelude(SPAN("\0\1\0\0\x21\x12\xa4\x42ten")));
	assert_false(nrs_dtls_is_prelude(SPAN("\0\1\0\0\x21\x12\xa4")));
	assert_false(nrs_dtls_is_prelude(SPAN("\x80\1\0\0\x21\x12\xa4\x42")));
}

static void a_hello_has_a_cookie_before_its_suites(void **state)
{
	struct nrs_tls_client_hello hello;
	struct nrs_tls_server_hello answer;

	(void)state;
	assert_int_equal(
		nrs_dtls_client_hello(&hello, SPAN("\xfe\xfd" RANDOM
						   "\0\3abc\0\2\xc0\x2b\1\0")),
		NRS_OK);
	assert_int_equal(hello.legacy_version, 0xfefd);
	assert_true(nrs_span_equal(hello.cipher_suites, SPAN("\xc0\x2b")));
	assert_int_equal(
		nrs_dtls_client_hello(&hello, SPAN("\xfe\xfd" RANDOM "\0\3ab")),
		NRS_E_TRUNCATED);
	assert_int_equal(
		nrs_dtls_client_hello(
			&hello, SPAN("\3\3" RANDOM "\0\0\0\2\xc0\x2b\1\0")),
		NRS_E_FORMAT);
	assert_int_equal(
		nrs_dtls_server_hello(&answer,
				      SPAN("\xfe\xfd" RANDOM "\0\x13\1\0\0\6"
					   "\0\x2b\0\2\xfe\xfc")),
		NRS_OK);
	assert_int_equal(answer.version, 0xfefc);
	assert_int_equal(answer.cipher_suite, 0x1301);
}

static void a_chain_is_taken_apart(void **state)
{
	struct nrs_span body = SPAN("\0\0\x9\0\0\3one\0\0\3two\0\0\x9z"), der;
	unsigned int index = 0;

	(void)state;
	assert_true(nrs_dtls_next_certificate(&body, &index, &der));
	assert_true(nrs_span_is(der, "one"));
	assert_int_equal(index, 1);
	assert_true(nrs_dtls_next_certificate(&body, &index, &der));
	assert_true(nrs_span_is(der, "two"));
	assert_false(nrs_dtls_next_certificate(&body, &index, &der));
	body = SPAN("\0\0\0");
	index = 0;
	assert_false(nrs_dtls_next_certificate(&body, &index, &der));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(fragments_of_all_records_are_given),
		cmocka_unit_test(what_is_encrypted_ends_the_side),
		cmocka_unit_test(what_is_no_handshake_is_refused),
		cmocka_unit_test(a_preamble_and_a_prelude_are_known),
		cmocka_unit_test(a_hello_has_a_cookie_before_its_suites),
		cmocka_unit_test(a_chain_is_taken_apart),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
