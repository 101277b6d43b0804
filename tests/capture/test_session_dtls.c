/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_session_dtls: handshakes of DTLS, whole, in fragments of any size and
 * order, sent again, and among datagrams of others. The fingerprints are
 * md5sum's of "65277,49195,0,," and of "65277,49195,".
 */
#include "tests/capture/session_bench.h"

#define RANDOM "0123456789abcdef0123456789abcdef"
#define HELLO                                                                  \
	"\xfe\xfd" RANDOM "\0\0\0\2\xc0\x2b\1\0\0\x13\0\0\0\xf\0\xd\0\0\xa"    \
	"c2.example"
#define ANSWER "\xfe\xfd" RANDOM "\0\xc0\x2b\0"
#define CHAIN "\0\0\7\0\0\4leaf"
#define OF_CLIENT                                                              \
	"1 tls.sni=c2.example\n1 tls.ja3=b0481bbf0ee1c2da9690c98ba75d1848\n"
#define OF_SERVER                                                              \
	"1 tls.version=DTLS 1.2\n"                                             \
	"1 tls.ja3s=c77eb4dd3434ddfeb4d88b08cdbd8906\n"
#define OF_CHAIN "1 tls.cert_md5=bab4ff04cc14af66e4d42c85f888cfe6\n"

struct message {
	uint8_t type;
	struct nrs_span body;
};

/* @len octets of a message from @at on, as a datagram of its own. */
static void piece(struct session_bench *b, unsigned int side,
		  const struct message *m, size_t at, size_t len)
{
	const struct nrs_span part = nrs_span_part(m->body, at, len);
	uint8_t d[256] = {0x16, 0xfe, 0xfd, [12] = (uint8_t)(part.len + 12)};

	d[13] = m->type;
	d[16] = (uint8_t)m->body.len;
	d[18] = m->type; /* its number: one for each type will do */
	d[21] = (uint8_t)at;
	d[24] = (uint8_t)part.len;
	memcpy(d + 25, part.ptr, part.len);
	nrs_session_datagram(&b->env, &b->flow, side,
			     nrs_span(d, 25 + part.len));
}

#define DEMAND                                                                 \
	(NRS_FIELD_BIT(NRS_F_TLS_SNI) | NRS_FIELD_BIT(NRS_F_TLS_JA3) |         \
	 NRS_FIELD_BIT(NRS_F_TLS_JA3S) | NRS_FIELD_BIT(NRS_F_TLS_VERSION))

static const struct message hello = {
	1, {(const uint8_t *)HELLO, sizeof(HELLO) - 1}};
static const struct message answer = {
	2, {(const uint8_t *)ANSWER, sizeof(ANSWER) - 1}};
static const struct message chain = {
	11, {(const uint8_t *)CHAIN, sizeof(CHAIN) - 1}};

static const struct message cookie = {3, {(const uint8_t *)ANSWER, 5}};

static struct session_bench *bench(void **state, nrs_field_set demand)
{
	struct session_bench *b = *state;

	b->flow.session = NULL;
	b->env.demand = demand;
	return b;
}

static void all_is_seen_and_given_back(struct session_bench *b)
{
	assert_int_equal(b->ended, 1);
	assert_int_equal(b->flow.session->kind, NRS_SESSION_IGNORED);
	assert_int_equal(b->pools.buffers.taken, 0);
	assert_int_equal(b->counters.value[NRS_C_TLS_BAD], 0);
	nrs_session_end(&b->env, &b->flow);
}

static void both_hellos_are_one_transaction(void **state)
{
	struct session_bench *b = bench(state, DEMAND);

	piece(b, 0, &hello, 0, 200);
	assert_string_equal(b->seen, OF_CLIENT);
	assert_int_equal(b->ended, 0);
	piece(b, 1, &cookie, 0, 5); /* and the hello again */
	piece(b, 0, &hello, 0, 200);
	piece(b, 1, &answer, 0, 200);
	assert_string_equal(b->seen, OF_CLIENT OF_SERVER);
	all_is_seen_and_given_back(b);
}

static void fragments_may_come_in_any_order(void **state)
{
	struct session_bench *b = bench(state, DEMAND);

	piece(b, 0, &hello, 40, 30);
	piece(b, 0, &hello, 40, 30);
	piece(b, 0, &hello, 0, 30);
	assert_string_equal(b->seen, "");
	piece(b, 0, &hello, 25, 20);
	assert_string_equal(b->seen, OF_CLIENT);
	for (size_t at = answer.body.len; at-- > 0;)
		piece(b, 1, &answer, at, 1);
	assert_string_equal(b->seen, OF_CLIENT OF_SERVER);
	all_is_seen_and_given_back(b);
}

static void a_chain_is_read_behind_the_servers_hello(void **state)
{
	struct session_bench *b = bench(state, NRS_FIELD_BIT(NRS_F_CERT_MD5));

	piece(b, 1, &answer, 0, 200);
	piece(b, 1, &answer, 0, 200);
	piece(b, 0, &chain, 0, 200); /* the client's is nobody's business */
	piece(b, 1, &chain, 4, 200);
	piece(b, 1, &chain, 0, 4);
	assert_string_equal(b->seen, OF_CHAIN);
	piece(b, 0, &hello, 0, 200);
	all_is_seen_and_given_back(b);
}

static void what_is_encrypted_ends_the_wait(void **state)
{
	static const uint8_t finished[] = {
		0x16, 0xfe, 0xfd, [4] = 1, [12] = 1, 0};
	struct session_bench *b =
		bench(state, DEMAND | NRS_FIELD_BIT(NRS_F_CERT_MD5));

	piece(b, 0, &hello, 0, 200);
	piece(b, 1, &answer, 0, 200);
	assert_int_equal(b->ended, 0);
	nrs_session_datagram(&b->env, &b->flow, 1,
			     nrs_span(finished, sizeof(finished)));
	all_is_seen_and_given_back(b);
}

static void datagrams_of_others_do_not_matter(void **state)
{
	static const char stun[] = "\0\1\0\0\x21\x12\xa4\x42transaction";
	struct session_bench *b = bench(state, DEMAND);

	b->flow.packets[0] = 100;
	for (unsigned int i = 0; i < 20; i++)
		nrs_session_datagram(&b->env, &b->flow, i & 1,
				     nrs_span(stun, sizeof(stun) - 1));
	piece(b, 0, &hello, 0, 200);
	nrs_session_datagram(&b->env, &b->flow, 1,
			     nrs_span(stun, sizeof(stun) - 1));
	piece(b, 1, &answer, 0, 200);
	assert_string_equal(b->seen, OF_CLIENT OF_SERVER);
	all_is_seen_and_given_back(b);
}

static void a_hello_that_is_broken_is_counted(void **state)
{
	const struct message broken = {1, nrs_span_part(hello.body, 0, 50)};
	struct session_bench *b = bench(state, DEMAND);

	piece(b, 0, &broken, 0, 200);
	assert_int_equal(b->counters.value[NRS_C_TLS_BAD], 1);
	piece(b, 1, &answer, 0, 200);
	assert_string_equal(b->seen, OF_SERVER);
	nrs_session_end(&b->env, &b->flow);
}

static void what_nobody_asks_for_is_not_read(void **state)
{
	struct session_bench *b = bench(state, NRS_FIELD_BIT(NRS_F_DNS_QUERY));

	piece(b, 0, &hello, 0, 200);
	assert_null(b->flow.session);
	b->env.demand = NRS_FIELD_BIT(NRS_F_TLS_JA3);
	piece(b, 0, &hello, 0, 200);
	all_is_seen_and_given_back(b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		NRS_S(both_hellos_are_one_transaction),
		NRS_S(fragments_may_come_in_any_order),
		NRS_S(a_chain_is_read_behind_the_servers_hello),
		NRS_S(what_is_encrypted_ends_the_wait),
		NRS_S(datagrams_of_others_do_not_matter),
		NRS_S(a_hello_that_is_broken_is_counted),
		NRS_S(what_nobody_asks_for_is_not_read),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
