/* SPDX-License-Identifier: Apache-2.0 */
/*
 * record: what workers tell the emitter, in blocks of up to 64 KB.
 *
 * A block holds records one behind another, each `bytes` long (a multiple of
 * 8), by their keys: (session, ordinal, phase, shard, sequence), contracts.md
 * section 3. Text is made later; indicators travel as {generation, index}.
 */
#pragma once

#include "engine/base/process.h"
#include "engine/matcher.h"

enum nrs_record_kind {
	NRS_RECORD_HIT,	     /* struct nrs_record_hit, then its values */
	NRS_RECORD_RAISE,    /* struct nrs_record_flow: the outcome rose */
	NRS_RECORD_FLOW_END, /* struct nrs_record_flow: of a flow with hits */
	NRS_RECORD_ANSWER,   /* struct nrs_record_answer, then the name */
	NRS_RECORD_PART,     /* as a hit: one observation of several */
	NRS_RECORD_ENDED,    /* this and those below: record_log.h */
	NRS_RECORD_SEEN,
	NRS_RECORD_ASKED,
	NRS_RECORD_COST, /* record_cost.h */
};

/* What became of a flow, rising (contracts.md section 8). */
enum nrs_outcome {
	NRS_OUTCOME_UNKNOWN,
	NRS_OUTCOME_ATTEMPTED,
	NRS_OUTCOME_BLOCKED,
	NRS_OUTCOME_ANSWERED,
	NRS_OUTCOME_ESTABLISHED,
};

struct nrs_record {
	uint32_t bytes;	     /* with this head and the padding */
	uint8_t kind, phase; /* phase: 0 packet, 1 tick */
	uint8_t shard;
	uint8_t spare;
	uint32_t session;
	uint32_t sequence; /* in its shard */
	uint64_t ordinal;
	int64_t ts_ns;
};

/* A flow as hits show it: src is the initiator. */
struct nrs_flow_info {
	struct nrs_addr src, dst;
	int64_t start_ns;
	uint32_t id; /* with session and shard unique in a run */
	uint32_t tunnel;
	uint16_t src_port, dst_port; /* ICMP: type, code */
	uint16_t vlan;
	uint8_t proto;
	uint8_t outcome;
	uint32_t protocols; /* bit k: enum nrs_txn_kind k seen in it */
	uint8_t tokens;	    /* of a log: bit 0 src, 1 dst is one: own_token.h */
};

struct nrs_record_hit {
	struct nrs_record head;
	struct nrs_flow_info flow;
	int64_t txn_start_ns;
	uint32_t generation;
	uint32_t indicator;
	uint32_t txn_number; /* in its flow; 0 the flow itself */
	uint32_t frame;	     /* in its file, from 1; 0: at a tick */
	uint32_t file;	     /* index of the capture in the run */
	uint8_t txn_kind;
	uint8_t before; /* older than valid_from */
	uint16_t value_count;
	uint32_t part; /* of a pattern: its expression + 1; 0: whole */
	uint32_t times, outer_count; /* of a log; tunnels behind the values */
	int64_t txn_end_ns;	     /* of a part: now, or when it ended */
	uint64_t flow_ordinal;	     /* of its flow's first packet */
	struct nrs_process process;
};

/* Behind a hit: value_count times this, each with its octets, padded to 8. */
struct nrs_record_value {
	uint8_t field;
	uint8_t how;
	uint16_t object;
	uint32_t len;
};

struct nrs_record_flow {
	struct nrs_record head;
	uint32_t id;
	uint32_t protocols;
	uint8_t outcome;
	uint8_t spare[7];
	int64_t first_ns, last_ns; /* of its packets */
	uint64_t first_ordinal, last_ordinal;
	struct nrs_process process;
};

/* A name that was answered with an address. */
struct nrs_record_answer {
	struct nrs_record head;
	struct nrs_addr client, addr;
	uint32_t ttl_s;
	uint32_t name_len; /* octets behind */
};

#define NRS_BLOCK_BYTES ((size_t)65536)
/* What this worker will still send comes later than (session, mark); with
 * is_round_end, later than the tick of that ordinal too. */
struct nrs_block {
	uint64_t mark;
	uint32_t worker;
	uint32_t session;
	uint32_t used;
	bool is_round_end, has_hits; /* or more of what is known of some */
	_Alignas(8) uint8_t bytes[NRS_BLOCK_BYTES];
};

/* <0, 0, >0 by session, ordinal, phase, shard, sequence. */
int nrs_record_compare(const struct nrs_record *a, const struct nrs_record *b);
const char *nrs_outcome_name(enum nrs_outcome outcome);
