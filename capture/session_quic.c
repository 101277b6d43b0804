/* SPDX-License-Identifier: Apache-2.0 */
/*
 * session_quic: the hellos in QUIC Initials are one transaction. A hello that
 * one frame holds is read where it was opened; others are joined in a room of
 * the shard's buffers. Keys are derived again for each packet: there are few,
 * and a flow keeps nothing but the connection ID that they come from.
 */
#include "capture/session_hello.h"

#include <assert.h>

#include "capture/proto/quic.h"

#define BIT(field) NRS_FIELD_BIT(NRS_F_##field)
#define OF_CLIENT                                                              \
	(BIT(QUIC_SNI) | BIT(QUIC_ALPN) | BIT(QUIC_VERSION) | BIT(QUIC_JA3) |  \
	 BIT(QUIC_JA4) | BIT(PROTOCOL))
#define OF_SERVER BIT(QUIC_JA3S)

#define MESSAGE_HEAD 4
#define HELLO_CLIENT 1
#define HELLO_SERVER 2
/* Packets of a flow that are opened, or tried to be. */
#define TRIES_MAX 16

static const struct nrs_hello_fields fields = {.sni = NRS_F_QUIC_SNI,
					       .alpn = NRS_F_QUIC_ALPN,
					       .ja3 = NRS_F_QUIC_JA3,
					       .ja4 = NRS_F_QUIC_JA4,
					       .ja3s = NRS_F_QUIC_JA3S,
					       .transport = 'q'};

/* What stands in a side's buffer. */
struct joining {
	struct nrs_quic_join join;
	uint8_t octets[NRS_SESSION_BUFFER - sizeof(struct nrs_quic_join)];
};
static_assert(sizeof(struct joining) <= NRS_SESSION_BUFFER, "one buffer");

static struct nrs_txn *txn_of(struct nrs_session_env *env,
			      struct nrs_flow *flow)
{
	struct nrs_pending *p = &flow->session->pending[0];

	if (p->is_open)
		return &p->txn;
	nrs_session_protocol(env, flow, NRS_TXN_QUIC);
	return &nrs_pending_new(env, flow, NRS_TXN_QUIC)->txn;
}

static void over(struct nrs_session_env *env, struct nrs_session *session)
{
	nrs_pending_end(env, &session->pending[0]);
	nrs_session_ignore(env, session);
}

static void give_room(struct nrs_session_env *env,
		      struct nrs_session_side *side)
{
	if (side->buffer != NULL)
		nrs_slab_give(&env->pools->buffers, side->buffer);
	side->buffer = NULL;
}

static void push_version(struct nrs_session_env *env, struct nrs_txn *txn,
			 uint32_t version)
{
	char room[12];

	if (nrs_wanted(env->demand, NRS_F_QUIC_VERSION))
		nrs_txn_value(env->matcher, txn, NRS_F_QUIC_VERSION, 0,
			      nrs_quic_version_name(version, room));
}

/* The hello of Google's QUIC: a name, and no fingerprint. */
static int google_hello(struct nrs_session_env *env, struct nrs_flow *flow,
			uint32_t version, struct nrs_span octets)
{
	struct nrs_span name;
	const int err = nrs_gquic_name(octets, &name);

	if (err != NRS_OK)
		return err;
	struct nrs_txn *txn = txn_of(env, flow);
	push_version(env, txn, version);
	if (name.len > 0)
		nrs_txn_value(env->matcher, txn, NRS_F_QUIC_SNI, 0, name);
	else
		nrs_lack(env, NRS_C_TLS_NO_NAME);
	return NRS_OK;
}

static int client_hello(struct nrs_session_env *env, struct nrs_flow *flow,
			uint32_t version, struct nrs_span message)
{
	struct nrs_tls_client_hello hello;
	const int err = nrs_tls_client_hello(&hello, message);

	if (err != NRS_OK)
		return err;
	struct nrs_txn *txn = txn_of(env, flow);
	push_version(env, txn, version);
	nrs_session_client_hello(env, txn, &hello, &fields);
	return NRS_OK;
}

static int server_hello(struct nrs_session_env *env, struct nrs_flow *flow,
			struct nrs_span message)
{
	struct nrs_tls_server_hello hello;
	const int err = nrs_tls_server_hello(&hello, message);

	if (err == NRS_OK)
		nrs_session_server_hello(env, txn_of(env, flow), &hello,
					 &fields);
	return err;
}

/* The octets of @message's first one and its head, once it is whole. */
static int take_message(struct nrs_session_env *env, struct nrs_flow *flow,
			uint32_t version, struct nrs_span octets)
{
	if (octets.len < MESSAGE_HEAD)
		return NRS_E_MORE;
	if (version == NRS_GQUIC_Q050)
		return google_hello(env, flow, version, octets);
	const size_t len =
		MESSAGE_HEAD + ((size_t)octets.ptr[1] << 16 |
				(size_t)octets.ptr[2] << 8 | octets.ptr[3]);
	if (octets.ptr[0] != HELLO_CLIENT && octets.ptr[0] != HELLO_SERVER)
		return NRS_E_FORMAT;
	if (len > sizeof(((struct joining *)NULL)->octets))
		return NRS_E_LIMIT;
	if (octets.len < len)
		return NRS_E_MORE;
	octets = nrs_span_part(octets, 0, len);
	return octets.ptr[0] == HELLO_CLIENT
		       ? client_hello(env, flow, version, octets)
		       : server_hello(env, flow, octets);
}

/* A frame that does not hold its message alone. */
static int join(struct nrs_session_env *env, struct nrs_session_side *side,
		const struct nrs_quic_crypto *crypto, struct nrs_span *octets)
{
	struct joining *joining = (void *)side->buffer;

	if (joining == NULL) {
		side->buffer = nrs_slab_take(&env->pools->buffers);
		joining = (void *)side->buffer;
		if (joining == NULL)
			return NRS_E_NOMEM;
		joining->join = (struct nrs_quic_join){.room = joining->octets};
	}
	const int err = nrs_quic_join_add(&joining->join,
					  sizeof(joining->octets), crypto);
	*octets = nrs_quic_joined(&joining->join);
	return err;
}

/* All CRYPTO frames of a packet. NRS_E_MORE: the hello is not whole yet. */
static int take_frames(struct nrs_session_env *env, struct nrs_flow *flow,
		       unsigned int which, uint32_t version,
		       struct nrs_span frames)
{
	struct nrs_session_side *side = &flow->session->side[which];
	struct nrs_quic_crypto crypto;
	int err = NRS_E_MORE;

	while (err == NRS_E_MORE) {
		err = nrs_quic_next(&frames, &crypto);
		if (err == NRS_E_NOTFOUND)
			return NRS_E_MORE;
		if (err != NRS_OK)
			break;
		struct nrs_span octets = crypto.data;
		err = NRS_E_MORE;
		if (crypto.offset == 0)
			err = take_message(env, flow, version, octets);
		if (err != NRS_E_MORE)
			break;
		err = join(env, side, &crypto, &octets);
		if (err == NRS_OK)
			err = take_message(env, flow, version, octets);
	}
	return err;
}

/* Open @p with the keys that @dcid leads to. */
static int open_with(struct nrs_session_env *env,
		     const struct nrs_quic_packet *p, struct nrs_span dcid,
		     bool is_server, struct nrs_span *frames)
{
	struct nrs_quic_keys keys;
	uint32_t version;
	int err = NRS_E_UNSUPPORTED;

	if (p->whole.len > NRS_SESSION_QUIC_ROOM)
		return NRS_E_LIMIT;
	for (unsigned int i = 0; err != NRS_OK; i++) {
		version = nrs_quic_spoken(p->version, i);
		if (version == 0)
			break;
		err = nrs_quic_keys(&keys, version, dcid, is_server,
				    env->hasher);
		if (err == NRS_OK)
			err = nrs_quic_open(p, &keys, env->cipher,
					    env->quic_room, frames);
	}
	return err;
}

/* The client is who sent a packet that its own connection ID opens: the first
 * one, and the first one behind a Retry. */
static int open_initial(struct nrs_session_env *env,
			struct nrs_session *session, unsigned int side,
			const struct nrs_quic_packet *p,
			struct nrs_span *frames)
{
	struct nrs_quic_connection *q = &session->quic;
	const struct nrs_span known = nrs_span(q->dcid, q->dcid_len);
	int err = NRS_E_FORMAT;

	if (q->is_begun)
		err = open_with(env, p, known, side != q->client, frames);
	if (err == NRS_OK || (q->is_begun && (side != q->client ||
					      nrs_span_equal(known, p->dcid))))
		return err;
	err = open_with(env, p, p->dcid, false, frames);
	if (err != NRS_OK)
		return err;
	*q = (struct nrs_quic_connection){.is_begun = true,
					  .client = (uint8_t)side,
					  .tries = q->tries,
					  .done = q->done,
					  .dcid_len = (uint8_t)p->dcid.len};
	if (p->dcid.len > 0)
		memcpy(q->dcid, p->dcid.ptr, p->dcid.len);
	give_room(env, &session->side[0]);
	give_room(env, &session->side[1]);
	return NRS_OK;
}

static void take_initial(struct nrs_session_env *env, struct nrs_flow *flow,
			 unsigned int side, const struct nrs_quic_packet *p)
{
	struct nrs_session *session = flow->session;
	struct nrs_quic_connection *q = &session->quic;
	struct nrs_span frames;

	if ((q->done & 1u << side) != 0 || (q->is_begun && side != q->client &&
					    (env->demand & OF_SERVER) == 0))
		return;
	if (++q->tries > TRIES_MAX) {
		nrs_lack(env, NRS_C_QUIC_BAD);
		over(env, session);
		return;
	}
	if (open_initial(env, session, side, p, &frames) != NRS_OK)
		return; /* perhaps of a connection that began unseen */
	const int err = take_frames(env, flow, side, p->version, frames);
	if (err == NRS_E_MORE)
		return;
	if (err == NRS_E_NOMEM)
		nrs_lack(env, NRS_C_STREAM_NO_BUFFER);
	else if (err != NRS_OK)
		nrs_lack(env, NRS_C_QUIC_BAD);
	give_room(env, &session->side[side]);
	q->done |= (uint8_t)(1u << side);
	if ((env->demand & OF_SERVER) == 0 || q->done == 3)
		over(env, session);
}

/* A connection of Google's QUIC in clear: its first datagram says all. */
static void take_google(struct nrs_session_env *env, struct nrs_flow *flow,
			struct nrs_span datagram)
{
	const uint32_t version = nrs_gquic_version(datagram);
	struct nrs_span hello;
	int err = nrs_gquic_find(datagram, &hello);

	if (err == NRS_OK)
		err = google_hello(env, flow, version, hello);
	if (err != NRS_OK)
		nrs_lack(env, NRS_C_QUIC_BAD);
	over(env, flow->session);
}

void nrs_session_quic_begin(struct nrs_session_env *env, struct nrs_flow *flow)
{
	nrs_count(env->counters, NRS_C_QUIC);
	if ((env->demand & (OF_CLIENT | OF_SERVER)) == 0)
		nrs_session_ignore(env, flow->session);
}

void nrs_session_quic(struct nrs_session_env *env, struct nrs_flow *flow,
		      unsigned int side, struct nrs_span datagram)
{
	struct nrs_session *session = flow->session;
	struct nrs_quic_packet p;

	if (!session->quic.is_begun && nrs_gquic_version(datagram) != 0) {
		take_google(env, flow, datagram);
		return;
	}
	while (session->kind == NRS_SESSION_QUIC && datagram.len > 0 &&
	       nrs_quic_packet(&p, &datagram) == NRS_OK) {
		if (p.type == NRS_QUIC_INITIAL)
			take_initial(env, flow, side, &p);
	}
}
