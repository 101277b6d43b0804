/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sco_tunnel: a flow with the tunnels around it as STIX objects (STIX 2.1,
 * section 6.12: encapsulates_refs and encapsulated_by_ref).
 */
#pragma once

#include "engine/outer.h"
#include "engine/sco.h"

/*
 * As nrs_sco_add_traffic, and one network-traffic with its addresses for each
 * of @outers, the outermost first: each encapsulates the next one, the last of
 * them the flow. Its start is that of no flow that we know, so it has none: the
 * same tunnel is the same object, and names the flow that was told first.
 */
void nrs_sco_add_inner(struct nrs_sco_list *list,
		       const struct nrs_sco_traffic *inner,
		       const struct nrs_outer *outers, unsigned int count);
