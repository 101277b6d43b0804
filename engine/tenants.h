/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tenants: whose an own address is: a tenant's, who has networks under a name,
 * or an own network's that is nobody's in particular. The longest prefix that
 * holds the address speaks; of a tenant's and an own network that are the same
 * it is the tenant's. Never changed; any number of reader threads.
 */
#pragma once

#include "engine/base/err.h"
#include "engine/home.h"

#define NRS_TENANTS_MAX 256

struct nrs_tenant {
	const char *name;
	struct nrs_home_nets nets; /* inside the own networks */
};

/* What is counted apart: the tenants in their order, then the own networks in
 * theirs. */
struct nrs_owner {
	char name[80]; /* of a network "10.0.0.0/8" */
	bool is_tenant;
};

struct nrs_tenants;

/*
 * Copies what it needs; of a network that stands there twice the first holds.
 * NRS_E_LIMIT: more than NRS_TENANTS_MAX; NRS_E_NOMEM.
 */
int nrs_tenants_new(struct nrs_tenants **out, const struct nrs_home_nets *home,
		    const struct nrs_tenant *tenants, unsigned int count);
void nrs_tenants_free(struct nrs_tenants *tenants); /* NULL: nothing */

unsigned int nrs_tenants_count(const struct nrs_tenants *tenants);
const struct nrs_owner *nrs_tenants_at(const struct nrs_tenants *tenants,
				       unsigned int index);

/* Index of the owner of @addr; NRS_NO_OWNER: it is not own. */
#define NRS_NO_OWNER UINT32_MAX
uint32_t nrs_tenants_find(const struct nrs_tenants *tenants,
			  const struct nrs_addr *addr);
