/* SPDX-License-Identifier: Apache-2.0 */
/*
 * regexdb: many regular expressions over one field value at once (the only
 * door to Hyperscan or Vectorscan; pcre.c holds what they cannot express).
 *
 * Built on the slow side with one scratch per worker seat; scanning neither
 * allocates nor locks. Guards against the libraries' traps: no empty
 * expression or literal is ever compiled by them, every return code is looked
 * at, a scan that fails is reported and counted, never taken for "no match".
 */
#pragma once

#include "engine/base/err.h"
#include "engine/base/span.h"

enum nrs_regex_kind {
	/* STIX LIKE, the whole value: % any run, _ one well-formed UTF-8
	 * sequence or, as values may be no UTF-8, any one octet. */
	NRS_REGEX_LIKE,
	NRS_REGEX_PCRE, /* STIX MATCHES: PCRE, unanchored, dot matches all */
	NRS_REGEX_PREFIX_LIKE, /* @prefix literally, then LIKE over the rest */
	NRS_REGEX_PREFIX_PCRE, /* @prefix literally, then PCRE in the rest */
};

struct nrs_regex {
	enum nrs_regex_kind kind;
	struct nrs_span prefix; /* for the PREFIX kinds: matched at the start */
	struct nrs_span text;	/* UTF-8 */
	uint32_t value;		/* what a match reports */
};

struct nrs_regexdb;

struct nrs_regexdb_options {
	unsigned int seats; /* scratches to make */
	/* Called for each expression that no engine takes. */
	void (*refused)(void *ctx, size_t index, const struct nrs_diag *diag);
	void *ctx;
};

/*
 * Compile @expressions (borrowed for the call). Those that no engine takes,
 * and those above what one database may hold (10,000 in Hyperscan, 1,000 in
 * PCRE), are refused, and the rest is built. NRS_E_NOMEM, NRS_E_INTERNAL.
 */
int nrs_regexdb_build(struct nrs_regexdb **out,
		      const struct nrs_regex *expressions, size_t count,
		      const struct nrs_regexdb_options *options);
void nrs_regexdb_free(struct nrs_regexdb *db);

/*
 * The values of the expressions that match @subject, each once, ascending,
 * at most @max. Returns how many, or NRS_E_INTERNAL. An expression that gives
 * up hides no other: NRS_E_LIMIT only if some gave up and none matched. One
 * thread per @seat.
 */
int nrs_regexdb_scan(const struct nrs_regexdb *db, unsigned int seat,
		     struct nrs_span subject, uint32_t *values,
		     unsigned int max);

/* Of the seat's last scan: expressions without a verdict, because they gave
 * up or @max was full. Their absence from the values is no "does not match". */
unsigned int nrs_regexdb_undecided(const struct nrs_regexdb *db,
				   unsigned int seat);

/* How many expressions run in Hyperscan, and how many in PCRE. */
void nrs_regexdb_engines(const struct nrs_regexdb *db, size_t *hyperscan,
			 size_t *pcre);

/* Version text of the Hyperscan or Vectorscan library in use. */
const char *nrs_regexdb_library(void);
