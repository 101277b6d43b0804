/* SPDX-License-Identifier: Apache-2.0 */
/*
 * retro: what was logged, through the matcher: the hits that traffic would have
 * given, as records. One per worker seat of the db; no thread, no file.
 */
#pragma once

#include "engine/base/arena.h"
#include "engine/record.h"
#include "logs/seen_row.h"

struct nrs_retro;

struct nrs_retro_options {
	const struct nrs_db *db; /* borrowed */
	unsigned int seat;
	int64_t from_ns, to_ns; /* only what was seen then */
	bool takes_before; /* also before valid_from, whatever the db says */
};

/* NRS_E_NOMEM. */
int nrs_retro_new(struct nrs_retro **out,
		  const struct nrs_retro_options *options);
void nrs_retro_free(struct nrs_retro *retro); /* NULL: nothing */

/*
 * Append to @records a struct nrs_record_hit for each hit of @rows, in their
 * order; frame and file are 0, txn_start_ns and txn_end_ns the first and last
 * time, times how often. A row is one value: patterns that need more of a
 * transaction are not decided by it (nrs_txn_drop). NRS_E_NOMEM.
 */
int nrs_retro_rows(struct nrs_retro *retro, const struct nrs_seen_row *rows,
		   size_t count, struct nrs_text *records);

/*
 * The same of one JSON line: a flow of a flow log, or a transaction of
 * `observe --json`. These hold whole transactions. NRS_E_FORMAT: neither;
 * NRS_E_NOMEM.
 */
int nrs_retro_line(struct nrs_retro *retro, struct nrs_span line,
		   struct nrs_text *records);

const struct nrs_counters *nrs_retro_counters(const struct nrs_retro *retro);
