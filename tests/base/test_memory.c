/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_memory: arena, slab and text: what is lent, what is refused, what comes
 * back.
 */
#include "tests/nrs_test.h"

#include "engine/base/arena.h"
#include "engine/base/slab.h"
#include "engine/base/text.h"

static void an_arena_gives_zeroed_and_aligned_memory(void **state)
{
	struct nrs_arena *arena = nrs_arena_new(0);
	static const uint8_t zeros[300];

	(void)state;
	assert_non_null(arena);
	for (size_t len = 1; len < 300; len += 7) {
		uint8_t *at = nrs_arena_alloc(arena, len);

		assert_non_null(at);
		assert_int_equal((uintptr_t)at % _Alignof(max_align_t), 0);
		assert_memory_equal(at, zeros, len);
		memset(at, 0xff, len); /* the next one is zero all the same */
	}
	nrs_arena_free(arena);
	nrs_arena_free(NULL);
}

static void an_arena_keeps_to_its_cap(void **state)
{
	struct nrs_arena *arena = nrs_arena_new(65536);
	static const uint8_t many[5000];
	size_t got = 0;

	(void)state;
	assert_non_null(arena);
	assert_null(nrs_arena_alloc(arena, 65537));
	assert_null(nrs_arena_alloc(arena, SIZE_MAX));
	assert_null(nrs_arena_alloc(arena, SIZE_MAX - 8));
	while (nrs_arena_alloc(arena, 1000) != NULL)
		got += 1000;
	assert_in_range(got, 20000, 65536);
	/* What is refused is an empty copy, never a wrong one. */
	assert_int_equal(
		nrs_arena_copy(arena, nrs_span(many, sizeof(many))).len, 0);
	nrs_arena_reset(arena);
	assert_non_null(nrs_arena_alloc(arena, 1000));
	nrs_arena_free(arena);
}

static void copies_live_in_the_arena(void **state)
{
	struct nrs_arena *arena = nrs_arena_new(0);
	char text[] = "higan.example";

	(void)state;
	assert_non_null(arena);
	const struct nrs_span copy = nrs_arena_copy(arena, nrs_span_of(text));
	text[0] = 'X';
	assert_true(nrs_span_is(copy, "higan.example"));
	assert_true(nrs_arena_used(arena) >= 13);
	assert_int_equal(nrs_arena_copy(arena, nrs_span(NULL, 0)).len, 0);
	nrs_arena_free(arena);
}

static void a_slab_lends_its_quota_and_no_more(void **state)
{
	struct nrs_slab slab;
	void *items[8];

	(void)state;
	assert_int_equal(nrs_slab_init(&slab, 40, 8), 0);
	for (unsigned int i = 0; i < 8; i++) {
		items[i] = nrs_slab_take(&slab);
		assert_non_null(items[i]);
		assert_int_equal((uintptr_t)items[i] % 16, 0);
		memset(items[i], (int)i, 40);
		assert_ptr_equal(
			nrs_slab_at(&slab, nrs_slab_index(&slab, items[i])),
			items[i]);
	}
	assert_null(nrs_slab_take(&slab));
	for (unsigned int i = 0; i < 8; i++)
		assert_int_equal(((uint8_t *)items[i])[39], i);
	nrs_slab_give(&slab, items[3]);
	assert_ptr_equal(nrs_slab_take(&slab), items[3]);
	assert_null(nrs_slab_take(&slab));
	assert_int_equal(slab.taken, 8);
	nrs_slab_fini(&slab);
	nrs_slab_fini(&slab); /* as often as one likes */
}

static void a_large_quota_touches_only_what_is_used(void **state)
{
	struct nrs_slab slab;

	(void)state;
	/* 64 GB of address space, of which one page is touched. */
	assert_int_equal(nrs_slab_init(&slab, 65536, 1u << 20), 0);
	memset(nrs_slab_take(&slab), 1, 64);
	assert_int_equal(slab.touched, 1);
	nrs_slab_fini(&slab);
}

static void text_grows_and_prints(void **state)
{
	struct nrs_text text = {0};

	(void)state;
	nrs_text_puts(&text, "a");
	nrs_text_putc(&text, 'b');
	nrs_text_add(&text, nrs_span("\0c", 2));
	nrs_text_printf(&text, "%05d|%s", 42, "long enough to grow");
	assert_int_equal(text.len, 4 + 25);
	assert_memory_equal(text.ptr, "ab\0c00042|long enough to grow", 29);
	for (unsigned int i = 0; i < 10000; i++)
		nrs_text_puts(&text, "0123456789");
	assert_int_equal(text.len, 29 + 100000);
	assert_false(text.failed);
	nrs_text_clear(&text);
	assert_int_equal(nrs_text_span(&text).len, 0);
	nrs_text_fini(&text);
	assert_null(text.ptr);
	nrs_text_fini(&text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_arena_gives_zeroed_and_aligned_memory),
		cmocka_unit_test(an_arena_keeps_to_its_cap),
		cmocka_unit_test(copies_live_in_the_arena),
		cmocka_unit_test(a_slab_lends_its_quota_and_no_more),
		cmocka_unit_test(a_large_quota_touches_only_what_is_used),
		cmocka_unit_test(text_grows_and_prints),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
