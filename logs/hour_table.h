/* SPDX-License-Identifier: Apache-2.0 */
/*
 * hour_table: counters of each hour and owner, while the hour goes on. A flow
 * counts, all of it, in the hour of its last packet; what was asked, when it
 * was asked. Some hours are open at a time; when another one needs the place
 * the earliest is written. So what comes late makes a second piece of its
 * hour: pieces add up (hour_row.h). Memory is fixed. One thread.
 */
#pragma once

#include "engine/record_log.h"
#include "engine/tenants.h"
#include "logs/hour_row.h"

struct nrs_hour_table;

struct nrs_hour_table_options {
	const struct nrs_home_nets *home;
	const struct nrs_tenant *tenants; /* of tenant_count; may be NULL */
	unsigned int tenant_count;
	void *ctx;
	/* A row that counts anything, by hour and owner. What it returns
	 * beside NRS_OK ends the writing; what was not written is lost. */
	int (*write)(void *ctx, const struct nrs_hour_row *row);
};

/* NRS_E_LIMIT, NRS_E_NOMEM. */
int nrs_hour_table_new(struct nrs_hour_table **out,
		       const struct nrs_hour_table_options *options);
void nrs_hour_table_free(struct nrs_hour_table *table); /* NULL: nothing */

/* Count one record; others than these two kinds count nothing. What `write`
 * returned, if an hour had to give place. */
int nrs_hour_table_flow(struct nrs_hour_table *table,
			const struct nrs_record_ended *ended);
int nrs_hour_table_asked(struct nrs_hour_table *table,
			 const struct nrs_record_asked *asked);

/* The earliest hour with something to write (nrs_seen_hour); INT64_MAX: none.
 */
int64_t nrs_hour_table_oldest(const struct nrs_hour_table *table);

/* Write what all hours hold now; they go on from 0. */
int nrs_hour_table_write(struct nrs_hour_table *table);
