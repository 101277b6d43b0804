/* SPDX-License-Identifier: Apache-2.0 */
/*
 * run_logs: out.logs to options.
 */
#include "app/run_logs.h"

#include "engine/base/stamp.h"

unsigned int nrs_run_log_kinds(const struct nrs_config *config)
{
	const struct nrs_config_logs *logs = &config->out.logs;

	return (logs->flows || logs->hours ? NRS_KEEP_FLOWS : 0u) |
	       (logs->hours ? NRS_KEEP_ASKED : 0u) |
	       (logs->observations ? NRS_KEEP_SEEN : 0u);
}

int nrs_run_logs_open(struct nrs_logging **out, const struct nrs_plan *plan,
		      struct nrs_diag *diag)
{
	const struct nrs_config *config = plan->config;
	const struct nrs_config_logs *logs = &config->out.logs;
	const struct nrs_logging_options options = {
		.flows = logs->flows ? config->out.dir : NULL,
		.seen = logs->observations ? config->out.dir : NULL,
		.hours = logs->hours ? config->out.dir : NULL,
		.as_table = logs->as_table,
		.home = &config->home_net,
		.tenants = config->judging.tenants.items,
		.tenant_count = config->judging.tenants.count,
		.captures = plan->interface_names,
		.is_live = true,
		.sensor = config->sensor.name,
		.location = logs->location,
		.seen_rows = (uint32_t)logs->rows,
		.write_ns = (int64_t)logs->write_s * NRS_SECOND_NS,
		.keep_days = (unsigned int)logs->days};

	if (nrs_run_log_kinds(config) == 0)
		return NRS_OK;
	if (config->out.dir == NULL)
		return nrs_diag_set(diag, NRS_E_USAGE, 0,
				    "out.logs: where to? set out.dir");
	return nrs_logging_open(out, &options, diag);
}
