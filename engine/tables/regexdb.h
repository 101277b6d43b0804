/* SPDX-License-Identifier: Apache-2.0 */
/*
 * regexdb: many regular expressions over one field value at once: hyperscan.h
 * holds what it can express, pcre.h the rest.
 *
 * Built on the slow side with one scratch per worker seat; scanning neither
 * allocates nor locks.
 */
#pragma once

#include "engine/base/err.h"
#include "engine/base/text.h"

enum nrs_regex_kind {
	/* STIX LIKE, the whole value: % any run, _ one well-formed UTF-8
	 * sequence or, as values may be no UTF-8, one octet that is no part of
	 * any; what could be one counts beside ASCII or an end. */
	NRS_REGEX_LIKE,
	NRS_REGEX_PCRE, /* STIX MATCHES: PCRE, unanchored, dot matches all */
	NRS_REGEX_PREFIX_LIKE, /* @prefix literally, then LIKE over the rest */
	NRS_REGEX_PREFIX_PCRE, /* @prefix literally, then PCRE in the rest */
	NRS_REGEX_OCTETS,      /* exactly these, all of them (streams only) */
};

struct nrs_regex {
	enum nrs_regex_kind kind;
	struct nrs_span prefix; /* for the PREFIX kinds: matched at the start */
	struct nrs_span text;	/* UTF-8 */
	uint32_t value;		/* what a match reports */
	uint32_t owner;		/* what a meter is told */
};

struct nrs_regexdb;

/* Who runs an expression: nobody, Hyperscan, PCRE. */
enum nrs_regex_engine { NRS_REGEX_NONE, NRS_REGEX_FAST, NRS_REGEX_SLOW };

/* Which one would run @expression; NONE, and @why. NRS_E_NOMEM. */
int nrs_regexdb_takes(const struct nrs_regex *expression,
		      enum nrs_regex_engine *engine, struct nrs_diag *why);

struct nrs_regex_most {
	size_t fast, slow;
};

struct nrs_regexdb_options {
	unsigned int seats; /* scratches to make */
	/* What an earlier build of the same expressions found out, so that
	 * none is tried again: nrs_regexdb_engine of each; or NULL. */
	const uint8_t *engines;
	/* What nrs_regexdb_save gave then, or empty. The caller vouches that
	 * it is that: the library would believe anything. */
	struct nrs_span saved;
	/* What Hyperscan may not take goes to PCRE; NULL: as many as they
	 * bear. */
	const struct nrs_regex_most *most;
	/* Called for each expression that no engine takes. */
	void (*refused)(void *ctx, size_t index, const struct nrs_diag *diag);
	void *ctx;
};

/*
 * Compile @expressions (borrowed for the call). Those that no engine takes,
 * and those above what one database may hold (10,000 in Hyperscan, 1,000 in
 * PCRE, or what @most says), are refused, and the rest is built. Large sets are
 * compiled in a child process (child.h). NRS_E_NOMEM, NRS_E_LIMIT (too long),
 * NRS_E_INTERNAL.
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

/* Told of each expression that PCRE runs, what it takes. */
struct nrs_regex_meter {
	void *ctx;
	int64_t (*begin)(void *ctx);
	void (*end)(void *ctx, uint32_t owner, int64_t begun);
};
/* For the seat's scans until the next call; borrowed. NULL: nobody asks. */
void nrs_regexdb_meter(const struct nrs_regexdb *db, unsigned int seat,
		       const struct nrs_regex_meter *meter);

/* For another run of this program: the compiled expressions as octets,
 * appended; which engine runs expression @index; and did a build find saved
 * octets that it could use? */
int nrs_regexdb_save(const struct nrs_regexdb *db, struct nrs_text *out);
enum nrs_regex_engine nrs_regexdb_engine(const struct nrs_regexdb *db,
					 size_t index);
bool nrs_regexdb_was_saved(const struct nrs_regexdb *db);

/* How many expressions run in Hyperscan, and how many in PCRE. */
void nrs_regexdb_engines(const struct nrs_regexdb *db, size_t *hyperscan,
			 size_t *pcre);
