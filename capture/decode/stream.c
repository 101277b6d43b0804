/* SPDX-License-Identifier: Apache-2.0 */
/*
 * stream: one list per side, sorted and without overlaps. Most segments that
 * come early follow the last one kept; others walk the list.
 */
#include "capture/decode/stream.h"

#include <string.h>

int nrs_stream_pool_init(struct nrs_stream_pool *pool, uint32_t streams,
			 uint32_t segments)
{
	int err = nrs_slab_init(&pool->streams, sizeof(struct nrs_stream),
				streams);

	if (err == NRS_OK)
		err = nrs_slab_init(&pool->segments, sizeof(struct nrs_segment),
				    segments);
	return err;
}

void nrs_stream_pool_fini(struct nrs_stream_pool *pool)
{
	nrs_slab_fini(&pool->streams);
	nrs_slab_fini(&pool->segments);
}

struct nrs_stream *nrs_stream_new(struct nrs_stream_pool *pool)
{
	struct nrs_stream *stream = nrs_slab_take(&pool->streams);

	if (stream != NULL)
		*stream = (struct nrs_stream){0};
	return stream;
}

void nrs_stream_free(struct nrs_stream_pool *pool, struct nrs_stream *stream)
{
	if (stream == NULL)
		return;
	for (unsigned int s = 0; s < 2; s++) {
		while (stream->side[s].first != NULL)
			nrs_stream_drop(pool, &stream->side[s]);
	}
	nrs_slab_give(&pool->streams, stream);
}

void nrs_stream_drop(struct nrs_stream_pool *pool, struct nrs_stream_side *side)
{
	struct nrs_segment *first = side->first;

	side->first = first->next;
	if (side->first == NULL)
		side->last = NULL;
	side->count--;
	nrs_slab_give(&pool->segments, first);
}

static uint32_t end_of(const struct nrs_segment *segment)
{
	return segment->seq + segment->len;
}

/* The first @len octets of @rest, between two segments that are kept. */
static int insert(struct nrs_stream_pool *pool, struct nrs_stream_side *side,
		  struct nrs_segment **link,
		  const struct nrs_stream_piece *piece)
{
	if (side->count == NRS_STREAM_SEGMENTS)
		return NRS_E_NOMEM;
	struct nrs_segment *s = nrs_slab_take(&pool->segments);
	if (s == NULL)
		return NRS_E_NOMEM;
	s->seq = piece->seq;
	s->len = (uint16_t)piece->len;
	s->got = (uint16_t)piece->bytes.len;
	if (s->got > 0)
		memcpy(s->bytes, piece->bytes.ptr, s->got);
	s->next = *link;
	*link = s;
	if (s->next == NULL)
		side->last = s;
	side->count++;
	return NRS_OK;
}

/* Does @piece say the same as @kept where both were captured? */
static bool is_same(const struct nrs_segment *kept,
		    const struct nrs_stream_piece *piece)
{
	const uint32_t from = piece->seq - kept->seq;
	size_t len = piece->bytes.len;

	if (from >= kept->got)
		return true;
	if (len > kept->got - from)
		len = kept->got - from;
	return len == 0 ||
	       memcmp(kept->bytes + from, piece->bytes.ptr, len) == 0;
}

static void cut_front(struct nrs_stream_piece *piece, uint32_t len)
{
	piece->seq += len;
	piece->len -= len;
	piece->bytes = nrs_span_from(piece->bytes, len);
}

int nrs_stream_keep(struct nrs_stream_pool *pool, struct nrs_stream_side *side,
		    const struct nrs_stream_piece *piece, bool *differs)
{
	struct nrs_stream_piece rest = *piece;
	struct nrs_segment **link = &side->first;

	if (side->last != NULL &&
	    nrs_seq_after(rest.seq, end_of(side->last)) >= 0)
		link = &side->last->next;
	while (rest.len > 0) {
		while (*link != NULL &&
		       nrs_seq_after(rest.seq, end_of(*link)) >= 0)
			link = &(*link)->next;
		const struct nrs_segment *next = *link;
		uint32_t step = rest.len;

		if (next != NULL && nrs_seq_after(rest.seq, next->seq) >= 0) {
			if (step > end_of(next) - rest.seq)
				step = end_of(next) - rest.seq;
			*differs |= !is_same(next, &rest);
			cut_front(&rest, step);
			continue;
		}
		if (next != NULL && step > next->seq - rest.seq)
			step = next->seq - rest.seq;
		if (step > NRS_SEGMENT_ROOM)
			step = NRS_SEGMENT_ROOM;
		const struct nrs_stream_piece part = {
			.bytes = nrs_span_part(rest.bytes, 0, step),
			.seq = rest.seq,
			.len = step};
		if (insert(pool, side, link, &part) != NRS_OK)
			return NRS_E_NOMEM;
		cut_front(&rest, step);
	}
	return NRS_OK;
}
