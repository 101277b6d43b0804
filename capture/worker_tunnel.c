/* SPDX-License-Identifier: Apache-2.0 */
/*
 * worker_tunnel: the tunnels around a flow. A hit at a packet shows that
 * packet's, one at a tick those of the flow's first packet: they are kept
 * beside the flows, in memory that is touched by tunnelled flows only.
 */
#include "capture/worker_state.h"

/* From the initiator of the flow under way. */
static unsigned int outers_of_packet(const struct nrs_worker *w,
				     struct nrs_outer out[NRS_OUTERS_MAX])
{
	const unsigned int count = nrs_round_outers(w->round, w->datagram, out);
	const struct nrs_addr src = nrs_datagram_src(w->datagram);

	if (nrs_addr_compare(&src, &w->flow->info.src) == 0)
		return count;
	for (unsigned int i = 0; i < count; i++) {
		const struct nrs_outer sent = out[i];

		out[i].src = sent.dst;
		out[i].dst = sent.src;
		out[i].src_port = sent.dst_port;
		out[i].dst_port = sent.src_port;
	}
	return count;
}

static struct nrs_worker_outers *place_of(const struct nrs_worker *w)
{
	return nrs_slab_at(&w->shard->outers,
			   nrs_slab_index(&w->shard->flows.flows, w->flow));
}

void nrs_worker_keep_outers(struct nrs_worker *w)
{
	struct nrs_worker_outers *kept = place_of(w);

	kept->flow = w->flow->info.id;
	kept->count = outers_of_packet(w, kept->outers);
}

/* A flow in no tunnel finds those of one before it, or none at all. */
unsigned int nrs_worker_outers(const struct nrs_worker *w,
			       struct nrs_outer out[NRS_OUTERS_MAX])
{
	if (w->datagram != NULL)
		return outers_of_packet(w, out);
	const struct nrs_worker_outers *kept = place_of(w);
	if (kept->flow != w->flow->info.id)
		return 0;
	memcpy(out, kept->outers, kept->count * sizeof(*out));
	return kept->count;
}
