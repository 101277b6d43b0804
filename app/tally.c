/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tally: two small tables behind a lock that is taken once a hit, never on the
 * packet path. An indicator is found by a keyed hash of what its row is called:
 * versions of one indicator are one row, and a row is one series of metrics.
 */
#include "app/tally_part.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/base/crypto.h"
#include "engine/handling.h"
#include "sightings/eve_out.h"

_Static_assert(NRS_TALLY_SLOTS > NRS_TALLY_INDICATORS,
	       "a free slot ends each search");

int nrs_tally_new(struct nrs_tally **out, enum nrs_tlp max_tlp)
{
	struct nrs_tally *tally = calloc(1, sizeof(*tally));
	uint64_t seed = 0;
	int err;

	if (tally == NULL)
		return NRS_E_NOMEM;
	tally->max_tlp = max_tlp;
	err = nrs_random(tally->opaque_key, NRS_TALLY_KEY);
	if (err == NRS_OK)
		err = nrs_random(&seed, sizeof(seed));
	nrs_hash_key_init(&tally->hash_key, seed);
	if (err == NRS_OK)
		err = nrs_lock_new(&tally->lock);
	if (err != NRS_OK) {
		nrs_tally_free(tally);
		return err;
	}
	*out = tally;
	return NRS_OK;
}

void nrs_tally_free(struct nrs_tally *tally)
{
	if (tally == NULL)
		return;
	nrs_lock_free(tally->lock);
	free(tally);
}

static void put(char out[NRS_TALLY_NAME], struct nrs_span text)
{
	const size_t len =
		text.len < NRS_TALLY_NAME ? text.len : NRS_TALLY_NAME - 1;

	if (len > 0)
		memcpy(out, text.ptr, len);
	out[len] = '\0';
	/* A NUL inside ends the name: it is a label, not a key. */
}

struct nrs_tally_source *nrs_tally_source_row(struct nrs_tally *tally,
					      struct nrs_span name)
{
	struct nrs_tally_figures *f = &tally->figures;
	char text[NRS_TALLY_NAME];

	put(text, name);
	for (unsigned int i = 0; i < f->source_count; i++)
		if (strcmp(f->sources[i].name, text) == 0)
			return &f->sources[i];
	if (f->source_count == NRS_TALLY_SOURCES)
		return NULL;
	struct nrs_tally_source *row = &f->sources[f->source_count++];
	memcpy(row->name, text, sizeof(text));
	return row;
}

void nrs_tally_describe(const struct nrs_tally *tally,
			const struct nrs_sighted *hit,
			struct nrs_tally_indicator *out)
{
	const struct nrs_indicator_source *source =
		nrs_set_source_of(hit->set, hit->indicator->source);
	const enum nrs_tlp tlp = (enum nrs_tlp)hit->indicator->tlp;
	struct nrs_text id = {0};

	*out = (struct nrs_tally_indicator){
		.is_above = nrs_is_above(tlp, tally->max_tlp) ||
			    nrs_is_hidden(hit->indicator)};
	if (out->is_above) {
		nrs_opaque_id(&id, hit,
			      nrs_span(tally->opaque_key, NRS_TALLY_KEY));
	} else {
		nrs_sighted_id(hit, &id);
		put(out->source, source->name);
		out->tlp = tlp;
	}
	put(out->id, nrs_text_span(&id));
	nrs_text_fini(&id);
}

struct nrs_tally_indicator *
nrs_tally_find(const struct nrs_tally *tally, const struct nrs_tally_rows *in,
	       const struct nrs_tally_indicator *wanted, uint16_t **slot)
{
	const uint64_t hash =
		nrs_hash(&tally->hash_key, nrs_span_of(wanted->id));
	uint32_t at = (uint32_t)hash & (in->slot_count - 1);

	for (; in->slots[at] != 0; at = (at + 1) & (in->slot_count - 1)) {
		struct nrs_tally_indicator *row = &in->rows[in->slots[at] - 1];

		if (strcmp(row->id, wanted->id) == 0 &&
		    strcmp(row->source, wanted->source) == 0)
			return row;
	}
	*slot = &in->slots[at];
	return NULL;
}

/* NULL: no room for another. Locked. */
static struct nrs_tally_indicator *
indicator_row(struct nrs_tally *tally, const struct nrs_tally_indicator *wanted)
{
	struct nrs_tally_figures *f = &tally->figures;
	const struct nrs_tally_rows rows = {.slots = tally->slots,
					    .slot_count = NRS_TALLY_SLOTS,
					    .rows = f->indicators};
	uint16_t *slot = NULL;
	struct nrs_tally_indicator *row =
		nrs_tally_find(tally, &rows, wanted, &slot);

	if (row != NULL || f->indicator_count == NRS_TALLY_INDICATORS)
		return row;
	row = &f->indicators[f->indicator_count++];
	*row = *wanted;
	*slot = (uint16_t)f->indicator_count;
	return row;
}

void nrs_tally_hit(struct nrs_tally *tally, const struct nrs_sighted *hit)
{
	struct nrs_tally_indicator wanted;

	if (tally == NULL)
		return;
	const struct nrs_indicator_source *source =
		nrs_set_source_of(hit->set, hit->indicator->source);
	nrs_tally_describe(tally, hit, &wanted);
	nrs_lock_take(tally->lock);
	struct nrs_tally_source *by_source =
		nrs_tally_source_row(tally, source->name);
	struct nrs_tally_indicator *row = indicator_row(tally, &wanted);
	*(by_source != NULL ? &by_source->hits
			    : &tally->figures.other_sources) += 1;
	*(row != NULL ? &row->hits : &tally->figures.other_indicators) += 1;
	if (row != NULL) /* as its newest version is marked */
		row->tlp = wanted.tlp;
	tally->figures.above += wanted.is_above;
	nrs_lock_give(tally->lock);
}

/* By index in the set; NULL without memory. */
static uint64_t *count_kept(const struct nrs_set *set, uint32_t sources)
{
	uint64_t *kept = calloc(sources + 1, sizeof(*kept));

	for (uint32_t i = 0; kept != NULL && i < nrs_set_count(set); i++) {
		const enum nrs_status status = nrs_set_status(set, i);
		const uint32_t source = nrs_set_source_at(set, i);

		if ((status == NRS_STATUS_FULL ||
		     status == NRS_STATUS_PARTIAL) &&
		    source < sources)
			kept[source]++;
	}
	return kept;
}

void nrs_tally_force(struct nrs_tally *tally, const struct nrs_set *set)
{
	const uint32_t sources = nrs_set_sources(set);
	uint64_t *kept = tally == NULL ? NULL : count_kept(set, sources);

	if (kept == NULL)
		return;
	nrs_lock_take(tally->lock);
	for (unsigned int i = 0; i < tally->figures.source_count; i++)
		tally->figures.sources[i].indicators = 0;
	for (uint32_t i = 0; i < sources; i++) {
		const struct nrs_indicator_source *source =
			nrs_set_source_of(set, i);
		struct nrs_tally_source *row =
			nrs_tally_source_row(tally, source->name);

		if (row != NULL)
			row->indicators += kept[i];
	}
	nrs_lock_give(tally->lock);
	free(kept);
}

void nrs_tally_figures(struct nrs_tally *tally, struct nrs_tally_figures *out)
{
	nrs_lock_take(tally->lock);
	*out = tally->figures;
	nrs_tally_dearest(tally, out);
	nrs_lock_give(tally->lock);
}
