/* SPDX-License-Identifier: Apache-2.0 */
/*
 * checksum: the only door to libxxhash. Keyed, so that a crafted feed or
 * crafted traffic cannot choose collisions. Any thread.
 */
#pragma once

#include "engine/base/span.h"

#define NRS_HASH_KEY_LEN 192

/* Expanded secret; made once per database, per worker or per run. */
struct nrs_hash_key {
	_Alignas(64) uint8_t secret[NRS_HASH_KEY_LEN];
};

/* The same @seed gives the same key. */
void nrs_hash_key_init(struct nrs_hash_key *key, uint64_t seed);

uint64_t nrs_hash(const struct nrs_hash_key *key, struct nrs_span data);

/* The same of 32 octets, at @data: what every packet asks for. */
uint64_t nrs_hash_32(const struct nrs_hash_key *key, const void *data);
