/* SPDX-License-Identifier: Apache-2.0 */
/*
 * worker: one worker's step: the datagrams of a round through flow table,
 * streams and parsers to the matcher; records out in blocks.
 *
 * A worker owns whole shards; all its memory is reserved when it is made. It
 * knows no thread: app/threads.c calls the step, or main does (--workers 1).
 */
#pragma once

#include "capture/round.h"
#include "capture/shed.h"
#include "engine/base/counter.h"
#include "engine/record_log.h"

struct nrs_worker;

struct nrs_worker_options {
	unsigned int index, workers;
	const struct nrs_db *db;	/* NULL: observe only */
	const struct nrs_hash_key *key; /* the reader's, for ICMP errors */
	uint32_t flows_total;	/* cap of all shards; a shard has 1/32 of it */
	uint64_t payload_bytes; /* looked at of a flow's side; 0: a MiB */
	bool want_answers;	/* send NRS_RECORD_ANSWER */
	bool sets_change;	/* adopt is called again, with any set */
	unsigned int logs;	/* bits of enum nrs_keep: record_log.h */
	/* Live: send NRS_RECORD_COST, by this clock; NULL: nobody asks. */
	int64_t (*clock)(void);
	const struct nrs_match_sink *observer; /* or NULL: then only records */
	/*
	 * Blocks: take gives an empty one (it may wait, offline), give hands a
	 * filled one over. Before that, at the end of a round that is not the
	 * session's last, keep (or NULL) is asked: true, and the next round
	 * goes on filling it. All are called from the step only.
	 */
	void *blocks_ctx;
	struct nrs_block *(*take)(void *ctx);
	void (*give)(void *ctx, struct nrs_block *block);
	bool (*keep)(void *ctx, const struct nrs_block *block);
};

int nrs_worker_new(struct nrs_worker **out,
		   const struct nrs_worker_options *options);
void nrs_worker_free(struct nrs_worker *worker);

/* Match against @db from now on (between steps; borrowed until the next). Its
 * generation differs from every earlier one's and is not 0. */
void nrs_worker_adopt(struct nrs_worker *worker, const struct nrs_db *db);

/* Leave out what @level says from now on (between steps; live only). Payloads
 * of open flows have a hole then, and of those begun meanwhile nothing is
 * looked at; files that are under way are followed to their end. */
void nrs_worker_shed(struct nrs_worker *worker, enum nrs_shed_level level);

/* All of @round that this worker owns, then the tick of its shards. Hands
 * over its block. The same as begin, take and tick. */
void nrs_worker_step(struct nrs_worker *worker, const struct nrs_round *round);

/* A step in pieces, for more datagrams than those of the round: @picked are
 * indices into @list. Ordinals rise from one datagram to the next. */
void nrs_worker_begin(struct nrs_worker *worker, const struct nrs_round *round);
void nrs_worker_take(struct nrs_worker *worker, const struct nrs_datagram *list,
		     const uint16_t *picked, uint32_t count);
void nrs_worker_tick(struct nrs_worker *worker, const struct nrs_round *round);

/* Its own counters; read them when no step runs. */
const struct nrs_counters *nrs_worker_counters(const struct nrs_worker *worker);

/* The flow of the packet under way, for an observer's callbacks. */
const struct nrs_flow_info *nrs_worker_flow(const struct nrs_worker *worker);
/* Frame number, file and time of that packet. */
const struct nrs_datagram *nrs_worker_datagram(const struct nrs_worker *worker);
