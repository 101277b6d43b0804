/* SPDX-License-Identifier: Apache-2.0 */
/*
 * heart: says from time to time what this sensor holds and since when, as a
 * file and, where an audience is to have it, as a note in the spool
 * (sightings/heartbeat.h). Since when a report is in force is read back from
 * the file at the start.
 *
 * Synchronisation: the builder notes a new set, main beats; a lock between.
 */
#pragma once

#include "app/hubs.h"
#include "app/supply.h"
#include "engine/base/store.h"
#include "sightings/heartbeat.h"

struct nrs_heart_options {
	const char *file; /* written anew each time; NULL: none */
	uint32_t interval_s;
	struct nrs_span sensor;
	const struct nrs_share_policy *policy;
	const struct nrs_post_settings *posts; /* one for each audience */
	struct nrs_store *store; /* the spool's, of main; NULL: no notes */
};

struct nrs_heart;

/* All borrowed. NRS_E_NOMEM, or as store.h. A file that cannot be read says
 * nothing of the past. */
int nrs_heart_new(struct nrs_heart **out,
		  const struct nrs_heart_options *options,
		  struct nrs_diag *diag);
void nrs_heart_free(struct nrs_heart *heart);

/* Builder: @set is in force from @now_ns on. NRS_E_NOMEM: not noted. */
int nrs_heart_note(struct nrs_heart *heart, const struct nrs_set *set,
		   int64_t now_ns);

/* Main: beat, if it is time or something changed. @set as it is now. Errors
 * with @diag: the file, or the spool; tried again at the next interval. */
int nrs_heart_tick(struct nrs_heart *heart, const struct nrs_supply_state *set,
		   int64_t now_ns, struct nrs_diag *diag);
