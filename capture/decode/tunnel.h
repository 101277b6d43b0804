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
	uint32_t id; /* VNI, VSID, GRE key, ERSPAN session; 0: none, or of one
			direction only (TEID, call id) */
};

/* False for most packets, and cheap. A fragment is no tunnel: its inside is
 * read when it is whole. */
static inline bool nrs_tunnel_may_begin(const struct nrs_datagram *d)
{
	return d->proto != IPPROTO_TCP && (d->flags & NRS_DG_FRAGMENT) == 0;
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
