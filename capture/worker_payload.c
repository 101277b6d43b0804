/* SPDX-License-Identifier: Apache-2.0 */
/*
 * worker_payload: what flows carry to the patterns on payloads: sides of TCP in
 * order, datagrams of UDP. Nothing here is called while nobody asks.
 */
#include "capture/worker_state.h"

static uint64_t budget(const struct nrs_worker *w)
{
	return w->options.payload_bytes != 0 ? w->options.payload_bytes
					     : NRS_PAYLOAD_BUDGET;
}

static struct nrs_payload_room room_of(const struct nrs_worker *w)
{
	struct nrs_flow *flow = w->flow;

	return (struct nrs_payload_room){.flow = &flow->txn,
					 .streams = &w->shard->payloads,
					 .budget = budget(w),
					 .is_late = flow->first_ordinal <
						    w->asked_from};
}

void nrs_worker_payload_adopt(struct nrs_worker *w)
{
	const bool had = w->has_payloads;

	w->has_payloads = nrs_matcher_has_payloads(w->matcher);
	if (w->has_payloads && !had && w->round != NULL)
		w->asked_from = w->ordinal + 1;
}

static void stop_looking(struct nrs_worker *w, unsigned int side)
{
	w->flow->flags |= (uint8_t)(NRS_FLOW_LOOKED << side);
}

void nrs_worker_payload(struct nrs_worker *w, unsigned int side,
			struct nrs_span octets)
{
	const struct nrs_payload_room room = room_of(w);

	if (w->shed != NRS_SHED_NOTHING) {
		nrs_worker_shed_payload(w, side, octets.len);
		return;
	}
	if (!nrs_payload_octets(w->matcher, &room, side,
				&w->flow->payload[side], octets))
		stop_looking(w, side);
}

void nrs_worker_payload_gap(struct nrs_worker *w, unsigned int side,
			    uint32_t len)
{
	nrs_payload_gap(w->matcher, w->flow->payload[side], len);
}

void nrs_worker_payload_datagram(struct nrs_worker *w,
				 const struct nrs_datagram *d,
				 unsigned int side)
{
	const struct nrs_flow *flow = w->flow;
	const struct nrs_payload_datagram datagram = {
		.octets = nrs_span(d->data + d->payload_off, d->payload_got),
		.number = flow->packets[0] + flow->packets[1],
		.side = side,
		.is_cut = d->payload_got < d->payload_len};

	if (!nrs_worker_looks(w, side) || w->shed != NRS_SHED_NOTHING)
		return;
	if (flow->bytes[side] > budget(w)) {
		nrs_lack(&w->env, NRS_C_PAYLOAD_BUDGET);
		stop_looking(w, side);
		return;
	}
	nrs_payload_datagram(w->matcher, &w->flow->txn, &datagram);
}

void nrs_worker_payload_end(struct nrs_worker *w, unsigned int side)
{
	const struct nrs_payload_room room = room_of(w);

	if (w->flow->payload[side] != NULL)
		nrs_payload_end(w->matcher, &room, side,
				&w->flow->payload[side]);
	w->flow->flags &= (uint8_t) ~(NRS_FLOW_LOOKED << side);
}
