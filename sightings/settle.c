/* SPDX-License-Identifier: Apache-2.0 */
/*
 * settle: hits in buckets by flow, and in two lists in order of arrival: those
 * that wait, and those that are counted.
 */
#include "sightings/settle.h"

#include <stdlib.h>

#include "sightings/chain.h"

#define BUCKETS 8192u

struct held {
	struct nrs_chain in_bucket, in_order;
	struct nrs_witness *witness;
	uint32_t session, flow;
	uint8_t shard;
	bool is_counted;
	int64_t since_ns;
	struct nrs_window_place place; /* the outcome before it is counted */
};

struct nrs_settle {
	struct nrs_settle_options options;
	struct nrs_chain waiting, counted;
	struct nrs_chain buckets[BUCKETS];
	struct nrs_settle_figures figures;
};

int nrs_settle_new(struct nrs_settle **out,
		   const struct nrs_settle_options *options)
{
	struct nrs_settle *s = calloc(1, sizeof(*s));

	if (s == NULL)
		return NRS_E_NOMEM;
	s->options = *options;
	if (s->options.held_max == 0)
		s->options.held_max = 32768;
	if (s->options.wait_ns == 0)
		s->options.wait_ns = 10 * NRS_SECOND_NS;
	nrs_chain_init(&s->waiting);
	nrs_chain_init(&s->counted);
	for (unsigned int i = 0; i < BUCKETS; i++)
		nrs_chain_init(&s->buckets[i]);
	*out = s;
	return NRS_OK;
}

static void release(struct held *h)
{
	nrs_witness_free(h->witness);
	free(h);
}

static void release_all(struct nrs_chain *list)
{
	struct nrs_chain *next;

	for (struct nrs_chain *at = list->next; at != list; at = next) {
		next = at->next;
		release(NRS_CHAIN_ITEM(at, struct held, in_order));
	}
}

void nrs_settle_free(struct nrs_settle *s)
{
	if (s == NULL)
		return;
	release_all(&s->waiting);
	release_all(&s->counted);
	free(s);
}

static void forget(struct nrs_settle *s, struct held *h)
{
	nrs_chain_remove(&h->in_bucket);
	nrs_chain_remove(&h->in_order);
	release(h);
	s->figures.held--;
}

static struct held *first_of(const struct nrs_chain *list)
{
	return nrs_chain_is_empty(list)
		       ? NULL
		       : NRS_CHAIN_ITEM(list->next, struct held, in_order);
}

/* Count it. What cannot rise any more (@is_last) is then done with. */
static void count(struct nrs_settle *s, struct held *h, bool is_last)
{
	const int err =
		nrs_windows_add(s->options.windows, h->witness, &h->place);

	if (err != NRS_OK || is_last ||
	    h->place.outcome == NRS_OUTCOME_ESTABLISHED) {
		forget(s, h);
		return;
	}
	h->is_counted = true;
	nrs_chain_remove(&h->in_order);
	nrs_chain_append(&s->counted, &h->in_order);
}

static struct nrs_chain *bucket_of(struct nrs_settle *s, uint32_t session,
				   uint8_t shard, uint32_t flow)
{
	const uint32_t hash =
		(flow * 2654435761u) ^ (uint32_t)shard * 40503u ^ session;

	return &s->buckets[(hash >> 7) % BUCKETS];
}

static void make_room(struct nrs_settle *s)
{
	struct held *h;

	if (s->figures.held < s->options.held_max)
		return;
	h = first_of(&s->counted);
	if (h == NULL) {
		h = first_of(&s->waiting);
		if (h == NULL)
			return;
		s->figures.early++;
		count(s, h, false);
		h = first_of(&s->counted);
	}
	if (h != NULL) {
		s->figures.forgotten++;
		forget(s, h);
	}
}

/* What is urgent waits for no better outcome (sharing-rules.md rule 9). */
static bool is_urgent(const struct nrs_settle *s, const struct held *h)
{
	return nrs_windows_grade(s->options.windows, h->witness,
				 h->place.outcome) == NRS_CLASS_URGENT;
}

int nrs_settle_hit(struct nrs_settle *s, const struct nrs_sighted *hit,
		   int64_t now_ns)
{
	const struct nrs_record_hit *record = hit->hit;
	struct held *h;

	make_room(s);
	h = calloc(1, sizeof(*h));
	if (h == NULL || nrs_witness_new(&h->witness, hit) != NRS_OK) {
		free(h);
		s->figures.lost++;
		return NRS_E_NOMEM;
	}
	h->session = record->head.session;
	h->shard = record->head.shard;
	h->flow = record->flow.id;
	h->since_ns = now_ns;
	h->place.outcome = hit->outcome;
	nrs_chain_append(bucket_of(s, h->session, h->shard, h->flow),
			 &h->in_bucket);
	nrs_chain_append(&s->waiting, &h->in_order);
	s->figures.held++;
	if (hit->outcome == NRS_OUTCOME_ESTABLISHED)
		count(s, h, true);
	else if (is_urgent(s, h))
		count(s, h, false);
	return NRS_OK;
}

static void rise(struct nrs_settle *s, struct held *h,
		 const struct nrs_record_flow *flow)
{
	const enum nrs_outcome outcome = (enum nrs_outcome)flow->outcome;
	const bool is_end = flow->head.kind == NRS_RECORD_FLOW_END;

	if (outcome > h->place.outcome && !h->is_counted) {
		h->place.outcome = outcome;
		if (is_urgent(s, h)) {
			count(s, h, is_end);
			return;
		}
	} else if (outcome > h->place.outcome)
		(void)nrs_windows_raise(s->options.windows, h->witness, outcome,
					&h->place);
	const bool is_last =
		is_end || h->place.outcome == NRS_OUTCOME_ESTABLISHED;
	if (is_last && !h->is_counted)
		count(s, h, true);
	else if (is_last)
		forget(s, h);
}

void nrs_settle_flow(struct nrs_settle *s, const struct nrs_record_flow *flow)
{
	struct nrs_chain *bucket =
		bucket_of(s, flow->head.session, flow->head.shard, flow->id);
	struct nrs_chain *next;

	for (struct nrs_chain *at = bucket->next; at != bucket; at = next) {
		struct held *h = NRS_CHAIN_ITEM(at, struct held, in_bucket);

		next = at->next;
		if (h->flow == flow->id && h->shard == flow->head.shard &&
		    h->session == flow->head.session)
			rise(s, h, flow);
	}
}

void nrs_settle_step(struct nrs_settle *s, int64_t now_ns, bool all)
{
	struct nrs_chain *next;

	for (struct nrs_chain *at = s->waiting.next; at != &s->waiting;
	     at = next) {
		struct held *h = NRS_CHAIN_ITEM(at, struct held, in_order);
		const int64_t age_ns = now_ns - h->since_ns;

		/* A clock that went back must not hold them for ever. */
		if (!all && age_ns >= 0 && age_ns < s->options.wait_ns)
			return;
		next = at->next;
		count(s, h, false);
	}
}

void nrs_settle_figures(const struct nrs_settle *s,
			struct nrs_settle_figures *out)
{
	*out = s->figures;
}
