/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_live_emit: when a worker's blocks wake the emitter, and where hits go
 * while it does not come.
 */
#include "tests/nrs_test.h"

#include "app/live_crew_part.h"

struct bench {
	struct nrs_crew crew;
	struct nrs_seat *seat;
};

static int setup(void **state)
{
	struct bench *b = aligned_alloc(64, (sizeof(*b) + 63) / 64 * 64);

	if (b == NULL)
		return -1;
	memset(b, 0, sizeof(*b));
	*state = b;
	b->seat = &b->crew.seats[0];
	b->seat->crew = &b->crew;
	b->seat->full_blocks = nrs_ring_new(64);
	b->seat->free_blocks = nrs_ring_new(64);
	b->seat->blocks = calloc(NRS_SEAT_BLOCKS + 1, sizeof(struct nrs_block));
	for (unsigned int i = 0; i < NRS_SEAT_BLOCKS; i++)
		assert_true(nrs_ring_push(b->seat->free_blocks,
					  &b->seat->blocks[i]));
	return nrs_bell_new(&b->crew.bell);
}

static int teardown(void **state)
{
	struct bench *b = *state;

	nrs_bell_free(b->crew.bell);
	nrs_ring_free(b->seat->full_blocks);
	nrs_ring_free(b->seat->free_blocks);
	free(b->seat->blocks);
	free(b);
	return 0;
}

/* A round's block; true: the emitter is woken. */
static bool give(struct bench *b, bool has_hits)
{
	struct nrs_block *block = nrs_seat_take_block(b->seat);

	block->used = 8;
	block->has_hits = has_hits;
	nrs_seat_give_block(b->seat, block);
	return nrs_bell_wait(b->crew.bell, 0);
}

static void hits_wake_the_emitter_and_the_rest_waits_some_rounds(void **state)
{
	struct bench *b = *state;

	assert_true(give(b, true));
	for (unsigned int i = 0; i < 7; i++)
		assert_false(give(b, false));
	assert_true(give(b, false));
	assert_false(give(b, false));
	assert_true(give(b, true));
}

static void marks_that_are_waited_for_wake_it_too(void **state)
{
	struct bench *b = *state;

	atomic_store_explicit(&b->crew.wants_marks, 1, memory_order_seq_cst);
	assert_true(give(b, false));
	assert_true(give(b, false));
	atomic_store_explicit(&b->crew.wants_marks, 0, memory_order_seq_cst);
	assert_false(give(b, false));
}

/* As when another program has its processor. */
static void with_every_block_under_way_a_round_s_is_kept(void **state)
{
	struct bench *b = *state;

	for (unsigned int i = 0; i + 1 < NRS_SEAT_BLOCKS; i++)
		(void)give(b, true);
	struct nrs_block *last = nrs_seat_take_block(b->seat);
	assert_true(nrs_seat_keep_block(b->seat, last));
	last->used = NRS_BLOCK_BYTES / 2 + 8;
	assert_false(nrs_seat_keep_block(b->seat, last)); /* what is behind */
	last->used = 8;
	/* one comes back */
	assert_true(nrs_ring_push(b->seat->free_blocks,
				  nrs_ring_pop(b->seat->full_blocks)));
	assert_false(nrs_seat_keep_block(b->seat, last));
	nrs_seat_give_block(b->seat, last);
	assert_ptr_not_equal(nrs_seat_take_block(b->seat),
			     &b->seat->blocks[NRS_SEAT_BLOCKS]);
	assert_int_equal(b->seat->dropped, 0);
}

static void hits_beyond_all_blocks_are_counted(void **state)
{
	struct bench *b = *state;

	for (unsigned int i = 0; i < NRS_SEAT_BLOCKS; i++)
		(void)give(b, true);
	struct nrs_block *spare = nrs_seat_take_block(b->seat);
	assert_false(nrs_seat_keep_block(b->seat, spare));
	spare->used = 8;
	nrs_seat_give_block(b->seat, spare);
	assert_int_equal(b->seat->dropped, 1);
}

#define NRS_T(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		NRS_T(hits_wake_the_emitter_and_the_rest_waits_some_rounds),
		NRS_T(marks_that_are_waited_for_wake_it_too),
		NRS_T(with_every_block_under_way_a_round_s_is_kept),
		NRS_T(hits_beyond_all_blocks_are_counted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
