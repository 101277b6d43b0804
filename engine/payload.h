/* SPDX-License-Identifier: Apache-2.0 */
/*
 * payload: the octets of flows through the patterns on payloads, where they
 * pass: nothing of them is kept (contracts.md sections 4 to 6).
 *
 * A side of TCP is one artifact, and a stream that lies in an item of the
 * shard's slab from the side's first octets on; a datagram is an artifact of
 * its own. What is found is a value of the flow's own transaction: the offset
 * behind the last octet that matched. One thread per matcher; no heap.
 */
#pragma once

#include "engine/matcher.h"

/* An item of the slab that a shard lends to streams. */
#define NRS_PAYLOAD_BYTES ((size_t)8192)

/* Octets of a flow's side that are looked at, where nothing else is said. */
#define NRS_PAYLOAD_BUDGET (UINT64_C(1) << 20)

struct nrs_payload; /* a stream */

/* Of which flow, what is lent, and how far to look. */
struct nrs_payload_room {
	struct nrs_txn *flow; /* the flow's own transaction */
	struct nrs_slab *streams;
	uint64_t budget;
	bool is_late; /* octets came before somebody asked for them */
};

/* True if some pattern asks for payloads. */
bool nrs_matcher_has_payloads(const struct nrs_matcher *matcher);

/*
 * The next octets of @side (0: of the initiator), in order. *@stream is NULL at
 * first. False: no more is looked at of this side (the budget, no room, or a
 * failure: counted), and *@stream is NULL.
 */
bool nrs_payload_octets(struct nrs_matcher *matcher,
			const struct nrs_payload_room *room, unsigned int side,
			struct nrs_payload **stream, struct nrs_span octets);

/* @len octets are missing: what follows is the middle of something. */
void nrs_payload_gap(struct nrs_matcher *matcher, struct nrs_payload *stream,
		     uint32_t len);

/* The side is over: what only its end tells, then the item goes back. */
void nrs_payload_end(struct nrs_matcher *matcher,
		     const struct nrs_payload_room *room, unsigned int side,
		     struct nrs_payload **stream);

/* A datagram, the @number-th of its flow; of a @is_cut one the beginning. */
struct nrs_payload_datagram {
	struct nrs_span octets;
	uint64_t number;
	unsigned int side;
	bool is_cut;
};
void nrs_payload_datagram(struct nrs_matcher *matcher, struct nrs_txn *flow,
			  const struct nrs_payload_datagram *datagram);
