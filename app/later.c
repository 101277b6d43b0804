/* SPDX-License-Identifier: Apache-2.0 */
/*
 * later: units that are not as the stock has them, over the stock.
 */
#include "app/later.h"

#include <stdlib.h>

#include "engine/set_over.h"

const struct nrs_later_room nrs_later_empty = {
	.rows = 10000, .engines = {.hyperscan = 200, .pcre = 64}};

/* The best so many of each source: the least that some rule allows. */
static uint32_t limit_of(const struct nrs_select_policy *policy)
{
	uint32_t most = UINT32_MAX;

	for (unsigned int i = 0; policy != NULL && i < policy->rule_count;
	     i++) {
		const struct nrs_select_rule *rule = &policy->rules[i];

		if (rule->action == NRS_SELECT_LIMIT && rule->most < most)
			most = rule->most;
	}
	return most;
}

bool nrs_later_can(const struct nrs_stock *stock,
		   const struct nrs_supply_options *options,
		   const struct nrs_source_seen *seen)
{
	uint64_t replaced = 0;

	for (unsigned int i = 0; i < options->file_count; i++) {
		const struct nrs_stock_unit *unit = &stock->units[i];

		if (nrs_source_is_same(&seen[i], &unit->seen))
			continue;
		if (stock->has_image && i == stock->image_unit)
			return false; /* another image */
		replaced += unit->end - unit->first;
	}
	return replaced <= nrs_later_empty.rows;
}

/* Of a collection what came behind the stock's mark; a file that is another
 * now whole. */
static int load_units(struct nrs_later *later, const struct nrs_stock *stock,
		      const struct nrs_supply_options *options,
		      struct nrs_source_seen *seen, struct nrs_diag *diag)
{
	const unsigned int count = nrs_source_count(options);
	bool is_stale = false;
	int err = NRS_OK;

	for (unsigned int i = 0; i < count && err == NRS_OK; i++) {
		const struct nrs_stock_unit *unit = &stock->units[i];
		struct nrs_supply_pull pull = {.index = i,
					       .after = unit->seen.kept.mark};

		if (i < options->file_count) {
			if (nrs_source_is_same(&seen[i], &unit->seen))
				continue;
			err = nrs_set_take_off(later->set, unit->first,
					       unit->end);
		}
		if (err == NRS_OK)
			err = nrs_source_load(options, &pull, later->set,
					      &seen[i], diag);
		/* Which ones went is not known. */
		is_stale |= seen[i].kept.withdrawn != unit->seen.kept.withdrawn;
	}
	later->is_stale = is_stale;
	return err;
}

/* What unit @index and those that are called like it had in the stock. */
static uint64_t count_called(const struct nrs_stock *stock,
			     const struct nrs_supply_options *options,
			     unsigned int index)
{
	uint64_t count = 0;

	for (unsigned int i = 0; i < nrs_source_count(options); i++) {
		const struct nrs_stock_unit *unit = &stock->units[i];
		const bool is_called =
			i < options->file_count &&
			index < options->file_count &&
			options->files[i].options.name.len > 0 &&
			nrs_span_equal(options->files[i].options.name,
				       options->files[index].options.name);

		if (i == index || is_called)
			count += unit->end - unit->first;
	}
	return count;
}

/* Might a limit take another choice with what came, and all of its source? */
static bool is_limited(const struct nrs_later *later,
		       const struct nrs_stock *stock,
		       const struct nrs_supply_options *options,
		       const struct nrs_source_seen *seen)
{
	const uint32_t most = limit_of(options->policy);
	const uint32_t own =
		nrs_set_count(later->set) - nrs_set_first(later->set);

	for (unsigned int i = 0;
	     most != UINT32_MAX && i < nrs_source_count(options); i++) {
		if (!nrs_source_is_same(&seen[i], &stock->units[i].seen) &&
		    count_called(stock, options, i) + own > most)
			return true;
	}
	return false;
}

static int choose(struct nrs_later *later, const struct nrs_stock *stock,
		  const struct nrs_build_options *building,
		  struct nrs_select *select)
{
	const struct nrs_choose_options choosing = {
		.building = building,
		.allow = stock->allow,
		.select = select,
		.at_ns = building->at_ns,
		.drop_expired =
			building->validity != NRS_VALIDITY_SINCE_EXPIRY};
	uint32_t waiting;
	bool is_stale = false;
	later->left = nrs_later_empty;
	int err =
		nrs_db_hold(later->set, building, &later->left.rows, &waiting);

	if (err == NRS_OK)
		err = nrs_set_settle_over(later->set, &is_stale);
	if (err == NRS_OK && stock->hand != NULL)
		err = nrs_by_hand_judge(stock->hand, &stock->hidden,
					later->set);
	later->is_stale |= is_stale;
	return err == NRS_OK ? nrs_choose(later->set, &choosing) : err;
}

static int compile(struct nrs_later *later, const struct nrs_stock *stock,
		   const struct nrs_build_options *building)
{
	struct nrs_db *delta = NULL;
	struct nrs_db_sizes sizes;
	const int err = nrs_db_build(&delta, later->set, building);

	if (err != NRS_OK)
		return err;
	nrs_db_sizes(delta, &sizes);
	later->left.engines.hyperscan -= (uint32_t)sizes.hyperscan;
	later->left.engines.pcre -= (uint32_t)sizes.pcre;
	return nrs_db_over(&later->db, stock->db, delta, later->set,
			   building->generation);
}

static void count(struct nrs_later *later, const struct nrs_stock *stock,
		  const struct nrs_supply_options *options,
		  const struct nrs_source_seen *seen,
		  const struct nrs_select *select)
{
	const uint32_t first = nrs_set_first(later->set);
	const uint32_t *withdrawn = nrs_set_withdrawn(later->set);

	nrs_funnel_over(
		&later->funnel,
		&(struct nrs_funnel_below){&stock->funnel, stock->select},
		later->set, select);
	for (unsigned int i = 0; i < options->file_count; i++) {
		const struct nrs_stock_unit *unit = &stock->units[i];

		if (nrs_source_is_same(&seen[i], &unit->seen))
			continue;
		later->funnel.rejected -= unit->refused;
		later->funnel.duplicates -= unit->repeated;
		later->funnel.received -= unit->refused + unit->repeated;
	}
	later->unmarked = stock->unmarked;
	later->changes = nrs_set_count(later->set) - first;
	for (uint32_t i = 0; i < first; i++) {
		/* What is excepted is no reason to compile all anew. */
		later->changes +=
			withdrawn[i] != 0 &&
			nrs_set_status(later->set, i) != NRS_STATUS_EXCEPTED;
		later->unmarked -= withdrawn[i] != 0 &&
				   nrs_stock_is_unmarked(stock->set, i);
	}
	for (uint32_t i = first; i < nrs_set_count(later->set); i++)
		later->unmarked += nrs_stock_is_unmarked(later->set, i);
}

int nrs_later_make(struct nrs_later *out, const struct nrs_stock *stock,
		   const struct nrs_supply_options *options,
		   struct nrs_source_seen *seen, struct nrs_diag *diag)
{
	struct nrs_build_options building = *nrs_db_options(stock->db);
	struct nrs_select *select = NULL;

	building.generation = options->building.generation;
	building.engines = &nrs_later_empty.engines;
	*out = (struct nrs_later){0};
	building.at_ns = nrs_source_now_ns(options);
	int err = nrs_set_over(&out->set, stock->set);
	for (uint32_t i = 0; i < stock->veto_count && err == NRS_OK; i++)
		err = nrs_set_judge(out->set, stock->vetoes[i].index,
				    NRS_STATUS_EXCEPTED,
				    (const char *)stock->reasons.ptr +
					    stock->vetoes[i].reason);
	if (err == NRS_OK)
		err = load_units(out, stock, options, seen, diag);
	if (err == NRS_OK && options->policy != NULL)
		err = nrs_select_new(&select, options->policy, diag);
	if (err == NRS_OK)
		err = choose(out, stock, &building, select);
	if (err == NRS_OK)
		err = compile(out, stock, &building);
	if (err == NRS_OK) {
		out->is_stale |= is_limited(out, stock, options, seen);
		count(out, stock, options, seen, select);
	} else
		nrs_later_fini(out);
	nrs_select_free(select);
	return err;
}

void nrs_later_fini(struct nrs_later *later)
{
	nrs_db_free(later->db);
	nrs_set_free(later->set);
	*later = (struct nrs_later){0};
}
