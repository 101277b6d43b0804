/* SPDX-License-Identifier: Apache-2.0 */
/*
 * correlate: candidates by indicator, and the strict evaluator's solver over
 * them whenever a new one may complete the pattern.
 *
 * Observations that completed a pattern are consumed, so before each new one
 * there was no binding, and a new one completes at most one. A decision that
 * costs much is not repeated for every further observation: it waits until
 * traffic time has moved on in proportion, or until the end.
 */
#include "sightings/correlate.h"

#include <stdlib.h>

#include "engine/strict.h"
#include "sightings/chain.h"
#include "sightings/correlate_plan.h"

#define WINDOW_NS (3600 * NRS_SECOND_NS)
#define CANDIDATES_MAX 1024u
#define INDICATORS_MAX 4096u
#define BYTES_MAX (UINT64_C(64) << 20)
#define BUCKETS 4096u

/* A transaction tells its parts 60 s after its begin, an idle flow when it
 * times out; later only what its end decides. */
#define LATE_NS (700 * NRS_SECOND_NS)

#define WORK_MAX UINT64_C(5000000)
#define CHEAP_WORK 20000u /* steps that may be spent on every part */
#define WAIT_NS_PER_STEP 20

#define CAN_WORDS ((NRS_PLAN_EXPRESSIONS + 63) / 64)

struct candidate {
	struct nrs_record_hit *record; /* a copy, with its values */
	uint64_t can[CAN_WORDS];       /* the expressions it satisfies */
};

struct state {
	struct nrs_chain used; /* least recently used first */
	struct state *next;    /* in its bucket */
	struct state *touched; /* by the transaction that is open */
	uint64_t identity;
	struct nrs_plan_tree tree;
	struct candidate *candidates; /* in order of arrival */
	uint32_t count, cap;
	uint32_t generation, indicator; /* where it was named last */
	int64_t wait_until_ns;
	bool is_touched;
	bool is_put_off;
};

struct nrs_correlator {
	struct nrs_correlator_options options;
	struct nrs_correlator_figures figures;
	struct state *buckets[BUCKETS];
	struct state *spare; /* for the next one */
	struct nrs_chain used;
	uint32_t state_count;
	uint64_t bytes;
	int64_t now_ns; /* latest traffic time */
	struct nrs_arena *arena;
	struct state *first_touched, **last_touched;
	bool has_open; /* parts of this transaction may still come: */
	struct nrs_record open;
	uint32_t open_flow, open_txn;
};

int nrs_correlator_new(struct nrs_correlator **out,
		       const struct nrs_correlator_options *options)
{
	struct nrs_correlator *c = calloc(1, sizeof(*c));

	if (c == NULL)
		return NRS_E_NOMEM;
	c->options = *options;
	if (c->options.window_ns == 0)
		c->options.window_ns = WINDOW_NS;
	if (c->options.candidates_max == 0)
		c->options.candidates_max = CANDIDATES_MAX;
	if (c->options.indicators_max == 0)
		c->options.indicators_max = INDICATORS_MAX;
	if (c->options.bytes_max == 0)
		c->options.bytes_max = BYTES_MAX;
	nrs_chain_init(&c->used);
	c->last_touched = &c->first_touched;
	c->now_ns = NRS_TIME_MIN;
	c->arena = nrs_arena_new(0);
	if (c->arena == NULL) {
		free(c);
		return NRS_E_NOMEM;
	}
	*out = c;
	return NRS_OK;
}

/* Take candidate @at out; the others keep their order. */
static void forget(struct nrs_correlator *c, struct state *s, uint32_t at)
{
	c->bytes -= s->candidates[at].record->head.bytes;
	free(s->candidates[at].record);
	s->count--;
	c->figures.kept--;
	memmove(&s->candidates[at], &s->candidates[at + 1],
		(s->count - at) * sizeof(*s->candidates));
}

static void drop_state(struct nrs_correlator *c, struct state *s)
{
	struct state **link = &c->buckets[s->identity % BUCKETS];

	while (*link != NULL && *link != s)
		link = &(*link)->next;
	if (*link == s)
		*link = s->next;
	while (s->count > 0)
		forget(c, s, s->count - 1);
	free(s->candidates);
	nrs_plan_tree_fini(&s->tree);
	nrs_chain_remove(&s->used);
	c->state_count--;
	s->next = c->spare; /* as large as it was in number, no larger */
	c->spare = s;
}

void nrs_correlator_free(struct nrs_correlator *c)
{
	if (c == NULL)
		return;
	for (unsigned int b = 0; b < BUCKETS; b++) {
		while (c->buckets[b] != NULL)
			drop_state(c, c->buckets[b]);
	}
	while (c->spare != NULL) {
		struct state *s = c->spare;

		c->spare = s->next;
		free(s);
	}
	nrs_arena_free(c->arena);
	free(c);
}

static struct state *find(struct nrs_correlator *c, uint64_t identity)
{
	struct state *s = c->buckets[identity % BUCKETS];

	while (s != NULL && s->identity != identity)
		s = s->next;
	return s;
}

/* The state that was silent longest goes, with all it remembers; never one of
 * the transaction that is open. False: there is no other. */
static bool make_room(struct nrs_correlator *c)
{
	for (struct nrs_chain *at = c->used.next; at != &c->used;
	     at = at->next) {
		struct state *s = NRS_CHAIN_ITEM(at, struct state, used);

		if (s->is_touched)
			continue;
		c->figures.dropped += s->count;
		drop_state(c, s);
		return true;
	}
	return false;
}

static int make_state(struct nrs_correlator *c, uint64_t identity,
		      const struct nrs_set *set, uint32_t indicator,
		      struct state **out)
{
	struct state *s;
	int err;

	if (c->state_count >= c->options.indicators_max && !make_room(c))
		return NRS_E_LIMIT;
	s = c->spare != NULL ? c->spare : calloc(1, sizeof(*s));
	if (s == NULL)
		return NRS_E_NOMEM;
	if (s == c->spare)
		c->spare = s->next;
	memset(s, 0, sizeof(*s));
	err = nrs_plan_tree_init(&s->tree, set, indicator);
	if (err != NRS_OK) {
		s->next = c->spare;
		c->spare = s;
		return err;
	}
	s->identity = identity;
	s->wait_until_ns = NRS_TIME_MIN;
	s->next = c->buckets[identity % BUCKETS];
	c->buckets[identity % BUCKETS] = s;
	nrs_chain_append(&c->used, &s->used);
	c->state_count++;
	*out = s;
	return NRS_OK;
}

static bool is_same(const struct nrs_record_hit *a,
		    const struct nrs_record_hit *b)
{
	return a->head.session == b->head.session &&
	       a->head.shard == b->head.shard && a->flow.id == b->flow.id &&
	       a->txn_number == b->txn_number;
}

/* What is too old, as far as the oldest ones go. WITHIN alone does not make it
 * so: what began in its time may be told when it ends. */
static void expire(struct nrs_correlator *c, struct state *s)
{
	const bool is_bounded = s->tree.bound_ns >= 0;
	int64_t reach;

	if (__builtin_add_overflow(is_bounded ? s->tree.bound_ns : 0,
				   c->options.window_ns, &reach))
		return;
	while (s->count > 0 &&
	       c->now_ns - s->candidates[0].record->txn_end_ns > reach) {
		forget(c, s, 0);
		c->figures.expired += !is_bounded;
	}
}

/* Could the candidate still complete something? Beyond WITHIN's time and that
 * of the slowest telling it cannot: to forget it then is no loss. */
static bool is_alive(const struct nrs_correlator *c, const struct state *s,
		     const struct candidate *candidate)
{
	const int64_t age = c->now_ns - candidate->record->txn_end_ns;

	return s->tree.bound_ns < 0 || age - s->tree.bound_ns <= LATE_NS;
}

/* Room for one more at the end; the oldest goes if it must. */
static int make_place(struct nrs_correlator *c, struct state *s)
{
	if (s->count == c->options.candidates_max) {
		c->figures.dropped += is_alive(c, s, &s->candidates[0]);
		forget(c, s, 0);
	}
	if (s->candidates == NULL || s->count == s->cap) {
		const uint32_t cap = s->cap == 0 ? 8 : 2 * s->cap;
		struct candidate *more =
			realloc(s->candidates, cap * sizeof(*more));

		if (more == NULL)
			return NRS_E_NOMEM;
		s->candidates = more;
		s->cap = cap;
	}
	return NRS_OK;
}

static int add_candidate(struct nrs_correlator *c, struct state *s,
			 const struct nrs_record_hit *part)
{
	const unsigned int expression = part->part - 1u;
	struct nrs_record_hit *copy;

	if (s->count == 0 ||
	    !is_same(s->candidates[s->count - 1].record, part)) {
		if (make_place(c, s) != NRS_OK)
			return NRS_E_NOMEM;
		copy = malloc(part->head.bytes);
		if (copy == NULL)
			return NRS_E_NOMEM;
		memcpy(copy, part, part->head.bytes);
		s->candidates[s->count++] = (struct candidate){.record = copy};
		c->bytes += part->head.bytes;
		c->figures.kept++;
	}
	s->candidates[s->count - 1].can[expression / 64] |= UINT64_C(1)
							    << expression % 64;
	return NRS_OK;
}

static void touch(struct nrs_correlator *c, struct state *s,
		  const struct nrs_record_hit *part)
{
	c->has_open = true;
	c->open = part->head;
	c->open_flow = part->flow.id;
	c->open_txn = part->txn_number;
	nrs_chain_remove(&s->used);
	nrs_chain_append(&c->used, &s->used);
	s->generation = part->generation;
	s->indicator = part->indicator;
	if (s->is_touched)
		return;
	s->is_touched = true;
	s->touched = NULL;
	*c->last_touched = s;
	c->last_touched = &s->touched;
}

/* The same id and modified with another text: as good as another. */
static bool is_of(const struct state *s, const struct nrs_set *set,
		  const struct nrs_record_hit *part)
{
	return part->part - 1u < s->tree.count &&
	       (s->generation == part->generation ||
		nrs_span_equal(s->tree.text,
			       nrs_set_at(set, part->indicator)->pattern));
}

int nrs_correlator_take(struct nrs_correlator *c,
			const struct nrs_record_hit *part,
			const struct nrs_set *set)
{
	const uint64_t identity = nrs_set_identity(set, part->indicator);
	struct state *s;
	int err = NRS_OK;

	if (part->part == 0 || part->part > NRS_PLAN_EXPRESSIONS)
		return NRS_E_INTERNAL;
	if (!nrs_correlator_awaits(c, &part->head))
		err = nrs_correlator_settle(c);
	if (err != NRS_OK)
		return err;
	c->figures.parts++;
	if (c->now_ns < part->head.ts_ns)
		c->now_ns = part->head.ts_ns;
	s = find(c, identity);
	if (s != NULL && !is_of(s, set, part) && !s->is_touched) {
		c->figures.dropped += s->count;
		drop_state(c, s);
		s = NULL;
	}
	if (s == NULL)
		err = make_state(c, identity, set, part->indicator, &s);
	if (err == NRS_OK && part->part > s->tree.count)
		err = NRS_E_LIMIT;
	if (err == NRS_E_NOMEM)
		return err;
	if (err != NRS_OK) {
		c->figures.unreadable++;
		return NRS_OK;
	}
	expire(c, s);
	err = add_candidate(c, s, part);
	if (err == NRS_OK)
		touch(c, s, part);
	if (c->bytes > c->options.bytes_max)
		(void)make_room(c);
	while (c->bytes > c->options.bytes_max && s->count > 1) {
		c->figures.dropped += is_alive(c, s, &s->candidates[0]);
		forget(c, s, 0);
	}
	return err;
}

const struct nrs_record *nrs_correlator_open(const struct nrs_correlator *c)
{
	return c->has_open ? &c->open : NULL;
}

bool nrs_correlator_awaits(const struct nrs_correlator *c,
			   const struct nrs_record *record)
{
	const struct nrs_record_hit *part = (const void *)record;

	return !c->has_open || (record->kind == NRS_RECORD_PART &&
				record->session == c->open.session &&
				record->shard == c->open.shard &&
				part->flow.id == c->open_flow &&
				part->txn_number == c->open_txn);
}

/* Is there enough of everything that any binding needs? */
static bool may_hold(const struct state *s)
{
	if (s->count < s->tree.least)
		return false;
	for (unsigned int e = 0; e < s->tree.count; e++) {
		unsigned int found = 0;

		for (uint32_t i = 0; i < s->count && found < s->tree.wanted[e];
		     i++)
			found += (unsigned int)(s->candidates[i].can[e / 64] >>
							e % 64 &
						1);
		if (found < s->tree.wanted[e])
			return false;
	}
	return true;
}

/* The candidates as the solver wants them; NULL without memory. */
static struct nrs_strict_known *pose(struct nrs_correlator *c,
				     const struct state *s,
				     struct nrs_strict_documents *documents)
{
	struct nrs_strict_known *known =
		nrs_arena_alloc(c->arena, s->tree.count * sizeof(*known));

	documents->observed_count = s->count;
	documents->observed = nrs_arena_alloc(
		c->arena, s->count * sizeof(*documents->observed));
	if (known == NULL || documents->observed == NULL)
		return NULL;
	for (uint32_t i = 0; i < s->count; i++) {
		const struct nrs_record_hit *r = s->candidates[i].record;

		documents->observed[i] = (struct nrs_strict_observed){
			.seen = {r->txn_start_ns, r->txn_end_ns}, .count = 1};
	}
	for (unsigned int e = 0; e < s->tree.count; e++) {
		bool *can = nrs_arena_alloc(c->arena, s->count + 1);

		if (can == NULL)
			return NULL;
		for (uint32_t i = 0; i < s->count; i++)
			can[i] = s->candidates[i].can[e / 64] >> e % 64 & 1;
		known[e] = (struct nrs_strict_known){
			.node = s->tree.expressions[e], .can = can};
	}
	return known;
}

static int by_time(const void *one, const void *other)
{
	const struct nrs_record_hit *a =
		*(const struct nrs_record_hit *const *)one;
	const struct nrs_record_hit *b =
		*(const struct nrs_record_hit *const *)other;

	if (a->txn_start_ns != b->txn_start_ns)
		return a->txn_start_ns < b->txn_start_ns ? -1 : 1;
	if (a->txn_end_ns != b->txn_end_ns)
		return a->txn_end_ns < b->txn_end_ns ? -1 : 1;
	return nrs_record_compare(&a->head, &b->head);
}

static int tell(struct nrs_correlator *c, struct state *s,
		const struct nrs_strict_binding *binding)
{
	const struct nrs_record_hit **parts =
		nrs_arena_alloc(c->arena, binding->count * sizeof(*parts));
	bool *is_bound = nrs_arena_alloc(c->arena, s->count + 1);
	struct nrs_correlated hit = {.parts = parts};
	int err;

	if (parts == NULL || is_bound == NULL)
		return NRS_E_NOMEM;
	for (unsigned int i = 0; i < binding->count; i++)
		is_bound[binding->observed[i]] = true;
	for (uint32_t i = 0; i < s->count; i++) {
		struct nrs_record_hit *record = s->candidates[i].record;

		if (!is_bound[i])
			continue;
		parts[hit.part_count++] = record;
		hit.hit = record;
		record->generation = s->generation;
		record->indicator = s->indicator;
	}
	qsort(parts, hit.part_count, sizeof(*parts), by_time);
	hit.is_late = !is_bound[s->count - 1] || !s->is_touched;
	c->figures.hits++;
	err = c->options.hit(c->options.ctx, &hit);
	for (uint32_t i = s->count; i > 0; i--) {
		if (is_bound[i - 1])
			forget(c, s, i - 1);
	}
	return err;
}

static int decide(struct nrs_correlator *c, struct state *s)
{
	struct nrs_strict_documents documents = {0};
	struct nrs_strict_binding binding;
	struct nrs_strict_question question = {.root = s->tree.pattern.root,
					       .known_count = s->tree.count,
					       .work_max = WORK_MAX};
	int found;

	s->is_put_off = false;
	if (!may_hold(s))
		return NRS_OK;
	nrs_arena_reset(c->arena);
	question.known = pose(c, s, &documents);
	if (question.known == NULL)
		return NRS_E_NOMEM;
	found = nrs_strict_bind(&documents, &question, c->arena, &binding);
	if (found == NRS_E_NOMEM)
		return found;
	if (found < 0)
		c->figures.undecided++;
	if (found == 1)
		return tell(c, s, &binding);
	if (question.work > CHEAP_WORK)
		s->wait_until_ns =
			c->now_ns + (int64_t)question.work * WAIT_NS_PER_STEP;
	return NRS_OK;
}

int nrs_correlator_settle(struct nrs_correlator *c)
{
	int err = NRS_OK;

	c->has_open = false;
	while (c->first_touched != NULL) {
		struct state *s = c->first_touched;

		c->first_touched = s->touched;
		if (err == NRS_OK && c->now_ns >= s->wait_until_ns)
			err = decide(c, s);
		else
			s->is_put_off = true;
		s->is_touched = false;
	}
	c->last_touched = &c->first_touched;
	return err;
}

int nrs_correlator_finish(struct nrs_correlator *c)
{
	int err = nrs_correlator_settle(c);

	for (struct nrs_chain *at = c->used.next;
	     at != &c->used && err == NRS_OK; at = at->next) {
		struct state *s = NRS_CHAIN_ITEM(at, struct state, used);
		uint32_t before = s->count + 1;

		/* Parts that were put off may complete several. */
		while (err == NRS_OK && s->is_put_off && s->count < before) {
			before = s->count;
			err = decide(c, s);
			s->is_put_off = true;
		}
		s->is_put_off = false;
	}
	return err;
}

bool nrs_correlator_needs(const struct nrs_correlator *c, uint32_t generation)
{
	for (const struct state *s = c->first_touched; s != NULL;
	     s = s->touched) {
		if (s->generation == generation)
			return true;
	}
	return false;
}

void nrs_correlator_figures(const struct nrs_correlator *c,
			    struct nrs_correlator_figures *out)
{
	*out = c->figures;
}
