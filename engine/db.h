/* SPDX-License-Identifier: Apache-2.0 */
/*
 * db: the immutable compiled whole: tables by lane, the patterns' programs,
 * and the set of indicators it was made from. Any number of reader threads.
 */
#pragma once

#include "engine/base/err.h"
#include "engine/field.h"
#include "engine/guard.h"
#include "engine/leniency.h"
#include "engine/set.h"

struct nrs_db;

/* Regular expressions that each engine may take. */
struct nrs_engine_room {
	uint32_t hyperscan, pcre;
};

struct nrs_build_options {
	unsigned int seats; /* worker seats (regex scratches) */
	uint32_t generation;
	enum nrs_validity validity;
	int64_t at_ns;		  /* the clock of NRS_VALIDITY_NOW */
	bool subdomains;	  /* names match their subdomains too */
	bool strict;		  /* STIX to the letter, no leniency at all */
	uint32_t lenient_off;	  /* leniencies that are off, as bits */
	bool guards;		  /* refuse what must never match (guard.h) */
	struct nrs_guard_own own; /* for the guards */
	bool shadow; /* instead: what a rule dropped or an exception vetoed */
	uint32_t
		shadow_of; /* or these: bit s for enum nrs_status s; 0: those */
	const struct nrs_hash_key *hash_key; /* NULL: random */
	/* What Hyperscan has no room for goes to PCRE (not of payloads); what
	 * that has none for is refused. NULL: as much as they bear. */
	const struct nrs_engine_room *engines;
};

/*
 * Compile @set (settled; borrowed, must outlive the db). Judges every
 * indicator in it: FULL, PARTIAL, UNSUPPORTED or REJECTED with the reason;
 * never stops at one. NRS_E_NOMEM, NRS_E_INTERNAL.
 */
int nrs_db_build(struct nrs_db **out, struct nrs_set *set,
		 const struct nrs_build_options *options);
void nrs_db_free(struct nrs_db *db);

/*
 * @base (borrowed, must outlive it) without what @set withdraws, and @delta
 * with it: @set is over the base's (set_over.h), @delta built from it with the
 * options of @base and taken, also on error; or NULL. NRS_E_NOMEM.
 */
int nrs_db_over(struct nrs_db **out, const struct nrs_db *base,
		struct nrs_db *delta, const struct nrs_set *set,
		uint32_t generation);

/*
 * What a delta may hold at most, before it is settled: own indicators of @set
 * (set_over.h) beyond *@rows are judged WAITING, for compiling all anew, and so
 * is one whose expressions find no room in options->engines beside those
 * before it. How many wait is in *@waiting, how many rows are left in *@rows.
 * NRS_E_NOMEM, NRS_E_INTERNAL.
 */
int nrs_db_hold(struct nrs_set *set, const struct nrs_build_options *options,
		uint32_t *rows, uint32_t *waiting);

/*
 * Only the verdicts of nrs_db_build, before somebody chooses among what can be
 * matched. (An expression that no engine takes is found by the build alone.)
 */
int nrs_db_judge(struct nrs_set *set, const struct nrs_build_options *options);

const struct nrs_set *nrs_db_set(const struct nrs_db *db);
uint32_t nrs_db_generation(const struct nrs_db *db);
/* As it was built; an image's as the image was. */
const struct nrs_build_options *nrs_db_options(const struct nrs_db *db);

/* Fields that some indicator can use. */
nrs_field_set nrs_db_demand(const struct nrs_db *db);

/* What was compiled, and how often a leniency of the sensor profile helped. */
struct nrs_db_sizes {
	size_t tests; /* distinct */
	size_t keys;  /* exact and suffix keys */
	size_t prefixes;
	size_t hyperscan;
	size_t pcre;
	size_t bytes;	  /* of the tables */
	uint64_t guarded; /* indicators that a guard refused */
	uint64_t lenient[NRS_LENIENCY_COUNT]; /* tests that it helped */
};
void nrs_db_sizes(const struct nrs_db *db, struct nrs_db_sizes *out);
