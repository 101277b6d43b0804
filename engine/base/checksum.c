/* SPDX-License-Identifier: Apache-2.0 */
/*
 * checksum: XXH3 with a secret. The secret is filled by splitmix64 from the
 * seed: every one of its bits depends on the seed.
 */
#include "engine/base/checksum.h"

#include <assert.h>
#define XXH_INLINE_ALL /* most keys are short: no call through the linker */
#include <xxhash.h>

static_assert(NRS_HASH_KEY_LEN >= XXH3_SECRET_SIZE_MIN, "a whole secret");

void nrs_hash_key_init(struct nrs_hash_key *key, uint64_t seed)
{
	for (size_t i = 0; i < NRS_HASH_KEY_LEN; i += 8) {
		uint64_t z = seed += UINT64_C(0x9e3779b97f4a7c15);

		z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
		z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
		z ^= z >> 31;
		memcpy(key->secret + i, &z, sizeof(z));
	}
}

/* Nothing is left of the library's branches by length. */
__attribute__((flatten)) uint64_t nrs_hash_32(const struct nrs_hash_key *key,
					      const void *data)
{
	return XXH3_64bits_withSecret(data, 32, key->secret,
				      sizeof(key->secret));
}

uint64_t nrs_hash(const struct nrs_hash_key *key, struct nrs_span data)
{
	return XXH3_64bits_withSecret(data.ptr, data.len, key->secret,
				      sizeof(key->secret));
}
