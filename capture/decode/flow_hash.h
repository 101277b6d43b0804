/* SPDX-License-Identifier: Apache-2.0 */
/*
 * flow_hash: the keyed hash that decides flow and shard. Inline, since every
 * packet asks for it, and where half of an address is constant so is half of
 * the work.
 */
#pragma once

#include "capture/decode/decode.h"

static inline uint64_t nrs_flow_hash_fold(uint64_t h, uint64_t value)
{
	h = (h ^ value) * UINT64_C(0x9e3779b97f4a7c15);
	return h ^ h >> 32;
}

/* Of the unordered pair, keyed. */
static inline uint64_t nrs_pair_hash(const struct nrs_hash_key *key,
				     const uint8_t src[16],
				     const uint8_t dst[16])
{
	uint64_t a[2], b[2];

	memcpy(a, src, sizeof(a));
	memcpy(b, dst, sizeof(b));
	const bool swap = a[0] > b[0] || (a[0] == b[0] && a[1] > b[1]);
	const uint64_t both[4] = {swap ? b[0] : a[0], swap ? b[1] : a[1],
				  swap ? a[0] : b[0], swap ? a[1] : b[1]};

	return nrs_hash_32(key, both);
}

/* As nrs_decode_hash; @has_ports: its protocol has some. */
__attribute__((always_inline)) static inline uint64_t
nrs_flow_hash(const struct nrs_hash_key *key, const struct nrs_tuple *t,
	      bool has_ports, uint8_t *shard)
{
	const uint64_t pair = nrs_pair_hash(key, t->src.bytes, t->dst.bytes);
	uint64_t ports = 0;

	*shard = (uint8_t)(pair >> 56);
	if (has_ports) /* a sum and a product: no order */
		ports = ((uint64_t)t->src_port * t->dst_port) << 20 ^
			((uint64_t)t->src_port + t->dst_port);
	return nrs_flow_hash_fold(nrs_flow_hash_fold(pair, ports),
				  (uint64_t)t->tunnel << 32 |
					  (uint64_t)t->vlan << 8 | t->proto);
}
