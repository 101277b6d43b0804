/* SPDX-License-Identifier: Apache-2.0 */
/*
 * strict_solve: observations for the slots of a binding, without enumeration.
 *
 * Once a rule over pairs has a threshold (all a begin at or before it, all b
 * end at or after it less the slack), it only says which observations may fill
 * a slot: what remains is a matching of slots to observed-data, each of which
 * serves number_observed times. So the search is over one threshold per rule;
 * a matching that ignores the rules still open cuts every hopeless branch.
 */
#include "engine/strict_part.h"

#include <limits.h>

#define NONE UINT_MAX

struct solver {
	struct nrs_strict_run *run;
	const struct nrs_strict_problem *problem;
	const struct nrs_strict_observed *observed;
	unsigned int count;   /* observed-data */
	int64_t *first_max;   /* per slot: the bounds of this moment */
	int64_t *last_min;    /* per slot */
	unsigned int *bound;  /* per slot */
	unsigned int *served; /* per observed-data: slots it fills */
	unsigned int *from;   /* per observed-data: slot it was reached from */
	unsigned int *queue;
};

static bool may_fill(const struct solver *s, unsigned int slot,
		     unsigned int observed)
{
	const struct nrs_strict_slot *wanted = &s->problem->slots[slot];
	const struct nrs_strict_interval *seen = &s->observed[observed].seen;

	return wanted->can[observed] && seen->first <= wanted->must.last &&
	       seen->last >= wanted->must.first &&
	       seen->first <= s->first_max[slot] &&
	       seen->last >= s->last_min[slot];
}

/* Give @observed to the slots along the path that led to it. */
static void augment(struct solver *s, unsigned int observed, unsigned int slot)
{
	s->served[observed]++;
	for (;;) {
		const unsigned int step = s->from[observed];
		const unsigned int before = s->bound[step];

		s->bound[step] = observed;
		if (step == slot)
			return;
		observed = before;
	}
}

/* 1: @slot has an observation now, 0: there is none for it, or an error. */
static int place(struct solver *s, unsigned int slot)
{
	unsigned int head = 0, tail = 0;

	for (unsigned int o = 0; o < s->count; o++)
		s->from[o] = NONE;
	s->queue[tail++] = slot;
	while (head < tail) {
		const unsigned int at = s->queue[head++];
		const int err = nrs_strict_spend(s->run, s->count);

		if (err != NRS_OK)
			return err;
		for (unsigned int o = 0; o < s->count; o++) {
			if (s->from[o] != NONE || !may_fill(s, at, o))
				continue;
			s->from[o] = at;
			if (s->served[o] < s->observed[o].count) {
				augment(s, o, slot);
				return 1;
			}
			s->run->work += s->problem->slot_count;
			for (unsigned int i = 0; i < s->problem->slot_count;
			     i++) {
				if (s->bound[i] == o)
					s->queue[tail++] = i;
			}
		}
	}
	return 0;
}

/* 1: every slot can be filled under the bounds of this moment. */
static int fill(struct solver *s)
{
	for (unsigned int o = 0; o < s->count; o++)
		s->served[o] = 0;
	for (unsigned int i = 0; i < s->problem->slot_count; i++)
		s->bound[i] = NONE;
	for (unsigned int i = 0; i < s->problem->slot_count; i++) {
		const int placed = place(s, i);

		if (placed <= 0)
			return placed;
	}
	return 1;
}

static int64_t less(int64_t time, int64_t slack)
{
	int64_t out;

	return __builtin_sub_overflow(time, slack, &out) ? INT64_MIN : out;
}

static int64_t first_of(const struct solver *s, unsigned int slot)
{
	return s->observed[s->bound[slot]].seen.first;
}

/* An order that the present filling breaks, or NULL. */
static const struct nrs_strict_order *broken(const struct solver *s)
{
	for (unsigned int i = 0; i < s->problem->order_count; i++) {
		const struct nrs_strict_order *order = &s->problem->orders[i];
		int64_t first = INT64_MIN;

		for (unsigned int a = order->a; a < order->a_end; a++)
			first = first_of(s, a) > first ? first_of(s, a) : first;
		for (unsigned int b = order->b; b < order->b_end; b++) {
			if (s->observed[s->bound[b]].seen.last <
			    less(first, order->slack))
				return order;
		}
	}
	return NULL;
}

static void tighten(struct solver *s, const struct nrs_strict_order *order,
		    int64_t threshold)
{
	const int64_t last = less(threshold, order->slack);

	for (unsigned int a = order->a; a < order->a_end; a++)
		s->first_max[a] = threshold < s->first_max[a] ? threshold
							      : s->first_max[a];
	for (unsigned int b = order->b; b < order->b_end; b++)
		s->last_min[b] = last > s->last_min[b] ? last : s->last_min[b];
}

/* The least first_observed above @after, or false. */
static bool next_threshold(const struct solver *s, int64_t after, bool is_first,
			   int64_t *out)
{
	bool found = false;

	for (unsigned int o = 0; o < s->count; o++) {
		const int64_t first = s->observed[o].seen.first;

		if ((is_first || first > after) && (!found || first < *out)) {
			*out = first;
			found = true;
		}
	}
	return found;
}

/* One order under decision, with the bounds to go back to. */
struct decision {
	const struct nrs_strict_order *order;
	int64_t threshold;
	bool is_begun;
	int64_t *bounds; /* first_max and last_min before it */
};

static void keep(struct solver *s, int64_t *bounds, bool restore)
{
	const size_t n = s->problem->slot_count;

	if (restore) {
		memcpy(s->first_max, bounds, n * sizeof(*bounds));
		memcpy(s->last_min, bounds + n, n * sizeof(*bounds));
		return;
	}
	memcpy(bounds, s->first_max, n * sizeof(*bounds));
	memcpy(bounds + n, s->last_min, n * sizeof(*bounds));
}

static int decide(struct solver *s, struct decision *stack)
{
	unsigned int depth = 0;

	for (;;) {
		const int err = nrs_strict_spend(
			s->run, (s->problem->order_count + UINT64_C(1)) *
					(s->problem->slot_count + UINT64_C(1)));
		if (err != NRS_OK)
			return err;
		const int filled = fill(s);
		const struct nrs_strict_order *order =
			filled == 1 ? broken(s) : NULL;

		if (filled < 0 || (filled == 1 && order == NULL))
			return filled;
		if (filled == 1) {
			struct decision *d = &stack[depth++];

			d->order = order;
			d->is_begun = false;
			if (d->bounds == NULL)
				d->bounds = nrs_arena_alloc(
					s->run->arena,
					2 * sizeof(int64_t) *
						(s->problem->slot_count + 1));
			if (d->bounds == NULL)
				return NRS_E_NOMEM;
			keep(s, d->bounds, false);
		}
		for (;;) {
			struct decision *d;

			if (depth == 0)
				return 0;
			d = &stack[depth - 1];
			keep(s, d->bounds, true);
			if (next_threshold(s, d->threshold, !d->is_begun,
					   &d->threshold))
				break;
			depth--;
		}
		stack[depth - 1].is_begun = true;
		tighten(s, stack[depth - 1].order, stack[depth - 1].threshold);
	}
}

int nrs_strict_solve(struct nrs_strict_run *run,
		     const struct nrs_strict_problem *problem,
		     unsigned int *bound)
{
	const size_t slots = problem->slot_count + (size_t)1;
	const size_t count = run->documents->observed_count + (size_t)1;
	struct solver s = {
		.run = run,
		.problem = problem,
		.observed = run->documents->observed,
		.count = run->documents->observed_count,
		.first_max = nrs_arena_alloc(run->arena, slots * 8),
		.last_min = nrs_arena_alloc(run->arena, slots * 8),
		.bound = bound,
		.served = nrs_arena_alloc(run->arena, count * sizeof(int)),
		.from = nrs_arena_alloc(run->arena, count * sizeof(int)),
		.queue = nrs_arena_alloc(run->arena, slots * sizeof(int)),
	};
	struct decision *stack =
		nrs_arena_alloc(run->arena, (problem->order_count + (size_t)1) *
						    sizeof(*stack));

	if (s.first_max == NULL || s.last_min == NULL || s.served == NULL ||
	    s.from == NULL || s.queue == NULL || stack == NULL)
		return NRS_E_NOMEM;
	for (unsigned int i = 0; i < problem->slot_count; i++) {
		s.first_max[i] = INT64_MAX;
		s.last_min[i] = INT64_MIN;
	}
	return decide(&s, stack);
}
