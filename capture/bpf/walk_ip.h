/* SPDX-License-Identifier: Apache-2.0 */
/*
 * walk_ip: over an IP header and its extensions.
 */
#pragma once

#include "capture/bpf/walk.h"

#define EXTENSIONS_MAX 6
#define LEVELS_MAX 4

static __always_inline int ipv4(struct __sk_buff *skb, struct nrs_walk *w)
{
	if (nrs_walk_load(skb, w, 20) != 0 || w->bytes[0] >> 4 != 4)
		return -1;
	w->src[0] = w->dst[0] = 0;
	w->src[1] = w->dst[1] = 0xffff0000u;
	__builtin_memcpy((__u8 *)&w->src[1] + 4, w->bytes + 12, 4);
	__builtin_memcpy((__u8 *)&w->dst[1] + 4, w->bytes + 16, 4);
	w->proto = w->bytes[9];
	w->ip_off = w->off;
	w->ip_len = nrs_walk_number(w->bytes + 2);
	if (w->ip_len == 0) /* segmentation offload: all that is there */
		w->ip_len = skb->len - w->off;
	if ((nrs_walk_number(w->bytes + 6) & 0x3fff) != 0)
		w->is_final = 1; /* a fragment */
	w->off += (__u32)(w->bytes[0] & 15) * 4;
	return 0;
}

/* Over an extension header 0; 1: there is none. */
NRS_WALK_STEP int nrs_walk_extension(struct __sk_buff *skb, struct nrs_walk *w)
{
	if (w == 0)
		return -1;
	if (w->proto == 44)
		w->is_final = 1;
	if (w->proto != 0 && w->proto != 43 && w->proto != 60)
		return 1;
	if (nrs_walk_load(skb, w, 2) != 0)
		return -1;
	w->proto = w->bytes[0];
	w->off += (__u32)(w->bytes[1] + 1) * 8;
	return 0;
}

static __always_inline int ipv6(struct __sk_buff *skb, struct nrs_walk *w)
{
	if (nrs_walk_load(skb, w, 40) != 0 || w->bytes[0] >> 4 != 6)
		return -1;
	__builtin_memcpy(w->src, w->bytes + 8, 16);
	__builtin_memcpy(w->dst, w->bytes + 24, 16);
	w->proto = w->bytes[6];
	w->ip_off = w->off;
	w->ip_len = nrs_walk_number(w->bytes + 4) + 40u;
	w->off += 40;
#pragma unroll
	for (int i = 0; i < EXTENSIONS_MAX; i++) {
		const int step = nrs_walk_extension(skb, w);

		if (step != 0)
			return step < 0 ? -1 : 0;
	}
	return 0;
}

/* To the next IP header, over its extensions; -1: there is none. */
static __always_inline int nrs_walk_ip(struct __sk_buff *skb,
				       struct nrs_walk *w)
{
	if (shims(skb, w) != 0)
		return -1;
	if (w->type == TYPE_IPV4)
		return ipv4(skb, w);
	return w->type == TYPE_IPV6 ? ipv6(skb, w) : -1;
}
