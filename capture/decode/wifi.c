/* SPDX-License-Identifier: Apache-2.0 */
/*
 * wifi: an 802.11 header's length follows from its first two octets; what the
 * radio added for us is skipped by its own length.
 */
#include "capture/decode/wifi.h"

#define TYPE_DATA 2
#define SUBTYPE_NO_DATA 4
#define SUBTYPE_QOS 8
#define FLAG_BOTH_DS 0x03
#define FLAG_PROTECTED 0x40
#define FLAG_ORDER 0x80
#define QOS_AGGREGATE 0x80

#define AGGREGATE_HEAD 14 /* addresses and length */

static uint16_t le16(const uint8_t *p)
{
	return (uint16_t)(p[1] << 8 | p[0]);
}

static size_t header_len(uint8_t subtype, uint8_t flags)
{
	size_t len = 24;

	if ((flags & FLAG_BOTH_DS) == FLAG_BOTH_DS)
		len += 6;
	if ((subtype & SUBTYPE_QOS) != 0) {
		len += 2;
		if ((flags & FLAG_ORDER) != 0)
			len += 4;
	}
	return len;
}

int nrs_wifi_skip(struct nrs_span frame, struct nrs_link *link)
{
	const struct nrs_span rest = nrs_span_from(frame, link->offset);

	if (rest.len < 2)
		return NRS_E_TRUNCATED;
	const uint8_t type = rest.ptr[0] >> 2 & 3;
	const uint8_t subtype = rest.ptr[0] >> 4;
	const uint8_t flags = rest.ptr[1];

	if (type != TYPE_DATA || (subtype & SUBTYPE_NO_DATA) != 0)
		return NRS_E_NOTFOUND;
	if ((flags & FLAG_PROTECTED) != 0)
		return NRS_E_OPAQUE;
	const size_t len = header_len(subtype, flags);
	if (rest.len < len)
		return NRS_E_TRUNCATED;
	link->offset += len;
	const size_t qos = (flags & FLAG_BOTH_DS) == FLAG_BOTH_DS ? 30 : 24;
	if ((subtype & SUBTYPE_QOS) != 0 &&
	    (rest.ptr[qos] & QOS_AGGREGATE) != 0)
		link->offset += AGGREGATE_HEAD;
	link->ethertype = NRS_SHIM_LLC;
	return NRS_OK;
}

int nrs_radiotap_head(struct nrs_span frame, size_t *len)
{
	if (frame.len < 8)
		return NRS_E_TRUNCATED;
	*len = le16(frame.ptr + 2);
	if (frame.ptr[0] != 0 || *len < 8)
		return NRS_E_FORMAT;
	return frame.len < *len ? NRS_E_TRUNCATED : NRS_OK;
}

int nrs_ppi_head(struct nrs_span frame, size_t *len, uint16_t *linktype)
{
	const int err = nrs_radiotap_head(frame, len); /* the same beginning */

	if (err == NRS_OK)
		*linktype = le16(frame.ptr + 4);
	return err;
}
