/* SPDX-License-Identifier: Apache-2.0 */
/*
 * packet: what a source hands over, and what the decoder makes of it.
 *
 * Spans are valid until the worker's step for their batch returns; nothing
 * keeps one longer (contracts.md section 2).
 */
#pragma once

#include "engine/base/addr.h"
#include "engine/base/process.h"
#include "engine/base/span.h"

/* Link types by their LINKTYPE_ number (the ones that are decoded). */
enum nrs_linktype {
	NRS_LINK_NULL = 0,
	NRS_LINK_ETHERNET = 1,
	NRS_LINK_PPP = 9,
	NRS_LINK_FDDI = 10,
	NRS_LINK_RAW_BSD = 12,
	NRS_LINK_RAW_OPENBSD = 14,
	NRS_LINK_PPP_HDLC = 50,
	NRS_LINK_PPPOE = 51,
	NRS_LINK_RAW = 101,
	NRS_LINK_CISCO_HDLC = 104,
	NRS_LINK_WIFI = 105,
	NRS_LINK_LOOP = 108,
	NRS_LINK_LINUX_SLL = 113,
	NRS_LINK_RADIOTAP = 127,
	NRS_LINK_PPI = 192,
	NRS_LINK_IPV4 = 228,
	NRS_LINK_IPV6 = 229,
	NRS_LINK_LINUX_SLL2 = 276,
};

struct nrs_packet {
	int64_t ts_ns;
	uint64_t ordinal; /* position in its session, from 0 */
	uint32_t frame;	  /* number in its file, from 1 */
	uint32_t wirelen;
	uint16_t linktype;
	uint16_t iface; /* of a pcapng; else 0 */
	uint32_t file;	/* index of the capture file in its session */
	struct nrs_span span;
	bool is_report; /* nrs_flow_report stands before a flow's first frame */
};

/*
 * What the kernel counted in a flow since it began (kernel_flows.h). Side 0 is
 * who sent the frame that stands NRS_FLOW_REPORT_ROOM octets behind it.
 */
#define NRS_FLOW_REPORT_ROOM 80
struct nrs_flow_report {
	uint64_t packets[2];
	uint64_t bytes[2]; /* of IP packets, by their headers */
	uint8_t tcp_flags[2];
	bool is_closed; /* RST, or FIN from both sides */
	struct nrs_process process;
};

/* What the decoder found on the way to an IP packet. */
enum nrs_datagram_flag {
	NRS_DG_V4 = 1,
	NRS_DG_FRAGMENT = 2,	   /* not whole; the first one has its ports */
	NRS_DG_LATER_FRAGMENT = 4, /* not the first: no transport header */
	NRS_DG_CUT = 8,		   /* captured shorter than the headers say */
	NRS_DG_HAS_MAC = 16,
	NRS_DG_ICMP_ERROR = 32, /* shard and quoted are of the quoted pair */
	NRS_DG_OUTER = 64,	/* a tunnel around the next one: no payload */
	NRS_DG_OPAQUE = 128,	/* a tunnel whose inside cannot be read */
	NRS_DG_REPORT = 256,	/* no packet: nrs_flow_report is before @data */
	NRS_DG_REJOINED = 512,	/* of fragments, the first one not the last */
	NRS_DG_HANDED = 1024,	/* its tunnels, nrs_outer, stand before @data */
};

/* A packet and up to three tunnels around it. */
#define NRS_DATAGRAMS_MAX 4

/*
 * One IP packet. Offsets count from @data, the link layer's first octet; inside
 * a tunnel too. Made by the reader, read by the owner of the shard.
 */
struct nrs_datagram {
	int64_t ts_ns;
	uint64_t ordinal;
	uint64_t hash;	     /* keyed, of the flow key, the same both ways */
	const uint8_t *data; /* the frame */
	uint32_t frame;	     /* number in its file, from 1 */
	uint32_t file;
	uint32_t ip_len;      /* octets of the IP packet by its own header; 0
				 for a fragment: they count when it is whole */
	uint32_t payload_len; /* transport payload, by the headers */
	uint32_t payload_got; /* of it captured */
	uint16_t ip_off;
	uint16_t l4_off;
	uint16_t payload_off;
	uint16_t mac_off; /* destination then source; with NRS_DG_HAS_MAC */
	uint16_t src_port, dst_port; /* ICMP: type, code */
	uint16_t vlan; /* outermost VLAN id of its level; 0 none */
	uint8_t proto; /* IP protocol number of the transport */
	uint8_t shard;
	uint8_t tcp_flags;
	uint8_t level;	 /* tunnels around it */
	uint16_t flags;	 /* enum nrs_datagram_flag */
	uint32_t tunnel; /* identifier of the tunnel around it; 0 none */
};

static inline struct nrs_addr nrs_datagram_src(const struct nrs_datagram *d)
{
	return (d->flags & NRS_DG_V4) != 0
		       ? nrs_addr_from_v4(d->data + d->ip_off + 12)
		       : nrs_addr_from_v6(d->data + d->ip_off + 8);
}

static inline struct nrs_addr nrs_datagram_dst(const struct nrs_datagram *d)
{
	return (d->flags & NRS_DG_V4) != 0
		       ? nrs_addr_from_v4(d->data + d->ip_off + 16)
		       : nrs_addr_from_v6(d->data + d->ip_off + 24);
}
