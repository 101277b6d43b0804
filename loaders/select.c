/* SPDX-License-Identifier: Apache-2.0 */
/*
 * select: rule by rule over all indicators that nobody has decided about yet,
 * because a limit needs to see all of a source at once.
 */
#include "loaders/select.h"

#include <stdio.h>
#include <stdlib.h>

#include "engine/canon.h"
#include "engine/set_over.h"
#include "loaders/select_inside.h"

static int add_place(struct nrs_select *select,
		     struct nrs_select_places *places, const char *word,
		     struct nrs_diag *diag)
{
	struct nrs_select_place *place = &places->items[places->count];
	uint8_t canonical[NRS_CANON_NAME_ROOM];
	struct nrs_span text = nrs_span_of(word);
	size_t len = 0;

	if (nrs_span_starts(text, "*."))
		text = nrs_span_from(text, 2);
	place->is_net = nrs_prefix_parse(text, &place->net) == NRS_OK;
	if (!place->is_net) {
		if (nrs_canon_name(text, NRS_CANON_INDICATOR, canonical,
				   &len) != NRS_OK)
			return nrs_diag_set(diag, NRS_E_FORMAT, 0,
					    "'%.60s' is neither a network nor "
					    "a domain",
					    word);
		place->name =
			nrs_arena_copy(select->arena, nrs_span(canonical, len));
		if (place->name.len < len)
			return NRS_E_NOMEM;
	}
	places->count++;
	return NRS_OK;
}

static int make_places(struct nrs_select *select, unsigned int rule,
		       struct nrs_diag *diag)
{
	const struct nrs_select_words *words =
		&select->policy->rules[rule].words[NRS_SELECT_WITHIN];
	const struct nrs_guard_own *home = &select->policy->home;
	struct nrs_select_places *places = &select->within[rule];
	int err = NRS_OK;

	if (words->count == 0)
		return NRS_OK;
	places->items = nrs_arena_alloc(
		select->arena, (size_t)words->count * (home->count + 1) *
				       sizeof(*places->items));
	if (places->items == NULL)
		return NRS_E_NOMEM;
	for (unsigned int i = 0; i < words->count && err == NRS_OK; i++) {
		const bool is_home = strcmp(words->items[i], "home_net") == 0;

		if (!is_home)
			err = add_place(select, places, words->items[i], diag);
		for (unsigned int n = 0; is_home && n < home->count; n++)
			places->items[places->count++] =
				(struct nrs_select_place){.is_net = true,
							  .net = home->nets[n]};
	}
	return err;
}

int nrs_select_new(struct nrs_select **out,
		   const struct nrs_select_policy *policy,
		   struct nrs_diag *diag)
{
	struct nrs_select *select;
	int err;

	if (policy->rule_count > NRS_SELECT_RULES_MAX)
		return nrs_diag_set(diag, NRS_E_LIMIT, 0, "more than %u rules",
				    NRS_SELECT_RULES_MAX);
	select = calloc(1, sizeof(*select));
	if (select == NULL)
		return NRS_E_NOMEM;
	select->policy = policy;
	select->arena = nrs_arena_new(0);
	err = select->arena == NULL ? NRS_E_NOMEM
				    : nrs_about_new(&select->about);
	for (unsigned int i = 0; i < policy->rule_count && err == NRS_OK; i++)
		err = make_places(select, i, diag);
	if (err != NRS_OK) {
		nrs_select_free(select);
		return err;
	}
	*out = select;
	return NRS_OK;
}

void nrs_select_free(struct nrs_select *select)
{
	if (select == NULL)
		return;
	nrs_about_free(select->about);
	nrs_arena_free(select->arena);
	free(select->types);
	free(select->by);
	free(select);
}

static bool is_open(const struct nrs_select_case *c)
{
	return (c->item.status == NRS_STATUS_FULL ||
		c->item.status == NRS_STATUS_PARTIAL) &&
	       c->select->by[c->index] == 0;
}

static void aim(struct nrs_select_case *c, uint32_t index)
{
	c->index = index;
	nrs_set_get(c->set, index, &c->item);
}

static int drop(const struct nrs_select_case *c, struct nrs_set *set,
		struct nrs_text *reason)
{
	nrs_text_clear(reason);
	nrs_select_reason(c, reason);
	nrs_text_putc(reason, '\0');
	if (reason->failed)
		return NRS_E_NOMEM;
	c->select->dropped[c->rule_index]++;
	return nrs_set_judge(set, c->index, NRS_STATUS_DROPPED,
			     (const char *)reason->ptr);
}

static int decide(const struct nrs_select_case *c, struct nrs_set *set,
		  struct nrs_text *reason)
{
	const bool meets = nrs_select_meets(c);

	if (meets == (c->rule->action == NRS_SELECT_REQUIRE))
		return NRS_OK; /* goes on to the next rule */
	c->select->by[c->index] = (uint8_t)(c->rule_index + 1);
	if (c->rule->action == NRS_SELECT_WATCH)
		nrs_set_edit(set, c->index)->watched = true;
	return c->rule->action == NRS_SELECT_DROP ||
			       c->rule->action == NRS_SELECT_REQUIRE
		       ? drop(c, set, reason)
		       : NRS_OK;
}

bool nrs_select_is_better(const struct nrs_set *set, uint32_t one,
			  uint32_t other)
{
	struct nrs_indicator a, b;

	nrs_set_get(set, one, &a);
	nrs_set_get(set, other, &b);
	if (a.confidence != b.confidence)
		return a.confidence > b.confidence;
	if (a.modified_ns != b.modified_ns)
		return a.modified_ns > b.modified_ns;
	return one < other;
}

static int by_source(const struct nrs_set *set, uint32_t one, uint32_t other)
{
	struct nrs_indicator a, b;

	nrs_set_get(set, one, &a);
	nrs_set_get(set, other, &b);
	return nrs_span_compare(nrs_set_source_of(set, a.source)->name,
				nrs_set_source_of(set, b.source)->name);
}

static int by_worth(const void *a, const void *b, void *arg)
{
	const uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
	const struct nrs_set *set = arg;
	const int by = by_source(set, x, y);

	return by != 0 ? by : nrs_select_is_better(set, x, y) ? -1 : 1;
}

static int limit(struct nrs_select_case *c, struct nrs_set *set,
		 struct nrs_text *reason)
{
	const uint32_t all = nrs_set_count(set);
	uint32_t *order = calloc((size_t)all + 1, sizeof(*order));
	uint32_t count = 0, of_source = 0;
	int err = NRS_OK;

	if (order == NULL)
		return NRS_E_NOMEM;
	for (uint32_t i = nrs_set_first(set); i < all; i++) {
		aim(c, i);
		if (is_open(c) && nrs_select_meets(c))
			order[count++] = i;
	}
	if (count > 1)
		qsort_r(order, count, sizeof(*order), by_worth, set);
	for (uint32_t i = 0; i < count && err == NRS_OK; i++) {
		if (i > 0 && by_source(set, order[i - 1], order[i]) != 0)
			of_source = 0;
		if (++of_source <= c->rule->most)
			continue;
		aim(c, order[i]);
		c->select->by[c->index] = (uint8_t)(c->rule_index + 1);
		err = drop(c, set, reason);
	}
	free(order);
	return err;
}

static int apply(struct nrs_select_case *c, struct nrs_set *set,
		 struct nrs_text *reason)
{
	int err = NRS_OK;

	if (c->rule->action == NRS_SELECT_LIMIT)
		return limit(c, set, reason);
	for (uint32_t i = nrs_set_first(set);
	     i < nrs_set_count(set) && err == NRS_OK; i++) {
		aim(c, i);
		if (is_open(c))
			err = decide(c, set, reason);
	}
	return err;
}

/* What no rule decided about. */
static int apply_otherwise(struct nrs_select *select, struct nrs_set *set)
{
	const enum nrs_select_action action = select->policy->otherwise;
	struct nrs_select_case c = {.select = select, .set = set};
	int err = NRS_OK;

	if (action != NRS_SELECT_DROP && action != NRS_SELECT_WATCH)
		return NRS_OK;
	for (uint32_t i = nrs_set_first(set);
	     i < nrs_set_count(set) && err == NRS_OK; i++) {
		aim(&c, i);
		if (!is_open(&c))
			continue;
		select->by[i] = NRS_SELECT_OTHERWISE;
		if (action == NRS_SELECT_WATCH) {
			nrs_set_edit(set, i)->watched = true;
			continue;
		}
		select->dropped[select->policy->rule_count]++;
		err = nrs_set_judge(set, i, NRS_STATUS_DROPPED,
				    "no rule keeps it");
	}
	return err;
}

int nrs_select_run(struct nrs_select *select, struct nrs_set *set,
		   int64_t at_ns)
{
	const size_t count = (size_t)nrs_set_count(set) + 1;
	struct nrs_text reason = {0};
	int err = NRS_OK;

	free(select->types);
	free(select->by);
	select->types = calloc(count, sizeof(*select->types));
	select->by = calloc(count, sizeof(*select->by));
	memset(select->dropped, 0, sizeof(select->dropped));
	select->at_ns = at_ns;
	if (select->types == NULL || select->by == NULL)
		return NRS_E_NOMEM;
	for (unsigned int i = 0;
	     i < select->policy->rule_count && err == NRS_OK; i++) {
		struct nrs_select_case c = {.select = select,
					    .set = set,
					    .rule = &select->policy->rules[i],
					    .rule_index = i};

		err = apply(&c, set, &reason);
	}
	if (err == NRS_OK)
		err = apply_otherwise(select, set);
	nrs_text_fini(&reason);
	return err;
}

uint64_t nrs_select_dropped(const struct nrs_select *select, unsigned int rule)
{
	return select->dropped[rule];
}

unsigned int nrs_select_decided(const struct nrs_select *select, uint32_t index)
{
	const uint8_t by = select->by[index];

	return by == 0 || by == NRS_SELECT_OTHERWISE
		       ? select->policy->rule_count
		       : by - 1u;
}
