/* SPDX-License-Identifier: Apache-2.0 */
/*
 * decode: from the link layer to each IP packet in a frame and its transport
 * header. Pure and bounded; the offline reader calls it once per packet.
 *
 * Ethernet, raw IP, Linux cooked v1 and v2, null and loopback, PPP, PPPoE, with
 * the shims of shim.h before IP and the tunnels of tunnel.h around it; IPv4,
 * IPv6 with extension headers; TCP, UDP, ICMP, ICMPv6.
 */
#pragma once

#include "capture/packet.h"
#include "engine/base/checksum.h"
#include "engine/base/err.h"

/* True if packets of @linktype can be decoded. */
bool nrs_decode_knows(uint16_t linktype);

/* Name of a LINKTYPE_ number for messages ("IEEE802_11"), or "unknown". */
const char *nrs_decode_link_name(uint16_t linktype);

/*
 * Fill @out from @packet: one datagram per IP packet in it, the outermost
 * tunnel first and the packet that carries the payload last (decision 0005).
 * The hash and the shard are keyed with @key: shard = of the unordered pair of
 * addresses (of the quoted pair for an ICMP error that quotes enough), hash =
 * of the whole flow key, equal in both directions.
 *
 * Returns how many there are, or NRS_E_NOTFOUND: no IP in it (ARP, STP and
 * such); NRS_E_OPAQUE: in an encapsulation that is not known or encrypted;
 * NRS_E_TRUNCATED: cut before the transport header; NRS_E_FORMAT: broken
 * headers; NRS_E_UNSUPPORTED: a link type that is not decoded. An IP packet
 * whose transport header is cut or unknown still counts, with ports 0. A tunnel
 * whose inside is none of this is the last datagram, NRS_DG_OPAQUE.
 */
int nrs_decode(struct nrs_datagram out[NRS_DATAGRAMS_MAX],
	       const struct nrs_packet *packet, const struct nrs_hash_key *key);

/*
 * The packet that @fragment completed stands in @whole (defrag.h): it takes
 * @fragment's place, what it carries in tunnels comes behind, @room in all.
 * How many, or the errors of nrs_decode: then @fragment is as it was.
 */
int nrs_decode_whole(struct nrs_datagram *fragment, int room,
		     struct nrs_span whole, const struct nrs_hash_key *key);

/* The flow hash of a 5-tuple, as nrs_decode makes it: for ICMP errors, whose
 * quoted flow is looked up, and for the second pass of --packets. */
struct nrs_tuple {
	struct nrs_addr src, dst;
	uint16_t src_port, dst_port;
	uint16_t vlan;
	uint8_t proto;
	uint32_t tunnel;
};
uint64_t nrs_decode_hash(const struct nrs_hash_key *key,
			 const struct nrs_tuple *tuple, uint8_t *shard);

/* The flow that an ICMP error quotes, in the quoted packet's own direction.
 * False if it quotes too little. */
bool nrs_decode_quoted(const struct nrs_datagram *error,
		       struct nrs_tuple *quoted);
