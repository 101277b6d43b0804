/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_heap: pieces are apart, whole, and come back.
 */
#include "tests/nrs_test.h"

#include "engine/base/heap.h"

#define ROOM 4096
#define HEAD 16 /* what a piece costs beside itself */

static _Alignas(16) uint8_t room[ROOM];

static void the_whole_room_can_be_one_piece(void **state)
{
	struct nrs_heap heap;

	(void)state;
	nrs_heap_init(&heap, room, ROOM);
	assert_null(nrs_heap_take(&heap, ROOM - HEAD + 1));
	assert_null(nrs_heap_take(&heap, SIZE_MAX));
	assert_null(nrs_heap_take(&heap, SIZE_MAX - HEAD));
	void *all = nrs_heap_take(&heap, ROOM - HEAD);
	assert_non_null(all);
	assert_null(nrs_heap_take(&heap, 0));
	nrs_heap_give(&heap, all);
	assert_ptr_equal(nrs_heap_take(&heap, ROOM - HEAD), all);
}

static void freed_neighbours_become_one_piece(void **state)
{
	/* Every order of giving three of them back. */
	static const uint8_t orders[][3] = {{0, 1, 2}, {0, 2, 1}, {1, 0, 2},
					    {1, 2, 0}, {2, 0, 1}, {2, 1, 0}};
	struct nrs_heap heap;

	(void)state;
	for (size_t i = 0; i < sizeof(orders) / sizeof(*orders); i++) {
		void *piece[3];

		nrs_heap_init(&heap, room, ROOM);
		for (unsigned int p = 0; p < 3; p++)
			piece[p] = nrs_heap_take(&heap, 1000);
		for (unsigned int p = 0; p < 3; p++)
			nrs_heap_give(&heap, piece[orders[i][p]]);
		if (nrs_heap_take(&heap, ROOM - HEAD) == NULL)
			fail_msg("order %zu", i);
	}
}

static void a_resized_piece_keeps_its_octets(void **state)
{
	struct nrs_heap heap;

	(void)state;
	nrs_heap_init(&heap, room, ROOM);
	uint8_t *piece = nrs_heap_resize(&heap, NULL, 100);
	assert_non_null(piece);
	memset(piece, 7, 100);
	assert_non_null(nrs_heap_take(&heap, 100));
	piece = nrs_heap_resize(&heap, piece, 2000);
	assert_non_null(piece);
	for (unsigned int i = 0; i < 100; i++)
		assert_int_equal(piece[i], 7);
	assert_ptr_equal(nrs_heap_resize(&heap, piece, 50), piece);
	assert_null(nrs_heap_resize(&heap, piece, ROOM));
	assert_int_equal(piece[99], 7);
	nrs_heap_give(&heap, NULL);
}

/* Any order of taking and giving: each piece keeps what was written into it,
 * and at the end the room is one again. */
static void pieces_never_share_an_octet(void **state)
{
	enum { PIECES = 24 };
	struct {
		uint8_t *at;
		size_t bytes;
	} piece[PIECES] = {{NULL, 0}};
	uint32_t random = 1;
	struct nrs_heap heap;
	unsigned int refused = 0;

	(void)state;
	nrs_heap_init(&heap, room, ROOM);
	for (unsigned int step = 0; step < 100000; step++) {
		random = random * 1664525 + 1013904223;
		const unsigned int i = (random >> 8) % PIECES;

		if (piece[i].at == NULL) {
			piece[i].bytes = (random >> 16) % 400;
			piece[i].at = nrs_heap_take(&heap, piece[i].bytes);
			refused += piece[i].at == NULL;
			assert_int_equal((uintptr_t)piece[i].at % 16, 0);
			if (piece[i].at != NULL)
				memset(piece[i].at, (int)i, piece[i].bytes);
			continue;
		}
		for (size_t at = 0; at < piece[i].bytes; at++)
			assert_int_equal(piece[i].at[at], i);
		nrs_heap_give(&heap, piece[i].at);
		piece[i].at = NULL;
	}
	assert_true(refused > 0);
	for (unsigned int i = 0; i < PIECES; i++)
		nrs_heap_give(&heap, piece[i].at);
	assert_non_null(nrs_heap_take(&heap, ROOM - HEAD));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_whole_room_can_be_one_piece),
		cmocka_unit_test(freed_neighbours_become_one_piece),
		cmocka_unit_test(a_resized_piece_keeps_its_octets),
		cmocka_unit_test(pieces_never_share_an_octet),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
