/* SPDX-License-Identifier: Apache-2.0 */
/*
 * kernel_hook: where a program sees an interface's packets.
 *
 * tcx is asked for first: its links end with the process that made them. Where
 * the kernel has none (before 6.6), filters of clsact are set, and taken away
 * at the end if there still are the rights for it. What was left of those is
 * replaced by the next sensor, since it stands under the same handle.
 */
#include "capture/source/kernel_hook.h"

#include <errno.h>
#include <net/if.h>
#include <netpacket/packet.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "capture/source/bpf.h"

#define TCX_INGRESS ((enum bpf_attach_type)46) /* libbpf 1.1 has no name */
#define TCX_EGRESS ((enum bpf_attach_type)47)
#define CLSACT_HANDLE 0x6e72 /* ours among other filters */
#define ARP_ETHERNET 1	     /* ARPHRD_ETHER, ARPHRD_LOOPBACK */
#define ARP_LOOPBACK 772

void nrs_kernel_hook_init(struct nrs_kernel_hook *hook)
{
	*hook = (struct nrs_kernel_hook){.links = {-1, -1}, .promiscuous = -1};
}

static void clsact_options(struct bpf_tc_opts *tc)
{
	*tc = (struct bpf_tc_opts){
		.sz = sizeof(*tc), .handle = CLSACT_HANDLE, .priority = 1};
}

static void leave_clsact(const struct nrs_kernel_hook *hook)
{
	LIBBPF_OPTS(bpf_tc_hook, at, .ifindex = hook->index);
	struct bpf_tc_opts tc;

	for (int side = 0; side < 2; side++) {
		at.attach_point = side == 0 ? BPF_TC_INGRESS : BPF_TC_EGRESS;
		clsact_options(&tc);
		(void)bpf_tc_detach(&at, &tc);
	}
	if (!hook->made_clsact)
		return;
	at.attach_point = BPF_TC_INGRESS | BPF_TC_EGRESS;
	(void)bpf_tc_hook_destroy(&at);
}

void nrs_kernel_hook_leave(struct nrs_kernel_hook *hook)
{
	for (int side = 0; side < 2; side++) {
		if (hook->links[side] >= 0)
			(void)close(hook->links[side]);
	}
	if (hook->is_clsact)
		leave_clsact(hook);
	if (hook->promiscuous >= 0)
		(void)close(hook->promiscuous);
}

static int attach_tcx(struct nrs_kernel_hook *hook, int program)
{
	static const enum bpf_attach_type at[] = {TCX_INGRESS, TCX_EGRESS};

	for (int side = 0; side < 2; side++) {
		if (!hook->wants[side])
			continue;
		hook->links[side] =
			bpf_link_create(program, hook->index, at[side], NULL);
		if (hook->links[side] < 0)
			return hook->links[side];
	}
	return 0;
}

static int attach_clsact(struct nrs_kernel_hook *hook, int program)
{
	LIBBPF_OPTS(bpf_tc_hook, at, .ifindex = hook->index,
		    .attach_point = BPF_TC_INGRESS | BPF_TC_EGRESS);
	int err = bpf_tc_hook_create(&at);

	if (err != 0 && err != -EEXIST)
		return err;
	hook->is_clsact = true;
	hook->made_clsact = err == 0;
	err = 0;
	for (int side = 0; side < 2 && err == 0; side++) {
		struct bpf_tc_opts tc;

		if (!hook->wants[side])
			continue;
		at.attach_point = side == 0 ? BPF_TC_INGRESS : BPF_TC_EGRESS;
		clsact_options(&tc);
		tc.prog_fd = program;
		tc.flags = BPF_TC_F_REPLACE;
		err = bpf_tc_attach(&at, &tc);
	}
	return err;
}

/* False: it carries no Ethernet. A loopback interface shows each packet twice:
 * what goes out comes in again. */
static bool know(struct nrs_kernel_hook *hook,
		 const struct nrs_live_interface *interface)
{
	struct ifreq ask = {0};
	const int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	int err = -1;

	(void)snprintf(ask.ifr_name, sizeof(ask.ifr_name), "%s",
		       interface->name);
	if (fd >= 0) {
		err = ioctl(fd, SIOCGIFHWADDR, &ask);
		(void)close(fd);
	}
	const bool is_loopback = ask.ifr_hwaddr.sa_family == ARP_LOOPBACK;
	hook->wants[0] = interface->direction != NRS_LIVE_OUTGOING;
	hook->wants[1] =
		interface->direction == NRS_LIVE_OUTGOING ||
		(interface->direction == NRS_LIVE_BOTH && !is_loopback);
	return err == 0 &&
	       (ask.ifr_hwaddr.sa_family == ARP_ETHERNET || is_loopback);
}

/* A socket without a protocol gets no packet; its wish holds all the same. */
static int want_all(struct nrs_kernel_hook *hook)
{
	const struct packet_mreq wish = {.mr_ifindex = hook->index,
					 .mr_type = PACKET_MR_PROMISC};

	hook->promiscuous = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0);
	return hook->promiscuous >= 0 &&
			       setsockopt(hook->promiscuous, SOL_PACKET,
					  PACKET_ADD_MEMBERSHIP, &wish,
					  sizeof(wish)) == 0
		       ? 0
		       : -errno;
}

int nrs_kernel_hook_attach(struct nrs_kernel_hook *hook, int program,
			   const struct nrs_live_interface *interface,
			   struct nrs_diag *diag)
{
	int err;

	hook->index = (int)if_nametoindex(interface->name);
	if (hook->index == 0)
		return nrs_diag_set(diag, NRS_E_IO, 0, "interface %s: %s",
				    interface->name, strerror(errno));
	if (!know(hook, interface))
		return nrs_diag_set(diag, NRS_E_UNSUPPORTED, 0,
				    "interface %s carries no Ethernet",
				    interface->name);
	err = attach_tcx(hook, program);
	if (err != 0)
		err = attach_clsact(hook, program);
	if (err == 0 && interface->promiscuous)
		err = want_all(hook);
	if (err != 0)
		return nrs_diag_set(diag, NRS_E_UNSUPPORTED, 0,
				    "interface %s: the kernel does not take "
				    "the program that keeps flows: %s",
				    interface->name, strerror(-err));
	return NRS_OK;
}

bool nrs_kernel_hook_is_there(const struct nrs_kernel_hook *hook,
			      const struct nrs_live_interface *interface)
{
	return hook->index != 0 &&
	       (int)if_nametoindex(interface->name) == hook->index;
}
