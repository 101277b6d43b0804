/* SPDX-License-Identifier: Apache-2.0 */
/* made_worker: one worker with one indicator, fed with frames made by hand. */
#pragma once

#include "capture/decode/defrag.h"
#include "capture/decode/stream.h"
#include "capture/worker.h"
#include "engine/outer.h"
#include "tests/capture/frames.h"
#include "tests/capture/made_db.h"

#define FRAMES_MAX 16

struct bench {
	struct nrs_hash_key key;
	struct nrs_set *set;
	struct nrs_db *db;
	struct nrs_worker *worker;
	struct nrs_round round;
	struct nrs_defrag *defrag;
	struct frame frames[FRAMES_MAX];
	unsigned int count;
	uint64_t ordinal;
	struct nrs_block block;
	/* what was told */
	unsigned int hits, ends, outer_count;
	uint32_t file, pid; /* of the last hit, pid of a rise too */
	enum nrs_outcome outcome;
	char value[128];
	struct nrs_outer outers[NRS_OUTERS_MAX]; /* of the last hit */
};

static inline struct nrs_block *take(void *ctx)
{
	return &((struct bench *)ctx)->block;
}

static inline void give(void *ctx, struct nrs_block *block)
{
	struct bench *b = ctx;

	for (size_t at = 0; at < block->used;) {
		const struct nrs_record *r = (const void *)(block->bytes + at);

		if (r->kind == NRS_RECORD_HIT) {
			const struct nrs_record_hit *hit = (const void *)r;
			const struct nrs_record_value *value =
				(const void *)(hit + 1);
			b->hits++;
			b->pid = hit->process.pid;
			b->file = hit->file;
			b->outer_count = nrs_hit_outers(hit, b->outers);
			b->outcome = (enum nrs_outcome)hit->flow.outcome;
			snprintf(b->value, sizeof(b->value), "%.*s",
				 (int)value->len, (const char *)(value + 1));
		} else if (r->kind != NRS_RECORD_ANSWER) {
			const struct nrs_record_flow *flow = (const void *)r;
			b->outcome = (enum nrs_outcome)flow->outcome;
			b->pid = flow->process.pid;
			b->ends += r->kind == NRS_RECORD_FLOW_END;
		}
		at += r->bytes;
	}
}

static inline struct bench *begin(const char *pattern)
{
	struct bench *b = calloc(1, sizeof(*b));

	assert_non_null(b);
	nrs_hash_key_init(&b->key, 0);
	b->db = build(&b->set, pattern, 1);
	assert_int_equal(nrs_round_init(&b->round, 1), NRS_OK);
	assert_int_equal(nrs_defrag_new(&b->defrag), NRS_OK);
	const struct nrs_worker_options options = {.workers = 1,
						   .db = b->db,
						   .key = &b->key,
						   .flows_total = 1024,
						   .blocks_ctx = b,
						   .take = take,
						   .give = give};
	assert_int_equal(nrs_worker_new(&b->worker, &options), NRS_OK);
	nrs_round_begin(&b->round, 1);
	return b;
}

static inline void step(struct bench *b, int64_t clock_ns, bool is_end)
{
	b->round.clock_ns = clock_ns;
	b->round.last_ordinal = b->ordinal == 0 ? 0 : b->ordinal - 1;
	b->round.is_session_end = is_end;
	nrs_worker_step(b->worker, &b->round);
	nrs_round_begin(&b->round, 1);
	b->count = 0;
}

static inline void add(struct bench *b, const struct frame_tcp *tcp,
		       int64_t ts_ns)
{
	struct frame *f = &b->frames[b->count++];
	struct nrs_counters counters = {0};

	assert_true(b->count <= FRAMES_MAX);
	frame_tcp(f, tcp);
	const struct nrs_packet p = frame_packet(f, b->ordinal++, ts_ns);
	assert_int_equal(
		nrs_round_add(&b->round, &p, &b->key, b->defrag, &counters), 1);
}

#define counted(b, which) (nrs_worker_counters((b)->worker)->value[which])

static inline void end(struct bench *b)
{
	nrs_worker_free(b->worker);
	nrs_round_fini(&b->round);
	nrs_defrag_free(b->defrag);
	nrs_db_free(b->db);
	nrs_set_free(b->set);
	free(b);
}
