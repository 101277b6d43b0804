/* SPDX-License-Identifier: Apache-2.0 */
/*
 * stock: unit by unit into one set, then settled, chosen, compiled, counted.
 */
#include "app/stock.h"

#include <stdlib.h>

#include "app/exceptions.h"
#include "engine/image.h"

bool nrs_stock_is_unmarked(const struct nrs_set *set, uint32_t index)
{
	return nrs_set_status(set, index) <= NRS_STATUS_PARTIAL &&
	       nrs_set_tlp(set, index) == NRS_TLP_NONE;
}

static int load_unit(struct nrs_stock *stock,
		     const struct nrs_supply_options *options,
		     struct nrs_supply_pull *pull, struct nrs_diag *diag)
{
	struct nrs_stock_unit *unit = &stock->units[pull->index];
	const uint64_t refused = nrs_set_refused(stock->set);
	const uint64_t repeated = nrs_set_repeats(stock->set);

	unit->first = nrs_set_count(stock->set);
	const int err =
		nrs_source_load(options, pull, stock->set, &unit->seen, diag);
	unit->end = nrs_set_count(stock->set);
	unit->refused = nrs_set_refused(stock->set) - refused;
	unit->repeated = nrs_set_repeats(stock->set) - repeated;
	return err;
}

/* All of them, so that each one's date is known. */
static int load_units(struct nrs_stock *stock,
		      const struct nrs_supply_options *options, bool is_aside,
		      struct nrs_diag *diag)
{
	const unsigned int count = nrs_source_count(options);
	int first = NRS_OK;

	for (unsigned int i = 0; i < count; i++) {
		struct nrs_supply_pull pull = {.index = i,
					       .is_aside = is_aside};
		const int err = load_unit(stock, options, &pull,
					  first == NRS_OK ? diag : NULL);

		if (first == NRS_OK)
			first = err;
	}
	return first;
}

static int load_exceptions(struct nrs_stock *stock,
			   const struct nrs_supply_options *options,
			   struct nrs_diag *diag)
{
	for (unsigned int i = 0; i < options->exception_count; i++)
		nrs_source_look_at_exceptions(options, i,
					      &stock->exceptions_seen[i]);
	const int err = nrs_exceptions_load(&stock->allow, options->exceptions,
					    options->exception_count, diag);
	if (err == NRS_OK && stock->allow != NULL)
		stock->ends_ns = nrs_allow_next_end(stock->allow,
						    nrs_source_now_ns(options));
	return err;
}

static int choose(struct nrs_stock *stock,
		  const struct nrs_supply_options *options,
		  const struct nrs_build_options *building,
		  struct nrs_diag *diag)
{
	int err = NRS_OK;

	if (options->policy != NULL)
		err = nrs_select_new(&stock->select, options->policy, diag);
	if (err != NRS_OK)
		return err;
	const struct nrs_choose_options choosing = {
		.building = building,
		.allow = stock->allow,
		.select = stock->select,
		.at_ns = building->at_ns,
		.drop_expired =
			building->validity != NRS_VALIDITY_SINCE_EXPIRY};
	return nrs_choose(stock->set, &choosing);
}

static int describe(struct nrs_stock *stock)
{
	struct nrs_text digest = {0};
	const int err = nrs_set_digest(stock->set, &digest);

	if (err == NRS_OK && digest.len < sizeof(stock->digest))
		memcpy(stock->digest, digest.ptr, digest.len);
	nrs_text_fini(&digest);
	for (uint32_t i = 0; i < nrs_set_count(stock->set); i++)
		stock->unmarked += nrs_stock_is_unmarked(stock->set, i);
	nrs_funnel_count(&stock->funnel, stock->set, stock->select);
	return err;
}

static struct nrs_stock *new_stock(const struct nrs_supply_options *options)
{
	struct nrs_stock *stock = calloc(1, sizeof(*stock));

	if (stock == NULL)
		return NULL;
	stock->ends_ns = NRS_TIME_MAX;
	stock->units = calloc((size_t)nrs_source_count(options) + 1,
			      sizeof(*stock->units));
	stock->exceptions_seen = calloc((size_t)options->exception_count + 1,
					sizeof(*stock->exceptions_seen));
	if (stock->units == NULL || stock->exceptions_seen == NULL ||
	    nrs_set_new(&stock->set) != NRS_OK) {
		nrs_stock_free(stock);
		return NULL;
	}
	return stock;
}

/* The first file that is an image; file_count: none is. */
static unsigned int find_image(const struct nrs_supply_options *options)
{
	unsigned int unit = 0;

	while (unit < options->file_count &&
	       !nrs_image_is(options->files[unit].path))
		unit++;
	return unit;
}

int nrs_stock_make(struct nrs_stock **out,
		   const struct nrs_supply_options *options, bool is_aside,
		   struct nrs_diag *diag)
{
	struct nrs_build_options building = options->building;
	struct nrs_stock *stock = new_stock(options);

	*out = stock;
	if (stock == NULL)
		return NRS_E_NOMEM;
	building.at_ns = nrs_source_now_ns(options);
	const unsigned int image = find_image(options);
	if (image < options->file_count) {
		int failed = load_exceptions(stock, options, diag);

		if (failed == NRS_OK)
			failed =
				nrs_stock_of_image(stock, options, image, diag);
		return failed == NRS_OK ? describe(stock) : failed;
	}
	int err = load_units(stock, options, is_aside, diag);
	if (err == NRS_OK)
		err = load_exceptions(stock, options, diag);
	if (err == NRS_OK)
		err = nrs_set_settle(stock->set);
	if (err == NRS_OK)
		err = choose(stock, options, &building, diag);
	if (err == NRS_OK)
		err = nrs_db_build(&stock->db, stock->set, &building);
	return err == NRS_OK ? describe(stock) : err;
}

void nrs_stock_free(struct nrs_stock *stock)
{
	if (stock == NULL)
		return;
	nrs_db_free(stock->db);
	nrs_set_free(stock->set);
	nrs_select_free(stock->select);
	nrs_allow_free(stock->allow);
	free(stock->vetoes);
	free(stock->hidden.rows);
	nrs_text_fini(&stock->reasons);
	free(stock->units);
	free(stock->exceptions_seen);
	free(stock);
}
