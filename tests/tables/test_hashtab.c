/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_hashtab: what is put is found, and nothing else, against a plain list.
 */
#include "tests/nrs_test.h"

#include <time.h>

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

/* A copy of @span that can be spoiled, aligned as an image aligns it. */
static struct nrs_span copy_of(struct nrs_span span)
{
	uint8_t *copy = aligned_alloc(64, (span.len + 64) / 64 * 64);

	assert_non_null(copy);
	if (span.len > 0)
		memcpy(copy, span.ptr, span.len);
	return nrs_span(copy, span.len);
}

/* The parts of a table of @count keys "k0", "k1"..., values 0, 1... */
static struct nrs_hashtab_parts parts_of(uint32_t count)
{
	struct nrs_hashtab_builder *builder = new_builder(0);
	struct nrs_hashtab_parts parts;
	char key[16];

	for (uint32_t i = 0; i < count; i++) {
		(void)snprintf(key, sizeof(key), "k%u", i);
		put(builder, (uint8_t)(i % 3), key, i);
	}
	struct nrs_hashtab *table = build(builder);
	nrs_hashtab_parts(table, &parts);
	parts.slots = copy_of(parts.slots);
	parts.blocks = copy_of(parts.blocks);
	parts.keys = copy_of(parts.keys);
	nrs_hashtab_free(table);
	return parts;
}

static void parts_free(struct nrs_hashtab_parts *parts)
{
	free((void *)(uintptr_t)parts->slots.ptr);
	free((void *)(uintptr_t)parts->blocks.ptr);
	free((void *)(uintptr_t)parts->keys.ptr);
}

/* How many of the keys of parts_of a table has; values are below @end. */
static uint32_t count_found(const struct nrs_hashtab *table, uint32_t end)
{
	uint32_t found = 0;
	char key[16];

	for (uint32_t i = 0; i < end; i++) {
		(void)snprintf(key, sizeof(key), "k%u", i);
		const uint32_t value = find(table, (uint8_t)(i % 3), key);

		assert_true(value < end || value == NRS_HASHTAB_NONE);
		found += value == i;
	}
	return found;
}

static void a_table_over_its_parts_finds_what_it_found(void **state)
{
	static const uint32_t counts[] = {0, 1, 2, 60, 5000};

	(void)state;
	for (size_t i = 0; i < sizeof(counts) / sizeof(*counts); i++) {
		struct nrs_hashtab_parts parts = parts_of(counts[i]);
		struct nrs_hashtab *table = NULL;
		struct nrs_hashtab_key key = {.next = 0};
		uint32_t keys = 0;

		assert_int_equal(nrs_hashtab_open(&table, &parts, counts[i]),
				 NRS_OK);
		assert_int_equal(count_found(table, counts[i]), counts[i]);
		assert_int_equal(find(table, 0, "other"), NRS_HASHTAB_NONE);
		while (nrs_hashtab_key_at(parts.keys, key.next, &key))
			keys++;
		assert_int_equal(keys, counts[i]);
		nrs_hashtab_free(table);
		parts_free(&parts);
	}
}

/* Refused, or a table that may miss a key and does nothing worse. */
static void spoiled_parts_lead_nowhere(void **state)
{
	enum { COUNT = 60 };
	struct nrs_hashtab_parts parts = parts_of(COUNT);
	unsigned int refused = 0;

	(void)state;
	for (unsigned int part = 0; part < 2; part++) {
		const struct nrs_span span =
			part == 0 ? parts.slots : parts.keys;

		for (size_t at = 0; at < span.len; at++) {
			uint8_t *octet = (uint8_t *)(uintptr_t)span.ptr + at;
			struct nrs_hashtab *table = NULL;

			*octet ^= 0x41;
			if (nrs_hashtab_open(&table, &parts, COUNT) == NRS_OK)
				(void)count_found(table, COUNT);
			else
				refused++;
			nrs_hashtab_free(table);
			*octet ^= 0x41;
		}
	}
	assert_true(refused > 100);
	parts.count++;
	struct nrs_hashtab *table = NULL;
	assert_int_equal(nrs_hashtab_open(&table, &parts, COUNT), NRS_E_FORMAT);
	parts.count--;
	assert_int_equal(nrs_hashtab_open(&table, &parts, COUNT - 1),
			 NRS_E_FORMAT);
	parts_free(&parts);
}

static double cpu_seconds(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

#define CRAFTED 4096u

static struct nrs_hashtab *table_of(const uint64_t *keys)
{
	struct nrs_hashtab_builder *builder = new_builder(CRAFTED);

	for (uint32_t i = 0; i < CRAFTED; i++) {
		uint32_t value = i;

		assert_int_equal(nrs_hashtab_builder_put(builder, 0,
							 nrs_span(&keys[i], 8),
							 &value),
				 NRS_OK);
	}
	return build(builder);
}

/* What building with these keys and finding them all takes; best of three. */
static double time_table(const uint64_t *keys)
{
	double best = 1e9;

	for (unsigned int round = 0; round < 3; round++) {
		const double began = cpu_seconds();
		struct nrs_hashtab *table = table_of(keys);

		for (uint32_t i = 0; i < CRAFTED; i++)
			assert_int_equal(
				nrs_hashtab_find(table, 0,
						 nrs_span(&keys[i], 8)),
				i);
		const double took = cpu_seconds() - began;
		best = took < best ? took : best;
		nrs_hashtab_free(table);
	}
	return best;
}

/* Keys that would all go to one place of a table whose secret leaked (the low
 * half of the hash chooses it): the next table has another, and they are keys
 * like any others. */
static void keys_that_collided_once_cost_what_others_cost(void **state)
{
	static uint64_t crafted[CRAFTED], plain[CRAFTED];
	uint64_t candidate = 0;

	(void)state;
	for (uint32_t i = 0; i < CRAFTED; i++)
		plain[i] = i * UINT64_C(0x100000001);
	struct nrs_hashtab *leaked = table_of(plain);
	for (uint32_t i = 0; i < CRAFTED; candidate++) {
		const uint64_t hash =
			nrs_hashtab_hash(leaked, 0, nrs_span(&candidate, 8));

		if ((uint32_t)hash >> 20 == 0)
			crafted[i++] = candidate;
	}
	nrs_hashtab_free(leaked);
	const double usual = time_table(plain), attacked = time_table(crafted);
	if (attacked > 4 * usual)
		fail_msg("%.3f ms instead of %.3f", attacked * 1e3,
			 usual * 1e3);
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
		cmocka_unit_test(a_table_over_its_parts_finds_what_it_found),
		cmocka_unit_test(spoiled_parts_lead_nowhere),
		cmocka_unit_test(keys_that_collided_once_cost_what_others_cost),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
