/* SPDX-License-Identifier: Apache-2.0 */
/*
 * kernel_flows: flows that a program in the kernel keeps (capture/bpf/flows.c)
 * instead of packets from a ring. What begins a flow, and of each side the
 * first octets, come as packets; what the flow went on to count comes as
 * reports. One thread.
 */
#pragma once

#include "capture/source/live.h"

struct nrs_kernel_flows;

/*
 * On all interfaces, both directions: at tcx, or where the kernel is older at
 * clsact. NRS_E_UNSUPPORTED: this kernel or our rights do not allow it, or an
 * interface is no Ethernet or has a filter; NRS_E_IO: no such interface;
 * NRS_E_LIMIT, NRS_E_NOMEM; @diag says which. @options is borrowed.
 */
int nrs_kernel_flows_open(struct nrs_kernel_flows **out,
			  const struct nrs_live_options *options,
			  struct nrs_diag *diag);
/* The programs leave the kernel. */
void nrs_kernel_flows_close(struct nrs_kernel_flows *flows);

/*
 * What was sent up since, as nrs_live_read; with is_report for the packets that
 * are none. Waits for at most 10 ms. NRS_E_IO: an interface went away, @diag
 * says which; it is down until nrs_kernel_flows_reopen.
 */
int nrs_kernel_flows_read(struct nrs_kernel_flows *flows,
			  struct nrs_packet *packets, unsigned int max,
			  uint8_t *block, struct nrs_diag *diag);

/* Are at least @percent (1 to 100) of 100 of what may wait waiting to be read?
 */
bool nrs_kernel_flows_is_filled(const struct nrs_kernel_flows *flows,
				unsigned int percent);

/* Attach to interfaces that are down; how many still are. Its flows go on in
 * the table where they were. */
unsigned int nrs_kernel_flows_reopen(struct nrs_kernel_flows *flows);

/* Packets are counted no more, and every flow that is left is reported and
 * forgotten: read until nothing comes. */
void nrs_kernel_flows_finish(struct nrs_kernel_flows *flows);

/* All packets that passed an interface; dropped: those of flows that there was
 * no room for, and events that were lost. NRS_E_NOTFOUND: it is down (@out has
 * what was counted before). */
int nrs_kernel_flows_stats(const struct nrs_kernel_flows *flows,
			   unsigned int index, struct nrs_live_stats *out);

/* Why no flow names its process though a cgroup was given; or NULL. */
const char *nrs_kernel_flows_lost(const struct nrs_kernel_flows *flows);

/* Why connections that were open before name none; or NULL. */
const char *nrs_kernel_flows_lost_older(const struct nrs_kernel_flows *flows);

/* "tcx" or "clsact". */
const char *nrs_kernel_flows_hook(const struct nrs_kernel_flows *flows);
