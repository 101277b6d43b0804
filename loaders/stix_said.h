/* SPDX-License-Identifier: Apache-2.0 */
/*
 * stix_said: what an indicator object itself says beyond its pattern: types,
 * labels, kill chain, sectors, markings, and the handling fields that
 * communities carry in properties, extensions and tags of their own.
 */
#pragma once

#include "engine/background.h"
#include "engine/base/json.h"

/* Texts of the object at hand; {0} at first. */
#define NRS_STIX_SAID_TEXTS 11
struct nrs_stix_said {
	struct nrs_text text[NRS_STIX_SAID_TEXTS];
};
void nrs_stix_said_fini(struct nrs_stix_said *said);

/*
 * Read @object into @out, whose members borrow from @object and @said until
 * the next call. granular holds "SELECTOR ID" yet: what a marking means is
 * known at the end of its file. NRS_E_NOMEM.
 */
int nrs_stix_said_read(struct nrs_stix_said *said,
		       const struct nrs_json *object,
		       struct nrs_background *out);
