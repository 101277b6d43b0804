/* SPDX-License-Identifier: Apache-2.0 */
/*
 * walk_tunnel: from an IP header into the tunnel behind it. What is rare
 * (GTP-U, Teredo, PPTP, VXLAN-GPE) is known and not looked into; what lies
 * behind fragments is not known.
 */
#pragma once

#include "capture/bpf/walk_ip.h"

#define TYPE_MPLS 0x8847
#define TYPE_TEB 0x6558
#define TYPE_ERSPAN2 0x88be
#define TYPE_ERSPAN3 0x22eb
#define PORT_VXLAN 4789
#define PORT_VXLAN_LINUX 8472
#define PORT_VXLAN_GPE 4790
#define PORT_GENEVE 6081
#define PORT_GTP_U 2152
#define PORT_TEREDO 3544

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

/* Both ways, one of them from that port. */
static __always_inline int is_rare(__u16 from, __u16 to)
{
	return to == PORT_GTP_U || from == PORT_GTP_U || to == PORT_TEREDO ||
	       from == PORT_TEREDO || to == PORT_VXLAN_GPE;
}

/* Of VXLAN and GENEVE, behind UDP. */
static __always_inline __u32 vni(const struct nrs_walk *w)
{
	return (__u32)w->bytes[12] << 16 | nrs_walk_number(w->bytes + 13);
}

static __always_inline int udp(struct __sk_buff *skb, struct nrs_walk *w)
{
	if (nrs_walk_load(skb, w, 16) != 0)
		return -1;
	const __u16 port = nrs_walk_number(w->bytes + 2);
	if ((port == PORT_VXLAN || port == PORT_VXLAN_LINUX) &&
	    (w->bytes[8] & 0x08) != 0) {
		w->tunnel = vni(w);
		w->off += 16;
		return nrs_walk_ethernet(skb, w);
	}
	w->is_opaque = is_rare(nrs_walk_number(w->bytes), port);
	if (port != PORT_GENEVE || w->bytes[8] >> 6 != 0)
		return -1;
	w->tunnel = vni(w);
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
		if (gre(skb, w) == 0)
			return 0;
		w->is_opaque = 1;
		return -1;
	case 17:
		return udp(skb, w);
	case 97: /* EtherIP */
		w->off += 2;
		return nrs_walk_ethernet(skb, w);
	case 137:
		w->type = TYPE_MPLS;
		return 0;
	default:
		return -1;
	}
}
