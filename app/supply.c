/* SPDX-License-Identifier: Apache-2.0 */
/*
 * supply: what changed, how it is brought in, publishing and retiring.
 *
 * A stock is shared by all generations that are over it, and freed with the
 * last of them; only the builder's thread counts. A change that the stock has
 * too once it was made anew is found by the dates of files and the marks of
 * collections: what differs from the stock's is laid over it.
 */
#include "app/supply.h"

#include <stdio.h>
#include <stdlib.h>

#include "app/supply_part.h"
#include "engine/set_over.h"

/* An exception whose end could not be heeded is tried again. */
#define ENDS_AGAIN_NS (600 * NRS_SECOND_NS)

/* So many changes laid over a stock are a reason to make it anew. */
#define CHANGES_MAX 1000u

int nrs_supply_new(struct nrs_supply **out,
		   const struct nrs_supply_options *options)
{
	struct nrs_supply *s = calloc(1, sizeof(*s));

	if (s == NULL)
		return NRS_E_NOMEM;
	s->options = *options;
	s->wanted = options->policy;
	if (s->options.large == 0)
		s->options.large = NRS_SUPPLY_LARGE;
	s->ends_ns = NRS_TIME_MAX;
	s->seen =
		calloc((size_t)nrs_source_count(options) + 1, sizeof(*s->seen));
	s->exceptions_seen = calloc((size_t)options->exception_count + 1,
				    sizeof(*s->exceptions_seen));
	if (s->seen == NULL || s->exceptions_seen == NULL ||
	    nrs_lock_new(&s->lock) != NRS_OK ||
	    nrs_merger_new(&s->merger, &s->options) != NRS_OK) {
		nrs_supply_free(s);
		return NRS_E_NOMEM;
	}
	*out = s;
	return NRS_OK;
}

void nrs_supply_free(struct nrs_supply *s)
{
	if (s == NULL)
		return;
	nrs_merger_free(s->merger);
	nrs_publisher_free(s->publisher);
	for (unsigned int i = 0; i < NRS_SUPPLY_SETS; i++)
		nrs_supply_free_living(&s->living[i]);
	nrs_supply_let_go(s->stock);
	nrs_by_hand_free(s->hand);
	nrs_lock_free(s->lock);
	free(s->exceptions_seen);
	free(s->seen);
	free(s);
}

/* How the units are now. */
static bool look(const struct nrs_supply *s, unsigned int unit,
		 struct nrs_source_seen *now)
{
	*now = s->seen[unit];
	if (unit < s->options.file_count)
		nrs_source_look(&s->options, unit, &now->file);
	return !nrs_source_is_same(now, &s->seen[unit]);
}

static bool exceptions_changed(const struct nrs_supply *s)
{
	for (unsigned int i = 0; i < s->options.exception_count; i++) {
		struct nrs_source_seen now = {0}, then = {0};

		nrs_source_look_at_exceptions(&s->options, i, &now.file);
		then.file = s->exceptions_seen[i];
		if (!nrs_source_is_same(&now, &then))
			return true;
	}
	return false;
}

static bool look_at_hand(const struct nrs_supply *s, struct stat *now)
{
	struct nrs_source_seen a = {0}, b = {.file = s->hand_seen};

	if (s->options.by_hand == NULL)
		return false;
	nrs_source_look_at(s->options.by_hand, &a.file);
	*now = a.file;
	return !nrs_source_is_same(&a, &b);
}

/* Read what is taken off by hand, if it is another now. What cannot be read
 * leaves what was. */
static int read_hand(struct nrs_supply *s, struct nrs_diag *diag)
{
	struct nrs_by_hand *next = NULL;
	struct stat now;

	if (!look_at_hand(s, &now))
		return NRS_OK;
	s->hand_seen = now;
	const int err = nrs_by_hand_new(&next, s->options.by_hand, diag);
	if (err != NRS_OK)
		return err;
	if (s->stock != NULL)
		s->stock->hand = NULL; /* its rows are of the last one */
	nrs_by_hand_free(s->hand);
	s->hand = next;
	s->has_hand = true;
	return NRS_OK;
}

/* Which rows of the stock that are. */
static int apply_hand(struct nrs_supply *s)
{
	struct nrs_stock *stock = s->stock;

	if (stock->hand == s->hand || s->hand == NULL)
		return NRS_OK;
	stock->hidden.count = 0;
	free(stock->hidden.rows);
	stock->hidden.rows = NULL;
	stock->hand = s->hand;
	return nrs_by_hand_find(s->hand, stock->db,
				s->options.building.seats - 1, &stock->hidden);
}

static bool files_changed(const struct nrs_supply *s)
{
	struct nrs_source_seen now;

	for (unsigned int i = 0; i < s->options.file_count; i++) {
		if (look(s, i, &now))
			return true;
	}
	return false;
}

/* Exceptions hold for all that is in force; what is asked for while all is
 * made anew is done afterwards. */
static bool must_have_all(const struct nrs_supply *s)
{
	return (s->wants_all && !nrs_merger_is_busy(s->merger)) ||
	       nrs_source_now_ns(&s->options) >= s->ends_ns ||
	       exceptions_changed(s);
}

bool nrs_supply_changed(struct nrs_supply *s)
{
	struct stat now;

	return must_have_all(s) || s->has_news || look_at_hand(s, &now) ||
	       nrs_merger_is_done(s->merger) || files_changed(s);
}

/* From now on what is there now is known, come of it what may. */
static void note_all(struct nrs_supply *s)
{
	struct nrs_source_seen now;

	for (unsigned int i = 0; i < nrs_source_count(&s->options); i++) {
		(void)look(s, i, &now);
		s->seen[i] = now;
	}
	for (unsigned int i = 0; i < s->options.exception_count; i++)
		nrs_source_look_at_exceptions(&s->options, i,
					      &s->exceptions_seen[i]);
	s->has_news = false;
}

void nrs_supply_want_all(struct nrs_supply *s)
{
	s->wants_all = true;
}

void nrs_supply_choose(struct nrs_supply *s,
		       const struct nrs_select_policy *policy)
{
	if (policy == s->wanted)
		return;
	s->wanted = policy;
	s->wants_all = true;
}

/* Who makes all anew aside reads the options. */
static void take_policy(struct nrs_supply *s)
{
	if (!nrs_merger_is_busy(s->merger))
		s->options.policy = s->wanted;
}

void nrs_supply_news(struct nrs_supply *s)
{
	s->has_news = true;
}

void nrs_supply_accept(struct nrs_supply *s)
{
	s->accepts = true;
}

static void doubt(struct nrs_supply *s, const char *text)
{
	nrs_lock_take(s->lock);
	s->state.disbelieved += text[0] != '\0';
	(void)snprintf(s->state.doubt, sizeof(s->state.doubt), "%s", text);
	nrs_lock_give(s->lock);
}

/* What is in force stays when a source is not believed. */
static int believe(struct nrs_supply *s, const struct nrs_set *set,
		   struct nrs_diag *diag)
{
	const struct nrs_set *before =
		nrs_supply_set_of(s, s->state.generation);
	struct nrs_diag reason = {0};

	if (before == NULL || s->accepts)
		return NRS_OK;
	const int err =
		nrs_feeds_check(before, set, &s->options.feeds, &reason);
	if (err != NRS_E_LIMIT)
		return err;
	doubt(s, reason.text);
	return nrs_diag_set(diag, err, 0, "%s", reason.text);
}

static void start_merging(struct nrs_supply *s)
{
	s->wants_all = true;
	if (nrs_merger_is_busy(s->merger) ||
	    nrs_merger_start(s->merger) != NRS_OK)
		return;
	s->wants_all = false;
	nrs_lock_take(s->lock);
	s->state.is_merging = true;
	nrs_lock_give(s->lock);
}

static void next_generation(struct nrs_supply *s)
{
	if (++s->generation == 0) /* 0 means none */
		s->generation = 1;
}

/* Lay over the stock in which the units differ from it. */
static int lay_over(struct nrs_supply *s, bool is_believed,
		    struct nrs_diag *diag)
{
	struct nrs_supply_options options = s->options;
	struct nrs_supply_state known = {0};
	struct nrs_later later = {0};

	next_generation(s);
	options.building.generation = s->generation;
	int err = apply_hand(s);
	if (err == NRS_OK)
		err = nrs_later_make(&later, s->stock, &options, s->seen, diag);
	if (err == NRS_OK && !is_believed)
		err = believe(s, later.set, diag);
	const bool is_needed = is_believed || later.changes > 0 ||
			       s->state.changes > 0 || s->has_hand;
	if (err != NRS_OK || !is_needed) {
		if (err == NRS_OK && later.is_stale)
			start_merging(s);
		nrs_later_fini(&later);
		s->generation--;
		return err;
	}
	doubt(s, "");
	known.funnel = later.funnel;
	known.unmarked = later.unmarked;
	known.changes = later.changes;
	known.room = later.left;
	s->wants_digest = true;
	err = nrs_supply_put_in_force(s, later.db, later.set, &known);
	if (err == NRS_OK)
		s->has_hand = false;
	if (err == NRS_OK && !s->stock->has_image &&
	    (later.is_stale || known.funnel.waiting > 0 ||
	     known.changes > CHANGES_MAX))
		start_merging(s);
	return err;
}

static bool is_laid_over(const struct nrs_supply *s)
{
	for (unsigned int i = 0; i < nrs_source_count(&s->options); i++) {
		if (!nrs_source_is_same(&s->seen[i], &s->stock->units[i].seen))
			return true;
	}
	return s->stock->veto_count > 0 || nrs_by_hand_count(s->hand) > 0;
}

static int put_stock_in_force(struct nrs_supply *s)
{
	struct nrs_supply_state known = {.funnel = s->stock->funnel,
					 .unmarked = s->stock->unmarked,
					 .room = nrs_later_empty};
	struct nrs_db *db = NULL;

	next_generation(s);
	memcpy(known.digest, s->stock->digest, sizeof(known.digest));
	s->wants_digest = false;
	s->has_hand = false;
	const int err = nrs_db_over(&db, s->stock->db, NULL, s->stock->set,
				    s->generation);
	return err == NRS_OK ? nrs_supply_put_in_force(s, db, NULL, &known)
			     : err;
}

/* Takes @stock. */
static int adopt(struct nrs_supply *s, struct nrs_stock *stock,
		 struct nrs_diag *diag)
{
	struct nrs_stock *before = s->stock;
	int err = believe(s, stock->set, diag);

	s->accepts = false;
	if (err != NRS_OK) {
		nrs_stock_free(stock);
		return err;
	}
	stock->users = 1;
	s->stock = stock;
	s->chose_by = s->options.policy;
	s->ends_ns = stock->ends_ns;
	for (unsigned int i = s->options.file_count;
	     i < nrs_source_count(&s->options); i++)
		s->seen[i] = stock->units[i].seen;
	err = is_laid_over(s) ? lay_over(s, true, diag) : put_stock_in_force(s);
	if (err == NRS_OK) {
		nrs_supply_let_go(before);
		return NRS_OK;
	}
	s->stock = before;
	nrs_supply_let_go(stock);
	return err;
}

int nrs_supply_build(struct nrs_supply *s, struct nrs_diag *diag)
{
	struct nrs_stock *stock = NULL;
	int err;

	take_policy(s);
	note_all(s);
	s->wants_all = false;
	s->ends_ns = NRS_TIME_MAX;
	err = read_hand(s, diag);
	if (err != NRS_OK)
		return err;
	err = nrs_stock_make(&stock, &s->options, false, diag);
	if (err != NRS_OK) {
		nrs_stock_free(stock);
		s->ends_ns = nrs_source_now_ns(&s->options) + ENDS_AGAIN_NS;
		return err;
	}
	if (s->publisher != NULL && !stock->has_image && !s->has_hand &&
	    strcmp(stock->digest, s->state.digest) == 0) {
		s->ends_ns = stock->ends_ns;
		nrs_stock_free(stock); /* nothing changed */
		doubt(s, "");
		return NRS_OK;
	}
	return adopt(s, stock, diag);
}

/* What was made aside is there. */
static int take_merged(struct nrs_supply *s, struct nrs_diag *diag)
{
	struct nrs_stock *stock = NULL;
	const int err = nrs_merger_take(s->merger, &stock, diag);

	nrs_lock_take(s->lock);
	s->state.is_merging = false;
	nrs_lock_give(s->lock);
	if (err != NRS_OK) {
		s->ends_ns = nrs_source_now_ns(&s->options) + ENDS_AGAIN_NS;
		nrs_stock_free(stock);
		return err;
	}
	note_all(s);
	s->has_news = s->options.pulled_count > 0;
	return adopt(s, stock, diag);
}

int nrs_supply_update(struct nrs_supply *s, struct nrs_diag *diag)
{
	const bool is_all = must_have_all(s);
	const int err = nrs_supply_is_large(s) ? read_hand(s, diag) : NRS_OK;
	const bool is_some = s->has_news || files_changed(s) || s->has_hand;

	if (err != NRS_OK)
		return err;
	if (nrs_merger_is_done(s->merger))
		return take_merged(s, diag);
	if (!nrs_supply_is_large(s))
		return nrs_supply_build(s, diag);
	take_policy(s);
	if (is_all)
		s->ends_ns = NRS_TIME_MAX;
	note_all(s);
	/* What other rules chose is not laid over what these did. */
	const bool can = s->chose_by == s->options.policy &&
			 nrs_later_can(s->stock, &s->options, s->seen);
	if (is_all || !can)
		start_merging(s);
	return is_some && can ? lay_over(s, false, diag) : NRS_OK;
}

/* Of an image with what is laid over it: all of the image is read, aside. */
static int digest_over_image(struct nrs_supply *s, struct nrs_set_idle *idle,
			     struct nrs_text *out)
{
	struct nrs_image aside = {0};
	int err = nrs_stock_image_aside(s->stock, &s->options, &aside);

	if (err != NRS_OK)
		return err; /* it is replaced: another set is to come */
	idle->aside = aside.set;
	err = nrs_set_digest_idle(nrs_supply_set_of(s, s->generation), out,
				  idle);
	nrs_db_free(aside.db);
	nrs_set_free(aside.set);
	return err;
}

void nrs_supply_rest(struct nrs_supply *s, bool (*is_wanted)(void *ctx),
		     void *ctx)
{
	struct nrs_set_idle idle = {.is_wanted = is_wanted, .ctx = ctx};
	struct nrs_text digest = {0};

	/* All that is being made anew has one of its own. */
	if (!s->wants_digest || nrs_merger_is_busy(s->merger))
		return;
	const int err = s->stock->has_image
				? digest_over_image(s, &idle, &digest)
				: nrs_set_digest_idle(
					  nrs_supply_set_of(s, s->generation),
					  &digest, &idle);
	s->wants_digest = err == NRS_E_CANCELLED;
	if (err == NRS_OK && !digest.failed &&
	    digest.len < sizeof(s->state.digest)) {
		nrs_lock_take(s->lock);
		memset(s->state.digest, 0, sizeof(s->state.digest));
		memcpy(s->state.digest, digest.ptr, digest.len);
		nrs_lock_give(s->lock);
	}
	nrs_text_fini(&digest);
}

void nrs_supply_serve(struct nrs_supply *s, struct nrs_crew *crew)
{
	s->crew = crew;
}
