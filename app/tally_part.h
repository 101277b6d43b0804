/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tally_part: inside a tally; the tally*.c files only.
 */
#pragma once

#include "app/tally.h"
#include "app/threads.h"
#include "engine/base/checksum.h"

#define NRS_TALLY_SLOTS 2048u /* a power of two, above ..._INDICATORS */
#define NRS_TALLY_KEY 16u

/* Costs of more indicators than are told: one that is cheap now may be dear
 * in the end. */
#define NRS_TALLY_WATCHED 2048u
#define NRS_TALLY_WATCHED_SLOTS 4096u /* a power of two, above that */

struct nrs_tally_watch {
	unsigned int count;
	uint16_t slots[NRS_TALLY_WATCHED_SLOTS]; /* row + 1; 0: free */
	struct nrs_tally_indicator rows[NRS_TALLY_WATCHED];
	const struct nrs_tally_indicator
		*places[NRS_TALLY_WATCHED]; /* to sort */
	struct nrs_tally_sum others;
};

struct nrs_tally {
	struct nrs_lock *lock; /* of what follows but the keys */
	enum nrs_tlp max_tlp;
	uint8_t opaque_key[NRS_TALLY_KEY];
	struct nrs_hash_key hash_key;
	uint16_t slots[NRS_TALLY_SLOTS];  /* row + 1; 0: free */
	struct nrs_tally_figures figures; /* but for the costs of indicators */
	struct nrs_tally_watch watch;
};

/* What may be said of the hit's indicator (of no more than that is read). */
void nrs_tally_describe(const struct nrs_tally *tally,
			const struct nrs_sighted *hit,
			struct nrs_tally_indicator *out);

/*
 * The row that is called like @wanted; or, where there is none, the slot for
 * it: NULL, and *@slot is it. Of @slots, a power of two with some free, each a
 * number in @rows + 1.
 */
struct nrs_tally_rows {
	uint16_t *slots;
	uint32_t slot_count;
	struct nrs_tally_indicator *rows;
};
struct nrs_tally_indicator *
nrs_tally_find(const struct nrs_tally *tally, const struct nrs_tally_rows *in,
	       const struct nrs_tally_indicator *wanted, uint16_t **slot);

/* The row of a source; NULL: no room for another. Locked. */
struct nrs_tally_source *nrs_tally_source_row(struct nrs_tally *tally,
					      struct nrs_span name);

/* Fill the costs of @out. Locked. */
void nrs_tally_dearest(struct nrs_tally *tally, struct nrs_tally_figures *out);
