/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tunnel: an IP packet or frame inside another packet. Pure.
 *
 * GRE with NVGRE, PPTP, WCCP and ERSPAN I to III; IP in IP, 6in4, MPLS in IP,
 * EtherIP; VXLAN, VXLAN-GPE, GENEVE, GTP-U and Teredo over UDP on their
 * registered ports.
 */
#pragma once

#include <netinet/in.h>

#include "capture/decode/shim.h"
#include "capture/packet.h"

struct nrs_tunnel {
	struct nrs_link link; /* what is inside */
	uint32_t id; /* VNI; 0: none, or of one direction only (TEID, call id,
			GRE key, ERSPAN session) */
};

/* The ports of tunnels over UDP. */
#define NRS_PORT_GTP_U 2152u
#define NRS_PORT_TEREDO 3544u
#define NRS_PORT_VXLAN 4789u
#define NRS_PORT_VXLAN_GPE 4790u
#define NRS_PORT_GENEVE 6081u
#define NRS_PORT_VXLAN_LINUX 8472u

/* A bit for each 32 ports of 2,048: true for all tunnels' and few others. */
#define NRS_PORT_BIT(port) (UINT64_C(1) << ((port) / 32u % 64u))
static inline bool nrs_tunnel_has_port(uint16_t port)
{
	const uint64_t bits = NRS_PORT_BIT(NRS_PORT_GTP_U) |
			      NRS_PORT_BIT(NRS_PORT_TEREDO) |
			      NRS_PORT_BIT(NRS_PORT_VXLAN) |
			      NRS_PORT_BIT(NRS_PORT_VXLAN_GPE) |
			      NRS_PORT_BIT(NRS_PORT_GENEVE) |
			      NRS_PORT_BIT(NRS_PORT_VXLAN_LINUX);

	return (bits & NRS_PORT_BIT(port)) != 0;
}

/* False for most packets, and cheap. A fragment is no tunnel: its inside is
 * read when it is whole. */
static inline bool nrs_tunnel_may_begin(const struct nrs_datagram *d)
{
	if (d->proto == IPPROTO_TCP || d->proto == IPPROTO_ICMP ||
	    (d->flags & NRS_DG_FRAGMENT) != 0)
		return false;
	return d->proto != IPPROTO_UDP || nrs_tunnel_has_port(d->dst_port) ||
	       nrs_tunnel_has_port(d->src_port);
}

/*
 * What @outer carries; @frame ends where the captured part of @outer does.
 * NRS_E_NOTFOUND: it is no tunnel that we know; NRS_E_TRUNCATED, NRS_E_FORMAT:
 * it is, and cut or broken.
 * Sources: RFC 2784, 2890, 7637, 2637, 3378, 4023, 2003, 4213, 7348, 8926,
 * 4380; draft-foschiano-erspan; draft-ietf-nvo3-vxlan-gpe; 3GPP TS 29.281.
 */
int nrs_tunnel_enter(const struct nrs_datagram *outer, struct nrs_span frame,
		     struct nrs_tunnel *tunnel);
