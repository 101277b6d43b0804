/* SPDX-License-Identifier: Apache-2.0 */
/*
 * post_out: one of three.
 */
#include "sightings/post_out.h"

#include <stdlib.h>

#include "sightings/folder_out.h"
#include "sightings/misp_out.h"

struct nrs_post_out {
	struct nrs_taxii_out *taxii; /* exactly one of these */
	struct nrs_misp_out *misp;
	struct nrs_folder_out *folder;
};

int nrs_post_out_new(struct nrs_post_out **out, enum nrs_post_way way,
		     const struct nrs_taxii_out_config *config,
		     const char *folder, struct nrs_spool *spool)
{
	struct nrs_post_out *o = calloc(1, sizeof(*o));
	int err = NRS_E_NOMEM;

	if (o == NULL)
		return err;
	switch (way) {
	case NRS_POST_TAXII:
		err = nrs_taxii_out_new(&o->taxii, config, spool, NULL);
		break;
	case NRS_POST_MISP:
		err = nrs_misp_out_new(&o->misp, config, spool, NULL);
		break;
	case NRS_POST_FOLDER:
		err = nrs_folder_out_new(&o->folder, config->audience, folder,
					 spool);
		break;
	}
	if (err != NRS_OK) {
		free(o);
		return err;
	}
	*out = o;
	return NRS_OK;
}

void nrs_post_out_free(struct nrs_post_out *o)
{
	if (o == NULL)
		return;
	nrs_taxii_out_free(o->taxii);
	nrs_misp_out_free(o->misp);
	nrs_folder_out_free(o->folder);
	free(o);
}

int nrs_post_out_step(struct nrs_post_out *o, const struct nrs_http *http,
		      int64_t now_ns, int64_t *next_ns, struct nrs_diag *diag)
{
	if (o->taxii != NULL)
		return nrs_taxii_out_step(o->taxii, http, now_ns, next_ns,
					  diag);
	if (o->misp != NULL)
		return nrs_misp_out_step(o->misp, http, now_ns, next_ns, diag);
	return nrs_folder_out_step(o->folder, now_ns, next_ns, diag);
}

const struct nrs_post_state *nrs_post_out_state(const struct nrs_post_out *o)
{
	return o->taxii != NULL	 ? nrs_taxii_out_state(o->taxii)
	       : o->misp != NULL ? nrs_misp_out_state(o->misp)
				 : nrs_folder_out_state(o->folder);
}
