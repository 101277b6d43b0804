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

static void release(struct nrs_window_key *key)
{
	nrs_witness_free(key->first);
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

void nrs_window_insert(struct nrs_windows *w, struct nrs_window_key *key)
{
	const enum nrs_outcome outcome = (enum nrs_outcome)key->state.outcome;

	nrs_chain_append(bucket_of(w, key->first, outcome), &key->in_bucket);
	nrs_chain_append(&w->lists[outcome >= NRS_OUTCOME_ANSWERED],
			 &key->by_silence);
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
				   enum nrs_outcome outcome)
{
	struct nrs_chain *bucket = bucket_of(w, witness, outcome);

	for (struct nrs_chain *at = bucket->next; at != bucket; at = at->next) {
		struct nrs_window_key *key =
			NRS_CHAIN_ITEM(at, struct nrs_window_key, in_bucket);

		if (key->state.outcome == outcome &&
		    nrs_witness_same(key->first, witness))
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
	for (unsigned int i = 0; i < w->told_count; i++) {
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

/* Tell what this key has not told yet; with @closing its window ends too. In
 * the open transaction, which it begins where there is none. */
static int tell(struct nrs_windows *w, struct nrs_window_key *key, bool closing,
		struct nrs_diag *diag)
{
	struct nrs_window_state *s = &key->state;
	const struct nrs_window window = {.first = key->first,
					  .outcome =
						  (enum nrs_outcome)s->outcome,
					  .stage = s->stage,
					  .number = s->number,
					  .part = s->part,
					  .first_ns = s->first_ns,
					  .last_ns = s->last_ns,
					  .count = s->count,
					  .how = (enum nrs_how)s->how,
					  .protocols = s->protocols};
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
	err = w->options.tell(w->options.ctx, &window, diag);
	s->part++;
	s->count = 0;
	s->is_new = false;
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
	return commit(w, tell(w, key, closing, NULL), NULL);
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
		if (key->state.count > 0 && tell_now(w, key, false) != NRS_OK)
			w->figures.lost += key->state.count;
		w->figures.given_up++;
		nrs_window_forget(w, key);
	}
	return w->figures.keys < w->options.keys_max;
}

static struct nrs_window_key *make_key(struct nrs_windows *w,
				       struct nrs_witness *witness,
				       enum nrs_outcome outcome)
{
	struct nrs_window_key *key;

	if (!make_room(w))
		return NULL;
	key = calloc(1, sizeof(*key));
	if (key == NULL)
		return NULL;
	key->first = nrs_witness_ref(witness);
	key->serial = w->next_serial++;
	key->state.layout = NRS_WINDOW_LAYOUT;
	key->state.outcome = (uint8_t)outcome;
	key->state.is_new = true;
	nrs_window_insert(w, key);
	return key;
}

static void fold(struct nrs_window_key *key, struct nrs_witness *witness)
{
	struct nrs_window_state *s = &key->state;
	const struct nrs_record_hit *hit = nrs_witness_hit(witness);
	struct nrs_hit_value values[NRS_HIT_VALUES_MAX];
	const int64_t ns = hit->head.ts_ns;

	(void)nrs_hit_values(hit, values);
	if (s->count == 0) {
		nrs_witness_ref(witness);
		nrs_witness_free(key->first);
		key->first = witness;
		s->first_ns = ns;
		s->last_ns = ns;
		s->how = (uint8_t)values[0].how;
		s->protocols = 0;
	}
	s->count++;
	s->hits++;
	s->protocols |= nrs_witness_head(witness)->protocols;
	s->first_ns = ns < s->first_ns ? ns : s->first_ns;
	s->last_ns = ns > s->last_ns ? ns : s->last_ns;
	s->heard_ns = ns > s->heard_ns ? ns : s->heard_ns;
	s->how = (uint8_t)nrs_how_weaker((enum nrs_how)s->how, values[0].how);
	key->is_dirty = true;
}

int nrs_windows_add(struct nrs_windows *w, struct nrs_witness *witness,
		    struct nrs_window_place *place)
{
	struct nrs_window_key *key = find(w, witness, place->outcome);
	const int64_t ns = nrs_witness_hit(witness)->head.ts_ns;

	if (key == NULL)
		key = make_key(w, witness, place->outcome);
	if (key == NULL) {
		w->figures.lost++;
		return NRS_E_NOMEM;
	}
	/* What does not fit into the open window closes it; where that cannot
	 * be told now, it is folded in, so that nothing is lost. */
	if (key->state.is_open &&
	    number_of(w, key->state.stage, ns) > key->state.number) {
		if (key->state.count > 0)
			(void)tell_now(w, key, true);
		else
			close_quietly(key);
	}
	if (!key->state.is_open) {
		key->state.number = number_of(w, key->state.stage, ns);
		key->state.is_open = true;
	}
	fold(key, witness);
	place->key = key->serial;
	place->part = key->state.part;
	nrs_chain_remove(&key->by_silence);
	nrs_chain_append(&w->lists[place->outcome >= NRS_OUTCOME_ANSWERED],
			 &key->by_silence);
	return NRS_OK;
}

int nrs_windows_raise(struct nrs_windows *w, struct nrs_witness *witness,
		      enum nrs_outcome outcome, struct nrs_window_place *place)
{
	struct nrs_window_key *key = find(w, witness, place->outcome);

	if (key != NULL && key->serial == place->key &&
	    key->state.part == place->part && key->state.count > 0) {
		key->state.count--;
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
	const bool is_over =
		s->is_open &&
		now_ns >= (s->number + 1) * width + w->options.grace_ns;

	if (s->count > 0 && (is_over || all || s->is_new))
		return tell(w, key, is_over, diag);
	if (is_over)
		close_quietly(key);
	if (!s->is_open && now_ns - s->heard_ns >= w->options.silence_ns)
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
