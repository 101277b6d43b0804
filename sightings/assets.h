/* SPDX-License-Identifier: Apache-2.0 */
/*
 * assets: what a site says about its own hosts: how important they are, what
 * they do and whose they are (sharing-rules.md rule 10). A table of prefixes,
 * the longest one that holds an address speaks. Never changed once sealed: a
 * file that was edited makes a new table.
 */
#pragma once

#include "engine/base/addr.h"
#include "engine/base/err.h"

enum nrs_importance {
	NRS_IMPORTANCE_UNKNOWN,
	NRS_IMPORTANCE_LOW,
	NRS_IMPORTANCE_NORMAL,
	NRS_IMPORTANCE_HIGH, /* from here on an asset is an important one */
	NRS_IMPORTANCE_CRITICAL,
};
const char *nrs_importance_name(enum nrs_importance importance); /* "high" */

#define NRS_ASSETS_MAX 200000u /* prefixes; a range may need several */

struct nrs_asset {
	enum nrs_importance importance;
	struct nrs_span role, owner; /* empty: not said */
};

struct nrs_assets;

int nrs_assets_new(struct nrs_assets **out);
void nrs_assets_free(struct nrs_assets *assets);

/*
 * "NET, IMPORTANCE[, ROLE[, OWNER]]": NET is an address, CIDR or FIRST-LAST.
 * The same prefix again replaces what was said before. NRS_E_SYNTAX, with what
 * is wrong in @diag; NRS_E_LIMIT, NRS_E_NOMEM.
 */
int nrs_assets_add(struct nrs_assets *assets, struct nrs_span line,
		   struct nrs_diag *diag);

/*
 * A file of such lines; empty ones and those that begin with # say nothing. A
 * bad line is counted in *@refused, the first told in @diag with its number;
 * the others hold. NRS_E_LIMIT, NRS_E_NOMEM.
 */
int nrs_assets_read(struct nrs_assets *assets, struct nrs_span text,
		    uint64_t *refused, struct nrs_diag *diag);

/* No more lines; before the first find. */
void nrs_assets_seal(struct nrs_assets *assets);

/* NULL: nothing is said about it (or @assets is NULL). Any thread. */
const struct nrs_asset *nrs_assets_find(const struct nrs_assets *assets,
					const struct nrs_addr *addr);
unsigned int nrs_assets_count(const struct nrs_assets *assets);
