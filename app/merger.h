/* SPDX-License-Identifier: Apache-2.0 */
/*
 * merger: a stock made in a thread aside, while the builder goes on.
 */
#pragma once

#include "app/stock.h"

struct nrs_merger;

/* @options: borrowed, and not changed meanwhile. NRS_E_NOMEM. */
int nrs_merger_new(struct nrs_merger **out,
		   const struct nrs_supply_options *options);
/* Waits for what is being made. NULL is fine. */
void nrs_merger_free(struct nrs_merger *merger);

/* Unless it is busy. NRS_E_NOMEM, NRS_E_IO. */
int nrs_merger_start(struct nrs_merger *merger);
/* Started, and not taken yet. */
bool nrs_merger_is_busy(const struct nrs_merger *merger);
/* It can be taken. */
bool nrs_merger_is_done(const struct nrs_merger *merger);
/* What came of it, as nrs_stock_make; waits where it is not done. */
int nrs_merger_take(struct nrs_merger *merger, struct nrs_stock **out,
		    struct nrs_diag *diag);
