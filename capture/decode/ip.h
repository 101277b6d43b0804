/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ip: one IP header and the transport behind it, as a datagram. Pure.
 */
#pragma once

#include <netinet/in.h>

#include "capture/packet.h"
#include "engine/base/err.h"

static inline bool nrs_ip_has_ports(uint8_t proto)
{
	return proto == IPPROTO_TCP || proto == IPPROTO_UDP ||
	       proto == IPPROTO_SCTP;
}

/*
 * Fill @out's IP and transport from the header at @at of @frame; *@end is the
 * first octet behind what was captured of the packet.
 *
 * NRS_E_NOTFOUND: neither version 4 nor 6; NRS_E_TRUNCATED, NRS_E_FORMAT.
 * Sources: RFC 791, 8200, 4302, 9293, 768, 792, 4443, 9260.
 */
int nrs_ip_read(struct nrs_datagram *out, struct nrs_span frame, size_t at,
		size_t *end);
