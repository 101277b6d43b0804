/* SPDX-License-Identifier: Apache-2.0 */
/*
 * taxii_said: what was pulled of a collection that may speak of our own
 * objects: notes, opinions, sightings, reports, groupings, relationships.
 * Which of them do is for who knows our objects.
 */
#pragma once

#include "engine/base/json.h"
#include "loaders/taxii_keep.h"

/* Valid during the call; what it returns but NRS_OK ends the rest. */
typedef int nrs_taxii_said_fn(void *ctx, const struct nrs_json *object);

/* What nrs_taxii_said needs; all borrowed. */
struct nrs_taxii_said {
	struct nrs_store *store;
	const struct nrs_taxii_where *where;
	nrs_taxii_said_fn *fn;
	void *ctx;
};

/*
 * Each such object that came after number *@after (0: all), in the order it
 * came; *@after is then the last one's. An object that cannot be read is passed
 * over. Errors as in store.h.
 */
int nrs_taxii_said(const struct nrs_taxii_said *from, int64_t *after,
		   struct nrs_diag *diag);
