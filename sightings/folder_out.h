/* SPDX-License-Identifier: Apache-2.0 */
/*
 * folder_out: an audience's sightings as STIX bundles in a folder, for
 * networks without a hub, for mail and for media. Whole files only: a bundle
 * is written beside and renamed; its name is that of its content, so that one
 * that a kill had written twice is one file.
 */
#pragma once

#include "sightings/spool_send.h"
#include "sightings/taxii_out.h"

struct nrs_folder_out;

/* @audience, @folder (made if it is not there, mode 0750) and @spool are
 * borrowed. NRS_E_NOMEM. */
int nrs_folder_out_new(struct nrs_folder_out **out, struct nrs_span audience,
		       const char *folder, struct nrs_spool *spool);
void nrs_folder_out_free(struct nrs_folder_out *out);

/* A bundle of what is queued, if there is any. As nrs_taxii_out_step. */
int nrs_folder_out_step(struct nrs_folder_out *out, int64_t now_ns,
			int64_t *next_ns, struct nrs_diag *diag);

const struct nrs_post_state *
nrs_folder_out_state(const struct nrs_folder_out *out);
