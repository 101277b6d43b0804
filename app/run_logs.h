/* SPDX-License-Identifier: Apache-2.0 */
/*
 * run_logs: the logs of all traffic of a live run, as it is configured.
 */
#pragma once

#include "app/look_new.h"
#include "app/plan.h"

struct nrs_life;

/* Bits of enum nrs_keep: what is to be logged. */
unsigned int nrs_run_log_kinds(const struct nrs_config *config);

/* Are indicators that come later looked for in them? Then the db has a seat
 * more. */
bool nrs_run_looks_back(const struct nrs_config *config);

/* For @life's set in force and those after it, with that seat behind the
 * workers'; its look stays NULL where nobody looks back. NRS_E_NOMEM,
 * NRS_E_IO. */
int nrs_run_look_open(struct nrs_life *life);

/* *@out stays NULL where nothing is to be logged. Borrows @plan. NRS_E_USAGE,
 * NRS_E_IO, NRS_E_FORMAT with @diag; NRS_E_NOMEM. */
int nrs_run_logs_open(struct nrs_logging **out, const struct nrs_plan *plan,
		      struct nrs_diag *diag);
