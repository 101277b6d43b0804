/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tap: a worker's reading of its rings.
 *
 * The kernel fills blocks of 256 KB and hands each over when it is full or
 * 10 ms old; a block goes back when the worker asks for more, so that spans
 * into it last for one round. A ring that goes down is read to its end, the
 * block under way too, and let go by its worker (an atomic word: DOWN), opened
 * anew by another thread (UP) and then read again; in between nobody but the
 * one whose turn it is touches it.
 */
#include "capture/source/tap_ring.h"

#include <errno.h>
#include <poll.h>

#define WAIT_MS 10
#define READS_MAX 64 /* without a look at what the sockets say */

/* The VLAN tag that the kernel took out goes back to where it stood: room for
 * it was reserved in front. */
static struct nrs_span with_tag(const struct tpacket3_hdr *head, uint8_t *mac)
{
	const bool has_type =
		(head->tp_status & TP_STATUS_VLAN_TPID_VALID) != 0;
	const uint16_t type = has_type ? head->hv1.tp_vlan_tpid : ETH_P_8021Q;
	const uint16_t tag = (uint16_t)head->hv1.tp_vlan_tci;
	const uint8_t bytes[4] = {(uint8_t)(type >> 8), (uint8_t)type,
				  (uint8_t)(tag >> 8), (uint8_t)tag};

	memmove(mac - sizeof(bytes), mac, 12);
	memcpy(mac + 12 - sizeof(bytes), bytes, sizeof(bytes));
	return nrs_span(mac - sizeof(bytes), head->tp_snaplen + sizeof(bytes));
}

/* One direction may not be wanted; where the kernel knows how, it leaves that
 * out itself. */
static bool is_left_out(const struct nrs_tap_ring *ring,
			const struct tpacket3_hdr *head)
{
	const struct sockaddr_ll *from =
		(const void *)((const uint8_t *)head +
			       (sizeof(*head) + 15) / 16 * 16);

	return ring->is_selective &&
	       (from->sll_pkttype == PACKET_OUTGOING) != ring->wants_outgoing;
}

static void take_packet(const struct nrs_tap *tap, unsigned int index,
			struct tpacket3_hdr *head, struct nrs_packet *out)
{
	uint8_t *mac = (uint8_t *)head + head->tp_mac;
	const bool has_tag = (head->tp_status & TP_STATUS_VLAN_VALID) != 0 &&
			     head->tp_snaplen >= 12;

	(void)tap;
	/* Another core wrote it: its headers come while the next frames' are
	 * waited for, each of which tells only where the one behind it is. */
	__builtin_prefetch(mac);
	__builtin_prefetch(mac + 64);
	*out = (struct nrs_packet){
		.ts_ns = (int64_t)head->tp_sec * INT64_C(1000000000) +
			 (int64_t)head->tp_nsec,
		.wirelen = head->tp_len + (has_tag ? 4 : 0),
		.linktype = NRS_LINK_ETHERNET,
		.iface = (uint16_t)index,
		.file = index,
		.span = has_tag ? with_tag(head, mac)
				: nrs_span(mac, head->tp_snaplen)};
}

/* A block that was read to its end goes back to the kernel. */
static void give_back(struct nrs_tap_ring *ring)
{
	struct tpacket_hdr_v1 *head = nrs_tap_block(ring);

	/* Pairs with the kernel's reading of the word. */
	__atomic_store_n(&head->block_status, TP_STATUS_KERNEL,
			 __ATOMIC_RELEASE);
	ring->at = (ring->at + 1) % ring->blocks;
	ring->is_done = false;
}

static bool begin_block(struct nrs_tap_ring *ring)
{
	struct tpacket_hdr_v1 *head = nrs_tap_block(ring);

	if ((__atomic_load_n(&head->block_status, __ATOMIC_ACQUIRE) &
	     TP_STATUS_USER) == 0)
		return false;
	ring->left = head->num_pkts;
	ring->next = (void *)((uint8_t *)head -
			      offsetof(struct tpacket_block_desc, hdr) +
			      head->offset_to_first_pkt);
	ring->is_done = ring->left == 0;
	return true;
}

/* At most one block of a ring in a round: how many packets. */
static unsigned int read_ring(const struct nrs_tap *tap, unsigned int index,
			      struct nrs_packet *packets, unsigned int max)
{
	struct nrs_tap_ring *ring = tap->rings[index];
	unsigned int count = 0;

	if (ring->is_done)
		give_back(ring);
	if (ring->left == 0 && !begin_block(ring))
		return 0;
	while (ring->left > 0 && count < max) {
		struct tpacket3_hdr *head = ring->next;

		if (!is_left_out(ring, head))
			take_packet(tap, index, head, &packets[count++]);
		ring->next = (void *)((uint8_t *)head + head->tp_next_offset);
		ring->is_done = --ring->left == 0;
	}
	return count;
}

static bool is_up(const struct nrs_tap_ring *ring)
{
	/* Pairs with the release of who opened it anew. */
	return atomic_load_explicit(&ring->state, memory_order_acquire) ==
	       NRS_TAP_UP;
}

static unsigned int read_rings(struct nrs_tap *tap, struct nrs_packet *packets,
			       unsigned int max)
{
	unsigned int count = 0;

	tap->first = (tap->first + 1) % tap->count;
	for (unsigned int i = 0; i < tap->count; i++) {
		const unsigned int index = (tap->first + i) % tap->count;

		if (is_up(tap->rings[index]))
			count += read_ring(tap, index, packets + count,
					   max - count);
	}
	return count;
}

/* What the socket counted since it was asked last; asking sets it to 0. */
static void count_packets(struct nrs_tap_ring *ring)
{
	struct tpacket_stats_v3 got = {0};
	socklen_t len = sizeof(got);

	if (getsockopt(ring->fd, SOL_PACKET, PACKET_STATISTICS, &got, &len) !=
	    0)
		return;
	ring->received += got.tp_packets; /* with those dropped */
	ring->dropped += got.tp_drops;
}

static int let_go(struct nrs_tap_ring *ring, struct nrs_diag *diag)
{
	count_packets(ring);
	ring->is_gone = false;
	atomic_store_explicit(&ring->state, NRS_TAP_DOWN, memory_order_release);
	return nrs_diag_set(
		diag, NRS_E_IO, 0, "interface %s: %s", ring->name,
		strerror(ring->reason == 0 ? ENETDOWN : ring->reason));
}

/* The kernel hands a block over that holds something, full or not. */
static bool is_read_to_the_end(const struct nrs_tap_ring *ring)
{
	const struct tpacket_hdr_v1 *head = nrs_tap_block(ring);

	return ring->left == 0 && !ring->is_done &&
	       (__atomic_load_n(&head->block_status, __ATOMIC_ACQUIRE) &
		TP_STATUS_USER) == 0 &&
	       __atomic_load_n(&head->num_pkts, __ATOMIC_RELAXED) == 0;
}

/* Nothing more comes there, and what had come was read. */
static int let_go_of_gone(const struct nrs_tap *tap, struct nrs_diag *diag)
{
	int err = NRS_OK;

	for (unsigned int i = 0; i < tap->count; i++) {
		struct nrs_tap_ring *ring = tap->rings[i];

		if (is_up(ring) && ring->is_gone && is_read_to_the_end(ring))
			err = let_go(ring, diag);
	}
	return err;
}

static void mark_gone(struct nrs_tap_ring *ring)
{
	socklen_t len = sizeof(ring->reason);

	ring->is_gone = true;
	ring->reason = 0;
	/* It is told once: a later wait waits. */
	(void)getsockopt(ring->fd, SOL_SOCKET, SO_ERROR, &ring->reason, &len);
}

static void wait_for_any(struct nrs_tap *tap, int wait_ms)
{
	struct pollfd fds[NRS_LIVE_INTERFACES_MAX];

	for (unsigned int i = 0; i < tap->count; i++)
		fds[i] = (struct pollfd){
			.fd = is_up(tap->rings[i]) ? tap->rings[i]->fd : -1,
			.events = POLLIN};
	tap->reads = 0;
	if (poll(fds, tap->count, wait_ms) <= 0)
		return;
	for (unsigned int i = 0; i < tap->count; i++) {
		if ((fds[i].revents & (POLLERR | POLLHUP | POLLNVAL)) != 0)
			mark_gone(tap->rings[i]);
	}
}

int nrs_tap_read(struct nrs_tap *tap, struct nrs_packet *packets,
		 unsigned int max, struct nrs_diag *diag)
{
	unsigned int count;

	/* A wire that never is silent would hide the end of another one. */
	if (++tap->reads == READS_MAX) {
		wait_for_any(tap, 0);
		const int err = let_go_of_gone(tap, diag);

		if (err != NRS_OK)
			return err;
	}
	count = read_rings(tap, packets, max);
	if (count > 0)
		return (int)count;
	wait_for_any(tap, WAIT_MS);
	count = read_rings(tap, packets, max);
	return count > 0 ? (int)count : let_go_of_gone(tap, diag);
}

int nrs_tap_stats(struct nrs_tap *tap, unsigned int index,
		  struct nrs_live_stats *out)
{
	*out = (struct nrs_live_stats){0};
	if (index >= tap->count)
		return NRS_E_NOTFOUND;
	struct nrs_tap_ring *ring = tap->rings[index];
	const bool up = is_up(ring);
	if (up)
		count_packets(ring);
	out->received = ring->received;
	out->dropped = ring->dropped;
	return up ? NRS_OK : NRS_E_NOTFOUND;
}

/* The kernel fills blocks in turn: if one so far ahead waits, all before it
 * do. */
bool nrs_tap_is_filled(const struct nrs_tap *tap, unsigned int percent)
{
	for (unsigned int i = 0; i < tap->count; i++) {
		const struct nrs_tap_ring *ring = tap->rings[i];

		if (!is_up(ring))
			continue;
		const unsigned int ahead = (ring->blocks * percent - 1) / 100;
		const struct tpacket_block_desc *block =
			(const void *)(ring->map + (ring->at + ahead) %
							   ring->blocks *
							   NRS_TAP_BLOCK);
		if ((__atomic_load_n(&block->hdr.bh1.block_status,
				     __ATOMIC_RELAXED) &
		     TP_STATUS_USER) != 0)
			return true;
	}
	return false;
}
