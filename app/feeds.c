/* SPDX-License-Identifier: Apache-2.0 */
/*
 * feeds: counts per name of a source, before and now.
 */
#include "app/feeds.h"

#include <stdlib.h>

struct feed {
	struct nrs_span name;
	uint64_t before, now;
};

struct feeds {
	struct feed *items;
	unsigned int count;
};

/* The feed of this name; a new one where there is none. */
static unsigned int feed_of(struct feeds *feeds, struct nrs_span name)
{
	unsigned int i = 0;

	while (i < feeds->count && !nrs_span_equal(feeds->items[i].name, name))
		i++;
	if (i == feeds->count)
		feeds->items[feeds->count++].name = name;
	return i;
}

/* Older versions and what came twice say nothing about size. */
static bool counts(enum nrs_status status)
{
	return status != NRS_STATUS_SUPERSEDED &&
	       status != NRS_STATUS_DUPLICATE && status != NRS_STATUS_WITHDRAWN;
}

static int count_set(struct feeds *feeds, const struct nrs_set *set,
		     bool is_now)
{
	const unsigned int sources = nrs_set_sources(set);
	unsigned int *which = calloc((size_t)sources + 1, sizeof(*which));

	if (which == NULL)
		return NRS_E_NOMEM;
	for (unsigned int s = 0; s < sources; s++)
		which[s] = feed_of(feeds, nrs_set_source_of(set, s)->name);
	for (uint32_t i = 0; i < nrs_set_count(set); i++) {
		const uint32_t source = nrs_set_source_at(set, i);
		struct feed *feed = &feeds->items[which[source]];

		if (counts(nrs_set_status(set, i)))
			++*(is_now ? &feed->now : &feed->before);
	}
	free(which);
	return NRS_OK;
}

static int judge(const struct feed *feed, const struct nrs_feed_limits *limits,
		 struct nrs_diag *diag)
{
	const uint64_t more =
		feed->before > feed->now ? feed->before : feed->now;
	const bool shrinks = limits->shrink_percent > 0 &&
			     feed->now < feed->before &&
			     (feed->before - feed->now) * 100 >
				     feed->before * limits->shrink_percent;
	/* One that was empty has not grown: it has come. */
	const bool grows = limits->grow_percent > 0 && feed->before > 0 &&
			   feed->now > feed->before &&
			   (feed->now - feed->before) * 100 >
				   feed->before * limits->grow_percent;

	if (more < limits->least || (!shrinks && !grows))
		return NRS_OK;
	return nrs_diag_set(
		diag, NRS_E_LIMIT, 0,
		"%.*s: %llu indicators where it had %llu, not believed "
		"(feeds.%s %llu): noroshi reload --accept takes it",
		(int)(feed->name.len > 60 ? 60 : feed->name.len),
		(const char *)feed->name.ptr, (unsigned long long)feed->now,
		(unsigned long long)feed->before, shrinks ? "shrink" : "grow",
		(unsigned long long)(shrinks ? limits->shrink_percent
					     : limits->grow_percent));
}

int nrs_feeds_check(const struct nrs_set *before, const struct nrs_set *now,
		    const struct nrs_feed_limits *limits, struct nrs_diag *diag)
{
	struct feeds feeds = {.items = calloc((size_t)nrs_set_sources(before) +
						      nrs_set_sources(now) + 1,
					      sizeof(*feeds.items))};
	int err = feeds.items == NULL ? NRS_E_NOMEM : NRS_OK;

	if (err == NRS_OK)
		err = count_set(&feeds, before, false);
	if (err == NRS_OK)
		err = count_set(&feeds, now, true);
	for (unsigned int i = 0; i < feeds.count && err == NRS_OK; i++)
		err = judge(&feeds.items[i], limits, diag);
	free(feeds.items);
	return err;
}
