/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ring: ck_ring with one producer and one consumer. ck's barriers are inline
 * assembly that ThreadSanitizer cannot see; the two annotations tell it that a
 * push happens before the pop that sees it.
 */
#include "engine/base/ring.h"

#include <ck_ring.h>
#include <stdlib.h>

#include "engine/base/tsan.h"

struct nrs_ring {
	ck_ring_t ring;
	ck_ring_buffer_t slots[];
};

struct nrs_ring *nrs_ring_new(unsigned int capacity)
{
	if (capacity < 4 || (capacity & (capacity - 1)) != 0)
		return NULL;
	const size_t size =
		sizeof(struct nrs_ring) + capacity * sizeof(ck_ring_buffer_t);
	struct nrs_ring *ring = aligned_alloc(64, (size + 63) / 64 * 64);
	if (ring != NULL)
		ck_ring_init(&ring->ring, capacity);
	return ring;
}

void nrs_ring_free(struct nrs_ring *ring)
{
	free(ring);
}

bool nrs_ring_push(struct nrs_ring *ring, void *item)
{
	nrs_tsan_release(ring);
	return ck_ring_enqueue_spsc(&ring->ring, ring->slots, item);
}

void *nrs_ring_pop(struct nrs_ring *ring)
{
	void *item = NULL;

	if (!ck_ring_dequeue_spsc(&ring->ring, ring->slots, &item))
		return NULL;
	nrs_tsan_acquire(ring);
	return item;
}
