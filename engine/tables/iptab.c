/* SPDX-License-Identifier: Apache-2.0 */
/*
 * iptab: a hash table of prefixes for each length that occurs.
 *
 * Feeds use few distinct lengths (about a dozen), so a look-up probes a dozen
 * small tables, longest first, each behind one mask and one hash. Slots hold
 * the masked address and the value; the hash is keyed per table.
 */
#include "engine/tables/iptab.h"

#include <stdlib.h>

#include "engine/base/crypto.h"

struct slot {
	uint64_t high, low;
	uint32_t value;
	bool is_used;
};

struct level {
	uint64_t mask_high, mask_low;
	struct slot *slots;
	uint64_t slot_mask;
	uint32_t count;
};

struct nrs_iptab {
	uint64_t seed[2];
	struct level levels[129]; /* longest first */
	unsigned int level_count;
	size_t bytes;
};

static uint64_t word(const uint8_t *at)
{
	uint64_t value;

	memcpy(&value, at, sizeof(value));
	return __builtin_bswap64(value);
}

static uint64_t hash(const struct nrs_iptab *t, uint64_t high, uint64_t low)
{
	uint64_t h = (high ^ t->seed[0]) * UINT64_C(0x9e3779b97f4a7c15);

	h ^= h >> 32;
	h = (h ^ low ^ t->seed[1]) * UINT64_C(0xff51afd7ed558ccd);
	return h ^ h >> 29;
}

static struct slot *find_slot(const struct nrs_iptab *t,
			      const struct level *level, uint64_t high,
			      uint64_t low)
{
	uint64_t i = hash(t, high, low) & level->slot_mask;

	while (level->slots[i].is_used &&
	       (level->slots[i].high != high || level->slots[i].low != low))
		i = (i + 1) & level->slot_mask;
	return &level->slots[i];
}

static uint64_t ones(unsigned int bits)
{
	return bits == 0 ? 0 : UINT64_MAX << (64 - bits);
}

static int add_level(struct nrs_iptab *t, unsigned int bits, uint32_t count)
{
	struct level *level = &t->levels[t->level_count++];
	uint64_t slots = 4;

	while (slots < (uint64_t)count * 2)
		slots *= 2;
	level->mask_high = ones(bits < 64 ? bits : 64);
	level->mask_low = ones(bits > 64 ? bits - 64 : 0);
	level->slot_mask = slots - 1;
	level->slots = calloc(slots, sizeof(*level->slots));
	t->bytes += slots * sizeof(*level->slots);
	return level->slots == NULL ? NRS_E_NOMEM : NRS_OK;
}

int nrs_iptab_build(struct nrs_iptab **out,
		    const struct nrs_iptab_entry *entries, size_t count)
{
	struct nrs_iptab *t = calloc(1, sizeof(*t));
	uint32_t lengths[129] = {0};
	int index[129], err = NRS_OK;

	if (t == NULL)
		return NRS_E_NOMEM;
	if (nrs_random(t->seed, sizeof(t->seed)) != NRS_OK)
		err = NRS_E_INTERNAL;
	for (size_t i = 0; i < count; i++)
		lengths[entries[i].prefix.bits]++;
	for (int bits = 128; bits >= 0 && err == NRS_OK; bits--) {
		index[bits] = (int)t->level_count;
		if (lengths[bits] > 0)
			err = add_level(t, (unsigned int)bits, lengths[bits]);
	}
	for (size_t i = 0; i < count && err == NRS_OK; i++) {
		const struct nrs_prefix *p = &entries[i].prefix;
		const uint64_t high = word(p->addr.bytes);
		const uint64_t low = word(p->addr.bytes + 8);

		*find_slot(t, &t->levels[index[p->bits]], high, low) =
			(struct slot){.high = high,
				      .low = low,
				      .value = entries[i].value,
				      .is_used = true};
	}
	if (err != NRS_OK) {
		nrs_iptab_free(t);
		return err;
	}
	*out = t;
	return NRS_OK;
}

void nrs_iptab_free(struct nrs_iptab *t)
{
	if (t == NULL)
		return;
	for (unsigned int i = 0; i < t->level_count; i++)
		free(t->levels[i].slots);
	free(t);
}

unsigned int nrs_iptab_find(const struct nrs_iptab *t,
			    const struct nrs_addr *addr, uint32_t *values,
			    unsigned int max)
{
	const uint64_t high = word(addr->bytes), low = word(addr->bytes + 8);
	unsigned int found = 0;

	for (unsigned int i = 0; i < t->level_count && found < max; i++) {
		const struct level *level = &t->levels[i];
		const struct slot *slot =
			find_slot(t, level, high & level->mask_high,
				  low & level->mask_low);

		if (slot->is_used)
			values[found++] = slot->value;
	}
	return found;
}

size_t nrs_iptab_bytes(const struct nrs_iptab *t)
{
	return sizeof(*t) + t->bytes;
}
