/* SPDX-License-Identifier: Apache-2.0 */
/*
 * misp_tags: what tags of MISP say about sharing and confidence.
 */
#pragma once

#include "engine/base/json.h"
#include "engine/indicator.h"

/* Starts as {0}. */
struct nrs_misp_tags {
	enum nrs_tlp tlp;	/* the strictest; NRS_TLP_NONE: none says one */
	int8_t confidence;	/* -1: none says one */
	bool is_false_positive; /* likely one */
	/* Lists (background.h): all that are neither, and of galaxies what is
	 * indicated and the sectors that are concerned. */
	struct nrs_text labels, indicates, sectors;
};
void nrs_misp_tags_fini(struct nrs_misp_tags *tags);

/* Read member "Tag" of an event or an attribute. NRS_E_NOMEM. */
int nrs_misp_tags_read(struct nrs_misp_tags *tags,
		       const struct nrs_json *object);
