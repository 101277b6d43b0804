/* SPDX-License-Identifier: Apache-2.0 */
/*
 * matcher: values in, hits out. One per worker; no heap, lock, log or system
 * call once it is made.
 */
#pragma once

#include "engine/base/counter.h"
#include "engine/base/slab.h"
#include "engine/cost.h"
#include "engine/db.h"
#include "engine/transaction.h"

/* Why a value satisfied a test. */
enum nrs_how {
	NRS_HOW_EXACT,
	NRS_HOW_SUBDOMAIN,
	NRS_HOW_PREFIX,
	NRS_HOW_PATTERN, /* LIKE, MATCHES, comparison */
};
const char *nrs_how_name(enum nrs_how how);

/* One value that took part in a hit; the first is the one that led to it. */
struct nrs_hit_value {
	enum nrs_field field;
	enum nrs_how how;
	uint16_t object;
	struct nrs_span value; /* as pushed */
};
#define NRS_HIT_VALUES_MAX 16

struct nrs_hit {
	const struct nrs_txn *txn;
	uint32_t generation;
	uint32_t indicator; /* index in that generation's set */
	bool before;	    /* the traffic is older than valid_from */
	/* Of a pattern of several observations, its expression + 1: a part of
	 * it, told when the transaction ends, and no hit. Else 0. */
	unsigned int part;
	unsigned int value_count;
	struct nrs_hit_value values[NRS_HIT_VALUES_MAX];
};

/* What the worker gives: called from nrs_txn_*, must copy what it keeps. */
struct nrs_match_sink {
	void *ctx;
	void (*hit)(void *ctx, const struct nrs_hit *hit);
	/* There was no room for what matched, or to look: counted as @which.
	 * May be NULL. */
	void (*lack)(void *ctx, enum nrs_counter which);
	/* Every value of @fields (0: of every field), whatever the db wants
	 * (`observe`); NULL where nobody looks. */
	nrs_field_set fields;
	void (*value)(void *ctx, const struct nrs_txn *txn,
		      enum nrs_field field, unsigned int object,
		      struct nrs_span value);
	void (*end)(void *ctx, const struct nrs_txn *txn); /* may be NULL */
	/* What indicators cost, and the clock that it is taken by (not 0);
	 * both NULL where nobody asks. */
	void (*cost)(void *ctx, const struct nrs_cost *cost);
	int64_t (*clock)(void);
};

/* Chunk of kept values: the item size of the slab that a shard lends. */
#define NRS_KEPT_BYTES 512
#define NRS_KEPT_CHUNKS_MAX 32 /* per transaction */

struct nrs_matcher;

/* @db NULL: observe only. Borrows @db, @sink and @counters. NRS_E_NOMEM. */
int nrs_matcher_new(struct nrs_matcher **out, const struct nrs_db *db,
		    unsigned int seat, const struct nrs_match_sink *sink,
		    struct nrs_counters *counters);
void nrs_matcher_free(struct nrs_matcher *matcher);

/* It looks back: what is older than an indicator's valid_from satisfies it too,
 * whatever the db's validity; hit->before says so. */
void nrs_matcher_take_before(struct nrs_matcher *matcher);

/* Another db from now on, of another generation. Between two steps only: what
 * is kept under the old one is renewed when it is touched. Its seats are as
 * many as the old one's. */
void nrs_matcher_adopt(struct nrs_matcher *matcher, const struct nrs_db *db);

/* The fields that anybody can use now. Parsers skip the rest. */
nrs_field_set nrs_matcher_demand(const struct nrs_matcher *matcher);

/* True if open transactions are to be told of (nrs_txn_overdue). */
bool nrs_matcher_has_parts(const struct nrs_matcher *matcher);
static inline bool nrs_wanted(nrs_field_set demand, enum nrs_field field)
{
	return (demand & NRS_FIELD_BIT(field)) != 0;
}

/* What was not told yet of costs; what is not told before another db is
 * adopted is lost, counted. */
void nrs_matcher_tell_costs(struct nrs_matcher *matcher);

/* Before the values of a packet: its time, and its shard's slab. */
void nrs_matcher_at(struct nrs_matcher *matcher, int64_t now_ns,
		    struct nrs_slab *slab);
