/* SPDX-License-Identifier: Apache-2.0 */
/*
 * plain: every offset is fixed, so that all is checked first and each field of
 * the datagram is written once. One function for both families, inlined for
 * each: what is constant in one of them costs nothing.
 */
#include "capture/decode/plain.h"

#include "capture/decode/flow_hash.h"
#include "capture/decode/tunnel.h"
#include "engine/base/octets.h"

#define IP_OFF 14
#define V4_HEAD 20
#define V6_HEAD 40
#define TCP_HEAD 20 /* what is shorter behind IP goes the long way */
#define UDP_HEAD 8

/* Octets of the transport header at @l4; 0: not plain. */
__attribute__((always_inline)) static inline uint32_t
head_len(const uint8_t *l4, uint8_t proto)
{
	if (proto == IPPROTO_TCP)
		return (l4[12] >> 4) * 4u >= TCP_HEAD ? (l4[12] >> 4) * 4u : 0;
	if (proto != IPPROTO_UDP || nrs_tunnel_has_port(nrs_u16(l4)) ||
	    nrs_tunnel_has_port(nrs_u16(l4 + 2)))
		return 0;
	return UDP_HEAD;
}

/* @ip_len: octets of the packet by its header. */
__attribute__((always_inline)) static inline bool
read_packet(struct nrs_datagram *out, const struct nrs_packet *packet,
	    const struct nrs_hash_key *key, uint32_t ip_len, bool is_v4)
{
	const uint8_t *ip = packet->span.ptr + IP_OFF;
	const uint32_t l4_off = IP_OFF + (is_v4 ? V4_HEAD : V6_HEAD);
	const uint8_t *l4 = packet->span.ptr + l4_off;
	const struct nrs_tuple t = {.src = is_v4 ? nrs_addr_from_v4(ip + 12)
						 : nrs_addr_from_v6(ip + 8),
				    .dst = is_v4 ? nrs_addr_from_v4(ip + 16)
						 : nrs_addr_from_v6(ip + 24),
				    .src_port = nrs_u16(l4),
				    .dst_port = nrs_u16(l4 + 2),
				    .proto = is_v4 ? ip[9] : ip[6]};
	const uint32_t head = head_len(l4, t.proto), payload = l4_off + head;
	const uint8_t tcp_flags = t.proto == IPPROTO_TCP ? l4[13] : 0;
	const uint32_t end = IP_OFF + ip_len;
	const bool is_cut = packet->span.len < end;
	const uint32_t have = is_cut ? (uint32_t)packet->span.len : end;

	if (head == 0 || payload > end)
		return false;
	out->ts_ns = packet->ts_ns;
	out->ordinal = packet->ordinal;
	out->data = packet->span.ptr;
	out->frame = packet->frame;
	out->file = packet->file;
	out->ip_len = ip_len;
	out->payload_len = end - payload;
	out->payload_got = have > payload ? have - payload : 0;
	out->ip_off = IP_OFF;
	out->l4_off = (uint16_t)l4_off;
	out->payload_off = (uint16_t)payload;
	out->mac_off = 0;
	out->src_port = t.src_port;
	out->dst_port = t.dst_port;
	out->vlan = 0;
	out->proto = t.proto;
	out->tcp_flags = tcp_flags;
	out->flags = (uint8_t)(NRS_DG_HAS_MAC | (is_v4 ? NRS_DG_V4 : 0) |
			       (is_cut ? NRS_DG_CUT : 0));
	out->tunnel = 0;
	out->hash = nrs_flow_hash(key, &t, true, &out->shard);
	return true;
}

bool nrs_plain_read(struct nrs_datagram *out, const struct nrs_packet *packet,
		    const struct nrs_hash_key *key)
{
	const uint8_t *f = packet->span.ptr, *ip = f + IP_OFF;
	const size_t len = packet->span.len;

	if (packet->linktype != NRS_LINK_ETHERNET)
		return false;
	if (len < IP_OFF + V4_HEAD + TCP_HEAD)
		return false;
	const uint32_t type = nrs_u32(f + 12) >> 8; /* and IP's first octet */
	if (type == 0x080045)
		return (nrs_u16(ip + 6) & 0x3fff) == 0 && /* no fragment */
		       read_packet(out, packet, key, nrs_u16(ip + 2), true);
	return (type & 0xfffff0) == 0x86dd60 &&
	       len >= IP_OFF + V6_HEAD + TCP_HEAD &&
	       read_packet(out, packet, key, V6_HEAD + nrs_u16(ip + 4), false);
}
