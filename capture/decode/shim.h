/* SPDX-License-Identifier: Apache-2.0 */
/*
 * shim: what may stand between the link layer's type field and IP: VLAN tags,
 * MPLS labels, PPP and PPPoE, VN-Tag and E-Tag, 802.1ah, NSH, LLC with
 * SNAP, IEEE 802.11, a bridged frame; in any order and number up to a cap.
 * Pure; only frames that are not plain IP come here.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "engine/base/err.h"
#include "engine/base/span.h"

/* Where the next header begins, and what it is. */
struct nrs_link {
	size_t offset;
	uint32_t ethertype; /* 0: IP if the version nibble says so */
	uint16_t mac_off;   /* destination then source; with has_mac */
	bool has_mac;
};

/* Types that stand for framing; IEEE 802 numbers where there are some. */
#define NRS_SHIM_PPP 0x880b
#define NRS_SHIM_PPPOE 0x8864
#define NRS_SHIM_ETHERNET 0x6558 /* a whole frame */
#define NRS_SHIM_LLC 0x10000
#define NRS_SHIM_WIFI 0x10001

/*
 * Move @link behind all shims. *@vlan becomes the outermost VLAN id, and is
 * left alone without one.
 *
 * NRS_OK: @link stands at what follows, which need not be IP; NRS_E_TRUNCATED:
 * cut in a shim; NRS_E_NOTFOUND: no IP in it; NRS_E_OPAQUE: there may be, and
 * it is encrypted, in parts, or behind more shims than the cap.
 * Sources: IEEE 802.1Q, 802.1BR; 802.1ah, 802.2, 802.11; RFC 3032, 4385, 4448;
 * RFC 1042; RFC 1661, 1662, 2516; RFC 8300.
 */
int nrs_shim_skip(struct nrs_span frame, struct nrs_link *link, uint16_t *vlan);

/* Ethertypes that hold no IP: ARP, LLDP and the like. The others that are not
 * shims of ours may. */
bool nrs_shim_is_control(uint32_t ethertype);
