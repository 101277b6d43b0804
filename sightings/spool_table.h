/* SPDX-License-Identifier: Apache-2.0 */
/*
 * spool_table: inside the spool, shared by the spool*.c files and nobody else.
 */
#pragma once

#include "sightings/spool.h"

enum spool_query {
	SPOOL_KEY_PUT,
	SPOOL_KEY,
	SPOOL_PUT,
	SPOOL_REFUSE,
	SPOOL_COUNTS,
	SPOOL_REFUSED,
	SPOOL_LOST,
	SPOOL_BYTES,
	SPOOL_TRIM,
	SPOOL_DROP_FINISHED,
	SPOOL_DROP_DETAIL,
	SPOOL_DROP_POST,
	SPOOL_LOSE,
	SPOOL_QUEUED,
	SPOOL_STATUS_ADD,
	SPOOL_SENT,
	SPOOL_SHORTEN,
	SPOOL_FINISH,
	SPOOL_STATUS_NEXT,
	SPOOL_STATUS_LATER,
	SPOOL_STATUS_DROP,
	SPOOL_ITEM_FAILED,
	SPOOL_ITEM_NOTE,
	SPOOL_CONFIRM,
	SPOOL_REQUEUE,
	SPOOL_QUERIES
};

struct nrs_spool {
	struct nrs_store *store;
	struct nrs_spool_limits limits;
	uint64_t bytes; /* at most: others only make it less */
	unsigned int puts;
	struct nrs_store_query *queries[SPOOL_QUERIES];
};
