/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_match_kept: what a transaction remembers, within its quota.
 */
#include "engine/match.h"

#include "tests/nrs_test.h"

#define CHUNKS 40

struct bench {
	struct nrs_matcher matcher;
	struct nrs_counters counters;
	struct nrs_slab slab;
	struct nrs_txn txn;
};

static int setup(void **state)
{
	struct bench *b = aligned_alloc(64, (sizeof(*b) + 63) / 64 * 64);

	*state = b;
	if (b == NULL)
		return -1;
	memset(b, 0, sizeof(*b));
	b->matcher.counters = &b->counters;
	b->matcher.slab = &b->slab;
	return nrs_slab_init(&b->slab, NRS_KEPT_BYTES, CHUNKS);
}

static int teardown(void **state)
{
	struct bench *b = *state;

	nrs_slab_fini(&b->slab);
	free(b);
	return 0;
}

static bool keep(struct bench *b, uint32_t what, const void *octets, size_t len)
{
	const struct nrs_kept_record head = {.kind = NRS_KEPT_VALUE,
					     .field = NRS_F_DNS_QUERY,
					     .object = 3,
					     .what = what};

	return nrs_kept_add(&b->matcher, &b->txn, &head, nrs_span(octets, len));
}

static void each_record_comes_back_once_and_whole(void **state)
{
	static const char text[] = "0123456789abcdef";
	struct bench *b = *state;
	bool is_back[200] = {false};

	for (uint32_t i = 0; i < 200; i++)
		assert_true(keep(b, i, text, i % 17));
	struct nrs_kept_cursor cursor = nrs_kept_begin(&b->txn);
	for (uint32_t i = 0; i < 200; i++) {
		const struct nrs_kept_record *r = nrs_kept_next(&cursor);

		assert_non_null(r);
		assert_true(r->what < 200 && !is_back[r->what]);
		is_back[r->what] = true;
		assert_int_equal(r->len, r->what % 17);
		assert_int_equal(r->field, NRS_F_DNS_QUERY);
		assert_int_equal(r->object, 3);
		assert_memory_equal(r->octets, text, r->len);
	}
	assert_null(nrs_kept_next(&cursor));
	assert_null(nrs_kept_next(&cursor));
}

static void nothing_kept_is_nothing_found(void **state)
{
	struct bench *b = *state;
	struct nrs_kept_cursor cursor = nrs_kept_begin(&b->txn);

	assert_null(nrs_kept_next(&cursor));
	assert_false(nrs_kept_fired(&b->txn, 1));
	nrs_kept_forget(&b->matcher, &b->txn);
}

static void forgetting_gives_all_memory_back(void **state)
{
	static const uint8_t octets[100];
	struct bench *b = *state;

	for (uint32_t i = 0; i < 50; i++)
		assert_true(keep(b, i, octets, sizeof(octets)));
	assert_true(b->slab.taken > 1);
	assert_int_equal(b->slab.taken, b->txn.chunks);
	b->txn.has_candidates = true;
	nrs_kept_forget(&b->matcher, &b->txn);
	assert_int_equal(b->slab.taken, 0);
	assert_int_equal(b->txn.chunks, 0);
	assert_false(b->txn.has_candidates);
	struct nrs_kept_cursor cursor = nrs_kept_begin(&b->txn);
	assert_null(nrs_kept_next(&cursor));
}

static void a_transaction_has_a_quota_and_the_rest_is_counted(void **state)
{
	static const uint8_t octets[400];
	struct bench *b = *state;
	uint32_t kept = 0;

	while (keep(b, kept, octets, sizeof(octets)))
		kept++;
	assert_int_equal(b->txn.chunks, NRS_KEPT_CHUNKS_MAX);
	assert_int_equal(kept, NRS_KEPT_CHUNKS_MAX); /* one fits in each */
	assert_int_equal(b->counters.value[NRS_C_VALUES_REFUSED], 1);
	/* what is short still finds room in a chunk */
	assert_true(keep(b, 7, octets, 8));
}

static void an_empty_slab_refuses_and_counts(void **state)
{
	static const uint8_t octets[400];
	struct bench *b = *state;
	struct nrs_txn others[2] = {{0}};

	for (unsigned int t = 0; t < 2; t++) {
		const struct nrs_kept_record head = {.kind = NRS_KEPT_VALUE};

		while (nrs_kept_add(&b->matcher, &others[t], &head,
				    nrs_span(octets, sizeof(octets))))
			;
	}
	assert_int_equal(b->slab.taken, CHUNKS);
	assert_false(keep(b, 1, octets, 1));
	assert_int_equal(b->txn.chunks, 0);
	assert_true(b->counters.value[NRS_C_VALUES_REFUSED] >= 3);
	nrs_kept_forget(&b->matcher, &others[0]);
	nrs_kept_forget(&b->matcher, &others[1]);
	assert_true(keep(b, 1, octets, 1));
}

static void a_value_longer_than_a_chunk_is_cut_and_counted(void **state)
{
	static const uint8_t octets[4096] = {1, 2, 3};
	struct bench *b = *state;

	assert_true(keep(b, 1, octets, sizeof(octets)));
	struct nrs_kept_cursor cursor = nrs_kept_begin(&b->txn);
	const struct nrs_kept_record *r = nrs_kept_next(&cursor);
	assert_non_null(r);
	assert_in_range(r->len, 256, NRS_KEPT_BYTES);
	assert_memory_equal(r->octets, octets, r->len);
	assert_int_equal(b->counters.value[NRS_C_VALUES_REFUSED], 1);
}

static void what_fired_is_known_by_its_identity(void **state)
{
	const uint64_t identity = UINT64_C(0x123456789abcdef0);
	const struct nrs_kept_record fired = {.kind = NRS_KEPT_FIRED,
					      .what = 1};
	struct bench *b = *state;

	/* the same octets as a value are no firing */
	assert_true(keep(b, 1, &identity, sizeof(identity)));
	assert_false(nrs_kept_fired(&b->txn, identity));
	assert_true(nrs_kept_add(&b->matcher, &b->txn, &fired,
				 nrs_span(&identity, sizeof(identity))));
	assert_true(nrs_kept_fired(&b->txn, identity));
	assert_false(nrs_kept_fired(&b->txn, identity + 1));
}

#define NRS_T(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		NRS_T(each_record_comes_back_once_and_whole),
		NRS_T(nothing_kept_is_nothing_found),
		NRS_T(forgetting_gives_all_memory_back),
		NRS_T(a_transaction_has_a_quota_and_the_rest_is_counted),
		NRS_T(an_empty_slab_refuses_and_counts),
		NRS_T(a_value_longer_than_a_chunk_is_cut_and_counted),
		NRS_T(what_fired_is_known_by_its_identity),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
