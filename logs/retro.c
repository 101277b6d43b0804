/* SPDX-License-Identifier: Apache-2.0 */
/*
 * retro: rows of a value are looked up once, unless something comes of it: then
 * each of them is, because validity and hosts differ.
 */
#include "logs/retro_part.h"

#include <stdlib.h>

#include "engine/record_put.h"
#include "engine/value_text.h"

#define KEPT_ITEMS 256u
#define LINE_BYTES ((size_t)64 << 20)

static void on_hit(void *ctx, const struct nrs_hit *hit)
{
	struct nrs_retro *r = ctx;
	const size_t bytes = nrs_record_hit_bytes(hit);
	const size_t at = r->records->len;

	if (hit->part != 0 || (r->is_quiet && hit->txn->flow == hit->txn))
		return;
	r->hits++;
	while (r->records->len < at + bytes && !r->records->failed) {
		const struct nrs_record_hit empty = {0};
		const size_t left = at + bytes - r->records->len;

		nrs_text_add(r->records,
			     nrs_span(&empty, left < sizeof(empty)
						      ? left
						      : sizeof(empty)));
	}
	if (r->records->failed)
		return;
	struct nrs_record_hit *record = (void *)(r->records->ptr + at);
	nrs_record_hit_put(record, hit);
	record->head.bytes = (uint32_t)bytes;
	record->head.kind = NRS_RECORD_HIT;
	record->head.ts_ns = r->now_ns;
	record->flow = r->flow;
	record->txn_end_ns = r->end_ns;
	record->times = r->times > UINT32_MAX ? UINT32_MAX : (uint32_t)r->times;
}

int nrs_retro_new(struct nrs_retro **out,
		  const struct nrs_retro_options *options)
{
	struct nrs_retro *r = aligned_alloc(64, (sizeof(*r) + 63) / 64 * 64);
	int err;

	if (r == NULL)
		return NRS_E_NOMEM;
	memset(r, 0, sizeof(*r));
	r->options = *options;
	r->sink = (struct nrs_match_sink){.ctx = r, .hit = on_hit};
	err = nrs_slab_init(&r->kept, NRS_KEPT_BYTES, KEPT_ITEMS);
	if (err == NRS_OK)
		err = nrs_matcher_new(&r->matcher, options->db, options->seat,
				      &r->sink, &r->counters);
	if (err == NRS_OK && options->takes_before)
		nrs_matcher_take_before(r->matcher);
	r->arena = nrs_arena_new(LINE_BYTES);
	if (err == NRS_OK && r->arena == NULL)
		err = NRS_E_NOMEM;
	if (err != NRS_OK) {
		nrs_retro_free(r);
		return err;
	}
	*out = r;
	return NRS_OK;
}

void nrs_retro_free(struct nrs_retro *r)
{
	if (r == NULL)
		return;
	nrs_matcher_free(r->matcher);
	nrs_slab_fini(&r->kept);
	nrs_arena_free(r->arena);
	free(r);
}

const struct nrs_counters *nrs_retro_counters(const struct nrs_retro *r)
{
	return &r->counters;
}

void nrs_retro_at(struct nrs_retro *r, int64_t now_ns)
{
	r->now_ns = now_ns;
	nrs_matcher_at(r->matcher, now_ns, &r->kept);
}

/* What an address of a server was asked for is known with it. */
static void push_service(struct nrs_retro *r, struct nrs_txn *flow)
{
	const char *names[NRS_FLOW_PROTOCOLS];
	const unsigned int count = nrs_flow_protocols(&r->flow, 0, names);

	for (unsigned int i = 0; i < count; i++)
		nrs_txn_value(r->matcher, flow, NRS_F_PROTOCOL, i,
			      nrs_span_of(names[i]));
	if (nrs_flow_has_ports(&r->flow))
		nrs_txn_int(r->matcher, flow, NRS_F_DST_PORT, r->flow.dst_port);
}

static void look(struct nrs_retro *r, const struct nrs_seen_row *row,
		 int64_t now_ns)
{
	const bool is_flow =
		nrs_field_table[row->field].scope == NRS_SCOPE_FLOW;
	const unsigned int object = row->field == NRS_F_IP_DST;
	struct nrs_txn flow, exchange;

	nrs_retro_at(r, now_ns);
	nrs_txn_begin(&flow, &flow, NRS_TXN_FLOW, 0, row->first_ns);
	if (row->field == NRS_F_IP_DST)
		push_service(r, &flow);
	if (is_flow) {
		nrs_txn_value(r->matcher, &flow, row->field, object,
			      row->value);
	} else {
		nrs_txn_begin(&exchange, &flow, row->txn_kind, 1,
			      row->first_ns);
		nrs_txn_value(r->matcher, &exchange, row->field, 0, row->value);
		nrs_txn_drop(r->matcher, &exchange);
	}
	nrs_txn_drop(r->matcher, &flow);
}

static uint8_t tokens_of(const struct nrs_seen_row *row)
{
	return (uint8_t)((row->client_is_token ? 1 : 0) |
			 (row->server_is_token ? 2 : 0));
}

/* Did anything come of it, even if only at another time? */
static bool look_at_row(struct nrs_retro *r, const struct nrs_seen_row *row)
{
	const uint64_t expired = r->counters.value[NRS_C_HITS_EXPIRED];

	r->flow = (struct nrs_flow_info){.src = row->client,
					 .dst = row->server,
					 .dst_port = row->server_port,
					 .proto = row->proto,
					 .protocols = 1u << row->txn_kind,
					 .outcome = row->outcome,
					 .tokens = tokens_of(row),
					 .start_ns = row->first_ns};
	r->end_ns = row->last_ns;
	r->times = row->count;
	r->hits = 0;
	look(r, row, row->first_ns);
	if (r->hits == 0 && expired < r->counters.value[NRS_C_HITS_EXPIRED] &&
	    row->last_ns > row->first_ns)
		look(r, row, row->last_ns);
	return r->hits > 0 || expired < r->counters.value[NRS_C_HITS_EXPIRED];
}

/* Is what is looked up for both the same? */
static bool is_same_value(const struct nrs_seen_row *a,
			  const struct nrs_seen_row *b)
{
	if (a->field == NRS_F_IP_DST &&
	    (a->server_port != b->server_port || a->proto != b->proto))
		return false;
	return a->field == b->field && a->value.len == b->value.len &&
	       (a->value.ptr == b->value.ptr ||
		memcmp(a->value.ptr, b->value.ptr, a->value.len) == 0);
}

int nrs_retro_rows(struct nrs_retro *r, const struct nrs_seen_row *rows,
		   size_t count, struct nrs_text *records)
{
	const struct nrs_seen_row *nothing = NULL; /* comes of its value */

	r->records = records;
	r->is_quiet = false;
	for (size_t i = 0; i < count; i++) {
		const struct nrs_seen_row *row = &rows[i];

		if (row->last_ns < r->options.from_ns ||
		    row->first_ns > r->options.to_ns ||
		    (nothing != NULL && is_same_value(nothing, row)))
			continue;
		nothing = look_at_row(r, row) ? NULL : row;
	}
	return records->failed ? NRS_E_NOMEM : NRS_OK;
}
