/* SPDX-License-Identifier: Apache-2.0 */
/*
 * post_out: the way out of one audience's sightings, whichever it is: a TAXII
 * collection, a MISP, a folder. One thread.
 */
#pragma once

#include "sightings/taxii_out.h"

enum nrs_post_way { NRS_POST_TAXII, NRS_POST_MISP, NRS_POST_FOLDER };

struct nrs_post_out;

/* @folder: of NRS_POST_FOLDER; then only @config->audience matters. */
int nrs_post_out_new(struct nrs_post_out **out, enum nrs_post_way way,
		     const struct nrs_taxii_out_config *config,
		     const char *folder, struct nrs_spool *spool);
void nrs_post_out_free(struct nrs_post_out *out);

/* As nrs_taxii_out_step. */
int nrs_post_out_step(struct nrs_post_out *out, const struct nrs_http *http,
		      int64_t now_ns, int64_t *next_ns, struct nrs_diag *diag);

const struct nrs_post_state *nrs_post_out_state(const struct nrs_post_out *out);
