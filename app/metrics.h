/* SPDX-License-Identifier: Apache-2.0 */
/*
 * metrics: how a sensor is, in Prometheus' text format (version 0.0.4 of
 * "Exposition formats" in its documentation). A view is plain data, made by who
 * knows (desk.h); this only writes it down.
 *
 * No own address, no value of an indicator, no text from traffic; names are
 * the configuration's, and ids as the tally lets them through.
 */
#pragma once

#include "app/live_crew.h"
#include "app/outlets.h"
#include "app/report.h"
#include "app/status.h"
#include "app/tally.h"

#define NRS_METRICS_TYPE "text/plain; version=0.0.4; charset=utf-8"

struct nrs_metrics_view {
	const char *version;
	const struct nrs_status_view *status;
	const struct nrs_supply_state *set;
	const struct nrs_crew_figures *crew;
	const struct nrs_report_figures *report;
	const struct nrs_outlets_figures *outlets;
	const struct nrs_tally_figures *tally;
	bool is_degraded;
};

/* Append everything. */
void nrs_metrics_text(const struct nrs_metrics_view *view,
		      struct nrs_text *out);

/* Append @text as a label's value: escaped, in quotes; octets that are no
 * UTF-8 text and control characters become "?". */
void nrs_metrics_label(struct nrs_text *out, struct nrs_span text);
