/* SPDX-License-Identifier: Apache-2.0 */
/*
 * match_cost: trials into sums by indicator, without the heap. What finds no
 * slot near its own goes to the others: however many are tried, there are so
 * many sums to tell and no more.
 */
#include "engine/match_cost.h"

#include <stdlib.h>

#include "engine/match.h"

#define TRIED 16u /* slots */
#define RANDOM_SEED UINT64_C(0x9e3779b97f4a7c15)

static int64_t begin_of_meter(void *ctx)
{
	return nrs_cost_begin(ctx);
}

static void end_of_meter(void *ctx, uint32_t owner, int64_t begun_ns)
{
	nrs_cost_end(ctx, owner, begun_ns);
}

struct nrs_costs *nrs_costs_new(struct nrs_matcher *m)
{
	struct nrs_costs *costs = calloc(1, sizeof(*costs));

	if (costs == NULL)
		return NULL;
	costs->random = RANDOM_SEED;
	costs->until_timed = NRS_COST_EVERY;
	costs->slots[NRS_COST_SLOTS].indicator = NRS_COST_OTHERS;
	costs->meter = (struct nrs_regex_meter){
		.ctx = m, .begin = begin_of_meter, .end = end_of_meter};
	return costs;
}

/* Values come in turns, and with them trials: every 64th would often be the
 * same one's. 1 to 127, 64 on average. */
static uint32_t draw(struct nrs_costs *costs)
{
	costs->random = costs->random * UINT64_C(6364136223846793005) +
			UINT64_C(1442695040888963407);
	return 1 + (uint32_t)(costs->random >> 33) % (2 * NRS_COST_EVERY - 1);
}

int64_t nrs_cost_begin(struct nrs_matcher *m)
{
	struct nrs_costs *costs = m->costs;

	if (--costs->until_timed > 0)
		return 0;
	costs->until_timed = draw(costs);
	return m->sink->clock();
}

static struct nrs_cost *slot_of(struct nrs_matcher *m, uint32_t indicator)
{
	const uint32_t first = indicator * UINT32_C(2654435769) >> 16;

	for (uint32_t i = 0; i < TRIED; i++) {
		struct nrs_cost *slot =
			&m->costs->slots[(first + i) & (NRS_COST_SLOTS - 1)];

		if (slot->trials == 0)
			slot->indicator = indicator;
		if (slot->indicator == indicator)
			return slot;
	}
	return &m->costs->slots[NRS_COST_SLOTS];
}

void nrs_cost_end(struct nrs_matcher *m, uint32_t indicator, int64_t begun_ns)
{
	const int64_t taken_ns =
		begun_ns == 0 ? 0 : m->sink->clock() - begun_ns;
	struct nrs_cost *slot = slot_of(m, indicator);

	slot->generation = m->generation;
	slot->trials++;
	if (taken_ns > 0)
		slot->ns += (uint64_t)taken_ns * NRS_COST_EVERY;
}

void nrs_costs_drop(struct nrs_matcher *m)
{
	for (unsigned int i = 0; i <= NRS_COST_SLOTS; i++) {
		struct nrs_cost *slot = &m->costs->slots[i];

		nrs_count_add(m->counters, NRS_C_COSTS_LOST, slot->trials);
		slot->trials = slot->ns = 0;
	}
}

void nrs_matcher_tell_costs(struct nrs_matcher *m)
{
	for (unsigned int i = 0; m->costs != NULL && i <= NRS_COST_SLOTS; i++) {
		struct nrs_cost *slot = &m->costs->slots[i];

		if (slot->trials == 0)
			continue;
		m->sink->cost(m->sink->ctx, slot);
		slot->trials = slot->ns = 0;
	}
}
