/* SPDX-License-Identifier: Apache-2.0 */
/*
 * session: which protocol a flow speaks, joining of segments, and the
 * transactions that wait for their other half.
 */
#include "capture/session_part.h"

#include "capture/session_part.h"

#define PORT_DNS 53
#define PORT_MDNS 5353
#define PORT_LLMNR 5355
/* Datagrams of a flow in which QUIC may begin. */
#define UDP_LOOKS 8
/* Segments of a flow in which TLS may. */
#define TCP_LOOKS 16

static struct nrs_session *session_of(struct nrs_session_env *env,
				      struct nrs_flow *flow)
{
	if (flow->session != NULL || (flow->flags & NRS_FLOW_NO_SESSION) != 0)
		return flow->session;
	struct nrs_session *session = nrs_slab_take(env->sessions);
	if (session == NULL) {
		nrs_count(env->counters, NRS_C_STREAM_NO_BUFFER);
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

struct nrs_pending *nrs_pending_new(struct nrs_session_env *env,
				    struct nrs_flow *flow,
				    enum nrs_txn_kind kind)
{
	struct nrs_session *session = flow->session;
	struct nrs_pending *found = NULL;

	for (unsigned int i = 0; i < NRS_SESSION_PENDING; i++) {
		struct nrs_pending *p = &session->pending[(session->first + i) %
							  NRS_SESSION_PENDING];
		if (!p->is_open) {
			found = p;
			break;
		}
	}
	if (found == NULL) { /* more than fit wait: the oldest ends */
		found = &session->pending[session->first];
		nrs_pending_end(env, found);
		session->first =
			(uint8_t)((session->first + 1) % NRS_SESSION_PENDING);
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
	const uint8_t bit = (uint8_t)(1u << kind);

	if ((flow->info.protocols & bit) != 0)
		return;
	flow->info.protocols |= bit;
	nrs_txn_value(env->matcher, &flow->txn, NRS_F_PROTOCOL, 0,
		      nrs_span_of(nrs_txn_protocol(kind)));
}

static bool is_dns_port(const struct nrs_flow_info *info)
{
	const uint16_t ports[] = {PORT_DNS, PORT_MDNS, PORT_LLMNR};

	for (unsigned int i = 0; i < 3; i++) {
		if (info->src_port == ports[i] || info->dst_port == ports[i])
			return true;
	}
	return false;
}

void nrs_session_datagram(struct nrs_session_env *env, struct nrs_flow *flow,
			  unsigned int side, struct nrs_span payload)
{
	if (payload.len == 0 || (flow->flags & NRS_FLOW_NO_SESSION) != 0)
		return;
	if (is_dns_port(&flow->info)) {
		if (session_of(env, flow) != NULL)
			nrs_session_dns(env, flow, side, payload);
	} else if (flow->session != NULL || nrs_quic_sniff(payload) ||
		   nrs_gquic_version(payload) != 0) {
		if (session_of(env, flow) != NULL)
			nrs_session_quic(env, flow, side, payload);
	} else if (flow->packets[0] + flow->packets[1] >= UDP_LOOKS) {
		flow->flags |= NRS_FLOW_NO_SESSION;
	}
}

static void give_buffer(struct nrs_session_env *env,
			struct nrs_session_side *side)
{
	if (side->buffer != NULL)
		nrs_slab_give(env->buffers, side->buffer);
	side->buffer = NULL;
	side->buffered = 0;
}

static void give_all(struct nrs_session_env *env, struct nrs_session *session)
{
	for (unsigned int i = 0; i < 2; i++) {
		struct nrs_session_side *side = &session->side[i];

		give_buffer(env, side);
		if (side->tls.room != NULL)
			nrs_slab_give(env->buffers, side->tls.room);
		side->tls.room = NULL;
	}
}

void nrs_session_ignore(struct nrs_session_env *env,
			struct nrs_session *session)
{
	session->kind = NRS_SESSION_IGNORED;
	give_all(env, session);
}

/* The protocol by the first bytes; UNKNOWN: too few to say. */
static enum nrs_session_kind sniff(const struct nrs_session_env *env,
				   const struct nrs_flow *flow,
				   struct nrs_span bytes)
{
	const int http = nrs_http1_sniff(bytes);
	const int tls = nrs_tls_sniff(bytes);
	if (http == NRS_OK)
		return NRS_SESSION_HTTP;
	if (tls == NRS_OK)
		return NRS_SESSION_TLS;
	if (http == NRS_E_MORE || tls == NRS_E_MORE)
		return NRS_SESSION_UNKNOWN;
	/* A length and a message say nothing of themselves: the port does. */
	if (flow->info.dst_port == PORT_DNS || flow->info.src_port == PORT_DNS)
		return NRS_SESSION_DNS;
	return nrs_session_tls_wanted(env) ? NRS_SESSION_WATCHED
					   : NRS_SESSION_IGNORED;
}

/* Some other protocol: TLS may begin in it later (STARTTLS), with a segment.
 * Nothing is kept of what comes before. */
static size_t watch(struct nrs_session_env *env, struct nrs_session *session,
		    struct nrs_span bytes)
{
	const int tls = nrs_tls_sniff(bytes);

	if (tls == NRS_E_MORE)
		return 0;
	if (tls == NRS_OK)
		session->kind = NRS_SESSION_TLS;
	else if (++session->looks == TCP_LOOKS)
		nrs_session_ignore(env, session);
	return tls == NRS_OK ? 0 : bytes.len;
}

/* Parse what can be parsed; how many octets are done with. */
static size_t parse(struct nrs_session_env *env, struct nrs_flow *flow,
		    unsigned int side, struct nrs_span bytes)
{
	struct nrs_session *session = flow->session;
	size_t done = 0;

	if (session->kind == NRS_SESSION_UNKNOWN)
		session->kind = (uint8_t)sniff(env, flow, bytes);
	while (done < bytes.len) {
		const struct nrs_span rest = nrs_span_from(bytes, done);
		size_t step = 0;

		switch ((enum nrs_session_kind)session->kind) {
		case NRS_SESSION_DNS:
			step = nrs_session_dns_tcp(env, flow, side, rest);
			break;
		case NRS_SESSION_HTTP:
			step = nrs_session_http(env, flow, side, rest);
			break;
		case NRS_SESSION_WATCHED:
			step = watch(env, session, rest);
			if (session->kind != NRS_SESSION_TLS)
				break;
			continue;
		case NRS_SESSION_TLS:
			step = nrs_session_tls(env, flow, side, rest);
			break;
		case NRS_SESSION_UNKNOWN:
			return done;
		case NRS_SESSION_QUIC:
		case NRS_SESSION_IGNORED:
			return bytes.len;
		}
		if (step == 0)
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
		side->buffer = nrs_slab_take(env->buffers);
		side->buffered = 0;
	}
	if (side->buffer == NULL ||
	    bytes.len > NRS_SESSION_BUFFER - side->buffered) {
		nrs_count(env->counters, NRS_C_STREAM_NO_BUFFER);
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

	if (session->kind != NRS_SESSION_HTTP) {
		nrs_session_ignore(env, session);
		return;
	}
	nrs_session_http_cut(env, flow, which);
	give_buffer(env, &session->side[which]);
}

void nrs_session_bytes(struct nrs_session_env *env, struct nrs_flow *flow,
		       unsigned int which, struct nrs_span bytes)
{
	struct nrs_session *session = session_of(env, flow);

	if (session == NULL || session->kind == NRS_SESSION_IGNORED)
		return;
	struct nrs_session_side *side = &session->side[which];
	if (side->buffered == 0) {
		const size_t done = parse(env, flow, which, bytes);

		if (!keep(env, side, nrs_span_from(bytes, done)))
			give_up(env, flow, which);
		return;
	}
	if (!keep(env, side, bytes)) {
		give_up(env, flow, which);
		return;
	}
	const struct nrs_span joined = nrs_span(side->buffer, side->buffered);
	const size_t done = parse(env, flow, which, joined);
	if (side->buffer == NULL)
		return; /* ignored meanwhile */
	if (done >= side->buffered) {
		give_buffer(env, side);
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
	struct nrs_session_side *side = &session->side[which];
	if (session->kind == NRS_SESSION_HTTP && side->in_body &&
	    nrs_http1_framing_skip(&side->framing, len)) {
		side->in_body = !nrs_http1_framing_done(&side->framing);
		return;
	}
	/* A head, a hello or a length is lost: nothing tells where the next
	 * message begins. HTTP may begin anew with the next segment. */
	if (session->kind == NRS_SESSION_HTTP)
		nrs_session_http_cut(env, flow, which);
	give_buffer(env, side);
	side->in_body = false;
	if (session->kind != NRS_SESSION_HTTP)
		nrs_session_ignore(env, session);
}

void nrs_session_overdue(struct nrs_session_env *env, struct nrs_flow *flow)
{
	struct nrs_session *session = flow->session;

	nrs_txn_overdue(env->matcher, &flow->txn);
	for (unsigned int i = 0; session != NULL && i < NRS_SESSION_PENDING;
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
		if (session->kind == NRS_SESSION_HTTP)
			nrs_session_http_cut(env, flow, i);
	}
	for (unsigned int i = 0; i < NRS_SESSION_PENDING; i++)
		nrs_pending_end(env, &session->pending[(session->first + i) %
						       NRS_SESSION_PENDING]);
	give_all(env, session);
	nrs_slab_give(env->sessions, session);
	flow->session = NULL;
}
