/* SPDX-License-Identifier: Apache-2.0 */
/*
 * hashtab: byte strings to u32, built once, then immutable.
 *
 * A split-block Bloom filter (12 bits a key) stands before an open table of
 * 8-byte slots; keys are hashed with a secret of the set's own. Readers take
 * no lock and share no writable line: any number of threads may look up.
 */
#pragma once

#include "engine/base/checksum.h"
#include "engine/base/err.h"
#include "engine/base/span.h"

#define NRS_HASHTAB_NONE UINT32_MAX

struct nrs_hashtab;
struct nrs_hashtab_builder;

/* @expected keys, a hint. */
int nrs_hashtab_builder_new(struct nrs_hashtab_builder **out, size_t expected);
void nrs_hashtab_builder_free(struct nrs_hashtab_builder *builder);

/*
 * Find @key with its @tag (a namespace byte), or add it with *@value.
 * *@value becomes the value that stands. Keys to 64 KiB. NRS_E_NOMEM/LIMIT.
 */
int nrs_hashtab_builder_put(struct nrs_hashtab_builder *builder, uint8_t tag,
			    struct nrs_span key, uint32_t *value);
size_t nrs_hashtab_builder_count(const struct nrs_hashtab_builder *builder);

/* Freeze: takes the builder, also on error. */
int nrs_hashtab_build(struct nrs_hashtab **out,
		      struct nrs_hashtab_builder *builder);
void nrs_hashtab_free(struct nrs_hashtab *table);

/* The value of (@tag, @key), or NRS_HASHTAB_NONE. */
uint32_t nrs_hashtab_find(const struct nrs_hashtab *table, uint8_t tag,
			  struct nrs_span key);

/*
 * The same in two steps, to overlap cache misses of several look-ups:
 * hash (prefetches the Bloom block), then find by hash.
 */
uint64_t nrs_hashtab_hash(const struct nrs_hashtab *table, uint8_t tag,
			  struct nrs_span key);
uint32_t nrs_hashtab_find_hashed(const struct nrs_hashtab *table, uint64_t hash,
				 uint8_t tag, struct nrs_span key);

size_t nrs_hashtab_bytes(const struct nrs_hashtab *table);

/* A frozen table as what can be written to a file: three arrays. */
struct nrs_hashtab_parts {
	uint64_t seed; /* of the secret */
	uint64_t count;
	struct nrs_span slots;	/* 8 octets each, aligned to 8 */
	struct nrs_span blocks; /* 32 octets each, aligned to 32 */
	struct nrs_span keys;	/* in the order of slots */
};
void nrs_hashtab_parts(const struct nrs_hashtab *table,
		       struct nrs_hashtab_parts *out);

/*
 * A table over such arrays (borrowed: they outlive it; the filter is copied).
 * Every offset and length in them is checked, and that values are below
 * @value_end. NRS_E_FORMAT, NRS_E_NOMEM.
 */
int nrs_hashtab_open(struct nrs_hashtab **out,
		     const struct nrs_hashtab_parts *parts, uint32_t value_end);

/* The key that begins @at octets into the keys, and where the next begins.
 * False behind the last. */
struct nrs_hashtab_key {
	struct nrs_span key;
	uint32_t value;
	uint8_t tag;
	size_t next;
};
bool nrs_hashtab_key_at(struct nrs_span keys, size_t at,
			struct nrs_hashtab_key *out);
