/* SPDX-License-Identifier: Apache-2.0 */
/*
 * session: which protocol a flow speaks, joining of segments, and the
 * transactions that wait for their other half.
 */
#include "capture/session_part.h"

#include <netinet/in.h>

#include "capture/expect.h"
#include "capture/files.h"
#include "capture/proto/dtls.h"
#include "capture/session_http2.h"
#include "engine/value_text.h"

/* Datagrams of a flow in which a protocol may begin. */
#define UDP_LOOKS 8

int nrs_session_pools_init(struct nrs_session_pools *pools, uint32_t sessions,
			   uint32_t buffers, uint32_t states, uint32_t files)
{
	int err = nrs_slab_init(&pools->sessions, sizeof(struct nrs_session),
				sessions);

	/* A room is large, and few speak it in clear. */
	if (err == NRS_OK)
		err = nrs_session_http2_pool(&pools->http2, states / 16 + 1);
	if (err == NRS_OK)
		err = nrs_slab_init(&pools->buffers, NRS_SESSION_BUFFER,
				    buffers);
	if (err == NRS_OK)
		err = nrs_slab_init(&pools->states, NRS_SESSION_STATE, states);
	if (err == NRS_OK)
		err = nrs_files_init(&pools->files, files);
	if (err == NRS_OK)
		err = nrs_unpack_pools_init(&pools->unpack, files / 8 + 1, 2);
	if (err == NRS_OK)
		err = nrs_expect_init(&pools->expected, 64);
	return err;
}

void nrs_session_pools_fini(struct nrs_session_pools *pools)
{
	nrs_slab_fini(&pools->sessions);
	nrs_slab_fini(&pools->buffers);
	nrs_slab_fini(&pools->states);
	nrs_slab_fini(&pools->files);
	nrs_unpack_pools_fini(&pools->unpack);
	nrs_expect_fini(&pools->expected);
	nrs_slab_fini(&pools->http2);
}

void nrs_lack(struct nrs_session_env *env, enum nrs_counter which)
{
	nrs_count(env->counters, which);
	if (env->lack != NULL)
		env->lack(env->ctx, which);
}

static struct nrs_session *session_of(struct nrs_session_env *env,
				      struct nrs_flow *flow)
{
	if (flow->session != NULL || (flow->flags & NRS_FLOW_NO_SESSION) != 0)
		return flow->session;
	struct nrs_session *session = nrs_slab_take(&env->pools->sessions);
	if (session == NULL) {
		nrs_lack(env, NRS_C_STREAM_NO_BUFFER);
		flow->flags |= NRS_FLOW_NO_SESSION;
		return NULL;
	}
	*session = (struct nrs_session){0};
	flow->session = session;
	return session;
}

bool nrs_session_reads(const struct nrs_flow *flow)
{
	return (flow->flags & NRS_FLOW_NO_SESSION) == 0 &&
	       (flow->session == NULL ||
		flow->session->kind != NRS_SESSION_IGNORED);
}

bool nrs_session_interprets(const struct nrs_flow *flow)
{
	return flow->session != NULL && nrs_session_reads(flow) &&
	       flow->session->kind != NRS_SESSION_WATCHED;
}

struct nrs_pending *nrs_pending_oldest(struct nrs_session *session,
				       bool is_waiting)
{
	struct nrs_pending *oldest = NULL;

	for (unsigned int i = 0; i < NRS_SESSION_SLOTS; i++) {
		struct nrs_pending *p = &session->pending[i];

		if (p->is_open && !(is_waiting && p->is_answered) &&
		    (oldest == NULL || p->txn.number < oldest->txn.number))
			oldest = p;
	}
	return oldest;
}

struct nrs_pending *nrs_pending_new(struct nrs_session_env *env,
				    struct nrs_flow *flow,
				    enum nrs_txn_kind kind)
{
	struct nrs_session *session = flow->session;
	struct nrs_pending *found = NULL;
	unsigned int waiting = 0;

	for (unsigned int i = 0; i < NRS_SESSION_SLOTS; i++) {
		struct nrs_pending *p = &session->pending[i];

		waiting += p->is_open && !p->is_answered;
		if (!p->is_open && found == NULL)
			found = p;
	}
	/* More than fit: the oldest ends. */
	if (waiting >= NRS_SESSION_PENDING || found == NULL) {
		found = nrs_pending_oldest(session,
					   waiting >= NRS_SESSION_PENDING);
		nrs_pending_end(env, found);
	}
	*found = (struct nrs_pending){.is_open = true};
	nrs_txn_begin(&found->txn, &flow->txn, kind, ++flow->txn_count,
		      env->now_ns);
	return found;
}

void nrs_pending_end(struct nrs_session_env *env, struct nrs_pending *pending)
{
	if (!pending->is_open)
		return;
	nrs_txn_end(env->matcher, &pending->txn);
	pending->is_open = false;
}

void nrs_session_protocol(struct nrs_session_env *env, struct nrs_flow *flow,
			  enum nrs_txn_kind kind)
{
	const uint32_t bit = 1u << kind;
	const unsigned int place =
		(nrs_transport_name(flow->info.proto) != NULL ? 2u : 1u) +
		(unsigned int)__builtin_popcount(flow->info.protocols);

	if ((flow->info.protocols & bit) != 0)
		return;
	flow->info.protocols |= bit;
	nrs_txn_value(env->matcher, &flow->txn, NRS_F_PROTOCOL, place,
		      nrs_span_of(nrs_txn_protocol(kind)));
}

void nrs_session_push(struct nrs_session_env *env, struct nrs_txn *txn,
		      enum nrs_field field, struct nrs_span value)
{
	if (nrs_wanted(env->demand, field) && value.len > 0)
		nrs_txn_value(env->matcher, txn, field, 0, value);
}

static bool is_wanted(const struct nrs_session_env *env,
		      const struct nrs_dissector *d)
{
	return d->fields == 0 || (env->demand & d->fields) != 0;
}

/* The protocol of a flow's datagram; UNKNOWN: none that is read. */
static enum nrs_session_kind sniff_datagram(const struct nrs_session_env *env,
					    const struct nrs_flow *flow,
					    struct nrs_span payload)
{
	for (unsigned int kind = 0; kind < NRS_SESSION_KINDS; kind++) {
		const struct nrs_dissector *d = &nrs_dissectors[kind];

		if (d->sniff_datagram == NULL || !is_wanted(env, d))
			continue;
		if (d->sniff_datagram(env, flow, payload) == NRS_OK)
			return (enum nrs_session_kind)kind;
	}
	return NRS_SESSION_UNKNOWN;
}

void nrs_session_datagram(struct nrs_session_env *env, struct nrs_flow *flow,
			  unsigned int side, struct nrs_span payload)
{
	if (payload.len == 0 || (flow->flags & NRS_FLOW_NO_SESSION) != 0)
		return;
	if (flow->session == NULL) {
		const enum nrs_session_kind kind =
			sniff_datagram(env, flow, payload);

		if (kind == NRS_SESSION_UNKNOWN) {
			/* Peers look for a way to each other before. */
			if (flow->packets[0] + flow->packets[1] >= UDP_LOOKS &&
			    !nrs_dtls_is_prelude(payload))
				flow->flags |= NRS_FLOW_NO_SESSION;
			return;
		}
		if (session_of(env, flow) == NULL)
			return;
		nrs_session_become(env, flow, kind);
	}
	const struct nrs_dissector *d = &nrs_dissectors[flow->session->kind];
	if (d->datagram != NULL)
		d->datagram(env, flow, side, payload);
}

void nrs_session_give_buffer(struct nrs_session_env *env,
			     struct nrs_session_side *side)
{
	if (side->buffer != NULL)
		nrs_slab_give(&env->pools->buffers, side->buffer);
	side->buffer = NULL;
	side->buffered = 0;
}

static void give_all(struct nrs_session_env *env, struct nrs_session *session)
{
	for (unsigned int i = 0; i < 2; i++) {
		struct nrs_session_side *side = &session->side[i];

		nrs_session_give_buffer(env, side);
		if (side->tls.room != NULL)
			nrs_slab_give(&env->pools->buffers, side->tls.room);
		side->tls.room = NULL;
	}
}

static void give_state(struct nrs_session_env *env, struct nrs_session *session)
{
	const struct nrs_dissector *d = &nrs_dissectors[session->kind];

	if (d->end != NULL)
		d->end(env, session);
	if (session->state != NULL)
		nrs_slab_give(&env->pools->states, session->state);
	session->state = NULL;
}

void *nrs_session_state(struct nrs_session_env *env,
			struct nrs_session *session)
{
	if (session->state == NULL) {
		session->state = nrs_slab_take(&env->pools->states);
		if (session->state == NULL)
			nrs_lack(env, NRS_C_STREAM_NO_BUFFER);
	}
	return session->state;
}

void nrs_session_ignore(struct nrs_session_env *env,
			struct nrs_session *session)
{
	give_state(env, session);
	session->kind = NRS_SESSION_IGNORED;
	give_all(env, session);
}

void nrs_session_become(struct nrs_session_env *env, struct nrs_flow *flow,
			enum nrs_session_kind kind)
{
	if (kind == NRS_SESSION_IGNORED) {
		nrs_session_ignore(env, flow->session);
		return;
	}
	give_state(env, flow->session);
	flow->session->kind = (uint8_t)kind;
	if (nrs_dissectors[kind].begin != NULL)
		nrs_dissectors[kind].begin(env, flow);
}

/* The protocol by the first bytes; UNKNOWN: too few to say. */
static enum nrs_session_kind sniff(const struct nrs_session_env *env,
				   const struct nrs_flow *flow,
				   struct nrs_span bytes)
{
	bool is_short = false;

	for (unsigned int kind = 0; kind < NRS_SESSION_KINDS; kind++) {
		const struct nrs_dissector *d = &nrs_dissectors[kind];
		int err;

		/* A guess waits for what has a face. */
		if (d->sniff == NULL || !is_wanted(env, d) ||
		    (is_short && d->is_guess))
			continue;
		err = d->sniff(env, flow, bytes);
		if (err == NRS_OK)
			return (enum nrs_session_kind)kind;
		is_short |= err == NRS_E_MORE;
	}
	return is_short ? NRS_SESSION_UNKNOWN : NRS_SESSION_IGNORED;
}

/* Parse what can be parsed; how many octets are done with. */
static size_t parse(struct nrs_session_env *env, struct nrs_flow *flow,
		    unsigned int side, struct nrs_span bytes)
{
	struct nrs_session *session = flow->session;
	size_t done = 0;

	while (done < bytes.len) {
		const struct nrs_span rest = nrs_span_from(bytes, done);
		const uint8_t kind = session->kind;
		size_t step = 0;

		if (kind == NRS_SESSION_UNKNOWN)
			nrs_session_become(env, flow, sniff(env, flow, rest));
		else if (nrs_dissectors[kind].bytes != NULL)
			step = nrs_dissectors[kind].bytes(env, flow, side,
							  rest);
		if (session->kind == NRS_SESSION_IGNORED)
			return bytes.len;
		if (step == 0 && session->kind == kind)
			return done;
		done += step;
	}
	return done;
}

/* Keep what could not be parsed yet, behind what is kept already. */
static bool keep(struct nrs_session_env *env, struct nrs_session_side *side,
		 struct nrs_span bytes)
{
	if (bytes.len == 0)
		return true;
	if (side->buffer == NULL) {
		side->buffer = nrs_slab_take(&env->pools->buffers);
		side->buffered = 0;
	}
	if (side->buffer == NULL ||
	    bytes.len > NRS_SESSION_BUFFER - side->buffered) {
		nrs_lack(env, NRS_C_STREAM_NO_BUFFER);
		return false;
	}
	memcpy(side->buffer + side->buffered, bytes.ptr, bytes.len);
	side->buffered += (uint32_t)bytes.len;
	return true;
}

/* What is kept grows no more. Of a head too long its beginning counts, and the
 * next one may begin with a segment. */
static void give_up(struct nrs_session_env *env, struct nrs_flow *flow,
		    unsigned int which)
{
	struct nrs_session *session = flow->session;

	if (nrs_dissectors[session->kind].cut == NULL) {
		nrs_session_ignore(env, session);
		return;
	}
	nrs_dissectors[session->kind].cut(env, flow, which);
	nrs_session_give_buffer(env, &session->side[which]);
}

/* Octets before which none are kept. */
__attribute__((always_inline)) static inline void
take_first(struct nrs_session_env *env, struct nrs_flow *flow,
	   unsigned int which, struct nrs_span bytes)
{
	const size_t done = parse(env, flow, which, bytes);

	if (!keep(env, &flow->session->side[which], nrs_span_from(bytes, done)))
		give_up(env, flow, which);
}

void nrs_session_bytes(struct nrs_session_env *env, struct nrs_flow *flow,
		       unsigned int which, struct nrs_span bytes)
{
	struct nrs_session *session = session_of(env, flow);

	if (session == NULL)
		return;
	if (session->kind == NRS_SESSION_IGNORED) {
		flow->flags |= NRS_FLOW_NO_SESSION; /* who asks sees it there */
		return;
	}
	struct nrs_session_side *side = &session->side[which];
	if (side->buffered == 0) {
		take_first(env, flow, which, bytes);
		return;
	}
	if (!keep(env, side, bytes)) {
		give_up(env, flow, which);
		return;
	}
	const struct nrs_span joined = nrs_span(side->buffer, side->buffered);
	const bool was_unknown = session->kind == NRS_SESSION_UNKNOWN;
	const size_t done = parse(env, flow, which, joined);
	if (side->buffer == NULL)
		return; /* ignored meanwhile */
	/* What waited for this segment was nothing: the segment may be. */
	if (was_unknown && session->kind == NRS_SESSION_WATCHED) {
		nrs_session_give_buffer(env, side);
		take_first(env, flow, which, bytes);
		return;
	}
	if (done >= side->buffered) {
		nrs_session_give_buffer(env, side);
	} else if (done > 0) {
		memmove(side->buffer, side->buffer + done,
			side->buffered - done);
		side->buffered -= (uint32_t)done;
	}
}

void nrs_session_gap(struct nrs_session_env *env, struct nrs_flow *flow,
		     unsigned int which, uint32_t len)
{
	struct nrs_session *session = flow->session;

	if (session == NULL || session->kind == NRS_SESSION_IGNORED)
		return;
	if (nrs_dissectors[session->kind].gap == NULL)
		nrs_session_ignore(env, session);
	else
		nrs_dissectors[session->kind].gap(env, flow, which, len);
}

void nrs_session_overdue(struct nrs_session_env *env, struct nrs_flow *flow)
{
	struct nrs_session *session = flow->session;

	nrs_txn_overdue(env->matcher, &flow->txn);
	if (session != NULL && nrs_dissectors[session->kind].overdue != NULL)
		nrs_dissectors[session->kind].overdue(env, flow);
	for (unsigned int i = 0; session != NULL && i < NRS_SESSION_SLOTS;
	     i++) {
		struct nrs_pending *p = &session->pending[i];

		if (p->is_open &&
		    env->now_ns - p->txn.start_ns >= NRS_TXN_OPEN_NS)
			nrs_txn_overdue(env->matcher, &p->txn);
	}
}

void nrs_session_end(struct nrs_session_env *env, struct nrs_flow *flow)
{
	struct nrs_session *session = flow->session;

	if (session == NULL)
		return;
	for (unsigned int i = 0; i < 2; i++) {
		if (nrs_dissectors[session->kind].cut != NULL)
			nrs_dissectors[session->kind].cut(env, flow, i);
	}
	for (struct nrs_pending *p;
	     (p = nrs_pending_oldest(session, false)) != NULL;)
		nrs_pending_end(env, p);
	give_state(env, session);
	give_all(env, session);
	nrs_slab_give(&env->pools->sessions, session);
	flow->session = NULL;
}
