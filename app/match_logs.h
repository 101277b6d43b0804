/* SPDX-License-Identifier: Apache-2.0 */
/*
 * match_logs: `noroshi match` over logs in place of captures; and what it keeps
 * or tells itself (match_keep.c): logs of all traffic, flows to a collector.
 */
#pragma once

#include "app/logging.h"
#include "app/look_back.h"
#include "app/run_out.h"

struct nrs_match_logs {
	struct nrs_look_source *source; /* NULL: captures are matched */
	const char **paths;		/* of its files */
	struct nrs_look_back_figures figures;
};

/* If what @options name are logs, open them. NRS_E_USAGE (said): some are, or
 * with an option that needs packets; NRS_E_NOMEM, NRS_E_LIMIT. */
int nrs_match_logs_open(struct nrs_match_logs *logs,
			const struct nrs_match_options *options, void *ctx,
			nrs_reader_problem_fn *problem);
void nrs_match_logs_fini(struct nrs_match_logs *logs);

/* Match them; hits as nrs_look_back gives them. */
int nrs_match_logs_run(struct nrs_match_logs *logs,
		       const struct nrs_match_options *options,
		       const struct nrs_db *db, void *ctx,
		       int (*hit)(void *ctx, const struct nrs_record_hit *hit));

/* What was read, for run.json and the bundle's key. */
void nrs_match_logs_facts(const struct nrs_match_logs *logs,
			  struct nrs_run_facts *facts);

/* One line of what was read, and what was damaged. */
void nrs_match_logs_say(const struct nrs_match_logs *logs, uint64_t hits);

/* Of captures, what to keep: bits of enum nrs_keep. */
unsigned int nrs_match_keep_kinds(const struct nrs_match_options *options);

/* *@out stays NULL where nothing is kept. @policy: whose tenants these are, or
 * NULL. Borrows both. Errors are said. */
struct nrs_config;
int nrs_match_keep_open(struct nrs_logging **out,
			const struct nrs_match_options *options,
			const struct nrs_config *policy);
