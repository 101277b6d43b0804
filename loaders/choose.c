/* SPDX-License-Identifier: Apache-2.0 */
/*
 * choose: the steps, and the count of what each left behind.
 */
#include "loaders/choose.h"

#include <stdlib.h>

#include "engine/set_over.h"

static bool is_open(const struct nrs_indicator *item)
{
	return item->status == NRS_STATUS_FULL ||
	       item->status == NRS_STATUS_PARTIAL;
}

static int expire(struct nrs_set *set, int64_t at_ns)
{
	int err = NRS_OK;

	for (uint32_t i = nrs_set_first(set);
	     i < nrs_set_count(set) && err == NRS_OK; i++) {
		struct nrs_indicator item;

		nrs_set_get(set, i, &item);
		if (is_open(&item) && at_ns >= item.valid_until_ns)
			err = nrs_set_judge(set, i, NRS_STATUS_EXPIRED,
					    "its valid_until is over");
	}
	return err;
}

int nrs_choose(struct nrs_set *set, const struct nrs_choose_options *options)
{
	int err = NRS_OK;

	if (options->drop_expired)
		err = expire(set, options->at_ns);
	if (err == NRS_OK && (options->judge || options->allow != NULL ||
			      options->select != NULL))
		err = nrs_db_judge(set, options->building);
	if (err == NRS_OK && options->allow != NULL)
		err = nrs_allow_run(options->allow, set, options->at_ns);
	if (err == NRS_OK && options->select != NULL)
		err = nrs_select_run(options->select, set, options->at_ns);
	return err;
}

/* "process:pid is not visible" is about process; "pattern type yara". */
static struct nrs_span word_of(const char *reason)
{
	const struct nrs_span text = nrs_span_of(reason);
	const size_t colon = nrs_span_find(text, ':', 0);
	const size_t blank = nrs_span_find(text, ' ', 0);

	return colon < blank ? nrs_span_part(text, 0, colon) : text;
}

/* Reasons while they are counted: more than are told, so that what is told is
 * the most frequent. */
#define TALLY_MAX 256u
struct tally {
	struct nrs_funnel_reason items[TALLY_MAX];
	unsigned int count, last;
};

static bool is_word(const struct nrs_funnel_reason *reason,
		    struct nrs_span word)
{
	return nrs_span_equal(word, nrs_span_of(reason->word));
}

static void tally(struct tally *t, const char *reason, uint64_t times)
{
	struct nrs_span word = word_of(reason);
	unsigned int i = t->last;

	word = nrs_span_part(word, 0, sizeof(t->items->word) - 1);
	if (i >= t->count || !is_word(&t->items[i], word))
		for (i = 0; i < t->count && !is_word(&t->items[i], word);)
			i++;
	if (i == TALLY_MAX)
		return;
	if (i == t->count) {
		if (word.len > 0)
			memcpy(t->items[i].word, word.ptr, word.len);
		t->count++;
	}
	t->items[i].count += times;
	t->last = i;
}

static int by_count(const void *a, const void *b)
{
	const struct nrs_funnel_reason *x = a, *y = b;

	if (x->count != y->count)
		return x->count < y->count ? 1 : -1;
	return strcmp(x->word, y->word);
}

static void take_reasons(struct nrs_funnel *out, struct tally *t)
{
	qsort(t->items, t->count, sizeof(*t->items), by_count);
	for (unsigned int i = 0; i < t->count && i < NRS_FUNNEL_REASONS; i++)
		out->reasons[i] = t->items[i];
}

/* @times is 1, or -1 where one is taken off again. */
static void count(struct nrs_funnel *out, const struct nrs_set *set,
		  uint32_t index, uint64_t times)
{
	uint64_t withdrawn = 0; /* was received once */
	uint64_t *const counts[NRS_STATUS_COUNT] = {
		[NRS_STATUS_FULL] = &out->full,
		[NRS_STATUS_PARTIAL] = &out->partial,
		[NRS_STATUS_UNSUPPORTED] = &out->unseen,
		[NRS_STATUS_REJECTED] = &out->rejected,
		[NRS_STATUS_REVOKED] = &out->revoked,
		[NRS_STATUS_SUPERSEDED] = &out->superseded,
		[NRS_STATUS_DUPLICATE] = &out->duplicates,
		[NRS_STATUS_BENIGN] = &out->benign,
		[NRS_STATUS_EXPIRED] = &out->expired,
		[NRS_STATUS_EXCEPTED] = &out->excepted,
		[NRS_STATUS_DROPPED] = &out->dropped,
		[NRS_STATUS_WITHDRAWN] = &withdrawn,
		[NRS_STATUS_WAITING] = &out->waiting};
	const enum nrs_status status = nrs_set_status(set, index);

	if (status == NRS_STATUS_REJECTED &&
	    strncmp(nrs_set_reason(set, index), "guard: ", 7) == 0)
		out->guarded += times;
	else
		*counts[status] += times;
	if (status <= NRS_STATUS_PARTIAL && nrs_set_is_watched(set, index))
		out->watched += times;
	out->received += withdrawn == 0 ? times : 0;
}

static void count_reason(struct tally *reasons, const struct nrs_set *set,
			 uint32_t index, uint64_t times)
{
	if (reasons != NULL &&
	    nrs_set_status(set, index) == NRS_STATUS_UNSUPPORTED)
		tally(reasons, nrs_set_reason(set, index), times);
}

void nrs_funnel_count(struct nrs_funnel *out, const struct nrs_set *set,
		      const struct nrs_select *select)
{
	struct tally *reasons = calloc(1, sizeof(*reasons));

	*out = (struct nrs_funnel){0};
	for (uint32_t i = 0; i < nrs_set_count(set); i++) {
		count(out, set, i, 1);
		count_reason(reasons, set, i, 1);
	}
	out->rejected += nrs_set_refused(set);
	out->duplicates += nrs_set_repeats(set);
	out->received += nrs_set_refused(set) + nrs_set_repeats(set);
	for (unsigned int r = 0; select != NULL && r <= NRS_SELECT_RULES_MAX;
	     r++)
		out->by_rule[r] = nrs_select_dropped(select, r);
	if (reasons != NULL)
		take_reasons(out, reasons);
	free(reasons);
}

/* One below was counted with that set; here something else is said of it. */
static void count_again(struct nrs_funnel *out, struct tally *reasons,
			const struct nrs_funnel_below *below,
			const struct nrs_set *set, uint32_t index)
{
	const struct nrs_set *under = nrs_set_under(set);
	const uint64_t less = UINT64_MAX; /* one less */

	count(out, under, index, less);
	count_reason(reasons, under, index, less);
	count(out, set, index, 1);
	if (below->select != NULL &&
	    nrs_set_status(under, index) == NRS_STATUS_DROPPED)
		out->by_rule[nrs_select_decided(below->select, index)]--;
}

void nrs_funnel_over(struct nrs_funnel *out,
		     const struct nrs_funnel_below *below,
		     const struct nrs_set *set, const struct nrs_select *select)
{
	const struct nrs_set *under = nrs_set_under(set);
	const uint64_t refused = nrs_set_refused(set) - nrs_set_refused(under);
	const uint64_t repeats = nrs_set_repeats(set) - nrs_set_repeats(under);
	struct tally *reasons = calloc(1, sizeof(*reasons));

	*out = *below->funnel;
	for (unsigned int i = 0; reasons != NULL && i < NRS_FUNNEL_REASONS &&
				 out->reasons[i].count > 0;
	     i++)
		reasons->items[reasons->count++] = out->reasons[i];
	for (uint32_t i = 0; i < nrs_set_first(set); i++) {
		if (nrs_set_withdrawn(set)[i] != 0)
			count_again(out, reasons, below, set, i);
	}
	for (uint32_t i = nrs_set_first(set); i < nrs_set_count(set); i++) {
		count(out, set, i, 1);
		count_reason(reasons, set, i, 1);
	}
	out->rejected += refused;
	out->duplicates += repeats;
	out->received += refused + repeats;
	for (unsigned int r = 0; select != NULL && r <= NRS_SELECT_RULES_MAX;
	     r++)
		out->by_rule[r] += nrs_select_dropped(select, r);
	memset(out->reasons, 0, sizeof(out->reasons));
	if (reasons != NULL)
		take_reasons(out, reasons);
	free(reasons);
}
