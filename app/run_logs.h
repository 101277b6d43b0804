/* SPDX-License-Identifier: Apache-2.0 */
/*
 * run_logs: the logs of all traffic of a live run, as it is configured.
 */
#pragma once

#include "app/logging.h"
#include "app/plan.h"

/* Bits of enum nrs_keep: what is to be logged. */
unsigned int nrs_run_log_kinds(const struct nrs_config *config);

/* *@out stays NULL where nothing is to be logged. Borrows @plan. NRS_E_USAGE,
 * NRS_E_IO, NRS_E_FORMAT with @diag; NRS_E_NOMEM. */
int nrs_run_logs_open(struct nrs_logging **out, const struct nrs_plan *plan,
		      struct nrs_diag *diag);
