/* SPDX-License-Identifier: Apache-2.0 */
/*
 * window: keys in buckets, and in one of two lists by how bad their outcome
 * is, the longest silent first.
 */
#include "sightings/window.h"

#include <stdlib.h>

#include "sightings/chain.h"
#include "sightings/window_table.h"

static const int64_t widths_ns[NRS_WINDOW_STAGES] = {
	300 * NRS_SECOND_NS, 3600 * NRS_SECOND_NS, 86400 * NRS_SECOND_NS};

int nrs_windows_new(struct nrs_windows **out,
		    const struct nrs_windows_options *options,
		    struct nrs_diag *diag)
{
	struct nrs_windows *w = calloc(1, sizeof(*w));
	int err;

	if (w == NULL)
		return NRS_E_NOMEM;
	w->options = *options;
	if (w->options.keys_max == 0)
		w->options.keys_max = 65536;
	if (w->options.silence_ns == 0)
		w->options.silence_ns = 86400 * NRS_SECOND_NS;
	for (unsigned int i = 0; i < NRS_WINDOW_STAGES; i++) {
		if (w->options.width_ns[i] == 0)
			w->options.width_ns[i] = widths_ns[i];
	}
	w->next_serial = 1;
	for (unsigned int i = 0; i < NRS_WINDOW_LISTS; i++)
		nrs_chain_init(&w->lists[i]);
	for (unsigned int i = 0; i < NRS_WINDOW_BUCKETS; i++)
		nrs_chain_init(&w->buckets[i]);
	err = nrs_window_keep_open(w, diag);
	if (err != NRS_OK) {
		nrs_windows_free(w);
		return err;
	}
	*out = w;
	return NRS_OK;
}

void nrs_windows_judge(struct nrs_windows *w, const struct nrs_judge *judge)
{
	w->options.judge = judge;
}

static void release(struct nrs_window_key *key)
{
	nrs_witness_free(key->lead);
	nrs_witness_free(key->rest);
	free(key);
}

void nrs_windows_free(struct nrs_windows *w)
{
	struct nrs_chain *next;

	if (w == NULL)
		return;
	for (unsigned int i = 0; i < NRS_WINDOW_LISTS; i++) {
		for (struct nrs_chain *at = w->lists[i].next;
		     at != &w->lists[i]; at = next) {
			next = at->next;
			release(NRS_CHAIN_ITEM(at, struct nrs_window_key,
					       by_silence));
		}
	}
	nrs_window_keep_close(w);
	free(w);
}

static struct nrs_chain *bucket_of(struct nrs_windows *w,
				   const struct nrs_witness *witness,
				   enum nrs_outcome outcome)
{
	const uint64_t hash = nrs_witness_hash(witness) + (uint64_t)outcome;

	return &w->buckets[hash % NRS_WINDOW_BUCKETS];
}

static struct nrs_chain *list_of(struct nrs_windows *w,
				 const struct nrs_window_key *key)
{
	const unsigned int rank = key->state.grade == NRS_CLASS_URGENT ? 2
				  : key->state.outcome >= NRS_OUTCOME_ANSWERED
					  ? 1
					  : 0;

	return &w->lists[rank];
}

void nrs_window_insert(struct nrs_windows *w, struct nrs_window_key *key)
{
	const enum nrs_outcome outcome = (enum nrs_outcome)key->state.outcome;

	nrs_chain_append(bucket_of(w, key->lead, outcome), &key->in_bucket);
	nrs_chain_append(list_of(w, key), &key->by_silence);
	w->figures.keys++;
}

void nrs_window_forget(struct nrs_windows *w, struct nrs_window_key *key)
{
	if (key->is_saved && w->gone_count < NRS_WINDOW_GONE_MAX)
		w->gone[w->gone_count++] = key->serial;
	else if (key->is_saved)
		w->rewrite = true;
	nrs_chain_remove(&key->in_bucket);
	nrs_chain_remove(&key->by_silence);
	release(key);
	w->figures.keys--;
}

static struct nrs_window_key *find(struct nrs_windows *w,
				   const struct nrs_witness *witness,
				   const struct nrs_window_place *place)
{
	struct nrs_chain *bucket = bucket_of(w, witness, place->outcome);

	for (struct nrs_chain *at = bucket->next; at != bucket; at = at->next) {
		struct nrs_window_key *key =
			NRS_CHAIN_ITEM(at, struct nrs_window_key, in_bucket);

		if (key->state.outcome == place->outcome &&
		    key->state.grade == place->grade &&
		    nrs_witness_same(key->lead, witness))
			return key;
	}
	return NULL;
}

static void end_window(struct nrs_window_state *s)
{
	if (s->hits > 0 && s->stage + 1 < NRS_WINDOW_STAGES)
		s->stage++;
	s->hits = 0;
	s->is_open = false;
}

/* All that was told since the begin is kept, or none of it: then it is told
 * again at a later step. */
static int commit(struct nrs_windows *w, int err, struct nrs_diag *diag)
{
	if (!w->is_begun)
		return err;
	err = nrs_window_keep_end(w, err, diag);
	/* One key may stand there twice: its first state is the last back. */
	for (unsigned int i = w->told_count; i-- > 0;) {
		struct nrs_window_key *key = w->told[i].key;

		if (err != NRS_OK) {
			key->state = w->told[i].before;
			continue;
		}
		key->is_saved = w->options.store != NULL;
		key->is_dirty = false;
	}
	w->told_count = 0;
	w->is_begun = false;
	return err;
}

/* Tell a part, if there is anything in it. The lead's number is used up all
 * the same, so that the rest keeps its own. */
static int tell_part(struct nrs_windows *w, struct nrs_window_key *key,
		     bool is_lead, struct nrs_diag *diag)
{
	struct nrs_window_state *s = &key->state;
	struct nrs_window_part *part = is_lead ? &s->lead : &s->rest;
	const struct nrs_window window = {
		.first = is_lead ? key->lead : key->rest,
		.outcome = (enum nrs_outcome)s->outcome,
		.grade = (enum nrs_class)s->grade,
		.importance = (enum nrs_importance)s->importance,
		.stage = s->stage,
		.number = s->number,
		.part = s->part,
		.first_ns = part->first_ns,
		.last_ns = part->last_ns,
		.count = part->count,
		.how = (enum nrs_how)part->how,
		.protocols = part->protocols};
	int err = NRS_OK;

	if (part->count > 0)
		err = w->options.tell(w->options.ctx, &window, diag);
	if (part->count > 0 || is_lead)
		s->part++;
	part->count = 0;
	if (is_lead)
		s->is_new = false;
	return err;
}

/* The lead, and with @with_rest all else that this key has not told yet; with
 * @closing its window ends too. In the open transaction, which it begins where
 * there is none. */
static int tell(struct nrs_windows *w, struct nrs_window_key *key,
		bool with_rest, bool closing, struct nrs_diag *diag)
{
	struct nrs_window_state *s = &key->state;
	int err = NRS_OK;

	if (w->told_count == NRS_WINDOW_TOLD_MAX)
		err = commit(w, NRS_OK, diag);
	if (err == NRS_OK && !w->is_begun)
		err = nrs_window_keep_begin(w, diag);
	if (err != NRS_OK)
		return err;
	w->is_begun = true;
	w->told[w->told_count++] =
		(struct nrs_window_told){.key = key, .before = *s};
	if (s->is_new)
		err = tell_part(w, key, true, diag);
	if (err == NRS_OK && with_rest)
		err = tell_part(w, key, false, diag);
	if (closing)
		end_window(s);
	if (err == NRS_OK)
		err = nrs_window_keep_key(w, key, diag);
	return err == NRS_OK ? NRS_OK : commit(w, err, diag);
}

/* The same in a transaction of its own. */
static int tell_now(struct nrs_windows *w, struct nrs_window_key *key,
		    bool closing)
{
	return commit(w, tell(w, key, true, closing, NULL), NULL);
}

/* A window that has nothing to tell. */
static void close_quietly(struct nrs_window_key *key)
{
	end_window(&key->state);
	key->is_dirty = true;
}

static int64_t number_of(const struct nrs_windows *w, unsigned int stage,
			 int64_t ns)
{
	const int64_t width = w->options.width_ns[stage];

	return ns / width - (ns % width < 0);
}

/* Room for one key more: the least bad, longest silent one goes. */
static bool make_room(struct nrs_windows *w)
{
	for (unsigned int i = 0;
	     i < NRS_WINDOW_LISTS && w->figures.keys >= w->options.keys_max;
	     i++) {
		if (nrs_chain_is_empty(&w->lists[i]))
			continue;
		struct nrs_window_key *key = NRS_CHAIN_ITEM(
			w->lists[i].next, struct nrs_window_key, by_silence);
		if (nrs_window_untold(key) > 0 &&
		    tell_now(w, key, false) != NRS_OK)
			w->figures.lost += nrs_window_untold(key);
		w->figures.given_up++;
		nrs_window_forget(w, key);
	}
	return w->figures.keys < w->options.keys_max;
}

static struct nrs_window_key *make_key(struct nrs_windows *w,
				       struct nrs_witness *witness,
				       const struct nrs_window_place *place,
				       enum nrs_importance importance)
{
	struct nrs_window_key *key;

	if (!make_room(w))
		return NULL;
	key = calloc(1, sizeof(*key));
	if (key == NULL)
		return NULL;
	key->lead = nrs_witness_ref(witness);
	key->serial = w->next_serial++;
	key->state.layout = NRS_WINDOW_LAYOUT;
	key->state.outcome = (uint8_t)place->outcome;
	key->state.grade = (uint8_t)place->grade;
	key->state.importance = (uint8_t)importance;
	key->state.is_new = true;
	nrs_window_insert(w, key);
	return key;
}

static void count_in(struct nrs_window_part *part,
		     const struct nrs_witness *witness, enum nrs_how how)
{
	const struct nrs_record_hit *hit = nrs_witness_hit(witness);
	const int64_t ns = hit->head.ts_ns;
	/* A log counts what was the same. */
	const int64_t last_ns = hit->times > 0 ? hit->txn_end_ns : ns;

	if (part->count == 0)
		*part = (struct nrs_window_part){.first_ns = ns,
						 .last_ns = last_ns,
						 .how = (uint8_t)how};
	part->count += hit->times > 0 ? hit->times : 1;
	part->protocols |= nrs_witness_head(witness)->protocols;
	part->first_ns = ns < part->first_ns ? ns : part->first_ns;
	part->last_ns = last_ns > part->last_ns ? last_ns : part->last_ns;
	part->how = (uint8_t)nrs_how_weaker((enum nrs_how)part->how, how);
}

/* The very first one is the lead, alone; returns the number of its part. */
static uint32_t fold(struct nrs_window_key *key, struct nrs_witness *witness)
{
	struct nrs_window_state *s = &key->state;
	const struct nrs_record_hit *hit = nrs_witness_hit(witness);
	const enum nrs_how how = (enum nrs_how)nrs_witness_head(witness)->how;
	const bool is_lead = s->is_new && key->lead == witness;

	if (!is_lead && s->rest.count == 0) {
		nrs_witness_free(key->rest);
		key->rest = nrs_witness_ref(witness);
	}
	count_in(is_lead ? &s->lead : &s->rest, witness, how);
	s->hits++;
	if (hit->head.ts_ns > s->heard_ns)
		s->heard_ns = hit->head.ts_ns;
	key->is_dirty = true;
	key->is_fresh = true;
	return s->part + (s->is_new && !is_lead ? 1 : 0);
}

/* What does not fit into the open window closes it; where that cannot be told
 * now, it is folded in, so that nothing is lost. */
static void open_window(struct nrs_windows *w, struct nrs_window_key *key,
			int64_t ns)
{
	struct nrs_window_state *s = &key->state;

	if (s->is_open && number_of(w, s->stage, ns) > s->number) {
		if (nrs_window_untold(key) > 0)
			(void)tell_now(w, key, true);
		else
			close_quietly(key);
	}
	if (!s->is_open) {
		s->number = number_of(w, s->stage, ns);
		s->is_open = true;
	}
}

/* After so much silence it begins anew, also where no step came between. */
static bool is_forgotten(struct nrs_windows *w, struct nrs_window_key *key,
			 const struct nrs_witness *witness)
{
	const int64_t ns = nrs_witness_hit(witness)->head.ts_ns;

	if (key->state.heard_ns == 0 ||
	    ns - key->state.heard_ns < w->options.silence_ns ||
	    (nrs_window_untold(key) > 0 && tell_now(w, key, true) != NRS_OK))
		return false;
	nrs_window_forget(w, key);
	return true;
}

enum nrs_class nrs_windows_grade(const struct nrs_windows *w,
				 const struct nrs_witness *witness,
				 enum nrs_outcome outcome)
{
	struct nrs_judgement judged;

	nrs_judge_witness(w->options.judge, witness, outcome, &judged);
	return judged.grade;
}

int nrs_windows_add(struct nrs_windows *w, struct nrs_witness *witness,
		    struct nrs_window_place *place)
{
	struct nrs_judgement judged;
	struct nrs_window_key *key;

	nrs_judge_witness(w->options.judge, witness, place->outcome, &judged);
	place->grade = judged.grade;
	key = find(w, witness, place);
	if (key != NULL && is_forgotten(w, key, witness))
		key = NULL;
	if (key == NULL)
		key = make_key(w, witness, place,
			       judged.asset == NULL ? NRS_IMPORTANCE_UNKNOWN
						    : judged.asset->importance);
	if (key == NULL) {
		w->figures.lost++;
		return NRS_E_NOMEM;
	}
	open_window(w, key, nrs_witness_hit(witness)->head.ts_ns);
	place->key = key->serial;
	place->part = fold(key, witness);
	nrs_chain_remove(&key->by_silence);
	nrs_chain_append(list_of(w, key), &key->by_silence);
	return NRS_OK;
}

/* The part of @key that is @part's and not told yet, or NULL. */
static struct nrs_window_part *untold_part(struct nrs_window_state *s,
					   uint32_t part)
{
	struct nrs_window_part *found =
		s->is_new && part == s->part		  ? &s->lead
		: part == s->part + (s->is_new ? 1u : 0u) ? &s->rest
							  : NULL;

	return found != NULL && found->count > 0 ? found : NULL;
}

int nrs_windows_raise(struct nrs_windows *w, struct nrs_witness *witness,
		      enum nrs_outcome outcome, struct nrs_window_place *place)
{
	struct nrs_window_key *key = find(w, witness, place);
	struct nrs_window_part *part =
		key == NULL || key->serial != place->key
			? NULL
			: untold_part(&key->state, place->part);

	if (part != NULL) {
		part->count--;
		key->state.hits--;
		key->is_dirty = true;
	} else {
		w->figures.told_lower++;
	}
	place->outcome = outcome;
	return nrs_windows_add(w, witness, place);
}

static int step_key(struct nrs_windows *w, struct nrs_window_key *key,
		    int64_t now_ns, bool all, struct nrs_diag *diag)
{
	const struct nrs_window_state *s = &key->state;
	const int64_t width = w->options.width_ns[s->stage];
	const int64_t silence_ns = w->options.silence_ns;
	const bool is_over =
		s->is_open &&
		now_ns >= (s->number + 1) * width + w->options.grace_ns;

	if (key->is_fresh)
		key->touched_ns = now_ns;
	key->is_fresh = false;
	if (nrs_window_untold(key) > 0 && (is_over || all))
		return tell(w, key, true, is_over, diag);
	if (s->lead.count > 0)
		return tell(w, key, false, false, diag);
	if (is_over)
		close_quietly(key);
	if (!s->is_open && now_ns - s->heard_ns >= silence_ns &&
	    now_ns - key->touched_ns >= silence_ns)
		nrs_window_forget(w, key);
	return NRS_OK;
}

int nrs_windows_step(struct nrs_windows *w, int64_t now_ns, bool all,
		     struct nrs_diag *diag)
{
	int err = NRS_OK;

	for (unsigned int i = NRS_WINDOW_LISTS; i-- > 0 && err == NRS_OK;) {
		struct nrs_chain *next;

		for (struct nrs_chain *at = w->lists[i].next;
		     at != &w->lists[i] && err == NRS_OK; at = next) {
			next = at->next;
			err = step_key(w,
				       NRS_CHAIN_ITEM(at, struct nrs_window_key,
						      by_silence),
				       now_ns, all, diag);
		}
	}
	return commit(w, err, diag);
}

void nrs_windows_figures(const struct nrs_windows *w,
			 struct nrs_windows_figures *out)
{
	*out = w->figures;
}
