/* SPDX-License-Identifier: Apache-2.0 */
/*
 * decode: link layer, then IP, then the transport's ports; and the keyed hash
 * that decides shard and flow.
 *
 * Every length is checked against what was captured before it is read. What
 * the headers claim (ip_len) and what is there (payload_got) are kept apart.
 */
#include "capture/decode/decode.h"

#include <netinet/in.h>

#include "capture/decode/shim.h"

#define ETHERTYPE_IPV4 0x0800
#define ETHERTYPE_IPV6 0x86dd
#define EXTENSIONS_MAX 12

static uint16_t u16(const uint8_t *p)
{
	return (uint16_t)(p[0] << 8 | p[1]);
}

static const struct {
	uint16_t type;
	const char *name;
	bool is_known;
} links[] = {
	{NRS_LINK_NULL, "NULL", true},
	{NRS_LINK_ETHERNET, "ETHERNET", true},
	{NRS_LINK_PPP, "PPP", true},
	{NRS_LINK_RAW_BSD, "RAW", true},
	{NRS_LINK_RAW_OPENBSD, "RAW", true},
	{NRS_LINK_PPP_HDLC, "PPP_HDLC", true},
	{NRS_LINK_PPPOE, "PPP_ETHER", true},
	{NRS_LINK_RAW, "RAW", true},
	{NRS_LINK_LOOP, "LOOP", true},
	{NRS_LINK_LINUX_SLL, "LINUX_SLL", true},
	{NRS_LINK_IPV4, "IPV4", true},
	{NRS_LINK_IPV6, "IPV6", true},
	{NRS_LINK_LINUX_SLL2, "LINUX_SLL2", true},
	{10, "FDDI", false},
	{104, "C_HDLC", false},
	{105, "IEEE802_11", false},
	{127, "IEEE802_11_RADIOTAP", false},
	{192, "PPI", false},
};

bool nrs_decode_knows(uint16_t linktype)
{
	for (size_t i = 0; i < sizeof(links) / sizeof(*links); i++) {
		if (links[i].type == linktype)
			return links[i].is_known;
	}
	return false;
}

const char *nrs_decode_link_name(uint16_t linktype)
{
	for (size_t i = 0; i < sizeof(links) / sizeof(*links); i++) {
		if (links[i].type == linktype)
			return links[i].name;
	}
	return "unknown";
}

static uint64_t fold(uint64_t h, uint64_t value)
{
	h = (h ^ value) * UINT64_C(0x9e3779b97f4a7c15);
	return h ^ h >> 32;
}

/* Of the unordered pair, keyed. */
static uint64_t pair_hash(const struct nrs_hash_key *key, const uint8_t src[16],
			  const uint8_t dst[16])
{
	uint64_t a[2], b[2];

	memcpy(a, src, sizeof(a));
	memcpy(b, dst, sizeof(b));
	const bool swap = a[0] > b[0] || (a[0] == b[0] && a[1] > b[1]);
	const uint64_t both[4] = {swap ? b[0] : a[0], swap ? b[1] : a[1],
				  swap ? a[0] : b[0], swap ? a[1] : b[1]};

	return nrs_hash(key, nrs_span(both, sizeof(both)));
}

static bool has_ports(uint8_t proto)
{
	return proto == IPPROTO_TCP || proto == IPPROTO_UDP ||
	       proto == IPPROTO_SCTP;
}

uint64_t nrs_decode_hash(const struct nrs_hash_key *key,
			 const struct nrs_tuple *t, uint8_t *shard)
{
	const uint64_t pair = pair_hash(key, t->src.bytes, t->dst.bytes);
	uint64_t ports = 0;

	*shard = (uint8_t)(pair >> 56);
	if (has_ports(t->proto)) /* a sum and a product: no order */
		ports = ((uint64_t)t->src_port * t->dst_port) << 20 ^
			((uint64_t)t->src_port + t->dst_port);
	return fold(fold(pair, ports), (uint64_t)t->tunnel << 32 |
					       (uint64_t)t->vlan << 8 |
					       t->proto);
}

/* From the link layer to the type field behind it. */
static int read_link(const struct nrs_packet *packet, struct nrs_link *link,
		     struct nrs_datagram *out)
{
	const struct nrs_span f = packet->span;
	size_t head = 0;

	switch (packet->linktype) {
	case NRS_LINK_ETHERNET:
		head = 14;
		break;
	case NRS_LINK_LINUX_SLL:
		head = 16;
		break;
	case NRS_LINK_LINUX_SLL2:
		head = 20;
		break;
	case NRS_LINK_NULL:
	case NRS_LINK_LOOP:
		head = 4;
		break;
	case NRS_LINK_PPP:
	case NRS_LINK_PPP_HDLC:
	case NRS_LINK_PPPOE:
	case NRS_LINK_RAW:
	case NRS_LINK_RAW_BSD:
	case NRS_LINK_RAW_OPENBSD:
	case NRS_LINK_IPV4:
	case NRS_LINK_IPV6:
		break;
	default:
		return NRS_E_UNSUPPORTED;
	}
	*link = (struct nrs_link){.offset = head};
	if (f.len < head)
		return NRS_E_TRUNCATED;
	if (packet->linktype == NRS_LINK_ETHERNET) {
		link->ethertype = u16(f.ptr + 12);
		out->flags |= NRS_DG_HAS_MAC;
	}
	if (packet->linktype == NRS_LINK_LINUX_SLL)
		link->ethertype = u16(f.ptr + 14);
	if (packet->linktype == NRS_LINK_LINUX_SLL2)
		link->ethertype = u16(f.ptr);
	if (packet->linktype == NRS_LINK_PPP ||
	    packet->linktype == NRS_LINK_PPP_HDLC)
		link->ethertype = NRS_SHIM_PPP;
	if (packet->linktype == NRS_LINK_PPPOE)
		link->ethertype = NRS_SHIM_PPPOE;
	return NRS_OK;
}

/* Ports, flags and payload of the transport at l4_off. @end: the first octet
 * behind the IP packet by its header; @have: behind what was captured. */
static void read_transport(struct nrs_datagram *out, size_t end, size_t have)
{
	const uint8_t *l4 = out->data + out->l4_off;
	const size_t got = have - out->l4_off;
	size_t head = 8;

	if (out->proto == IPPROTO_TCP) {
		if (got < 20)
			return;
		head = (size_t)(l4[12] >> 4) * 4;
		if (head < 20)
			return;
		out->tcp_flags = l4[13];
	} else if (out->proto == IPPROTO_UDP || out->proto == IPPROTO_ICMP ||
		   out->proto == IPPROTO_ICMPV6) {
		if (got < (out->proto == IPPROTO_UDP ? 8u : 4u))
			return;
	} else {
		if (out->proto == IPPROTO_SCTP && got >= 4) {
			out->src_port = u16(l4);
			out->dst_port = u16(l4 + 2);
		}
		return;
	}
	if (has_ports(out->proto)) {
		out->src_port = u16(l4);
		out->dst_port = u16(l4 + 2);
	} else {
		out->src_port = l4[0];
		out->dst_port = l4[1];
	}
	if (out->l4_off + head > end)
		return;
	out->payload_off = (uint16_t)(out->l4_off + head);
	out->payload_len = (uint32_t)(end - out->payload_off);
	if (have > out->payload_off)
		out->payload_got = (uint32_t)(have - out->payload_off);
	if (out->payload_got > out->payload_len)
		out->payload_got = out->payload_len;
}

static bool is_icmp_error(const struct nrs_datagram *d)
{
	if (d->payload_off == 0)
		return false;
	if (d->proto == IPPROTO_ICMP)
		return d->src_port == 3 || d->src_port == 4 ||
		       d->src_port == 5 || d->src_port == 11 ||
		       d->src_port == 12;
	return d->proto == IPPROTO_ICMPV6 && d->src_port >= 1 &&
	       d->src_port <= 4;
}

bool nrs_decode_quoted(const struct nrs_datagram *d, struct nrs_tuple *quoted)
{
	const uint8_t *ip = d->data + d->payload_off;
	const size_t got = d->payload_got;
	size_t l4;

	*quoted = (struct nrs_tuple){.vlan = d->vlan, .tunnel = d->tunnel};
	if (d->proto == IPPROTO_ICMP) {
		if (got < 20 || ip[0] >> 4 != 4)
			return false;
		l4 = (size_t)(ip[0] & 15) * 4;
		quoted->proto = ip[9];
		quoted->src = nrs_addr_from_v4(ip + 12);
		quoted->dst = nrs_addr_from_v4(ip + 16);
	} else {
		if (got < 40 || ip[0] >> 4 != 6)
			return false;
		l4 = 40;
		quoted->proto = ip[6];
		quoted->src = nrs_addr_from_v6(ip + 8);
		quoted->dst = nrs_addr_from_v6(ip + 24);
	}
	if (!has_ports(quoted->proto))
		return true;
	if (l4 < 20 || got < l4 + 4)
		return false;
	quoted->src_port = u16(ip + l4);
	quoted->dst_port = u16(ip + l4 + 2);
	return true;
}

static int read_v4(struct nrs_datagram *out, struct nrs_span frame, size_t at,
		   size_t *end)
{
	const uint8_t *ip = frame.ptr + at;

	if (frame.len - at < 20)
		return NRS_E_TRUNCATED;
	const size_t head = (size_t)(ip[0] & 15) * 4;
	size_t total = u16(ip + 2);
	if (total == 0) /* segmentation offload: all that is there */
		total = frame.len - at;
	if (head < 20 || total < head)
		return NRS_E_FORMAT;
	const uint16_t fragment = u16(ip + 6);
	out->flags |= NRS_DG_V4;
	if ((fragment & 0x3fff) != 0)
		out->flags |= NRS_DG_FRAGMENT;
	if ((fragment & 0x1fff) != 0)
		out->flags |= NRS_DG_LATER_FRAGMENT;
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
	size_t total = 40 + (size_t)u16(ip + 4);
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
			out->flags |= NRS_DG_FRAGMENT;
			if ((u16(ext + 2) & 0xfff8) != 0)
				out->flags |= NRS_DG_LATER_FRAGMENT;
			offset += 8;
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

static void place(struct nrs_datagram *out, const struct nrs_hash_key *key)
{
	struct nrs_tuple t = {.src = nrs_datagram_src(out),
			      .dst = nrs_datagram_dst(out),
			      .src_port = out->src_port,
			      .dst_port = out->dst_port,
			      .vlan = out->vlan,
			      .proto = out->proto,
			      .tunnel = out->tunnel};
	struct nrs_tuple quoted;

	out->hash = nrs_decode_hash(key, &t, &out->shard);
	if (!is_icmp_error(out) || !nrs_decode_quoted(out, &quoted))
		return;
	out->flags |= NRS_DG_ICMP_ERROR;
	(void)nrs_decode_hash(key, &quoted, &out->shard);
}

static bool may_be_ip(const struct nrs_link *link)
{
	return link->ethertype == 0 || link->ethertype == ETHERTYPE_IPV4 ||
	       link->ethertype == ETHERTYPE_IPV6;
}

int nrs_decode(struct nrs_datagram *out, const struct nrs_packet *packet,
	       const struct nrs_hash_key *key)
{
	const struct nrs_span frame = packet->span;
	struct nrs_link link;
	size_t end = 0;
	int err;

	*out = (struct nrs_datagram){.ts_ns = packet->ts_ns,
				     .ordinal = packet->ordinal,
				     .frame = packet->frame,
				     .file = packet->file,
				     .data = frame.ptr};
	err = read_link(packet, &link, out);
	if (err != NRS_OK)
		return err;
	if (!may_be_ip(&link)) {
		err = nrs_shim_skip(frame, &link, &out->vlan);
		if (err != NRS_OK)
			return err;
		if (!may_be_ip(&link))
			return NRS_E_NOTFOUND;
	}
	if (link.offset >= frame.len)
		return NRS_E_TRUNCATED;
	out->ip_off = (uint16_t)link.offset;
	const unsigned int version = frame.ptr[link.offset] >> 4;
	if (version == 4)
		err = read_v4(out, frame, link.offset, &end);
	else if (version == 6)
		err = read_v6(out, frame, link.offset, &end);
	else
		err = link.ethertype == 0 ? NRS_E_NOTFOUND : NRS_E_FORMAT;
	if (err != NRS_OK)
		return err;
	const size_t have = end < frame.len ? end : frame.len;
	if (end > frame.len)
		out->flags |= NRS_DG_CUT;
	if ((out->flags & NRS_DG_LATER_FRAGMENT) == 0 && out->l4_off < have)
		read_transport(out, end, have);
	place(out, key);
	return NRS_OK;
}
