/* SPDX-License-Identifier: Apache-2.0 */
/*
 * picked: flows by key, each with its range of ordinals, so that a later flow
 * of the same addresses and ports is another one.
 *
 * A comment is for people who open the file in a packet viewer, so its values
 * are defanged; the packet itself is as it was.
 */
#include "app/picked.h"

#include <stdlib.h>

#include "capture/decode/decode.h"
#include "engine/base/arena.h"
#include "engine/handling.h"
#include "engine/refang.h"
#include "engine/value_text.h"
#include "sightings/table_out.h"

#define BUCKETS 65536u
#define AT_END UINT64_MAX /* a hit that has no packet of its own */

struct said {
	struct said *next; /* of the same flow, in order */
	uint64_t ordinal;
	struct nrs_span text;
};

struct picked_flow {
	struct picked_flow *next;	/* in its bucket */
	struct picked_flow *next_by_id; /* of those not ended yet */
	struct picked_flow *next_by_pair;
	struct nrs_tuple tuple;
	uint64_t hash;
	uint64_t first, last; /* ordinals; first > last: not ended yet */
	uint32_t session, id;
	uint8_t shard;
	struct said *saying, *said_last;
};

struct nrs_picked {
	const struct nrs_hash_key *key;
	struct nrs_arena *arena;
	struct picked_flow *by_key[BUCKETS];
	struct picked_flow *by_id[BUCKETS];
	struct picked_flow *by_pair[BUCKETS];
	uint32_t flows, hits;
	uint64_t refused;
};

int nrs_picked_new(struct nrs_picked **out, const struct nrs_hash_key *key)
{
	struct nrs_picked *p = calloc(1, sizeof(*p));

	if (p == NULL)
		return NRS_E_NOMEM;
	p->key = key;
	p->arena = nrs_arena_new(0);
	if (p->arena == NULL) {
		free(p);
		return NRS_E_NOMEM;
	}
	*out = p;
	return NRS_OK;
}

void nrs_picked_free(struct nrs_picked *p)
{
	if (p == NULL)
		return;
	nrs_arena_free(p->arena);
	free(p);
}

static struct picked_flow **bucket_of_id(struct nrs_picked *p, uint32_t session,
					 uint8_t shard, uint32_t id)
{
	const uint32_t hash =
		(id * 2654435761u) ^ (uint32_t)shard * 40503u ^ session * 97u;

	return &p->by_id[(hash >> 8) % BUCKETS];
}

static struct picked_flow *find_id(struct nrs_picked *p, uint32_t session,
				   uint8_t shard, uint32_t id)
{
	struct picked_flow *flow = *bucket_of_id(p, session, shard, id);

	while (flow != NULL && (flow->id != id || flow->shard != shard ||
				flow->session != session))
		flow = flow->next_by_id;
	return flow;
}

static struct picked_flow *add_flow(struct nrs_picked *p,
				    const struct nrs_record_hit *hit)
{
	struct picked_flow *flow;
	uint8_t shard;

	if (p->flows == NRS_PICKED_FLOWS_MAX)
		return NULL;
	flow = nrs_arena_alloc(p->arena, sizeof(*flow));
	if (flow == NULL)
		return NULL;
	p->flows++;
	flow->tuple = (struct nrs_tuple){.src = hit->flow.src,
					 .dst = hit->flow.dst,
					 .src_port = hit->flow.src_port,
					 .dst_port = hit->flow.dst_port,
					 .vlan = hit->flow.vlan,
					 .proto = hit->flow.proto,
					 .tunnel = hit->flow.tunnel};
	flow->hash = nrs_decode_hash(p->key, &flow->tuple, &shard);
	flow->first = UINT64_MAX;
	flow->session = hit->head.session;
	flow->shard = hit->head.shard;
	flow->id = hit->flow.id;
	struct picked_flow **bucket =
		bucket_of_id(p, flow->session, flow->shard, flow->id);
	flow->next_by_id = *bucket;
	*bucket = flow;
	return flow;
}

static void describe(struct nrs_text *out, const struct nrs_sighted *s)
{
	const struct nrs_hit_value *lead = &s->values[0];
	const struct nrs_indicator_context *c = s->indicator->context;
	struct nrs_text value = {0}, defanged = {0};

	if (nrs_is_hidden(s->indicator)) {
		nrs_shown_id(s->set, s->hit->indicator, out);
		return;
	}
	if (c != NULL && c->name.len > 0) {
		nrs_table_safe(out, c->name, 80);
		nrs_text_puts(out, " ");
	}
	nrs_sighted_id(s, out);
	nrs_value_text(&value, lead->field, lead->value);
	nrs_defang(&defanged, nrs_text_span(&value));
	nrs_text_printf(out, ": %s ", nrs_field_table[lead->field].name);
	nrs_table_safe(out, nrs_text_span(&defanged), 200);
	nrs_text_printf(out, " (%s)", nrs_how_name(nrs_sighted_how(s)));
	nrs_text_fini(&value);
	nrs_text_fini(&defanged);
}

static int add_said(struct nrs_picked *p, struct picked_flow *flow,
		    const struct nrs_sighted *s,
		    const struct nrs_record_hit *record)
{
	struct said *said = nrs_arena_alloc(p->arena, sizeof(*said));
	struct nrs_sighted of_record = *s;
	struct nrs_text text = {0};

	if (said == NULL)
		return NRS_E_NOMEM;
	of_record.value_count = nrs_hit_values(record, of_record.values);
	describe(&text, &of_record);
	said->text = nrs_arena_copy(p->arena, nrs_text_span(&text));
	const bool failed = text.failed || said->text.len != text.len;
	nrs_text_fini(&text);
	said->ordinal = record->head.phase == 0 ? record->head.ordinal : AT_END;
	if (flow->said_last == NULL)
		flow->saying = said;
	else
		flow->said_last->next = said;
	flow->said_last = said;
	p->hits++;
	return failed ? NRS_E_NOMEM : NRS_OK;
}

static int pick(struct nrs_picked *p, const struct nrs_sighted *s,
		const struct nrs_record_hit *record)
{
	struct picked_flow *flow = find_id(p, record->head.session,
					   record->head.shard, record->flow.id);

	if (flow == NULL) {
		flow = add_flow(p, record);
		/* Its end may be over: what was seen of it till then. */
		if (flow != NULL && record->part > 0) {
			flow->first = record->flow_ordinal;
			flow->last = record->head.ordinal;
		}
	}
	if (flow == NULL || p->hits == NRS_PICKED_HITS_MAX) {
		p->refused++;
		return NRS_OK;
	}
	return add_said(p, flow, s, record);
}

int nrs_picked_hit(struct nrs_picked *p, const struct nrs_sighted *s)
{
	const struct nrs_record_hit *part;
	int err = NRS_OK;
	size_t at = 0;

	if (s->parts.len == 0)
		return pick(p, s, s->hit);
	while (err == NRS_OK && (part = nrs_sighted_part(s, &at)) != NULL)
		err = pick(p, s, part);
	return err;
}

void nrs_picked_flow(struct nrs_picked *p, const struct nrs_record_flow *end)
{
	struct picked_flow *flow =
		find_id(p, end->head.session, end->head.shard, end->id);

	if (flow == NULL)
		return;
	flow->first = end->first_ordinal;
	flow->last = end->last_ordinal;
}

static struct picked_flow **bucket_of_pair(struct nrs_picked *p,
					   const struct nrs_tuple *tuple)
{
	const struct nrs_tuple pair = {.src = tuple->src, .dst = tuple->dst};
	uint8_t shard;

	return &p->by_pair[nrs_decode_hash(p->key, &pair, &shard) % BUCKETS];
}

int nrs_picked_sort(struct nrs_picked *p)
{
	for (unsigned int b = 0; b < BUCKETS; b++) {
		struct picked_flow *flow = p->by_id[b];

		for (; flow != NULL; flow = flow->next_by_id) {
			struct picked_flow **bucket =
				&p->by_key[flow->hash % BUCKETS];

			flow->next = *bucket;
			*bucket = flow;
			bucket = bucket_of_pair(p, &flow->tuple);
			flow->next_by_pair = *bucket;
			*bucket = flow;
		}
	}
	return NRS_OK;
}

static bool is_same(const struct nrs_addr *a, const struct nrs_addr *b)
{
	return nrs_addr_compare(a, b) == 0;
}

static bool is_tuple(const struct nrs_tuple *a, const struct nrs_tuple *b)
{
	const bool is_icmp = a->proto == 1 || a->proto == 58;

	if (a->proto != b->proto || a->vlan != b->vlan ||
	    a->tunnel != b->tunnel)
		return false;
	if (is_same(&a->src, &b->src) && is_same(&a->dst, &b->dst) &&
	    (is_icmp ||
	     (a->src_port == b->src_port && a->dst_port == b->dst_port)))
		return true;
	return is_same(&a->src, &b->dst) && is_same(&a->dst, &b->src) &&
	       (is_icmp ||
		(a->src_port == b->dst_port && a->dst_port == b->src_port));
}

static const struct picked_flow *find(struct nrs_picked *p, uint32_t session,
				      const struct nrs_datagram *d,
				      const struct nrs_tuple *tuple)
{
	uint8_t shard;
	const uint64_t hash = nrs_decode_hash(p->key, tuple, &shard);
	const struct picked_flow *flow = p->by_key[hash % BUCKETS];

	for (; flow != NULL; flow = flow->next) {
		if (flow->hash == hash && flow->session == session &&
		    flow->shard == d->shard && flow->first <= d->ordinal &&
		    d->ordinal <= flow->last && is_tuple(&flow->tuple, tuple))
			return flow;
	}
	return NULL;
}

/* A fragment without ports may be of any flow of its hosts, and stands before
 * the packet that it is a part of. */
static bool has_pair(struct nrs_picked *p, uint32_t session,
		     const struct nrs_tuple *t)
{
	const struct picked_flow *flow = *bucket_of_pair(p, t);

	for (; flow != NULL; flow = flow->next_by_pair) {
		if (flow->session == session &&
		    ((is_same(&flow->tuple.src, &t->src) &&
		      is_same(&flow->tuple.dst, &t->dst)) ||
		     (is_same(&flow->tuple.src, &t->dst) &&
		      is_same(&flow->tuple.dst, &t->src))))
			return true;
	}
	return false;
}

bool nrs_picked_find(struct nrs_picked *p, uint32_t session,
		     const struct nrs_datagram *d, struct nrs_text *comment)
{
	const struct nrs_tuple own = {.src = nrs_datagram_src(d),
				      .dst = nrs_datagram_dst(d),
				      .src_port = d->src_port,
				      .dst_port = d->dst_port,
				      .vlan = d->vlan,
				      .proto = d->proto,
				      .tunnel = d->tunnel};
	const struct picked_flow *flow = NULL;
	struct nrs_tuple quoted;

	if ((d->flags & NRS_DG_LATER_FRAGMENT) != 0)
		return has_pair(p, session, &own);
	/* An ICMP error belongs to the flow that it quotes, if that is known.
	 */
	if ((d->flags & NRS_DG_ICMP_ERROR) != 0 &&
	    nrs_decode_quoted(d, &quoted))
		flow = find(p, session, d, &quoted);
	if (flow == NULL)
		flow = find(p, session, d, &own);
	if (flow == NULL)
		return false;
	for (const struct said *s = flow->saying; s != NULL; s = s->next) {
		if (s->ordinal != d->ordinal &&
		    (s->ordinal != AT_END || d->ordinal != flow->last))
			continue;
		if (comment->len > 0)
			nrs_text_putc(comment, '\n');
		nrs_text_add(comment, s->text);
	}
	return true;
}

uint64_t nrs_picked_refused(const struct nrs_picked *p)
{
	return p->refused;
}
