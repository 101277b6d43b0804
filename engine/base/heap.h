/* SPDX-License-Identifier: Apache-2.0 */
/*
 * heap: malloc and free inside a room of fixed size, for libraries that want
 * both where nothing may come from the real heap. It only ever says no. Freed
 * pieces join their free neighbours. One thread at a time.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

struct nrs_heap {
	uint8_t *room;
	size_t bytes;
	size_t first; /* free piece, as an offset; SIZE_MAX: none */
};

/* @room: aligned to 16, of @bytes, a multiple of 16 up to 4 GiB; it must
 * outlive the heap, which needs no end. Octets of it that were never handed
 * out are not touched, but for a few at its front. */
void nrs_heap_init(struct nrs_heap *heap, void *room, size_t bytes);

/* Aligned to 16, not zeroed; NULL: there is no such piece. */
void *nrs_heap_take(struct nrs_heap *heap, size_t bytes);

/* The same octets in a piece of @bytes, perhaps elsewhere; NULL: there is none,
 * and @piece stays as it is. A @piece of NULL is taken anew. */
void *nrs_heap_resize(struct nrs_heap *heap, void *piece, size_t bytes);

/* NULL: nothing. */
void nrs_heap_give(struct nrs_heap *heap, void *piece);
