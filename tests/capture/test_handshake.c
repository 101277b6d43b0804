/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_handshake: what a handshake shows, through a worker: a TLS connection
 * with the certificates of tests/data/x509 in segments of every size, and the
 * QUIC packets of RFC 9001, appendix A.
 */
#include "tests/capture/loaded.h"
#include "tests/capture/watch.h"

#define CLIENT .from = 1, .to = 2, .from_port = 50000, .to_port = 443
#define SERVER .from = 2, .to = 1, .from_port = 443, .to_port = 50000
#define SYN 2
#define ACK 16

static uint8_t flight[4096];

static size_t put(size_t at, const void *bytes, size_t len)
{
	assert_true(at + len <= sizeof(flight));
	memcpy(flight + at, bytes, len);
	return at + len;
}

static size_t put_u24(size_t at, size_t value)
{
	const uint8_t octets[] = {(uint8_t)(value >> 16), (uint8_t)(value >> 8),
				  (uint8_t)value};

	return put(at, octets, 3);
}

/* ServerHello of TLS 1.2 and a chain of leaf and root, in one record. */
static size_t make_flight(void)
{
	static uint8_t leaf[2048], root[2048];
	const size_t leaf_len = load_octets("x509/leaf.der", NULL, leaf);
	const size_t root_len = load_octets("x509/root.der", NULL, root);
	const size_t list = 6 + leaf_len + root_len;
	size_t at = put(0, "\x16\x03\x03\x00\x00", 5);

	at = put(at,
		 "\x02\x00\x00\x26\x03\x03"
		 "0123456789abcdef0123456789abcdef\x00\xc0\x2f\x00",
		 42);
	at = put(at, "\x0b", 1);
	at = put_u24(at, list + 3);
	at = put_u24(at, list);
	at = put_u24(at, leaf_len);
	at = put(at, leaf, leaf_len);
	at = put_u24(at, root_len);
	at = put(at, root, root_len);
	at = put(at, "\x0e\x00\x00\x00", 4);
	flight[3] = (uint8_t)((at - 5) >> 8);
	flight[4] = (uint8_t)(at - 5);
	return at;
}

static void segment(struct watch *w, bool is_server, uint32_t seq,
		    struct nrs_span data)
{
	struct frame_tcp tcp = {CLIENT, .seq = seq, .flags = ACK, .data = data};

	if (is_server)
		tcp = (struct frame_tcp){SERVER, .seq = seq, .flags = ACK,
					 .data = data};
	watch_add_tcp(w, &tcp);
	watch_step(w, false);
}

static void connection(struct watch *w, size_t len, size_t piece)
{
	static const char hello[] = "\x16\x03\x01\x00\x2d\x01\x00\x00\x29\x03"
				    "\x03"
				    "0123456789abcdef0123456789abcdef\x00\x00"
				    "\x02\xc0\x2f\x01\x00";

	watch_add_tcp(w, &(struct frame_tcp){CLIENT, .seq = 0, .flags = SYN});
	watch_add_tcp(
		w, &(struct frame_tcp){SERVER, .seq = 0, .flags = SYN | ACK});
	watch_step(w, false);
	segment(w, false, 1, nrs_span(hello, sizeof(hello) - 1));
	for (size_t at = 0; at < len; at += piece)
		segment(w, true, (uint32_t)(1 + at),
			nrs_span_part(nrs_span(flight, len), at, piece));
	watch_step(w, true);
}

static void a_chain_is_seen_in_segments_of_every_size(void **state)
{
	static const struct {
		enum nrs_field field;
		const char *value;
		unsigned int object;
	} rows[] = {
		{NRS_F_TLS_VERSION, "TLS 1.2", 0},
		{NRS_F_CERT_MD5, "da0ab2d31f2da0c6f3f677e59318e666", 0},
		{NRS_F_CERT_SHA1, "2589eb50925e0fd874b5579f031f14291e93b4ed",
		 0},
		{NRS_F_CERT_SHA1, "d109707e48e8272a734d5abea501c1a17c93b23d",
		 1},
		{NRS_F_CERT_SERIAL, "00:fe:dc:ba:98:76:54:32:10", 0},
		{NRS_F_CERT_SERIAL, "4c:0b:1d", 1},
		{NRS_F_CERT_SUBJECT,
		 "C=ZZ, O=Prüfstelle\\, Example, CN=Example Root", 1},
		{NRS_F_CERT_NOT_AFTER, "2026-12-21T08:11:26.000000Z", 0},
		{NRS_F_CERT_SELF_SIGNED, "0", 0},
		{NRS_F_CERT_SELF_SIGNED, "1", 1},
		{NRS_F_CERT_NAME, "*.host.example", 2},
	};
	static const size_t pieces[] = {1, 7, 100, 536, 1460};
	const size_t len = make_flight();

	(void)state;
	for (size_t p = 0; p < sizeof(pieces) / sizeof(*pieces); p++) {
		void *fresh = NULL;

		assert_int_equal(watch_setup(&fresh), 0);
		struct watch *w = fresh;
		connection(w, len, pieces[p]);
		assert_int_equal(w->ended, 1);
		for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
			bool found = false;

			for (unsigned int s = 0; s < w->count; s++)
				found |= w->seen[s].field == rows[i].field &&
					 w->seen[s].object == rows[i].object &&
					 strcmp(w->seen[s].value,
						rows[i].value) == 0;
			if (!found)
				fail_msg("%s by %zu", rows[i].value, pieces[p]);
		}
		assert_int_equal(watch_teardown(&fresh), 0);
	}
}

static void datagram(struct watch *w, bool is_server, struct nrs_span data)
{
	struct frame_tcp udp = {CLIENT, .data = data};
	struct frame *f = &w->frames[w->frame_count++];

	if (is_server)
		udp = (struct frame_tcp){SERVER, .data = data};
	frame_datagram(f, &udp);
	watch_add(w, f);
}

static void quic_initials_are_one_transaction(void **state)
{
	static uint8_t client[2048], server[2048];
	const size_t client_len =
		load_octets("quic/rfc9001-a2-client.hex", "%2x", client);
	const size_t server_len =
		load_octets("quic/rfc9001-a3-server.hex", "%2x", server);
	struct watch *w = *state;
	uint32_t name = 0, other = 0;

	/* what is no QUIC comes first, then the client's packet twice */
	datagram(w, false, nrs_span("\x40nothing", 8));
	datagram(w, false, nrs_span(client, client_len));
	datagram(w, false, nrs_span(client, client_len));
	datagram(w, true, nrs_span(server, server_len));
	watch_step(w, false);
	assert_int_equal(w->ended, 1); /* nothing more is waited for */
	assert_int_equal(watch_times(w, NRS_F_QUIC_SNI, "example.com", &name),
			 1);
	assert_int_equal(watch_times(w, NRS_F_QUIC_ALPN, "alpn", &other), 1);
	assert_int_equal(watch_times(w, NRS_F_QUIC_VERSION, "1", &other), 1);
	assert_int_equal(other, name);
	/* 771,4865,51-43: the ServerHello of appendix A.3 */
	assert_int_equal(watch_times(w, NRS_F_QUIC_JA3S,
				     "eb1d94daa7e0344597e756a1fb6e7054",
				     &other),
			 1);
	assert_int_equal(other, name);
	watch_step(w, true);
}

/* A version that provokes an answer, with the keys of one that is spoken: the
 * hello of RFC 9001 (appendix A.2), sealed with the salts of version 1 and of
 * draft 29. */
static void a_reserved_version_of_quic_is_read(void **state)
{
	static const char *const files[] = {"quic/reserved-v1-client.hex",
					    "quic/reserved-draft29-client.hex"};
	uint32_t name = 0;

	(void)state;
	for (unsigned int i = 0; i < 2; i++) {
		static uint8_t client[2048];
		void *fresh = NULL;
		assert_int_equal(watch_setup(&fresh), 0);
		struct watch *w = fresh;

		datagram(
			w, false,
			nrs_span(client, load_octets(files[i], "%2x", client)));
		watch_step(w, true);
		assert_int_equal(
			watch_times(w, NRS_F_QUIC_SNI, "example.com", &name),
			1);
		assert_int_equal(
			watch_times(w, NRS_F_QUIC_VERSION, "1a2a3a4a", &name),
			1);
		assert_int_equal(watch_teardown(&fresh), 0);
	}
}

/* A server's packet alone cannot be opened, and is no harm. */
static void a_quic_server_alone_says_nothing(void **state)
{
	static uint8_t server[2048];
	const size_t len =
		load_octets("quic/rfc9001-a3-server.hex", "%2x", server);
	struct watch *w = *state;

	for (unsigned int i = 0; i < 3; i++) {
		for (unsigned int n = 0; n < 8; n++)
			datagram(w, true, nrs_span(server, len));
		watch_step(w, false);
	}
	watch_step(w, true);
	assert_int_equal(w->count, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_chain_is_seen_in_segments_of_every_size),
		cmocka_unit_test(a_reserved_version_of_quic_is_read),
		cmocka_unit_test_setup_teardown(
			quic_initials_are_one_transaction, watch_setup,
			watch_teardown),
		cmocka_unit_test_setup_teardown(
			a_quic_server_alone_says_nothing, watch_setup,
			watch_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
