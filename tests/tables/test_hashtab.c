/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_hashtab: what is put is found, and nothing else, against a plain list.
 */
#include "tests/nrs_test.h"

#include "engine/tables/hashtab.h"
#include "tests/tables/seeded.h"

#define LONGEST 65535

static struct nrs_hashtab_builder *new_builder(size_t expected)
{
	struct nrs_hashtab_builder *builder = NULL;

	assert_int_equal(nrs_hashtab_builder_new(&builder, expected), NRS_OK);
	return builder;
}

static struct nrs_hashtab *build(struct nrs_hashtab_builder *builder)
{
	struct nrs_hashtab *table = NULL;

	assert_int_equal(nrs_hashtab_build(&table, builder), NRS_OK);
	return table;
}

static uint32_t put(struct nrs_hashtab_builder *builder, uint8_t tag,
		    const char *key, uint32_t value)
{
	assert_int_equal(
		nrs_hashtab_builder_put(builder, tag, nrs_span_of(key), &value),
		NRS_OK);
	return value;
}

static uint32_t find(const struct nrs_hashtab *table, uint8_t tag,
		     const char *key)
{
	return nrs_hashtab_find(table, tag, nrs_span_of(key));
}

static void an_empty_table_finds_nothing(void **state)
{
	struct nrs_hashtab *table = build(new_builder(0));

	(void)state;
	assert_int_equal(find(table, 0, ""), NRS_HASHTAB_NONE);
	assert_int_equal(find(table, 0, "evil.example"), NRS_HASHTAB_NONE);
	nrs_hashtab_free(table);
}

static void the_value_that_stands_is_the_first_one(void **state)
{
	struct nrs_hashtab_builder *builder = new_builder(0);

	(void)state;
	assert_int_equal(put(builder, 1, "evil.example", 7), 7);
	assert_int_equal(put(builder, 1, "evil.example", 8), 7);
	assert_int_equal(nrs_hashtab_builder_count(builder), 1);
	struct nrs_hashtab *table = build(builder);
	assert_int_equal(find(table, 1, "evil.example"), 7);
	nrs_hashtab_free(table);
}

static void equal_keys_of_two_tags_are_two(void **state)
{
	struct nrs_hashtab_builder *builder = new_builder(0);

	(void)state;
	put(builder, 1, "evil.example", 7);
	put(builder, 2, "evil.example", 8);
	struct nrs_hashtab *table = build(builder);
	assert_int_equal(find(table, 1, "evil.example"), 7);
	assert_int_equal(find(table, 2, "evil.example"), 8);
	assert_int_equal(find(table, 3, "evil.example"), NRS_HASHTAB_NONE);
	nrs_hashtab_free(table);
}

static void the_empty_key_and_a_nul_are_keys(void **state)
{
	struct nrs_hashtab_builder *builder = new_builder(0);
	uint32_t value = 9;

	(void)state;
	put(builder, 0, "", 5);
	assert_int_equal(
		nrs_hashtab_builder_put(builder, 0, nrs_span("\0", 1), &value),
		NRS_OK);
	struct nrs_hashtab *table = build(builder);
	assert_int_equal(nrs_hashtab_find(table, 0, nrs_span(NULL, 0)), 5);
	assert_int_equal(nrs_hashtab_find(table, 0, nrs_span("\0", 1)), 9);
	assert_int_equal(nrs_hashtab_find(table, 0, nrs_span("\0\0", 2)),
			 NRS_HASHTAB_NONE);
	nrs_hashtab_free(table);
}

static void the_longest_key_is_kept_and_a_longer_one_refused(void **state)
{
	struct nrs_hashtab_builder *builder = new_builder(0);
	static uint8_t key[LONGEST + 1];
	uint32_t value = 3;

	(void)state;
	assert_int_equal(nrs_hashtab_builder_put(
				 builder, 0, nrs_span(key, LONGEST), &value),
			 NRS_OK);
	assert_int_equal(nrs_hashtab_builder_put(builder, 0,
						 nrs_span(key, LONGEST + 1),
						 &value),
			 NRS_E_LIMIT);
	struct nrs_hashtab *table = build(builder);
	assert_int_equal(nrs_hashtab_find(table, 0, nrs_span(key, LONGEST)), 3);
	assert_int_equal(nrs_hashtab_find(table, 0, nrs_span(key, LONGEST + 1)),
			 NRS_HASHTAB_NONE);
	nrs_hashtab_free(table);
}

static void a_builder_can_be_dropped_without_a_table(void **state)
{
	struct nrs_hashtab_builder *builder = new_builder(10);

	(void)state;
	put(builder, 0, "a", 1);
	nrs_hashtab_builder_free(builder);
	nrs_hashtab_builder_free(NULL);
	nrs_hashtab_free(NULL);
}

/* Large enough for huge pages, and far beyond what was expected. */
static void a_large_table_grows_and_finds_every_key(void **state)
{
	enum { COUNT = 300000 };
	struct nrs_hashtab_builder *builder = new_builder(0);
	unsigned int found = 0, wrong = 0;
	char key[32];

	(void)state;
	for (uint32_t i = 0; i < COUNT; i++) {
		snprintf(key, sizeof(key), "h%u.example", i);
		put(builder, 4, key, i);
	}
	assert_int_equal(nrs_hashtab_builder_count(builder), COUNT);
	struct nrs_hashtab *table = build(builder);
	for (uint32_t i = 0; i < COUNT; i++) {
		snprintf(key, sizeof(key), "h%u.example", i);
		found += find(table, 4, key) == i;
		snprintf(key, sizeof(key), "n%u.example", i);
		wrong += find(table, 4, key) != NRS_HASHTAB_NONE;
	}
	assert_int_equal(found, COUNT);
	assert_int_equal(wrong, 0);
	/* Slots (8 B, at most 2/3 full), filter (1.5 B), keys with 8 B each. */
	assert_in_range(nrs_hashtab_bytes(table), COUNT * 30, COUNT * 100);
	nrs_hashtab_free(table);
}

struct entry {
	uint8_t tag, len;
	uint8_t key[6];
	uint32_t value;
};

/* Few letters and short keys: equal keys and near misses are frequent. */
static struct entry random_entry(struct seeded *seeded, uint32_t value)
{
	struct entry entry = {.tag = (uint8_t)seeded_below(seeded, 3),
			      .len = (uint8_t)seeded_below(seeded, 6),
			      .value = value};

	for (unsigned int i = 0; i < entry.len; i++)
		entry.key[i] = (uint8_t)("a.\0\xff"[seeded_below(seeded, 4)]);
	return entry;
}

static uint32_t find_plainly(const struct entry *entries, size_t count,
			     const struct entry *wanted)
{
	for (size_t i = 0; i < count; i++) {
		if (entries[i].tag == wanted->tag &&
		    entries[i].len == wanted->len &&
		    memcmp(entries[i].key, wanted->key, wanted->len) == 0)
			return entries[i].value;
	}
	return NRS_HASHTAB_NONE;
}

static void random_keys_are_found_as_in_a_plain_list(void **state)
{
	enum { ROUNDS = 40, PUTS = 300, FINDS = 500 };
	struct seeded seeded = {.state = 1};
	struct entry entries[PUTS];

	(void)state;
	for (unsigned int round = 0; round < ROUNDS; round++) {
		struct nrs_hashtab_builder *builder = new_builder(round);

		for (uint32_t i = 0; i < PUTS; i++) {
			entries[i] = random_entry(&seeded, i);
			const uint32_t want =
				find_plainly(entries, i + 1, &entries[i]);
			uint32_t value = i;

			assert_int_equal(nrs_hashtab_builder_put(
						 builder, entries[i].tag,
						 nrs_span(entries[i].key,
							  entries[i].len),
						 &value),
					 NRS_OK);
			assert_int_equal(value, want);
		}
		struct nrs_hashtab *table = build(builder);
		for (unsigned int i = 0; i < FINDS; i++) {
			const struct entry e = random_entry(&seeded, 0);
			const struct nrs_span key = nrs_span(e.key, e.len);
			const uint32_t want = find_plainly(entries, PUTS, &e);
			const uint64_t hash =
				nrs_hashtab_hash(table, e.tag, key);

			assert_int_equal(nrs_hashtab_find(table, e.tag, key),
					 want);
			assert_int_equal(nrs_hashtab_find_hashed(table, hash,
								 e.tag, key),
					 want);
		}
		nrs_hashtab_free(table);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_empty_table_finds_nothing),
		cmocka_unit_test(the_value_that_stands_is_the_first_one),
		cmocka_unit_test(equal_keys_of_two_tags_are_two),
		cmocka_unit_test(the_empty_key_and_a_nul_are_keys),
		cmocka_unit_test(
			the_longest_key_is_kept_and_a_longer_one_refused),
		cmocka_unit_test(a_builder_can_be_dropped_without_a_table),
		cmocka_unit_test(a_large_table_grows_and_finds_every_key),
		cmocka_unit_test(random_keys_are_found_as_in_a_plain_list),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
