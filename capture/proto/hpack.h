/* SPDX-License-Identifier: Apache-2.0 */
/*
 * hpack: the only door to libnghttp2, of which the inflater of header fields
 * is used (RFC 7541). It lives on a heap that the caller lends, and on nothing
 * else.
 */
#pragma once

#include "engine/base/err.h"
#include "engine/base/heap.h"
#include "engine/base/span.h"

/* A dynamic table announced larger than this cannot be followed. Smaller ones
 * still end where the heap does. */
#define NRS_HPACK_TABLE_MAX 65536

/* What one side of a connection says; it is over with its heap. */
struct nrs_hpack;

/* NRS_E_NOMEM. */
int nrs_hpack_new(struct nrs_hpack **out, struct nrs_heap *heap);

struct nrs_hpack_field {
	struct nrs_span name, value; /* until the next call */
};

/*
 * The next field in *@bytes, which moves on; a block may come in pieces of any
 * size, and @is_end says that no more of it follows. NRS_E_MORE: all was
 * taken; NRS_E_NOTFOUND: the block is over. NRS_E_NOMEM, NRS_E_FORMAT: what
 * this side says cannot be read any more.
 */
int nrs_hpack_next(struct nrs_hpack *hpack, struct nrs_span *bytes, bool is_end,
		   struct nrs_hpack_field *field);
