/* SPDX-License-Identifier: Apache-2.0 */
/*
 * session_dtls: the handshake of DTLS is one transaction, like that of TLS and
 * with its fields. Messages come in fragments, in whatever order; one that is
 * whole is read where it stands, another is joined in a buffer of the shard.
 */
#include "capture/session_hello.h"

#include <assert.h>

#include "capture/proto/dtls.h"
#include "capture/proto/quic.h"

#define VERSION_13 0xfefc

static const struct nrs_hello_fields fields = {.sni = NRS_F_TLS_SNI,
					       .alpn = NRS_F_TLS_ALPN,
					       .ja3 = NRS_F_TLS_JA3,
					       .ja4 = NRS_F_TLS_JA4,
					       .ja3s = NRS_F_TLS_JA3S,
					       .transport = 'd'};

/* What stands in a side's buffer: one message. */
struct joining {
	uint16_t sequence;
	struct nrs_quic_join join;
	uint8_t octets[NRS_SESSION_BUFFER - 128];
};
static_assert(sizeof(struct joining) <= NRS_SESSION_BUFFER, "one buffer");

static struct nrs_txn *txn_of(struct nrs_session_env *env,
			      struct nrs_flow *flow)
{
	struct nrs_pending *p = &flow->session->pending[0];

	if (p->is_open)
		return &p->txn;
	nrs_session_protocol(env, flow, NRS_TXN_DTLS);
	return &nrs_pending_new(env, flow, NRS_TXN_DTLS)->txn;
}

static void side_done(struct nrs_session_env *env, struct nrs_session *session,
		      unsigned int side)
{
	session->tls_done |= (uint8_t)(1u << side);
	nrs_session_give_buffer(env, &session->side[side]);
}

static int client_hello(struct nrs_session_env *env, struct nrs_flow *flow,
			unsigned int side, struct nrs_span body)
{
	struct nrs_tls_client_hello hello;
	const int err = nrs_dtls_client_hello(&hello, body);

	if (err != NRS_OK)
		return err;
	/* It comes again with the server's cookie, and says the same. */
	nrs_count(env->counters, NRS_C_TLS);
	nrs_session_asked(env, NRS_ASKED_TLS, 0, side);
	nrs_session_client_hello(env, txn_of(env, flow), &hello, &fields);
	side_done(env, flow->session, side);
	if ((env->demand & NRS_HELLO_OF_SERVER) == 0)
		flow->session->tls_done = 3;
	return NRS_OK;
}

static int server_hello(struct nrs_session_env *env, struct nrs_flow *flow,
			unsigned int which, struct nrs_span body)
{
	struct nrs_session_side *side = &flow->session->side[which];
	struct nrs_tls_server_hello hello;
	char room[24];

	if (side->has_head)
		return NRS_OK; /* sent again */
	const int err = nrs_dtls_server_hello(&hello, body);
	if (err != NRS_OK)
		return err;
	struct nrs_txn *txn = txn_of(env, flow);
	if (nrs_wanted(env->demand, NRS_F_TLS_VERSION))
		nrs_txn_value(env->matcher, txn, NRS_F_TLS_VERSION, 0,
			      nrs_tls_version_name(hello.version, room));
	nrs_session_server_hello(env, txn, &hello, &fields);
	if (hello.is_retry)
		return NRS_OK;
	side->has_head = true;
	if ((env->demand & NRS_HELLO_OF_CHAIN) == 0) {
		side_done(env, flow->session, which);
	} else if (hello.version == VERSION_13) {
		nrs_lack(env, NRS_C_CERT_HIDDEN);
		side_done(env, flow->session, which);
	}
	return NRS_OK;
}

static int chain(struct nrs_session_env *env, struct nrs_flow *flow,
		 unsigned int side, struct nrs_span body)
{
	unsigned int index = 0;
	struct nrs_span der;

	while (nrs_dtls_next_certificate(&body, &index, &der)) {
		nrs_session_certificate(env, txn_of(env, flow), index - 1, der);
		if ((env->demand & NRS_HELLO_OF_CHAIN) ==
		    NRS_FIELD_BIT(NRS_F_CERT_NAME))
			break; /* of the first alone */
	}
	side_done(env, flow->session, side);
	return NRS_OK;
}

static int take_message(struct nrs_session_env *env, struct nrs_flow *flow,
			unsigned int side, uint8_t type, struct nrs_span body)
{
	switch (type) {
	case NRS_DTLS_CLIENT_HELLO:
		return client_hello(env, flow, side, body);
	case NRS_DTLS_SERVER_HELLO:
		return server_hello(env, flow, side, body);
	default:
		return chain(env, flow, side, body);
	}
}

/* A fragment of a message that is not whole yet: one message of a side at a
 * time, and the one that began later wins. NRS_E_MORE: still not whole. */
static int join(struct nrs_session_env *env, struct nrs_session_side *side,
		const struct nrs_dtls_fragment *f, struct nrs_span *body)
{
	const struct nrs_quic_crypto piece = {.offset = f->offset,
					      .data = f->bytes};
	struct joining *joining = (void *)side->buffer;

	if (joining == NULL) {
		side->buffer = nrs_slab_take(&env->pools->buffers);
		joining = (void *)side->buffer;
		if (joining == NULL)
			return NRS_E_NOMEM;
		joining->join.count = 0;
		joining->sequence = f->sequence;
	}
	if (f->sequence < joining->sequence)
		return NRS_E_MORE;
	if (f->sequence > joining->sequence)
		joining->join.count = 0;
	joining->sequence = f->sequence;
	joining->join.room = joining->octets;
	const int err = nrs_quic_join_add(&joining->join,
					  sizeof(joining->octets), &piece);
	if (err != NRS_OK)
		return err;
	*body = nrs_quic_joined(&joining->join);
	return body->len < f->length ? NRS_E_MORE : NRS_OK;
}

static int take_fragment(struct nrs_session_env *env, struct nrs_flow *flow,
			 unsigned int which, const struct nrs_dtls_fragment *f)
{
	struct nrs_session_side *side = &flow->session->side[which];
	struct nrs_span body = f->bytes;
	int err = NRS_OK;

	/* The server's chain, not what a client answers to it. */
	const bool is_read =
		f->type == NRS_DTLS_CLIENT_HELLO ||
		(f->type == NRS_DTLS_SERVER_HELLO &&
		 (env->demand & (NRS_HELLO_OF_SERVER |
				 NRS_FIELD_BIT(NRS_F_PROTOCOL))) != 0) ||
		(f->type == NRS_DTLS_CERTIFICATE && side->has_head);
	if (!is_read)
		return NRS_OK;
	if (f->bytes.len < f->length)
		err = join(env, side, f, &body);
	if (err == NRS_E_MORE)
		return NRS_OK;
	if (err != NRS_OK)
		return err;
	err = take_message(env, flow, which, f->type,
			   nrs_span_part(body, 0, f->length));
	if (f->bytes.len < f->length)
		nrs_session_give_buffer(env, side);
	return err;
}

void nrs_session_dtls(struct nrs_session_env *env, struct nrs_flow *flow,
		      unsigned int side, struct nrs_span datagram)
{
	struct nrs_session *session = flow->session;
	struct nrs_dtls_fragment fragment;
	struct nrs_dtls_datagram d;
	int err = NRS_OK;

	nrs_dtls_open(&d, datagram);
	/* Where it is no DTLS, it is of another protocol on the same ports. */
	while (err == NRS_OK && (session->tls_done & 1u << side) == 0 &&
	       nrs_dtls_next(&d, &fragment) == NRS_OK)
		err = take_fragment(env, flow, side, &fragment);
	if (err == NRS_E_NOMEM)
		nrs_lack(env, NRS_C_STREAM_NO_BUFFER);
	else if (err != NRS_OK)
		nrs_lack(env, NRS_C_TLS_BAD);
	if (d.is_over || (err != NRS_OK && err != NRS_E_NOMEM))
		side_done(env, session, side);
	if (session->tls_done == 3) {
		nrs_pending_end(env, &session->pending[0]);
		nrs_session_ignore(env, session);
	}
}
