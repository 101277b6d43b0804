/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tally_cost: what indicators and sources cost. More indicators are watched
 * than are told; when there is no row for another, the cheaper half of them
 * goes to the others.
 */
#include "app/tally_part.h"

#include <stdlib.h>
#include <string.h>

_Static_assert(NRS_TALLY_WATCHED_SLOTS > NRS_TALLY_WATCHED,
	       "a free slot ends each search");

/* The dearest first. */
static int compare(const struct nrs_tally_sum *a, const struct nrs_tally_sum *b)
{
	if (a->ns != b->ns)
		return a->ns > b->ns ? -1 : 1;
	return (a->trials < b->trials) - (a->trials > b->trials);
}

static int compare_rows(const void *a, const void *b)
{
	const struct nrs_tally_indicator *x = a, *y = b;

	return compare(&x->cost, &y->cost);
}

static int compare_places(const void *a, const void *b)
{
	const struct nrs_tally_indicator *const *x = a, *const *y = b;

	return compare(&(*x)->cost, &(*y)->cost);
}

static void add(struct nrs_tally_sum *sum, uint64_t trials, uint64_t ns)
{
	sum->trials += trials;
	sum->ns += ns;
}

static struct nrs_tally_rows rows_of(struct nrs_tally_watch *watch)
{
	return (struct nrs_tally_rows){.slots = watch->slots,
				       .slot_count = NRS_TALLY_WATCHED_SLOTS,
				       .rows = watch->rows};
}

/* Keep the dearer half. */
static void thin(struct nrs_tally *tally)
{
	struct nrs_tally_watch *watch = &tally->watch;
	const struct nrs_tally_rows rows = rows_of(watch);
	const unsigned int kept = watch->count / 2;

	qsort(watch->rows, watch->count, sizeof(*watch->rows), compare_rows);
	for (unsigned int i = kept; i < watch->count; i++)
		add(&watch->others, watch->rows[i].cost.trials,
		    watch->rows[i].cost.ns);
	memset(watch->slots, 0, sizeof(watch->slots));
	watch->count = kept;
	for (unsigned int i = 0; i < kept; i++) {
		uint16_t *slot = NULL;

		(void)nrs_tally_find(tally, &rows, &watch->rows[i], &slot);
		*slot = (uint16_t)(i + 1);
	}
}

static struct nrs_tally_indicator *
row_of(struct nrs_tally *tally, const struct nrs_tally_indicator *wanted)
{
	struct nrs_tally_watch *watch = &tally->watch;
	const struct nrs_tally_rows rows = rows_of(watch);
	uint16_t *slot = NULL;
	struct nrs_tally_indicator *row =
		nrs_tally_find(tally, &rows, wanted, &slot);

	if (row != NULL)
		return row;
	if (watch->count == NRS_TALLY_WATCHED) {
		thin(tally);
		(void)nrs_tally_find(tally, &rows, wanted, &slot);
	}
	row = &watch->rows[watch->count++];
	*row = *wanted;
	*slot = (uint16_t)watch->count;
	return row;
}

/* It is one of @set. */
static void add_known(struct nrs_tally *tally, const struct nrs_set *set,
		      const struct nrs_cost *cost)
{
	const struct nrs_record_hit hit = {.indicator = cost->indicator};
	const struct nrs_sighted of = {
		.hit = &hit,
		.set = set,
		.indicator = nrs_set_at(set, cost->indicator)};
	const struct nrs_indicator_source *source =
		nrs_set_source_of(set, of.indicator->source);
	struct nrs_tally_indicator wanted;

	nrs_tally_describe(tally, &of, &wanted);
	nrs_lock_take(tally->lock);
	struct nrs_tally_source *by_source =
		nrs_tally_source_row(tally, source->name);
	if (by_source != NULL)
		add(&by_source->cost, cost->trials, cost->ns);
	add(&row_of(tally, &wanted)->cost, cost->trials, cost->ns);
	nrs_lock_give(tally->lock);
}

void nrs_tally_cost(struct nrs_tally *tally, const struct nrs_set *set,
		    const struct nrs_cost *cost)
{
	if (tally == NULL)
		return;
	if (set != NULL && cost->indicator < nrs_set_count(set)) {
		add_known(tally, set, cost);
		return;
	}
	nrs_lock_take(tally->lock);
	add(&tally->watch.others, cost->trials, cost->ns);
	nrs_lock_give(tally->lock);
}

void nrs_tally_dearest(struct nrs_tally *tally, struct nrs_tally_figures *out)
{
	struct nrs_tally_watch *watch = &tally->watch;
	const struct nrs_tally_indicator **places = watch->places;

	for (unsigned int i = 0; i < watch->count; i++)
		places[i] = &watch->rows[i];
	qsort(places, watch->count, sizeof(*places), compare_places);
	out->other_costs = watch->others;
	for (unsigned int i = 0; i < watch->count; i++) {
		if (i < NRS_TALLY_COSTS)
			out->costs[i] = *places[i];
		else
			add(&out->other_costs, places[i]->cost.trials,
			    places[i]->cost.ns);
	}
	out->cost_count =
		watch->count < NRS_TALLY_COSTS ? watch->count : NRS_TALLY_COSTS;
}
