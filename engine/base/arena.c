/* SPDX-License-Identifier: Apache-2.0 */
/*
 * arena: a chain of growing blocks; the newest one is filled.
 */
#include "engine/base/arena.h"

#include <stdlib.h>

#define FIRST_BLOCK ((size_t)4096)
#define LARGEST_BLOCK ((size_t)1 << 20)
#define LARGEST_KEPT ((size_t)65536) /* over a reset */
#define ALIGNMENT ((size_t)16)

struct block {
	struct block *previous;
	size_t len, used;
	size_t spare; /* keeps what follows aligned to 16 */
	uint8_t bytes[];
};

struct nrs_arena {
	struct block *newest;
	size_t cap, reserved, used;
};

struct nrs_arena *nrs_arena_new(size_t cap_bytes)
{
	struct nrs_arena *arena = calloc(1, sizeof(*arena));

	if (arena != NULL)
		arena->cap = cap_bytes;
	return arena;
}

static void free_blocks(struct block *block)
{
	while (block != NULL) {
		struct block *previous = block->previous;

		free(block);
		block = previous;
	}
}

void nrs_arena_free(struct nrs_arena *arena)
{
	if (arena == NULL)
		return;
	free_blocks(arena->newest);
	free(arena);
}

void nrs_arena_reset(struct nrs_arena *arena)
{
	struct block *block = arena->newest, *kept = NULL;

	arena->used = arena->reserved = 0;
	while (block != NULL) {
		struct block *const previous = block->previous;

		if (kept == NULL && block->len <= LARGEST_KEPT) {
			kept = block;
			kept->previous = NULL;
			kept->used = 0;
			arena->reserved = kept->len;
		} else {
			free(block);
		}
		block = previous;
	}
	arena->newest = kept;
}

static struct block *grow(struct nrs_arena *arena, size_t need)
{
	size_t len = FIRST_BLOCK;

	if (arena->newest != NULL)
		len = arena->newest->len < LARGEST_BLOCK / 2
			      ? arena->newest->len * 2
			      : LARGEST_BLOCK;
	if (len < need)
		len = need;
	if (need > SIZE_MAX / 2 ||
	    (arena->cap != 0 &&
	     (len > arena->cap || arena->reserved > arena->cap - len)))
		return NULL;
	struct block *block = malloc(sizeof(*block) + len);
	if (block == NULL)
		return NULL;
	*block = (struct block){.previous = arena->newest, .len = len};
	arena->newest = block;
	arena->reserved += len;
	return block;
}

static uint8_t *take(struct nrs_arena *arena, size_t len, size_t alignment)
{
	struct block *block = arena->newest;
	size_t at = 0;

	if (block != NULL)
		at = (block->used + alignment - 1) / alignment * alignment;
	if (block == NULL || at > block->len || len > block->len - at) {
		block = grow(arena, len);
		if (block == NULL)
			return NULL;
		at = 0;
	}
	block->used = at + len;
	arena->used += len;
	return block->bytes + at;
}

void *nrs_arena_alloc(struct nrs_arena *arena, size_t len)
{
	uint8_t *at = take(arena, len, ALIGNMENT);

	return at == NULL ? NULL : memset(at, 0, len);
}

uint8_t *nrs_arena_bytes(struct nrs_arena *arena, size_t len)
{
	return take(arena, len, 1);
}

struct nrs_span nrs_arena_copy(struct nrs_arena *arena, struct nrs_span span)
{
	if (span.len == 0)
		return nrs_span(NULL, 0);
	uint8_t *at = nrs_arena_bytes(arena, span.len);
	if (at == NULL)
		return nrs_span(NULL, 0);
	memcpy(at, span.ptr, span.len);
	return nrs_span(at, span.len);
}

size_t nrs_arena_used(const struct nrs_arena *arena)
{
	return arena->used;
}
