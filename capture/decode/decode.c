/* SPDX-License-Identifier: Apache-2.0 */
/*
 * decode: link layer, then IP, then what the tunnel in it carries; and the
 * keyed hash that decides shard and flow.
 */
#include "capture/decode/decode.h"

#include "capture/decode/flow_hash.h"
#include "capture/decode/ip.h"
#include "capture/decode/plain.h"
#include "capture/decode/shim.h"
#include "capture/decode/tunnel.h"
#include "capture/decode/wifi.h"
#include "engine/base/octets.h"

#define ETHERTYPE_IPV4 0x0800
#define ETHERTYPE_IPV6 0x86dd
#define TYPED UINT32_MAX

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
	{NRS_LINK_FDDI, "FDDI", true},
	{NRS_LINK_PPP_HDLC, "PPP_HDLC", true},
	{NRS_LINK_PPPOE, "PPP_ETHER", true},
	{NRS_LINK_RAW, "RAW", true},
	{NRS_LINK_CISCO_HDLC, "C_HDLC", true},
	{NRS_LINK_WIFI, "IEEE802_11", true},
	{NRS_LINK_LOOP, "LOOP", true},
	{NRS_LINK_LINUX_SLL, "LINUX_SLL", true},
	{NRS_LINK_RADIOTAP, "IEEE802_11_RADIOTAP", true},
	{NRS_LINK_PPI, "PPI", true},
	{NRS_LINK_IPV4, "IPV4", true},
	{NRS_LINK_IPV6, "IPV6", true},
	{NRS_LINK_LINUX_SLL2, "LINUX_SLL2", true},
	{119, "IEEE802_11_PRISM", false},
	{163, "IEEE802_11_AVS", false},
	{107, "FRELAY", false},
	{189, "USB_LINUX", false},
	{195, "IEEE802_15_4_WITHFCS", false},
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

uint64_t nrs_decode_hash(const struct nrs_hash_key *key,
			 const struct nrs_tuple *t, uint8_t *shard)
{
	return nrs_flow_hash(key, t, nrs_ip_has_ports(t->proto), shard);
}

/* The link layers of fixed length: where their type field stands, or what they
 * always carry. */
static const struct link_row {
	uint16_t linktype, head, type_off;
	uint32_t carries; /* 0: IP, by its version; TYPED: type_off says */
} framings[] = {
	{NRS_LINK_ETHERNET, 14, 12, TYPED},
	{NRS_LINK_LINUX_SLL, 16, 14, TYPED},
	{NRS_LINK_LINUX_SLL2, 20, 0, TYPED},
	{NRS_LINK_NULL, 4, 0, 0},
	{NRS_LINK_LOOP, 4, 0, 0},
	{NRS_LINK_RAW, 0, 0, 0},
	{NRS_LINK_RAW_BSD, 0, 0, 0},
	{NRS_LINK_RAW_OPENBSD, 0, 0, 0},
	{NRS_LINK_IPV4, 0, 0, 0},
	{NRS_LINK_IPV6, 0, 0, 0},
	{NRS_LINK_PPP, 0, 0, NRS_SHIM_PPP},
	{NRS_LINK_PPP_HDLC, 0, 0, NRS_SHIM_PPP},
	{NRS_LINK_PPPOE, 0, 0, NRS_SHIM_PPPOE},
	{NRS_LINK_CISCO_HDLC, 4, 2, TYPED},
	{NRS_LINK_FDDI, 13, 0, NRS_SHIM_LLC},
	{NRS_LINK_WIFI, 0, 0, NRS_SHIM_WIFI},
};

/* What a radio or tool has put before the frame. */
static int read_preamble(struct nrs_span f, uint16_t *linktype, size_t *len)
{
	*len = 0;
	if (*linktype == NRS_LINK_PPI)
		return nrs_ppi_head(f, len, linktype);
	if (*linktype != NRS_LINK_RADIOTAP)
		return NRS_OK;
	*linktype = NRS_LINK_WIFI;
	return nrs_radiotap_head(f, len);
}

/* From the link layer to the type field behind it. */
static int read_link(const struct nrs_packet *packet, struct nrs_link *link)
{
	const struct nrs_span f = packet->span;
	uint16_t linktype = packet->linktype;
	const struct link_row *row = framings;
	size_t before;

	if (linktype == NRS_LINK_ETHERNET) { /* as nearly all are */
		if (f.len < 14)
			return NRS_E_TRUNCATED;
		*link = (struct nrs_link){.offset = 14,
					  .ethertype = nrs_u16(f.ptr + 12),
					  .has_mac = true};
		return NRS_OK;
	}
	int err = read_preamble(f, &linktype, &before);

	if (err != NRS_OK)
		return err;
	while (row->linktype != linktype) {
		if (++row == framings + sizeof(framings) / sizeof(*framings))
			return NRS_E_UNSUPPORTED;
	}
	*link = (struct nrs_link){.offset = before + row->head,
				  .ethertype = row->carries};
	if (f.len < link->offset)
		return NRS_E_TRUNCATED;
	if (row->carries == TYPED)
		link->ethertype = nrs_u16(f.ptr + before + row->type_off);
	if (linktype == NRS_LINK_ETHERNET) {
		link->has_mac = true;
		link->mac_off = (uint16_t)before;
	}
	return NRS_OK;
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
	if (!nrs_ip_has_ports(quoted->proto))
		return true;
	if (l4 < 20 || got < l4 + 4)
		return false;
	quoted->src_port = nrs_u16(ip + l4);
	quoted->dst_port = nrs_u16(ip + l4 + 2);
	return true;
}

__attribute__((always_inline)) static inline void
place(struct nrs_datagram *out, const struct nrs_hash_key *key)
{
	const struct nrs_tuple t = {.src = nrs_datagram_src(out),
				    .dst = nrs_datagram_dst(out),
				    .src_port = out->src_port,
				    .dst_port = out->dst_port,
				    .vlan = out->vlan,
				    .proto = out->proto,
				    .tunnel = out->tunnel};
	struct nrs_tuple quoted;

	out->hash =
		nrs_flow_hash(key, &t, nrs_ip_has_ports(t.proto), &out->shard);
	/* Fragments of one packet stay together: by their own pair. */
	if ((out->proto != IPPROTO_ICMP && out->proto != IPPROTO_ICMPV6) ||
	    (out->flags & NRS_DG_FRAGMENT) != 0 || !is_icmp_error(out) ||
	    !nrs_decode_quoted(out, &quoted))
		return;
	out->flags |= NRS_DG_ICMP_ERROR;
	(void)nrs_decode_hash(key, &quoted, &out->shard);
}

static bool may_be_ip(const struct nrs_link *link)
{
	return link->ethertype == 0 || link->ethertype == ETHERTYPE_IPV4 ||
	       link->ethertype == ETHERTYPE_IPV6;
}

/* One level: shims, then IP. *@end as nrs_ip_read. */
__attribute__((always_inline)) static inline int
read_level(struct nrs_datagram *out, struct nrs_span frame,
	   struct nrs_link *link, size_t *end)
{
	int err;

	if (!may_be_ip(link)) {
		err = nrs_shim_skip(frame, link, &out->vlan);
		if (err != NRS_OK)
			return err;
		if (!may_be_ip(link))
			return nrs_shim_is_control(link->ethertype)
				       ? NRS_E_NOTFOUND
				       : NRS_E_OPAQUE;
	}
	if (link->has_mac) {
		out->flags |= NRS_DG_HAS_MAC;
		out->mac_off = link->mac_off;
	}
	err = nrs_ip_read(out, frame, link->offset, end);
	if (err == NRS_E_NOTFOUND && link->ethertype != 0)
		return NRS_E_FORMAT;
	return err;
}

/* A datagram of the same packet. */
static struct nrs_datagram same_packet(const struct nrs_datagram *d)
{
	return (struct nrs_datagram){.ts_ns = d->ts_ns,
				     .ordinal = d->ordinal,
				     .frame = d->frame,
				     .file = d->file,
				     .data = d->data};
}

/* From the packet in @out to the one inside it, as long as there is one and
 * @room datagrams hold it. */
static int read_tunnels(struct nrs_datagram *out, int room, size_t end)
{
	int count = 1;

	for (;; count++) {
		struct nrs_datagram *outer = &out[count - 1];
		const struct nrs_span got = nrs_span(outer->data, end);
		struct nrs_tunnel tunnel;
		int err = nrs_tunnel_enter(outer, got, &tunnel);

		if (err == NRS_E_NOTFOUND)
			return count;
		outer->flags |= NRS_DG_OPAQUE;
		if (err != NRS_OK || count == room)
			return count;
		out[count] = same_packet(outer);
		out[count].tunnel = tunnel.id;
		out[count].level = (uint8_t)(outer->level + 1);
		err = read_level(&out[count], got, &tunnel.link, &end);
		if (err == NRS_OK || err == NRS_E_NOTFOUND) /* ARP, say */
			outer->flags &= (uint16_t)~NRS_DG_OPAQUE;
		if (err != NRS_OK)
			return count;
		outer->flags |= NRS_DG_OUTER;
		outer->payload_got = 0;
	}
}

/* The packet in @out and what is inside it; few packets come here, and the
 * others do not pay for its registers. */
__attribute__((noinline)) static int place_all(struct nrs_datagram *out,
					       int room, size_t end,
					       const struct nrs_hash_key *key)
{
	const int count = read_tunnels(out, room, end);

	for (int i = 0; i < count; i++)
		place(&out[i], key);
	return count;
}

__attribute__((noinline)) static int
decode_any(struct nrs_datagram out[NRS_DATAGRAMS_MAX],
	   const struct nrs_packet *packet, const struct nrs_hash_key *key)
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
	err = read_link(packet, &link);
	if (err == NRS_OK)
		err = read_level(out, frame, &link, &end);
	if (err != NRS_OK)
		return err;
	if (nrs_tunnel_may_begin(out))
		return place_all(out, NRS_DATAGRAMS_MAX, end, key);
	place(out, key);
	return 1;
}

int nrs_decode(struct nrs_datagram out[NRS_DATAGRAMS_MAX],
	       const struct nrs_packet *packet, const struct nrs_hash_key *key)
{
	return nrs_plain_read(out, packet, key) ? 1
						: decode_any(out, packet, key);
}

int nrs_decode_whole(struct nrs_datagram *fragment, int room,
		     struct nrs_span whole, const struct nrs_hash_key *key)
{
	struct nrs_datagram out = same_packet(fragment);
	struct nrs_link link = {.offset = 14,
				.ethertype = nrs_u16(whole.ptr + 12),
				.has_mac = (fragment->flags & NRS_DG_HAS_MAC) !=
					   0};
	size_t end = 0;
	int err;

	out.data = whole.ptr;
	out.tunnel = fragment->tunnel;
	out.level = fragment->level;
	out.vlan = fragment->vlan;
	err = read_level(&out, whole, &link, &end);
	if (err != NRS_OK)
		return err;
	if ((fragment->flags & NRS_DG_LATER_FRAGMENT) != 0)
		out.flags |= NRS_DG_REJOINED;
	*fragment = out;
	return place_all(fragment, room, end, key);
}
