/* SPDX-License-Identifier: Apache-2.0 */
/* own_arena: an arena for all tests of a file. */
#pragma once

#include "engine/base/arena.h"
#include "tests/nrs_test.h"

static struct nrs_arena *arena;

static inline int new_arena(void **state)
{
	(void)state;
	arena = nrs_arena_new(0);
	return arena == NULL ? -1 : 0;
}

static inline int free_arena(void **state)
{
	(void)state;
	nrs_arena_free(arena);
	return 0;
}
