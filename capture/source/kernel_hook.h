/* SPDX-License-Identifier: Apache-2.0 */
/*
 * kernel_hook: the place in the kernel where a program sees the packets of an
 * interface, in both directions. For kernel_table.c.
 */
#pragma once

#include "capture/source/live.h"

struct nrs_kernel_hook {
	int links[2];	 /* ingress, egress; -1: none */
	int promiscuous; /* a socket that wants all packets; -1: none */
	int index;	 /* of the interface in the kernel; 0: none */
	bool is_clsact, made_clsact;
	bool wants[2]; /* ingress, egress */
};

void nrs_kernel_hook_init(struct nrs_kernel_hook *hook);

/* Let @program (a descriptor) see @interface. NRS_E_IO, NRS_E_UNSUPPORTED;
 * @diag says which; leave it all the same. */
int nrs_kernel_hook_attach(struct nrs_kernel_hook *hook, int program,
			   const struct nrs_live_interface *interface,
			   struct nrs_diag *diag);
/* Is @interface the one that it was attached to? */
bool nrs_kernel_hook_is_there(const struct nrs_kernel_hook *hook,
			      const struct nrs_live_interface *interface);
void nrs_kernel_hook_leave(struct nrs_kernel_hook *hook);
