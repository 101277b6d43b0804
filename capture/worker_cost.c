/* SPDX-License-Identifier: Apache-2.0 */
/*
 * worker_cost: what indicators cost, told at the end of a round some five times
 * a second: while the set that they belong to is still there.
 */
#include "capture/worker_cost.h"

#include "engine/record_cost.h"

#define PERIOD_NS (UINT64_C(200) * 1000000)

static void on_cost(void *ctx, const struct nrs_cost *cost)
{
	struct nrs_worker *w = ctx;
	struct nrs_record_cost *record =
		nrs_worker_record(w, NRS_RECORD_COST, sizeof(*record));

	record->cost = *cost;
}

void nrs_worker_cost_begin(struct nrs_worker *w)
{
	if (w->options.clock == NULL)
		return;
	w->sink.cost = on_cost;
	w->sink.clock = w->options.clock;
}

void nrs_worker_cost_tell(struct nrs_worker *w)
{
	const int64_t now_ns = w->round->clock_ns;

	/* Of a clock that was set back the difference is large, too. */
	if (!w->round->is_session_end &&
	    (uint64_t)now_ns - (uint64_t)w->costs_told_ns < PERIOD_NS)
		return;
	w->costs_told_ns = now_ns;
	if (w->shard != NULL) /* else nothing ever came */
		nrs_matcher_tell_costs(w->matcher);
}
