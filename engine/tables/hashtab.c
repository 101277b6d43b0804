/* SPDX-License-Identifier: Apache-2.0 */
/*
 * hashtab: slots of {tag, offset} over keys packed one after another.
 *
 * The builder keeps its own open table, so that equal keys meet while the set
 * is loaded; freezing only adds the Bloom filter. A filter block is one cache
 * line of eight words, one bit in each.
 */
#include "engine/tables/hashtab.h"

#include <stdlib.h>
#include <sys/mman.h>

#include "engine/base/crypto.h"

#define KEY_MAX ((size_t)65535)
#define HUGE_PAGE ((size_t)2 << 20)
#define BITS_PER_KEY 12
#define SLOTS_HINT_MAX (UINT64_C(1) << 28) /* beyond that it grows */

/* In the arena before each key. */
struct key_head {
	uint32_t value;
	uint16_t len;
	uint8_t tag;
	uint8_t spare;
};

struct nrs_hashtab {
	struct nrs_hash_key key;
	uint64_t *slots; /* 0 free; else tag << 48 | offset + 1 */
	uint64_t slot_mask;
	uint32_t (*blocks)[8];
	uint64_t block_count;
	uint8_t *bytes;
	size_t bytes_used, bytes_cap;
	size_t slots_len, blocks_len;
	size_t count;
};

struct nrs_hashtab_builder {
	struct nrs_hashtab *table;
};

static void *map(size_t len)
{
	const size_t rounded = (len + HUGE_PAGE - 1) / HUGE_PAGE * HUGE_PAGE;
	void *at = aligned_alloc(len < HUGE_PAGE / 2 ? 64 : HUGE_PAGE,
				 len < HUGE_PAGE / 2 ? (len + 63) / 64 * 64
						     : rounded);

	if (at == NULL)
		return NULL;
	if (len >= HUGE_PAGE / 2)
		(void)madvise(at, rounded, MADV_HUGEPAGE);
	return memset(at, 0, len);
}

static uint64_t hash_of(const struct nrs_hashtab *t, uint8_t tag,
			struct nrs_span key)
{
	/* The namespace turns the hash; equal keys of two lanes differ. */
	return (nrs_hash(&t->key, key) ^ tag) * UINT64_C(0x9e3779b97f4a7c15);
}

int nrs_hashtab_builder_new(struct nrs_hashtab_builder **out, size_t expected)
{
	struct nrs_hashtab_builder *b = calloc(1, sizeof(*b));
	struct nrs_hashtab *t = aligned_alloc(64, (sizeof(*t) + 63) / 64 * 64);
	uint64_t slots = 64, seed = 0;

	if (b == NULL || t == NULL) {
		free(b);
		free(t);
		return NRS_E_NOMEM;
	}
	memset(t, 0, sizeof(*t));
	b->table = t;
	while (slots < SLOTS_HINT_MAX && slots * 2 < expected * 3)
		slots *= 2;
	t->slot_mask = slots - 1;
	t->slots_len = slots * sizeof(*t->slots);
	t->slots = map(t->slots_len);
	if (t->slots == NULL || nrs_random(&seed, sizeof(seed)) != NRS_OK) {
		nrs_hashtab_builder_free(b);
		return NRS_E_NOMEM;
	}
	nrs_hash_key_init(&t->key, seed);
	*out = b;
	return NRS_OK;
}

void nrs_hashtab_builder_free(struct nrs_hashtab_builder *b)
{
	if (b == NULL)
		return;
	nrs_hashtab_free(b->table);
	free(b);
}

static const struct key_head *head_at(const struct nrs_hashtab *t,
				      uint64_t slot)
{
	const uint64_t offset = (slot & UINT64_C(0xffffffffffff)) - 1;

	return (const void *)(t->bytes + offset);
}

static uint64_t *find_slot(const struct nrs_hashtab *t, uint64_t hash,
			   uint8_t tag, struct nrs_span key)
{
	uint64_t i = hash & t->slot_mask;

	for (;; i = (i + 1) & t->slot_mask) {
		uint64_t *slot = &t->slots[i];

		if (*slot == 0)
			return slot;
		if (*slot >> 48 != hash >> 48)
			continue;
		const struct key_head *head = head_at(t, *slot);
		if (head->tag == tag && head->len == key.len &&
		    (key.len == 0 || memcmp(head + 1, key.ptr, key.len) == 0))
			return slot;
	}
}

static int double_slots(struct nrs_hashtab *t)
{
	const uint64_t count = (t->slot_mask + 1) * 2;
	uint64_t *old = t->slots;
	const uint64_t old_count = t->slot_mask + 1;
	uint64_t *slots = map(count * sizeof(*slots));

	if (slots == NULL)
		return NRS_E_NOMEM;
	t->slots = slots;
	t->slot_mask = count - 1;
	t->slots_len = count * sizeof(*slots);
	for (uint64_t i = 0; i < old_count; i++) {
		if (old[i] == 0)
			continue;
		const struct key_head *head = head_at(t, old[i]);
		const uint64_t hash =
			hash_of(t, head->tag, nrs_span(head + 1, head->len));
		uint64_t at = hash & t->slot_mask;

		while (slots[at] != 0)
			at = (at + 1) & t->slot_mask;
		slots[at] = old[i];
	}
	free(old);
	return NRS_OK;
}

static uint8_t *add_bytes(struct nrs_hashtab *t, size_t len)
{
	if (t->bytes_cap - t->bytes_used < len) {
		const size_t cap = t->bytes_cap * 2 + len + 4096;
		uint8_t *bytes = realloc(t->bytes, cap);

		if (bytes == NULL)
			return NULL;
		t->bytes = bytes;
		t->bytes_cap = cap;
	}
	uint8_t *at = t->bytes + t->bytes_used;
	t->bytes_used += len;
	return at;
}

int nrs_hashtab_builder_put(struct nrs_hashtab_builder *b, uint8_t tag,
			    struct nrs_span key, uint32_t *value)
{
	struct nrs_hashtab *t = b->table;

	if (key.len > KEY_MAX)
		return NRS_E_LIMIT;
	if (t->count * 3 >= (t->slot_mask + 1) * 2) {
		const int err = double_slots(t);

		if (err != NRS_OK)
			return err;
	}
	const uint64_t hash = hash_of(t, tag, key);
	uint64_t *slot = find_slot(t, hash, tag, key);
	if (*slot != 0) {
		*value = head_at(t, *slot)->value;
		return NRS_OK;
	}
	const size_t len = (sizeof(struct key_head) + key.len + 3) / 4 * 4;
	uint8_t *at = add_bytes(t, len);
	if (at == NULL)
		return NRS_E_NOMEM;
	const struct key_head head = {
		.value = *value, .len = (uint16_t)key.len, .tag = tag};
	memcpy(at, &head, sizeof(head));
	if (key.len > 0)
		memcpy(at + sizeof(head), key.ptr, key.len);
	*slot = hash >> 48 << 48 | ((uint64_t)(at - t->bytes) + 1);
	t->count++;
	return NRS_OK;
}

size_t nrs_hashtab_builder_count(const struct nrs_hashtab_builder *b)
{
	return b->table->count;
}

/* The block of a hash, and its bit in word @w. */
static uint64_t block_of(const struct nrs_hashtab *t, uint64_t hash)
{
	return (hash >> 32) * t->block_count >> 32;
}

static uint32_t bit_of(uint64_t hash, unsigned int w)
{
	static const uint32_t odd[8] = {0x47b6137bU, 0x44974d91U, 0x8824ad5bU,
					0xa2b7289dU, 0x705495c7U, 0x2df1424bU,
					0x9efc4947U, 0x5c6bfb31U};

	return UINT32_C(1) << ((uint32_t)hash * odd[w] >> 27);
}

int nrs_hashtab_build(struct nrs_hashtab **out, struct nrs_hashtab_builder *b)
{
	struct nrs_hashtab *t = b->table;

	t->block_count = t->count * BITS_PER_KEY / 256 + 1;
	t->blocks_len = t->block_count * sizeof(*t->blocks);
	t->blocks = map(t->blocks_len);
	if (t->blocks == NULL) {
		nrs_hashtab_builder_free(b);
		return NRS_E_NOMEM;
	}
	for (uint64_t i = 0; i <= t->slot_mask; i++) {
		if (t->slots[i] == 0)
			continue;
		const struct key_head *head = head_at(t, t->slots[i]);
		const uint64_t hash =
			hash_of(t, head->tag, nrs_span(head + 1, head->len));
		uint32_t *block = t->blocks[block_of(t, hash)];

		for (unsigned int w = 0; w < 8; w++)
			block[w] |= bit_of(hash, w);
	}
	b->table = NULL;
	free(b);
	*out = t;
	return NRS_OK;
}

void nrs_hashtab_free(struct nrs_hashtab *t)
{
	if (t == NULL)
		return;
	free(t->slots);
	free(t->blocks);
	free(t->bytes);
	free(t);
}

uint64_t nrs_hashtab_hash(const struct nrs_hashtab *t, uint8_t tag,
			  struct nrs_span key)
{
	const uint64_t hash = hash_of(t, tag, key);

	__builtin_prefetch(t->blocks[block_of(t, hash)]);
	return hash;
}

uint32_t nrs_hashtab_find_hashed(const struct nrs_hashtab *t, uint64_t hash,
				 uint8_t tag, struct nrs_span key)
{
	const uint32_t *block = t->blocks[block_of(t, hash)];
	uint32_t missing = 0;

	for (unsigned int w = 0; w < 8; w++)
		missing |= bit_of(hash, w) & ~block[w];
	if (missing != 0)
		return NRS_HASHTAB_NONE;
	const uint64_t *slot = find_slot(t, hash, tag, key);
	return *slot == 0 ? NRS_HASHTAB_NONE : head_at(t, *slot)->value;
}

uint32_t nrs_hashtab_find(const struct nrs_hashtab *t, uint8_t tag,
			  struct nrs_span key)
{
	return nrs_hashtab_find_hashed(t, hash_of(t, tag, key), tag, key);
}

size_t nrs_hashtab_bytes(const struct nrs_hashtab *t)
{
	return t->slots_len + t->blocks_len + t->bytes_cap;
}
