/* SPDX-License-Identifier: Apache-2.0 */
/*
 * hour_log: counters of each hour and owner as JSON lines, hours-*.jsonl.zst.
 * Live they are written every few minutes, so that a crash loses no more: the
 * pieces of an hour add up.
 */
#pragma once

#include "logs/hour_table.h"
#include "logs/log_file.h"

struct nrs_hour_log;

struct nrs_hour_log_options {
	const char *folder; /* must be there */
	const struct nrs_home_nets *home;
	const struct nrs_tenant *tenants;
	unsigned int tenant_count;
	const char *sensor, *location; /* or NULL */
	bool is_live;
	int64_t write_ns; /* live: at least so often */
	unsigned int keep_days;
};

/* All but home and tenants is borrowed. NRS_E_IO with @diag; NRS_E_LIMIT,
 * NRS_E_NOMEM. One thread. */
int nrs_hour_log_open(struct nrs_hour_log **out,
		      const struct nrs_hour_log_options *options,
		      struct nrs_diag *diag);
/* Writes what is left; an error is the first that there was. */
int nrs_hour_log_close(struct nrs_hour_log *log); /* NULL: nothing */

/* Flows and questions; other records count nothing. NRS_E_IO, NRS_E_NOMEM: a
 * line is lost, counted. */
int nrs_hour_log_add(struct nrs_hour_log *log, const struct nrs_record *record);
/* Live, now and then. */
void nrs_hour_log_step(struct nrs_hour_log *log, int64_t now_ns);

void nrs_hour_log_figures(const struct nrs_hour_log *log,
			  struct nrs_log_file_figures *out);
