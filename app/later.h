/* SPDX-License-Identifier: Apache-2.0 */
/*
 * later: what changed since a stock was made, compiled alone and laid over it
 * (contracts.md section 6): files that were replaced, whole, and what came
 * into collections. Seconds become tenths.
 */
#pragma once

#include "app/stock.h"

/* What can still be laid over a stock; the rest waits until all is compiled
 * anew. */
struct nrs_later_room {
	uint32_t rows;
	struct nrs_engine_room engines;
};
extern const struct nrs_later_room nrs_later_empty; /* nothing is over it */

struct nrs_later {
	struct nrs_set *set; /* over the stock's */
	struct nrs_db *db;   /* over the stock's, with a delta */
	struct nrs_funnel funnel;
	uint32_t unmarked;
	uint32_t changes; /* indicators that came or went; not exceptions */
	struct nrs_later_room left;
	bool is_stale; /* only making all anew says what holds */
};

/*
 * Can what changed be laid over @stock at all? @seen: the units as they are
 * now. False: more changed than a delta may hold.
 */
bool nrs_later_can(const struct nrs_stock *stock,
		   const struct nrs_supply_options *options,
		   const struct nrs_source_seen *seen);

/*
 * @seen: the units as they are to be; of those that are read it is told anew.
 * Errors as nrs_source_load's; @out then holds nothing.
 */
int nrs_later_make(struct nrs_later *out, const struct nrs_stock *stock,
		   const struct nrs_supply_options *options,
		   struct nrs_source_seen *seen, struct nrs_diag *diag);
void nrs_later_fini(struct nrs_later *later);
