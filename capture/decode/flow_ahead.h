/* SPDX-License-Identifier: Apache-2.0 */
/*
 * flow_ahead: flows are spread over memory, and a batch tells early which ones
 * are next: bring them nearer while others are worked on.
 *
 * All of it is inlined by force: gcc takes a function that only prefetches for
 * one without effect, and drops the call.
 */
#pragma once

#include "capture/decode/flow.h"

/* Bring what a later nrs_flow_find will touch nearer: the index first, the flow
 * itself once the index is near. */
__attribute__((always_inline)) static inline void
nrs_flow_expect(const struct nrs_flow_table *table, uint64_t hash)
{
	__builtin_prefetch(&table->heads[hash & table->mask]);
}

__attribute__((always_inline)) static inline void
nrs_flow_bring(const struct nrs_flow_table *table, uint64_t hash)
{
	const uint8_t *flow = (const uint8_t *)nrs_flow_of_link(
		table->heads[hash & table->mask]);

	__builtin_prefetch(flow);
	__builtin_prefetch(flow + 64, 1);
}
