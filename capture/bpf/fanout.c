/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fanout: which worker's socket a packet goes to, by the innermost pair of
 * addresses: the shard of capture/decode, so that both directions of a flow,
 * and all that a mirror wraps in one outer pair, reach the worker that owns
 * it. A wrong guess costs a hand-over between workers, never a packet; what is
 * rare (GTP-U, Teredo, what lies behind fragments) is left to them.
 */
#include <linux/bpf.h>

#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>

#include "capture/bpf/pair_hash.h"

#define TYPE_IPV4 0x0800
#define TYPE_IPV6 0x86dd
#define TYPE_TEB 0x6558
#define TYPE_ERSPAN2 0x88be
#define TYPE_ERSPAN3 0x22eb
#define PORT_VXLAN 4789
#define PORT_GENEVE 6081
#define SHIMS_MAX 6
#define EXTENSIONS_MAX 6
#define LEVELS_MAX 4

/* Filled before the program is loaded. */
const volatile __u64 secret[4] = {0};
const volatile __u32 workers = 1;

/* Where the walk through a packet has come to. */
struct walk {
	__u32 off;
	__u16 type; /* of what stands at off: an EtherType; 0 nothing known */
	__u8 proto;
	__u8 is_final; /* no tunnel that is looked into */
	__u64 src[2], dst[2];
	__u8 bytes[40];
};

/* From the link layer's first octet on: where the packet begins otherwise
 * depends on its direction. */
static __always_inline int load(struct __sk_buff *skb, struct walk *w,
				__u32 len)
{
	return (int)bpf_skb_load_bytes_relative(skb, w->off, w->bytes, len,
						BPF_HDR_START_MAC);
}

static __always_inline __u16 number(const __u8 *bytes)
{
	return (__u16)(bytes[0] << 8 | bytes[1]);
}

static __always_inline int ethernet(struct __sk_buff *skb, struct walk *w)
{
	if (load(skb, w, 14) != 0)
		return -1;
	w->type = number(w->bytes + 12);
	w->off += 14;
	return 0;
}

/* VLAN tags, MPLS labels, PPPoE: up to the IP header. */
static __always_inline int shims(struct __sk_buff *skb, struct walk *w)
{
	for (int i = 0; i < SHIMS_MAX; i++) {
		switch (w->type) {
		case 0x8100:
		case 0x88a8:
		case 0x9100:
			if (load(skb, w, 4) != 0)
				return -1;
			w->type = number(w->bytes + 2);
			w->off += 4;
			break;
		case 0x8847:
		case 0x8848:
			if (load(skb, w, 5) != 0)
				return -1;
			w->off += 4;
			if ((w->bytes[2] & 1) != 0) /* the last label */
				w->type = w->bytes[4] >> 4 == 6 ? TYPE_IPV6
								: TYPE_IPV4;
			break;
		case 0x8864:
			if (load(skb, w, 8) != 0)
				return -1;
			w->type = number(w->bytes + 6) == 0x57 ? TYPE_IPV6
							       : TYPE_IPV4;
			w->off += 8;
			break;
		default:
			return 0;
		}
	}
	return 0;
}

static __always_inline int ipv4(struct __sk_buff *skb, struct walk *w)
{
	if (load(skb, w, 20) != 0 || w->bytes[0] >> 4 != 4)
		return -1;
	w->src[0] = w->dst[0] = 0;
	w->src[1] = w->dst[1] = 0xffff0000u;
	__builtin_memcpy((__u8 *)&w->src[1] + 4, w->bytes + 12, 4);
	__builtin_memcpy((__u8 *)&w->dst[1] + 4, w->bytes + 16, 4);
	w->proto = w->bytes[9];
	if ((number(w->bytes + 6) & 0x3fff) != 0)
		w->is_final = 1; /* a fragment */
	w->off += (__u32)(w->bytes[0] & 15) * 4;
	return 0;
}

static __always_inline int ipv6(struct __sk_buff *skb, struct walk *w)
{
	if (load(skb, w, 40) != 0 || w->bytes[0] >> 4 != 6)
		return -1;
	__builtin_memcpy(w->src, w->bytes + 8, 16);
	__builtin_memcpy(w->dst, w->bytes + 24, 16);
	w->proto = w->bytes[6];
	w->off += 40;
	for (int i = 0; i < EXTENSIONS_MAX; i++) {
		if (w->proto == 44)
			w->is_final = 1;
		if (w->proto != 0 && w->proto != 43 && w->proto != 60)
			return 0;
		if (load(skb, w, 2) != 0)
			return -1;
		w->proto = w->bytes[0];
		w->off += (__u32)(w->bytes[1] + 1) * 8;
	}
	return 0;
}

static __always_inline int gre(struct __sk_buff *skb, struct walk *w)
{
	if (load(skb, w, 4) != 0)
		return -1;
	const __u16 flags = number(w->bytes);
	const __u16 type = number(w->bytes + 2);
	if ((flags & 0x4007) != 0) /* source routes, PPTP */
		return -1;
	w->off += 4 + ((flags & 0x8000) != 0 ? 4 : 0) +
		  ((flags & 0x2000) != 0 ? 4 : 0) +
		  ((flags & 0x1000) != 0 ? 4 : 0);
	w->type = type;
	if (type == TYPE_ERSPAN2)
		w->off += (flags & 0x1000) != 0 ? 8 : 0;
	if (type == TYPE_ERSPAN3) {
		if (load(skb, w, 12) != 0)
			return -1;
		w->off += (w->bytes[11] & 1) != 0 ? 20 : 12;
	}
	if (type == TYPE_TEB || type == TYPE_ERSPAN2 || type == TYPE_ERSPAN3)
		return ethernet(skb, w);
	return 0;
}

static __always_inline int udp(struct __sk_buff *skb, struct walk *w)
{
	if (load(skb, w, 16) != 0)
		return -1;
	const __u16 port = number(w->bytes + 2);
	if (port == PORT_VXLAN && w->bytes[8] == 0x08) {
		w->off += 16;
		return ethernet(skb, w);
	}
	if (port != PORT_GENEVE || w->bytes[8] >> 6 != 0)
		return -1;
	w->type = number(w->bytes + 10);
	w->off += 16 + (__u32)(w->bytes[8] & 63) * 4;
	return w->type == TYPE_TEB ? ethernet(skb, w) : 0;
}

/* An ICMP error goes with the flow that it quotes. */
static __always_inline int quoted(struct __sk_buff *skb, struct walk *w,
				  int is_v6)
{
	if (load(skb, w, 1) != 0)
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

/* Into the tunnel that begins behind an IP header; -1: none does. */
static __always_inline int enter(struct __sk_buff *skb, struct walk *w)
{
	switch (w->proto) {
	case 4:
		w->type = TYPE_IPV4;
		return 0;
	case 41:
		w->type = TYPE_IPV6;
		return 0;
	case 47:
		return gre(skb, w);
	case 17:
		return udp(skb, w);
	case 1:
		return quoted(skb, w, 0);
	case 58:
		return quoted(skb, w, 1);
	default:
		return -1;
	}
}

SEC("socket")
int nrs_fanout(struct __sk_buff *skb)
{
	struct walk w = {0};
	__u64 key[4];

	if (ethernet(skb, &w) != 0)
		return 0;
	for (int level = 0; level < LEVELS_MAX; level++) {
		if (shims(skb, &w) != 0)
			break;
		if (w.type == TYPE_IPV4) {
			if (ipv4(skb, &w) != 0)
				break;
		} else if (w.type != TYPE_IPV6 || ipv6(skb, &w) != 0) {
			break;
		}
		if (w.is_final || enter(skb, &w) != 0)
			break;
	}
	for (int i = 0; i < 4; i++)
		key[i] = secret[i];
	return (int)(nrs_pair_shard(w.src, w.dst, key) % workers);
}

char license_text[] SEC("license") = "Apache-2.0";
