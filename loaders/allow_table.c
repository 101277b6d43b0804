/* SPDX-License-Identifier: Apache-2.0 */
/*
 * allow_table: open addressing over keyed hashes; entries of one key are a
 * chain, the newest first.
 */
#include "loaders/allow_table.h"

#include <stdlib.h>

#include "engine/base/crypto.h"
#include "loaders/allow.h"

#define PREFIX_KEY_LEN 18

/* The octets that entries are hashed by. */
struct key {
	uint8_t bytes[PREFIX_KEY_LEN];
	struct nrs_span span; /* these, or a text */
	enum nrs_allow_key kind;
};

int nrs_allow_table_init(struct nrs_allow_table *t)
{
	uint64_t seed;

	*t = (struct nrs_allow_table){0};
	t->arena = nrs_arena_new(0);
	if (t->arena == NULL)
		return NRS_E_NOMEM;
	if (nrs_random(&seed, sizeof(seed)) != NRS_OK)
		return NRS_E_IO;
	nrs_hash_key_init(&t->hash_key, seed);
	return NRS_OK;
}

void nrs_allow_table_fini(struct nrs_allow_table *t)
{
	for (uint32_t i = 0; i < t->regex_count; i++)
		nrs_expression_free(t->regexes[i].expression);
	free(t->regexes);
	free(t->entries);
	free(t->slots);
	nrs_arena_free(t->arena);
	*t = (struct nrs_allow_table){0};
}

static void key_of_text(struct key *key, enum nrs_allow_key kind,
			struct nrs_span text)
{
	key->kind = kind;
	key->span = kind == NRS_ALLOW_KEY_PART
			    ? nrs_span_part(text, 0, NRS_ALLOW_GRAM)
			    : text;
}

static void key_of_prefix(struct key *key, const struct nrs_prefix *prefix)
{
	key->kind = NRS_ALLOW_KEY_PREFIX;
	memcpy(key->bytes, prefix->addr.bytes, 16);
	key->bytes[16] = prefix->bits;
	key->span = nrs_span(key->bytes, 17);
}

/* Prefixes are kept as text; what else is compared as it is. */
static bool has_key(const struct nrs_allow_entry *e, const struct key *key)
{
	struct nrs_prefix prefix;
	struct key own;

	if (e->key != key->kind)
		return false;
	if (key->kind == NRS_ALLOW_KEY_PREFIX) {
		if (nrs_prefix_parse(e->text, &prefix) != NRS_OK)
			return false;
		key_of_prefix(&own, &prefix);
	} else {
		key_of_text(&own, key->kind, e->text);
	}
	return nrs_span_equal(own.span, key->span);
}

static uint64_t hash_of(const struct nrs_allow_table *t, const struct key *key)
{
	/* Equal texts of different kinds are kept apart by the entry. */
	const uint64_t hash =
		nrs_hash(&t->hash_key, key->span) +
		(uint64_t)key->kind * UINT64_C(0x9e3779b97f4a7c15);

	return hash ^ hash >> 32;
}

/* The slot of @key, or the free one where it would be. */
static struct nrs_allow_slot *slot_of(const struct nrs_allow_table *t,
				      const struct key *key, uint64_t hash)
{
	for (uint64_t at = hash;; at++) {
		struct nrs_allow_slot *s = &t->slots[at & (t->slot_count - 1)];

		if (s->entry == 0 || (s->hash == hash &&
				      has_key(&t->entries[s->entry - 1], key)))
			return s;
	}
}

static bool grow(struct nrs_allow_table *t)
{
	const uint32_t count = t->slot_count == 0 ? 1024 : 2 * t->slot_count;
	struct nrs_allow_slot *slots = calloc(count, sizeof(*slots));

	if (slots == NULL)
		return false;
	for (uint32_t i = 0; i < t->slot_count; i++) {
		uint64_t at = t->slots[i].hash;

		if (t->slots[i].entry == 0)
			continue;
		while (slots[at & (count - 1)].entry != 0)
			at++;
		slots[at & (count - 1)] = t->slots[i];
	}
	free(t->slots);
	t->slots = slots;
	t->slot_count = count;
	return true;
}

static bool make_room(struct nrs_allow_table *t)
{
	if (2 * (t->used + 1) > t->slot_count && !grow(t))
		return false;
	if (t->count < t->room)
		return true;
	const uint32_t room = t->room == 0 ? 256 : 2 * t->room;
	struct nrs_allow_entry *entries =
		reallocarray(t->entries, room, sizeof(*entries));
	if (entries == NULL)
		return false;
	t->entries = entries;
	t->room = room;
	return true;
}

static int keep_regex(struct nrs_allow_table *t,
		      struct nrs_expression *expression)
{
	if (t->regex_count == NRS_ALLOW_REGEXES_MAX)
		return NRS_E_LIMIT;
	if (t->regexes == NULL)
		t->regexes = calloc(NRS_ALLOW_REGEXES_MAX, sizeof(*t->regexes));
	if (t->regexes == NULL)
		return NRS_E_NOMEM;
	t->regexes[t->regex_count++] = (struct nrs_allow_regex){
		.expression = expression, .entry = t->count};
	return NRS_OK;
}

/* Into the hash table; before it counts as an entry. */
static void link_entry(struct nrs_allow_table *t, struct nrs_allow_entry *e)
{
	struct nrs_prefix prefix;
	struct key key;

	if (e->key == NRS_ALLOW_KEY_PREFIX &&
	    nrs_prefix_parse(e->text, &prefix) == NRS_OK) {
		key_of_prefix(&key, &prefix);
		t->has_bits[prefix.bits] = true;
	} else {
		key_of_text(&key, (enum nrs_allow_key)e->key, e->text);
	}
	if (e->key == NRS_ALLOW_KEY_PART)
		t->part_kinds[key.span.len] |= e->kinds;
	const uint64_t hash = hash_of(t, &key);
	struct nrs_allow_slot *slot = slot_of(t, &key, hash);
	t->used += slot->entry == 0;
	e->next = slot->entry;
	*slot = (struct nrs_allow_slot){.hash = hash, .entry = t->count + 1};
}

int nrs_allow_table_add(struct nrs_allow_table *t,
			const struct nrs_allow_entry *entry,
			struct nrs_expression *regex)
{
	struct nrs_allow_entry e = *entry;
	int err = t->count == NRS_ALLOW_ENTRIES_MAX ? NRS_E_LIMIT : NRS_OK;

	if (err == NRS_OK && !make_room(t))
		err = NRS_E_NOMEM;
	if (err == NRS_OK) {
		e.text = nrs_arena_copy(t->arena, entry->text);
		err = e.text.len == entry->text.len ? NRS_OK : NRS_E_NOMEM;
	}
	if (err == NRS_OK && regex != NULL)
		err = keep_regex(t, regex);
	if (err != NRS_OK) {
		nrs_expression_free(regex);
		return err;
	}
	e.next = 0;
	if (e.key != NRS_ALLOW_KEY_REGEX)
		link_entry(t, &e);
	t->entries[t->count++] = e;
	return NRS_OK;
}

void nrs_allow_table_cut(struct nrs_allow_table *t, uint32_t count)
{
	while (t->regex_count > 0 &&
	       t->regexes[t->regex_count - 1].entry >= count)
		nrs_expression_free(t->regexes[--t->regex_count].expression);
	if (t->count == count)
		return;
	t->count = t->used = 0;
	memset(t->slots, 0, t->slot_count * sizeof(*t->slots));
	for (uint32_t i = 0; i < count; i++) {
		t->entries[i].next = 0;
		if (t->entries[i].key != NRS_ALLOW_KEY_REGEX)
			link_entry(t, &t->entries[i]);
		t->count++;
	}
}

static const struct nrs_allow_entry *find(const struct nrs_allow_table *t,
					  const struct key *key,
					  nrs_allow_fits_fn *fits, void *ctx)
{
	uint32_t at = t->slot_count == 0
			      ? 0
			      : slot_of(t, key, hash_of(t, key))->entry;

	for (; at != 0; at = t->entries[at - 1].next) {
		if (fits(ctx, &t->entries[at - 1]))
			return &t->entries[at - 1];
	}
	return NULL;
}

const struct nrs_allow_entry *
nrs_allow_table_find(const struct nrs_allow_table *t, enum nrs_allow_key kind,
		     struct nrs_span text, nrs_allow_fits_fn *fits, void *ctx)
{
	struct key key;

	key_of_text(&key, kind, text);
	return find(t, &key, fits, ctx);
}

/* @addr with all bits behind the first @bits zero. */
static struct nrs_prefix masked(const struct nrs_addr *addr, unsigned int bits)
{
	struct nrs_prefix out = {.addr = *addr, .bits = (uint8_t)bits};

	for (unsigned int i = 0; i < 16; i++) {
		const unsigned int before = 8 * i;

		if (before >= bits)
			out.addr.bytes[i] = 0;
		else if (bits - before < 8)
			out.addr.bytes[i] &=
				(uint8_t)(0xff00u >> (bits - before));
	}
	return out;
}

const struct nrs_allow_entry *
nrs_allow_table_prefix(const struct nrs_allow_table *t,
		       const struct nrs_prefix *prefix, nrs_allow_fits_fn *fits,
		       void *ctx)
{
	const struct nrs_allow_entry *found = NULL;
	struct key key;

	for (unsigned int bits = prefix->bits + 1u; bits-- > 0;) {
		if (!t->has_bits[bits])
			continue;
		const struct nrs_prefix wider = masked(&prefix->addr, bits);
		key_of_prefix(&key, &wider);
		found = find(t, &key, fits, ctx);
		if (found != NULL)
			break;
	}
	return found;
}

/* Is the substring at the very place? */
struct part {
	struct nrs_span rest; /* of the text, from here */
	nrs_allow_fits_fn *fits;
	void *ctx;
};

static bool is_here(void *ctx, const struct nrs_allow_entry *entry)
{
	const struct part *p = ctx;

	return nrs_span_equal(nrs_span_part(p->rest, 0, entry->text.len),
			      entry->text) &&
	       p->fits(p->ctx, entry);
}

const struct nrs_allow_entry *
nrs_allow_table_part(const struct nrs_allow_table *t, unsigned int kind,
		     struct nrs_span text, nrs_allow_fits_fn *fits, void *ctx)
{
	const struct nrs_allow_entry *found = NULL;
	struct part part = {.fits = fits, .ctx = ctx};
	struct key key;

	for (size_t len = 1; len <= NRS_ALLOW_GRAM; len++) {
		if ((t->part_kinds[len] >> kind & 1u) == 0)
			continue;
		for (size_t i = 0; i + len <= text.len; i++) {
			part.rest = nrs_span_from(text, i);
			key_of_text(&key, NRS_ALLOW_KEY_PART,
				    nrs_span_part(text, i, len));
			found = find(t, &key, is_here, &part);
			if (found != NULL)
				return found;
		}
	}
	for (uint32_t i = 0; i < t->regex_count; i++) {
		const struct nrs_allow_regex *r = &t->regexes[i];

		if (fits(ctx, &t->entries[r->entry]) &&
		    nrs_expression_finds(r->expression, text))
			return &t->entries[r->entry];
	}
	return NULL;
}
