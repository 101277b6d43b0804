/* SPDX-License-Identifier: Apache-2.0 */
/*
 * preload: a capture's packets in memory, decoded and cut into rounds, each
 * worker's by themselves, as the kernel's rings give them.
 */
#pragma once

#include "capture/round.h"

#define NRS_TRACK_ROUNDS 2000u

/* What one worker walks. */
struct nrs_track {
	struct nrs_round *rounds[NRS_TRACK_ROUNDS];
	unsigned int count;
	unsigned int packets; /* of the last round */
	size_t used;
	uint64_t ordinal;
};

/* @path as rounds of at most @round_packets for each of @workers; what does not
 * fit into their tracks is left out. NRS_E_IO, NRS_E_NOMEM. */
int nrs_preload(const char *path, struct nrs_track *lanes, unsigned int workers,
		unsigned int round_packets, const struct nrs_hash_key *key);
