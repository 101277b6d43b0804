/* SPDX-License-Identifier: Apache-2.0 */
/*
 * match: inside the matcher, shared by the match_*.c files and nobody else.
 */
#pragma once

#include "engine/canon.h"
#include "engine/db_layout.h"
#include "engine/match_cost.h"
#include "engine/matcher.h"

#define NRS_MATCH_VALUE_MAX ((size_t)8192) /* longer ones are counted */
#define NRS_MATCH_FOUND_MAX 512

/* Asked for satisfied tests instead of hits (find.c); nothing is kept. */
struct nrs_match_probe {
	void *ctx;
	void (*satisfied)(void *ctx, uint32_t atom, enum nrs_how how);
};

struct nrs_matcher {
	const struct nrs_db *db;
	const struct nrs_match_probe *probe; /* or NULL: traffic */
	const struct nrs_match_sink *sink;
	struct nrs_costs *costs; /* NULL: nobody asks */
	struct nrs_counters *counters;
	struct nrs_slab *slab;
	int64_t now_ns;
	nrs_field_set demand;
	nrs_lane_set lanes;  /* of the db and its delta */
	uint32_t generation; /* of the db; 0 without one */
	unsigned int seat;
	bool is_dirty; /* the value under way satisfied a kept test */
	bool has_ends, takes_before; /* transactions' ends are tried */
	uint8_t *room;		     /* canonical forms, one value at a time */
	size_t room_len;
	uint32_t found[NRS_MATCH_FOUND_MAX];
	struct nrs_hit hit;
};

/* No room: count it, and tell who gave the values. */
void nrs_match_lack(struct nrs_matcher *m, enum nrs_counter which);
/* A value with its canonical form. */
struct nrs_seen {
	enum nrs_field field;
	unsigned int object;
	struct nrs_span raw;
	struct nrs_span canonical; /* of all lanes but URL_REST */
	struct nrs_span rest;	   /* URL_REST; of a DN its reversed form */
	int64_t integer;
	struct nrs_addr addr;
	bool is_addr;
};

/* Fill what follows from field and raw value. False: no canonical form. */
bool nrs_match_canonical(struct nrs_matcher *m, struct nrs_seen *seen);

/* Look a value up in those of its field's lanes that are in @lanes. */
void nrs_match_look(struct nrs_matcher *m, struct nrs_txn *txn,
		    struct nrs_seen *seen, nrs_lane_set lanes);

/* Those of the lane's expressions that matched a value. */
struct nrs_matched {
	const uint32_t *atoms;
	unsigned int count;
	bool is_unsure; /* some gave up: of none it is known not to match */
};
/* Does a scan's test hold for the value? */
bool nrs_match_scan(const struct nrs_scan *scan, enum nrs_lane lane,
		    const struct nrs_seen *seen,
		    const struct nrs_matched *matched);

bool nrs_match_as_sent(struct nrs_matcher *m, struct nrs_seen *seen);
bool nrs_match_strict(const struct nrs_scan *scan, const struct nrs_seen *seen,
		      bool is_regex_found);

/* What is kept of a transaction, one record after another. */
enum nrs_kept_kind {
	NRS_KEPT_VALUE,	    /* .what: atom */
	NRS_KEPT_FIRED,	    /* .what: indicator; octets: its identity */
	NRS_KEPT_CANDIDATE, /* .what: predicate; octets: leading atom */
};

struct nrs_kept_record {
	uint16_t bytes; /* with this head and the padding */
	uint8_t kind;
	uint8_t field;
	uint8_t how;
	uint8_t layer; /* of the db that .what is an index in */
	uint16_t object;
	uint32_t what;
	uint32_t len;
	uint8_t octets[];
};
/* Append; false (counted) when the slab or the transaction is full. */
bool nrs_kept_add(struct nrs_matcher *m, struct nrs_txn *txn,
		  const struct nrs_kept_record *head, struct nrs_span octets);

/* The next record after *@at (NULL: the first), or NULL. */
struct nrs_kept_cursor {
	const struct nrs_kept *chunk;
	uint32_t offset;
};
const struct nrs_kept_record *nrs_kept_next(struct nrs_kept_cursor *cursor);
struct nrs_kept_cursor nrs_kept_begin(const struct nrs_txn *txn);
void nrs_kept_forget(struct nrs_matcher *m, struct nrs_txn *txn);
bool nrs_kept_fired(const struct nrs_txn *txn, uint64_t identity);
/* Over what the transaction and its flow keep. */
bool nrs_match_holds(const struct nrs_db *db, const struct nrs_txn *txn,
		     const struct nrs_predicate *predicate);

/* A satisfied test: keep, remember candidates, fire what needs no more. */
void nrs_match_satisfied(struct nrs_matcher *m, struct nrs_txn *txn,
			 uint32_t atom, const struct nrs_seen *seen,
			 enum nrs_how how);

enum nrs_moment { NRS_MOMENT_VALUE, NRS_MOMENT_OVERDUE, NRS_MOMENT_END };
/* Try the candidates of @txn (and of its flow). */
void nrs_match_candidates(struct nrs_matcher *m, struct nrs_txn *txn,
			  enum nrs_moment moment);
