/* SPDX-License-Identifier: Apache-2.0 */
/*
 * own_net: a network namespace of the test's own, where no device says anything
 * by itself. Wants root; skips without.
 */
#pragma once

#include <errno.h>
#include <fcntl.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <linux/if_tun.h>
#include <net/if.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tests/nrs_test.h"

static inline void own_net_up(const char *name)
{
	struct ifreq ask = {.ifr_flags = IFF_UP | IFF_RUNNING};
	const int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	memcpy(ask.ifr_name, name, strlen(name) + 1);
	assert_int_equal(ioctl(fd, SIOCSIFFLAGS, &ask), 0);
	(void)close(fd);
}

static inline void own_net_hush(void)
{
	const int fd = open("/proc/sys/net/ipv6/conf/default/disable_ipv6",
			    O_WRONLY | O_CLOEXEC);

	if (fd < 0)
		return; /* no IPv6 here at all */
	assert_int_equal(write(fd, "1", 1), 1);
	(void)close(fd);
}

static inline void own_net_enter(void)
{
	if (unshare(CLONE_NEWNET) != 0) {
		print_message("skipped: no network namespace: %s\n",
			      strerror(errno));
		exit(NRS_SKIP);
	}
	own_net_hush();
	own_net_up("lo");
}

/* A socket whose frames go out of @name. */
static inline int own_net_sender(const char *name)
{
	const struct sockaddr_ll to = {
		.sll_family = AF_PACKET,
		.sll_protocol = __builtin_bswap16(ETH_P_IP),
		.sll_ifindex = (int)if_nametoindex(name)};
	const int fd = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0);

	assert_int_equal(bind(fd, (const void *)&to, sizeof(to)), 0);
	return fd;
}

/* A device: what is written comes in there; it is gone when this is closed. */
static inline int own_net_device(const char *name)
{
	struct ifreq ask = {.ifr_flags = IFF_TAP | IFF_NO_PI};
	const int fd = open("/dev/net/tun", O_RDWR | O_CLOEXEC | O_NONBLOCK);

	memcpy(ask.ifr_name, name, strlen(name) + 1);
	if (fd < 0 || ioctl(fd, TUNSETIFF, &ask) != 0) {
		print_message("skipped: no device of our own: %s\n",
			      strerror(errno));
		exit(NRS_SKIP);
	}
	own_net_up(name);
	return fd;
}
