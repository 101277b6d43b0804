/* SPDX-License-Identifier: Apache-2.0 */
/*
 * worker_tcp: both sides of a TCP flow as streams, and what became of it.
 *
 * Segments in order go to the session where they stand. One that comes early
 * is kept, as long as somebody reads the flow, until those before it come, or
 * until they will not: the receiver has acknowledged them, so that it had them
 * and we did not; nothing of the receiver is ever seen and two seconds are
 * over; there is no room for more; or the flow is over. Then the hole is a gap,
 * and counted.
 *
 * What comes first stays: octets that were delivered or kept are never
 * replaced. Segments that say something else about them are counted, and so are
 * those that are cut at other places, so that nobody can tell.
 */
#include "capture/worker_state.h"

#include "engine/base/octets.h"
#include "engine/base/stamp.h"

#define TCP_FIN 0x01
#define TCP_SYN 0x02
#define TCP_RST 0x04
#define TCP_ACK 0x10

/* After so long a retransmission would have come (RFC 6298: at first after a
 * second). */
#define ONE_SIDED_WAIT_NS (2 * NRS_SECOND_NS)

static void tcp_outcome(struct nrs_worker *w, const struct nrs_datagram *d,
			unsigned int side)
{
	struct nrs_flow *flow = w->flow;
	const bool was_answered = flow->info.outcome >= NRS_OUTCOME_ANSWERED;

	if (side == 1) {
		nrs_worker_raise(w,
				 (d->tcp_flags & TCP_RST) != 0 && !was_answered
					 ? NRS_OUTCOME_BLOCKED
					 : NRS_OUTCOME_ANSWERED);
	} else {
		/* The last step of the handshake, or data of both sides. */
		if (was_answered &&
		    (d->tcp_flags & (TCP_ACK | TCP_RST | TCP_SYN)) == TCP_ACK)
			nrs_worker_raise(w, NRS_OUTCOME_ESTABLISHED);
	}
}

/* Octets that were delivered come again. */
__attribute__((noinline)) static void
check_repeated(struct nrs_worker *w, unsigned int side,
	       const struct nrs_stream_piece *piece)
{
	const struct nrs_session *session = w->flow->session;

	/* A keep-alive repeats one octet, often another one. */
	if (piece->len < 2 || !nrs_session_interprets(w->flow))
		return;
	switch (nrs_repeat_ask(&session->side[side].repeat, w->options.key,
			       piece->seq, piece->bytes)) {
	case NRS_REPEATED_SAME:
		break;
	case NRS_REPEATED_OTHER:
		nrs_lack(&w->env, NRS_C_STREAM_OVERLAPS);
		break;
	case NRS_REPEATED_UNKNOWN:
		nrs_count(&w->counters, NRS_C_STREAM_UNCHECKED);
		break;
	}
}

/* Octets that will never come. */
static void lose(struct nrs_worker *w, unsigned int side, uint32_t len)
{
	if (w->has_payloads)
		nrs_worker_payload_gap(w, side, len);
	nrs_session_gap(&w->env, w->flow, side, len);
}

/* Does anybody read what comes of @side? */
static bool is_read(const struct nrs_worker *w, unsigned int side)
{
	return nrs_session_reads(w->flow) || nrs_worker_looks(w, side);
}

/* What is next in line, perhaps behind octets that were delivered. */
static void deliver(struct nrs_worker *w, unsigned int side,
		    const struct nrs_stream_piece *piece)
{
	struct nrs_flow *flow = w->flow;
	const uint32_t skip = flow->next_seq[side] - piece->seq;

	if (skip > 0)
		check_repeated(w, side, piece);
	if (nrs_seq_after(piece->seq + piece->len, flow->next_seq[side]) <= 0)
		return; /* all of it was seen before */
	flow->next_seq[side] = piece->seq + piece->len;
	/* What a body holds is not read: only where it ends. */
	const bool is_body =
		flow->session != NULL && flow->session->side[side].in_body;
	if (piece->bytes.len > skip && nrs_worker_looks(w, side))
		nrs_worker_payload(w, side, nrs_span_from(piece->bytes, skip));
	if (piece->bytes.len > skip)
		nrs_session_bytes(&w->env, flow, side,
				  nrs_span_from(piece->bytes, skip));
	if (!is_body && flow->session != NULL && nrs_session_interprets(flow))
		nrs_repeat_note(&flow->session->side[side].repeat,
				w->options.key, piece->seq, piece->bytes);
	if (piece->bytes.len < piece->len) {
		if (is_read(w, side))
			flow->blind |= NRS_BLIND_BIT(NRS_B_CUT);
		lose(w, side, piece->len - (uint32_t)piece->bytes.len);
	}
}

static void gap(struct nrs_worker *w, unsigned int side, uint32_t next_seq)
{
	struct nrs_flow *flow = w->flow;
	const uint32_t len = next_seq - flow->next_seq[side];

	flow->next_seq[side] = next_seq;
	if (!is_read(w, side))
		return;
	nrs_lack(&w->env, NRS_C_STREAM_GAPS);
	nrs_count_add(&w->counters, NRS_C_STREAM_GAP_BYTES, len);
	lose(w, side, len);
}

/* Deliver what is kept and next in line now. */
static void drain(struct nrs_worker *w, unsigned int side)
{
	struct nrs_flow *flow = w->flow;
	struct nrs_stream_side *kept = &flow->stream->side[side];

	while (kept->first != NULL &&
	       nrs_seq_after(kept->first->seq, flow->next_seq[side]) <= 0) {
		const struct nrs_segment *s = kept->first;
		const struct nrs_stream_piece piece = {
			.bytes = nrs_span(s->bytes, s->got),
			.seq = s->seq,
			.len = s->len};

		deliver(w, side, &piece);
		nrs_stream_drop(&w->shard->streams, kept);
	}
	kept->since_ns = w->env.now_ns;
	if (flow->stream->side[0].first == NULL &&
	    flow->stream->side[1].first == NULL)
		flow->flags &= (uint8_t)~NRS_FLOW_HAS_KEPT;
}

/* What is missing before the first segment kept will not come. */
static void leap(struct nrs_worker *w, unsigned int side)
{
	gap(w, side, w->flow->stream->side[side].first->seq);
	drain(w, side);
}

static void leap_all(struct nrs_worker *w, unsigned int side)
{
	while (w->flow->stream->side[side].first != NULL)
		leap(w, side);
}

/* False: there is no room, and nothing is kept of this side any more. */
static bool keep(struct nrs_worker *w, unsigned int side,
		 const struct nrs_stream_piece *piece)
{
	struct nrs_flow *flow = w->flow;
	bool differs = false;

	if (flow->stream == NULL)
		flow->stream = nrs_stream_new(&w->shard->streams);
	if (flow->stream == NULL)
		return false;
	struct nrs_stream_side *kept = &flow->stream->side[side];
	if (kept->first == NULL)
		kept->since_ns = w->env.now_ns;
	nrs_count(&w->counters, NRS_C_STREAM_EARLY);
	const int err =
		nrs_stream_keep(&w->shard->streams, kept, piece, &differs);
	if (differs)
		nrs_lack(&w->env, NRS_C_STREAM_OVERLAPS);
	flow->flags |= NRS_FLOW_HAS_KEPT;
	if (err == NRS_OK)
		return true;
	nrs_lack(&w->env, NRS_C_STREAM_NO_BUFFER);
	leap_all(w, side);
	return false;
}

static void take_piece(struct nrs_worker *w, unsigned int side,
		       const struct nrs_stream_piece *piece)
{
	struct nrs_flow *flow = w->flow;
	const bool is_early =
		nrs_seq_after(piece->seq, flow->next_seq[side]) > 0;

	if (is_early && is_read(w, side) && keep(w, side, piece))
		return;
	if (nrs_seq_after(piece->seq, flow->next_seq[side]) > 0)
		gap(w, side, piece->seq);
	deliver(w, side, piece);
	if ((flow->flags & NRS_FLOW_HAS_KEPT) != 0)
		drain(w, side);
}

/* What is kept and need not wait any longer: of the other side what this
 * packet acknowledges, of this side what nobody ever acknowledges. */
static void end_waiting(struct nrs_worker *w, const struct nrs_datagram *d,
			unsigned int side)
{
	struct nrs_flow *flow = w->flow;
	struct nrs_stream_side *own = &flow->stream->side[side];
	struct nrs_stream_side *other = &flow->stream->side[side ^ 1];
	const uint32_t ack = nrs_u32(d->data + d->l4_off + 8);

	while ((d->tcp_flags & TCP_ACK) != 0 && other->first != NULL &&
	       nrs_seq_after(ack, other->first->seq) > 0)
		leap(w, side ^ 1);
	if (own->first != NULL && flow->packets[side ^ 1] == 0 &&
	    w->env.now_ns - own->since_ns > ONE_SIDED_WAIT_NS)
		leap(w, side);
}

/* Another beginning of the same side: what was kept is of the one before. */
static void begin_stream(struct nrs_worker *w, unsigned int side, uint32_t seq)
{
	struct nrs_flow *flow = w->flow;

	if ((flow->flags & NRS_FLOW_HAS_KEPT) != 0 &&
	    (!flow->has_seq[side] || flow->next_seq[side] != seq))
		leap_all(w, side);
	if (flow->has_seq[side] && flow->next_seq[side] != seq)
		nrs_worker_payload_end(w, side);
	flow->has_seq[side] = true;
	flow->next_seq[side] = seq;
}

/* Nobody reads them, and none are kept: what is next moves, and that is all. */
static inline bool is_passed(const struct nrs_worker *w, unsigned int side)
{
	const uint8_t flags = w->flow->flags;

	return (flags & (NRS_FLOW_NO_SESSION | NRS_FLOW_HAS_KEPT)) ==
		       NRS_FLOW_NO_SESSION &&
	       !nrs_worker_looks(w, side);
}

static void pass(struct nrs_flow *flow, unsigned int side, uint32_t seq,
		 uint32_t len)
{
	const uint32_t next = flow->next_seq[side];

	if (nrs_seq_after(seq, next) > 0 || nrs_seq_after(seq + len, next) > 0)
		flow->next_seq[side] = seq + len;
}

/* @seq: of the first octet. */
static inline void take_payload(struct nrs_worker *w,
				const struct nrs_datagram *d, unsigned int side,
				uint32_t seq)
{
	struct nrs_flow *flow = w->flow;

	if (!flow->has_seq[side]) /* picked up in the middle */
		begin_stream(w, side, seq);
	if (is_passed(w, side)) {
		pass(flow, side, seq, d->payload_len);
		return;
	}
	const struct nrs_stream_piece piece = {
		.bytes = nrs_span(d->data + d->payload_off, d->payload_got),
		.seq = seq,
		.len = d->payload_len};
	take_piece(w, side, &piece);
}

void nrs_worker_take_tcp(struct nrs_worker *w, const struct nrs_datagram *d,
			 unsigned int side)
{
	struct nrs_flow *flow = w->flow;
	uint32_t seq = nrs_u32(d->data + d->l4_off + 4);

	tcp_outcome(w, d, side);
	flow->tcp_flags[side] |= d->tcp_flags;
	if ((flow->flags & NRS_FLOW_HAS_KEPT) != 0)
		end_waiting(w, d, side);
	if ((d->tcp_flags & TCP_SYN) != 0)
		begin_stream(w, side, ++seq);
	if (d->payload_len > 0)
		take_payload(w, d, side, seq);
	if ((d->tcp_flags & TCP_FIN) != 0)
		flow->fins |= (uint8_t)(1u << side);
	if ((d->tcp_flags & TCP_RST) != 0 || flow->fins == 3)
		flow->flags |= NRS_FLOW_CLOSED;
}

void nrs_worker_end_tcp(struct nrs_worker *w)
{
	leap_all(w, 0);
	leap_all(w, 1);
	nrs_stream_free(&w->shard->streams, w->flow->stream);
	w->flow->stream = NULL;
}
