/* SPDX-License-Identifier: Apache-2.0 */
/*
 * condition_write: the items one by one, on a stack of groups. A group at the
 * top level writes observations; the AND below it collects its terms in
 * clusters, one per observation to be; whatever is deeper is a comparison in
 * parentheses that belongs to one cluster.
 */
#include <stdio.h>

#include "engine/pattern.h"
#include "loaders/condition.h"
#include "loaders/condition_items.h"

#define REFERENCES_MAX 16u /* one inside the other */
#define CLUSTERS_MAX 8u
#define ITEMS_MAX 200000u /* what references may grow to */

enum level {
	TOP_ANY, /* writes observations */
	TOP_ALL, /* collects clusters */
	INNER,	 /* writes comparisons */
};

enum world { WORLD_NONE, WORLD_NETWORK, WORLD_FILE, WORLD_MAIL, WORLD_MIXED };

struct group {
	enum level level;
	bool is_all;
	bool is_bad;	   /* an AND with a term that cannot be said */
	bool has_positive; /* an AND with a term that is no negation */
	enum world world;
	size_t start; /* INNER: in the text of comparisons */
	size_t paren; /* its parenthesis there */
	unsigned int count;
	struct nrs_span reason;
	struct nrs_condition_item only; /* its test, if it has just one */
	unsigned int host; /* whose terms these are: an AND in an AND is flat */
	unsigned int host_count; /* terms of the host when this one opened */
};

/* Terms of an AND that make one observation. */
struct cluster {
	struct nrs_text text;
	enum world world;
	bool has_positive;
};

struct writer {
	const struct nrs_condition_rules *rules;
	struct nrs_text *out;
	size_t out_start;
	struct nrs_condition_result *result;
	struct group groups[NRS_CONDITION_DEPTH_MAX * 2];
	unsigned int depth;
	struct cluster clusters[CLUSTERS_MAX];
	unsigned int cluster_count;
	struct nrs_text inner;
	struct nrs_span sources[REFERENCES_MAX];
	unsigned int source_count;
};

#define GROUPS_MAX (NRS_CONDITION_DEPTH_MAX * 2)

static void say(struct nrs_condition_result *result, struct nrs_span reason)
{
	snprintf(result->reason, sizeof(result->reason), "%.*s",
		 (int)(reason.len > 150 ? 150 : reason.len),
		 (const char *)reason.ptr);
}

static struct group *host(struct writer *w)
{
	return &w->groups[w->groups[w->depth].host];
}

/* A child of @g cannot be said. */
static void refuse(struct writer *w, struct group *g, struct nrs_span reason)
{
	if (g->reason.len == 0)
		g->reason = reason;
	g->is_bad |= g->is_all;
	if (g->is_all)
		return;
	if (!w->result->is_partial)
		say(w->result, reason);
	w->result->is_partial = true;
}

static enum world world_of(struct nrs_span path)
{
	if (nrs_span_starts(path, "file:"))
		return WORLD_FILE;
	if (nrs_span_starts(path, "email-"))
		return WORLD_MAIL;
	return WORLD_NETWORK;
}

static void mix(enum world *into, enum world world)
{
	if (*into == WORLD_NONE)
		*into = world;
	else if (world != WORLD_NONE && *into != world)
		*into = WORLD_MIXED;
}

/* True if @text asks for a value of @path already: "path = ". */
static bool asks(struct nrs_span text, struct nrs_span path)
{
	while (text.len > path.len + 3) {
		const size_t at = nrs_span_find(text, path.ptr[0], 0);

		if (at == SIZE_MAX)
			return false;
		text = nrs_span_from(text, at);
		if (nrs_span_equal(nrs_span_part(text, 0, path.len), path) &&
		    nrs_span_starts(nrs_span_from(text, path.len), " = "))
			return true;
		text = nrs_span_from(text, 1);
	}
	return false;
}

/* A term of the AND at the top: with which others is it seen together? */
static void join_cluster(struct writer *w, struct group *g,
			 const struct nrs_condition_item *term,
			 enum world world)
{
	const bool is_positive = (term->flags & NRS_CONDITION_NEGATIVE) == 0;
	struct cluster *c = w->clusters;
	struct cluster *const end = w->clusters + w->cluster_count;

	while (c < end &&
	       (c->world != world ||
		((term->flags & NRS_CONDITION_EQUAL) != 0 && is_positive &&
		 asks(nrs_text_span(&c->text), term->path))))
		c++;
	if (c == w->clusters + CLUSTERS_MAX) {
		refuse(w, g, nrs_span_of("an AND of too many observations"));
		return;
	}
	if (c == end) {
		w->cluster_count++;
		nrs_text_clear(&c->text);
		c->world = world;
		c->has_positive = false;
	} else {
		nrs_text_puts(&c->text, " AND ");
	}
	nrs_text_add(&c->text, term->text);
	c->has_positive |= is_positive;
	g->count++;
}

static void take_test(struct writer *w, const struct nrs_condition_item *item)
{
	struct group *g = host(w);
	const bool is_negative = (item->flags & NRS_CONDITION_NEGATIVE) != 0;

	if (is_negative && !g->is_all) {
		refuse(w, g,
		       nrs_span_of("a negation alone would match nearly "
				   "everything"));
		return;
	}
	if (g->level == TOP_ALL) {
		join_cluster(w, g, item, world_of(item->path));
		return;
	}
	struct nrs_text *out = g->level == INNER ? &w->inner : w->out;
	if (g->level == INNER && g->count > 0)
		nrs_text_puts(out, g->is_all ? " AND " : " OR ");
	if (g->level == TOP_ANY)
		nrs_text_puts(out, out->len > w->out_start ? " OR [" : "[");
	nrs_text_add(out, item->text);
	if (g->level == TOP_ANY)
		nrs_text_putc(out, ']');
	mix(&g->world, world_of(item->path));
	g->has_positive |= !is_negative;
	g->only = *item;
	g->count++;
}

/* False: deeper than there is room for. */
static bool open_group(struct writer *w, bool is_all)
{
	struct group *parent = host(w);
	const unsigned int parent_at = w->groups[w->depth].host;

	if (w->depth + 1 == GROUPS_MAX)
		return false;
	struct group *g = &w->groups[++w->depth];
	*g = (struct group){.is_all = is_all,
			    .start = w->inner.len,
			    .host = w->depth,
			    .host_count = parent->count};
	if (parent->is_all == is_all) {
		g->host = parent_at;
		return true;
	}
	if (parent->level != TOP_ANY) {
		g->level = INNER;
		if (parent->level == INNER && parent->count > 0)
			nrs_text_puts(&w->inner,
				      parent->is_all ? " AND " : " OR ");
		g->paren = w->inner.len;
		nrs_text_putc(&w->inner, '(');
	} else {
		g->level = TOP_ALL;
		w->cluster_count = 0;
	}
	return true;
}

/* Why the group that ends cannot be said; empty: it can. */
static struct nrs_span fault_of(const struct writer *w, const struct group *g)
{
	if (g->is_bad || (g->count == 0 && g->reason.len > 0))
		return g->reason;
	if (g->count == 0)
		return nrs_span_of("no term at all");
	if (g->level == INNER && g->world == WORLD_MIXED)
		return nrs_span_of("joins terms that are not seen together");
	if (g->level == INNER && !g->has_positive)
		return nrs_span_of("only negations, which match nearly "
				   "everything");
	if (g->level != TOP_ALL)
		return nrs_span(NULL, 0);
	for (unsigned int i = 0; i < w->cluster_count; i++) {
		if (!w->clusters[i].has_positive)
			return nrs_span_of("only negations, which match "
					   "nearly everything");
	}
	if (w->cluster_count > 1 && !w->rules->joins)
		return nrs_span_of("joins terms that no single transaction "
				   "shows");
	return nrs_span(NULL, 0);
}

static void write_clusters(struct writer *w)
{
	const bool is_join = w->cluster_count > 1;

	if (w->out->len > w->out_start)
		nrs_text_puts(w->out, " OR ");
	if (is_join)
		nrs_text_putc(w->out, '(');
	for (unsigned int i = 0; i < w->cluster_count; i++) {
		nrs_text_puts(w->out, i > 0 ? " AND [" : "[");
		nrs_text_add(w->out, nrs_text_span(&w->clusters[i].text));
		nrs_text_putc(w->out, ']');
		w->out->failed |= w->clusters[i].text.failed;
	}
	if (is_join)
		nrs_text_putc(w->out, ')');
}

/* A single term needs none. */
static void drop_paren(struct nrs_text *text, size_t at)
{
	if (text->failed)
		return;
	memmove(text->ptr + at, text->ptr + at + 1, text->len - at - 1);
	text->len--;
}

/* The group of comparisons that ends is a term of the one around it. */
static void close_inner(struct writer *w, struct group *g)
{
	struct group *parent = host(w);

	if (g->count == 1)
		drop_paren(&w->inner, g->paren);
	else
		nrs_text_putc(&w->inner, ')');
	if (parent->level == INNER) {
		mix(&parent->world, g->world);
		parent->has_positive = true;
		parent->count++;
		parent->only = (struct nrs_condition_item){0};
		return;
	}
	struct nrs_condition_item term =
		g->count == 1 ? g->only : (struct nrs_condition_item){0};
	term.text = nrs_span_from(nrs_text_span(&w->inner), g->start);
	w->out->failed |= w->inner.failed;
	join_cluster(w, parent, &term, g->world);
	w->inner.len = g->start;
}

static void close_group(struct writer *w)
{
	struct group *g = &w->groups[w->depth];

	if (w->depth == 0)
		return;
	if (g->host != w->depth) {
		const bool has_none = host(w)->count == g->host_count;

		w->depth--;
		if (has_none && host(w)->reason.len == 0)
			refuse(w, host(w), nrs_span_of("no term at all"));
		return;
	}
	const struct nrs_span fault = fault_of(w, g);
	w->depth--;
	if (fault.len > 0) {
		w->inner.len = g->level == INNER ? g->start : w->inner.len;
		refuse(w, host(w), fault);
		return;
	}
	if (g->level == INNER)
		close_inner(w, g);
	else if (g->level == TOP_ALL)
		write_clusters(w);
	host(w)->count += g->level != INNER;
}

static void take_reference(struct writer *w, struct nrs_span id)
{
	struct group *g = host(w);
	const struct nrs_span found =
		w->rules->find == NULL ? nrs_span(NULL, 0)
				       : w->rules->find(w->rules->ctx, id);

	if (found.len == 0)
		refuse(w, g, nrs_span_of("refers to what is not in the file"));
	else if (w->source_count == REFERENCES_MAX)
		refuse(w, g, nrs_span_of("refers in a circle, or too deep"));
	else
		w->sources[w->source_count++] = found;
}

/* False: others of the file have taken all that there was. */
static bool pay(const struct writer *w, const struct nrs_condition_item *item)
{
	const uint64_t price = 16 + item->path.len + item->text.len;
	uint64_t *const budget = w->rules->budget;

	if (budget == NULL)
		return true;
	if (*budget < price)
		return false;
	*budget -= price;
	return true;
}

/* False: it is too large to be written. */
static bool take_items(struct writer *w)
{
	struct nrs_condition_item item;
	unsigned int items = 0;

	while (w->source_count > 0) {
		if (!nrs_condition_next(&w->sources[w->source_count - 1],
					&item)) {
			w->source_count--;
			continue;
		}
		if (++items > ITEMS_MAX || !pay(w, &item) ||
		    w->inner.len > NRS_PATTERN_LEN_MAX ||
		    w->out->len - w->out_start > NRS_PATTERN_LEN_MAX)
			return false;
		if (item.kind == NRS_CONDITION_TEST)
			take_test(w, &item);
		else if (item.kind == NRS_CONDITION_REFUSED)
			refuse(w, host(w), item.text);
		else if (item.kind == NRS_CONDITION_REFERENCE)
			take_reference(w, item.text);
		else if (item.kind == NRS_CONDITION_CLOSE)
			close_group(w);
		else if (!open_group(w, item.kind == NRS_CONDITION_ALL))
			return false;
	}
	return w->out->len - w->out_start <= NRS_PATTERN_LEN_MAX;
}

int nrs_condition_write(struct nrs_span condition,
			const struct nrs_condition_rules *rules,
			struct nrs_text *pattern,
			struct nrs_condition_result *result)
{
	struct writer w = {.rules = rules,
			   .out = pattern,
			   .out_start = pattern->len,
			   .result = result,
			   .sources = {condition},
			   .source_count = 1};
	int err = NRS_OK;

	*result = (struct nrs_condition_result){0};
	if (!take_items(&w)) {
		say(result, nrs_span_of("larger than a pattern may be"));
		err = NRS_E_UNSUPPORTED;
	} else if (pattern->len == w.out_start) {
		say(result, w.groups[0].reason.len > 0
				    ? w.groups[0].reason
				    : nrs_span_of("no term at all"));
		err = NRS_E_UNSUPPORTED;
	}
	if (pattern->failed || w.inner.failed)
		err = NRS_E_NOMEM;
	if (err != NRS_OK) {
		pattern->len = w.out_start;
		result->is_partial = false;
	}
	nrs_text_fini(&w.inner);
	for (unsigned int i = 0; i < CLUSTERS_MAX; i++)
		nrs_text_fini(&w.clusters[i].text);
	return err;
}
