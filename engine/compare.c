/* SPDX-License-Identifier: Apache-2.0 */
/*
 * compare: two sorted arrays of what counts, walked side by side.
 */
#include "engine/compare.h"

#include <stdlib.h>

enum property {
	PATTERN,
	VALID_FROM,
	VALID_UNTIL,
	CONFIDENCE,
	TLP,
	REVOKED,
	NAME,
	DESCRIPTION,
	MODIFIED, /* told only where nothing else changed */
	BACKGROUND
};
_Static_assert(BACKGROUND + NRS_BACKGROUND_MEMBERS == NRS_COMPARE_PROPERTIES &&
		       NRS_COMPARE_PROPERTIES <= 32,
	       "a bit each");

const char *nrs_change_name(enum nrs_change change)
{
	static const char *const names[] = {"new", "updated", "revoked",
					    "expired", "gone"};

	return names[change];
}

const char *nrs_compare_property(unsigned int property)
{
	static const char *const names[] = {
		"pattern", "valid_from", "valid_until", "confidence", "tlp",
		"revoked", "name",	 "description", "modified"};

	return property < BACKGROUND
		       ? names[property]
		       : nrs_background_table[property - BACKGROUND].name;
}

bool nrs_compare_is_text(unsigned int property)
{
	return property == PATTERN || property == NAME ||
	       property == DESCRIPTION || property >= BACKGROUND;
}

static void put_time(struct nrs_text *out, int64_t ns)
{
	char text[NRS_STAMP_LEN];

	if (ns != NRS_TIME_MIN && ns != NRS_TIME_MAX)
		nrs_text_add(out,
			     nrs_span(text, nrs_stamp_format(ns, 3, text)));
}

static struct nrs_span text_of(const struct nrs_indicator *item,
			       unsigned int property)
{
	const struct nrs_indicator_context *c = item->context;

	switch (property) {
	case PATTERN:
		return item->pattern;
	case NAME:
		return c == NULL ? nrs_span(NULL, 0) : c->name;
	case DESCRIPTION:
		return c == NULL ? nrs_span(NULL, 0) : c->description;
	default:
		return nrs_background_get(nrs_indicator_background(item),
					  property - BACKGROUND);
	}
}

void nrs_compare_said(const struct nrs_set *set, uint32_t index,
		      unsigned int property, struct nrs_text *out)
{
	const struct nrs_indicator *item = nrs_set_at(set, index);

	switch (property) {
	case VALID_FROM:
		put_time(out, item->valid_from_ns);
		break;
	case VALID_UNTIL:
		put_time(out, item->valid_until_ns);
		break;
	case MODIFIED:
		put_time(out, item->modified_ns);
		break;
	case CONFIDENCE:
		if (item->confidence >= 0)
			nrs_text_printf(out, "%d", item->confidence);
		break;
	case TLP:
		nrs_text_puts(out, nrs_tlp_name((enum nrs_tlp)item->tlp));
		break;
	case REVOKED:
		nrs_text_puts(out, item->status == NRS_STATUS_REVOKED ? "yes"
								      : "no");
		break;
	default:
		nrs_text_add(out, text_of(item, property));
	}
}

static bool says_the_same(const struct nrs_indicator *a,
			  const struct nrs_indicator *b, unsigned int property)
{
	switch (property) {
	case VALID_FROM:
		return a->valid_from_ns == b->valid_from_ns;
	case VALID_UNTIL:
		return a->valid_until_ns == b->valid_until_ns;
	case MODIFIED:
		return a->modified_ns == b->modified_ns;
	case CONFIDENCE:
		return a->confidence == b->confidence;
	case TLP:
		return a->tlp == b->tlp;
	case REVOKED:
		return (a->status == NRS_STATUS_REVOKED) ==
		       (b->status == NRS_STATUS_REVOKED);
	default:
		return nrs_span_equal(text_of(a, property),
				      text_of(b, property));
	}
}

static uint32_t differing(const struct nrs_indicator *a,
			  const struct nrs_indicator *b)
{
	uint32_t bits = 0;

	for (unsigned int p = 0; p < NRS_COMPARE_PROPERTIES; p++) {
		if (!says_the_same(a, b, p))
			bits |= UINT32_C(1) << p;
	}
	/* A new version is news for what it says. */
	return (bits & ~(UINT32_C(1) << MODIFIED)) != 0
		       ? bits & ~(UINT32_C(1) << MODIFIED)
		       : bits;
}

static int by_key(const struct nrs_indicator *a, const struct nrs_indicator *b)
{
	if (a->id.len > 0 && b->id.len > 0)
		return nrs_span_compare(a->id, b->id);
	if (a->id.len > 0 || b->id.len > 0)
		return a->id.len > 0 ? -1 : 1;
	if (a->shape != b->shape)
		return a->shape < b->shape ? -1 : 1;
	return nrs_span_compare(a->pattern, b->pattern);
}

/* Within one key: what can be read, then the newest, then the first. */
static int by_count(const void *x, const void *y, void *arg)
{
	const struct nrs_set *set = arg;
	const uint32_t i = *(const uint32_t *)x, j = *(const uint32_t *)y;
	const struct nrs_indicator *a = nrs_set_at(set, i);
	const struct nrs_indicator *b = nrs_set_at(set, j);
	const bool a_bad = a->status == NRS_STATUS_REJECTED;
	const bool b_bad = b->status == NRS_STATUS_REJECTED;
	const int by = by_key(a, b);

	if (by != 0)
		return by;
	if (a_bad != b_bad)
		return a_bad ? 1 : -1;
	if (a->modified_ns != b->modified_ns)
		return a->modified_ns < b->modified_ns ? 1 : -1;
	return i < j ? -1 : 1;
}

/* The indices of what counts in @set, one per key, sorted by it. */
static int counting(const struct nrs_set *set, uint32_t **out, size_t *count)
{
	uint32_t *order =
		calloc((size_t)nrs_set_count(set) + 1, sizeof(*order));
	size_t all = 0, kept = 0;

	*out = order;
	*count = 0;
	if (order == NULL)
		return NRS_E_NOMEM;
	for (uint32_t i = 0; i < nrs_set_count(set); i++) {
		const uint8_t status = nrs_set_at(set, i)->status;

		if (status != NRS_STATUS_SUPERSEDED &&
		    status != NRS_STATUS_DUPLICATE)
			order[all++] = i;
	}
	if (all > 1)
		qsort_r(order, all, sizeof(*order), by_count,
			(void *)(uintptr_t)set);
	for (size_t i = 0; i < all; i++) {
		if (kept == 0 || by_key(nrs_set_at(set, order[kept - 1]),
					nrs_set_at(set, order[i])) != 0)
			order[kept++] = order[i];
	}
	*count = kept;
	return NRS_OK;
}

/* Did it end between the two times? */
static bool ended(const struct nrs_indicator *item,
		  const struct nrs_compare_times *times)
{
	return item->valid_until_ns <= times->at_ns &&
	       item->valid_until_ns > times->since_ns;
}

/* What became of an indicator that is in both. False: nothing. */
static bool judge(struct nrs_difference *d, const struct nrs_indicator *before,
		  const struct nrs_indicator *after,
		  const struct nrs_compare_times *times)
{
	d->properties = differing(before, after);
	if (after->status == NRS_STATUS_REVOKED) {
		d->change = NRS_CHANGE_REVOKED;
		return before->status != NRS_STATUS_REVOKED;
	}
	if (ended(after, times) || (after->valid_until_ns <= times->at_ns &&
				    before->valid_until_ns > times->at_ns)) {
		d->change = NRS_CHANGE_EXPIRED;
		return true;
	}
	d->change = NRS_CHANGE_UPDATED;
	return d->properties != 0;
}

/* One that only the later set has, or only the earlier one. */
static bool judge_alone(struct nrs_difference *d,
			const struct nrs_indicator *item,
			const struct nrs_compare_times *times)
{
	const bool is_revoked = item->status == NRS_STATUS_REVOKED;

	if (d->after != NRS_COMPARE_NONE) {
		d->change = is_revoked ? NRS_CHANGE_REVOKED : NRS_CHANGE_NEW;
		return true;
	}
	d->change = ended(item, times) ? NRS_CHANGE_EXPIRED : NRS_CHANGE_GONE;
	return !is_revoked;
}

static void add(struct nrs_comparison *out, const struct nrs_difference *d)
{
	out->counts[d->change]++;
	out->items[out->count++] = *d;
}

int64_t nrs_compare_newest(const struct nrs_set *set)
{
	int64_t newest = NRS_TIME_MIN;

	for (uint32_t i = 0; i < nrs_set_count(set); i++) {
		const int64_t modified = nrs_set_at(set, i)->modified_ns;

		if (modified != 0 && modified > newest)
			newest = modified;
	}
	return newest;
}

/* The indices of one set that count, and where the walk stands in them. */
struct side {
	const struct nrs_set *set;
	uint32_t *order;
	size_t count, at;
};

static const struct nrs_indicator *next(const struct side *side)
{
	return side->at < side->count
		       ? nrs_set_at(side->set, side->order[side->at])
		       : NULL;
}

static void walk(struct nrs_comparison *out, struct side *before,
		 struct side *after, const struct nrs_compare_times *times)
{
	const struct nrs_indicator *a, *b;

	while ((a = next(before), b = next(after), a != NULL || b != NULL)) {
		const int by = a == NULL ? 1 : b == NULL ? -1 : by_key(a, b);
		struct nrs_difference d = {.before = NRS_COMPARE_NONE,
					   .after = NRS_COMPARE_NONE};
		bool is_news;

		if (by <= 0)
			d.before = before->order[before->at++];
		if (by >= 0)
			d.after = after->order[after->at++];
		is_news = by == 0 ? judge(&d, a, b, times)
				  : judge_alone(&d, by < 0 ? a : b, times);
		if (is_news)
			add(out, &d);
		else
			out->same += by == 0;
	}
}

int nrs_compare(struct nrs_comparison *out, const struct nrs_set *before,
		const struct nrs_set *after,
		const struct nrs_compare_times *times)
{
	struct side old = {.set = before}, new = {.set = after};
	int err = counting(before, &old.order, &old.count);

	*out = (struct nrs_comparison){0};
	if (err == NRS_OK)
		err = counting(after, &new.order, &new.count);
	if (err == NRS_OK) {
		out->items =
			calloc(old.count + new.count + 1, sizeof(*out->items));
		err = out->items == NULL ? NRS_E_NOMEM : NRS_OK;
	}
	if (err == NRS_OK)
		walk(out, &old, &new, times);
	free(old.order);
	free(new.order);
	return err;
}
