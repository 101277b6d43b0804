/* SPDX-License-Identifier: Apache-2.0 */
/*
 * misp_out: post one audience's sightings to a MISP, one request each
 * (specification section 4.6): of the attribute that has the indicator's UUID,
 * or, for an indicator of our own making, of all that have its value. A
 * sighting that was taken back is a false positive there (type 1).
 *
 * A request is answered for that very object: taken is confirmed, refused is
 * quarantined with MISP's words. As taxii_out, no step sleeps.
 */
#pragma once

#include "sightings/taxii_out.h"

struct nrs_misp_out;

/* Of @config: audience, url (of the MISP), auth, seed. */
int nrs_misp_out_new(struct nrs_misp_out **out,
		     const struct nrs_taxii_out_config *config,
		     struct nrs_spool *spool, struct nrs_diag *diag);
void nrs_misp_out_free(struct nrs_misp_out *out);

/* One request at most. As nrs_taxii_out_step. */
int nrs_misp_out_step(struct nrs_misp_out *out, const struct nrs_http *http,
		      int64_t now_ns, int64_t *next_ns, struct nrs_diag *diag);

const struct nrs_post_state *nrs_misp_out_state(const struct nrs_misp_out *out);
