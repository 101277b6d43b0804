/* SPDX-License-Identifier: Apache-2.0 */
/*
 * pair_hash: the shard of a pair of addresses, for the kernel's side: XXH3 of
 * 32 octets with a secret, as capture/decode has it from libxxhash. BPF has no
 * product of 128 bits: it is made of four.
 */
#pragma once

typedef unsigned long long nrs_u64;

static inline nrs_u64 nrs_pair_fold(nrs_u64 a, nrs_u64 b)
{
	const nrs_u64 low = 0xffffffffull;
	const nrs_u64 ll = (a & low) * (b & low);
	const nrs_u64 hl = (a >> 32) * (b & low);
	const nrs_u64 lh = (a & low) * (b >> 32);
	const nrs_u64 hh = (a >> 32) * (b >> 32);
	const nrs_u64 middle = (ll >> 32) + (hl & low) + lh;

	return ((middle << 32) | (ll & low)) ^
	       (hh + (hl >> 32) + (middle >> 32));
}

/* XXH3_64bits_withSecret of four words, little-endian; @secret: the first four
 * words of the secret. */
static inline nrs_u64 nrs_pair_xxh3(const nrs_u64 *words, const nrs_u64 *secret)
{
	nrs_u64 hash = 32 * 0x9e3779b185ebca87ull;

	hash += nrs_pair_fold(words[0] ^ secret[0], words[1] ^ secret[1]);
	hash += nrs_pair_fold(words[2] ^ secret[2], words[3] ^ secret[3]);
	hash ^= hash >> 37;
	hash *= 0x165667919e3779f9ull;
	return hash ^ (hash >> 32);
}

/* Of two addresses of 16 octets, in whatever order: the shard. */
static inline unsigned int nrs_pair_shard(const nrs_u64 *a, const nrs_u64 *b,
					  const nrs_u64 *secret)
{
	const int swap = a[0] > b[0] || (a[0] == b[0] && a[1] > b[1]);
	const nrs_u64 words[4] = {swap ? b[0] : a[0], swap ? b[1] : a[1],
				  swap ? a[0] : b[0], swap ? a[1] : b[1]};

	return (unsigned int)(nrs_pair_xxh3(words, secret) >> 56);
}
