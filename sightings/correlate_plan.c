/* SPDX-License-Identifier: Apache-2.0 */
/*
 * correlate_plan: walks over a pattern's tree, as deep as the parser allows.
 */
#include "sightings/correlate_plan.h"

#define MANY 1000000u /* more than any binding may have */

static unsigned int capped(uint64_t n)
{
	return n > MANY ? MANY : (unsigned int)n;
}

static void number(struct nrs_plan_tree *tree, const struct nrs_node *node)
{
	if (node->kind == NRS_NODE_OBS) {
		if (tree->count < NRS_PLAN_EXPRESSIONS)
			tree->expressions[tree->count] = node;
		tree->count++;
		return;
	}
	for (const struct nrs_node *c = node->child; c != NULL; c = c->next)
		number(tree, c);
}

/* Observations that @node needs at least. */
static unsigned int least_of(const struct nrs_node *node)
{
	uint64_t sum = 0, least = MANY;

	if (node->kind == NRS_NODE_OBS)
		return 1;
	for (const struct nrs_node *c = node->child; c != NULL; c = c->next) {
		const unsigned int one = least_of(c);

		sum += one;
		least = one < least ? one : least;
	}
	if (node->kind == NRS_NODE_OBS_OR)
		return capped(least);
	return capped(node->kind == NRS_NODE_REPEATS
			      ? sum * capped(node->u.count)
			      : sum);
}

/* What @node needs of each expression whatever side of an OR is taken. */
static void want(struct nrs_plan_tree *tree, const struct nrs_node *node,
		 unsigned int times)
{
	if (node->kind == NRS_NODE_OBS_OR)
		return;
	if (node->kind == NRS_NODE_OBS) {
		for (unsigned int i = 0; i < tree->count; i++) {
			if (tree->expressions[i] == node)
				tree->wanted[i] = times;
		}
		return;
	}
	if (node->kind == NRS_NODE_REPEATS)
		times = capped((uint64_t)times * capped(node->u.count));
	for (const struct nrs_node *c = node->child; c != NULL; c = c->next)
		want(tree, c, times);
}

/* How far apart what satisfies @node can be; -1: any time. */
static int64_t bound_of(const struct nrs_node *node)
{
	const int64_t inner = node->child == NULL ? -1 : bound_of(node->child);

	switch (node->kind) {
	case NRS_NODE_WITHIN:
		return inner >= 0 && inner < node->u.within_ns
			       ? inner
			       : node->u.within_ns;
	case NRS_NODE_START_STOP:
		return inner;
	default:
		return -1;
	}
}

int nrs_plan_tree_init(struct nrs_plan_tree *tree, const struct nrs_set *set,
		       uint32_t indicator)
{
	const size_t most = NRS_PLAN_EXPRESSIONS;
	int err = NRS_E_NOMEM;

	*tree = (struct nrs_plan_tree){.arena = nrs_arena_new(0)};
	if (tree->arena != NULL)
		err = nrs_set_parse(set, indicator, tree->arena, &tree->pattern,
				    NULL);
	if (err == NRS_OK) {
		tree->text = nrs_arena_copy(
			tree->arena, nrs_set_at(set, indicator)->pattern);
		tree->expressions = nrs_arena_alloc(
			tree->arena, most * sizeof(*tree->expressions));
		tree->wanted = nrs_arena_alloc(tree->arena,
					       most * sizeof(*tree->wanted));
		if (tree->expressions == NULL || tree->wanted == NULL)
			err = NRS_E_NOMEM;
	}
	if (err == NRS_OK) {
		number(tree, tree->pattern.root);
		if (tree->count > NRS_PLAN_EXPRESSIONS)
			err = NRS_E_LIMIT;
	}
	if (err != NRS_OK) {
		nrs_plan_tree_fini(tree);
		return err;
	}
	want(tree, tree->pattern.root, 1);
	tree->least = least_of(tree->pattern.root);
	tree->bound_ns = bound_of(tree->pattern.root);
	return NRS_OK;
}

void nrs_plan_tree_fini(struct nrs_plan_tree *tree)
{
	nrs_arena_free(tree->arena);
	*tree = (struct nrs_plan_tree){0};
}
