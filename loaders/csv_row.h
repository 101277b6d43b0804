/* SPDX-License-Identifier: Apache-2.0 */
/*
 * csv_row: one record whose columns are known, to indicators.
 */
#pragma once

#include "loaders/adder.h"
#include "loaders/csv_columns.h"

struct nrs_csv_row {
	const struct nrs_csv_columns *columns;
	struct nrs_span skip;  /* a status whose rows are left out */
	bool is_seen_validity; /* first and last seen bound validity */
	struct nrs_text labels, pair;
};
void nrs_csv_row_fini(struct nrs_csv_row *row);

/*
 * Add what @fields say; @record is what a refusal quotes. Refusals are kept
 * by the adder. NRS_E_NOMEM.
 */
int nrs_csv_row_add(struct nrs_csv_row *row, struct nrs_adder *adder,
		    const struct nrs_span *fields, struct nrs_span record,
		    uint64_t place);
