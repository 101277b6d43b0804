/* SPDX-License-Identifier: Apache-2.0 */
/*
 * taxii_out: post one audience's sightings to its collection, step by step
 * (specification sections 5.1 and 5.3). A step is one exchange at most, aside
 * from finding the collection. Time and network come from outside; no step
 * sleeps. What is durable is in the spool: killed at any moment, the next run
 * goes on, and posts what was not acknowledged once more under the same ids.
 */
#pragma once

#include "hub/taxii_find.h"
#include "sightings/post_pace.h"
#include "sightings/spool_send.h"

/* Borrowed while it lives. 0 means the defaults. */
struct nrs_taxii_out_config {
	struct nrs_span audience;    /* its name in the spool */
	struct nrs_span url;	     /* of discovery or of the API root */
	struct nrs_span collection;  /* id, alias or title */
	const struct nrs_auth *auth; /* NULL: none */
	bool trusts_discovery;	     /* hub/taxii.h */
	unsigned int batch;	     /* sightings in an envelope: 100 */
	size_t envelope_bytes;	     /* 4 MiB; less where the hub says so */
	uint64_t seed;		     /* of the waits' jitter; 0: random */
};

struct nrs_taxii_out;

/* @spool is borrowed, for this thread. */
int nrs_taxii_out_new(struct nrs_taxii_out **out,
		      const struct nrs_taxii_out_config *config,
		      struct nrs_spool *spool, struct nrs_diag *diag);
void nrs_taxii_out_free(struct nrs_taxii_out *out);

/*
 * One step at @now_ns (wall time); *@next_ns: do not call again before, unless
 * something urgent was put. NRS_OK whatever the hub did: see the state.
 * NRS_E_CANCELLED as the exchange said; other errors are of the store.
 */
int nrs_taxii_out_step(struct nrs_taxii_out *out, const struct nrs_http *http,
		       int64_t now_ns, int64_t *next_ns, struct nrs_diag *diag);

/* Valid until the next step. */
const struct nrs_post_state *
nrs_taxii_out_state(const struct nrs_taxii_out *out);
