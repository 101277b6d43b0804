/* SPDX-License-Identifier: Apache-2.0 */
/*
 * set_over: a set over another one that is in force and stays as it is. Its
 * indicators are those of the other, by the same indices, and behind them its
 * own, which came later. What is said of the other's is kept here: it can only
 * take them off.
 */
#pragma once

#include "engine/set.h"

/* Over @under (settled and compiled; borrowed, must outlive it; not itself over
 * another one). NRS_E_NOMEM. */
int nrs_set_over(struct nrs_set **out, const struct nrs_set *under);

/* The set that @set is over, or NULL. */
const struct nrs_set *nrs_set_under(const struct nrs_set *set);
/* The first of its own indicators; 0 of a set that stands alone. */
uint32_t nrs_set_first(const struct nrs_set *set);

/* For the matcher: for each indicator below nrs_set_first 0, or it is
 * withdrawn. NULL of a set that stands alone. */
const uint32_t *nrs_set_withdrawn(const struct nrs_set *set);

/* Those below from @first to before @end are WITHDRAWN: their source was
 * replaced, and says now what it says. */
int nrs_set_take_off(struct nrs_set *set, uint32_t first, uint32_t end);

/*
 * As nrs_set_settle of both together: versions and values of the own
 * indicators among themselves, then against those below, which may become
 * SUPERSEDED or REVOKED. Own ones that are WAITING take part in nothing.
 * *@is_stale: some below were judged by what is withdrawn now, and should be
 * matched again: only compiling all anew does that. NRS_E_NOMEM.
 */
int nrs_set_settle_over(struct nrs_set *set, bool *is_stale);

/* Of an image's set: give back what nrs_set_at and nrs_set_get made so far.
 * For a set that nobody else reads, and no pointer is held into. */
void nrs_set_thin(struct nrs_set *set);

struct nrs_set_idle {
	/* Asked every few milliseconds: is the thread wanted elsewhere? Or
	 * NULL. */
	bool (*is_wanted)(void *ctx);
	void *ctx;
	/* The image that the set is over, once more, for this alone: what is
	 * read of it is given back as it goes (nrs_set_thin). Or NULL. */
	struct nrs_set *aside;
};
/* As nrs_set_digest, but given up when the thread is wanted: NRS_E_CANCELLED.
 * Without @idle->aside all of an image that @set is over is kept in memory. */
int nrs_set_digest_idle(const struct nrs_set *set, struct nrs_text *out,
			const struct nrs_set_idle *idle);

/* Whom nrs_set_seek_ids tells of, and what: an error ends it. */
struct nrs_set_ids {
	const struct nrs_span *sorted; /* by nrs_span_compare */
	size_t count;
	uint32_t first; /* looked at from there on */
	void *ctx;
	int (*found)(void *ctx, uint32_t index);
};
/* Each indicator of @set that has one of the ids. NRS_E_NOMEM, or found's. */
int nrs_set_seek_ids(const struct nrs_set *set, const struct nrs_set_ids *ids);
