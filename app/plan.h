/* SPDX-License-Identifier: Apache-2.0 */
/*
 * plan: a configuration as the rooms want it: interfaces, files, hubs, and
 * what may leave. Borrows the configuration; lives as long as the run.
 */
#pragma once

#include "app/config.h"
#include "app/hubs.h"
#include "app/supply.h"
#include "sightings/disclose.h"

struct nrs_plan {
	const struct nrs_config *config;
	struct nrs_arena *arena;
	struct nrs_live_options live;
	const char **interface_names; /* by index */
	struct nrs_supply_file *files;
	unsigned int file_count;
	const char *by_hand;	       /* path (by_hand.h); or NULL */
	struct nrs_hub_settings *hubs; /* a row per collection */
	unsigned int hub_count;
	struct nrs_share_policy policy;
	struct nrs_post_settings *posts; /* a row per audience of the policy */
	unsigned int workers;
};

/* NRS_E_NOMEM, NRS_E_LIMIT (more collections than NRS_HUBS_MAX). */
int nrs_plan_new(struct nrs_plan **out, const struct nrs_config *config,
		 struct nrs_diag *diag);
void nrs_plan_free(struct nrs_plan *plan);
