/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_ssh: lines and packets put together by RFC 4253, and the example of a
 * fingerprint that the inventors of HASSH publish (README of salesforce/hassh).
 */
#include "tests/nrs_test.h"

#include "capture/proto/ssh.h"
#include "engine/base/crypto.h"

#define SPAN(literal) nrs_span((literal), sizeof(literal) - 1)

static void
a_line_has_its_software_and_says_whether_packets_follow(void **state)
{
	static const struct {
		const char *bytes, *text, *software;
		bool has_packets;
	} rows[] = {
		{"SSH-2.0-Example_9.2p1 Debian-2\r\nrest",
		 "SSH-2.0-Example_9.2p1 Debian-2", "Example_9.2p1", true},
		{"SSH-1.99-Example-1.25\nrest", "SSH-1.99-Example-1.25",
		 "Example-1.25", true},
		{"SSH-1.5-1.2.27\nrest", "SSH-1.5-1.2.27", "1.2.27", false},
		{"SSH-2.0-\r\nrest", "SSH-2.0-", "", true},
		{"SSH-2.0-a \r\nrest", "SSH-2.0-a ", "a", true},
		{"SSH-2.0\r\nrest", "SSH-2.0", "", true},
		{"SSH-\nrest", "SSH-", "", false},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct nrs_span bytes = nrs_span_of(rows[i].bytes);
		struct nrs_ssh_line line;

		if (nrs_ssh_line(&line, &bytes) != NRS_OK ||
		    !nrs_span_is(line.text, rows[i].text) ||
		    !nrs_span_is(line.software, rows[i].software) ||
		    line.has_packets != rows[i].has_packets ||
		    !nrs_span_is(bytes, "rest"))
			fail_msg("%s", rows[i].bytes);
	}
}

static void a_server_may_say_other_lines_before(void **state)
{
	struct nrs_span bytes = nrs_span_of("Welcome\r\n\nSSH-2.0-x\r\n");
	struct nrs_ssh_line line;

	(void)state;
	assert_int_equal(nrs_ssh_line(&line, &bytes), NRS_E_NOTFOUND);
	assert_int_equal(nrs_ssh_line(&line, &bytes), NRS_E_NOTFOUND);
	assert_int_equal(nrs_ssh_line(&line, &bytes), NRS_OK);
	assert_true(nrs_span_is(line.software, "x"));
	assert_int_equal(bytes.len, 0);
}

static void a_line_without_end_is_waited_for_up_to_its_cap(void **state)
{
	static uint8_t octets[NRS_SSH_LINE_MAX];
	struct nrs_span bytes = nrs_span(octets, sizeof(octets) - 1);
	struct nrs_ssh_line line;

	(void)state;
	memset(octets, 'x', sizeof(octets));
	assert_int_equal(nrs_ssh_line(&line, &bytes), NRS_E_MORE);
	bytes = nrs_span(octets, sizeof(octets));
	assert_int_equal(nrs_ssh_line(&line, &bytes), NRS_E_LIMIT);
	assert_int_equal(nrs_ssh_sniff(SPAN("SS")), NRS_E_MORE);
	assert_int_equal(nrs_ssh_sniff(SPAN("SSL")), NRS_E_FORMAT);
	assert_int_equal(nrs_ssh_sniff(SPAN("SSH-2")), NRS_OK);
}

/* A packet of twelve octets with @kind, and of a KEXINIT its lists. */
#define KEXINIT                                                                \
	"\x14"                                                                 \
	"cookie-of-16-oct"                                                     \
	"\0\0\0\3a,b\0\0\0\3key\0\0\0\2c0\0\0\0\2s0\0\0\0\2c1\0\0\0\2s1"       \
	"\0\0\0\0\0\0\0\4zlib\0\0\0\0\0\0\0\0\0\0\0\0\0"
#define OFFER "\0\0\0\x55\4" KEXINIT "pads"

static void hassh_is(const struct nrs_ssh_offer *offer, unsigned int direction,
		     const char *want)
{
	uint8_t room[64];
	struct nrs_span text;

	assert_int_equal(
		nrs_ssh_hassh(offer, direction, room, strlen(want), &text),
		NRS_OK);
	assert_true(nrs_span_is(text, want));
	assert_int_equal(
		nrs_ssh_hassh(offer, direction, room, strlen(want) - 1, &text),
		NRS_E_LIMIT);
}

static void an_offer_has_its_lists_by_direction(void **state)
{
	struct nrs_span bytes = SPAN("\0\0\0\6\4\2pads" OFFER "rest");
	struct nrs_ssh_offer offer;

	(void)state;
	assert_int_equal(sizeof(KEXINIT) - 1 + 5, 0x55);
	assert_int_equal(nrs_ssh_offer(&offer, &bytes), NRS_E_NOTFOUND);
	assert_int_equal(nrs_ssh_offer(&offer, &bytes), NRS_OK);
	assert_true(nrs_span_is(bytes, "rest"));
	hassh_is(&offer, 0, "a,b;c0;c1;");
	hassh_is(&offer, 1, "a,b;s0;s1;zlib");
}

static void every_cut_of_an_offer_is_waited_for(void **state)
{
	const struct nrs_span all = SPAN(OFFER);

	(void)state;
	for (size_t len = 0; len < all.len; len++) {
		uint8_t *copy = malloc(len + 1);
		struct nrs_ssh_offer offer;

		assert_non_null(copy);
		memcpy(copy, all.ptr, len);
		struct nrs_span bytes = nrs_span(copy, len);
		assert_int_equal(nrs_ssh_offer(&offer, &bytes), NRS_E_MORE);
		assert_int_equal(bytes.len, len);
		free(copy);
	}
}

static void what_is_no_offer_is_refused(void **state)
{
	static const struct {
		const char *name;
		struct nrs_span bytes;
		int err;
	} rows[] = {
		{"too long",
		 {(const uint8_t *)"\0\0\x3f\xfd\4\x14", 6},
		 NRS_E_LIMIT},
		{"no room for its padding",
		 {(const uint8_t *)"\0\0\0\2\2\x14", 6},
		 NRS_E_FORMAT},
		{"nothing in it",
		 {(const uint8_t *)"\0\0\0\1\0", 5},
		 NRS_E_FORMAT},
		{"empty", {(const uint8_t *)"\0\0\0\0", 4}, NRS_E_FORMAT},
		{"another message",
		 {(const uint8_t *)"\0\0\0\3\1\x1e-", 7},
		 NRS_E_FORMAT},
		{"a list beyond its packet",
		 {(const uint8_t *)"\0\0\0\x16\0\x14"
				   "cookie-of-16-oct\0\0\0\x9",
		  26},
		 NRS_E_FORMAT},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct nrs_span bytes = rows[i].bytes;
		struct nrs_ssh_offer offer;

		if (nrs_ssh_offer(&offer, &bytes) != rows[i].err)
			fail_msg("%s", rows[i].name);
	}
}

static void hassh_is_as_published(void **state)
{
	const struct nrs_ssh_offer offer = {
		.exchange = SPAN(
			"curve25519-sha256@libssh.org,"
			"diffie-hellman-group-exchange-sha256,"
			"ecdh-sha2-nistp521,ecdh-sha2-nistp384,"
			"ecdh-sha2-nistp256,diffie-hellman-group-exchange-sha1,"
			"diffie-hellman-group1-sha1,"
			"diffie-hellman-group14-sha1,"
			"diffie-hellman-group14-sha256,"
			"diffie-hellman-group15-sha512,"
			"diffie-hellman-group16-sha512,"
			"diffie-hellman-group17-sha512,"
			"diffie-hellman-group18-sha512,"
			"diffie-hellman-group14-sha256@ssh.com,"
			"diffie-hellman-group15-sha256,"
			"diffie-hellman-group15-sha256@ssh.com,"
			"diffie-hellman-group15-sha384@ssh.com,"
			"diffie-hellman-group16-sha256,"
			"diffie-hellman-group16-sha384@ssh.com,"
			"diffie-hellman-group16-sha512@ssh.com,"
			"diffie-hellman-group18-sha512@ssh.com"),
		.encryption = {SPAN(
			"aes128-cbc,aes128-ctr,aes192-cbc,aes192-ctr,"
			"aes256-cbc,aes256-ctr,blowfish-cbc,blowfish-ctr,"
			"cast128-cbc,cast128-ctr,idea-cbc,idea-ctr,"
			"serpent128-cbc,serpent128-ctr,serpent192-cbc,"
			"serpent192-ctr,serpent256-cbc,serpent256-ctr,3des-cbc,"
			"3des-ctr,twofish128-cbc,twofish128-ctr,twofish192-cbc,"
			"twofish192-ctr,twofish256-cbc,twofish256-ctr,"
			"twofish-cbc,arcfour,arcfour128,arcfour256")},
		.integrity = {SPAN("hmac-sha1,hmac-sha1-96,hmac-md5,"
				   "hmac-md5-96,hmac-sha2-256,hmac-sha2-512")},
		.compression = {SPAN("zlib@openssh.com,zlib,none")},
	};
	static uint8_t room[2048];
	struct nrs_hasher *hasher = nrs_hasher_new();
	uint8_t sum[NRS_MD5_LEN];
	char hex[2 * NRS_MD5_LEN + 1];
	struct nrs_span text;

	(void)state;
	assert_non_null(hasher);
	assert_int_equal(nrs_ssh_hassh(&offer, 0, room, sizeof(room), &text),
			 NRS_OK);
	nrs_hasher_md5(hasher, text, sum);
	nrs_hex(nrs_span(sum, sizeof(sum)), hex);
	nrs_hasher_free(hasher);
	assert_string_equal(hex, "8a8ae540028bf433cd68356c1b9e8d5b");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			a_line_has_its_software_and_says_whether_packets_follow),
		cmocka_unit_test(a_server_may_say_other_lines_before),
		cmocka_unit_test(
			a_line_without_end_is_waited_for_up_to_its_cap),
		cmocka_unit_test(an_offer_has_its_lists_by_direction),
		cmocka_unit_test(every_cut_of_an_offer_is_waited_for),
		cmocka_unit_test(what_is_no_offer_is_refused),
		cmocka_unit_test(hassh_is_as_published),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
