/* SPDX-License-Identifier: Apache-2.0 */
/*
 * match_payload: streams and datagrams through the one database of payload
 * patterns, and what it finds into satisfied tests.
 *
 * A stream that was begun under another db is dropped without a look: its
 * state means nothing to this one. After a hole, and where nobody asked before,
 * expressions that may depend on the beginning are not believed.
 */
#include "engine/match.h"
#include "engine/payload.h"

#include <assert.h>

/* Distinct expressions that one segment may satisfy; more are counted. */
#define MATCHES_MAX 256u

/* The db, and what came later than it. */
#define LAYERS 2u

struct nrs_payload {
	uint64_t base;	 /* octets of the side before the stream began */
	uint64_t fed;	 /* to the stream */
	uint64_t looked; /* of the budget */
	uint32_t generation;
	bool is_resumed; /* in the middle of the side */
	_Alignas(16) uint8_t state[LAYERS][NRS_STREAMDB_ROOM];
};
static_assert(sizeof(struct nrs_payload) <= NRS_PAYLOAD_BYTES,
	      "an item of the slab");

static const struct nrs_db *layer_of(const struct nrs_matcher *m,
				     unsigned int layer)
{
	return layer == 0 || m->db == NULL ? m->db : m->db->over.delta;
}

static const struct nrs_streamdb *streams_of(const struct nrs_matcher *m,
					     unsigned int layer)
{
	const struct nrs_db *db = layer_of(m, layer);

	return db == NULL ? NULL : db->lane[NRS_LANE_PAYLOAD].streams;
}

bool nrs_matcher_has_payloads(const struct nrs_matcher *m)
{
	for (unsigned int l = 0; l < LAYERS; l++) {
		if (streams_of(m, l) != NULL &&
		    nrs_streamdb_count(streams_of(m, l)) > 0)
			return true;
	}
	return false;
}

/* Where the matches of a scan stand in their side, and what to believe. */
struct place {
	unsigned int side, object;
	uint64_t base;
	bool is_resumed, is_cut;
};

static bool is_believed(const struct nrs_matcher *m, const struct place *place,
			const struct nrs_streamdb_match *match)
{
	const unsigned int lane = m->db->atoms[match->value].lane;

	if (lane ==
	    (place->side == 0 ? NRS_LANE_DST_PAYLOAD : NRS_LANE_SRC_PAYLOAD))
		return false;
	return !(place->is_resumed && match->is_from_start) &&
	       !(place->is_cut && match->is_to_end);
}

/* In the order of atoms: the library's is not ours. */
static void sort(struct nrs_streamdb_matches *matches)
{
	for (unsigned int i = 1; i < matches->count; i++) {
		const struct nrs_streamdb_match one = matches->items[i];
		unsigned int at = i;

		for (; at > 0 && matches->items[at - 1].value > one.value; at--)
			matches->items[at] = matches->items[at - 1];
		matches->items[at] = one;
	}
}

/* What a scan of one layer found. */
static void tell(struct nrs_matcher *m, struct nrs_txn *flow,
		 const struct place *place,
		 struct nrs_streamdb_matches *matches)
{
	if (matches->lost > 0)
		nrs_count_add(m->counters, NRS_C_HITS_LOST, matches->lost);
	sort(matches);
	for (unsigned int i = 0; i < matches->count; i++) {
		const struct nrs_streamdb_match *match = &matches->items[i];
		const int64_t offset =
			(int64_t)((place->base + match->end) & INT64_MAX);
		const struct nrs_seen seen = {
			.field = place->side == 0 ? NRS_F_SRC_PAYLOAD
						  : NRS_F_DST_PAYLOAD,
			.object = place->object,
			.raw = nrs_span(&offset, sizeof(offset))};

		if (is_believed(m, place, match))
			nrs_match_satisfied(m, flow, match->value, &seen,
					    NRS_HOW_PATTERN);
	}
}

/* What is done with each layer's streams. */
struct job {
	enum { FEED, END, WHOLE } what;
	void *state; /* of the layer */
	struct nrs_span octets;
};

static int run(const struct nrs_matcher *m, const struct nrs_streamdb *streams,
	       const struct job *job, struct nrs_streamdb_matches *matches)
{
	switch (job->what) {
	case FEED:
		return nrs_streamdb_feed(streams, m->seat, job->state,
					 job->octets, matches);
	case END:
		return nrs_streamdb_end(streams, m->seat, job->state, matches);
	case WHOLE:
		break;
	}
	return nrs_streamdb_scan(streams, m->seat, job->octets, matches);
}

/* @job for every layer, of which @p (or nothing) has the states. False: one
 * failed, and nothing is known. */
static bool run_all(struct nrs_matcher *m, struct nrs_txn *flow,
		    const struct place *place, struct nrs_payload *p,
		    struct job *job)
{
	const struct nrs_db *const db = m->db;
	bool is_good = true;

	m->is_dirty = false;
	for (unsigned int l = 0; l < LAYERS; l++) {
		const struct nrs_streamdb *streams = streams_of(m, l);
		struct nrs_streamdb_match found[MATCHES_MAX];
		struct nrs_streamdb_matches matches = {.items = found,
						       .max = MATCHES_MAX};

		if (streams == NULL)
			continue;
		job->state = p == NULL ? NULL : p->state[l];
		if (run(m, streams, job, &matches) != NRS_OK) {
			nrs_count(m->counters, NRS_C_REGEX_ERROR);
			is_good = false;
			continue;
		}
		m->db = layer_of(m, l);
		tell(m, flow, place, &matches);
		m->db = db;
	}
	if (m->is_dirty)
		nrs_match_candidates(m, flow, NRS_MOMENT_VALUE);
	return is_good;
}

/* The stream from here on; @base octets of its side came before. */
static bool begin(struct nrs_matcher *m, struct nrs_payload *p, uint64_t base)
{
	p->base = base;
	p->fed = 0;
	p->generation = m->generation;
	for (unsigned int l = 0; l < LAYERS; l++) {
		if (streams_of(m, l) == NULL ||
		    nrs_streamdb_begin(streams_of(m, l), p->state[l]) == NRS_OK)
			continue;
		nrs_count(m->counters, NRS_C_REGEX_ERROR);
		return false;
	}
	return true;
}

static struct nrs_payload *take(struct nrs_matcher *m,
				const struct nrs_payload_room *room)
{
	struct nrs_payload *p = nrs_slab_take(room->streams);

	if (p == NULL) {
		nrs_match_lack(m, NRS_C_PAYLOAD_NO_ROOM);
		return NULL;
	}
	p->looked = 0;
	p->is_resumed = room->is_late;
	if (begin(m, p, 0))
		return p;
	nrs_slab_give(room->streams, p);
	return NULL;
}

static void give(const struct nrs_payload_room *room,
		 struct nrs_payload **stream)
{
	nrs_slab_give(room->streams, *stream);
	*stream = NULL;
}

static struct place place_of(const struct nrs_payload *p, unsigned int side)
{
	return (struct place){.side = side,
			      .object = side,
			      .base = p->base,
			      .is_resumed = p->is_resumed};
}

/* False: nothing more can be looked at. */
static bool feed(struct nrs_matcher *m, const struct nrs_payload_room *room,
		 unsigned int side, struct nrs_payload *p,
		 struct nrs_span octets)
{
	const struct place place = place_of(p, side);
	struct job job = {.what = FEED, .octets = octets};

	p->fed += octets.len;
	p->looked += octets.len;
	nrs_count_add(m->counters, NRS_C_PAYLOAD, octets.len);
	return run_all(m, room->flow, &place, p, &job);
}

bool nrs_payload_octets(struct nrs_matcher *m,
			const struct nrs_payload_room *room, unsigned int side,
			struct nrs_payload **stream, struct nrs_span octets)
{
	struct nrs_payload *p = *stream;
	bool goes_on = true;

	if (p == NULL)
		*stream = p = take(m, room);
	if (p == NULL)
		return false;
	if (p->generation != m->generation) {
		nrs_count(m->counters, NRS_C_PAYLOAD_RENEWED);
		p->is_resumed = true;
		goes_on = begin(m, p, p->base + p->fed);
	}
	if (octets.len > room->budget - p->looked) {
		octets.len = room->budget - p->looked;
		nrs_match_lack(m, NRS_C_PAYLOAD_BUDGET);
		if (goes_on)
			(void)feed(m, room, side, p, octets);
		goes_on = false;
	} else if (goes_on) {
		goes_on = feed(m, room, side, p, octets);
	}
	if (!goes_on)
		give(room, stream);
	return goes_on;
}

void nrs_payload_gap(struct nrs_matcher *m, struct nrs_payload *p, uint32_t len)
{
	if (p == NULL || p->generation != m->generation)
		return; /* is begun anew with the next octets */
	nrs_match_lack(m, NRS_C_PAYLOAD_GAPS);
	p->is_resumed = true;
	if (!begin(m, p, p->base + p->fed + len))
		p->generation = m->generation - 1; /* tried once more */
}

void nrs_payload_end(struct nrs_matcher *m, const struct nrs_payload_room *room,
		     unsigned int side, struct nrs_payload **stream)
{
	struct nrs_payload *p = *stream;
	struct job job = {.what = END};

	if (p == NULL)
		return;
	const struct place place = place_of(p, side);
	if (p->generation == m->generation)
		(void)run_all(m, room->flow, &place, p, &job);
	give(room, stream);
}

void nrs_payload_datagram(struct nrs_matcher *m, struct nrs_txn *flow,
			  const struct nrs_payload_datagram *d)
{
	const struct place place = {.side = d->side,
				    .object =
					    (unsigned int)(d->number & 0xffff),
				    .is_cut = d->is_cut};
	struct job job = {.what = WHOLE, .octets = d->octets};

	nrs_count_add(m->counters, NRS_C_PAYLOAD, d->octets.len);
	(void)run_all(m, flow, &place, NULL, &job);
}
