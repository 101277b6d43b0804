/* SPDX-License-Identifier: Apache-2.0 */
/*
 * stix_out: sightings as a STIX 2.1 bundle for use at home: its name and the
 * identity say that it is not yet cleared to leave (sharing-rules.md).
 */
#pragma once

#include "sightings/aggregate.h"

struct nrs_stix_run {
	const struct nrs_set *set;
	const struct nrs_home_nets *home;
	/* Ids are keyed with the digests of inputs, so that the same run gives
	 * the same ids and nobody can guess them from outside (rule 15). */
	struct nrs_span key;
};

/* Append the bundle. NRS_E_NOMEM. */
int nrs_stix_bundle(struct nrs_text *out, const struct nrs_aggregate *aggregate,
		    const struct nrs_stix_run *run);
