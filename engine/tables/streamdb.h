/* SPDX-License-Identifier: Apache-2.0 */
/*
 * streamdb: expressions over octets without an end in sight: in order, piece by
 * piece, or a whole datagram. hyperscan.h alone runs them: pcre2 would want the
 * whole value, so what only pcre2 can express is refused.
 *
 * Built on the slow side with one scratch per worker seat. A stream's state is
 * NRS_STREAMDB_ROOM octets at a place of the caller's; nothing allocates.
 */
#pragma once

#include "engine/tables/regexdb.h"

/* Room of one stream: some 3,000 expressions together fit. */
#define NRS_STREAMDB_ROOM ((size_t)4064)

struct nrs_streamdb;

struct nrs_streamdb_match {
	uint64_t end;	/* octets up to and with the last one that matched */
	uint32_t value; /* of the expression */
	/* It may depend on what came first, or on nothing coming after. */
	bool is_from_start, is_to_end;
};

/* What a scan found, at most @max; the rest is counted in @lost. */
struct nrs_streamdb_matches {
	struct nrs_streamdb_match *items;
	unsigned int count, max, lost;
};

/*
 * Can @expression (LIKE, PCRE or OCTETS) be told on a stream? NRS_OK;
 * NRS_E_RANGE: it can never match octets; NRS_E_UNSUPPORTED; NRS_E_NOMEM.
 */
int nrs_streamdb_takes(const struct nrs_regex *expression,
		       struct nrs_diag *why);

/*
 * Compile @expressions (borrowed for the call), as nrs_regexdb_build, whose
 * options are meant. Those whose states together are no stream's room are
 * refused from the last one on. Each value is of one expression.
 */
int nrs_streamdb_build(struct nrs_streamdb **out,
		       const struct nrs_regex *expressions, size_t count,
		       const struct nrs_regexdb_options *options);
void nrs_streamdb_free(struct nrs_streamdb *db);

/* A whole value. NRS_E_INTERNAL: nothing is known of it. */
int nrs_streamdb_scan(const struct nrs_streamdb *db, unsigned int seat,
		      struct nrs_span value,
		      struct nrs_streamdb_matches *matches);

/* A stream at @place (aligned to 16), of one thread at a time; given up by
 * simply not touching it again. */
int nrs_streamdb_begin(const struct nrs_streamdb *db, void *place);
int nrs_streamdb_feed(const struct nrs_streamdb *db, unsigned int seat,
		      void *place, struct nrs_span octets,
		      struct nrs_streamdb_matches *matches);
/* What only the end tells. */
int nrs_streamdb_end(const struct nrs_streamdb *db, unsigned int seat,
		     void *place, struct nrs_streamdb_matches *matches);

/* As of regexdb.h. */
int nrs_streamdb_save(const struct nrs_streamdb *db, struct nrs_text *out);
enum nrs_regex_engine nrs_streamdb_engine(const struct nrs_streamdb *db,
					  size_t index);
bool nrs_streamdb_was_saved(const struct nrs_streamdb *db);
size_t nrs_streamdb_count(const struct nrs_streamdb *db);
