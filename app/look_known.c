/* SPDX-License-Identifier: Apache-2.0 */
/*
 * look_known: what is wanted is the end of what is known, in the order in
 * which it came.
 */
#include "app/look_known.h"

#include <stdlib.h>

#include "app/look_file.h"
#include "app/threads.h"
#include "engine/handling.h"
#include "engine/set_over.h"

/* Of so many the labels are read; more come from no self-test. */
#define LABELS_MAX 4096u

struct nrs_look_known {
	size_t most;
	struct nrs_lock *lock; /* of all below */
	struct nrs_look_file *file;
	struct nrs_look_table table; /* all that is known */
	struct nrs_look_wants wants;
	size_t taken;		    /* the first of them are looked for */
	const struct nrs_set *base; /* under the set in force, or it */
	bool is_first;		    /* nothing was known */
	bool is_full;		    /* of what is in force alone */
	struct nrs_look_known_figures figures;
};

static int by_identity(const void *a, const void *b)
{
	const uint64_t one = ((const struct nrs_look_item *)a)->identity;
	const uint64_t other = ((const struct nrs_look_item *)b)->identity;

	return (one > other) - (one < other);
}

void nrs_look_list_fini(struct nrs_look_list *list)
{
	free(list->items);
	*list = (struct nrs_look_list){0};
}

const struct nrs_look_item *nrs_look_list_find(const struct nrs_look_list *list,
					       uint64_t identity)
{
	const struct nrs_look_item key = {.identity =
						  identity == 0 ? 1 : identity};

	return list->count == 0 ? NULL
				: bsearch(&key, list->items, list->count,
					  sizeof(*list->items), by_identity);
}

int nrs_look_known_open(struct nrs_look_known **out, const char *path,
			size_t most)
{
	struct nrs_look_known *k = calloc(1, sizeof(*k));
	int err;

	if (k == NULL)
		return NRS_E_NOMEM;
	k->most = most == 0 ? NRS_LOOK_KNOWN_MAX : most;
	err = nrs_lock_new(&k->lock);
	if (err == NRS_OK)
		err = nrs_look_file_open(&k->file, path);
	if (err == NRS_OK)
		err = nrs_look_file_load(k->file, &k->table, &k->wants,
					 k->most);
	if (err != NRS_OK) {
		nrs_look_known_close(k);
		return err;
	}
	k->is_first = nrs_look_file_is_new(k->file);
	*out = k;
	return NRS_OK;
}

void nrs_look_known_close(struct nrs_look_known *k)
{
	if (k == NULL)
		return;
	nrs_look_file_close(k->file);
	nrs_look_table_fini(&k->table);
	free(k->wants.items);
	nrs_lock_free(k->lock);
	free(k);
}

static bool is_selftest(const struct nrs_set *set, uint32_t index)
{
	struct nrs_indicator indicator;

	nrs_set_get(set, index, &indicator);
	return nrs_span_is(nrs_exercise_of(&indicator), "selftest");
}

struct scan {
	const struct nrs_set *set;
	const struct nrs_look_table *before; /* a table that is made anew */
	int64_t now_ns;
	bool reads_labels;
	uint64_t refused;
};

static int see(struct nrs_look_known *k, struct scan *scan, uint32_t index)
{
	const uint64_t identity = nrs_set_identity(scan->set, index);
	const struct nrs_look_item item = {.identity =
						   identity == 0 ? 1 : identity,
					   .since_ns = scan->now_ns};

	if (nrs_look_table_has(&k->table, item.identity) ||
	    (scan->reads_labels && is_selftest(scan->set, index)))
		return NRS_OK;
	if (k->table.count >= k->most) {
		scan->refused++;
		return NRS_OK;
	}
	const bool is_new = scan->before == NULL ||
			    !nrs_look_table_has(scan->before, item.identity);
	int err = nrs_look_table_add(&k->table, item.identity);
	if (err == NRS_OK && is_new)
		err = nrs_look_wants_add(&k->wants, &item);
	return err;
}

static int see_all(struct nrs_look_known *k, struct scan *scan, uint32_t first)
{
	const uint32_t count = nrs_set_count(scan->set);
	int err = NRS_OK;

	scan->reads_labels = count - first <= LABELS_MAX;
	scan->refused = 0;
	for (uint32_t i = first; i < count && err == NRS_OK; i++) {
		if (nrs_set_status(scan->set, i) <= NRS_STATUS_PARTIAL)
			err = see(k, scan, i);
	}
	return err;
}

/* There is no room for more: what is not in force any more is forgotten. */
static int see_anew(struct nrs_look_known *k, struct scan *scan)
{
	struct nrs_look_table before = k->table;
	int err = NRS_OK;

	k->table = (struct nrs_look_table){0};
	for (size_t i = 0; i < k->wants.count && err == NRS_OK; i++)
		err = nrs_look_table_add(&k->table, k->wants.items[i].identity);
	scan->before = &before;
	if (err == NRS_OK)
		err = see_all(k, scan, 0);
	scan->before = NULL;
	if (before.count > k->table.count)
		k->figures.forgotten += before.count - k->table.count;
	nrs_look_table_fini(&before);
	k->is_full = scan->refused > 0;
	return err;
}

static int force(struct nrs_look_known *k, struct scan *scan)
{
	const struct nrs_set *under = nrs_set_under(scan->set);
	const bool is_same = under != NULL && under == k->base;
	size_t wanted = k->wants.count;
	bool is_anew = false;
	int err;

	k->base = under != NULL ? under : scan->set;
	if (!is_same)
		k->is_full = false;
	err = see_all(k, scan, is_same ? nrs_set_first(scan->set) : 0);
	if (err == NRS_OK && scan->refused > 0 && !k->is_full) {
		is_anew = true;
		err = see_anew(k, scan);
	}
	k->figures.refused += scan->refused;
	if (k->is_first && err == NRS_OK) { /* what was told may be told */
		nrs_look_file_add(k->file, k->wants.items, k->wants.count);
		nrs_look_file_done(k->file, k->wants.count);
		k->wants.count = wanted = 0;
		k->is_first = false;
	}
	if (is_anew || nrs_look_file_is_behind(k->file))
		nrs_look_file_replace(k->file, &k->table, &k->wants);
	else
		nrs_look_file_add(k->file, k->wants.items + wanted,
				  k->wants.count - wanted);
	return err;
}

int nrs_look_known_force(struct nrs_look_known *k, const struct nrs_set *set,
			 int64_t now_ns)
{
	struct scan scan = {.set = set, .now_ns = now_ns};

	nrs_lock_take(k->lock);
	const int err = force(k, &scan);
	nrs_lock_give(k->lock);
	return err;
}

int nrs_look_known_take(struct nrs_look_known *k, struct nrs_look_list *list)
{
	int err = NRS_OK;

	*list = (struct nrs_look_list){0};
	nrs_lock_take(k->lock);
	const size_t count =
		k->wants.resumed > 0 ? k->wants.resumed : k->wants.count;
	if (count > 0)
		list->items = malloc(count * sizeof(*list->items));
	if (count > 0 && list->items == NULL) {
		err = NRS_E_NOMEM;
	} else if (count > 0) {
		memcpy(list->items, k->wants.items,
		       count * sizeof(*list->items));
		list->count = k->taken = count;
		if (k->wants.resumed > 0)
			list->from = k->wants.from;
		k->wants.resumed = 0;
	}
	nrs_lock_give(k->lock);
	if (list->items != NULL)
		qsort(list->items, list->count, sizeof(*list->items),
		      by_identity);
	return err;
}

void nrs_look_known_keep(struct nrs_look_known *k,
			 const struct nrs_look_place *place)
{
	nrs_lock_take(k->lock);
	/* Should it be taken again in this life, it goes on there. */
	k->wants.resumed = k->taken;
	k->wants.from = *place;
	nrs_look_file_keep(k->file, place, k->taken);
	nrs_lock_give(k->lock);
}

void nrs_look_known_done(struct nrs_look_known *k)
{
	nrs_lock_take(k->lock);
	k->wants.count -= k->taken;
	memmove(k->wants.items, k->wants.items + k->taken,
		k->wants.count * sizeof(*k->wants.items));
	k->wants.resumed = 0;
	nrs_look_file_done(k->file, k->taken);
	k->taken = 0;
	if (nrs_look_file_is_behind(k->file))
		nrs_look_file_replace(k->file, &k->table, &k->wants);
	nrs_lock_give(k->lock);
}

void nrs_look_known_figures(struct nrs_look_known *k,
			    struct nrs_look_known_figures *out)
{
	nrs_lock_take(k->lock);
	*out = k->figures;
	out->known = k->table.count;
	out->wanted = k->wants.count;
	out->unwritten = nrs_look_file_failed(k->file);
	nrs_lock_give(k->lock);
}
