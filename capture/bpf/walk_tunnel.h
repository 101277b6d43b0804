/* SPDX-License-Identifier: Apache-2.0 */
/*
 * walk_tunnel: from an IP header into the tunnel behind it. What is rare
 * (GTP-U, Teredo, what lies behind fragments) is not looked into.
 */
#pragma once

#include "capture/bpf/walk_ip.h"

#define TYPE_TEB 0x6558
#define TYPE_ERSPAN2 0x88be
#define TYPE_ERSPAN3 0x22eb
#define PORT_VXLAN 4789
#define PORT_GENEVE 6081

static __always_inline int gre(struct __sk_buff *skb, struct nrs_walk *w)
{
	if (nrs_walk_load(skb, w, 4) != 0)
		return -1;
	const __u16 flags = nrs_walk_number(w->bytes);
	const __u16 type = nrs_walk_number(w->bytes + 2);
	if ((flags & 0x4007) != 0) /* source routes, PPTP */
		return -1;
	w->off += 4 + ((flags & 0x8000) != 0 ? 4 : 0) +
		  ((flags & 0x2000) != 0 ? 4 : 0) +
		  ((flags & 0x1000) != 0 ? 4 : 0);
	w->type = type;
	if (type == TYPE_ERSPAN2)
		w->off += (flags & 0x1000) != 0 ? 8 : 0;
	if (type == TYPE_ERSPAN3) {
		if (nrs_walk_load(skb, w, 12) != 0)
			return -1;
		w->off += (w->bytes[11] & 1) != 0 ? 20 : 12;
	}
	if (type == TYPE_TEB || type == TYPE_ERSPAN2 || type == TYPE_ERSPAN3)
		return nrs_walk_ethernet(skb, w);
	return 0;
}

static __always_inline int udp(struct __sk_buff *skb, struct nrs_walk *w)
{
	if (nrs_walk_load(skb, w, 16) != 0)
		return -1;
	const __u16 port = nrs_walk_number(w->bytes + 2);
	if (port == PORT_VXLAN && w->bytes[8] == 0x08) {
		w->off += 16;
		return nrs_walk_ethernet(skb, w);
	}
	if (port != PORT_GENEVE || w->bytes[8] >> 6 != 0)
		return -1;
	w->type = nrs_walk_number(w->bytes + 10);
	w->off += 16 + (__u32)(w->bytes[8] & 63) * 4;
	return w->type == TYPE_TEB ? nrs_walk_ethernet(skb, w) : 0;
}

/* Into the tunnel that begins behind an IP header; -1: none does. */
static __always_inline int nrs_walk_enter(struct __sk_buff *skb,
					  struct nrs_walk *w)
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
	default:
		return -1;
	}
}
