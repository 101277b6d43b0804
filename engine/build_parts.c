/* SPDX-License-Identifier: Apache-2.0 */
/*
 * build_parts: a pattern of several observation expressions. Each [ ] becomes
 * predicates of its own, numbered as it stands in the text; which of them make
 * up the pattern is decided where all transactions meet.
 *
 * Three verdicts go up the tree: it can be seen, it cannot, it can never hold.
 */
#include "engine/builder.h"

#include <stdio.h>

#define EXPRESSIONS_MAX 255u
#define OBSERVATIONS_MAX 1024u

/* Of one node. */
struct verdict {
	enum { SEEN, UNSEEN, NEVER } kind; /* from good to bad */
	const char *guard;     /* why it must not fire alone, or NULL */
	uint64_t observations; /* that it needs at least */
};

struct walk {
	struct nrs_builder *b;
	unsigned int count; /* expressions so far */
	bool has_reason;
	char reason[NRS_PATH_TEXT_MAX]; /* of the first that is not seen */
};

static void keep_reason(struct walk *w)
{
	if (!w->has_reason)
		memcpy(w->reason, w->b->reason, sizeof(w->reason));
	w->has_reason = true;
}

static int leaf(struct walk *w, const struct nrs_node *node,
		struct verdict *out)
{
	struct nrs_builder *b = w->b;
	struct nrs_term *term = NULL;
	int err;

	*out = (struct verdict){.observations = 1};
	if (w->count == EXPRESSIONS_MAX) {
		snprintf(b->reason, sizeof(b->reason),
			 "more than %u observation expressions",
			 EXPRESSIONS_MAX);
		return NRS_E_LIMIT;
	}
	b->part = ++w->count;
	err = nrs_build_expression(b, node, &term);
	if (err == NRS_OK && term == NULL)
		err = NRS_E_INTERNAL;
	if (err != NRS_OK)
		return err;
	if (term->kind == NRS_TERM_NEVER || term->kind == NRS_TERM_UNSEEN) {
		out->kind = term->kind == NRS_TERM_NEVER ? NEVER : UNSEEN;
		keep_reason(w);
		return NRS_OK;
	}
	out->guard = nrs_term_guard(term);
	err = nrs_build_predicates(b, term, NULL);
	if (err != NRS_E_UNSUPPORTED)
		return err;
	out->kind = UNSEEN;
	keep_reason(w);
	return NRS_OK;
}

/* One more side of an OR: one that is seen is enough. */
static void join_or(struct walk *w, struct verdict *all,
		    const struct verdict *one)
{
	const bool is_better = one->kind < all->kind ||
			       (one->kind == all->kind &&
				one->observations < all->observations);

	w->b->is_partial |= (all->kind == SEEN && one->kind == UNSEEN) ||
			    (all->kind == UNSEEN && one->kind == SEEN);
	if (is_better) {
		all->kind = one->kind;
		all->observations = one->observations;
	}
	all->guard = all->guard != NULL ? all->guard : one->guard;
}

/* One more side of an AND or FOLLOWEDBY: all are needed, and a good one
 * narrows an absurd one. */
static void join_and(struct verdict *all, const struct verdict *one)
{
	if (one->kind > all->kind)
		all->kind = one->kind;
	if (one->guard == NULL)
		all->guard = NULL;
	all->observations += one->observations;
}

static int descend(struct walk *w, const struct nrs_node *node,
		   struct verdict *out)
{
	const bool is_or = node->kind == NRS_NODE_OBS_OR;
	bool is_first = true;

	*out = (struct verdict){0};
	if (node->kind == NRS_NODE_OBS)
		return leaf(w, node, out);
	for (const struct nrs_node *n = node->child; n != NULL; n = n->next) {
		struct verdict one;
		const int err = descend(w, n, &one);

		if (err != NRS_OK)
			return err;
		if (is_first)
			*out = one;
		else if (is_or)
			join_or(w, out, &one);
		else
			join_and(out, &one);
		is_first = false;
	}
	if (node->kind == NRS_NODE_REPEATS)
		out->observations *= node->u.count < OBSERVATIONS_MAX
					     ? node->u.count
					     : OBSERVATIONS_MAX + 1;
	if (out->observations > OBSERVATIONS_MAX) {
		snprintf(w->b->reason, sizeof(w->b->reason),
			 "needs more than %u observations", OBSERVATIONS_MAX);
		return NRS_E_UNSUPPORTED;
	}
	if (node->kind == NRS_NODE_START_STOP &&
	    node->u.span.start_ns >= node->u.span.stop_ns)
		out->kind = NEVER;
	return NRS_OK;
}

int nrs_build_parts(struct nrs_builder *b, const struct nrs_node *root)
{
	struct walk w = {.b = b};
	struct verdict all = {0};
	int err = descend(&w, root, &all);

	b->part = 0;
	if (err != NRS_OK)
		return err;
	if (w.has_reason)
		memcpy(b->reason, w.reason, sizeof(w.reason));
	if (all.guard != NULL && all.kind == SEEN) {
		b->is_guarded = true;
		snprintf(b->reason, sizeof(b->reason), "%s", all.guard);
		return NRS_E_FORMAT;
	}
	b->is_never = all.kind == NEVER;
	return all.kind == UNSEEN ? NRS_E_UNSUPPORTED : NRS_OK;
}
