/* SPDX-License-Identifier: Apache-2.0 */
/*
 * stream: TCP segments that came before those they follow, kept until they
 * come. Segments in order never touch it.
 *
 * What is kept first stays: of a segment that overlaps it only the rest is
 * kept, and the caller learns whether the overlap said something else. Memory
 * is the shard's; each side of a flow may hold NRS_STREAM_SEGMENTS of it.
 */
#pragma once

#include "engine/base/err.h"
#include "engine/base/slab.h"
#include "engine/base/span.h"

#define NRS_SEGMENT_ROOM ((size_t)1472) /* octets: one Ethernet packet's */
#define NRS_STREAM_SEGMENTS 256		/* per side */

struct nrs_segment {
	struct nrs_segment *next;
	uint32_t seq;
	uint16_t len; /* octets on the wire */
	uint16_t got; /* of them captured: the first ones */
	uint8_t bytes[NRS_SEGMENT_ROOM];
};

struct nrs_stream_side {
	struct nrs_segment *first, *last; /* in the order of the stream */
	uint32_t count;
	int64_t since_ns; /* the first of them came */
};

struct nrs_stream {
	struct nrs_stream_side side[2];
};

/* Of one shard. */
struct nrs_stream_pool {
	struct nrs_slab streams;
	struct nrs_slab segments;
};

/* Reserve room for @streams flows and @segments. NRS_E_NOMEM. */
int nrs_stream_pool_init(struct nrs_stream_pool *pool, uint32_t streams,
			 uint32_t segments);
void nrs_stream_pool_fini(struct nrs_stream_pool *pool);

/* An empty one; NULL above the quota. */
struct nrs_stream *nrs_stream_new(struct nrs_stream_pool *pool);
void nrs_stream_free(struct nrs_stream_pool *pool, struct nrs_stream *stream);

/* What a segment says: @len octets from @seq on, the first of them captured. */
struct nrs_stream_piece {
	struct nrs_span bytes;
	uint32_t seq, len;
};

/*
 * Keep what is new of @piece; *@differs becomes true if it contradicts what is
 * kept. NRS_E_NOMEM: no room for all of it, some of it may be kept.
 * Source: RFC 9293 section 3.4 for the order of sequence numbers.
 */
int nrs_stream_keep(struct nrs_stream_pool *pool, struct nrs_stream_side *side,
		    const struct nrs_stream_piece *piece, bool *differs);

/* Give the first segment back. */
void nrs_stream_drop(struct nrs_stream_pool *pool,
		     struct nrs_stream_side *side);

/* How far @a stands behind @b in the stream; < 0: before it. */
static inline int32_t nrs_seq_after(uint32_t a, uint32_t b)
{
	return (int32_t)(a - b);
}
