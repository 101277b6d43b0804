/* SPDX-License-Identifier: Apache-2.0 */
/*
 * stock: all that the sources said at one time, loaded, chosen and compiled:
 * what later changes are laid over (later.h) until it is made anew. It does
 * not change once it is made.
 */
#pragma once

#include "app/by_hand.h"
#include "app/sources.h"
#include "engine/image.h"

/* What a stock has of one unit: its indicators from first to before end. */
struct nrs_stock_unit {
	struct nrs_source_seen seen;
	uint32_t first, end;
	uint64_t refused, repeated; /* by its loader */
};

struct nrs_stock_veto {
	uint32_t index;
	size_t reason; /* among the reasons */
};

#define NRS_DIGEST_ROOM 80
struct nrs_stock {
	unsigned int users; /* for who shares it, in one thread */
	struct nrs_set *set;
	struct nrs_db *db;
	struct nrs_stock_unit *units;
	struct stat *exceptions_seen;
	struct nrs_allow *allow;   /* or NULL */
	struct nrs_select *select; /* that chose; or NULL */
	struct nrs_funnel funnel;
	uint32_t unmarked; /* of those that are matched */
	int64_t ends_ns;   /* when an exception ends; NRS_TIME_MAX */
	char digest[NRS_DIGEST_ROOM];
	bool has_image; /* image_unit is one: it cannot be made anew */
	unsigned int image_unit;
	/* Of an image: what exceptions take off. Reasons: texts with a NUL. */
	struct nrs_stock_veto *vetoes;
	uint32_t veto_count;
	struct nrs_text reasons;
	/* What is taken off by hand: the builder's, at any time. */
	const struct nrs_by_hand *hand; /* or NULL; of whom rows are */
	struct nrs_by_hand_rows hidden;
};

/*
 * Read everything. @is_aside: in a thread of its own, beside the builder's.
 * Errors as nrs_source_load's; then *@out has what was seen of each unit and
 * nothing else, to be freed too.
 */
int nrs_stock_make(struct nrs_stock **out,
		   const struct nrs_supply_options *options, bool is_aside,
		   struct nrs_diag *diag);
void nrs_stock_free(struct nrs_stock *stock);

/* In stock_image.c: unit @unit is an image; the stock is empty so far. */
int nrs_stock_of_image(struct nrs_stock *stock,
		       const struct nrs_supply_options *options,
		       unsigned int unit, struct nrs_diag *diag);

/* The image that @stock is, once more, to be freed; its file must be the same
 * still, else NRS_E_NOTFOUND. Errors as nrs_image_open. */
int nrs_stock_image_aside(const struct nrs_stock *stock,
			  const struct nrs_supply_options *options,
			  struct nrs_image *out);

/* Indicators of @set that are matched and have no marking. */
bool nrs_stock_is_unmarked(const struct nrs_set *set, uint32_t index);
