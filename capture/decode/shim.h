/* SPDX-License-Identifier: Apache-2.0 */
/*
 * shim: what may stand between the link layer's type field and IP: VLAN tags,
 * MPLS labels, PPP and PPPoE, VN-Tag and E-Tag, in any order and number up to
 * a cap. Pure; only frames that are not plain IP come here.
 */
#pragma once

#include <stdint.h>

#include "engine/base/err.h"
#include "engine/base/span.h"

/* Where the next header begins, and what it is. */
struct nrs_link {
	size_t offset;
	uint16_t ethertype; /* 0: IP if the version nibble says so */
};

/* Types that stand for a link's own framing (IEEE 802 numbers). */
#define NRS_SHIM_PPP 0x880b
#define NRS_SHIM_PPPOE 0x8864

/*
 * Move @link behind all shims. *@vlan becomes the outermost VLAN id, and is
 * left alone without one.
 *
 * NRS_OK: @link stands at what follows, which need not be IP; NRS_E_TRUNCATED:
 * cut in a shim; NRS_E_NOTFOUND: no IP in it, or more shims than the cap.
 * Sources: IEEE 802.1Q, 802.1BR; RFC 3032, 4385, 4448; RFC 1661, 1662, 2516.
 */
int nrs_shim_skip(struct nrs_span frame, struct nrs_link *link, uint16_t *vlan);
