/* SPDX-License-Identifier: Apache-2.0 */
/*
 * diff_out: changes sorted by report, then by what they are; what stands in no
 * report comes last.
 */
#include "app/diff_out.h"

#include <stdlib.h>

#include "app/listing.h"
#include "engine/handling.h"
#include "sightings/table_out.h"

#define TITLE_WIDTH 60u
#define VALUE_WIDTH 100u

/* The set that knows best what the change is about, and the index in it. */
static const struct nrs_set *set_of(const struct nrs_diff_out *diff,
				    const struct nrs_difference *d,
				    uint32_t *index)
{
	const bool is_new = d->after != NRS_COMPARE_NONE;

	*index = is_new ? d->after : d->before;
	return is_new ? diff->after : diff->before;
}

/* The report it is told under: empty for none. */
static struct nrs_span report_of(const struct nrs_diff_out *diff,
				 const struct nrs_difference *d,
				 struct nrs_span *name)
{
	uint32_t index;
	const struct nrs_set *set = set_of(diff, d, &index);
	const struct nrs_indicator *item = nrs_set_at(set, index);
	const struct nrs_background *b = nrs_indicator_background(item);

	*name = b->report_name;
	return b->report_id;
}

static int by_report(const void *x, const void *y, void *arg)
{
	const struct nrs_diff_out *diff = arg;
	const uint32_t i = *(const uint32_t *)x, j = *(const uint32_t *)y;
	const struct nrs_difference *a = &diff->found->items[i];
	const struct nrs_difference *b = &diff->found->items[j];
	struct nrs_span a_name, b_name;
	const struct nrs_span a_id = report_of(diff, a, &a_name);
	const struct nrs_span b_id = report_of(diff, b, &b_name);
	int by;

	if ((a_id.len == 0) != (b_id.len == 0)) /* reports come first */
		return a_id.len == 0 ? 1 : -1;
	by = nrs_span_compare(a_name, b_name);
	if (by == 0)
		by = nrs_span_compare(a_id, b_id);
	if (by == 0 && a->change != b->change)
		by = a->change < b->change ? -1 : 1;
	return by != 0 ? by : (i < j ? -1 : 1);
}

static uint32_t *sorted(const struct nrs_diff_out *diff)
{
	const size_t count = diff->found->count;
	uint32_t *order = calloc(count + 1, sizeof(*order));

	for (size_t i = 0; order != NULL && i < count; i++)
		order[i] = (uint32_t)i;
	if (order != NULL && count > 1)
		qsort_r(order, count, sizeof(*order), by_report,
			(void *)(uintptr_t)diff);
	return order;
}

static void put_counts(struct nrs_text *out, const struct nrs_diff_out *diff)
{
	for (unsigned int c = 0; c < NRS_CHANGE_COUNT; c++)
		nrs_text_printf(out, "%s %llu, ",
				nrs_change_name((enum nrs_change)c),
				(unsigned long long)diff->found->counts[c]);
	nrs_text_printf(out, "the same %llu\n",
			(unsigned long long)diff->found->same);
}

static void put_group(struct nrs_text *out, struct nrs_span id,
		      struct nrs_span name)
{
	nrs_text_putc(out, '\n');
	if (id.len == 0) {
		nrs_text_puts(out, "in no report");
	} else {
		nrs_text_puts(out, "report ");
		nrs_listing_safe(out, name, TITLE_WIDTH);
		nrs_text_puts(out, " (");
		nrs_table_safe(out, id, 0);
		nrs_text_putc(out, ')');
	}
	nrs_text_putc(out, '\n');
}

/* What one set says, on one line; "-" for nothing. */
static void put_said(struct nrs_text *out, const struct nrs_set *set,
		     uint32_t index, unsigned int property)
{
	struct nrs_text said = {0};

	nrs_compare_said(set, index, property, &said);
	for (size_t i = 0; i < said.len; i++)
		said.ptr[i] = said.ptr[i] == '\n' ? ';' : said.ptr[i];
	if (said.len == 0)
		nrs_text_putc(out, '-');
	else if (!nrs_compare_is_text(property))
		nrs_text_add(out, nrs_text_span(&said));
	else
		nrs_listing_safe(out, nrs_text_span(&said), VALUE_WIDTH);
	out->failed |= said.failed;
	nrs_text_fini(&said);
}

static void put_properties(struct nrs_text *out,
			   const struct nrs_diff_out *diff,
			   const struct nrs_difference *d)
{
	for (unsigned int p = 0; p < NRS_COMPARE_PROPERTIES; p++) {
		if ((d->properties >> p & 1) == 0)
			continue;
		nrs_text_printf(out,
				"             %s: ", nrs_compare_property(p));
		put_said(out, diff->before, d->before, p);
		nrs_text_puts(out, " -> ");
		put_said(out, diff->after, d->after, p);
		nrs_text_putc(out, '\n');
	}
}

static const char *remark(const struct nrs_diff_out *diff,
			  const struct nrs_difference *d)
{
	uint32_t index;
	const struct nrs_set *set = set_of(diff, d, &index);
	const bool is_over =
		nrs_set_at(set, index)->valid_until_ns <= diff->at_ns;

	switch (d->change) {
	case NRS_CHANGE_NEW:
		return is_over ? ", but expired already" : "";
	case NRS_CHANGE_REVOKED:
		return d->before == NRS_COMPARE_NONE ? ", not held before" : "";
	case NRS_CHANGE_EXPIRED:
		return d->after == NRS_COMPARE_NONE ? ", and gone" : "";
	case NRS_CHANGE_GONE:
		return is_over ? ", expired long ago" : ", still valid";
	default:
		return "";
	}
}

static void put_change(struct nrs_text *out, const struct nrs_diff_out *diff,
		       const struct nrs_difference *d)
{
	uint32_t index;
	const struct nrs_set *set = set_of(diff, d, &index);
	struct nrs_text pattern = {0};

	nrs_text_printf(out, "  %-8s ", nrs_change_name(d->change));
	nrs_listing_title(out, set, index, TITLE_WIDTH);
	const bool is_hidden = nrs_is_hidden(nrs_set_at(set, index));
	if (nrs_set_at(set, index)->id.len > 0 && !is_hidden) {
		nrs_text_puts(out, "  ");
		nrs_shown_pattern(set, index, &pattern);
		nrs_listing_safe(out, nrs_text_span(&pattern), VALUE_WIDTH);
		nrs_text_puts(out, "  ");
		nrs_table_safe(out, nrs_set_at(set, index)->id, 0);
	}
	out->failed |= pattern.failed;
	nrs_text_fini(&pattern);
	nrs_text_puts(out, remark(diff, d));
	nrs_text_putc(out, '\n');
	if (d->before != NRS_COMPARE_NONE && d->after != NRS_COMPARE_NONE &&
	    d->change != NRS_CHANGE_REVOKED && !is_hidden)
		put_properties(out, diff, d);
}

/* Changes of one kind in one report, from @order[0] on; how many they are. */
static size_t put_kind(struct nrs_text *out, const struct nrs_diff_out *diff,
		       const uint32_t *order, size_t count)
{
	const struct nrs_difference *first = &diff->found->items[order[0]];
	struct nrs_span name, other;
	const struct nrs_span id = report_of(diff, first, &name);
	size_t here = 0;

	for (; here < count; here++) {
		const struct nrs_difference *d =
			&diff->found->items[order[here]];

		if (d->change != first->change ||
		    !nrs_span_equal(report_of(diff, d, &other), id) ||
		    !nrs_span_equal(other, name))
			break;
		if (diff->all || here < NRS_DIFF_ROWS)
			put_change(out, diff, d);
	}
	if (!diff->all && here > NRS_DIFF_ROWS)
		nrs_text_printf(out, "           ... and %zu more %s (--all)\n",
				here - NRS_DIFF_ROWS,
				nrs_change_name(first->change));
	return here;
}

int nrs_diff_text(struct nrs_text *out, const struct nrs_diff_out *diff)
{
	uint32_t *order = sorted(diff);
	struct nrs_span id = {NULL, 0}, name = {NULL, 0};

	if (order == NULL)
		return NRS_E_NOMEM;
	put_counts(out, diff);
	for (size_t i = 0; i < diff->found->count;) {
		struct nrs_span this_name;
		const struct nrs_span this_id = report_of(
			diff, &diff->found->items[order[i]], &this_name);

		if (i == 0 || !nrs_span_equal(this_id, id) ||
		    !nrs_span_equal(this_name, name))
			put_group(out, this_id, this_name);
		id = this_id;
		name = this_name;
		i += put_kind(out, diff, order + i, diff->found->count - i);
	}
	free(order);
	return NRS_OK;
}

static void put_said_json(struct nrs_jsonw *w, const char *key,
			  const struct nrs_set *set, uint32_t index,
			  unsigned int property)
{
	struct nrs_text said = {0};

	nrs_compare_said(set, index, property, &said);
	w->out->failed |= said.failed;
	if (said.len > 0) {
		nrs_jsonw_member(w, key, nrs_text_span(&said));
	} else {
		nrs_jsonw_key(w, key);
		nrs_jsonw_null(w);
	}
	nrs_text_fini(&said);
}

static void put_json(struct nrs_text *out, const struct nrs_diff_out *diff,
		     const struct nrs_difference *d)
{
	struct nrs_jsonw w = {.out = out};
	uint32_t index;
	const struct nrs_set *set = set_of(diff, d, &index);
	const bool is_hidden = nrs_is_hidden(nrs_set_at(set, index));
	const bool is_pair =
		d->before != NRS_COMPARE_NONE && d->after != NRS_COMPARE_NONE;

	nrs_jsonw_open(&w, '{');
	nrs_jsonw_member(&w, "change", nrs_span_of(nrs_change_name(d->change)));
	nrs_jsonw_key(&w, "held_before");
	nrs_jsonw_bool(&w, d->before != NRS_COMPARE_NONE);
	nrs_jsonw_key(&w, "held_now");
	nrs_jsonw_bool(&w, d->after != NRS_COMPARE_NONE);
	nrs_jsonw_key(&w, "properties");
	nrs_jsonw_open(&w, '{');
	for (unsigned int p = 0; is_pair && p < NRS_COMPARE_PROPERTIES; p++) {
		if ((d->properties >> p & 1) == 0)
			continue;
		nrs_jsonw_key(&w, nrs_compare_property(p));
		nrs_jsonw_open(&w, '{');
		if (is_hidden) {
			nrs_jsonw_close(&w, '}');
			continue;
		}
		put_said_json(&w, "old", diff->before, d->before, p);
		put_said_json(&w, "new", diff->after, d->after, p);
		nrs_jsonw_close(&w, '}');
	}
	nrs_jsonw_close(&w, '}');
	nrs_listing_json(&w, set, index, diff->at_ns);
	nrs_jsonw_close(&w, '}');
	nrs_text_putc(out, '\n');
}

int nrs_diff_json(struct nrs_text *out, const struct nrs_diff_out *diff)
{
	uint32_t *order = sorted(diff);

	if (order == NULL)
		return NRS_E_NOMEM;
	for (size_t i = 0; i < diff->found->count; i++)
		put_json(out, diff, &diff->found->items[order[i]]);
	free(order);
	return NRS_OK;
}
