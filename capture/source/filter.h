/* SPDX-License-Identifier: Apache-2.0 */
/*
 * filter: capture filters in tcpdump's language (the only door to libpcap in
 * offline work). One compiled program per link type, made on first use.
 */
#pragma once

#include "capture/packet.h"
#include "engine/base/err.h"

struct nrs_filter;

/* NRS_E_SYNTAX with libpcap's reason (checked for Ethernet at once). */
int nrs_filter_new(struct nrs_filter **out, const char *expression,
		   struct nrs_diag *diag);
void nrs_filter_free(struct nrs_filter *filter);

/* True if @packet passes. A link type for which the expression makes no sense
 * passes nothing. */
bool nrs_filter_pass(struct nrs_filter *filter,
		     const struct nrs_packet *packet);

/*
 * The same for the kernel: instructions of classic BPF for Ethernet. The kernel
 * takes VLAN tags out of what @interface receives before it filters: to find
 * them nevertheless libpcap opens that interface for a moment. Caller frees
 * program. NRS_E_SYNTAX with libpcap's reason, NRS_E_NOMEM.
 */
struct sock_filter;
struct nrs_filter_code {
	struct sock_filter *program;
	unsigned short count;
};
int nrs_filter_compile(struct nrs_filter_code *out, const char *expression,
		       const char *interface, struct nrs_diag *diag);
