/* SPDX-License-Identifier: Apache-2.0 */
/*
 * wifi: IEEE 802.11 frames and what capture tools put before them. Pure.
 */
#pragma once

#include "capture/decode/shim.h"

/*
 * Move @link from an 802.11 frame to the LLC header of its data. The first
 * packet of an aggregate is read, the others are not.
 *
 * NRS_E_NOTFOUND: no data in it; NRS_E_OPAQUE: encrypted; NRS_E_TRUNCATED.
 * Source: IEEE 802.11 section 9.
 */
int nrs_wifi_skip(struct nrs_span frame, struct nrs_link *link);

/*
 * The octets of a radiotap or PPI header, and for PPI the link type behind it.
 * NRS_E_TRUNCATED, NRS_E_FORMAT. Both are little endian whatever the host was.
 */
int nrs_radiotap_head(struct nrs_span frame, size_t *len);
int nrs_ppi_head(struct nrs_span frame, size_t *len, uint16_t *linktype);
