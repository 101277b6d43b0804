/* SPDX-License-Identifier: Apache-2.0 */
/*
 * live: packets from interfaces, through libpcap. One thread.
 */
#pragma once

#include "capture/packet.h"
#include "engine/base/err.h"

struct nrs_live;

#define NRS_LIVE_INTERFACES_MAX 16
/* Offloads join segments to frames of up to 64 KB. */
#define NRS_LIVE_SNAPLEN ((size_t)65664)

/* Packets as this machine sees them: received, sent, or both. */
enum nrs_live_direction { NRS_LIVE_BOTH, NRS_LIVE_INCOMING, NRS_LIVE_OUTGOING };

struct nrs_live_interface {
	const char *name;
	const char *filter; /* tcpdump's language, or NULL */
	bool promiscuous;
	enum nrs_live_direction direction;
};

struct nrs_live_options {
	const struct nrs_live_interface *interfaces; /* borrowed */
	unsigned int interface_count;
	int buffer_bytes; /* the kernel's, per interface */
	/* Of kernel_flows.h: the sockets of this group (version 2) and below
	 * name their process; or NULL. */
	const char *cgroup;
	/* Likewise: by which flows are over; NULL: nrs_monotonic_ns. */
	int64_t (*clock)(void);
	int64_t tell_ns; /* how often a flow that goes on is told; 0: 5 s */
};

/*
 * Open all interfaces. NRS_E_IO (no such interface, no right), NRS_E_SYNTAX
 * (the filter), NRS_E_UNSUPPORTED, NRS_E_LIMIT: @diag names the interface.
 */
int nrs_live_open(struct nrs_live **out, const struct nrs_live_options *options,
		  struct nrs_diag *diag);
void nrs_live_close(struct nrs_live *live);

/*
 * The next packets of all interfaces in turn, at most @max, copied into @block
 * (NRS_SOURCE_BLOCK_ROOM octets). Waits for at most 10 ms; returns the count,
 * perhaps 0. NRS_E_IO: an interface went away, @diag says which; it is down
 * until nrs_live_reopen. ordinal and frame are left to the caller; iface and
 * file are the interface's index.
 */
int nrs_live_read(struct nrs_live *live, struct nrs_packet *packets,
		  unsigned int max, uint8_t *block, struct nrs_diag *diag);

/* Try interfaces that are down again; how many still are. */
unsigned int nrs_live_reopen(struct nrs_live *live);

struct nrs_live_stats {
	uint64_t received; /* with those dropped */
	uint64_t dropped;  /* by the kernel: the buffer was full */
	uint64_t dropped_by_interface;
};
/* Since it was opened first. NRS_E_NOTFOUND: that interface is down (@out has
 * what was counted before). */
int nrs_live_stats(struct nrs_live *live, unsigned int index,
		   struct nrs_live_stats *out);
