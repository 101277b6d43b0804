/* SPDX-License-Identifier: Apache-2.0 */
/*
 * logging: the logs of all traffic that a run keeps: flows as JSON lines, and
 * to a collector; what was counted by the hour, and what was observed. Fed by
 * the emitter's thread, in the order of all records.
 */
#pragma once

#include "app/collector.h"
#include "app/hour_log.h"
#include "app/seen_log.h"

struct nrs_logging;

struct nrs_logging_options {
	/* Folders, made if not there; or NULL. */
	const char *flows, *seen, *hours;
	const char *as_table; /* a MaxMind DB file, or NULL */
	/* NULL: flows go to none. The table and the name of its records are
	 * filled in here. */
	const struct nrs_collector_options *collector;
	const struct nrs_home_nets *home;
	const struct nrs_tenant *tenants; /* for hours */
	unsigned int tenant_count;
	const uint8_t *own_key;	       /* of tokens in seen; NULL: addresses */
	const char *const *captures;   /* or interfaces, by file index */
	bool is_live;		       /* goes on behind what is there */
	const char *sensor, *location; /* or NULL */
	uint32_t seen_rows;	       /* gathered at a time */
	int64_t write_ns; /* live: observations and hours, at least so often */
	unsigned int keep_days; /* 0: for ever */
};

/* All is borrowed. NRS_E_IO, NRS_E_FORMAT, NRS_E_USAGE with @diag;
 * NRS_E_NOMEM. */
int nrs_logging_open(struct nrs_logging **out,
		     const struct nrs_logging_options *options,
		     struct nrs_diag *diag);
/* NRS_E_IO: something was lost at the end; then, too, all is closed. */
int nrs_logging_close(struct nrs_logging *logging); /* NULL: nothing */

/* For nrs_emitter_options.logged. Live, a full disk loses lines, counted, and
 * never the run: NRS_OK; else NRS_E_IO. */
int nrs_logging_record(struct nrs_logging *logging,
		       const struct nrs_record *record);

/* Live, now and then: what was added can be read. */
void nrs_logging_step(struct nrs_logging *logging, int64_t now_ns);

/* As nrs_seen_log_ask, of all logs. */
uint32_t nrs_logging_ask(struct nrs_logging *logging);
uint32_t nrs_logging_answered(const struct nrs_logging *logging);

struct nrs_logging_figures {
	bool has_collector, has_flows, has_hours, has_seen; /* are kept */
	struct nrs_collector_figures collector;
	struct nrs_log_file_figures flows;
	struct nrs_log_file_figures hours;
	struct nrs_seen_log_figures seen;
};
/* Any thread. */
void nrs_logging_figures(const struct nrs_logging *logging,
			 struct nrs_logging_figures *out);
