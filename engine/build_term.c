/* SPDX-License-Identifier: Apache-2.0 */
/*
 * build_term: terms, and from a term to predicates.
 *
 * A branch of a top-level OR is a predicate of its own. A predicate is led by
 * the cheapest set of atoms of which at least one must be satisfied before it
 * can be true: of an AND its cheapest child, of an OR all children.
 */
#include "engine/builder.h"

#include <stdio.h>

struct nrs_term *nrs_term_new(struct nrs_builder *b, enum nrs_term_kind kind)
{
	struct nrs_term *term = nrs_arena_alloc(b->scratch, sizeof(*term));

	if (term != NULL)
		term->kind = kind;
	return term;
}

struct nrs_term *nrs_term_atom(struct nrs_builder *b, uint32_t atom)
{
	struct nrs_term *term;

	if (atom == NRS_NONE)
		return NULL;
	term = nrs_term_new(b, NRS_TERM_ATOM);
	if (term != NULL)
		term->atom = atom;
	return term;
}

struct nrs_term *nrs_term_unseen(struct nrs_builder *b, const char *reason)
{
	snprintf(b->reason, sizeof(b->reason), "%s", reason);
	return nrs_term_new(b, NRS_TERM_UNSEEN);
}

struct nrs_term *nrs_term_never(struct nrs_builder *b, const char *reason)
{
	snprintf(b->reason, sizeof(b->reason), "can never match: %s", reason);
	return nrs_term_new(b, NRS_TERM_NEVER);
}

bool nrs_lenient(struct nrs_builder *b, enum nrs_leniency leniency)
{
	if ((b->db->options.lenient_off & NRS_LENIENCY_BIT(leniency)) != 0) {
		snprintf(b->reason, sizeof(b->reason),
			 "needs the leniency '%s', which is off",
			 nrs_leniency_name(leniency));
		return false;
	}
	b->db->sizes.lenient[leniency]++;
	return true;
}

struct nrs_term *nrs_term_either(struct nrs_builder *b, struct nrs_term *one,
				 struct nrs_term *other)
{
	struct nrs_term *either = one;

	if (one == NULL || other == NULL)
		return NULL;
	/* What is never true adds nothing, and hides nothing. */
	if (one->kind == NRS_TERM_NEVER || other->kind == NRS_TERM_NEVER) {
		struct nrs_term *rest =
			one->kind == NRS_TERM_NEVER ? other : one;
		const struct nrs_term *never = rest == one ? other : one;

		rest->guard = rest->guard != NULL ? rest->guard : never->guard;
		return rest;
	}
	if (other->kind == NRS_TERM_UNSEEN) {
		b->is_partial = true;
		one->guard = one->guard != NULL ? one->guard : other->guard;
		return one;
	}
	if (one->kind == NRS_TERM_UNSEEN) {
		b->is_partial = true;
		other->guard = other->guard != NULL ? other->guard : one->guard;
		return other;
	}
	if (one->kind != NRS_TERM_OR) {
		either = nrs_term_new(b, NRS_TERM_OR);
		if (either == NULL)
			return NULL;
		either->child = one;
	}
	other->next = either->child->next;
	either->child->next = other;
	return either;
}

static const struct nrs_atom *atom_at(const struct nrs_builder *b,
				      uint32_t atom)
{
	return (const struct nrs_atom *)b->atoms.items + atom;
}

/* The lanes that fields of the flow feed, and those that fields of an exchange
 * do. */
#define LANES_OF(scope, feeds, where)                                          \
	| (NRS_SCOPE_##where == NRS_SCOPE_##scope ? (nrs_lane_set)(feeds) : 0)
#define FLOW(id, text, value, feeds, where) LANES_OF(FLOW, feeds, where)
#define EXCHANGE(id, text, value, feeds, where) LANES_OF(EXCHANGE, feeds, where)
static const nrs_lane_set flow_lanes = 0 NRS_FIELDS(FLOW);
static const nrs_lane_set exchange_lanes = 0 NRS_FIELDS(EXCHANGE);
#undef EXCHANGE
#undef FLOW
#undef LANES_OF

/* How often a test of the atom's lane is satisfied, roughly. */
static unsigned int atom_cost(const struct nrs_builder *b, uint32_t atom)
{
	switch (atom_at(b, atom)->lane) {
	case NRS_LANE_PROTOCOL:
	case NRS_LANE_METHOD:
	case NRS_LANE_HTTP_VERSION:
	case NRS_LANE_ACTIVE:
	case NRS_LANE_MAIL_MULTIPART:
		return 10000;
	case NRS_LANE_DST_PORT:
	case NRS_LANE_SRC_PORT:
	case NRS_LANE_ICMP_TYPE:
	case NRS_LANE_ICMP_CODE:
	case NRS_LANE_CERT_SELF_SIGNED:
	case NRS_LANE_SRC_FLAGS:
	case NRS_LANE_DST_FLAGS:
		return 1000;
	case NRS_LANE_HEADER:
	case NRS_LANE_MAIL_HEADER:
	case NRS_LANE_REQUEST_VALUE:
		return 20;
	default:
		return 10;
	}
}

#define COST_NEVER_LEADS 1000000u

static unsigned int cost(const struct nrs_builder *b,
			 const struct nrs_term *term)
{
	unsigned int sum = 0, least = COST_NEVER_LEADS;

	if (term->kind == NRS_TERM_ATOM)
		return atom_cost(b, term->atom) * (term->at_end ? 50u : 1u);
	if (term->kind == NRS_TERM_NOT)
		return COST_NEVER_LEADS;
	for (const struct nrs_term *t = term->child; t != NULL; t = t->next) {
		const unsigned int one = cost(b, t);

		sum = sum + one < COST_NEVER_LEADS ? sum + one
						   : COST_NEVER_LEADS;
		least = one < least ? one : least;
	}
	return term->kind == NRS_TERM_AND ? least : sum;
}

static int add_lead(struct nrs_builder *b, uint32_t atom, uint32_t predicate)
{
	struct nrs_lead *lead = nrs_vector_add(&b->leads, sizeof(*lead));

	if (lead == NULL)
		return NRS_E_NOMEM;
	*lead = (struct nrs_lead){.atom = atom, .predicate = predicate};
	return NRS_OK;
}

static int add_leads(struct nrs_builder *b, const struct nrs_term *term,
		     uint32_t predicate)
{
	const struct nrs_term *best = term->child;

	if (term->kind == NRS_TERM_ATOM)
		return add_lead(b, term->atom, predicate);
	for (const struct nrs_term *t = term->child; t != NULL; t = t->next) {
		if (term->kind == NRS_TERM_OR) {
			const int err = add_leads(b, t, predicate);

			if (err != NRS_OK)
				return err;
		} else if (cost(b, t) < cost(b, best)) {
			best = t;
		}
	}
	return term->kind == NRS_TERM_AND ? add_leads(b, best, predicate)
					  : NRS_OK;
}

/* Can values of @lanes, which a flow has, alone satisfy @term? What must be
 * absent may be. */
static bool is_flow_capable(const struct nrs_builder *b,
			    const struct nrs_term *term, nrs_lane_set lanes)
{
	if (term->kind == NRS_TERM_NOT)
		return true;
	if (term->kind == NRS_TERM_ATOM)
		return (lanes >> atom_at(b, term->atom)->lane & 1u) != 0;
	for (const struct nrs_term *t = term->child; t != NULL; t = t->next) {
		if (is_flow_capable(b, t, lanes) == (term->kind == NRS_TERM_OR))
			return term->kind == NRS_TERM_OR;
	}
	return term->kind == NRS_TERM_AND;
}

/* What emitting a program learns. */
struct emission {
	nrs_lane_set lanes;
	bool at_end;
};

static int put_word(struct nrs_builder *b, uint32_t word)
{
	uint32_t *code = nrs_vector_add(&b->programs, sizeof(*code));

	if (code == NULL)
		return NRS_E_NOMEM;
	*code = word;
	return NRS_OK;
}

/* The first atom of @term: what its siblings are put in order by. */
static uint64_t rank(const struct nrs_term *term)
{
	const enum nrs_term_kind kind = term->kind;

	while (term->child != NULL)
		term = term->child;
	return (uint64_t)kind << 32 | term->atom;
}

/* A AND B is B AND A: one order of children everywhere, so that equal programs
 * are equal word by word. */
static void put_in_order(struct nrs_term *term)
{
	struct nrs_term *rest = term->child, *sorted = NULL;

	while (rest != NULL) {
		struct nrs_term *one = rest, **at = &sorted;

		rest = rest->next;
		put_in_order(one);
		while (*at != NULL && rank(*at) <= rank(one))
			at = &(*at)->next;
		one->next = *at;
		*at = one;
	}
	term->child = sorted;
}

static int emit(struct nrs_builder *b, const struct nrs_term *term,
		struct emission *seen)
{
	uint32_t count = 0;

	seen->at_end |= term->at_end;
	if (term->kind == NRS_TERM_ATOM || term->kind == NRS_TERM_NOT) {
		struct nrs_atom *atom =
			(struct nrs_atom *)b->atoms.items + term->atom;

		atom->is_kept = true;
		seen->lanes |= NRS_LANE_BIT(atom->lane);
		return put_word(b, (term->kind == NRS_TERM_NOT
					    ? (uint32_t)NRS_CODE_NOT
					    : (uint32_t)NRS_CODE_ATOM) |
					   term->atom);
	}
	for (const struct nrs_term *t = term->child; t != NULL; t = t->next) {
		const int err = emit(b, t, seen);

		if (err != NRS_OK)
			return err;
		count++;
	}
	if (count > NRS_CODE_STACK / 2)
		return NRS_E_LIMIT;
	return put_word(b,
			(term->kind == NRS_TERM_AND ? (uint32_t)NRS_CODE_AND
						    : (uint32_t)NRS_CODE_OR) |
				count);
}

/* Lanes whose values come when a flow ends. */
static bool is_late(nrs_lane_set lanes)
{
	return (lanes &
		(NRS_L(END) | NRS_L(ACTIVE) | NRS_L(SRC_BYTES) |
		 NRS_L(DST_BYTES) | NRS_L(SRC_PACKETS) | NRS_L(DST_PACKETS) |
		 NRS_L(SRC_FLAGS) | NRS_L(DST_FLAGS))) != 0;
}

static int add_window(struct nrs_builder *b, struct nrs_predicate *predicate,
		      const struct nrs_window *window)
{
	struct nrs_window *windows = (struct nrs_window *)b->windows.items;
	size_t at = 0;

	if (b->part > 0) {
		predicate->window = (uint8_t)b->part;
		predicate->flags |= NRS_PRED_PART;
		b->db->has_parts = true;
		return NRS_OK;
	}
	if (window == NULL)
		return NRS_OK;
	while (at < b->windows.count &&
	       (windows[at].start_ns != window->start_ns ||
		windows[at].stop_ns != window->stop_ns))
		at++;
	if (at == NRS_WINDOWS_MAX)
		return NRS_E_INTERNAL; /* then it should be a part */
	if (at == b->windows.count) {
		windows = nrs_vector_add(&b->windows, sizeof(*windows));
		if (windows == NULL)
			return NRS_E_NOMEM;
		*windows = *window;
	}
	predicate->window = (uint8_t)(at + 1);
	predicate->flags |= NRS_PRED_AT_END;
	return NRS_OK;
}

/* What nothing leads to, as only absence makes it true, is led by a value that
 * every flow has; it is what the hit shows. NULL without memory. */
static struct nrs_term *led(struct nrs_builder *b, struct nrs_term *term)
{
	const struct nrs_scan scan = {
		.op = NRS_OP_EXISTS, .regex = NRS_NONE, .characters = NRS_NONE};
	struct nrs_term *both, *any, *copy;

	if (cost(b, term) < COST_NEVER_LEADS)
		return term;
	both = nrs_term_new(b, NRS_TERM_AND);
	copy = nrs_term_new(b, term->kind);
	any = nrs_term_atom(b, nrs_build_scan(b, NRS_LANE_SRC_ADDR, &scan));
	if (both == NULL || any == NULL || copy == NULL)
		return NULL;
	*copy = *term;
	copy->next = NULL;
	both->child = any;
	any->next = copy;
	return both;
}

/* What flows have to do with the predicate. A flow's end is behind that of all
 * its exchanges: of what they showed it knows the destination's names. */
static int add_flow_side(struct nrs_builder *b, const struct nrs_term *term,
			 nrs_lane_set lanes, struct nrs_predicate *predicate)
{
	const nrs_lane_set names = is_late(lanes) ? NRS_L(DST_NAME) : 0;
	const bool is_capable = is_flow_capable(b, term, flow_lanes | names);

	if ((lanes & exchange_lanes) == 0)
		predicate->flags |= NRS_PRED_FLOW_ONLY;
	if (is_capable)
		predicate->flags |= NRS_PRED_FLOW_CAPABLE;
	if (is_capable || !is_late(lanes) || b->db->options.strict)
		return NRS_OK;
	snprintf(b->reason, sizeof(b->reason),
		 "an exchange is over before its flow's end and counts are "
		 "known");
	return NRS_E_UNSUPPORTED;
}

static int add_predicate(struct nrs_builder *b, struct nrs_term *branch,
			 const struct nrs_window *window)
{
	struct nrs_term *term = led(b, branch);

	if (term == NULL)
		return NRS_E_NOMEM;
	put_in_order(term);
	struct nrs_predicate made = {.indicator = b->indicator,
				     .program = term->atom};
	struct emission seen = {.at_end = term->at_end};
	const uint32_t index = (uint32_t)b->predicates.count;
	const size_t begin = b->programs.count;
	int err = NRS_OK;

	if (term->kind == NRS_TERM_ATOM) {
		seen.lanes = NRS_LANE_BIT(atom_at(b, term->atom)->lane);
	} else {
		err = emit(b, term, &seen);
		made.program = (uint32_t)begin;
		if (err == NRS_OK && b->programs.count - begin > UINT16_MAX)
			err = NRS_E_LIMIT;
		made.length = (uint16_t)(b->programs.count - begin);
	}
	if (err == NRS_OK)
		err = add_flow_side(b, term, seen.lanes, &made);
	if (err == NRS_OK)
		err = add_window(b, &made, window);
	if (err != NRS_OK)
		return err;
	if (seen.at_end || is_late(seen.lanes))
		made.flags |= NRS_PRED_AT_END;
	if (made.length == 0 &&
	    (made.flags & (NRS_PRED_AT_END | NRS_PRED_PART)) != 0)
		((struct nrs_atom *)b->atoms.items + term->atom)->is_kept =
			true; /* remembered until the end */

	struct nrs_predicate *kept =
		nrs_vector_add(&b->predicates, sizeof(*kept));
	if (kept == NULL)
		return NRS_E_NOMEM;
	*kept = made;
	if (cost(b, term) < COST_NEVER_LEADS)
		return add_leads(b, term, index);
	uint32_t *late = nrs_vector_add(&b->at_end, sizeof(*late));
	if (late == NULL)
		return NRS_E_NOMEM;
	*late = index;
	return NRS_OK;
}

/* Why @term must not fire: of an OR one side is enough, of an AND all must be
 * absurd, because a good one narrows it. */
const char *nrs_term_guard(const struct nrs_term *term)
{
	const char *guard = term->guard;

	for (const struct nrs_term *t = term->child; t != NULL; t = t->next) {
		const char *one = nrs_term_guard(t);

		if (term->kind == NRS_TERM_AND && one == NULL)
			return term->guard;
		guard = guard != NULL ? guard : one;
	}
	return guard;
}

bool nrs_term_is_guarded(struct nrs_builder *b, const struct nrs_term *term)
{
	const char *guard = nrs_term_guard(term);

	if (guard == NULL)
		return false;
	b->is_guarded = true;
	snprintf(b->reason, sizeof(b->reason), "%s", guard);
	return true;
}

static int add_branches(struct nrs_builder *b, struct nrs_term *term,
			const struct nrs_window *window)
{
	bool is_seen = false, is_unseen = false;

	if (term->kind != NRS_TERM_OR)
		return add_predicate(b, term, window);
	for (struct nrs_term *t = term->child; t != NULL; t = t->next) {
		const int err = add_branches(b, t, window);

		if (err != NRS_OK && err != NRS_E_UNSUPPORTED)
			return err;
		is_seen |= err == NRS_OK;
		is_unseen |= err == NRS_E_UNSUPPORTED;
	}
	b->is_partial |= is_seen && is_unseen;
	return is_seen ? NRS_OK : NRS_E_UNSUPPORTED;
}

int nrs_build_predicates(struct nrs_builder *b, struct nrs_term *term,
			 const struct nrs_window *window)
{
	/* Of a part the whole pattern decides. */
	if (b->part == 0 && nrs_term_is_guarded(b, term))
		return NRS_E_FORMAT;
	return add_branches(b, term, window);
}
