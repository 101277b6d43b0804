/* SPDX-License-Identifier: Apache-2.0 */
/*
 * home: the networks that are ours, and the direction of a flow by them
 * (contracts.md section 8).
 */
#pragma once

#include "engine/base/addr.h"

enum nrs_direction {
	NRS_DIRECTION_OUT,
	NRS_DIRECTION_IN,
	NRS_DIRECTION_LATERAL,
	NRS_DIRECTION_TRANSIT,
};
const char *nrs_direction_name(enum nrs_direction direction);

#define NRS_HOME_NETS_MAX 64
struct nrs_home_nets {
	struct nrs_prefix nets[NRS_HOME_NETS_MAX];
	unsigned int count;
};
/* RFC 1918, ULA and link-local. */
void nrs_home_nets_default(struct nrs_home_nets *home);
/* "CIDR,CIDR". NRS_E_SYNTAX, NRS_E_LIMIT. */
int nrs_home_nets_parse(struct nrs_home_nets *home, struct nrs_span text);
bool nrs_home_nets_hold(const struct nrs_home_nets *home,
			const struct nrs_addr *addr);

/* Of a flow that @src opened. */
enum nrs_direction nrs_home_direction(const struct nrs_home_nets *home,
				      const struct nrs_addr *src,
				      const struct nrs_addr *dst);
