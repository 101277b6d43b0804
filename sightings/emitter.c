/* SPDX-License-Identifier: Apache-2.0 */
/*
 * emitter: one queue of records per worker, merged by key up to the lowest
 * mark; then hits by flow.
 */
#include "sightings/emitter.h"

#include <stdlib.h>

#include "engine/record_cost.h"

struct queue {
	struct nrs_text bytes; /* records not yet merged */
	size_t at;	       /* of the first of them */
	uint64_t session, mark;
	bool is_round_end, has_mark;
};

struct held {
	struct held *next; /* of the same flow, in order */
	struct nrs_span resolved_from;
	struct nrs_text parts;	   /* of several observations: their records */
	struct nrs_record_hit hit; /* with its values behind it */
};

struct open_flow {
	struct open_flow *next; /* in its bucket */
	uint32_t session, id;
	uint8_t shard;
	struct held *first, *last;
};

struct answer {
	struct nrs_addr client, addr;
	int64_t until_ns;
	uint32_t name_len;
	uint8_t name[256];
};

#define FLOW_BUCKETS 4096u
#define ANSWERS                                                                \
	8192u /* the newest of each slot: bounded, and the same always */

struct nrs_emitter {
	struct nrs_emitter_options options;
	struct queue *queues;
	struct open_flow *flows[FLOW_BUCKETS];
	struct answer *answers;
	struct nrs_correlator *correlator;
	uint32_t held_count;
	uint64_t early, lost;
	uint64_t newest, horizon, hurried; /* ordinals; of the live session */
};

static int on_correlated(void *ctx, const struct nrs_correlated *correlated);

int nrs_emitter_new(struct nrs_emitter **out,
		    const struct nrs_emitter_options *options)
{
	struct nrs_emitter *e = calloc(1, sizeof(*e));
	struct nrs_correlator_options correlating = options->correlating;

	if (e == NULL)
		return NRS_E_NOMEM;
	e->options = *options;
	correlating.ctx = e;
	correlating.hit = on_correlated;
	e->queues = calloc(options->workers, sizeof(*e->queues));
	e->answers = calloc(ANSWERS, sizeof(*e->answers));
	if (e->queues == NULL || e->answers == NULL ||
	    nrs_correlator_new(&e->correlator, &correlating) != NRS_OK) {
		nrs_emitter_free(e);
		return NRS_E_NOMEM;
	}
	*out = e;
	return NRS_OK;
}

static void free_first(struct nrs_emitter *e, struct open_flow *flow)
{
	struct held *held = flow->first;

	flow->first = held->next;
	nrs_text_fini(&held->parts);
	free(held);
	e->held_count--;
}

static void free_flow(struct nrs_emitter *e, struct open_flow *flow)
{
	while (flow->first != NULL)
		free_first(e, flow);
	free(flow);
}

void nrs_emitter_free(struct nrs_emitter *e)
{
	if (e == NULL)
		return;
	for (unsigned int b = 0; b < FLOW_BUCKETS; b++) {
		while (e->flows[b] != NULL) {
			struct open_flow *next = e->flows[b]->next;

			free_flow(e, e->flows[b]);
			e->flows[b] = next;
		}
	}
	for (unsigned int i = 0; e->queues != NULL && i < e->options.workers;
	     i++)
		nrs_text_fini(&e->queues[i].bytes);
	nrs_correlator_free(e->correlator);
	free(e->queues);
	free(e->answers);
	free(e);
}

int nrs_emitter_take(struct nrs_emitter *e, const struct nrs_block *block)
{
	struct queue *q = &e->queues[block->worker];

	if (q->at > 0) { /* what was merged makes room */
		memmove(q->bytes.ptr, q->bytes.ptr + q->at,
			q->bytes.len - q->at);
		q->bytes.len -= q->at;
		q->at = 0;
	}
	nrs_text_add(&q->bytes, nrs_span(block->bytes, block->used));
	q->session = block->session;
	q->mark = block->mark;
	q->is_round_end = block->is_round_end;
	q->has_mark = true;
	if (block->mark > e->newest)
		e->newest = block->mark;
	return q->bytes.failed ? NRS_E_NOMEM : NRS_OK;
}

static const struct nrs_record *head_of(const struct queue *q)
{
	return q->at < q->bytes.len ? (const void *)(q->bytes.ptr + q->at)
				    : NULL;
}

/* Can no worker send a record before @record any more? */
static bool is_due(const struct nrs_emitter *e, const struct nrs_record *record)
{
	for (unsigned int i = 0; i < e->options.workers; i++) {
		const struct queue *q = &e->queues[i];

		if (head_of(q) != NULL)
			continue; /* its own next record is compared */
		if (!q->has_mark || q->session < record->session)
			return false;
		if (q->session == record->session &&
		    (q->mark < record->ordinal ||
		     (q->mark == record->ordinal && !q->is_round_end)))
			return false;
	}
	return true;
}

/* It has waited long enough. */
static bool is_overdue(const struct nrs_emitter *e,
		       const struct nrs_record *record)
{
	return record->ordinal <= e->horizon;
}

static struct open_flow **find_flow(struct nrs_emitter *e, uint32_t session,
				    uint8_t shard, uint32_t id)
{
	const uint32_t hash =
		(id * 2654435761u) ^ (uint32_t)shard * 40503u ^ session;
	struct open_flow **link = &e->flows[hash % FLOW_BUCKETS];

	while (*link != NULL && ((*link)->id != id || (*link)->shard != shard ||
				 (*link)->session != session))
		link = &(*link)->next;
	return link;
}

static struct answer *answer_slot(struct nrs_emitter *e,
				  const struct nrs_addr *client,
				  const struct nrs_addr *addr)
{
	uint32_t hash = 2166136261u;

	for (unsigned int i = 0; i < 16; i++)
		hash = (hash ^ client->bytes[i] ^
			(uint32_t)addr->bytes[i] << 8) *
		       16777619u;
	return &e->answers[hash % ANSWERS];
}

static void take_answer(struct nrs_emitter *e,
			const struct nrs_record_answer *record)
{
	struct answer *slot = answer_slot(e, &record->client, &record->addr);

	if (record->name_len > sizeof(slot->name))
		return;
	*slot = (struct answer){.client = record->client,
				.addr = record->addr,
				.until_ns =
					record->head.ts_ns +
					(int64_t)record->ttl_s * NRS_SECOND_NS,
				.name_len = record->name_len};
	memcpy(slot->name, record + 1, record->name_len);
}

/* The name that the client was told the server's address for. */
static struct nrs_span resolved_from(struct nrs_emitter *e,
				     const struct nrs_record_hit *hit)
{
	const struct answer *slot =
		answer_slot(e, &hit->flow.src, &hit->flow.dst);

	if (slot->name_len == 0 || slot->until_ns < hit->flow.start_ns ||
	    nrs_addr_compare(&slot->client, &hit->flow.src) != 0 ||
	    nrs_addr_compare(&slot->addr, &hit->flow.dst) != 0)
		return nrs_span(NULL, 0);
	return nrs_span(slot->name, slot->name_len);
}

static const struct nrs_set *set_of(const struct nrs_emitter *e,
				    const struct nrs_record_hit *hit)
{
	return e->options.set_of != NULL
		       ? e->options.set_of(e->options.ctx, hit->generation)
		       : e->options.set;
}

static int give_at_once(struct nrs_emitter *e, const struct nrs_record_hit *hit,
			struct nrs_span parts)
{
	const struct nrs_set *set = set_of(e, hit);
	struct nrs_sighted sighted;

	if (set == NULL) { /* decided when its set was gone */
		e->lost++;
		return NRS_OK;
	}
	nrs_sighted_read(&sighted, hit, set, e->options.home);
	sighted.resolved_from = resolved_from(e, hit);
	sighted.parts = parts;
	return e->options.hit(e->options.ctx, &sighted);
}

static int give_flow(struct nrs_emitter *e, struct open_flow *flow,
		     const struct nrs_record_flow *end)
{
	int err = NRS_OK;

	for (struct held *h = flow->first; h != NULL && err == NRS_OK;
	     h = h->next) {
		struct nrs_sighted sighted;

		nrs_sighted_read(&sighted, &h->hit, set_of(e, &h->hit),
				 e->options.home);
		sighted.resolved_from = h->resolved_from;
		sighted.parts = nrs_text_span(&h->parts);
		if (end != NULL) {
			sighted.outcome = (enum nrs_outcome)end->outcome;
			sighted.protocols = end->protocols;
		}
		err = e->options.hit(e->options.ctx, &sighted);
	}
	if (end != NULL && e->options.flow != NULL)
		e->options.flow(e->options.ctx, end);
	return err;
}

static int end_flow(struct nrs_emitter *e, const struct nrs_record_flow *end)
{
	struct open_flow **link =
		find_flow(e, end->head.session, end->head.shard, end->id);
	struct open_flow *flow = *link;

	if (flow == NULL) {
		if (e->options.flow != NULL)
			e->options.flow(e->options.ctx, end);
		return NRS_OK;
	}
	*link = flow->next;
	const int err = give_flow(e, flow, end);
	free_flow(e, flow);
	return err;
}

/* Too many hits wait: those of this flow go out with what is known. */
static int give_early(struct nrs_emitter *e, struct open_flow *flow)
{
	const int err = give_flow(e, flow, NULL);

	while (flow->first != NULL) {
		free_first(e, flow);
		e->early++;
	}
	flow->last = NULL;
	return err;
}

/* Takes @parts, also on error. */
static int hold(struct nrs_emitter *e, const struct nrs_record_hit *hit,
		struct nrs_text parts)
{
	struct open_flow **link =
		find_flow(e, hit->head.session, hit->head.shard, hit->flow.id);
	const struct nrs_span name = resolved_from(e, hit);
	const size_t extra = hit->head.bytes - sizeof(*hit);
	struct held *held = malloc(sizeof(*held) + extra + name.len);

	if (held != NULL && *link == NULL)
		*link = calloc(1, sizeof(**link));
	if (held == NULL || *link == NULL) {
		nrs_text_fini(&parts);
		free(held);
		return NRS_E_NOMEM;
	}
	if ((*link)->first == NULL) {
		(*link)->session = hit->head.session;
		(*link)->shard = hit->head.shard;
		(*link)->id = hit->flow.id;
	}
	held->next = NULL;
	held->parts = parts;
	memcpy(&held->hit, hit, hit->head.bytes);
	uint8_t *copy = (uint8_t *)&held->hit + hit->head.bytes;
	if (name.len > 0)
		memcpy(copy, name.ptr, name.len);
	held->resolved_from = nrs_span(copy, name.len);
	if ((*link)->last == NULL)
		(*link)->first = held;
	else
		(*link)->last->next = held;
	(*link)->last = held;
	return ++e->held_count > e->options.held_max ? give_early(e, *link)
						     : NRS_OK;
}

static int handle_flow(struct nrs_emitter *e,
		       const struct nrs_record_flow *flow)
{
	if (e->options.at_once)
		return e->options.raise(e->options.ctx, flow);
	/* Offline the end tells the outcome. */
	return flow->head.kind == NRS_RECORD_FLOW_END ? end_flow(e, flow)
						      : NRS_OK;
}

/* Several observations make up a pattern: a hit of the last one's flow, which
 * has not ended yet unless the decision came late. */
static int on_correlated(void *ctx, const struct nrs_correlated *correlated)
{
	struct nrs_emitter *e = ctx;
	const struct nrs_record_hit *hit = correlated->hit;
	struct nrs_text parts = {0};
	int err = NRS_E_NOMEM;

	for (unsigned int i = 0; i < correlated->part_count; i++)
		nrs_text_add(&parts,
			     nrs_span(correlated->parts[i],
				      correlated->parts[i]->head.bytes));
	if (!parts.failed && !e->options.at_once && !correlated->is_late)
		return hold(e, hit, parts);
	if (!parts.failed)
		err = give_at_once(e, hit, nrs_text_span(&parts));
	nrs_text_fini(&parts);
	return err;
}

static int handle(struct nrs_emitter *e, const struct nrs_record *record)
{
	const void *whole = record;
	const struct nrs_record_hit *hit = whole;
	const struct nrs_text no_parts = {0};

	if (record->kind >= NRS_RECORD_ENDED)
		return e->options.logged != NULL
			       ? e->options.logged(e->options.ctx, record)
			       : NRS_OK;
	if (!nrs_correlator_awaits(e->correlator, record)) {
		const int err = nrs_correlator_settle(e->correlator);

		if (err != NRS_OK)
			return err;
	}
	switch ((enum nrs_record_kind)record->kind) {
	case NRS_RECORD_HIT:
		return e->options.at_once
			       ? give_at_once(e, hit, nrs_span(NULL, 0))
			       : hold(e, hit, no_parts);
	case NRS_RECORD_PART:
		return nrs_correlator_take(e->correlator, hit, set_of(e, hit));
	case NRS_RECORD_FLOW_END:
	case NRS_RECORD_RAISE:
		return handle_flow(e, whole);
	case NRS_RECORD_ANSWER:
		take_answer(e, whole);
		return NRS_OK;
	case NRS_RECORD_ENDED:
	case NRS_RECORD_SEEN:
	case NRS_RECORD_ASKED:
	case NRS_RECORD_COST:
		break;
	}
	return NRS_E_INTERNAL;
}

static int merge(struct nrs_emitter *e, bool all)
{
	for (;;) {
		struct queue *least = NULL;

		for (unsigned int i = 0; i < e->options.workers; i++) {
			struct queue *q = &e->queues[i];

			if (head_of(q) != NULL &&
			    (least == NULL ||
			     nrs_record_compare(head_of(q), head_of(least)) <
				     0))
				least = q;
		}
		if (least == NULL)
			return NRS_OK;
		if (!all && !is_due(e, head_of(least))) {
			if (!is_overdue(e, head_of(least)))
				return NRS_OK;
			e->hurried++;
		}
		const int err = handle(e, head_of(least));
		if (err != NRS_OK)
			return err;
		least->at += head_of(least)->bytes;
	}
}

/* Live the next record may be hours away: a transaction whose parts are all
 * here is decided when no worker can send more of it. */
static int settle_what_is_whole(struct nrs_emitter *e)
{
	const struct nrs_record *open = nrs_correlator_open(e->correlator);

	if (!e->options.at_once || open == NULL ||
	    (!is_due(e, open) && !is_overdue(e, open)))
		return NRS_OK;
	for (unsigned int i = 0; i < e->options.workers; i++) {
		if (head_of(&e->queues[i]) != NULL)
			return NRS_OK; /* it decides, when its turn comes */
	}
	return nrs_correlator_settle(e->correlator);
}

int nrs_emitter_merge(struct nrs_emitter *e)
{
	const int err = merge(e, false);

	return err != NRS_OK ? err : settle_what_is_whole(e);
}

bool nrs_emitter_waits(const struct nrs_emitter *e)
{
	for (unsigned int i = 0; i < e->options.workers; i++) {
		if (head_of(&e->queues[i]) != NULL)
			return true;
	}
	return nrs_correlator_open(e->correlator) != NULL;
}

uint64_t nrs_emitter_newest(const struct nrs_emitter *e)
{
	return e->newest;
}

void nrs_emitter_hurry(struct nrs_emitter *e, uint64_t ordinal)
{
	if (e->options.at_once && ordinal > e->horizon)
		e->horizon = ordinal;
}

uint64_t nrs_emitter_hurried(const struct nrs_emitter *e)
{
	return e->hurried;
}

int nrs_emitter_finish(struct nrs_emitter *e)
{
	const int err = merge(e, true);

	return err != NRS_OK ? err : nrs_correlator_finish(e->correlator);
}

void nrs_emitter_correlation(const struct nrs_emitter *e,
			     struct nrs_correlator_figures *out)
{
	nrs_correlator_figures(e->correlator, out);
	out->lost = e->lost;
}

/* Does the record name an indicator of that generation? */
static bool is_of(const struct nrs_record *record, uint32_t generation)
{
	const struct nrs_record_hit *hit = (const void *)record;
	const struct nrs_record_cost *cost = (const void *)record;

	if (record->kind == NRS_RECORD_COST)
		return cost->cost.generation == generation;
	return (record->kind == NRS_RECORD_HIT ||
		record->kind == NRS_RECORD_PART) &&
	       hit->generation == generation;
}

bool nrs_emitter_needs(const struct nrs_emitter *e, uint32_t generation)
{
	for (unsigned int i = 0; i < e->options.workers; i++) {
		const struct queue *q = &e->queues[i];

		for (size_t at = q->at; at < q->bytes.len;) {
			const struct nrs_record *record =
				(const void *)(q->bytes.ptr + at);

			if (is_of(record, generation))
				return true;
			at += record->bytes;
		}
	}
	return nrs_correlator_needs(e->correlator, generation);
}

uint64_t nrs_emitter_early(const struct nrs_emitter *e)
{
	return e->early;
}
