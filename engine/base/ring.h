/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ring: pointers from one writer thread to one reader thread (the only door
 * to ck_ring.h). Neither side waits.
 */
#pragma once

#include <stdbool.h>

struct nrs_ring;

/* Room for @capacity - 1 pointers; @capacity is a power of two. NULL if not. */
struct nrs_ring *nrs_ring_new(unsigned int capacity);
void nrs_ring_free(struct nrs_ring *ring);

/* Writer: false when full. Reader: NULL when empty. */
bool nrs_ring_push(struct nrs_ring *ring, void *item);
void *nrs_ring_pop(struct nrs_ring *ring);
