/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tap_open: sockets, their rings, and the group that shares an interface's
 * packets out.
 *
 * A member's place in the group is its worker's number, so an interface's
 * sockets are opened and joined in order, all or none. Until the last one has
 * joined, a filter keeps every packet out: before, one packet would reach
 * several of them.
 */
#include "capture/source/tap_ring.h"

#include <errno.h>
#include <linux/filter.h>
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "capture/source/fanout.h"
#include "capture/source/filter.h"

#define FRAME_BYTES 2048u
#define BLOCKS_MIN 4u
#define RETIRE_MS 10
#define TAG_ROOM 4
#define ARP_ETHERNET 1 /* ARPHRD_ETHER, ARPHRD_LOOPBACK */
#define ARP_LOOPBACK 772
/* PACKET_FANOUT_FLAG_IGNORE_OUTGOING, which older headers do not have. */
#define IGNORE_OUTGOING 0x4000

struct nrs_taps {
	struct nrs_live_options options;
	struct nrs_fanout *fanout; /* NULL: one worker */
	/* The interfaces' filters; no program: none is wanted. */
	struct nrs_filter_code codes[NRS_LIVE_INTERFACES_MAX];
	unsigned int workers;
	bool is_started;
	struct nrs_tap *taps;	    /* per worker */
	struct nrs_tap_ring *rings; /* per interface, per worker */
};

static struct nrs_tap_ring *ring_of(const struct nrs_taps *t,
				    unsigned int interface, unsigned int worker)
{
	return &t->rings[(size_t)interface * t->workers + worker];
}

static size_t map_bytes(const struct nrs_tap_ring *ring)
{
	return ring->blocks * NRS_TAP_BLOCK;
}

static void close_ring(struct nrs_tap_ring *ring)
{
	if (ring->map != NULL)
		(void)munmap(ring->map, map_bytes(ring));
	if (ring->fd >= 0)
		(void)close(ring->fd);
	ring->map = NULL;
	ring->fd = -1;
}

static int set_option(const struct nrs_tap_ring *ring, int name,
		      const void *value, size_t len)
{
	return setsockopt(ring->fd, SOL_PACKET, name, value, (socklen_t)len) ==
			       0
		       ? NRS_OK
		       : NRS_E_IO;
}

static int set_number(const struct nrs_tap_ring *ring, int name, int value)
{
	return set_option(ring, name, &value, sizeof(value));
}

static int map_ring(struct nrs_tap_ring *ring)
{
	const struct tpacket_req3 wanted = {
		.tp_block_size = (unsigned int)NRS_TAP_BLOCK,
		.tp_block_nr = ring->blocks,
		.tp_frame_size = FRAME_BYTES,
		.tp_frame_nr = (unsigned int)(map_bytes(ring) / FRAME_BYTES),
		.tp_retire_blk_tov = RETIRE_MS};
	void *map;

	if (set_number(ring, PACKET_VERSION, TPACKET_V3) != NRS_OK ||
	    set_number(ring, PACKET_RESERVE, TAG_ROOM) != NRS_OK ||
	    set_option(ring, PACKET_RX_RING, &wanted, sizeof(wanted)) != NRS_OK)
		return NRS_E_IO;
	map = mmap(NULL, map_bytes(ring), PROT_READ | PROT_WRITE, MAP_SHARED,
		   ring->fd, 0);
	if (map == MAP_FAILED)
		return NRS_E_IO;
	ring->map = map;
	ring->at = ring->left = 0;
	ring->is_done = ring->is_gone = false;
	return NRS_OK;
}

static int attach(const struct nrs_tap_ring *ring,
		  const struct sock_fprog *program)
{
	return setsockopt(ring->fd, SOL_SOCKET, SO_ATTACH_FILTER, program,
			  sizeof(*program)) == 0
		       ? NRS_OK
		       : NRS_E_IO;
}

/* Nothing passes. */
static int shut(const struct nrs_tap_ring *ring)
{
	struct sock_filter nothing = BPF_STMT(BPF_RET | BPF_K, 0);
	const struct sock_fprog program = {.len = 1, .filter = &nothing};

	return attach(ring, &program);
}

static int bind_to(const struct nrs_tap_ring *ring, bool promiscuous)
{
	const struct sockaddr_ll to = {
		.sll_family = AF_PACKET,
		.sll_protocol = __builtin_bswap16(ETH_P_ALL),
		.sll_ifindex = (int)if_nametoindex(ring->name)};
	const struct packet_mreq all = {.mr_ifindex = to.sll_ifindex,
					.mr_type = PACKET_MR_PROMISC};

	if (to.sll_ifindex == 0 ||
	    bind(ring->fd, (const void *)&to, sizeof(to)) != 0)
		return NRS_E_IO;
	return promiscuous ? set_option(ring, PACKET_ADD_MEMBERSHIP, &all,
					sizeof(all))
			   : NRS_OK;
}

/* Only frames with an Ethernet head are read here. A loopback interface shows
 * each packet twice: what goes out comes in again. */
static int check_kind(struct nrs_tap_ring *ring,
		      enum nrs_live_direction direction, bool is_known)
{
	struct ifreq ask = {0};

	(void)snprintf(ask.ifr_name, sizeof(ask.ifr_name), "%s", ring->name);
	if (ioctl(ring->fd, SIOCGIFHWADDR, &ask) != 0)
		return errno == ENODEV && !is_known ? NRS_E_UNSUPPORTED
						    : NRS_E_IO;
	const bool is_loopback = ask.ifr_hwaddr.sa_family == ARP_LOOPBACK;
	ring->is_selective = is_loopback || direction != NRS_LIVE_BOTH;
	ring->wants_outgoing = direction == NRS_LIVE_OUTGOING;
	return ask.ifr_hwaddr.sa_family == ARP_ETHERNET || is_loopback
		       ? NRS_OK
		       : NRS_E_UNSUPPORTED;
}

/* Nothing that goes out needs to stand in the ring. Older kernels do not know
 * how: then it is read and left out. */
static bool ignores_outgoing(const struct nrs_tap_ring *ring)
{
	return ring->is_selective && !ring->wants_outgoing;
}

static int open_ring(const struct nrs_taps *t, unsigned int interface,
		     unsigned int worker)
{
	struct nrs_tap_ring *ring = ring_of(t, interface, worker);
	int err;

	ring->fd =
		socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (ring->fd < 0)
		return NRS_E_IO;
	/* One that was there may come back. */
	err = check_kind(ring, t->options.interfaces[interface].direction,
			 t->is_started);
	if (err == NRS_OK && ignores_outgoing(ring))
		(void)set_number(ring, PACKET_IGNORE_OUTGOING, 1);
	if (err == NRS_OK)
		err = map_ring(ring);
	if (err == NRS_OK)
		err = shut(ring);
	if (err == NRS_OK)
		err = bind_to(ring,
			      t->options.interfaces[interface].promiscuous);
	return err;
}

/* The first socket makes the group; its number is the kernel's choice. */
static int join(const struct nrs_taps *t, unsigned int interface)
{
	const struct nrs_tap_ring *first = ring_of(t, interface, 0);
	const int program = nrs_fanout_fd(t->fanout);
	int kind = PACKET_FANOUT_EBPF |
		   (ignores_outgoing(first) ? IGNORE_OUTGOING : 0);
	int group = 0, err;
	socklen_t len = sizeof(group);

	err = set_number(first, PACKET_FANOUT,
			 (kind | PACKET_FANOUT_FLAG_UNIQUEID) << 16);
	if (err != NRS_OK && kind != PACKET_FANOUT_EBPF) {
		kind = PACKET_FANOUT_EBPF;
		err = set_number(first, PACKET_FANOUT,
				 (kind | PACKET_FANOUT_FLAG_UNIQUEID) << 16);
	}
	if (err == NRS_OK &&
	    getsockopt(first->fd, SOL_PACKET, PACKET_FANOUT, &group, &len) != 0)
		err = NRS_E_IO;
	if (err == NRS_OK)
		err = set_option(first, PACKET_FANOUT_DATA, &program,
				 sizeof(program));
	for (unsigned int w = 1; w < t->workers && err == NRS_OK; w++)
		err = set_number(ring_of(t, interface, w), PACKET_FANOUT,
				 (group & 0xffff) | kind << 16);
	return err;
}

/* Once, before anything is begun: what the sensor may do later is less. */
static int compile_filter(struct nrs_taps *t, unsigned int interface,
			  struct nrs_diag *diag)
{
	const struct nrs_live_interface *it = &t->options.interfaces[interface];

	if (it->filter == NULL || t->codes[interface].program != NULL)
		return NRS_OK;
	return nrs_filter_compile(&t->codes[interface], it->filter, it->name,
				  diag);
}

/* From now on packets come. */
static int let_in(const struct nrs_taps *t, unsigned int interface)
{
	const struct nrs_filter_code *code = &t->codes[interface];
	int err = NRS_OK;

	for (unsigned int w = 0; w < t->workers && err == NRS_OK; w++) {
		const struct nrs_tap_ring *ring = ring_of(t, interface, w);
		const struct sock_fprog program = {.len = code->count,
						   .filter = code->program};
		int unused = 0;

		if (code->program != NULL)
			err = attach(ring, &program);
		else if (setsockopt(ring->fd, SOL_SOCKET, SO_DETACH_FILTER,
				    &unused, sizeof(unused)) != 0)
			err = NRS_E_IO;
	}
	return err;
}

static int open_interface(struct nrs_taps *t, unsigned int interface,
			  struct nrs_diag *diag)
{
	const char *name = t->options.interfaces[interface].name;
	struct nrs_diag why = {0};
	int err = NRS_OK;

	errno = 0;
	for (unsigned int w = 0; w < t->workers && err == NRS_OK; w++)
		err = open_ring(t, interface, w);
	if (err == NRS_OK && t->workers > 1)
		err = join(t, interface);
	if (err == NRS_OK)
		err = compile_filter(t, interface, &why);
	if (err == NRS_OK && t->is_started)
		err = let_in(t, interface);
	const int reason = errno;
	for (unsigned int w = 0; w < t->workers; w++) {
		struct nrs_tap_ring *ring = ring_of(t, interface, w);

		if (err != NRS_OK)
			close_ring(ring);
		else
			atomic_store_explicit(&ring->state, NRS_TAP_UP,
					      memory_order_release);
	}
	if (err == NRS_OK)
		return NRS_OK;
	return nrs_diag_set(diag, err, 0, "interface %s: %s", name,
			    err == NRS_E_UNSUPPORTED
				    ? (reason == ENODEV ? "none of the kernel's"
							: "not Ethernet")
			    : why.text[0] != '\0' ? why.text
						  : strerror(reason));
}

static int lay_out(struct nrs_taps *t)
{
	const unsigned int all = t->options.interface_count;
	const size_t share = (size_t)t->options.buffer_bytes / t->workers;
	const unsigned int blocks = (unsigned int)(share / NRS_TAP_BLOCK);

	t->taps = calloc(t->workers, sizeof(*t->taps));
	t->rings = calloc((size_t)all * t->workers, sizeof(*t->rings));
	if (t->taps == NULL || t->rings == NULL)
		return NRS_E_NOMEM;
	for (unsigned int w = 0; w < t->workers; w++) {
		t->taps[w].count = all;
		for (unsigned int i = 0; i < all; i++) {
			struct nrs_tap_ring *ring = ring_of(t, i, w);

			t->taps[w].rings[i] = ring;
			ring->name = t->options.interfaces[i].name;
			ring->fd = -1;
			ring->blocks =
				blocks < BLOCKS_MIN ? BLOCKS_MIN : blocks;
		}
	}
	return NRS_OK;
}

int nrs_taps_open(struct nrs_taps **out, const struct nrs_live_options *options,
		  unsigned int workers, const struct nrs_hash_key *key,
		  struct nrs_diag *diag)
{
	struct nrs_taps *t;
	int err;

	if (options->interface_count == 0 ||
	    options->interface_count > NRS_LIVE_INTERFACES_MAX)
		return nrs_diag_set(diag, NRS_E_LIMIT, 0,
				    "between 1 and %d interfaces, not %u",
				    NRS_LIVE_INTERFACES_MAX,
				    options->interface_count);
	t = calloc(1, sizeof(*t));
	if (t == NULL)
		return NRS_E_NOMEM;
	t->options = *options;
	t->workers = workers;
	err = lay_out(t);
	if (err == NRS_OK && workers > 1)
		err = nrs_fanout_new(&t->fanout, key, workers, diag);
	for (unsigned int i = 0; i < options->interface_count && err == NRS_OK;
	     i++)
		err = open_interface(t, i, diag);
	if (err != NRS_OK) {
		nrs_taps_close(t);
		return err;
	}
	*out = t;
	return NRS_OK;
}

int nrs_taps_start(struct nrs_taps *t)
{
	int err = NRS_OK;

	t->is_started = true;
	for (unsigned int i = 0;
	     i < t->options.interface_count && err == NRS_OK; i++)
		err = let_in(t, i);
	return err;
}

void nrs_taps_close(struct nrs_taps *t)
{
	const unsigned int all =
		t == NULL || t->rings == NULL
			? 0
			: t->options.interface_count * t->workers;

	for (unsigned int i = 0; i < all; i++)
		close_ring(&t->rings[i]);
	if (t != NULL) {
		for (unsigned int i = 0; i < NRS_LIVE_INTERFACES_MAX; i++)
			free(t->codes[i].program);
		nrs_fanout_free(t->fanout);
		free(t->taps);
		free(t->rings);
	}
	free(t);
}

struct nrs_tap *nrs_taps_of(struct nrs_taps *t, unsigned int worker)
{
	return &t->taps[worker];
}

static unsigned int count_up(const struct nrs_taps *t, unsigned int interface)
{
	unsigned int up = 0;

	for (unsigned int w = 0; w < t->workers; w++)
		up += atomic_load_explicit(&ring_of(t, interface, w)->state,
					   memory_order_acquire) == NRS_TAP_UP;
	return up;
}

unsigned int nrs_taps_reopen(struct nrs_taps *t)
{
	unsigned int down = 0;

	for (unsigned int i = 0; i < t->options.interface_count; i++) {
		const unsigned int up = count_up(t, i);

		if (up == t->workers)
			continue;
		for (unsigned int w = 0; up == 0 && w < t->workers; w++)
			close_ring(ring_of(t, i, w));
		down += up > 0 || open_interface(t, i, NULL) != NRS_OK;
	}
	return down;
}
