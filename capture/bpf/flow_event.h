/* SPDX-License-Identifier: Apache-2.0 */
/*
 * flow_event: what the kernel keeps of a flow, and what it tells of it. Shared
 * by the program (flows.c) and by who loads it.
 */
#pragma once

#include <linux/types.h>

#define NRS_FLOW_HEAD 192   /* of the first frame, up to its payload */
#define NRS_FLOW_FRAME 8192 /* octets of a frame that are sent up */

/* Endpoint 0 is the lower one; addresses as 16 octets. */
struct nrs_flow_key {
	__u64 addr[2][2];
	__u16 port[2]; /* host order; ICMP: type and code in port[0] */
	__u16 iface;
	__u16 vlan;  /* outermost id of its level; 0: none */
	__u32 outer; /* of the tunnels around it, the same both ways */
	__u32 proto : 8;
	__u32 tunnel : 24; /* VNI next around it; 0: none */
};

/* Sides: 0 is who sent the first packet that was seen. */
struct nrs_flow_totals {
	__u64 last_ns; /* CLOCK_MONOTONIC; as read by user space: wall time */
	__u64 packets[2];
	__u64 bytes[2]; /* of IP packets, by their headers */
	__u8 tcp_flags[2];
	__u8 is_closed; /* RST, or FIN from both sides */
	__u8 unused[5];
};

/* Whose socket it is; pid 0: it is not known. */
struct nrs_flow_owner {
	__u64 cgroup;
	__u32 pid;
	__u32 unused;
	char command[16];
};

struct nrs_flow_kept {
	struct nrs_flow_totals totals;
	struct nrs_flow_owner owner;
	__u64 told_ns;	     /* when totals were told last */
	__u32 sent_up[2];    /* octets of payload, by side */
	__u32 sent_count[2]; /* frames */
	__u16 tag_type, tag; /* VLAN, taken out of the frame; type 0: none */
	__u16 head_len;
	__u8 first_side; /* of the key's two */
	__u8 unused;
	__u8 head[NRS_FLOW_HEAD];
};

enum nrs_flow_event_kind {
	NRS_FLOW_EVENT_FRAME = 1,  /* the octets of one, perhaps cut */
	NRS_FLOW_EVENT_TOTALS = 2, /* the octets of the flow's first one */
};

/* In front of @len octets of a frame. */
struct nrs_flow_event {
	struct nrs_flow_totals totals; /* FRAME: last_ns alone */
	struct nrs_flow_owner owner;   /* TOTALS */
	__u32 kind;
	__u32 iface; /* as user space counts them */
	__u32 len;
	__u32 wirelen;
	__u16 tag_type, tag;
	__u32 unused;
};

/* Since the program was loaded; of each processor. */
struct nrs_flow_counts {
	__u64 packets;
	__u64 bytes;
	__u64 flows;
	__u64 full;	/* packets of flows that there was no room for */
	__u64 lost;	/* events that there was no room for */
	__u64 not_kept; /* packets that are of no flow: fragments, ICMP errors
			 */
};
