/* SPDX-License-Identifier: Apache-2.0 */
/*
 * allow_table: the entries of all exception lists by what covers: keys in one
 * hash table, a name under each of its parents, a prefix under its length, a
 * substring under its first octets; regular expressions one by one.
 */
#pragma once

#include "engine/base/addr.h"
#include "engine/base/arena.h"
#include "engine/base/checksum.h"
#include "engine/expression.h"

enum nrs_allow_key {
	NRS_ALLOW_KEY_NAME,
	NRS_ALLOW_KEY_BELOW, /* the name and what is below it */
	NRS_ALLOW_KEY_PREFIX,
	NRS_ALLOW_KEY_URL, /* host[:port]/target */
	NRS_ALLOW_KEY_EMAIL,
	NRS_ALLOW_KEY_HASH,
	NRS_ALLOW_KEY_TEXT, /* the value as a whole, in lower case */
	NRS_ALLOW_KEY_PART, /* a substring, in lower case */
	NRS_ALLOW_KEY_REGEX,
};

/* What few entries have. */
struct nrs_allow_terms {
	struct nrs_span source, why;
	int64_t until_ns;
};

struct nrs_allow_entry {
	struct nrs_span text; /* canonical; of a prefix its text */
	const struct nrs_allow_terms *terms; /* or NULL */
	uint32_t next;	/* of the same key, plus one; 0 none */
	uint32_t place; /* in its list */
	uint16_t list;
	uint8_t kinds; /* enum nrs_allow_kind as bits */
	uint8_t key;   /* enum nrs_allow_key */
};

struct nrs_allow_slot {
	uint64_t hash;
	uint32_t entry; /* plus one; 0 free */
};

struct nrs_allow_regex {
	struct nrs_expression *expression;
	uint32_t entry;
};

#define NRS_ALLOW_GRAM 4u /* octets that a substring is found by */
#define NRS_ALLOW_REGEXES_MAX 1000u

struct nrs_allow_table {
	struct nrs_arena *arena; /* of texts and terms */
	struct nrs_hash_key hash_key;
	struct nrs_allow_entry *entries;
	uint32_t count, room;
	struct nrs_allow_slot *slots;
	uint32_t slot_count, used;		/* a power of two */
	bool has_bits[129];			/* prefixes of that length */
	uint8_t part_kinds[NRS_ALLOW_GRAM + 1]; /* of substrings, by gram */
	struct nrs_allow_regex *regexes;
	uint32_t regex_count;
};

/* NRS_E_NOMEM, NRS_E_IO (no randomness). Fini also after a failed init. */
int nrs_allow_table_init(struct nrs_allow_table *table);
void nrs_allow_table_fini(struct nrs_allow_table *table);

/* Add @entry, its text copied; @regex is taken, even on an error, and NULL
 * but for that key. NRS_E_NOMEM, NRS_E_LIMIT. */
int nrs_allow_table_add(struct nrs_allow_table *table,
			const struct nrs_allow_entry *entry,
			struct nrs_expression *regex);

/* The entries added last go, down to @count. */
void nrs_allow_table_cut(struct nrs_allow_table *table, uint32_t count);

/* Says if an entry is good for the asker. */
typedef bool nrs_allow_fits_fn(void *ctx, const struct nrs_allow_entry *entry);

/* The first entry under @key and @text that fits, or NULL. Not for PREFIX,
 * PART and REGEX. */
const struct nrs_allow_entry *
nrs_allow_table_find(const struct nrs_allow_table *table,
		     enum nrs_allow_key key, struct nrs_span text,
		     nrs_allow_fits_fn *fits, void *ctx);

/* The longest prefix that holds all of @prefix. */
const struct nrs_allow_entry *
nrs_allow_table_prefix(const struct nrs_allow_table *table,
		       const struct nrs_prefix *prefix, nrs_allow_fits_fn *fits,
		       void *ctx);

/* A substring of @text (in lower case), then an expression that finds it;
 * @kind of enum nrs_allow_kind. */
const struct nrs_allow_entry *
nrs_allow_table_part(const struct nrs_allow_table *table, unsigned int kind,
		     struct nrs_span text, nrs_allow_fits_fn *fits, void *ctx);
