/* SPDX-License-Identifier: Apache-2.0 */
/*
 * strict: from the tree of a pattern to slots and orders.
 *
 * OR between observation expressions is a choice of one side; the choices of a
 * pattern are counted through like an odometer, and each gives one problem for
 * the solver. Where both sides are single observations without qualifiers, OR
 * is a wider slot and no choice. Depth is bounded by the parser.
 */
#include "engine/strict.h"

#include "engine/strict_part.h"

#define ORDERS_MAX (2 * NRS_STRICT_SLOTS_MAX)
#define CHOICES_MAX NRS_STRICT_SLOTS_MAX

/* What each [ ] says about each observed-data, once per pattern. */
struct leaf {
	const struct nrs_node *node;
	const bool *can;
	struct leaf *next;
};

/* A copy of what a REPEATS repeats, beside the copy before it. */
struct copy {
	struct copy *outer;
	unsigned int before, begin; /* their first choices */
	bool is_tied;		    /* up to here both chose the same */
};

struct builder {
	struct nrs_strict_run run;
	struct leaf *leaves;
	struct nrs_strict_problem problem;
	unsigned int slots_max, orders_max, choices_max;
	uint64_t available;    /* observations, each as often as it counts */
	unsigned int *choices; /* the side taken at each OR, in order */
	unsigned int *sides;   /* how many sides there are */
	unsigned int choice_count, met;
	struct copy *copy; /* the innermost one */
	bool is_hopeless;
};

/* What expanding a node can take at most. */
struct extent {
	uint64_t slots, orders, choices;
	uint64_t least; /* slots that it takes at least */
};

static bool is_wide(const struct nrs_node *node)
{
	if (node->kind == NRS_NODE_OBS)
		return true;
	if (node->kind != NRS_NODE_OBS_OR)
		return false;
	for (const struct nrs_node *c = node->child; c != NULL; c = c->next) {
		if (!is_wide(c))
			return false;
	}
	return true;
}

static int add_leaf(struct builder *b, const struct nrs_node *node)
{
	const struct nrs_strict_documents *d = b->run.documents;
	struct leaf *leaf = nrs_arena_alloc(b->run.arena, sizeof(*leaf));
	bool *can = nrs_arena_alloc(b->run.arena, d->observed_count + 1);
	bool *passes = nrs_arena_alloc(b->run.arena, d->object_count + 1);

	if (leaf == NULL || can == NULL || passes == NULL)
		return NRS_E_NOMEM;
	const int err = nrs_strict_roots(&b->run, node->child, passes);
	for (unsigned int o = 0; o < d->observed_count; o++) {
		for (unsigned int i = d->observed[o].object;
		     i < d->observed[o].object_end; i++)
			can[o] = can[o] || passes[i];
	}
	*leaf = (struct leaf){.node = node, .can = can, .next = b->leaves};
	b->leaves = leaf;
	return err;
}

static const bool *can_of(struct builder *b, const struct nrs_node *node)
{
	for (const struct leaf *leaf = b->leaves; leaf != NULL;
	     leaf = leaf->next) {
		b->run.work++;
		if (leaf->node == node)
			return leaf->can;
	}
	return NULL;
}

/* Every [ ] below @node; for a wide OR, also what its sides say together. */
static int add_leaves(struct builder *b, const struct nrs_node *node)
{
	int err = NRS_OK;

	if (node->kind == NRS_NODE_OBS)
		return can_of(b, node) != NULL ? NRS_OK : add_leaf(b, node);
	for (const struct nrs_node *c = node->child; err == NRS_OK && c != NULL;
	     c = c->next)
		err = add_leaves(b, c);
	if (err != NRS_OK || !is_wide(node))
		return err;
	struct leaf *leaf = nrs_arena_alloc(b->run.arena, sizeof(*leaf));
	bool *can = nrs_arena_alloc(b->run.arena,
				    b->run.documents->observed_count + 1);
	if (leaf == NULL || can == NULL)
		return NRS_E_NOMEM;
	for (const struct nrs_node *c = node->child; c != NULL; c = c->next) {
		const bool *side = can_of(b, c);

		for (unsigned int o = 0; o < b->run.documents->observed_count;
		     o++)
			can[o] = can[o] || (side != NULL && side[o]);
		err = nrs_strict_spend(&b->run,
				       b->run.documents->observed_count);
		if (err != NRS_OK)
			return err;
	}
	*leaf = (struct leaf){.node = node, .can = can, .next = b->leaves};
	b->leaves = leaf;
	return NRS_OK;
}

static int add_slot(struct builder *b, const struct nrs_node *node)
{
	if (b->problem.slot_count == b->available) {
		b->is_hopeless = true;
		return NRS_OK;
	}
	if (b->problem.slot_count == b->slots_max)
		return nrs_diag_set(b->run.diag, NRS_E_LIMIT, 0,
				    "more than %u observations in a binding",
				    NRS_STRICT_SLOTS_MAX);
	b->problem.slots[b->problem.slot_count++] = (struct nrs_strict_slot){
		.can = can_of(b, node), .must = {INT64_MIN, INT64_MAX}};
	return nrs_strict_spend(&b->run, 1);
}

static int add_order(struct builder *b, struct nrs_strict_order order)
{
	if (b->problem.order_count == b->orders_max)
		return nrs_diag_set(b->run.diag, NRS_E_LIMIT, 0,
				    "more than %u rules over time", ORDERS_MAX);
	b->problem.orders[b->problem.order_count++] = order;
	return NRS_OK;
}

static int expand(struct builder *b, const struct nrs_node *node);

/*
 * Copies under REPEATS may change places, so of all orders in which they can
 * choose, the one that never falls stands for the others: the least choice at
 * this OR is that of the copy before, as long as both chose the same so far.
 */
static unsigned int least_choice(const struct builder *b, unsigned int at)
{
	unsigned int least = 0;

	for (const struct copy *c = b->copy; c != NULL; c = c->outer) {
		const unsigned int other = c->before + (at - c->begin);

		if (c->is_tied && other < c->begin && b->choices[other] > least)
			least = b->choices[other];
	}
	return least;
}

static void untie(struct builder *b, unsigned int at)
{
	for (struct copy *c = b->copy; c != NULL; c = c->outer) {
		const unsigned int other = c->before + (at - c->begin);

		if (other >= c->begin || b->choices[other] != b->choices[at])
			c->is_tied = false;
	}
}

static int expand_or(struct builder *b, const struct nrs_node *node)
{
	const struct nrs_node *side = node->child;
	const unsigned int at = b->met;
	unsigned int count = 0;

	if (at == b->choices_max)
		return nrs_diag_set(b->run.diag, NRS_E_LIMIT, 0,
				    "more than %u OR to choose at",
				    CHOICES_MAX);
	if (at == b->choice_count) {
		for (const struct nrs_node *c = side; c != NULL; c = c->next)
			count++;
		b->choices[at] = least_choice(b, at);
		b->sides[at] = count;
		b->choice_count++;
	}
	untie(b, at);
	b->met++;
	for (unsigned int i = b->choices[at]; i > 0 && side != NULL; i--)
		side = side->next;
	return side == NULL ? NRS_E_INTERNAL : expand(b, side);
}

static int expand_all(struct builder *b, const struct nrs_node *node)
{
	const unsigned int begin = b->problem.slot_count;
	int err = NRS_OK;

	for (const struct nrs_node *c = node->child;
	     err == NRS_OK && !b->is_hopeless && c != NULL; c = c->next) {
		const unsigned int middle = b->problem.slot_count;

		err = expand(b, c);
		/* a FOLLOWEDBY b FOLLOWEDBY c: what stands left is one side */
		if (err == NRS_OK && c != node->child &&
		    node->kind == NRS_NODE_FOLLOWEDBY)
			err = add_order(b, (struct nrs_strict_order){
						   begin, middle, middle,
						   b->problem.slot_count, 0});
	}
	return err;
}

static int expand_repeats(struct builder *b, const struct nrs_node *node)
{
	struct copy copy = {.outer = b->copy, .before = b->met};
	int err = NRS_OK;

	for (uint64_t i = 0;
	     err == NRS_OK && !b->is_hopeless && i < node->u.count; i++) {
		const unsigned int begin = b->met;

		copy.begin = begin;
		copy.is_tied = i > 0;
		b->copy = &copy;
		err = expand(b, node->child);
		b->copy = copy.outer;
		copy.before = begin;
	}
	return err;
}

static int expand_qualified(struct builder *b, const struct nrs_node *node)
{
	const unsigned int begin = b->problem.slot_count;
	const int err = expand(b, node->child);
	const unsigned int end = b->problem.slot_count;

	if (err != NRS_OK)
		return err;
	if (node->kind == NRS_NODE_WITHIN)
		return add_order(
			b, (struct nrs_strict_order){begin, end, begin, end,
						     node->u.within_ns});
	if (node->u.span.start_ns >= node->u.span.stop_ns) {
		b->is_hopeless = true;
		return NRS_OK;
	}
	for (unsigned int i = begin; i < end; i++) {
		struct nrs_strict_interval *must = &b->problem.slots[i].must;
		const int64_t start = node->u.span.start_ns;
		const int64_t last = node->u.span.stop_ns - 1;

		must->first = start > must->first ? start : must->first;
		must->last = last < must->last ? last : must->last;
	}
	return NRS_OK;
}

static int expand(struct builder *b, const struct nrs_node *node)
{
	switch (node->kind) {
	case NRS_NODE_OBS:
		return add_slot(b, node);
	case NRS_NODE_OBS_OR:
		return is_wide(node) ? add_slot(b, node) : expand_or(b, node);
	case NRS_NODE_REPEATS:
		return expand_repeats(b, node);
	case NRS_NODE_WITHIN:
	case NRS_NODE_START_STOP:
		return expand_qualified(b, node);
	default:
		return expand_all(b, node);
	}
}

/* The next way to choose at every OR; false after the last. */
static bool next_choice(struct builder *b)
{
	while (b->choice_count > 0) {
		const unsigned int last = b->choice_count - 1;

		if (++b->choices[last] < b->sides[last])
			return true;
		b->choice_count--;
	}
	return false;
}

static int evaluate(struct builder *b, const struct nrs_node *root,
		    unsigned int *bound)
{
	do {
		b->problem.slot_count = 0;
		b->problem.order_count = 0;
		b->met = 0;
		b->is_hopeless = false;
		int err = expand(b, root);
		if (err == NRS_OK && !b->is_hopeless)
			err = nrs_strict_solve(&b->run, &b->problem, bound);
		if (err != NRS_OK)
			return err;
	} while (next_choice(b));
	return 0;
}

/* Of an OR the larger side counts. Numbers stay below the caps' squares. */
static struct extent measure(const struct nrs_node *node)
{
	const uint64_t most = (uint64_t)ORDERS_MAX + 1;
	const bool is_or = node->kind == NRS_NODE_OBS_OR;
	struct extent sum = {.choices = is_or};
	uint64_t times = 1;

	if (node->kind == NRS_NODE_OBS || is_wide(node))
		return (struct extent){.slots = 1, .least = 1};
	for (const struct nrs_node *c = node->child; c != NULL; c = c->next) {
		const struct extent one = measure(c);

		if (is_or) {
			sum.slots =
				one.slots > sum.slots ? one.slots : sum.slots;
			sum.orders = one.orders > sum.orders ? one.orders
							     : sum.orders;
			if (c == node->child || one.least < sum.least)
				sum.least = one.least;
			sum.choices += one.choices;
		} else {
			sum.slots += one.slots;
			sum.least += one.least;
			sum.orders += one.orders + 1;
			sum.choices += one.choices;
		}
	}
	if (node->kind == NRS_NODE_REPEATS)
		times = node->u.count < most ? node->u.count : most;
	if (node->kind == NRS_NODE_REPEATS &&
	    __builtin_mul_overflow(sum.least, node->u.count, &sum.least))
		sum.least = UINT64_MAX;
	sum.slots = sum.slots * times < most ? sum.slots * times : most;
	sum.orders = (sum.orders + 1) * times < most ? (sum.orders + 1) * times
						     : most;
	sum.choices = sum.choices * times < most ? sum.choices * times : most;
	return sum;
}

static unsigned int at_most(uint64_t wanted, unsigned int cap)
{
	return wanted < cap ? (unsigned int)wanted : cap;
}

static uint64_t count_available(const struct nrs_strict_documents *documents)
{
	uint64_t sum = 0;

	for (unsigned int o = 0; o < documents->observed_count; o++) {
		const uint64_t count = documents->observed[o].count;

		sum = count > UINT64_MAX - sum ? UINT64_MAX : sum + count;
	}
	return sum;
}

/* 1 with a binding, 0, or an error. */
static int bind(struct builder *b, const struct nrs_node *root,
		struct nrs_strict_binding *binding)
{
	struct nrs_arena *arena = b->run.arena;
	const struct extent extent = measure(root);
	unsigned int *bound;
	int found;

	b->slots_max = at_most(extent.slots, NRS_STRICT_SLOTS_MAX);
	b->orders_max = at_most(extent.orders, ORDERS_MAX);
	b->choices_max = at_most(extent.choices, CHOICES_MAX);
	bound = nrs_arena_alloc(arena, (b->slots_max + 1) * sizeof(*bound));
	b->problem.slots = nrs_arena_alloc(
		arena, (b->slots_max + 1) * sizeof(*b->problem.slots));
	b->problem.orders = nrs_arena_alloc(
		arena, (b->orders_max + 1) * sizeof(*b->problem.orders));
	b->choices = nrs_arena_alloc(arena, (b->choices_max + 1) *
						    sizeof(*b->choices));
	b->sides = nrs_arena_alloc(arena,
				   (b->choices_max + 1) * sizeof(*b->sides));
	if (bound == NULL || b->problem.slots == NULL ||
	    b->problem.orders == NULL || b->choices == NULL || b->sides == NULL)
		return NRS_E_NOMEM;
	b->available = count_available(b->run.documents);
	found = add_leaves(b, root);
	if (found == NRS_OK && extent.least <= b->available)
		found = evaluate(b, root, bound);
	if (found == 1 && binding != NULL)
		*binding = (struct nrs_strict_binding){
			.observed = bound, .count = b->problem.slot_count};
	return found;
}

int nrs_strict_match(const struct nrs_strict_documents *documents,
		     const struct nrs_pattern *pattern, struct nrs_arena *arena,
		     struct nrs_strict_binding *binding, struct nrs_diag *diag)
{
	struct builder b = {
		.run = {.documents = documents, .arena = arena, .diag = diag}};

	return bind(&b, pattern->root, binding);
}

int nrs_strict_bind(const struct nrs_strict_documents *documents,
		    struct nrs_strict_question *question,
		    struct nrs_arena *arena, struct nrs_strict_binding *binding)
{
	struct builder b = {.run = {.documents = documents,
				    .arena = arena,
				    .work_max = question->work_max}};
	struct leaf *leaves = nrs_arena_alloc(
		arena, (question->known_count + 1) * sizeof(*leaves));
	int found;

	if (leaves == NULL)
		return NRS_E_NOMEM;
	for (unsigned int i = 0; i < question->known_count; i++) {
		leaves[i] = (struct leaf){.node = question->known[i].node,
					  .can = question->known[i].can,
					  .next = b.leaves};
		b.leaves = &leaves[i];
	}
	found = bind(&b, question->root, binding);
	question->work = b.run.work;
	return found;
}

bool nrs_strict_within(const struct nrs_strict_interval *intervals,
		       unsigned int count, int64_t duration)
{
	int64_t first = INT64_MIN, last = INT64_MAX, end;

	for (unsigned int i = 0; i < count; i++) {
		if (intervals[i].first > first)
			first = intervals[i].first;
		if (intervals[i].last < last)
			last = intervals[i].last;
	}
	return __builtin_add_overflow(last, duration, &end) || first <= end;
}

enum nrs_strict_overlap nrs_strict_overlap(struct nrs_strict_interval a,
					   struct nrs_strict_interval b)
{
	if (a.first > b.last || b.first > a.last)
		return NRS_STRICT_APART;
	if (a.first == b.last && b.first == a.last)
		return NRS_STRICT_TOUCH_POINT;
	if (a.last == b.first)
		return NRS_STRICT_TOUCH_INNER;
	return a.first == b.last ? NRS_STRICT_TOUCH_OUTER : NRS_STRICT_OVERLAP;
}
