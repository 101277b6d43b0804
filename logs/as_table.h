/* SPDX-License-Identifier: Apache-2.0 */
/*
 * as_table: which autonomous system an address belongs to, by a local table in
 * the MaxMind DB format (the only door to libmaxminddb). Nothing is asked of
 * anybody on a network. Any number of reader threads.
 */
#pragma once

#include "engine/base/addr.h"
#include "engine/base/err.h"

struct nrs_as_table;

/* A table with autonomous_system_number by network. NRS_E_IO with @diag,
 * NRS_E_FORMAT, NRS_E_NOMEM. */
int nrs_as_table_open(struct nrs_as_table **out, const char *path,
		      struct nrs_diag *diag);
void nrs_as_table_close(struct nrs_as_table *table); /* NULL: nothing */

/* What the table says; number 0: nothing. @name lives as long as the table. */
struct nrs_as {
	uint32_t number;
	struct nrs_span name; /* of its holder; may be empty */
};
struct nrs_as nrs_as_table_find(const struct nrs_as_table *table,
				const struct nrs_addr *addr);
