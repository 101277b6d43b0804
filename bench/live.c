/* SPDX-License-Identifier: Apache-2.0 */
/*
 * live: the two ends of bench/live.py. `send` puts a capture's Ethernet frames
 * on an interface at a fixed rate, from memory; `count` reads an interface with
 * the rings that noroshi reads with, and only counts.
 */
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "capture/source/source.h"
#include "capture/source/tap.h"

#define FRAMES_MAX 1000000u
#define BATCH 32u
#define FRAME_MAX 1514u /* what veth takes without offloads */
#define SECOND_NS 1000000000.0

static struct nrs_span frames[FRAMES_MAX];
static unsigned int frame_count;
static volatile sig_atomic_t is_over;

static void on_signal(int number)
{
	(void)number;
	is_over = 1;
}

static double now_s(clockid_t clock)
{
	struct timespec now;

	(void)clock_gettime(clock, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / SECOND_NS;
}

static int preload(const char *path)
{
	static struct nrs_packet packets[4096];
	struct nrs_source *source = NULL;
	struct nrs_diag diag = {0};
	int count = 1;

	if (nrs_source_open(&source, path, NULL, &diag) != NRS_OK) {
		fprintf(stderr, "%s\n", diag.text);
		return 1;
	}
	while (count > 0 && frame_count < FRAMES_MAX) {
		uint8_t *block = malloc(NRS_SOURCE_BLOCK_ROOM);

		if (block == NULL)
			return 1;
		count = nrs_source_read(source, packets, 4096, block, &diag);
		for (int i = 0; i < count && frame_count < FRAMES_MAX; i++) {
			const struct nrs_packet *p = &packets[i];

			if (p->linktype == NRS_LINK_ETHERNET &&
			    p->span.len >= 60 && p->span.len <= FRAME_MAX)
				frames[frame_count++] = p->span;
		}
	}
	nrs_source_close(source);
	return frame_count == 0;
}

static int open_sender(const char *name)
{
	struct sockaddr_ll to = {.sll_family = AF_PACKET};
	const int fd = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0);
	const int on = 1;

	to.sll_ifindex = (int)if_nametoindex(name);
	if (fd < 0 || to.sll_ifindex == 0 ||
	    setsockopt(fd, SOL_PACKET, PACKET_QDISC_BYPASS, &on, sizeof(on)) !=
		    0 ||
	    bind(fd, (const void *)&to, sizeof(to)) != 0)
		return -1;
	return fd;
}

/* Is it all sent, or the time over? @length 0: each frame once. */
static bool is_enough(unsigned long long sent, double passed, double length)
{
	return length > 0 ? passed >= length : sent >= frame_count;
}

/* What comes after @sent frames; how many. */
static unsigned int next_batch(struct iovec *parts, unsigned long long sent,
			       bool once)
{
	unsigned int count = 0;

	while (count < BATCH && !(once && sent + count >= frame_count)) {
		const struct nrs_span frame =
			frames[(sent + count) % frame_count];

		parts[count].iov_base = (void *)(uintptr_t)frame.ptr;
		parts[count++].iov_len = frame.len;
	}
	return count;
}

/* At @rate frames a second for @length seconds; rate 0: as fast as it goes,
 * length 0: each frame once. */
static int send_frames(const char *name, double rate, double length)
{
	struct mmsghdr batch[BATCH] = {0};
	struct iovec parts[BATCH];
	const int fd = open_sender(name);
	const double start = now_s(CLOCK_MONOTONIC);
	unsigned long long sent = 0;
	double passed = 0;

	if (fd < 0) {
		perror(name);
		return 1;
	}
	for (unsigned int i = 0; i < BATCH; i++) {
		batch[i].msg_hdr.msg_iov = &parts[i];
		batch[i].msg_hdr.msg_iovlen = 1;
	}
	while (!is_enough(sent, passed, length)) {
		passed = now_s(CLOCK_MONOTONIC) - start;
		if (rate > 0 && (double)sent > passed * rate)
			continue;
		const int done = sendmmsg(
			fd, batch, next_batch(parts, sent, length == 0), 0);
		if (done > 0)
			sent += (unsigned long long)done;
	}
	printf("{\"sent\": %llu, \"seconds\": %.3f}\n", sent,
	       now_s(CLOCK_MONOTONIC) - start);
	return close(fd);
}

/* Until SIGTERM: what came, what was dropped, and the CPU it took. */
static int count_frames(const char *name)
{
	static struct nrs_packet packets[4096];
	const struct nrs_live_interface interface = {.name = name,
						     .promiscuous = true};
	const struct nrs_live_options options = {.interfaces = &interface,
						 .interface_count = 1,
						 .buffer_bytes = 64 << 20};
	struct nrs_taps *taps = NULL;
	struct nrs_live_stats stats;
	struct nrs_diag diag = {0};
	struct nrs_hash_key key = {0};
	unsigned long long got = 0, sum = 0;

	if (nrs_taps_open(&taps, &options, 1, &key, &diag) != NRS_OK) {
		fprintf(stderr, "%s\n", diag.text);
		return 1;
	}
	if (nrs_taps_start(taps) != NRS_OK)
		return 1;
	puts("ready");
	(void)fflush(stdout);
	while (!is_over) {
		const int count = nrs_tap_read(nrs_taps_of(taps, 0), packets,
					       4096, &diag);

		for (int i = 0; i < count; i++)
			sum += packets[i].span.ptr[12];
		got += count > 0 ? (unsigned int)count : 0;
	}
	(void)nrs_tap_stats(nrs_taps_of(taps, 0), 0, &stats);
	printf("{\"packets\": %llu, \"dropped\": %llu, \"sum\": %llu}\n", got,
	       (unsigned long long)stats.dropped, sum);
	nrs_taps_close(taps);
	return 0;
}

int main(int argc, char **argv)
{
	(void)signal(SIGTERM, on_signal);
	if (argc == 6 && strcmp(argv[1], "send") == 0)
		return preload(argv[3]) != 0
			       ? 1
			       : send_frames(argv[2], strtod(argv[4], NULL),
					     strtod(argv[5], NULL));
	if (argc == 3 && strcmp(argv[1], "count") == 0)
		return count_frames(argv[2]);
	fputs("usage: live send INTERFACE CAPTURE RATE SECONDS\n"
	      "       live count INTERFACE\n"
	      "RATE 0: as fast as it goes; SECONDS 0: each frame once\n",
	      stderr);
	return 2;
}
