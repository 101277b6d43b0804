/* SPDX-License-Identifier: Apache-2.0 */
/*
 * worker_shed: a worker that leaves something out. What is shed as fields is
 * wanted by nobody for a while, as after a swap; payloads have holes then.
 */
#include "capture/worker_state.h"

void nrs_worker_narrow(struct nrs_worker *w)
{
	w->demand = nrs_matcher_demand(w->matcher) & ~nrs_shed_fields(w->shed);
	w->env.demand = w->demand;
}

void nrs_worker_shed(struct nrs_worker *w, enum nrs_shed_level level)
{
	w->shed = level;
	nrs_worker_narrow(w);
}

void nrs_worker_count_shed(struct nrs_worker *w, uint32_t count)
{
	static const enum nrs_counter counters[NRS_SHED_LEVELS] = {
		[NRS_SHED_PATTERNS] = NRS_C_SHED_PATTERNS,
		[NRS_SHED_DIGESTS] = NRS_C_SHED_DIGESTS,
		[NRS_SHED_BODIES] = NRS_C_SHED_BODIES};

	for (unsigned int l = NRS_SHED_PATTERNS;
	     l <= w->shed && l < NRS_SHED_FLOWS; l++)
		nrs_count_add(&w->counters, counters[l], count);
}

void nrs_worker_shed_payload(struct nrs_worker *w, unsigned int side,
			     size_t len)
{
	struct nrs_flow *flow = w->flow;

	if (flow->payload[side] != NULL)
		nrs_payload_gap(w->matcher, flow->payload[side], (uint32_t)len);
	else /* its beginning was not seen: neither is the rest */
		flow->flags |= (uint8_t)(NRS_FLOW_LOOKED << side);
}
