/* SPDX-License-Identifier: Apache-2.0 */
/*
 * run: the life of a live run: build the first set, open the interfaces, start
 * the crew, rebuild when a source changed, end cleanly on a signal.
 */
#pragma once

#include "app/hubs.h"
#include "app/supply.h"
#include "sightings/sighted.h"

struct nrs_run_settings {
	struct nrs_live_options live;
	const struct nrs_supply_file *files;
	unsigned int file_count;
	const struct nrs_hub_settings *hubs;
	unsigned int hub_count;
	const char *state; /* folder of what must survive; needed with hubs */
	unsigned int workers;
	uint32_t flows_total;
	struct nrs_home_nets home;
	enum nrs_validity validity;
	bool subdomains;
	const char *out; /* folder of hits.jsonl, or NULL */
	uint64_t rotate_bytes;
	unsigned int keep;
};

/* Until SIGINT or SIGTERM. An exit status; problems are said. */
int nrs_run(const struct nrs_run_settings *settings);
