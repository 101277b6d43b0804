/* SPDX-License-Identifier: Apache-2.0 */
/*
 * hpack: nghttp2's inflater with our allocator.
 *
 * The limit of the table's size is that of the receiver, which says so in its
 * SETTINGS. They need not be read: the encoder tells in the block itself which
 * size it uses from here on, and a limit above the receiver's only lets more
 * pass.
 */
#include "capture/proto/hpack.h"

#include <nghttp2/nghttp2.h>

struct nrs_hpack {
	nghttp2_mem mem; /* the inflater points at it */
	nghttp2_hd_inflater *inflater;
};

static void *take(size_t bytes, void *heap)
{
	return nrs_heap_take(heap, bytes);
}

static void give(void *piece, void *heap)
{
	nrs_heap_give(heap, piece);
}

static void *take_zeroed(size_t count, size_t bytes, void *heap)
{
	if (bytes > 0 && count > SIZE_MAX / bytes)
		return NULL;
	void *piece = nrs_heap_take(heap, count * bytes);
	if (piece != NULL)
		memset(piece, 0, count * bytes);
	return piece;
}

static void *resize(void *piece, size_t bytes, void *heap)
{
	return nrs_heap_resize(heap, piece, bytes);
}

int nrs_hpack_new(struct nrs_hpack **out, struct nrs_heap *heap)
{
	struct nrs_hpack *hpack = nrs_heap_take(heap, sizeof(*hpack));

	if (hpack == NULL)
		return NRS_E_NOMEM;
	*hpack = (struct nrs_hpack){.mem = {.mem_user_data = heap,
					    .malloc = take,
					    .free = give,
					    .calloc = take_zeroed,
					    .realloc = resize}};
	if (nghttp2_hd_inflate_new2(&hpack->inflater, &hpack->mem) != 0)
		return NRS_E_NOMEM;
	(void)nghttp2_hd_inflate_change_table_size(hpack->inflater,
						   NRS_HPACK_TABLE_MAX);
	*out = hpack;
	return NRS_OK;
}

int nrs_hpack_next(struct nrs_hpack *hpack, struct nrs_span *bytes, bool is_end,
		   struct nrs_hpack_field *field)
{
	for (;;) {
		int flags = 0;
		nghttp2_nv nv;
		const ssize_t taken =
			nghttp2_hd_inflate_hd2(hpack->inflater, &nv, &flags,
					       bytes->ptr, bytes->len, is_end);

		if (taken < 0)
			return taken == NGHTTP2_ERR_NOMEM ? NRS_E_NOMEM
							  : NRS_E_FORMAT;
		*bytes = nrs_span_from(*bytes, (size_t)taken);
		if ((flags & NGHTTP2_HD_INFLATE_EMIT) != 0) {
			field->name = nrs_span(nv.name, nv.namelen);
			field->value = nrs_span(nv.value, nv.valuelen);
			return NRS_OK;
		}
		if ((flags & NGHTTP2_HD_INFLATE_FINAL) != 0) {
			nghttp2_hd_inflate_end_headers(hpack->inflater);
			return NRS_E_NOTFOUND;
		}
		if (bytes->len == 0)
			return NRS_E_MORE;
		if (taken == 0)
			return NRS_E_FORMAT;
	}
}
