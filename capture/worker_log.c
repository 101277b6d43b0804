/* SPDX-License-Identifier: Apache-2.0 */
/*
 * worker_log: what a worker tells for the logs, when somebody keeps any: each
 * flow when it ends, each value of the fields that logs hold, and each question
 * to a server. The records go the way of hits, so the logs, too, are the same
 * for any number of workers.
 */
#include "capture/worker_state.h"

/* Longer ones are no names, and nobody logs them. */
#define VALUE_MAX 8192u

static void on_value(void *ctx, const struct nrs_txn *txn, enum nrs_field field,
		     unsigned int object, struct nrs_span value)
{
	struct nrs_worker *w = ctx;
	const struct nrs_flow_info *flow = &w->flow->info;

	if ((w->logged & NRS_FIELD_BIT(field)) == 0)
		return;
	if (value.len == 0 || value.len > VALUE_MAX) {
		nrs_count(&w->counters, NRS_C_LOG_REFUSED);
		return;
	}
	struct nrs_record_seen *seen = nrs_worker_record(
		w, NRS_RECORD_SEEN, (sizeof(*seen) + value.len + 7) / 8 * 8);
	seen->src = flow->src;
	seen->dst = flow->dst;
	seen->dst_port = flow->dst_port;
	seen->proto = flow->proto;
	seen->field = (uint8_t)field;
	seen->txn_kind = txn->kind;
	seen->outcome = flow->outcome;
	seen->object = object;
	seen->len = (uint32_t)value.len;
	memcpy(seen + 1, value.ptr, value.len);
}

static void on_asked(void *ctx, enum nrs_ask asked, uint16_t what,
		     unsigned int side)
{
	struct nrs_worker *w = ctx;
	const struct nrs_flow_info *flow = &w->flow->info;
	const bool is_turned = (side == 1) != (asked == NRS_ASKED_DNS_ANSWER);
	struct nrs_record_asked *record =
		nrs_worker_record(w, NRS_RECORD_ASKED, sizeof(*record));

	record->client = is_turned ? flow->dst : flow->src;
	record->server = is_turned ? flow->src : flow->dst;
	record->what = what;
	record->asked = (uint8_t)asked;
}

/* Who counts wants to know what is spoken, too. */
#define FIELDS_SPOKEN                                                          \
	(NRS_FIELD_BIT(NRS_F_PROTOCOL) | NRS_FIELD_BIT(NRS_F_QUIC_SNI))

void nrs_worker_log_begin(struct nrs_worker *w)
{
	if ((w->options.logs & NRS_KEEP_ASKED) != 0) {
		w->env.asked = on_asked;
		w->sink.fields |= FIELDS_SPOKEN;
	}
	if ((w->options.logs & NRS_KEEP_SEEN) != 0) {
		w->logged = nrs_field_demand(NRS_KEEP_LANES);
		w->sink.fields |= w->logged;
	}
	if ((w->options.logs & (NRS_KEEP_ASKED | NRS_KEEP_SEEN)) != 0)
		w->sink.value = on_value;
}

void nrs_worker_log_packet(struct nrs_worker *w, const struct nrs_datagram *d,
			   unsigned int side)
{
	struct nrs_flow *flow = w->flow;

	if (d->ip_len == 0) /* a fragment: the whole packet counts */
		return;
	if (flow->log.shortest[side] == 0 ||
	    d->ip_len < flow->log.shortest[side])
		flow->log.shortest[side] = d->ip_len;
	if (d->ip_len > flow->log.longest[side])
		flow->log.longest[side] = d->ip_len;
}

void nrs_worker_log_end(struct nrs_worker *w, enum nrs_flow_end why)
{
	const struct nrs_flow *flow = w->flow;
	struct nrs_record_ended *ended =
		nrs_worker_record(w, NRS_RECORD_ENDED, sizeof(*ended));

	ended->flow = flow->info;
	ended->last_ns = flow->last_ns;
	ended->log = flow->log;
	ended->has_hits = (flow->flags & NRS_FLOW_HAS_HITS) != 0;
	/* One that is over is kept for a while, for what comes late. */
	ended->end_reason = (flow->flags & NRS_FLOW_CLOSED) != 0
				    ? NRS_FLOW_END_CLOSED
				    : (uint8_t)why;
	for (unsigned int side = 0; side < 2; side++) {
		ended->packets[side] = flow->packets[side];
		ended->bytes[side] = flow->bytes[side];
		ended->tcp_flags[side] = flow->tcp_flags[side];
	}
}
