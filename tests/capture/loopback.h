/* SPDX-License-Identifier: Apache-2.0 */
/*
 * loopback: a live capture of the loopback interface that sees what a socket
 * of the test sends to itself, and nothing else.
 */
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include "capture/source/live.h"
#include "tests/nrs_test.h"

struct loopback {
	struct nrs_live *live; /* NULL: no right to capture, or no lo */
	struct nrs_diag diag;
	char filter[64];
	struct nrs_live_interface interface;
	int fd;
	uint16_t port;
};

/* @to: the port that is sent to; 0: the socket's own. */
static inline void loopback_open_to(struct loopback *lo, uint16_t to)
{
	struct sockaddr_in at = {.sin_family = AF_INET,
				 .sin_addr = {htonl(INADDR_LOOPBACK)}};
	socklen_t len = sizeof(at);

	memset(lo, 0, sizeof(*lo));
	lo->fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	assert_true(lo->fd >= 0);
	assert_int_equal(bind(lo->fd, (struct sockaddr *)&at, len), 0);
	assert_int_equal(getsockname(lo->fd, (struct sockaddr *)&at, &len), 0);
	lo->port = to == 0 ? ntohs(at.sin_port) : to;
	(void)snprintf(lo->filter, sizeof(lo->filter),
		       "udp and src port %u and dst port %u",
		       (unsigned int)ntohs(at.sin_port),
		       (unsigned int)lo->port);
	lo->interface =
		(struct nrs_live_interface){.name = "lo", .filter = lo->filter};
	const struct nrs_live_options options = {.interfaces = &lo->interface,
						 .interface_count = 1,
						 .buffer_bytes = 1 << 20};
	if (nrs_live_open(&lo->live, &options, &lo->diag) != NRS_OK)
		lo->live = NULL;
}

static inline void loopback_open(struct loopback *lo)
{
	loopback_open_to(lo, 0);
}

static inline void loopback_close(struct loopback *lo)
{
	nrs_live_close(lo->live);
	(void)close(lo->fd);
}

/* Skips the test, with the reason, where nothing can be captured. */
static inline void loopback_wanted(const struct loopback *lo)
{
	if (lo->live != NULL)
		return;
	print_message("skipped: %s\n", lo->diag.text);
	skip();
}

static inline void loopback_send(const struct loopback *lo, const void *payload,
				 size_t len)
{
	const struct sockaddr_in to = {.sin_family = AF_INET,
				       .sin_addr = {htonl(INADDR_LOOPBACK)},
				       .sin_port = htons(lo->port)};

	assert_int_equal(sendto(lo->fd, payload, len, 0,
				(const struct sockaddr *)&to, sizeof(to)),
			 len);
}
