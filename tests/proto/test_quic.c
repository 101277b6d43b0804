/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_quic: the keys and packets of RFC 9001 and RFC 9369, appendix A
 * (tests/data/quic), and CRYPTO frames in any order.
 */
#include "tests/nrs_test.h"

#include "capture/proto/quic.h"

static const uint8_t dcid[] = {0x83, 0x94, 0xc8, 0xf0, 0x3e, 0x51, 0x57, 0x08};
#define DCID nrs_span(dcid, sizeof(dcid))

static struct nrs_hasher *hasher;
static struct nrs_cipher *cipher;
static uint8_t room[2048];

static int setup(void **state)
{
	(void)state;
	hasher = nrs_hasher_new();
	cipher = nrs_cipher_new();
	return hasher != NULL && cipher != NULL ? 0 : -1;
}

static int teardown(void **state)
{
	(void)state;
	nrs_hasher_free(hasher);
	nrs_cipher_free(cipher);
	return 0;
}

static size_t load(const char *name, uint8_t out[2048])
{
	char path[4096];
	unsigned int octet;
	size_t len = 0;

	snprintf(path, sizeof(path), "%s/tests/data/quic/%s.hex",
		 nrs_test_source(), name);
	FILE *file = fopen(path, "r");
	assert_non_null(file);
	while (len < 2048 && fscanf(file, "%2x", &octet) == 1)
		out[len++] = (uint8_t)octet;
	assert_int_equal(fclose(file), 0);
	return len;
}

static void is_hex(const uint8_t *bytes, size_t len, const char *want)
{
	char hex[65];

	nrs_hex(nrs_span(bytes, len), hex);
	assert_string_equal(hex, want);
}

static void keys_are_those_of_the_appendix(void **state)
{
	static const struct {
		uint32_t version;
		bool is_server;
		const char *key, *iv, *hp;
	} rows[] = {
		{NRS_QUIC_V1, false, "1f369613dd76d5467730efcbe3b1a22d",
		 "fa044b2f42a3fd3b46fb255c",
		 "9f50449e04a0e810283a1e9933adedd2"},
		{NRS_QUIC_V1, true, "cf3a5331653c364c88f0f379b6067e37",
		 "0ac1493ca1905853b0bba03e",
		 "c206b8d9b9f0f37644430b490eeaa314"},
		{NRS_QUIC_V2, false, "8b1a0bc121284290a29e0971b5cd045d",
		 "91f73e2351d8fa91660e909f",
		 "45b95e15235d6f45a6b19cbcb0294ba9"},
		{NRS_QUIC_V2, true, "82db637861d55e1d011f19ea71d5d2a7",
		 "dd13c276499c0249d3310652",
		 "edf6d05c83121201b436e16877593c3a"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct nrs_quic_keys keys;

		assert_int_equal(nrs_quic_keys(&keys, rows[i].version, DCID,
					       rows[i].is_server, hasher),
				 NRS_OK);
		is_hex(keys.key, sizeof(keys.key), rows[i].key);
		is_hex(keys.iv, sizeof(keys.iv), rows[i].iv);
		is_hex(keys.hp, sizeof(keys.hp), rows[i].hp);
	}
}

/* Open the packet of a file; its only CRYPTO frame. */
static struct nrs_span hello_of(const char *name, bool is_server)
{
	static uint8_t wire[2048];
	struct nrs_span datagram = nrs_span(wire, load(name, wire)), frames;
	struct nrs_quic_crypto crypto, other;
	struct nrs_quic_packet p;
	struct nrs_quic_keys keys;

	assert_true(nrs_quic_sniff(datagram));
	assert_int_equal(nrs_quic_packet(&p, &datagram), NRS_OK);
	assert_int_equal(p.type, NRS_QUIC_INITIAL);
	assert_int_equal(datagram.len, 0);
	assert_int_equal(
		nrs_quic_keys(&keys, p.version, DCID, is_server, hasher),
		NRS_OK);
	assert_int_equal(nrs_quic_open(&p, &keys, cipher, room, &frames),
			 NRS_OK);
	assert_int_equal(nrs_quic_next(&frames, &crypto), NRS_OK);
	assert_int_equal(crypto.offset, 0);
	assert_int_equal(nrs_quic_next(&frames, &other), NRS_E_NOTFOUND);
	/* any changed octet is noticed */
	wire[p.whole.len - 1] ^= 1;
	uint8_t *scratch = malloc(p.whole.len);
	assert_non_null(scratch);
	assert_int_equal(nrs_quic_open(&p, &keys, cipher, scratch, &frames),
			 NRS_E_FORMAT);
	free(scratch);
	return crypto.data;
}

static void the_packets_of_the_appendix_are_opened(void **state)
{
	static const struct {
		const char *name;
		bool is_server;
		uint8_t type;
		size_t len;
	} rows[] = {{"rfc9001-a2-client", false, 1, 241},
		    {"rfc9369-a2-client", false, 1, 241},
		    {"rfc9001-a3-server", true, 2, 90},
		    {"rfc9369-a3-server", true, 2, 90}};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		const struct nrs_span hello =
			hello_of(rows[i].name, rows[i].is_server);

		assert_int_equal(hello.len, rows[i].len);
		assert_int_equal(hello.ptr[0], rows[i].type);
		if (!rows[i].is_server)
			assert_int_not_equal(
				nrs_span_find_text(hello, "example.com"),
				SIZE_MAX);
	}
}

static void every_cut_of_a_datagram_is_noticed(void **state)
{
	uint8_t wire[2048];
	const size_t all = load("rfc9001-a3-server", wire);

	(void)state;
	for (size_t len = 0; len < all; len++) {
		uint8_t *copy = malloc(len + 1);
		struct nrs_quic_packet p;

		assert_non_null(copy);
		memcpy(copy, wire, len);
		struct nrs_span datagram = nrs_span(copy, len);
		(void)nrs_quic_sniff(datagram);
		assert_int_equal(nrs_quic_packet(&p, &datagram), NRS_E_FORMAT);
		free(copy);
	}
}

static void what_is_not_read_is_told_apart(void **state)
{
	struct nrs_quic_packet p;
	struct nrs_span short_header = nrs_span("\x40\x00\x00\x00\x01", 5),
			negotiation =
				nrs_span("\xc0\x00\x00\x00\x00\x00\x00", 7),
			retry = nrs_span("\xf0\x00\x00\x00\x01\x00\x01xtoken",
					 13);
	char name[12];

	(void)state;
	assert_int_equal(nrs_quic_packet(&p, &short_header), NRS_E_FORMAT);
	assert_int_equal(nrs_quic_packet(&p, &negotiation), NRS_E_UNSUPPORTED);
	assert_int_equal(nrs_quic_packet(&p, &retry), NRS_OK);
	assert_int_equal(p.type, NRS_QUIC_RETRY);
	assert_true(nrs_span_is(p.scid, "x"));
	assert_true(nrs_span_is(nrs_quic_version_name(1, name), "1"));
	assert_true(
		nrs_span_is(nrs_quic_version_name(NRS_QUIC_V2, name), "v2"));
	assert_true(nrs_span_is(nrs_quic_version_name(0xff00001d, name),
				"ff00001d"));
}

static void frames_between_are_passed_over(void **state)
{
	/* padding, ping, ACK with a range, ACK with ECN, CRYPTO at 300 of two
	 * octets, CONNECTION_CLOSE */
	static const uint8_t wire[] = {
		0x00, 0x00, 0x01, 0x02, 0x05, 0x00, 0x01, 0x01, 0x00, 0x01,
		0x03, 0x05, 0x00, 0x00, 0x00, 0x01, 0x02, 0x03, 0x06, 0x41,
		0x2c, 0x02, 'h',  'i',	0x1c, 0x00, 0x06, 0x01, 'x'};
	struct nrs_span frames = nrs_span(wire, sizeof(wire));
	struct nrs_span stream = nrs_span("\x08\x00", 2),
			lying = nrs_span("\x06\x00\x44\x00zz", 6);
	struct nrs_quic_crypto crypto;

	(void)state;
	assert_int_equal(nrs_quic_next(&frames, &crypto), NRS_OK);
	assert_int_equal(crypto.offset, 300);
	assert_true(nrs_span_is(crypto.data, "hi"));
	assert_int_equal(nrs_quic_next(&frames, &crypto), NRS_E_NOTFOUND);
	assert_int_equal(nrs_quic_next(&stream, &crypto), NRS_E_FORMAT);
	assert_int_equal(nrs_quic_next(&lying, &crypto), NRS_E_FORMAT);
}

#define TEXT "abcdefghijklmnopqrstuvwxyz"

/* Pieces of every length, in orders that a fixed sequence of numbers draws. */
static void pieces_join_in_any_order(void **state)
{
	uint32_t draw = 1;

	(void)state;
	for (size_t piece = 2; piece <= 26; piece++) {
		char octets[26] = "";
		struct nrs_quic_join join = {.room = (uint8_t *)octets};
		size_t order[26], count = 0;

		for (size_t at = 0; at < 26; at += piece)
			order[count++] = at;
		for (size_t i = count; i > 1; i--) {
			draw = draw * 1103515245 + 12345;
			const size_t j = (draw >> 16) % i;
			const size_t kept = order[i - 1];
			order[i - 1] = order[j];
			order[j] = kept;
		}
		for (size_t i = 0; i < count; i++) {
			/* each reaches one octet into the next */
			const struct nrs_quic_crypto crypto = {
				.offset = order[i],
				.data = nrs_span_part(nrs_span_of(TEXT),
						      order[i], piece + 1)};

			assert_int_equal(nrs_quic_join_add(&join, 26, &crypto),
					 NRS_OK);
		}
		assert_true(nrs_span_is(nrs_quic_joined(&join), TEXT));
		assert_int_equal(join.count, 1);
	}
}

static struct nrs_quic_crypto at(uint64_t offset, const char *text)
{
	return (struct nrs_quic_crypto){.offset = offset,
					.data = nrs_span_of(text)};
}

static void what_came_first_stays(void **state)
{
	uint8_t octets[16] = "";
	struct nrs_quic_join join = {.room = octets};
	struct nrs_quic_crypto crypto = at(3, "DE");

	(void)state;
	assert_int_equal(nrs_quic_join_add(&join, 16, &crypto), NRS_OK);
	assert_int_equal(nrs_quic_joined(&join).len, 0);
	crypto = at(8, "I");
	assert_int_equal(nrs_quic_join_add(&join, 16, &crypto), NRS_OK);
	crypto = at(0, "abcdefghijk");
	assert_int_equal(nrs_quic_join_add(&join, 16, &crypto), NRS_OK);
	assert_true(nrs_span_is(nrs_quic_joined(&join), "abcDEfghIjk"));
}

static void rooms_and_pieces_have_their_bounds(void **state)
{
	uint8_t octets[64] = "";
	struct nrs_quic_join join = {.room = octets};
	struct nrs_quic_crypto crypto = at(60, "12345");

	(void)state;
	assert_int_equal(nrs_quic_join_add(&join, 64, &crypto), NRS_E_LIMIT);
	crypto = at(UINT64_MAX, "1");
	assert_int_equal(nrs_quic_join_add(&join, 64, &crypto), NRS_E_LIMIT);
	for (uint64_t i = 0; i < NRS_QUIC_RANGES; i++) {
		crypto = at(1 + 2 * i, "x");
		assert_int_equal(nrs_quic_join_add(&join, 64, &crypto), NRS_OK);
	}
	crypto = at(63, "x");
	assert_int_equal(nrs_quic_join_add(&join, 64, &crypto), NRS_E_LIMIT);
	crypto = at(0, "x"); /* no further piece: it touches the first */
	assert_int_equal(nrs_quic_join_add(&join, 64, &crypto), NRS_OK);
	assert_int_equal(nrs_quic_joined(&join).len, 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(keys_are_those_of_the_appendix),
		cmocka_unit_test(the_packets_of_the_appendix_are_opened),
		cmocka_unit_test(every_cut_of_a_datagram_is_noticed),
		cmocka_unit_test(what_is_not_read_is_told_apart),
		cmocka_unit_test(frames_between_are_passed_over),
		cmocka_unit_test(pieces_join_in_any_order),
		cmocka_unit_test(what_came_first_stays),
		cmocka_unit_test(rooms_and_pieces_have_their_bounds),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
