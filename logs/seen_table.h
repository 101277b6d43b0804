/* SPDX-License-Identifier: Apache-2.0 */
/*
 * seen_table: the distinct observations of an hour or two, until they are
 * written: what was seen again is counted. Memory is bounded. Names, hex and
 * other values that are compared without case are one however they are
 * written; the first writing stays. One thread.
 */
#pragma once

#include "engine/home.h"
#include "engine/own_token.h"
#include "engine/record_log.h"
#include "logs/seen_block.h"

struct nrs_seen_table;

/* At most @rows_max rows, and @values_max octets of values. NRS_E_NOMEM. */
int nrs_seen_table_new(struct nrs_seen_table **out, uint32_t rows_max,
		       size_t values_max);
void nrs_seen_table_free(struct nrs_seen_table *table); /* NULL: nothing */

/* NRS_E_LIMIT: full, and not added; NRS_E_NOMEM. The own host is the one that
 * is in @home, of both or neither the one that opened the flow. */
int nrs_seen_table_add(struct nrs_seen_table *table,
		       const struct nrs_record_seen *seen,
		       const struct nrs_home_nets *home);

/* From here on own hosts are held as their tokens; what is their address as a
 * value is the caller's to leave out. Borrowed; NULL: as addresses. */
void nrs_seen_table_tokens(struct nrs_seen_table *table,
			   struct nrs_own_tokens *tokens);

uint32_t nrs_seen_table_rows(const struct nrs_seen_table *table);
/* The hour (nrs_seen_hour) of the oldest row; INT64_MAX: none. */
int64_t nrs_seen_table_oldest(const struct nrs_seen_table *table);

/*
 * All rows as blocks, in order of hour, field, value and own host, and the
 * table is empty. @write gets each block; what it returns beside NRS_OK ends
 * it (the table is empty all the same). NRS_E_NOMEM.
 */
int nrs_seen_table_write(struct nrs_seen_table *table, void *ctx,
			 int (*write)(void *ctx, struct nrs_span block,
				      int64_t hour));
