/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ip: IPv4 and IPv6 headers, extension headers, then ports and payload.
 *
 * Every length is checked against what was captured before it is read. What
 * the headers claim (ip_len) and what is there (payload_got) are kept apart.
 */
#include "capture/decode/ip.h"

#include <netinet/in.h>

#include "engine/base/octets.h"

#define EXTENSIONS_MAX 12

static void put_ports(struct nrs_datagram *out, const uint8_t *l4)
{
	out->src_port = nrs_u16(l4);
	out->dst_port = nrs_u16(l4 + 2);
}

/* Ports, flags and payload of the transport at l4_off. @end: the first octet
 * behind the IP packet by its header; @have: behind what was captured. */
static void read_transport(struct nrs_datagram *out, size_t end, size_t have)
{
	/* In locals: what is stored could be any octet of the frame. */
	const size_t l4_off = out->l4_off;
	const uint8_t proto = out->proto;
	const uint8_t *l4 = out->data + l4_off;
	const size_t got = have - l4_off;
	size_t head = 8;

	if (proto == IPPROTO_TCP) {
		if (got < 20)
			return;
		head = (size_t)(l4[12] >> 4) * 4;
		if (head < 20)
			return;
		out->tcp_flags = l4[13];
		put_ports(out, l4);
	} else if (proto == IPPROTO_UDP) {
		if (got < 8)
			return;
		put_ports(out, l4);
	} else if (proto == IPPROTO_ICMP || proto == IPPROTO_ICMPV6) {
		if (got < 4)
			return;
		out->src_port = l4[0];
		out->dst_port = l4[1];
	} else {
		if (proto == IPPROTO_SCTP && got >= 4)
			put_ports(out, l4);
		return;
	}
	const size_t payload = l4_off + head;
	if (payload > end || payload > UINT16_MAX)
		return;
	out->payload_off = (uint16_t)payload;
	out->payload_len = (uint32_t)(end - payload);
	if (have > payload)
		out->payload_got =
			(uint32_t)((have < end ? have : end) - payload);
}

static int read_v4(struct nrs_datagram *out, struct nrs_span frame, size_t at,
		   size_t *end)
{
	const uint8_t *ip = frame.ptr + at;
	unsigned int flags = out->flags | NRS_DG_V4;

	if (frame.len - at < 20)
		return NRS_E_TRUNCATED;
	const size_t head = (size_t)(ip[0] & 15) * 4;
	size_t total = nrs_u16(ip + 2);
	if (total == 0) /* segmentation offload: all that is there */
		total = frame.len - at;
	if (head < 20 || total < head || at + head > UINT16_MAX)
		return NRS_E_FORMAT;
	const uint16_t fragment = nrs_u16(ip + 6);
	if ((fragment & 0x3fff) != 0)
		flags |= (fragment & 0x1fff) != 0
				 ? NRS_DG_FRAGMENT | NRS_DG_LATER_FRAGMENT
				 : NRS_DG_FRAGMENT;
	out->flags = (uint16_t)flags;
	out->ip_len = (uint32_t)total;
	out->proto = ip[9];
	out->l4_off = (uint16_t)(at + head);
	*end = at + total;
	return NRS_OK;
}

static bool is_extension(uint8_t next)
{
	return next == IPPROTO_HOPOPTS || next == IPPROTO_ROUTING ||
	       next == IPPROTO_FRAGMENT || next == IPPROTO_DSTOPTS ||
	       next == IPPROTO_AH || next == 135 || next == 139 || next == 140;
}

static int read_v6(struct nrs_datagram *out, struct nrs_span frame, size_t at,
		   size_t *end)
{
	const uint8_t *ip = frame.ptr + at;
	size_t offset = at + 40;

	if (frame.len - at < 40)
		return NRS_E_TRUNCATED;
	size_t total = 40 + (size_t)nrs_u16(ip + 4);
	if (total == 40 && ip[6] == IPPROTO_HOPOPTS) /* jumbogram */
		total = frame.len - at;
	out->ip_len = (uint32_t)total;
	out->proto = ip[6];
	*end = at + total;
	for (unsigned int i = 0; is_extension(out->proto); i++) {
		if (i == EXTENSIONS_MAX)
			return NRS_E_FORMAT;
		if (frame.len < offset + 8 || *end < offset + 8)
			break; /* cut: the flow is known by its addresses */
		const uint8_t *ext = frame.ptr + offset;
		const uint8_t kind = out->proto;

		out->proto = ext[0];
		if (kind == IPPROTO_FRAGMENT) {
			/* neither offset nor more: whole (RFC 6946) */
			if ((nrs_u16(ext + 2) & 0xfff9) != 0)
				out->flags |= NRS_DG_FRAGMENT;
			offset += 8;
			if ((nrs_u16(ext + 2) & 0xfff8) != 0) {
				out->flags |= NRS_DG_LATER_FRAGMENT;
				break; /* what follows is no header */
			}
		} else if (kind == IPPROTO_AH) {
			offset += ((size_t)ext[1] + 2) * 4;
		} else {
			offset += ((size_t)ext[1] + 1) * 8;
		}
	}
	if (offset > UINT16_MAX)
		return NRS_E_FORMAT;
	out->l4_off = (uint16_t)offset;
	return NRS_OK;
}

int nrs_ip_read(struct nrs_datagram *out, struct nrs_span frame, size_t at,
		size_t *end)
{
	int err;

	if (at >= frame.len)
		return NRS_E_TRUNCATED;
	if (at > UINT16_MAX)
		return NRS_E_FORMAT;
	out->ip_off = (uint16_t)at;
	if (frame.ptr[at] >> 4 == 4)
		err = read_v4(out, frame, at, end);
	else if (frame.ptr[at] >> 4 == 6)
		err = read_v6(out, frame, at, end);
	else
		err = NRS_E_NOTFOUND;
	if (err != NRS_OK)
		return err;
	if (*end > frame.len) {
		out->flags |= NRS_DG_CUT;
		*end = frame.len;
	}
	if ((out->flags & NRS_DG_LATER_FRAGMENT) == 0 && out->l4_off < *end)
		read_transport(out, at + out->ip_len, *end);
	return NRS_OK;
}
