/* SPDX-License-Identifier: Apache-2.0 */
/*
 * handover: parcels are packed by their sender, unpacked in place by their
 * owner, and go back over a second ring.
 */
#include "capture/handover.h"

#include <stdlib.h>

#include "engine/base/err.h"
#include "engine/base/ring.h"

#define PARCELS 4u /* of each pair */
#define RING_ROOM 8u

struct lane {
	struct nrs_ring *full; /* sender -> owner */
	struct nrs_ring *free; /* owner -> sender */
	struct nrs_parcel *parcels;
};

struct nrs_handover {
	unsigned int workers;
	struct lane *lanes; /* [from * workers + to] */
};

static struct lane *lane_of(const struct nrs_handover *h, unsigned int from,
			    unsigned int to)
{
	return &h->lanes[(size_t)from * h->workers + to];
}

static int lane_init(struct lane *lane, unsigned int from)
{
	lane->full = nrs_ring_new(RING_ROOM);
	lane->free = nrs_ring_new(RING_ROOM);
	lane->parcels = calloc(PARCELS, sizeof(*lane->parcels));
	if (lane->full == NULL || lane->free == NULL || lane->parcels == NULL)
		return NRS_E_NOMEM;
	for (unsigned int i = 0; i < PARCELS; i++) {
		lane->parcels[i].from = from;
		(void)nrs_ring_push(lane->free, &lane->parcels[i]);
	}
	return NRS_OK;
}

int nrs_handover_new(struct nrs_handover **out, unsigned int workers)
{
	struct nrs_handover *h = calloc(1, sizeof(*h));
	int err = NRS_OK;

	if (h == NULL)
		return NRS_E_NOMEM;
	h->workers = workers;
	h->lanes = calloc((size_t)workers * workers, sizeof(*h->lanes));
	if (h->lanes == NULL)
		err = NRS_E_NOMEM;
	for (unsigned int i = 0; i < workers * workers && err == NRS_OK; i++) {
		if (i / workers != i % workers)
			err = lane_init(&h->lanes[i], i / workers);
	}
	if (err != NRS_OK) {
		nrs_handover_free(h);
		return err;
	}
	*out = h;
	return NRS_OK;
}

void nrs_handover_free(struct nrs_handover *h)
{
	if (h == NULL)
		return;
	for (unsigned int i = 0;
	     h->lanes != NULL && i < h->workers * h->workers; i++) {
		nrs_ring_free(h->lanes[i].full);
		nrs_ring_free(h->lanes[i].free);
		free(h->lanes[i].parcels);
	}
	free(h->lanes);
	free(h);
}

/* How much of a frame is needed: to the payload's end, or where there is none
 * to the end of what was read of the headers. */
static size_t octets_of(const struct nrs_datagram *d)
{
	const size_t ip = (d->flags & NRS_DG_V4) != 0 ? 20 : 40;
	const size_t head = (size_t)d->ip_off + ip;
	const size_t end = d->payload_off != 0
				   ? (size_t)d->payload_off + d->payload_got
				   : d->l4_off;

	return end > head ? end : head;
}

static bool pack(struct nrs_parcel *parcel, const struct nrs_round *round,
		 const struct nrs_datagram *d)
{
	struct nrs_outer outers[NRS_OUTERS_MAX];
	const unsigned int outer_count = nrs_round_outers(round, d, outers);
	const size_t before = outer_count * sizeof(*outers);
	const size_t len = octets_of(d);
	struct nrs_datagram *copy = &parcel->datagrams[parcel->count];
	uint8_t *at = parcel->bytes + parcel->used;

	if (parcel->count == NRS_PARCEL_DATAGRAMS ||
	    before + len > NRS_PARCEL_BYTES - parcel->used)
		return false;
	*copy = *d;
	copy->data = at + before;
	if (outer_count > 0) {
		memcpy(at, outers, before);
		copy->flags |= NRS_DG_HANDED;
	}
	memcpy(at + before, d->data, len);
	parcel->used += (before + len + 15) / 16 * 16;
	if (parcel->used > NRS_PARCEL_BYTES)
		parcel->used = NRS_PARCEL_BYTES;
	parcel->count++;
	return true;
}

static struct nrs_parcel *begin_parcel(struct lane *lane)
{
	struct nrs_parcel *parcel = nrs_ring_pop(lane->free);

	if (parcel != NULL) {
		parcel->count = 0;
		parcel->used = 0;
	}
	return parcel;
}

static void send_to(struct lane *lane, const struct nrs_round *round,
		    unsigned int to, struct nrs_counters *counters)
{
	const uint16_t *picked =
		round->picked + (size_t)to * NRS_ROUND_DATAGRAMS;
	const uint32_t count = round->picked_count[to];
	struct nrs_parcel *parcel = NULL;
	uint32_t i = 0;

	while (i < count) {
		if (parcel == NULL)
			parcel = begin_parcel(lane);
		if (parcel == NULL)
			break;
		if (pack(parcel, round, &round->datagrams[picked[i]])) {
			i++;
			continue;
		}
		/* Fewer parcels than places in the ring. */
		(void)nrs_ring_push(lane->full, parcel);
		parcel = NULL;
	}
	if (parcel != NULL)
		(void)nrs_ring_push(lane->full, parcel);
	nrs_count_add(counters, NRS_C_HANDED_OVER, i);
	nrs_count_add(counters, NRS_C_HANDED_LOST, count - i);
}

void nrs_handover_send(struct nrs_handover *h, unsigned int from,
		       const struct nrs_round *round,
		       struct nrs_counters *counters)
{
	for (unsigned int to = 0; to < h->workers; to++) {
		if (to != from && round->picked_count[to] > 0)
			send_to(lane_of(h, from, to), round, to, counters);
	}
}

struct nrs_parcel *nrs_handover_receive(struct nrs_handover *h, unsigned int to)
{
	for (unsigned int from = 0; from < h->workers; from++) {
		struct nrs_parcel *parcel =
			from == to ? NULL
				   : nrs_ring_pop(lane_of(h, from, to)->full);

		if (parcel != NULL)
			return parcel;
	}
	return NULL;
}

void nrs_handover_done(struct nrs_handover *h, unsigned int to,
		       struct nrs_parcel *parcel)
{
	(void)nrs_ring_push(lane_of(h, parcel->from, to)->free, parcel);
}
