/* SPDX-License-Identifier: Apache-2.0 */
/*
 * worker_state: inside a worker; the worker*.c files only.
 */
#pragma once

#include "capture/decode/stream.h"
#include "capture/session.h"
#include "capture/worker.h"
#include "engine/payload.h"

/* Around the first packet of a flow. */
struct nrs_worker_outers {
	uint32_t flow; /* its id */
	uint32_t count;
	struct nrs_outer outers[NRS_OUTERS_MAX];
};

struct nrs_worker_shard {
	struct nrs_flow_shard flows;
	struct nrs_session_pools pools;
	struct nrs_slab kept;
	struct nrs_stream_pool streams;
	struct nrs_slab payloads;
	struct nrs_slab outers; /* each at its flow's index */
	uint32_t sequence;
	uint8_t number;
};

struct nrs_worker {
	struct nrs_worker_options options;
	struct nrs_counters counters;
	struct nrs_matcher *matcher;
	struct nrs_match_sink sink;
	struct nrs_session_env env;
	struct nrs_flow_table table;
	struct nrs_worker_shard *shards[NRS_SHARDS]; /* NULL: not ours */
	int64_t due_ns[NRS_SHARDS]; /* when its wheel goes on */
	struct nrs_block *block;
	nrs_field_set demand, logged; /* logged: told to logs */
	uint32_t generation;	      /* of the db; 0 without one */
	bool has_parts;		      /* patterns of several observations */
	bool has_payloads;	      /* patterns on payloads */
	uint64_t asked_from;	      /* ordinal since when */
	int64_t costs_told_ns;	      /* time of that round */
	enum nrs_shed_level shed;
	/* of the packet or tick under way */
	const struct nrs_round *round;
	const struct nrs_datagram *datagram; /* NULL at a tick */
	struct nrs_flow *flow;
	struct nrs_worker_shard *shard;
	uint64_t ordinal;
	uint8_t phase;
};

/* Callbacks of the matcher and of sessions: they write records. */
void nrs_worker_on_hit(void *ctx, const struct nrs_hit *hit);
void nrs_worker_on_lack(void *ctx, enum nrs_counter which);
void nrs_worker_on_answer(void *ctx, const struct nrs_answer *answer);
/* worker_tunnel.c: keep those of the packet under way, its flow's first; and
 * the tunnels around what is under way, from the flow's initiator: how many. */
void nrs_worker_keep_outers(struct nrs_worker *w);
unsigned int nrs_worker_outers(const struct nrs_worker *w,
			       struct nrs_outer out[NRS_OUTERS_MAX]);
/* RAISE or FLOW_END of the flow under way. */
void nrs_worker_tell_flow(struct nrs_worker *w, enum nrs_record_kind kind);

/* worker_log.c: for logs: a packet of the flow under way, its end, values. */
void nrs_worker_log_begin(struct nrs_worker *w);
void nrs_worker_log_packet(struct nrs_worker *w, const struct nrs_datagram *d,
			   unsigned int side);
void nrs_worker_log_end(struct nrs_worker *w, enum nrs_flow_end why);
void nrs_worker_begin_block(struct nrs_worker *w);
/* Room for a record in the block; a full block is handed over first. */
void *nrs_worker_record(struct nrs_worker *w, enum nrs_record_kind kind,
			size_t bytes);

/* The outcome of the flow under way is at least @outcome; most packets know. */
void nrs_worker_rise(struct nrs_worker *w, enum nrs_outcome outcome);
static inline void nrs_worker_raise(struct nrs_worker *w,
				    enum nrs_outcome outcome)
{
	if (outcome > w->flow->info.outcome)
		nrs_worker_rise(w, outcome);
}

/* worker_payload.c: where somebody asks for payloads; the flow under way. */
void nrs_worker_payload_adopt(struct nrs_worker *w);
void nrs_worker_payload(struct nrs_worker *w, unsigned int side,
			struct nrs_span octets);
void nrs_worker_payload_gap(struct nrs_worker *w, unsigned int side,
			    uint32_t len);
void nrs_worker_payload_datagram(struct nrs_worker *w,
				 const struct nrs_datagram *d,
				 unsigned int side);
void nrs_worker_payload_end(struct nrs_worker *w, unsigned int side);
/* Is more looked at of @side? */
static inline bool nrs_worker_looks(const struct nrs_worker *w,
				    unsigned int side)
{
	return w->has_payloads &&
	       (w->flow->flags & NRS_FLOW_LOOKED << side) == 0;
}

/* worker_shed.c: the demand without what is shed; what was left out. */
void nrs_worker_narrow(struct nrs_worker *w);
void nrs_worker_count_shed(struct nrs_worker *w, uint32_t count);
/* @len octets of a side of the flow under way are not looked at. */
void nrs_worker_shed_payload(struct nrs_worker *w, unsigned int side,
			     size_t len);

/* worker_blind.c: the flow under way is over; it still has its session. */
void nrs_worker_judge(struct nrs_worker *w);
/* Its session is gone: the sums of all its marks. */
void nrs_worker_sum(struct nrs_worker *w);

/* worker_tcp.c: a packet of the flow under way, and what is left at its end. */
void nrs_worker_take_tcp(struct nrs_worker *w, const struct nrs_datagram *d,
			 unsigned int side);
void nrs_worker_end_tcp(struct nrs_worker *w);
