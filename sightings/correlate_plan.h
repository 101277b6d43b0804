/* SPDX-License-Identifier: Apache-2.0 */
/*
 * correlate_plan: what a pattern asks of observations. Its expressions, [ ],
 * are numbered as they stand in the text, as the engine's builder does.
 */
#pragma once

#include "engine/pattern.h"
#include "engine/set.h"

#define NRS_PLAN_EXPRESSIONS 255u

struct nrs_plan_tree {
	struct nrs_arena *arena;
	struct nrs_pattern pattern;
	struct nrs_span text; /* of the pattern; empty: of a list's value */
	const struct nrs_node **expressions;
	unsigned int count;
	unsigned int *wanted; /* of each, what every binding has of it */
	unsigned int least;   /* observations that every binding has */
	int64_t bound_ns;     /* longest time between two of them; -1: none */
};

/* NRS_E_NOMEM, NRS_E_LIMIT, or as nrs_pattern_parse. */
int nrs_plan_tree_init(struct nrs_plan_tree *tree, const struct nrs_set *set,
		       uint32_t indicator);
void nrs_plan_tree_fini(struct nrs_plan_tree *tree);
