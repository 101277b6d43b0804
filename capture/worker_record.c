/* SPDX-License-Identifier: Apache-2.0 */
/*
 * worker_record: what a worker tells the emitter, written into its block.
 */
#include "capture/worker_state.h"

#include "engine/record_put.h"

static size_t padded(size_t len)
{
	return (len + 7) / 8 * 8;
}

void *nrs_worker_record(struct nrs_worker *w, enum nrs_record_kind kind,
			size_t bytes)
{
	struct nrs_record *head;

	if (w->block->used + bytes > NRS_BLOCK_BYTES) {
		w->block->session = w->round->session;
		w->block->mark = w->ordinal;
		w->block->is_round_end = false;
		w->options.give(w->options.blocks_ctx, w->block);
		nrs_worker_begin_block(w);
	}
	head = (void *)(w->block->bytes + w->block->used);
	memset(head, 0, bytes);
	w->block->used += (uint32_t)bytes;
	w->block->has_hits |=
		kind != NRS_RECORD_ANSWER && kind < NRS_RECORD_ENDED;
	*head = (struct nrs_record){.bytes = (uint32_t)bytes,
				    .kind = (uint8_t)kind,
				    .phase = w->phase,
				    .shard = w->shard->number,
				    .session = w->round->session,
				    .sequence = w->shard->sequence++,
				    .ordinal = w->ordinal,
				    .ts_ns = w->env.now_ns};
	return head;
}

void nrs_worker_on_hit(void *ctx, const struct nrs_hit *hit)
{
	struct nrs_worker *w = ctx;
	struct nrs_outer outers[NRS_OUTERS_MAX];
	const unsigned int outer_count = nrs_worker_outers(w, outers);
	const size_t bytes = nrs_record_hit_bytes(hit);
	struct nrs_record_hit *record = nrs_worker_record(
		w, hit->part > 0 ? NRS_RECORD_PART : NRS_RECORD_HIT,
		bytes + outer_count * sizeof(*outers));

	nrs_record_hit_put(record, hit);
	record->flow = w->flow->info;
	record->process = w->flow->process;
	record->txn_end_ns = w->env.now_ns;
	record->flow_ordinal = w->flow->first_ordinal;
	record->outer_count = outer_count;
	record->file = w->flow->log.file;
	if (w->datagram != NULL) {
		record->frame = w->datagram->frame;
		record->file = w->datagram->file;
	}
	if (outer_count > 0)
		memcpy((uint8_t *)record + bytes, outers,
		       outer_count * sizeof(*outers));
	w->flow->flags |= NRS_FLOW_HAS_HITS;
}

void nrs_worker_on_answer(void *ctx, const struct nrs_answer *answer)
{
	struct nrs_worker *w = ctx;
	struct nrs_record_answer *record =
		nrs_worker_record(w, NRS_RECORD_ANSWER,
				  sizeof(*record) + padded(answer->name.len));

	record->client = answer->client;
	record->addr = answer->addr;
	record->ttl_s = answer->ttl_s;
	record->name_len = (uint32_t)answer->name.len;
	memcpy(record + 1, answer->name.ptr, answer->name.len);
}

void nrs_worker_tell_flow(struct nrs_worker *w, enum nrs_record_kind kind)
{
	const struct nrs_flow *flow = w->flow;
	struct nrs_record_flow *record =
		nrs_worker_record(w, kind, sizeof(*record));

	record->id = flow->info.id;
	record->outcome = flow->info.outcome;
	record->protocols = flow->info.protocols;
	record->first_ns = flow->info.start_ns;
	record->last_ns = flow->last_ns;
	record->first_ordinal = flow->first_ordinal;
	record->last_ordinal = flow->last_ordinal;
	record->process = flow->process;
}
