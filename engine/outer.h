/* SPDX-License-Identifier: Apache-2.0 */
/*
 * outer: the tunnels around the packet that led to a hit, for use at home:
 * their ends are often our own, so nothing of them ever leaves.
 */
#pragma once

#include "engine/record.h"

/* As many as a packet can be in. */
#define NRS_OUTERS_MAX 3

/* One tunnel: src is on the side of the inner flow's initiator. */
struct nrs_outer {
	struct nrs_addr src, dst;
	uint16_t src_port, dst_port; /* of UDP, else 0 */
	uint8_t proto;
	uint8_t spare[3];
};

/* Those behind a hit's values, the outermost first, in @out; how many. A record
 * is trusted: what comes from a disk is checked by who reads it. */
unsigned int nrs_hit_outers(const struct nrs_record_hit *hit,
			    struct nrs_outer out[NRS_OUTERS_MAX]);
