/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tap_ring: inside the taps; the tap*.c files only.
 */
#pragma once

#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <stdatomic.h>
#include <sys/socket.h>

#include "capture/source/tap.h"

#define NRS_TAP_BLOCK ((size_t)1 << 18)

enum nrs_tap_state { NRS_TAP_DOWN, NRS_TAP_UP };

/* One worker's socket on one interface. */
struct nrs_tap_ring {
	const char *name; /* the interface's */
	int fd;
	bool is_selective; /* one direction alone: */
	bool wants_outgoing;
	bool is_done; /* the block was read: back at the next read */
	bool is_gone; /* no more comes: */
	int reason;   /* errno */
	uint8_t *map;
	unsigned int blocks, at;
	unsigned int left; /* packets of the block under way */
	struct tpacket3_hdr *next;
	uint64_t received, dropped;
	_Atomic(int) state; /* whose it is: UP the worker's */
};

struct nrs_tap {
	unsigned int count; /* interfaces */
	unsigned int first; /* read first: they take turns */
	unsigned int reads; /* since the sockets were asked how they are */
	struct nrs_tap_ring *rings[NRS_LIVE_INTERFACES_MAX];
};

/* The block under way. */
static inline struct tpacket_hdr_v1 *
nrs_tap_block(const struct nrs_tap_ring *ring)
{
	struct tpacket_block_desc *block =
		(void *)(ring->map + ring->at * NRS_TAP_BLOCK);

	return &block->hdr.bh1;
}
