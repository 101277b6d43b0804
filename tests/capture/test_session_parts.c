/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_session_parts: DNS, HTTP, TLS and QUIC of a flow, each by itself: which
 * values a message gives, how many octets are done with, and what is joined to
 * what.
 */
#include "capture/session_hello.h"
#include "tests/capture/loaded.h"
#include "tests/capture/session_bench.h"

#define ID "\x12\x34"
/* RFC 1035: c2.example, type A, class IN */
#define QUESTION "\2c2\7example\0\0\1\0\1"
#define ASKS ID "\1\0\0\1\0\0\0\0\0\0" QUESTION
#define ANSWERS                                                                \
	ID "\x81\x80\0\1\0\1\0\0\0\0" QUESTION                                 \
	   "\xc0\xc\0\1\0\1\0\0\0\x3c\0\4\xc0\0\2\7"
#define REFUSES ID "\x81\x85\0\1\0\0\0\0\0\0" QUESTION

static struct nrs_span octets(const char *text, size_t len)
{
	return nrs_span(text, len);
}
#define OCTETS(text) octets(text, sizeof(text) - 1)

static bool has(const struct session_bench *b, const char *line)
{
	return strstr(b->seen, line) != NULL;
}

static void question_and_answer_are_one_transaction(void **state)
{
	struct session_bench *b = *state;

	nrs_session_dns(&b->env, &b->flow, 0, OCTETS(ASKS));
	assert_string_equal(b->seen, "1 dns.query=c2.example\n");
	assert_int_equal(b->ended, 0);
	nrs_session_dns(&b->env, &b->flow, 1, OCTETS(ANSWERS));
	assert_true(has(b, "1 dns.answer.rrname=c2.example\n"));
	assert_true(has(b, "1 dns.rr.name=c2.example\n"));
	assert_true(has(b, "1 dns.rr.A="));
	assert_int_equal(b->ended, 1);
	assert_int_equal(b->answers, 1);
	assert_int_equal(b->flow.txn_count, 1);
	assert_int_equal(b->counters.value[NRS_C_DNS], 2);
	assert_false(b->env.is_refusal);
	/* an answer that nobody was seen to ask for stands alone */
	nrs_session_dns(&b->env, &b->flow, 1, OCTETS(ANSWERS));
	assert_int_equal(b->flow.txn_count, 2);
	assert_int_equal(b->ended, 2);
}

static void a_refusal_is_told_and_rubbish_is_counted(void **state)
{
	struct session_bench *b = *state;

	nrs_session_dns(&b->env, &b->flow, 1, OCTETS(REFUSES));
	assert_true(b->env.is_refusal);
	nrs_session_dns(&b->env, &b->flow, 0, OCTETS("short"));
	assert_int_equal(b->counters.value[NRS_C_DNS_BAD], 1);
}

static void messages_over_tcp_have_a_length_before_them(void **state)
{
	static const char stream[] = "\0\x1c" ASKS "\0\x1c" ASKS;
	struct session_bench *b = *state;

	assert_int_equal(sizeof(ASKS) - 1, 0x1c);
	for (size_t len = 0; len < 2 + 0x1c; len++)
		assert_int_equal(nrs_session_dns_tcp(&b->env, &b->flow, 0,
						     octets(stream, len)),
				 0);
	assert_int_equal(b->counters.value[NRS_C_DNS], 0);
	/* one at a time */
	assert_int_equal(
		nrs_session_dns_tcp(&b->env, &b->flow, 0, OCTETS(stream)),
		2 + 0x1c);
	assert_int_equal(b->counters.value[NRS_C_DNS], 1);
	/* longer than anything that is kept: the rest is not read */
	assert_int_equal(nrs_session_dns_tcp(&b->env, &b->flow, 0,
					     OCTETS("\xff\xff" ASKS)),
			 2 + 0x1c);
	assert_int_equal(b->session.kind, NRS_SESSION_IGNORED);
}

static void a_request_gives_its_values_and_the_url(void **state)
{
	static const char request[] =
		"GET /gate?x=1 HTTP/1.1\r\nHost: c2.example:8080\r\n"
		"User-Agent: Lantern\r\n\r\n";
	static const char response[] = "HTTP/1.1 302 Found\r\nLocation: /n\r\n"
				       "Content-Length: 2\r\n\r\nok";
	struct session_bench *b = *state;

	assert_int_equal(
		nrs_session_http(&b->env, &b->flow, 0, OCTETS(request)),
		sizeof(request) - 1);
	assert_true(has(b, "1 http.method=GET\n"));
	assert_true(has(b, "1 http.host=c2.example:8080\n"));
	assert_true(has(b, "1 http.uri=/gate?x=1\n"));
	assert_true(has(b, "1 http.url=http://c2.example:8080/gate?x=1\n"));
	assert_true(has(b, "1 http.user_agent=Lantern\n"));
	assert_true(has(b, "1 http.request_header=Host: c2.example:8080\n"));
	assert_int_equal(b->ended, 0);
	/* the head first, then the body by its framing */
	assert_int_equal(
		nrs_session_http(&b->env, &b->flow, 1, OCTETS(response)),
		sizeof(response) - 3);
	assert_true(has(b, "1 http.status=302\n"));
	assert_true(has(b, "1 http.location=/n\n"));
	/* files are asked for: it ends with its body */
	assert_int_equal(b->ended, 0);
	assert_int_equal(nrs_session_http(&b->env, &b->flow, 1, OCTETS("ok")),
			 2);
	assert_true(has(b, "1 file.name=gate\n"));
	assert_true(has(b, "1 file.size=2\n"));
	assert_int_equal(b->ended, 1);
}

static void a_head_that_goes_on_is_waited_for(void **state)
{
	static const char request[] = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
	struct session_bench *b = *state;

	for (size_t len = 1; len < sizeof(request) - 1; len++)
		assert_int_equal(nrs_session_http(&b->env, &b->flow, 0,
						  octets(request, len)),
				 0);
	assert_int_equal(b->len, 0);
	assert_int_equal(b->counters.value[NRS_C_HTTP_BAD], 0);
}

static void pipelined_requests_are_answered_in_order(void **state)
{
	struct session_bench *b = *state;

	(void)nrs_session_http(&b->env, &b->flow, 0,
			       OCTETS("GET /1 HTTP/1.1\r\nHost: a\r\n\r\n"));
	(void)nrs_session_http(&b->env, &b->flow, 0,
			       OCTETS("GET /2 HTTP/1.1\r\nHost: a\r\n\r\n"));
	(void)nrs_session_http(&b->env, &b->flow, 1,
			       OCTETS("HTTP/1.1 100 Continue\r\n\r\n"));
	assert_int_equal(b->ended, 0);
	(void)nrs_session_http(
		&b->env, &b->flow, 1,
		OCTETS("HTTP/1.1 404 No\r\nContent-Length: 0\r\n\r\n"));
	assert_true(has(b, "1 http.status=404\n"));
	(void)nrs_session_http(
		&b->env, &b->flow, 1,
		OCTETS("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"));
	assert_true(has(b, "2 http.status=200\n"));
	assert_int_equal(b->ended, 2);
}

static void without_a_host_the_address_is_the_name(void **state)
{
	struct session_bench *b = *state;

	assert_int_equal(
		nrs_addr_parse(nrs_span_of("192.0.2.80"), &b->flow.info.dst),
		NRS_OK);
	b->flow.info.dst_port = 8080;
	(void)nrs_session_http(&b->env, &b->flow, 0,
			       OCTETS("GET /x HTTP/1.0\r\n\r\n"));
	assert_true(has(b, "1 http.url=http://192.0.2.80:8080/x\n"));
	assert_int_equal(
		nrs_addr_parse(nrs_span_of("2001:db8::1"), &b->flow.info.dst),
		NRS_OK);
	b->flow.info.dst_port = 80;
	(void)nrs_session_http(&b->env, &b->flow, 0,
			       OCTETS("GET /y HTTP/1.0\r\n\r\n"));
	assert_true(has(b, "2 http.url=http://[2001:db8::1]/y\n"));
}

/* TLS 1.2 (RFC 5246, 7.4.1.2; RFC 6066, 3): one cipher, server_name. */
#define SNI                                                                    \
	"\0\0\0\xf"                                                            \
	"\0\xd\0\0\xa"                                                         \
	"c2.example"
#define HELLO                                                                  \
	"\3\3"                                                                 \
	"0123456789abcdef0123456789abcdef\0"                                   \
	"\0\2\0\x2f\1\0"                                                       \
	"\0\x13" SNI
#define RECORD "\x16\3\1\0\x42\1\0\0\x3e" HELLO

static void a_client_hello_names_its_server(void **state)
{
	struct session_bench *b = *state;

	assert_int_equal(sizeof(HELLO) - 1, 0x3e);
	b->env.demand = NRS_FIELD_BIT(NRS_F_TLS_SNI);
	(void)nrs_session_tls(&b->env, &b->flow, 0, OCTETS(RECORD));
	assert_string_equal(b->seen, "1 tls.sni=c2.example\n");
	assert_int_equal(b->counters.value[NRS_C_TLS], 1);
	/* nobody asks for the server's: the transaction is over */
	assert_int_equal(b->ended, 1);
	assert_int_equal(b->session.kind, NRS_SESSION_IGNORED);
	assert_int_equal(b->pools.buffers.taken, 0);
}

static void what_is_no_handshake_is_counted_and_left(void **state)
{
	struct session_bench *b = *state;

	(void)nrs_session_tls(&b->env, &b->flow, 0,
			      OCTETS("\x16\3\1\0\4\1\0\0\0"));
	assert_int_equal(b->counters.value[NRS_C_TLS_BAD], 1);
	assert_int_equal(b->session.kind, NRS_SESSION_IGNORED);
	assert_int_equal(b->len, 0);
	assert_int_equal(b->pools.buffers.taken, 0);
}

/* RFC 5246, 7.4.1.3: a ServerHello of TLS 1.2 without extensions. */
#define SERVER_HELLO                                                           \
	"\2\0\0\x26\3\3"                                                       \
	"0123456789abcdef0123456789abcdef\0\0\x2f\0"
#define SERVER_RECORD "\x16\3\3\0\x2a" SERVER_HELLO
/* 7.4.2: a chain of one certificate, which is "abc". */
#define CHAIN                                                                  \
	"\x16\3\3\0\xd\x0b\0\0\x09\0\0\6\0\0\3"                                \
	"abc"

static void the_servers_side_belongs_to_the_same_transaction(void **state)
{
	struct session_bench *b = *state;

	b->env.demand = NRS_FIELD_BIT(NRS_F_TLS_SNI) |
			NRS_FIELD_BIT(NRS_F_TLS_VERSION) |
			NRS_FIELD_BIT(NRS_F_CERT_SHA1);
	(void)nrs_session_tls(&b->env, &b->flow, 0, OCTETS(RECORD));
	assert_int_equal(b->ended, 0);
	(void)nrs_session_tls(&b->env, &b->flow, 1, OCTETS(SERVER_RECORD));
	assert_true(has(b, "1 tls.version="));
	assert_int_equal(b->ended, 0);
	(void)nrs_session_tls(&b->env, &b->flow, 1, OCTETS(CHAIN));
	/* FIPS 180-4's example */
	assert_true(has(b, "=a9993e364706816aba3e25717850c26c9cd0d89d\n"));
	assert_int_equal(b->counters.value[NRS_C_CERT], 1);
	/* the client changes its cipher: nothing more in clear */
	(void)nrs_session_tls(&b->env, &b->flow, 0, OCTETS("\x14\3\3\0\1\1"));
	assert_int_equal(b->ended, 1);
	assert_int_equal(b->flow.txn_count, 1);
	assert_int_equal(b->pools.buffers.taken, 0);
}

static void an_alert_ends_the_handshake(void **state)
{
	struct session_bench *b = *state;

	b->env.demand =
		NRS_FIELD_BIT(NRS_F_TLS_SNI) | NRS_FIELD_BIT(NRS_F_TLS_VERSION);
	(void)nrs_session_tls(&b->env, &b->flow, 0, OCTETS(RECORD));
	assert_int_equal(b->ended, 0);
	(void)nrs_session_tls(&b->env, &b->flow, 1,
			      OCTETS("\x15\3\3\0\2\2\x28"));
	assert_int_equal(b->ended, 1);
	assert_int_equal(b->session.kind, NRS_SESSION_IGNORED);
}

static void a_hello_in_pieces_is_put_together(void **state)
{
	static const char record[] = RECORD;
	struct session_bench *b = *state;

	b->env.demand = NRS_FIELD_BIT(NRS_F_TLS_SNI);
	for (size_t i = 0; i < sizeof(record) - 1; i++)
		(void)nrs_session_tls(&b->env, &b->flow, 0,
				      octets(record + i, 1));
	assert_string_equal(b->seen, "1 tls.sni=c2.example\n");
	assert_int_equal(b->ended, 1);
	assert_int_equal(b->pools.buffers.taken, 0);
}

/* RFC 9001, appendix A.2: the client's first packet. */
static void the_first_packet_of_quic_names_its_server(void **state)
{
	static uint8_t client[2048];
	const size_t len =
		load_octets("quic/rfc9001-a2-client.hex", "%2x", client);
	struct session_bench *b = *state;

	assert_int_equal(len, 1200);
	b->env.demand = NRS_FIELD_BIT(NRS_F_QUIC_SNI);
	nrs_session_become(&b->env, &b->flow, NRS_SESSION_QUIC);
	nrs_session_quic(&b->env, &b->flow, 0, nrs_span(client, len));
	assert_string_equal(b->seen, "1 quic.sni=example.com\n");
	assert_int_equal(b->ended, 1);
	assert_int_equal(b->counters.value[NRS_C_QUIC], 1);
	assert_int_equal(b->session.kind, NRS_SESSION_IGNORED);
	assert_int_equal(b->pools.buffers.taken, 0);
	/* it is over: the same packet says nothing more */
	nrs_session_datagram(&b->env, &b->flow, 0, nrs_span(client, len));
	assert_int_equal(b->ended, 1);
}

/* What a session holds of its shard is back when it is over. */
static void the_state_of_a_protocol_is_lent_and_given_back(void **state)
{
	struct session_bench *b = *state;
	struct nrs_session *second;

	b->flow.session = nrs_slab_take(&b->pools.sessions);
	second = nrs_slab_take(&b->pools.sessions);
	assert_non_null(b->flow.session);
	assert_non_null(second);
	*b->flow.session = (struct nrs_session){.kind = NRS_SESSION_DNS};
	*second = *b->flow.session;
	void *const first = nrs_session_state(&b->env, b->flow.session);
	assert_non_null(first);
	assert_ptr_equal(nrs_session_state(&b->env, b->flow.session), first);
	assert_non_null(nrs_session_state(&b->env, second));
	assert_int_equal(b->pools.states.taken, 2);
	nrs_session_become(&b->env, &b->flow, NRS_SESSION_TLS);
	assert_int_equal(b->pools.states.taken, 1);
	assert_non_null(nrs_session_state(&b->env, b->flow.session));
	nrs_session_end(&b->env, &b->flow);
	assert_int_equal(b->pools.states.taken, 1);
	nrs_session_ignore(&b->env, second);
	assert_int_equal(b->pools.states.taken, 0);
}

/* A packet whose tag is wrong is of a connection that began unseen: the next
 * one may open; after many, none is tried. */
static void a_packet_that_does_not_open_says_nothing(void **state)
{
	static uint8_t client[2048];
	const size_t len =
		load_octets("quic/rfc9001-a2-client.hex", "%2x", client);
	struct session_bench *b = *state;

	b->env.demand = NRS_FIELD_BIT(NRS_F_QUIC_SNI);
	client[len - 1] ^= 1;
	nrs_session_become(&b->env, &b->flow, NRS_SESSION_QUIC);
	nrs_session_quic(&b->env, &b->flow, 0, nrs_span(client, len));
	assert_int_equal(b->len, 0);
	assert_int_equal(b->flow.txn_count, 0);
	assert_int_equal(b->session.kind, NRS_SESSION_QUIC);
	for (int i = 0; i < 100; i++)
		nrs_session_quic(&b->env, &b->flow, 0, nrs_span(client, len));
	assert_int_equal(b->session.kind, NRS_SESSION_IGNORED);
	assert_int_equal(b->counters.value[NRS_C_QUIC_BAD], 1);
	assert_int_equal(b->len, 0);
}

static const struct nrs_hello_fields fields = {.sni = NRS_F_TLS_SNI,
					       .alpn = NRS_F_TLS_ALPN,
					       .ja3 = NRS_F_TLS_JA3,
					       .ja4 = NRS_F_TLS_JA4,
					       .ja3s = NRS_F_TLS_JA3S,
					       .transport = 't'};

static void only_what_is_demanded_of_a_hello_is_pushed(void **state)
{
	struct session_bench *b = *state;
	struct nrs_tls_client_hello hello = {.server_name =
						     nrs_span_of("c2.example"),
					     .has_server_name = true,
					     .alpn = OCTETS("\2h2\x8http/1.1")};
	struct nrs_txn txn;

	nrs_txn_begin(&txn, &b->flow.txn, NRS_TXN_TLS, 1, 1);
	b->env.demand =
		NRS_FIELD_BIT(NRS_F_TLS_SNI) | NRS_FIELD_BIT(NRS_F_TLS_ALPN);
	nrs_session_client_hello(&b->env, &txn, &hello, &fields);
	assert_string_equal(b->seen, "1 tls.sni=c2.example\n1 tls.alpn=h2\n"
				     "1 tls.alpn=http/1.1\n");
	assert_int_equal(b->counters.value[NRS_C_TLS_NO_NAME], 0);
	hello = (struct nrs_tls_client_hello){.has_encrypted_hello = true};
	nrs_session_client_hello(&b->env, &txn, &hello, &fields);
	assert_int_equal(b->counters.value[NRS_C_TLS_NO_NAME], 1);
	assert_int_equal(b->counters.value[NRS_C_TLS_ECH], 1);
	const struct nrs_tls_server_hello server = {0};
	b->seen[b->len = 0] = '\0';
	nrs_session_server_hello(&b->env, &txn, &server, &fields);
	assert_string_equal(b->seen, ""); /* no JA3S was asked for */
}

static void a_certificate_has_digests_whatever_is_in_it(void **state)
{
	struct session_bench *b = *state;
	struct nrs_txn txn;

	nrs_txn_begin(&txn, &b->flow.txn, NRS_TXN_TLS, 1, 1);
	b->env.demand = NRS_FIELD_BIT(NRS_F_CERT_MD5) |
			NRS_FIELD_BIT(NRS_F_CERT_SHA1) |
			NRS_FIELD_BIT(NRS_F_CERT_SHA256);
	nrs_session_certificate(&b->env, &txn, 0, OCTETS("abc"));
	/* RFC 1321, A.5; FIPS 180-4's examples */
	assert_true(has(b, "=900150983cd24fb0d6963f7d28e17f72\n"));
	assert_true(has(b, "=a9993e364706816aba3e25717850c26c9cd0d89d\n"));
	assert_true(has(b, "=ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb"
			   "410ff61f20015ad\n"));
	assert_int_equal(b->counters.value[NRS_C_CERT], 1);
	assert_int_equal(b->counters.value[NRS_C_CERT_BAD], 0);
	/* what is in it is looked at only where somebody asks */
	b->env.demand = NRS_FIELD_BIT(NRS_F_CERT_SUBJECT);
	nrs_session_certificate(&b->env, &txn, 1, OCTETS("abc"));
	assert_int_equal(b->counters.value[NRS_C_CERT_BAD], 1);
}

static void more_that_wait_than_fit_end_the_oldest(void **state)
{
	struct session_bench *b = *state;

	for (unsigned int i = 0; i < NRS_SESSION_PENDING; i++)
		assert_non_null(
			nrs_pending_new(&b->env, &b->flow, NRS_TXN_HTTP));
	assert_int_equal(b->ended, 0);
	struct nrs_pending *p =
		nrs_pending_new(&b->env, &b->flow, NRS_TXN_HTTP);
	assert_int_equal(b->ended, 1);
	assert_int_equal(p->txn.number, NRS_SESSION_PENDING + 1);
	nrs_pending_end(&b->env, p);
	nrs_pending_end(&b->env, p); /* once */
	assert_int_equal(b->ended, 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		NRS_S(question_and_answer_are_one_transaction),
		NRS_S(a_refusal_is_told_and_rubbish_is_counted),
		NRS_S(messages_over_tcp_have_a_length_before_them),
		NRS_S(a_request_gives_its_values_and_the_url),
		NRS_S(a_head_that_goes_on_is_waited_for),
		NRS_S(pipelined_requests_are_answered_in_order),
		NRS_S(without_a_host_the_address_is_the_name),
		NRS_S(a_client_hello_names_its_server),
		NRS_S(what_is_no_handshake_is_counted_and_left),
		NRS_S(the_servers_side_belongs_to_the_same_transaction),
		NRS_S(an_alert_ends_the_handshake),
		NRS_S(a_hello_in_pieces_is_put_together),
		NRS_S(the_first_packet_of_quic_names_its_server),
		NRS_S(a_packet_that_does_not_open_says_nothing),
		NRS_S(only_what_is_demanded_of_a_hello_is_pushed),
		NRS_S(a_certificate_has_digests_whatever_is_in_it),
		NRS_S(more_that_wait_than_fit_end_the_oldest),
		NRS_S(the_state_of_a_protocol_is_lent_and_given_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
