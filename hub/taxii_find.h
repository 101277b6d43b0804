/* SPDX-License-Identifier: Apache-2.0 */
/*
 * taxii_find: from what a person was told ("this URL, that collection") to the
 * place itself: API root and collection id. The URL may be a discovery URL or
 * an API root, the collection an id, an alias or a title.
 *
 * A hub may name API roots anywhere; credentials go only to those on its own
 * scheme, host and port (specification section 5.4).
 */
#pragma once

#include "hub/taxii.h"

#define NRS_TAXII_FIND_ROOTS 8u /* are looked at, at most */

struct nrs_taxii_place {
	struct nrs_text root;	    /* with a slash at its end */
	struct nrs_text collection; /* its id */
	bool can_read, can_write;
	uint64_t max_content_length; /* of a POST; 0: not said */
};

void nrs_taxii_place_fini(struct nrs_taxii_place *place);

/*
 * Look for @collection from @url on; some exchanges, one after the other.
 * NRS_OK with a verdict other than NRS_HUB_OK: the hub did not let us look.
 * NRS_E_NOTFOUND: it has no such collection. NRS_E_FORMAT: it is no TAXII
 * server. Else as nrs_taxii_ask. @answer->message says why in every case.
 */
int nrs_taxii_find(const struct nrs_taxii_peer *peer, struct nrs_span url,
		   struct nrs_span collection, struct nrs_taxii_place *out,
		   struct nrs_taxii_answer *answer);
