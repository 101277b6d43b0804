/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fanout: which worker's socket a packet goes to, by the innermost pair of
 * addresses: the shard of capture/decode, so that both directions of a flow,
 * and all that a mirror wraps in one outer pair, reach the worker that owns
 * it. A wrong guess costs a hand-over between workers, never a packet; what is
 * rare (GTP-U, Teredo, what lies behind fragments) is left to them.
 */
#include "capture/bpf/pair_hash.h"
/* Where a packet begins for a socket depends on its direction. */
#define NRS_WALK_LOAD(skb, offset, to, len)                                    \
	bpf_skb_load_bytes_relative(skb, offset, to, len, BPF_HDR_START_MAC)
#define NRS_WALK_STEP __attribute__((noinline))
#include "capture/bpf/walk_tunnel.h"

/* Filled before the program is loaded. */
const volatile __u64 secret[4] = {0};
const volatile __u32 workers = 1;

/* An ICMP error goes with the flow that it quotes. */
static __always_inline int quoted(struct __sk_buff *skb, struct nrs_walk *w,
				  int is_v6)
{
	if (nrs_walk_load(skb, w, 1) != 0)
		return -1;
	const __u8 type = w->bytes[0];
	if (is_v6 ? type < 1 || type > 4
		  : type != 3 && type != 4 && type != 5 && type != 11 &&
			    type != 12)
		return -1;
	w->off += 8;
	w->type = is_v6 ? TYPE_IPV6 : TYPE_IPV4;
	return 0;
}

/* Into what begins behind an IP header; -1: nothing does. */
static __always_inline int enter(struct __sk_buff *skb, struct nrs_walk *w)
{
	if (w->proto == 1 || w->proto == 58)
		return quoted(skb, w, w->proto == 58);
	return nrs_walk_enter(skb, w);
}

/* Over the IP header at @w and into what begins behind it: 0; else the walk
 * ends. */
NRS_WALK_STEP int nrs_fanout_level(struct __sk_buff *skb, struct nrs_walk *w)
{
	if (w == 0 || nrs_walk_ip(skb, w) != 0 || w->is_final)
		return -1;
	return enter(skb, w);
}

SEC("socket")
int nrs_fanout(struct __sk_buff *skb)
{
	struct nrs_walk w = {0};
	__u64 key[4];

	if (nrs_walk_ethernet(skb, &w) != 0)
		return 0;
#pragma unroll
	for (int level = 0; level < LEVELS_MAX; level++) {
		if (nrs_fanout_level(skb, &w) != 0)
			break;
	}
	for (int i = 0; i < 4; i++)
		key[i] = secret[i];
	return (int)(nrs_pair_shard(w.src, w.dst, key) % workers);
}

char license_text[] SEC("license") = "Apache-2.0";
