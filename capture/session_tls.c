/* SPDX-License-Identifier: Apache-2.0 */
/*
 * session_tls: the hellos of a connection are one transaction; the server's is
 * waited for only where somebody asks for its fields. What follows them is not
 * read.
 */
#include "capture/session.h"

#define ALERT 21
#define ALERT_LEN 7 /* with the record's head */
#define ALERT_WARNING 1
#define HELLO_CLIENT 1
#define HELLO_SERVER 2

#define BIT(field) NRS_FIELD_BIT(NRS_F_##field)
#define OF_SERVER (BIT(TLS_VERSION) | BIT(TLS_JA3S))

/* The connection's transaction, which the hello seen first begins. */
static struct nrs_pending *pending_of(struct nrs_session_env *env,
				      struct nrs_flow *flow)
{
	for (unsigned int i = 0; i < NRS_SESSION_PENDING; i++) {
		struct nrs_pending *p = &flow->session->pending[i];

		if (p->is_open && p->txn.kind == NRS_TXN_TLS)
			return p;
	}
	nrs_session_protocol(env, flow, NRS_TXN_TLS);
	return nrs_pending_new(env, flow, NRS_TXN_TLS);
}

static void push_md5(struct nrs_session_env *env, struct nrs_txn *txn,
		     enum nrs_field field, struct nrs_span text)
{
	uint8_t sum[NRS_MD5_LEN];
	char hex[2 * NRS_MD5_LEN + 1];

	nrs_hasher_md5(env->hasher, text, sum);
	nrs_hex(nrs_span(sum, sizeof(sum)), hex);
	nrs_txn_value(env->matcher, txn, field, 0, nrs_span_of(hex));
}

static void push_alpn(struct nrs_session_env *env, struct nrs_txn *txn,
		      struct nrs_span list)
{
	while (list.len > 0) {
		const struct nrs_span name =
			nrs_span_part(list, 1, list.ptr[0]);

		if (name.len > 0)
			nrs_txn_value(env->matcher, txn, NRS_F_TLS_ALPN, 0,
				      name);
		list = nrs_span_from(list, 1 + name.len);
	}
}

static int client_hello(struct nrs_session_env *env, struct nrs_flow *flow,
			struct nrs_span message)
{
	struct nrs_tls_client_hello hello;
	struct nrs_span text;
	char ja4[NRS_JA4_LEN + 1];
	bool is_long = false;
	const int err = nrs_tls_client_hello(&hello, message);

	if (err != NRS_OK)
		return err;
	nrs_count(env->counters, NRS_C_TLS);
	if (!hello.has_server_name)
		nrs_count(env->counters, NRS_C_TLS_NO_NAME);
	if (hello.has_encrypted_hello)
		nrs_count(env->counters, NRS_C_TLS_ECH);
	struct nrs_txn *txn = &pending_of(env, flow)->txn;
	if (hello.server_name.len > 0)
		nrs_txn_value(env->matcher, txn, NRS_F_TLS_SNI, 0,
			      hello.server_name);
	if ((env->demand & BIT(TLS_ALPN)) != 0)
		push_alpn(env, txn, hello.alpn);
	if ((env->demand & BIT(TLS_JA3)) != 0) {
		if (nrs_tls_ja3(&hello, env->text_room, NRS_SESSION_TEXT_ROOM,
				&text) == NRS_OK)
			push_md5(env, txn, NRS_F_TLS_JA3, text);
		else
			is_long = true;
	}
	if ((env->demand & BIT(TLS_JA4)) != 0) {
		if (nrs_tls_ja4(&hello, 't', env->hasher, ja4) == NRS_OK)
			nrs_txn_value(env->matcher, txn, NRS_F_TLS_JA4, 0,
				      nrs_span_of(ja4));
		else
			is_long = true;
	}
	if (is_long)
		nrs_count(env->counters, NRS_C_TLS_NO_PRINT);
	return NRS_OK;
}

static int server_hello(struct nrs_session_env *env, struct nrs_flow *flow,
			struct nrs_span message)
{
	struct nrs_tls_server_hello hello;
	struct nrs_span text;
	char room[24];

	if ((env->demand & OF_SERVER) == 0)
		return NRS_OK;
	const int err = nrs_tls_server_hello(&hello, message);
	if (err != NRS_OK)
		return err;
	struct nrs_txn *txn = &pending_of(env, flow)->txn;
	if ((env->demand & BIT(TLS_VERSION)) != 0)
		nrs_txn_value(env->matcher, txn, NRS_F_TLS_VERSION, 0,
			      nrs_tls_version_name(hello.version, room));
	if ((env->demand & BIT(TLS_JA3S)) == 0)
		return NRS_OK;
	if (nrs_tls_ja3s(&hello, env->text_room, NRS_SESSION_TEXT_ROOM,
			 &text) == NRS_OK)
		push_md5(env, txn, NRS_F_TLS_JA3S, text);
	else
		nrs_count(env->counters, NRS_C_TLS_NO_PRINT);
	return NRS_OK;
}

/* Nothing more to read: what was seen is the transaction. */
static void over(struct nrs_session_env *env, struct nrs_session *session)
{
	for (unsigned int i = 0; i < NRS_SESSION_PENDING; i++) {
		struct nrs_pending *p = &session->pending[i];

		if (p->is_open && p->txn.kind == NRS_TXN_TLS)
			nrs_pending_end(env, p);
	}
	session->kind = NRS_SESSION_IGNORED;
}

size_t nrs_session_tls(struct nrs_session_env *env, struct nrs_flow *flow,
		       unsigned int side, struct nrs_span bytes)
{
	struct nrs_session *session = flow->session;
	struct nrs_span message;

	if ((session->tls_seen & 1u << side) != 0)
		return bytes.len; /* the other side's hello is waited for */
	if (bytes.ptr[0] == ALERT) {
		if (bytes.len < ALERT_LEN)
			return 0;
		/* A warning may come before the hello, as RFC 6066 section 3
		 * has it for a name that the server does not know. */
		if (bytes.ptr[ALERT_LEN - 2] == ALERT_WARNING)
			return ALERT_LEN;
		over(env, session);
		return bytes.len;
	}
	int err = nrs_tls_handshake(bytes, env->tls_room, &message);
	if (err == NRS_E_MORE)
		return 0;
	const uint8_t type = err == NRS_OK ? message.ptr[0] : 0;
	if (err == NRS_OK)
		err = type == HELLO_SERVER ? server_hello(env, flow, message)
					   : client_hello(env, flow, message);
	if (err != NRS_OK) {
		nrs_count(env->counters, NRS_C_TLS_BAD);
		over(env, session);
		return bytes.len;
	}
	session->tls_seen |= (uint8_t)(1u << side);
	if (session->tls_seen == 3 ||
	    (type == HELLO_CLIENT && (env->demand & OF_SERVER) == 0))
		over(env, session);
	return bytes.len;
}
