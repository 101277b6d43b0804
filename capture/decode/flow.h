/* SPDX-License-Identifier: Apache-2.0 */
/*
 * flow: the flow table of one worker, in shards (contracts.md section 3).
 *
 * A flow lives in a slab of its shard and is found by a chained index that all
 * shards of the worker share. Timeouts run on a lazy wheel per shard, at ticks
 * only, so that what expires when does not depend on who owns the shard.
 *
 * A packet touches two lines of its flow: the key, and what it moves. Links of
 * the index carry 16 bits of the hash, so that no other flow is touched.
 */
#pragma once

#include "capture/packet.h"
#include "engine/base/slab.h"
#include "engine/record_log.h"

struct nrs_payload;
struct nrs_session;
struct nrs_stream;
struct nrs_tuple;

enum nrs_flow_flag {
	NRS_FLOW_HAS_HITS = 1,
	NRS_FLOW_SAW_SYN = 2,
	NRS_FLOW_CLOSED = 4,	 /* RST, or FIN from both sides */
	NRS_FLOW_NO_SESSION = 8, /* nothing in it that we read */
	NRS_FLOW_HAS_KEPT = 16,	 /* segments that came early */
	NRS_FLOW_LOOKED = 32,	 /* << side: no more for payload patterns */
	NRS_FLOW_TUNNEL = 128,	 /* what is inside has flows of its own */
};

/* A flow's address with the upper 16 bits of its hash above it; 0: none. */
typedef uint64_t nrs_flow_link;

struct nrs_flow;
static inline struct nrs_flow *nrs_flow_of_link(nrs_flow_link link)
{
	return (struct nrs_flow *)(uintptr_t)(link & 0xffffffffffffu);
}

struct nrs_flow {
	struct nrs_flow_info info; /* first line: the key */
	/* second line: what every packet moves */
	int64_t last_ns;
	uint64_t last_ordinal;
	uint64_t packets[2], bytes[2]; /* by side: 0 the initiator */
	uint32_t next_seq[2];
	uint8_t tcp_flags[2];
	uint8_t flags; /* enum nrs_flow_flag */
	uint8_t fins;  /* bit per side */
	bool has_seq[2];
	uint8_t bucket, shard;
	/* the rest: beginning, end, and what was read in it */
	struct nrs_session *session;
	struct nrs_stream *stream;	/* NULL: nothing ever came early */
	struct nrs_payload *payload[2]; /* by side; NULL: nobody asks */
	nrs_flow_link next;		/* in the index */
	uint64_t hash;
	struct {
		struct nrs_flow *next, *previous;
	} wheel;
	uint64_t first_ordinal;
	nrs_blind_set blind; /* why not all of it could be inspected */
	uint32_t begun_packets, txn_count; /* the former in fragments */
	struct nrs_flow_log log;
	struct nrs_txn txn; /* the flow's own transaction */
	struct nrs_process process;
};

#define NRS_WHEEL_BUCKETS 64
#define NRS_WHEEL_STEP_NS (8 * INT64_C(1000000000))

struct nrs_flow_shard {
	struct nrs_slab flows;
	struct nrs_flow *wheel[NRS_WHEEL_BUCKETS]; /* heads; lists are rings */
	int64_t wheel_ns; /* start of the current bucket; 0 before any packet */
	uint32_t next_id;
	uint8_t position;
};

struct nrs_flow_table {
	nrs_flow_link *heads;
	uint64_t mask;
	size_t bytes;
};

int nrs_flow_table_init(struct nrs_flow_table *table, uint32_t flows);
void nrs_flow_table_fini(struct nrs_flow_table *table);

/* The flow of @d, or NULL; *@side is the side that sent it. */
struct nrs_flow *nrs_flow_find(const struct nrs_flow_table *table,
			       const struct nrs_datagram *d,
			       unsigned int *side);

/* The flow of an ICMP error's quoted tuple, or NULL. */
struct nrs_flow *nrs_flow_find_tuple(const struct nrs_flow_table *table,
				     const struct nrs_tuple *tuple,
				     uint64_t hash, uint8_t shard);

/* A new flow for @d, roles decided (contracts.md section 8), not yet on the
 * wheel's far side. NULL: the shard is full. *@side as above. */
struct nrs_flow *nrs_flow_add(struct nrs_flow_table *table,
			      struct nrs_flow_shard *shard,
			      const struct nrs_datagram *d, unsigned int *side);
/* Out of index and wheel; gives back its memory. */
void nrs_flow_remove(struct nrs_flow_table *table, struct nrs_flow_shard *shard,
		     struct nrs_flow *flow);

/* Nanoseconds without a packet after which @flow is over. */
int64_t nrs_flow_timeout_ns(const struct nrs_flow *flow);

/* The next flow of @shard that has timed out at @clock_ns, or NULL when the
 * wheel stands at the clock. The caller ends and removes it. */
struct nrs_flow *nrs_flow_expired(struct nrs_flow_shard *shard,
				  int64_t clock_ns);
/* The flow that would time out first, about; NULL: none. */
struct nrs_flow *nrs_flow_oldest(const struct nrs_flow_shard *shard);
/* The clock was set back: what came later moves there, with its beginning. */
void nrs_flow_set_back(struct nrs_flow_shard *shard, int64_t clock_ns);
