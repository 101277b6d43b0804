/* SPDX-License-Identifier: Apache-2.0 */
/*
 * look_table: a set of numbers that are hashes already. One thread.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "engine/base/err.h"

/* {0} is an empty one. */
struct nrs_look_table {
	uint64_t *slots; /* 0: free */
	size_t mask;	 /* slots - 1, at least twice the count */
	size_t count;
};

void nrs_look_table_fini(struct nrs_look_table *table);

/* @number is not 0. */
bool nrs_look_table_has(const struct nrs_look_table *table, uint64_t number);
/* NRS_E_NOMEM: not added. */
int nrs_look_table_add(struct nrs_look_table *table, uint64_t number);

/* All of them, in no order: from *@at = 0 on; 0 at the end. */
uint64_t nrs_look_table_next(const struct nrs_look_table *table, size_t *at);
