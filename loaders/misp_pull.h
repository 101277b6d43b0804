/* SPDX-License-Identifier: Apache-2.0 */
/*
 * misp_pull: a MISP feed by its URL (specification section 8.1), step by step
 * into a folder of ours, which is then read like any feed's folder: the
 * manifest, each event whose timestamp changed, at last a manifest of what is
 * there. An event that the feed's manifest does not name any more is
 * withdrawn. Time and network come from outside; no step sleeps.
 *
 * An event's file has its timestamp as the time of its last change: that is
 * how far a walk has come, whenever it was killed. Files are whole or not
 * there.
 */
#pragma once

#include "loaders/taxii_in.h"

#define NRS_MISP_EVENT_MAX ((uint64_t)64 << 20)	    /* bytes */
#define NRS_MISP_MANIFEST_MAX ((uint64_t)256 << 20) /* likewise */

/* Borrowed while the puller lives. 0 means the default. */
struct nrs_misp_pull_config {
	const char *url; /* of the folder that holds manifest.json */
	const struct nrs_auth *auth;
	const char *folder;  /* ours; made if it is not there */
	uint32_t interval_s; /* 3,600 */
	uint64_t bytes_max;  /* of all events: 8 GiB */
	uint64_t seed;	     /* of the waits' jitter; 0: random */
};

struct nrs_misp_pull;

/* NRS_E_IO: the folder cannot be made. NRS_E_USAGE: the URL. */
int nrs_misp_pull_new(struct nrs_misp_pull **out,
		      const struct nrs_misp_pull_config *config,
		      struct nrs_diag *diag);
void nrs_misp_pull_free(struct nrs_misp_pull *pull);

/* As nrs_taxii_in_step: one exchange; errors are of our own folder. */
int nrs_misp_pull_step(struct nrs_misp_pull *pull, const struct nrs_http *http,
		       int64_t now_ns, struct nrs_taxii_in_step *step,
		       struct nrs_diag *diag);

/* As of a collection: objects are events. */
const struct nrs_taxii_in_state *
nrs_misp_pull_state(const struct nrs_misp_pull *pull);
void nrs_misp_pull_wake(struct nrs_misp_pull *pull);
