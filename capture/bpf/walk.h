/* SPDX-License-Identifier: Apache-2.0 */
/*
 * walk: through a packet in the kernel: the link layer and what stands before
 * IP; walk_ip.h and walk_tunnel.h go on.
 */
#pragma once

#include <linux/bpf.h>

#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>

#define TYPE_IPV4 0x0800
#define TYPE_IPV6 0x86dd
#define SHIMS_MAX 6
#define NRS_WALK_TAGGED 0x1000 /* an id of 0, too, is an outermost one */

/*
 * A step of the walk, and of no program but the one that is built. What it is
 * declared as, the program may say: a function that is not inlined is checked
 * by the kernel once and by itself. (Without CAP_PERFMON it looks at ways, too,
 * that a processor takes only in speculation: of loops with all of their steps
 * inlined there are too many.)
 */
#ifndef NRS_WALK_STEP
#define NRS_WALK_STEP static __always_inline
#endif

/* Where the walk through a packet has come to. */
struct nrs_walk {
	__u32 off;
	__u16 type; /* of what stands at off: an EtherType; 0 nothing known */
	__u8 proto;
	__u8 is_final;	/* no tunnel that is looked into */
	__u8 is_opaque; /* something is inside that is not looked into here */
	__u16 tag;	/* outermost VLAN of its level, with NRS_WALK_TAGGED */
	__u32 ip_len;	/* of the IP packet, by its header */
	__u32 ip_off;
	__u32 tunnel; /* VNI next around it; 0: none */
	__u64 src[2], dst[2];
	__u8 bytes[40];
};

/* Octets from the link layer's first one on; the program says how it gets at
 * them: NRS_WALK_LOAD(skb, offset, to, len). */
static __always_inline int nrs_walk_load(struct __sk_buff *skb,
					 struct nrs_walk *w, __u32 len)
{
	return (int)NRS_WALK_LOAD(skb, w->off, w->bytes, len);
}

static __always_inline __u16 nrs_walk_number(const __u8 *bytes)
{
	return (__u16)(bytes[0] << 8 | bytes[1]);
}

static __always_inline int nrs_walk_ethernet(struct __sk_buff *skb,
					     struct nrs_walk *w)
{
	if (nrs_walk_load(skb, w, 14) != 0)
		return -1;
	w->type = nrs_walk_number(w->bytes + 12);
	w->off += 14;
	return 0;
}

static __always_inline void nrs_walk_note_tag(struct nrs_walk *w, __u16 tag)
{
	if (w->tag == 0)
		w->tag = NRS_WALK_TAGGED | (tag & 0x0fff);
}

/* A VLAN tag, an MPLS label, PPPoE: over one of them 0; 1: there is none. */
NRS_WALK_STEP int nrs_walk_shim(struct __sk_buff *skb, struct nrs_walk *w)
{
	if (w == 0)
		return -1;
	switch (w->type) {
	case 0x8100:
	case 0x88a8:
	case 0x9100:
		if (nrs_walk_load(skb, w, 4) != 0)
			return -1;
		nrs_walk_note_tag(w, nrs_walk_number(w->bytes));
		w->type = nrs_walk_number(w->bytes + 2);
		w->off += 4;
		return 0;
	case 0x8847:
	case 0x8848:
		if (nrs_walk_load(skb, w, 5) != 0)
			return -1;
		w->off += 4;
		if ((w->bytes[2] & 1) != 0) /* the last label */
			w->type = w->bytes[4] >> 4 == 6 ? TYPE_IPV6 : TYPE_IPV4;
		return 0;
	case 0x8864:
		if (nrs_walk_load(skb, w, 8) != 0)
			return -1;
		w->type = nrs_walk_number(w->bytes + 6) == 0x57 ? TYPE_IPV6
								: TYPE_IPV4;
		w->off += 8;
		return 0;
	default:
		return 1;
	}
}

/* Up to the IP header. */
static __always_inline int shims(struct __sk_buff *skb, struct nrs_walk *w)
{
#pragma unroll
	for (int i = 0; i < SHIMS_MAX; i++) {
		const int step = nrs_walk_shim(skb, w);

		if (step != 0)
			return step < 0 ? -1 : 0;
	}
	return 0;
}
