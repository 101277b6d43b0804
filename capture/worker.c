/* SPDX-License-Identifier: Apache-2.0 */
/*
 * worker: the step.
 *
 * Each datagram finds or makes its flow, moves the flow's outcome, and gives
 * its payload to the session. After the last datagram of a round comes the
 * tick: in every shard, flows that timed out end, in the order of the wheel.
 * A flow's first packet pushes the flow's own fields, so that an address fires
 * at once; its end pushes counters and flags.
 */
#include "capture/worker_state.h"

#include <netinet/in.h>
#include <stdlib.h>

#include "capture/decode/decode.h"
#include "capture/decode/flow_ahead.h"
#include "capture/worker_cost.h"
#include "capture/worker_env.h"
#include "engine/value_text.h"

#define SESSIONS_PER_SHARD 8192u
#define BUFFERS_PER_SHARD 256u
#define STATES_PER_SHARD 1024u
#define FILES_PER_SHARD 1024u
#define KEPT_PER_SHARD 16384u
#define STREAMS_PER_SHARD 1024u
#define SEGMENTS_PER_SHARD 2048u
#define PAYLOADS_PER_SHARD 1024u

/* In datagrams: first the index is brought near, then the flow. */
#define AHEAD_INDEX 16
#define AHEAD_FLOW 8

/* Datagrams that are told apart, few of them. */
#define ODD                                                                    \
	(NRS_DG_ICMP_ERROR | NRS_DG_REPORT | NRS_DG_CUT | NRS_DG_FRAGMENT |    \
	 NRS_DG_REJOINED | NRS_DG_OUTER | NRS_DG_OPAQUE)

#define TCP_SYN 0x02
#define TCP_ACK 0x10

static void push(struct nrs_worker *w, enum nrs_field field,
		 unsigned int object, const void *value, size_t len)
{
	if (nrs_wanted(w->demand, field))
		nrs_txn_value(w->matcher, &w->flow->txn, field, object,
			      nrs_span(value, len));
}

static void push_int(struct nrs_worker *w, enum nrs_field field, uint64_t value)
{
	if (nrs_wanted(w->demand, field))
		nrs_txn_int(w->matcher, &w->flow->txn, field,
			    (int64_t)(value & INT64_MAX));
}

/* What the flow's key says: at its first packet, and again when the indicators
 * changed while it was open. */
static void push_flow_key(struct nrs_worker *w)
{
	const struct nrs_flow_info *info = &w->flow->info;
	const bool is_icmp =
		info->proto == IPPROTO_ICMP || info->proto == IPPROTO_ICMPV6;
	const char *transport = nrs_transport_name(info->proto);

	push(w, NRS_F_IP_SRC, 0, info->src.bytes, 16);
	push(w, NRS_F_IP_DST, 1, info->dst.bytes, 16);
	push(w, NRS_F_PROTOCOL, 0, nrs_addr_is_v4(&info->src) ? "ipv4" : "ipv6",
	     4);
	if (transport != NULL)
		push(w, NRS_F_PROTOCOL, 1, transport, strlen(transport));
	push_int(w, NRS_F_START, (uint64_t)info->start_ns);
	if (is_icmp) {
		push_int(w, NRS_F_ICMP_TYPE, info->src_port);
		push_int(w, NRS_F_ICMP_CODE, info->dst_port);
	} else if (info->proto == IPPROTO_TCP || info->proto == IPPROTO_UDP) {
		push_int(w, NRS_F_SRC_PORT, info->src_port);
		push_int(w, NRS_F_DST_PORT, info->dst_port);
	}
}

static void push_macs(struct nrs_worker *w, const struct nrs_datagram *d,
		      unsigned int side)
{
	const uint8_t *mac = d->data + d->mac_off;

	if ((d->flags & NRS_DG_HAS_MAC) == 0)
		return;
	push(w, NRS_F_MAC_SRC, 0, mac + (side == 0 ? 6 : 0), 6);
	push(w, NRS_F_MAC_DST, 1, mac + (side == 0 ? 0 : 6), 6);
}

__attribute__((noinline)) static void push_first(struct nrs_worker *w,
						 const struct nrs_datagram *d,
						 unsigned int side)
{
	push_flow_key(w);
	push_macs(w, d, side);
}

static void push_flow_end(struct nrs_worker *w)
{
	const struct nrs_flow *flow = w->flow;

	push_int(w, NRS_F_END, (uint64_t)flow->last_ns);
	push_int(w, NRS_F_ACTIVE, 0);
	push_int(w, NRS_F_SRC_BYTES, flow->bytes[0]);
	push_int(w, NRS_F_DST_BYTES, flow->bytes[1]);
	push_int(w, NRS_F_SRC_PACKETS, flow->packets[0]);
	push_int(w, NRS_F_DST_PACKETS, flow->packets[1]);
	if (flow->info.proto == IPPROTO_TCP) {
		push_int(w, NRS_F_TCP_SRC_FLAGS, flow->tcp_flags[0]);
		push_int(w, NRS_F_TCP_DST_FLAGS, flow->tcp_flags[1]);
	}
}

/* Work that follows is on @flow, at @now. */
__attribute__((always_inline)) static inline void
turn_to(struct nrs_worker *w, struct nrs_flow *flow, int64_t now_ns)
{
	w->flow = flow;
	w->env.now_ns = now_ns;
	nrs_matcher_at(w->matcher, now_ns, &w->shard->kept);
	if (flow->txn.generation != w->generation &&
	    nrs_txn_renew(w->matcher, &flow->txn))
		push_flow_key(w);
	if (w->has_parts && now_ns - flow->info.start_ns >= NRS_TXN_OPEN_NS)
		nrs_session_overdue(&w->env, flow);
}

static void end_flow(struct nrs_worker *w, struct nrs_flow *flow,
		     enum nrs_flow_end why)
{
	const struct nrs_datagram *cause = w->datagram;

	w->datagram = NULL; /* of no packet of its own, at a tick or not */
	turn_to(w, flow, flow->last_ns);
	if (flow->stream != NULL)
		nrs_worker_end_tcp(w);
	for (unsigned int side = 0; side < 2; side++)
		nrs_worker_payload_end(w, side);
	nrs_worker_judge(w);
	nrs_session_end(&w->env, flow);
	push_flow_end(w);
	nrs_txn_end(w->matcher, &flow->txn);
	nrs_worker_sum(w);
	if ((flow->flags & NRS_FLOW_HAS_HITS) != 0)
		nrs_worker_tell_flow(w, NRS_RECORD_FLOW_END);
	if ((w->options.logs & NRS_KEEP_FLOWS) != 0)
		nrs_worker_log_end(w, why);
	nrs_flow_remove(&w->table, &w->shard->flows, flow);
	w->datagram = cause;
}

void nrs_worker_rise(struct nrs_worker *w, enum nrs_outcome outcome)
{
	struct nrs_flow *flow = w->flow;

	flow->info.outcome = (uint8_t)outcome;
	if ((flow->flags & NRS_FLOW_HAS_HITS) != 0)
		nrs_worker_tell_flow(w, NRS_RECORD_RAISE);
}

static void take_other(struct nrs_worker *w, const struct nrs_datagram *d,
		       unsigned int side)
{
	w->env.is_refusal = false;
	if (w->has_payloads && d->proto == IPPROTO_UDP && d->payload_got > 0)
		nrs_worker_payload_datagram(w, d, side);
	if (d->proto == IPPROTO_UDP && d->payload_got > 0)
		nrs_session_datagram(
			&w->env, w->flow, side,
			nrs_span(d->data + d->payload_off, d->payload_got));
	if (side == 1)
		nrs_worker_raise(w, w->env.is_refusal ? NRS_OUTCOME_BLOCKED
						      : NRS_OUTCOME_ANSWERED);
}

/* An ICMP error belongs to the flow that it quotes, and is its answer. False:
 * that flow is not known here. */
__attribute__((noinline)) static bool
take_icmp_error(struct nrs_worker *w, const struct nrs_datagram *d)
{
	struct nrs_tuple quoted;
	uint8_t shard;

	if (!nrs_decode_quoted(d, &quoted))
		return false;
	const uint64_t hash = nrs_decode_hash(w->options.key, &quoted, &shard);
	struct nrs_flow *flow =
		nrs_flow_find_tuple(&w->table, &quoted, hash, d->shard);
	if (flow == NULL)
		return false;
	turn_to(w, flow, d->ts_ns);
	flow->last_ordinal = d->ordinal;
	flow->log.refusal = (uint16_t)(d->src_port << 8 | (d->dst_port & 0xff));
	nrs_worker_raise(w, NRS_OUTCOME_BLOCKED);
	return true;
}

/* Before then no flow of @shard can have timed out. */
static int64_t due_ns(const struct nrs_flow_shard *shard)
{
	return shard->wheel_ns == 0 ? INT64_MAX
				    : shard->wheel_ns + NRS_WHEEL_STEP_NS;
}

/* One packet in twenty comes here: the others do not pay for its registers. */
__attribute__((noinline)) static struct nrs_flow *
begin_flow(struct nrs_worker *w, const struct nrs_datagram *d,
	   unsigned int *side)
{
	struct nrs_flow *flow =
		nrs_flow_add(&w->table, &w->shard->flows, d, side);

	if (flow == NULL) {
		flow = nrs_flow_oldest(&w->shard->flows);
		nrs_count(&w->counters, NRS_C_FLOWS_EVICTED);
		flow->blind |= nrs_counter_blind(NRS_C_FLOWS_EVICTED);
		end_flow(w, flow, NRS_FLOW_END_EVICTED);
		flow = nrs_flow_add(&w->table, &w->shard->flows, d, side);
	}
	w->due_ns[d->shard] = due_ns(&w->shard->flows);
	nrs_count(&w->counters, NRS_C_FLOWS);
	nrs_txn_begin(&flow->txn, &flow->txn, NRS_TXN_FLOW, 0, d->ts_ns);
	turn_to(w, flow, d->ts_ns);
	if (d->level > 0)
		nrs_worker_keep_outers(w);
	return flow;
}

static bool is_new_connection(const struct nrs_flow *flow,
			      const struct nrs_datagram *d)
{
	return (flow->flags & NRS_FLOW_CLOSED) != 0 &&
	       (d->tcp_flags & (TCP_SYN | TCP_ACK)) == TCP_SYN;
}

static uint64_t larger(uint64_t a, uint64_t b)
{
	return a > b ? a : b;
}

/* What the kernel counted of one side, as far as it is more than came here. */
static void take_totals(struct nrs_worker *w, unsigned int side,
			const struct nrs_flow_report *report, unsigned int from)
{
	struct nrs_flow *flow = w->flow;
	const uint64_t packets =
		larger(flow->packets[side], report->packets[from]);
	const uint64_t bytes = larger(flow->bytes[side], report->bytes[from]);

	nrs_count_add(&w->counters, NRS_C_UNSAMPLED,
		      packets - flow->packets[side]);
	nrs_count_add(&w->counters, NRS_C_UNSAMPLED_BYTES,
		      bytes - flow->bytes[side]);
	flow->packets[side] = packets;
	flow->bytes[side] = bytes;
	flow->tcp_flags[side] |= report->tcp_flags[from];
}

/* A flow that is not known here was evicted, or the table of the kernel is
 * older than this process: its key still counts. */
static void take_report(struct nrs_worker *w, const struct nrs_datagram *d)
{
	struct nrs_flow_report report;
	unsigned int side = 0;
	struct nrs_flow *flow = nrs_flow_find(&w->table, d, &side);

	memcpy(&report, d->data - NRS_FLOW_REPORT_ROOM, sizeof(report));
	const bool is_new = flow == NULL;
	if (is_new)
		flow = begin_flow(w, d, &side);
	else
		turn_to(w, flow, d->ts_ns);
	flow->last_ordinal = d->ordinal;
	if (d->ts_ns > flow->last_ns)
		flow->last_ns = d->ts_ns;
	if (is_new) { /* its hits name the process */
		flow->process = report.process;
		if (side == 0)
			nrs_worker_raise(w, NRS_OUTCOME_ATTEMPTED);
		push_flow_key(w);
	}
	take_totals(w, side, &report, 0);
	take_totals(w, 1 - side, &report, 1);
	if (report.is_closed)
		flow->flags |= NRS_FLOW_CLOSED;
	if (report.process.pid == 0 || flow->process.pid != 0)
		return;
	flow->process = report.process;
	if ((flow->flags & NRS_FLOW_HAS_HITS) != 0)
		nrs_worker_tell_flow(w, NRS_RECORD_RAISE);
}

__attribute__((always_inline)) static inline void
take_whole(struct nrs_worker *w, const struct nrs_datagram *d)
{
	unsigned int side = 0;
	struct nrs_flow *flow = nrs_flow_find(&w->table, d, &side);
	if (flow != NULL && is_new_connection(flow, d)) {
		end_flow(w, flow, NRS_FLOW_END_CLOSED);
		flow = NULL;
	}
	const bool is_new = flow == NULL;
	if (is_new && w->shed == NRS_SHED_FLOWS) {
		nrs_count(&w->counters, NRS_C_SHED_FLOWS);
		return;
	}
	if (is_new)
		flow = begin_flow(w, d, &side);
	else
		turn_to(w, flow, d->ts_ns);
	flow->last_ordinal = d->ordinal;
	if (d->ts_ns > flow->last_ns)
		flow->last_ns = d->ts_ns;
	flow->packets[side]++;
	flow->bytes[side] += d->ip_len;
	if (w->options.logs != 0)
		nrs_worker_log_packet(w, d, side);
	if (side == 0)
		nrs_worker_raise(w, NRS_OUTCOME_ATTEMPTED);
	if (is_new)
		push_first(w, d, side);
	if (d->proto == IPPROTO_TCP && d->payload_off != 0)
		nrs_worker_take_tcp(w, d, side);
	else
		take_other(w, d, side);
}

/* True: it is taken. */
__attribute__((noinline)) static bool take_odd(struct nrs_worker *w,
					       const struct nrs_datagram *d)
{
	if ((d->flags & NRS_DG_REPORT) != 0) {
		take_report(w, d);
		return true;
	}
	return (d->flags & NRS_DG_ICMP_ERROR) != 0 && take_icmp_error(w, d);
}

/* What a tunnel, a fragment, or one captured shorter than it was says of the
 * flow that it was taken for. */
__attribute__((noinline)) static void mark_odd(const struct nrs_worker *w,
					       const struct nrs_datagram *d)
{
	struct nrs_flow *flow = w->flow;

	if ((d->flags & (NRS_DG_OUTER | NRS_DG_OPAQUE)) != 0)
		flow->flags |= NRS_FLOW_TUNNEL;
	/* One too short for its ports is of no flow of ours. */
	if ((d->flags & NRS_DG_FRAGMENT) != 0 && d->payload_off != 0)
		flow->begun_packets++;
	else if ((d->flags & NRS_DG_REJOINED) != 0 && flow->begun_packets > 0)
		flow->begun_packets--;
	/* Of TCP the stream tells when what is missing was wanted. */
	if (d->proto == IPPROTO_UDP && d->payload_got < d->payload_len &&
	    (flow->flags & NRS_FLOW_TUNNEL) == 0 && nrs_session_reads(flow))
		flow->blind |= NRS_BLIND_BIT(NRS_B_CUT);
}

static void take(struct nrs_worker *w, const struct nrs_datagram *d)
{
	w->datagram = d;
	w->ordinal = d->ordinal;
	w->shard = w->shards[d->shard];
	w->env.pools = &w->shard->pools;
	if ((d->flags & ODD) != 0 && take_odd(w, d))
		return;
	take_whole(w, d);
	if ((d->flags & ODD) != 0)
		mark_odd(w, d);
}

static void tick_shard(struct nrs_worker *w, const struct nrs_round *round,
		       unsigned int number)
{
	struct nrs_flow *flow;

	w->shard = w->shards[number];
	w->env.pools = &w->shard->pools;
	struct nrs_flow_shard *flows = &w->shard->flows;
	while ((flow = nrs_flow_expired(flows, round->clock_ns)) != NULL)
		end_flow(w, flow, NRS_FLOW_END_IDLE);
	if (round->is_session_end) {
		while ((flow = nrs_flow_oldest(flows)) != NULL)
			end_flow(w, flow, NRS_FLOW_END_FORCED);
		flows->wheel_ns = 0;
	}
	w->due_ns[number] = due_ns(flows);
}

static void set_back(struct nrs_worker *w, int64_t clock_ns)
{
	for (unsigned int s = 0; s < NRS_SHARDS; s++) {
		if (w->shards[s] == NULL)
			continue;
		nrs_flow_set_back(&w->shards[s]->flows, clock_ns);
		w->due_ns[s] = due_ns(&w->shards[s]->flows);
	}
}

/* Flows are spread over memory; a list tells early which ones are next. (Not
 * inlined, gcc takes it for a function without effect and drops the call.) */
__attribute__((always_inline)) static inline void
look_ahead(const struct nrs_worker *w, const struct nrs_datagram *list,
	   const uint16_t *picked, uint32_t left)
{
	if (left > AHEAD_INDEX)
		nrs_flow_expect(&w->table, list[picked[AHEAD_INDEX]].hash);
	if (left > AHEAD_FLOW)
		nrs_flow_bring(&w->table, list[picked[AHEAD_FLOW]].hash);
}

void nrs_worker_begin(struct nrs_worker *w, const struct nrs_round *round)
{
	w->round = round;
	w->phase = 0;
	if (w->block == NULL)
		nrs_worker_begin_block(w);
}

void nrs_worker_begin_block(struct nrs_worker *w)
{
	w->block = w->options.take(w->options.blocks_ctx);
	w->block->used = 0;
	w->block->has_hits = false;
}

void nrs_worker_take(struct nrs_worker *w, const struct nrs_datagram *list,
		     const uint16_t *picked, uint32_t count)
{
	if (w->shed != NRS_SHED_NOTHING)
		nrs_worker_count_shed(w, count);
	for (uint32_t i = 0; i < count; i++) {
		look_ahead(w, list, picked + i, count - i);
		take(w, &list[picked[i]]);
	}
}

void nrs_worker_tick(struct nrs_worker *w, const struct nrs_round *round)
{
	w->phase = 1;
	w->datagram = NULL;
	w->ordinal = round->last_ordinal;
	if (round->is_set_back)
		set_back(w, round->clock_ns);
	for (unsigned int s = 0; s < NRS_SHARDS; s++) {
		if (w->due_ns[s] <= round->clock_ns ||
		    (round->is_session_end && w->shards[s] != NULL))
			tick_shard(w, round, s);
	}
	if (w->options.clock != NULL)
		nrs_worker_cost_tell(w);
	w->block->session = round->session;
	w->block->mark = round->last_ordinal;
	w->block->is_round_end = true;
	if (w->options.keep != NULL && !round->is_session_end &&
	    w->options.keep(w->options.blocks_ctx, w->block))
		return;
	w->options.give(w->options.blocks_ctx, w->block);
	w->block = NULL;
}

void nrs_worker_step(struct nrs_worker *w, const struct nrs_round *round)
{
	const unsigned int own = w->options.index;

	nrs_worker_begin(w, round);
	nrs_worker_take(w, round->datagrams,
			round->picked + (size_t)own * NRS_ROUND_DATAGRAMS,
			round->picked_count[own]);
	nrs_worker_tick(w, round);
}

void nrs_worker_adopt(struct nrs_worker *w, const struct nrs_db *db)
{
	nrs_matcher_adopt(w->matcher, db);
	w->generation = db != NULL ? nrs_db_generation(db) : 0;
	nrs_worker_narrow(w);
	w->has_parts = nrs_matcher_has_parts(w->matcher);
	nrs_worker_payload_adopt(w);
}

static int shard_new(struct nrs_worker_shard **out, unsigned int number,
		     uint32_t flows)
{
	struct nrs_worker_shard *shard = calloc(1, sizeof(*shard));
	int err;

	if (shard == NULL)
		return NRS_E_NOMEM;
	*out = shard;
	shard->number = (uint8_t)number;
	err = nrs_slab_init(&shard->flows.flows, sizeof(struct nrs_flow),
			    flows);
	if (err == NRS_OK)
		err = nrs_session_pools_init(&shard->pools, SESSIONS_PER_SHARD,
					     BUFFERS_PER_SHARD,
					     STATES_PER_SHARD, FILES_PER_SHARD);
	if (err == NRS_OK)
		err = nrs_slab_init(&shard->kept, NRS_KEPT_BYTES,
				    KEPT_PER_SHARD);
	if (err == NRS_OK)
		err = nrs_stream_pool_init(&shard->streams, STREAMS_PER_SHARD,
					   SEGMENTS_PER_SHARD);
	if (err == NRS_OK)
		err = nrs_slab_init(&shard->payloads, NRS_PAYLOAD_BYTES,
				    PAYLOADS_PER_SHARD);
	if (err == NRS_OK)
		err = nrs_slab_init(&shard->outers,
				    sizeof(struct nrs_worker_outers), flows);
	return err;
}

static void shard_free(struct nrs_worker_shard *shard)
{
	if (shard == NULL)
		return;
	nrs_slab_fini(&shard->flows.flows);
	nrs_session_pools_fini(&shard->pools);
	nrs_slab_fini(&shard->kept);
	nrs_stream_pool_fini(&shard->streams);
	nrs_slab_fini(&shard->payloads);
	nrs_slab_fini(&shard->outers);
	free(shard);
}

int nrs_worker_new(struct nrs_worker **out,
		   const struct nrs_worker_options *options)
{
	const uint32_t flows = options->flows_total / 32 + 1;
	struct nrs_worker *w = aligned_alloc(64, (sizeof(*w) + 63) / 64 * 64);
	int err;

	if (w == NULL)
		return NRS_E_NOMEM;
	memset(w, 0, sizeof(*w));
	w->options = *options;
	w->sink = (struct nrs_match_sink){
		.ctx = w, .hit = nrs_worker_on_hit, .lack = nrs_worker_on_lack};
	if (options->observer != NULL)
		w->sink = *options->observer;
	nrs_worker_log_begin(w);
	nrs_worker_cost_begin(w);
	err = nrs_flow_table_init(&w->table,
				  options->flows_total / options->workers);
	if (err == NRS_OK)
		err = nrs_matcher_new(&w->matcher, options->db, options->index,
				      &w->sink, &w->counters);
	for (unsigned int s = 0; s < NRS_SHARDS && err == NRS_OK; s++) {
		w->due_ns[s] = INT64_MAX;
		if (nrs_shard_owner((uint8_t)s, options->workers) ==
		    options->index)
			err = shard_new(&w->shards[s], s, flows);
	}
	if (err == NRS_OK) {
		nrs_worker_adopt(w, options->db);
		err = nrs_worker_env_init(w);
	}
	if (err != NRS_OK) {
		nrs_worker_free(w);
		return err;
	}
	*out = w;
	return NRS_OK;
}

void nrs_worker_free(struct nrs_worker *w)
{
	if (w == NULL)
		return;
	for (unsigned int s = 0; s < NRS_SHARDS; s++)
		shard_free(w->shards[s]);
	nrs_flow_table_fini(&w->table);
	nrs_matcher_free(w->matcher);
	nrs_worker_env_fini(&w->env);
	free(w);
}

const struct nrs_counters *nrs_worker_counters(const struct nrs_worker *w)
{
	return &w->counters;
}

const struct nrs_flow_info *nrs_worker_flow(const struct nrs_worker *w)
{
	return &w->flow->info;
}

const struct nrs_datagram *nrs_worker_datagram(const struct nrs_worker *w)
{
	return w->datagram;
}
