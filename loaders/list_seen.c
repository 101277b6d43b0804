/* SPDX-License-Identifier: Apache-2.0 */
/*
 * list_seen: linear probing, at most half full, doubled when it is.
 */
#include "loaders/list_seen.h"

#include <stdlib.h>

#include "engine/base/crypto.h"

#define FIRST_SLOTS 1024u

int nrs_seen_init(struct nrs_seen *seen)
{
	uint64_t seed;

	seen->count = 0;
	seen->places = NULL;
	seen->mask = FIRST_SLOTS - 1;
	seen->hashes = calloc(FIRST_SLOTS, sizeof(*seen->hashes));
	if (seen->hashes == NULL)
		return NRS_E_NOMEM;
	const int err = nrs_random(&seed, sizeof(seed));
	nrs_hash_key_init(&seen->key, err == NRS_OK ? seed : 0);
	return err;
}

void nrs_seen_fini(struct nrs_seen *seen)
{
	free(seen->hashes);
	free(seen->places);
	seen->hashes = NULL;
	seen->places = NULL;
}

/* Where @hash stands or would stand. */
static uint64_t *slot(uint64_t *hashes, uint64_t mask, uint64_t hash)
{
	uint64_t i = hash & mask;

	while (hashes[i] != 0 && hashes[i] != hash)
		i = (i + 1) & mask;
	return &hashes[i];
}

static int grow(struct nrs_seen *seen)
{
	const uint64_t mask = seen->mask * 2 + 1;
	uint64_t *hashes = calloc(mask + 1, sizeof(*hashes));
	uint32_t *places =
		seen->places == NULL ? NULL : calloc(mask + 1, sizeof(*places));

	if (hashes == NULL || (seen->places != NULL && places == NULL)) {
		free(hashes);
		free(places);
		return NRS_E_NOMEM;
	}
	for (uint64_t i = 0; i <= seen->mask; i++) {
		if (seen->hashes[i] == 0)
			continue;
		uint64_t *at = slot(hashes, mask, seen->hashes[i]);

		*at = seen->hashes[i];
		if (places != NULL)
			places[at - hashes] = seen->places[i];
	}
	free(seen->hashes);
	free(seen->places);
	seen->hashes = hashes;
	seen->places = places;
	seen->mask = mask;
	return NRS_OK;
}

static uint64_t hash_of(const struct nrs_seen *seen, unsigned int kind,
			struct nrs_span text)
{
	const uint64_t hash = nrs_hash(&seen->key, text) + kind;

	return hash + (hash == 0);
}

int nrs_seen_add(struct nrs_seen *seen, unsigned int kind, struct nrs_span text)
{
	const uint64_t hash = hash_of(seen, kind, text);
	uint64_t *at = slot(seen->hashes, seen->mask, hash);

	if (*at == hash)
		return 1;
	*at = hash;
	return ++seen->count * 2 > seen->mask ? grow(seen) : NRS_OK;
}

int nrs_seen_first(struct nrs_seen *seen, unsigned int kind,
		   struct nrs_span text, uint32_t place, uint32_t *first)
{
	const uint64_t hash = hash_of(seen, kind, text);
	uint64_t *at = slot(seen->hashes, seen->mask, hash);

	if (seen->places == NULL)
		seen->places = calloc(seen->mask + 1, sizeof(*seen->places));
	if (seen->places == NULL)
		return NRS_E_NOMEM;
	*first = seen->places[at - seen->hashes];
	if (*at == hash)
		return 1;
	*at = hash;
	seen->places[at - seen->hashes] = *first = place;
	return ++seen->count * 2 > seen->mask ? grow(seen) : NRS_OK;
}
