/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tap: packets from Ethernet interfaces to several workers at once: AF_PACKET
 * with TPACKET_V3 rings of our own, a socket for each worker and interface, and
 * a program in the kernel that picks the socket (fanout.h). Packets are read
 * where the kernel put them.
 */
#pragma once

#include "capture/source/live.h"
#include "engine/base/checksum.h"

struct nrs_taps; /* all of them: of who starts and stops */
struct nrs_tap;	 /* one worker's: of its thread */

/*
 * Open the rings of @workers on all interfaces; @options->buffer_bytes are
 * shared out. NRS_E_UNSUPPORTED: an interface that is no Ethernet, or none of
 * the kernel's ("any", ...: nrs_live_open knows, or says that there is none),
 * or a kernel that does not fan out: nrs_live_open reads what this cannot. Else
 * as nrs_live_open. @diag names the interface.
 */
int nrs_taps_open(struct nrs_taps **out, const struct nrs_live_options *options,
		  unsigned int workers, const struct nrs_hash_key *key,
		  struct nrs_diag *diag);
/* Let packets in: until then every ring stays empty. NRS_E_IO, NRS_E_NOMEM. */
int nrs_taps_start(struct nrs_taps *taps);
/* When no worker reads any more. */
void nrs_taps_close(struct nrs_taps *taps);
struct nrs_tap *nrs_taps_of(struct nrs_taps *taps, unsigned int worker);

/*
 * The next packets of all interfaces in turn, at most @max. They stand in the
 * rings until this is called again. Waits for at most 10 ms; returns the count,
 * perhaps 0. NRS_E_IO: an interface went away, @diag says which. ordinal and
 * frame are left to the caller; iface and file are the interface's index.
 */
int nrs_tap_read(struct nrs_tap *tap, struct nrs_packet *packets,
		 unsigned int max, struct nrs_diag *diag);

/* Are at least @percent (1 to 100) of 100 of some ring of this worker waiting
 * to be read? */
bool nrs_tap_is_filled(const struct nrs_tap *tap, unsigned int percent);

/* Try interfaces that are down, and that all workers have let go, again; how
 * many still are down. One thread. */
unsigned int nrs_taps_reopen(struct nrs_taps *taps);

/* Of this worker's socket, since it was opened first. NRS_E_NOTFOUND: that
 * interface is down (@out has what was counted before). */
int nrs_tap_stats(struct nrs_tap *tap, unsigned int index,
		  struct nrs_live_stats *out);
