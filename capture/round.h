/* SPDX-License-Identifier: Apache-2.0 */
/*
 * round: the unit in which an offline reader feeds its workers.
 *
 * 4,096 packets or 256 KB, cut by the packets alone; every worker gets every
 * round, so that its end is the tick of all shards. Packets are not copied: the
 * round owns the block they stand in until the last worker is done with it.
 */
#pragma once

#include <stdatomic.h>

#include "capture/packet.h"
#include "engine/base/checksum.h"
#include "engine/base/counter.h"
#include "engine/outer.h"

#define NRS_ROUND_PACKETS 4096
#define NRS_ROUND_DATAGRAMS (NRS_ROUND_PACKETS * NRS_DATAGRAMS_MAX)
#define NRS_ROUND_WHOLE ((size_t)4 << 20)
#define NRS_SHARDS 256

struct nrs_round {
	uint32_t session;
	uint32_t count;	       /* datagrams */
	uint64_t last_ordinal; /* of all packets read, also undecoded ones */
	int64_t clock_ns;      /* highest packet time so far, jumps limited */
	bool is_session_end;   /* the tick after it ends every flow */
	bool is_set_back;      /* clock_ns is: flows follow at the tick */
	unsigned int workers;
	_Atomic(unsigned int) users; /* workers not yet done; pairs with the
					reader's acquire before reuse */
	uint8_t *block;		     /* NRS_SOURCE_BLOCK_ROOM octets */
	uint8_t *whole;		     /* packets that were in fragments */
	size_t whole_used;	     /* of NRS_ROUND_WHOLE */
	struct nrs_datagram *datagrams;
	uint32_t *picked_count; /* per worker */
	uint16_t *picked;	/* per worker NRS_ROUND_DATAGRAMS indices */
};

/* One round for @workers. NRS_E_NOMEM. */
int nrs_round_init(struct nrs_round *round, unsigned int workers);
void nrs_round_fini(struct nrs_round *round);

/* Begin to fill: no datagram yet. */
void nrs_round_begin(struct nrs_round *round, uint32_t session);

/*
 * Decode @packet, and the packet it completes if it is a fragment, and add each
 * IP packet for its shard's owner: those are the last ones of `datagrams`. How
 * many, or what nrs_decode returns; what is not added is counted. A fragment
 * behind the first that completes nothing is among them, for nobody.
 */
struct nrs_defrag;
int nrs_round_add(struct nrs_round *round, const struct nrs_packet *packet,
		  const struct nrs_hash_key *key, struct nrs_defrag *defrag,
		  struct nrs_counters *counters);

/* A report of a flow (packet.h): for the owner one datagram, of the innermost
 * packet; one that cannot be decoded is of a flow that nobody knows. */
void nrs_round_report(struct nrs_round *round, const struct nrs_packet *report,
		      const struct nrs_hash_key *key);

/*
 * The tunnels around @d, from the packet's sender to its receiver, the
 * outermost first; how many, 0 if not all are known. They stand beside it in
 * @round, or came with it from another worker (handover.h).
 */
unsigned int nrs_round_outers(const struct nrs_round *round,
			      const struct nrs_datagram *d,
			      struct nrs_outer out[NRS_OUTERS_MAX]);

/* The worker that owns @shard. */
static inline unsigned int nrs_shard_owner(uint8_t shard, unsigned int workers)
{
	return shard % workers;
}

/* Worker side: done with it. True for the last one. */
bool nrs_round_release(struct nrs_round *round);
