/* SPDX-License-Identifier: Apache-2.0 */
/*
 * run_logs: out.logs and out.ipfix to options.
 */
#include "app/run_logs.h"

#include <stdio.h>

#include "app/command.h"
#include "app/own_key.h"
#include "app/run_life.h"
#include "engine/base/stamp.h"

#define PATH_ROOM 4200
/* Until a flow stands in its log: the longest time-out (capture/decode/flow.c),
 * and what a wheel turns and a worker may be late. */
#define FLOWS_LATE_NS (660 * NRS_SECOND_NS)

unsigned int nrs_run_log_kinds(const struct nrs_config *config)
{
	const struct nrs_config_logs *logs = &config->out.logs;
	const bool wants_flows = logs->flows || logs->hours ||
				 config->out.ipfix.collector != NULL;

	return (wants_flows ? NRS_KEEP_FLOWS : 0u) |
	       (logs->hours ? NRS_KEEP_ASKED : 0u) |
	       (logs->observations ? NRS_KEEP_SEEN : 0u);
}

int nrs_run_logs_open(struct nrs_logging **out, const struct nrs_plan *plan,
		      struct nrs_diag *diag)
{
	const struct nrs_config *config = plan->config;
	const struct nrs_config_logs *logs = &config->out.logs;
	uint8_t key[NRS_OWN_KEY_LEN];
	const struct nrs_config_ipfix *ipfix = &config->out.ipfix;
	/* What the kernel counts of a flow has no lengths. */
	const struct nrs_collector_options collector = {
		.server = ipfix->collector,
		.is_tcp = ipfix->transport == 1,
		.retell_ns = (int64_t)ipfix->templates_s * NRS_SECOND_NS,
		.records = {.domain = (uint32_t)ipfix->domain,
			    .message_max = (uint32_t)ipfix->message_bytes,
			    .interfaces = plan->interface_names,
			    .interface_count = config->interfaces.count,
			    .has_no_lengths =
				    config->sensor.source == NRS_SOURCE_BPF}};
	struct nrs_logging_options options = {
		.flows = logs->flows ? config->out.dir : NULL,
		.seen = logs->observations ? config->out.dir : NULL,
		.hours = logs->hours ? config->out.dir : NULL,
		.as_table = logs->as_table,
		.collector = ipfix->collector == NULL ? NULL : &collector,
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
	if (config->out.dir == NULL &&
	    (logs->flows || logs->observations || logs->hours))
		return nrs_diag_set(diag, NRS_E_USAGE, 0,
				    "out.logs: where to? set out.dir");
	if (logs->observations && nrs_own_key_wanted(config)) {
		const int err = nrs_own_key(key, config, diag);

		if (err != NRS_OK)
			return err;
		options.own_key = key;
	}
	return nrs_logging_open(out, &options, diag);
}

bool nrs_run_looks_back(const struct nrs_config *config)
{
	const struct nrs_config_logs *logs = &config->out.logs;

	return (logs->flows || logs->observations) && config->out.dir != NULL &&
	       logs->look_back > 0;
}

/* The crew is there when the thread is. */
static void wake(void *ctx)
{
	const struct nrs_life *l = ctx;

	nrs_crew_wake(l->crew);
}

int nrs_run_look_open(struct nrs_life *l)
{
	const struct nrs_config *config = l->config;
	const char *dir = config->state.dir;
	struct nrs_supply_state state;
	struct nrs_look_figures figures;
	char path[PATH_ROOM];

	if (!nrs_run_looks_back(config))
		return NRS_OK;
	if (dir != NULL && nrs_make_folder(dir) != NRS_OK)
		return NRS_E_IO;
	(void)snprintf(path, sizeof(path), "%s/looked", dir == NULL ? "" : dir);
	/* A flow's addresses are observations too: nothing is told twice. */
	const struct nrs_look_new_options options = {
		.folder = config->out.dir,
		.stem = config->out.logs.observations ? "seen-" : "flows-",
		.state_path = dir == NULL ? NULL : path,
		.days = (unsigned int)config->out.logs.look_back,
		.publisher = nrs_supply_publisher(l->supply),
		.seat = l->plan->workers,
		.logging = l->front.logging,
		.late_ns = config->out.logs.observations ? 0 : FLOWS_LATE_NS,
		.ctx = l,
		.wake = wake};
	const int err = nrs_look_new_open(&l->front.look, &options);
	if (err != NRS_OK)
		return err;
	nrs_supply_state(l->supply, &state);
	nrs_look_new_force(l->front.look,
			   nrs_supply_set_of(l->supply, state.generation),
			   state.since_ns);
	nrs_look_new_figures(l->front.look, &figures);
	nrs_say("what is new is looked for in the logs of %llu days; %llu "
		"indicators are known, %llu of them are still to be looked for",
		(unsigned long long)config->out.logs.look_back,
		(unsigned long long)figures.known,
		(unsigned long long)figures.wanted);
	return NRS_OK;
}
