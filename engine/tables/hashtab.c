/* SPDX-License-Identifier: Apache-2.0 */
/*
 * hashtab: slots of {tag, offset} over keys packed one after another.
 *
 * The builder keeps an open table that grows, so that equal keys meet while
 * the set is loaded. Freezing makes the final one: filled to eight ninths, and
 * its keys in the order of slots, so that whoever reads it front to back reads
 * the keys front to back too. A filter block is one cache line of eight words,
 * one bit in each.
 *
 * Of a hash the low half chooses slot and filter bits, the high half the
 * filter block, and the topmost 16 bits are the slot's tag.
 */
#include "engine/tables/hashtab.h"

#include <stdlib.h>
#include <sys/mman.h>

#include "engine/base/crypto.h"

#define KEY_MAX ((size_t)65535)
#define HUGE_PAGE ((size_t)2 << 20)
#define BITS_PER_KEY 12
#define SLOTS_HINT_MAX (UINT64_C(1) << 28) /* beyond that it grows */
#define SLOTS_MAX (UINT64_C(1) << 32)	   /* half a hash chooses among them */
#define AHEAD 16 /* slots whose keys are on their way */

/* Before each key: value, length and tag. */
#define HEAD_LEN ((size_t)7)

/* Open addressing, in growing or in final arrays. */
struct table {
	struct nrs_hash_key key;
	uint64_t seed;
	uint64_t *slots; /* 0 free; else tag << 48 | offset + 1 */
	uint64_t slot_count;
	const uint8_t *bytes;
	uint64_t count;
};

struct nrs_hashtab {
	struct table t;
	uint32_t (*blocks)[8];
	uint64_t block_count;
	size_t bytes_len;
	bool is_borrowed; /* slots and bytes */
};

struct nrs_hashtab_builder {
	struct table t;
	uint8_t *bytes;
	size_t used, cap;
};

static void *map(size_t len)
{
	const size_t rounded = (len + HUGE_PAGE - 1) / HUGE_PAGE * HUGE_PAGE;
	void *at = aligned_alloc(len < HUGE_PAGE / 2 ? 64 : HUGE_PAGE,
				 len < HUGE_PAGE / 2 ? (len + 64) / 64 * 64
						     : rounded);

	if (at == NULL)
		return NULL;
	if (len >= HUGE_PAGE / 2)
		(void)madvise(at, rounded, MADV_HUGEPAGE);
	return memset(at, 0, len);
}

static uint64_t hash_of(const struct table *t, uint8_t tag, struct nrs_span key)
{
	/* The namespace turns the hash; equal keys of two lanes differ. */
	return (nrs_hash(&t->key, key) ^ tag) * UINT64_C(0x9e3779b97f4a7c15);
}

static uint64_t home(const struct table *t, uint64_t hash)
{
	return (uint32_t)hash * t->slot_count >> 32;
}

static uint64_t slot_of(uint64_t hash, size_t offset)
{
	return hash >> 48 << 48 | (offset + 1);
}

static size_t offset_of(uint64_t slot)
{
	return (slot & UINT64_C(0xffffffffffff)) - 1;
}

static void read_head(const uint8_t *at, struct nrs_hashtab_key *out)
{
	uint16_t len;

	memcpy(&out->value, at, sizeof(out->value));
	memcpy(&len, at + 4, sizeof(len));
	out->tag = at[6];
	out->key = nrs_span(at + HEAD_LEN, len);
}

static size_t write_key(uint8_t *at, uint32_t value, uint8_t tag,
			struct nrs_span key)
{
	const uint16_t len = (uint16_t)key.len;

	memcpy(at, &value, sizeof(value));
	memcpy(at + 4, &len, sizeof(len));
	at[6] = tag;
	if (key.len > 0)
		memcpy(at + HEAD_LEN, key.ptr, key.len);
	return HEAD_LEN + key.len;
}

static void *new_aligned(size_t len)
{
	void *at = aligned_alloc(64, (len + 63) / 64 * 64);

	return at == NULL ? NULL : memset(at, 0, len);
}

int nrs_hashtab_builder_new(struct nrs_hashtab_builder **out, size_t expected)
{
	struct nrs_hashtab_builder *b = new_aligned(sizeof(*b));
	uint64_t slots = 64;

	if (b == NULL)
		return NRS_E_NOMEM;
	while (slots < SLOTS_HINT_MAX && slots * 3 < expected * 4)
		slots *= 2;
	b->t.slot_count = slots;
	b->t.slots = map(slots * sizeof(*b->t.slots));
	if (b->t.slots == NULL ||
	    nrs_random(&b->t.seed, sizeof(b->t.seed)) != NRS_OK) {
		nrs_hashtab_builder_free(b);
		return NRS_E_NOMEM;
	}
	nrs_hash_key_init(&b->t.key, b->t.seed);
	*out = b;
	return NRS_OK;
}

void nrs_hashtab_builder_free(struct nrs_hashtab_builder *b)
{
	if (b == NULL)
		return;
	free(b->t.slots);
	free(b->bytes);
	free(b);
}

static uint64_t *find_slot(const struct table *t, uint64_t hash, uint8_t tag,
			   struct nrs_span key)
{
	uint64_t i = home(t, hash);

	for (;; i = i + 1 == t->slot_count ? 0 : i + 1) {
		uint64_t *slot = &t->slots[i];
		struct nrs_hashtab_key found;

		if (*slot == 0)
			return slot;
		if (*slot >> 48 != hash >> 48)
			continue;
		read_head(t->bytes + offset_of(*slot), &found);
		if (found.tag == tag && nrs_span_equal(found.key, key))
			return slot;
	}
}

/* Put all keys of @t, which lie in @used octets, into free @slots. */
static void fill_slots(struct table *t, size_t used)
{
	struct nrs_hashtab_key k;

	for (size_t at = 0; at < used; at += HEAD_LEN + k.key.len) {
		read_head(t->bytes + at, &k);
		const uint64_t hash = hash_of(t, k.tag, k.key);
		uint64_t i = home(t, hash);

		while (t->slots[i] != 0)
			i = i + 1 == t->slot_count ? 0 : i + 1;
		t->slots[i] = slot_of(hash, at);
	}
}

static int replace_slots(struct table *t, uint64_t slot_count, size_t used)
{
	if (slot_count > SLOTS_MAX)
		return NRS_E_LIMIT;
	free(t->slots);
	t->slots = map(slot_count * sizeof(*t->slots));
	if (t->slots == NULL)
		return NRS_E_NOMEM;
	t->slot_count = slot_count;
	fill_slots(t, used);
	return NRS_OK;
}

static uint8_t *add_bytes(struct nrs_hashtab_builder *b, size_t len)
{
	if (b->cap - b->used < len) {
		const size_t cap = b->cap * 2 + len + 4096;
		uint8_t *bytes = realloc(b->bytes, cap);

		if (bytes == NULL)
			return NULL;
		b->bytes = bytes;
		b->cap = cap;
		b->t.bytes = bytes;
	}
	uint8_t *at = b->bytes + b->used;
	b->used += len;
	return at;
}

int nrs_hashtab_builder_put(struct nrs_hashtab_builder *b, uint8_t tag,
			    struct nrs_span key, uint32_t *value)
{
	struct table *t = &b->t;

	if (key.len > KEY_MAX)
		return NRS_E_LIMIT;
	if (t->count * 4 >= t->slot_count * 3) {
		const int err = replace_slots(t, t->slot_count * 2, b->used);

		if (err != NRS_OK)
			return err;
	}
	const uint64_t hash = hash_of(t, tag, key);
	uint64_t *slot = find_slot(t, hash, tag, key);
	if (*slot != 0) {
		struct nrs_hashtab_key found;

		read_head(t->bytes + offset_of(*slot), &found);
		*value = found.value;
		return NRS_OK;
	}
	uint8_t *at = add_bytes(b, HEAD_LEN + key.len);
	if (at == NULL)
		return NRS_E_NOMEM;
	(void)write_key(at, *value, tag, key);
	*slot = slot_of(hash, (size_t)(at - b->bytes));
	t->count++;
	return NRS_OK;
}

size_t nrs_hashtab_builder_count(const struct nrs_hashtab_builder *b)
{
	return b->t.count;
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

/* The keys in the order of slots, and the filter with them. */
static int place_keys(struct nrs_hashtab *table, size_t used)
{
	struct table *t = &table->t;
	uint8_t *bytes = map(used + 1);
	size_t at = 0;

	if (bytes == NULL)
		return NRS_E_NOMEM;
	for (uint64_t i = 0; i < t->slot_count; i++) {
		struct nrs_hashtab_key k;

		if (i + AHEAD < t->slot_count && t->slots[i + AHEAD] != 0)
			__builtin_prefetch(t->bytes +
					   offset_of(t->slots[i + AHEAD]));
		if (t->slots[i] == 0)
			continue;
		read_head(t->bytes + offset_of(t->slots[i]), &k);
		const uint64_t hash = hash_of(t, k.tag, k.key);
		uint32_t *block = table->blocks[block_of(table, hash)];

		for (unsigned int w = 0; w < 8; w++)
			block[w] |= bit_of(hash, w);
		t->slots[i] = slot_of(hash, at);
		at += write_key(bytes + at, k.value, k.tag, k.key);
	}
	t->bytes = bytes;
	table->bytes_len = used;
	return NRS_OK;
}

int nrs_hashtab_build(struct nrs_hashtab **out, struct nrs_hashtab_builder *b)
{
	const uint64_t count = b->t.count;
	struct nrs_hashtab *made = new_aligned(sizeof(*made));
	int err = NRS_E_NOMEM;

	if (made == NULL)
		goto done;
	/* At least one stays free: that is where a search ends. */
	err = replace_slots(&b->t, count + count / 8 + 8, b->used);
	if (err != NRS_OK)
		goto done;
	made->t = b->t;
	made->t.bytes = NULL;
	made->block_count = count * BITS_PER_KEY / 256 + 1;
	made->blocks = map(made->block_count * sizeof(*made->blocks));
	b->t.slots = NULL;
	err = NRS_E_NOMEM;
	if (made->blocks == NULL)
		goto done;
	made->t.bytes = b->bytes;
	err = place_keys(made, b->used);
	if (err != NRS_OK)
		made->t.bytes = NULL;
done:
	nrs_hashtab_builder_free(b);
	if (err != NRS_OK) {
		nrs_hashtab_free(made);
		return err;
	}
	*out = made;
	return NRS_OK;
}

void nrs_hashtab_free(struct nrs_hashtab *t)
{
	if (t == NULL)
		return;
	if (!t->is_borrowed) {
		free(t->t.slots);
		free((void *)(uintptr_t)t->t.bytes);
	}
	free(t->blocks);
	free(t);
}

uint64_t nrs_hashtab_hash(const struct nrs_hashtab *t, uint8_t tag,
			  struct nrs_span key)
{
	const uint64_t hash = hash_of(&t->t, tag, key);

	__builtin_prefetch(t->blocks[block_of(t, hash)]);
	return hash;
}

uint32_t nrs_hashtab_find_hashed(const struct nrs_hashtab *t, uint64_t hash,
				 uint8_t tag, struct nrs_span key)
{
	const uint32_t *block = t->blocks[block_of(t, hash)];
	struct nrs_hashtab_key found;
	uint32_t missing = 0;

	for (unsigned int w = 0; w < 8; w++)
		missing |= bit_of(hash, w) & ~block[w];
	if (missing != 0)
		return NRS_HASHTAB_NONE;
	const uint64_t *slot = find_slot(&t->t, hash, tag, key);
	if (*slot == 0)
		return NRS_HASHTAB_NONE;
	read_head(t->t.bytes + offset_of(*slot), &found);
	return found.value;
}

uint32_t nrs_hashtab_find(const struct nrs_hashtab *t, uint8_t tag,
			  struct nrs_span key)
{
	return nrs_hashtab_find_hashed(t, hash_of(&t->t, tag, key), tag, key);
}

size_t nrs_hashtab_bytes(const struct nrs_hashtab *t)
{
	return t->t.slot_count * sizeof(*t->t.slots) +
	       t->block_count * sizeof(*t->blocks) + t->bytes_len;
}

void nrs_hashtab_parts(const struct nrs_hashtab *t,
		       struct nrs_hashtab_parts *out)
{
	*out = (struct nrs_hashtab_parts){
		.seed = t->t.seed,
		.count = t->t.count,
		.slots = nrs_span(t->t.slots,
				  t->t.slot_count * sizeof(*t->t.slots)),
		.blocks = nrs_span(t->blocks,
				   t->block_count * sizeof(*t->blocks)),
		.keys = nrs_span(t->t.bytes, t->bytes_len)};
}

bool nrs_hashtab_key_at(struct nrs_span keys, size_t at,
			struct nrs_hashtab_key *out)
{
	if (at >= keys.len || keys.len - at < HEAD_LEN)
		return false;
	read_head(keys.ptr + at, out);
	if (out->key.len > keys.len - at - HEAD_LEN)
		return false;
	out->next = at + HEAD_LEN + out->key.len;
	return true;
}

/* Slot by slot the next key, all of them, and no other. */
static bool is_sound(const struct table *t, struct nrs_span keys,
		     uint32_t value_end)
{
	struct nrs_hashtab_key k = {.next = 0};
	uint64_t count = 0;

	for (uint64_t i = 0; i < t->slot_count; i++) {
		if (t->slots[i] == 0)
			continue;
		if (offset_of(t->slots[i]) != k.next ||
		    !nrs_hashtab_key_at(keys, k.next, &k) ||
		    k.value >= value_end)
			return false;
		count++;
	}
	return k.next == keys.len && count == t->count && count < t->slot_count;
}

int nrs_hashtab_open(struct nrs_hashtab **out,
		     const struct nrs_hashtab_parts *p, uint32_t value_end)
{
	struct nrs_hashtab *made = new_aligned(sizeof(*made));

	if (made == NULL)
		return NRS_E_NOMEM;
	made->is_borrowed = true;
	made->block_count = p->blocks.len / sizeof(*made->blocks);
	made->bytes_len = p->keys.len;
	made->t = (struct table){.seed = p->seed,
				 .slots = (uint64_t *)(uintptr_t)p->slots.ptr,
				 .slot_count = p->slots.len / sizeof(uint64_t),
				 .bytes = p->keys.ptr,
				 .count = p->count};
	if (made->block_count == 0 || made->block_count > UINT32_MAX ||
	    made->t.slot_count > SLOTS_MAX ||
	    !is_sound(&made->t, p->keys, value_end)) {
		nrs_hashtab_free(made);
		return NRS_E_FORMAT;
	}
	/* On huge pages a look-up that finds nothing misses no TLB. */
	made->blocks = map(p->blocks.len);
	if (made->blocks == NULL) {
		nrs_hashtab_free(made);
		return NRS_E_NOMEM;
	}
	memcpy(made->blocks, p->blocks.ptr,
	       made->block_count * sizeof(*made->blocks));
	nrs_hash_key_init(&made->t.key, p->seed);
	*out = made;
	return NRS_OK;
}
