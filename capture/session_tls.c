/* SPDX-License-Identifier: Apache-2.0 */
/*
 * session_tls: the handshake of a connection is one transaction: both hellos
 * and the server's certificates, as far as they come in clear. What nobody
 * asks for is not waited for.
 */
#include "capture/session_hello.h"

#define HELLO_SERVER 2
#define VERSION_13 0x0304

#define BIT(field) NRS_FIELD_BIT(NRS_F_##field)

static const struct nrs_hello_fields fields = {.sni = NRS_F_TLS_SNI,
					       .alpn = NRS_F_TLS_ALPN,
					       .ja3 = NRS_F_TLS_JA3,
					       .ja4 = NRS_F_TLS_JA4,
					       .ja3s = NRS_F_TLS_JA3S,
					       .transport = 't'};

bool nrs_session_tls_wanted(const struct nrs_session_env *env)
{
	return (env->demand & (NRS_HELLO_FIELDS | BIT(PROTOCOL))) != 0;
}

/* The connection's transaction, which the hello seen first begins. */
static struct nrs_txn *txn_of(struct nrs_session_env *env,
			      struct nrs_flow *flow)
{
	for (unsigned int i = 0; i < NRS_SESSION_SLOTS; i++) {
		struct nrs_pending *p = &flow->session->pending[i];

		if (p->is_open && p->txn.kind == NRS_TXN_TLS)
			return &p->txn;
	}
	nrs_session_protocol(env, flow, NRS_TXN_TLS);
	return &nrs_pending_new(env, flow, NRS_TXN_TLS)->txn;
}

/* Nothing more to read: what was seen is the transaction. */
static void over(struct nrs_session_env *env, struct nrs_session *session)
{
	for (unsigned int i = 0; i < NRS_SESSION_SLOTS; i++) {
		struct nrs_pending *p = &session->pending[i];

		if (p->is_open && p->txn.kind == NRS_TXN_TLS)
			nrs_pending_end(env, p);
	}
	nrs_session_ignore(env, session);
}

static void side_done(struct nrs_session *session, unsigned int side)
{
	session->tls_done |= (uint8_t)(1u << side);
}

/* The first flight begins anew, behind a HelloRetryRequest. */
static void retry(struct nrs_session *session, unsigned int server)
{
	struct nrs_tls_reader *client = &session->side[1 - server].tls;

	session->tls_retry = true;
	session->tls_done = 0;
	*client = (struct nrs_tls_reader){.room = client->room};
}

static int client_hello(struct nrs_session_env *env, struct nrs_flow *flow,
			unsigned int side, struct nrs_span message)
{
	struct nrs_tls_client_hello hello;
	const int err = nrs_tls_client_hello(&hello, message);

	if (err != NRS_OK)
		return err;
	side_done(flow->session, side);
	/* The first one counts: whether a second one is seen must not depend
	 * on what is asked of the server. */
	if (flow->session->tls_retry)
		return NRS_OK;
	nrs_count(env->counters, NRS_C_TLS);
	nrs_session_asked(env, NRS_ASKED_TLS, 0, side);
	nrs_session_client_hello(env, txn_of(env, flow), &hello, &fields);
	if ((env->demand & NRS_HELLO_OF_SERVER) == 0)
		flow->session->tls_done = 3;
	return NRS_OK;
}

static bool is_13(uint16_t version)
{
	return version == VERSION_13 || version >> 8 == 0x7f ||
	       version >> 8 == 0xfb;
}

static int server_hello(struct nrs_session_env *env, struct nrs_flow *flow,
			unsigned int side, struct nrs_span message)
{
	const bool wants_chain = (env->demand & NRS_HELLO_OF_CHAIN) != 0;
	struct nrs_session *session = flow->session;
	struct nrs_tls_server_hello hello;
	char room[24];

	if ((env->demand & (NRS_HELLO_OF_SERVER | BIT(PROTOCOL))) == 0) {
		side_done(session, side);
		return NRS_OK;
	}
	const int err = nrs_tls_server_hello(&hello, message);
	if (err != NRS_OK)
		return err;
	struct nrs_txn *txn = txn_of(env, flow);
	if ((env->demand & BIT(TLS_VERSION)) != 0)
		nrs_txn_value(env->matcher, txn, NRS_F_TLS_VERSION, 0,
			      nrs_tls_version_name(hello.version, room));
	nrs_session_server_hello(env, txn, &hello, &fields);
	if (hello.is_retry && !session->tls_retry) {
		retry(session, side);
	} else if (!wants_chain) {
		side_done(session, side);
	} else if (is_13(hello.version)) {
		nrs_lack(env, NRS_C_CERT_HIDDEN);
		side_done(session, side);
	} else {
		session->side[side].tls.wants_chain = true;
	}
	return NRS_OK;
}

static int take(struct nrs_session_env *env, struct nrs_flow *flow,
		unsigned int side, const struct nrs_tls_unit *unit)
{
	struct nrs_session *session = flow->session;

	switch ((enum nrs_tls_unit_kind)unit->kind) {
	case NRS_TLS_HELLO:
		return unit->bytes.ptr[0] == HELLO_SERVER
			       ? server_hello(env, flow, side, unit->bytes)
			       : client_hello(env, flow, side, unit->bytes);
	case NRS_TLS_CERTIFICATE:
		nrs_session_certificate(env, txn_of(env, flow), unit->index,
					unit->bytes);
		if ((env->demand & NRS_HELLO_OF_CHAIN) == BIT(CERT_NAME))
			side_done(session, side); /* of the first alone */
		break;
	case NRS_TLS_LONG:
		nrs_lack(env, NRS_C_CERT_BAD);
		break;
	case NRS_TLS_CHANGE_CIPHER:
		/* Only for show, between the hellos of TLS 1.3. */
		if (!session->tls_retry)
			side_done(session, side);
		break;
	case NRS_TLS_CHAIN_END:
	case NRS_TLS_DONE:
	case NRS_TLS_DATA:
		side_done(session, side);
		break;
	case NRS_TLS_ALERT:
		session->tls_done = 3;
		break;
	}
	return NRS_OK;
}

/* The next unit; a room is lent where one is needed. */
static int next(struct nrs_session_env *env, struct nrs_tls_reader *reader,
		struct nrs_span *bytes, struct nrs_tls_unit *unit)
{
	int err = nrs_tls_read(reader, bytes, unit);

	if (err == NRS_E_NOMEM) {
		reader->room = nrs_slab_take(&env->pools->buffers);
		if (reader->room == NULL)
			return err;
		err = nrs_tls_read(reader, bytes, unit);
	}
	return err;
}

size_t nrs_session_tls(struct nrs_session_env *env, struct nrs_flow *flow,
		       unsigned int side, struct nrs_span bytes)
{
	struct nrs_session *session = flow->session;
	struct nrs_tls_reader *reader = &session->side[side].tls;
	struct nrs_span rest = bytes;
	struct nrs_tls_unit unit;
	int err = NRS_OK;

	while (err == NRS_OK && (session->tls_done & 1u << side) == 0) {
		err = next(env, reader, &rest, &unit);
		if (err == NRS_OK)
			err = take(env, flow, side, &unit);
	}
	if (reader->room != NULL && reader->have == 0) {
		nrs_slab_give(&env->pools->buffers, reader->room);
		reader->room = NULL;
	}
	if (err == NRS_E_NOMEM)
		nrs_lack(env, NRS_C_STREAM_NO_BUFFER);
	else if (err != NRS_OK && err != NRS_E_MORE)
		nrs_lack(env, NRS_C_TLS_BAD);
	if (session->tls_done == 3 || (err != NRS_OK && err != NRS_E_MORE))
		over(env, session);
	return bytes.len;
}
