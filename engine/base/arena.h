/* SPDX-License-Identifier: Apache-2.0 */
/*
 * arena: a bump allocator. A set of indicators or one JSON object is one
 * arena, freed whole. One thread at a time.
 */
#pragma once

#include "engine/base/span.h"

struct nrs_arena;

/*
 * @cap_bytes bounds the sum of all blocks (0: no bound). Blocks grow from
 * 4 KB to 1 MB. Returns NULL without memory.
 */
struct nrs_arena *nrs_arena_new(size_t cap_bytes);
void nrs_arena_free(struct nrs_arena *arena);

/* Forget everything, keep a block of some KB: for reuse object by object. */
void nrs_arena_reset(struct nrs_arena *arena);

/* Zeroed, aligned for any type; NULL without memory or above the cap. */
void *nrs_arena_alloc(struct nrs_arena *arena, size_t len);

/* As above, for bytes: not zeroed, not aligned. */
uint8_t *nrs_arena_bytes(struct nrs_arena *arena, size_t len);

/* A copy of @span in the arena; empty when memory is out. */
struct nrs_span nrs_arena_copy(struct nrs_arena *arena, struct nrs_span span);

/* Bytes handed out so far. */
size_t nrs_arena_used(const struct nrs_arena *arena);
