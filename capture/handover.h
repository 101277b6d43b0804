/* SPDX-License-Identifier: Apache-2.0 */
/*
 * handover: datagrams from the worker that received them to the one that owns
 * their shard: the outside of tunnels, what was in fragments, and where the
 * kernel guessed wrong. Copied, in parcels, over a ring for each pair of
 * workers; nobody waits, and what finds no room is counted.
 */
#pragma once

#include "capture/round.h"

#define NRS_PARCEL_DATAGRAMS 256
#define NRS_PARCEL_BYTES ((size_t)128 << 10)

struct nrs_parcel {
	uint32_t from; /* worker */
	uint32_t count;
	size_t used;
	struct nrs_datagram datagrams[NRS_PARCEL_DATAGRAMS];
	uint8_t bytes[NRS_PARCEL_BYTES];
};

struct nrs_handover;

/* NRS_E_NOMEM. */
int nrs_handover_new(struct nrs_handover **out, unsigned int workers);
void nrs_handover_free(struct nrs_handover *handover);

/* Worker @from's thread: send away what @round holds for other workers. */
void nrs_handover_send(struct nrs_handover *handover, unsigned int from,
		       const struct nrs_round *round,
		       struct nrs_counters *counters);

/* Worker @to's thread: the next parcel for it, or NULL; and back with it. */
struct nrs_parcel *nrs_handover_receive(struct nrs_handover *handover,
					unsigned int to);
void nrs_handover_done(struct nrs_handover *handover, unsigned int to,
		       struct nrs_parcel *parcel);
