/* SPDX-License-Identifier: Apache-2.0 */
/*
 * quic_frame: CRYPTO frames out of an Initial's payload, put in order. Some
 * clients cut their hello into many pieces and shuffle them.
 */
#include "capture/proto/quic.h"

#include "capture/proto/wire.h"

enum frame {
	FRAME_PADDING = 0x00,
	FRAME_PING = 0x01,
	FRAME_ACK = 0x02,
	FRAME_ACK_ECN = 0x03,
	FRAME_CRYPTO = 0x06,
	FRAME_CRYPTO_OLD = 0x08, /* of Q050 */
	FRAME_CLOSE = 0x1c,
};

static void skip_ack(struct nrs_wire *r, bool has_ecn)
{
	(void)nrs_wire_variable(r); /* largest */
	(void)nrs_wire_variable(r); /* delay */
	const uint64_t ranges = nrs_wire_variable(r);
	(void)nrs_wire_variable(r); /* first range */
	for (uint64_t i = 0; i < ranges && !r->failed; i++) {
		(void)nrs_wire_variable(r);
		(void)nrs_wire_variable(r);
	}
	for (unsigned int i = 0; has_ecn && i < 3; i++)
		(void)nrs_wire_variable(r);
}

int nrs_quic_next(struct nrs_span *frames, struct nrs_quic_crypto *crypto)
{
	struct nrs_wire r = {.rest = *frames};

	*crypto = (struct nrs_quic_crypto){0};
	while (r.rest.len > 0 && !r.failed) {
		const uint64_t type = nrs_wire_variable(&r);

		switch (type) {
		case FRAME_PADDING:
		case FRAME_PING:
			break;
		case FRAME_ACK:
		case FRAME_ACK_ECN:
			skip_ack(&r, type == FRAME_ACK_ECN);
			break;
		case FRAME_CRYPTO:
		case FRAME_CRYPTO_OLD:
			crypto->offset = nrs_wire_variable(&r);
			crypto->data =
				nrs_wire_counted(&r, nrs_wire_variable(&r));
			*frames = r.rest;
			return r.failed ? NRS_E_FORMAT : NRS_OK;
		case FRAME_CLOSE:
			(void)nrs_wire_variable(&r); /* error */
			(void)nrs_wire_variable(&r); /* type of the frame */
			(void)nrs_wire_counted(&r, nrs_wire_variable(&r));
			break;
		default:
			return NRS_E_FORMAT;
		}
	}
	*frames = nrs_span(NULL, 0);
	return r.failed ? NRS_E_FORMAT : NRS_E_NOTFOUND;
}

/* Copy what of [from, to) has not come yet. */
static void fill(struct nrs_quic_join *j, size_t from, size_t to,
		 const uint8_t *data)
{
	size_t at = from;

	for (unsigned int i = 0; i < j->count && at < to; i++) {
		const size_t have_from = j->ranges[i].from;
		const size_t have_to = j->ranges[i].to;

		if (have_to <= at)
			continue;
		if (have_from >= to)
			break;
		if (have_from > at)
			memcpy(j->room + at, data + (at - from),
			       have_from - at);
		at = have_to;
	}
	if (at < to)
		memcpy(j->room + at, data + (at - from), to - at);
}

/* Take [from, to) into the list. NRS_E_LIMIT when it is full. */
static int mark(struct nrs_quic_join *j, size_t from, size_t to)
{
	unsigned int first = 0, last;

	while (first < j->count && j->ranges[first].to < from)
		first++;
	for (last = first; last < j->count && j->ranges[last].from <= to;
	     last++) {
		if (j->ranges[last].from < from)
			from = j->ranges[last].from;
		if (j->ranges[last].to > to)
			to = j->ranges[last].to;
	}
	/* ranges [first, last) become one */
	if (first == last && j->count == NRS_QUIC_RANGES)
		return NRS_E_LIMIT;
	memmove(&j->ranges[first + 1], &j->ranges[last],
		(j->count - last) * sizeof(*j->ranges));
	j->count = (uint16_t)(j->count - (last - first) + 1);
	j->ranges[first].from = (uint16_t)from;
	j->ranges[first].to = (uint16_t)to;
	return NRS_OK;
}

int nrs_quic_join_add(struct nrs_quic_join *j, size_t cap,
		      const struct nrs_quic_crypto *crypto)
{
	if (crypto->data.len == 0)
		return NRS_OK;
	if (crypto->offset > cap || crypto->data.len > cap - crypto->offset)
		return NRS_E_LIMIT;
	const size_t from = (size_t)crypto->offset;
	const size_t to = from + crypto->data.len;
	struct nrs_quic_join before = *j;
	const int err = mark(j, from, to);
	if (err == NRS_OK)
		fill(&before, from, to, crypto->data.ptr);
	return err;
}

struct nrs_span nrs_quic_joined(const struct nrs_quic_join *j)
{
	return j->count > 0 && j->ranges[0].from == 0
		       ? nrs_span(j->room, j->ranges[0].to)
		       : nrs_span(NULL, 0);
}
