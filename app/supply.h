/* SPDX-License-Identifier: Apache-2.0 */
/*
 * supply: the builder's side of a live run: sources in, published databases
 * out. A set that cannot be read whole never replaces a good one.
 *
 * What changes in a large set is laid over it at once (later.h), and both are
 * made one in a thread aside, while further changes go on being laid over.
 *
 * One thread builds. Which set a generation refers to may be asked by any.
 */
#pragma once

#include "app/later.h"
#include "app/live_crew.h"

struct nrs_supply;

int nrs_supply_new(struct nrs_supply **out,
		   const struct nrs_supply_options *options);
/* After the crew has stopped; waits for what is made aside. */
void nrs_supply_free(struct nrs_supply *supply);

/*
 * Load everything and publish it, for the first time too. When some file
 * cannot be read whole, what was published stays, and @diag says why:
 * NRS_E_IO, NRS_E_FORMAT, NRS_E_TRUNCATED, NRS_E_NOMEM; NRS_E_LIMIT when a
 * source is not believed (feeds.h). The digest stays the same when nothing
 * changed; then nothing is published.
 */
int nrs_supply_build(struct nrs_supply *supply, struct nrs_diag *diag);

/*
 * The same, but of what changed alone where that is quicker, and everything in
 * a thread aside where it is large: then it is published by a later call,
 * which nrs_supply_changed asks for.
 */
int nrs_supply_update(struct nrs_supply *supply, struct nrs_diag *diag);

/* The next update reads everything again. */
void nrs_supply_want_all(struct nrs_supply *supply);
/* Something came into a collection. */
void nrs_supply_news(struct nrs_supply *supply);
/* Choose by @policy (or NULL, as in the options) from the next update on,
 * which makes all anew then. */
void nrs_supply_choose(struct nrs_supply *supply,
		       const struct nrs_select_policy *policy);
/* The next build believes every source. */
void nrs_supply_accept(struct nrs_supply *supply);

/* The crew that uses what is published, once there is one: sets are freed
 * when it has done with them. */
void nrs_supply_serve(struct nrs_supply *supply, struct nrs_crew *crew);

/* Is there anything for nrs_supply_update? Looks at the dates of files; at the
 * end of exceptions; at the thread aside. */
bool nrs_supply_changed(struct nrs_supply *supply);

/* What has time: the digest of what was laid over. Given up for now when
 * @is_wanted (or NULL) says that the thread is wanted. */
void nrs_supply_rest(struct nrs_supply *supply, bool (*is_wanted)(void *ctx),
		     void *ctx);

struct nrs_publisher *nrs_supply_publisher(const struct nrs_supply *supply);
/* The current db, for who starts the crew. */
const struct nrs_db *nrs_supply_db(const struct nrs_supply *supply);

/* The set of @generation; NULL: forgotten. Any thread. */
const struct nrs_set *nrs_supply_set_of(struct nrs_supply *supply,
					uint32_t generation);

/* What is in force, as text for `status` and hits. Any thread; copies. */
struct nrs_supply_state {
	uint32_t generation;
	struct nrs_funnel funnel;		/* from received to kept */
	const struct nrs_select_policy *policy; /* whose rules it names */
	uint32_t kept;				/* full or partial ones */
	uint32_t unmarked;			/* of those: never leave */
	uint32_t by_hand;	    /* values and ids that are taken off so */
	uint32_t changes;	    /* laid over the rest, so far */
	struct nrs_later_room room; /* for more, before all is made anew */
	bool is_large;		    /* else room is no matter */
	bool is_merging;	    /* all is made anew aside */
	bool has_image;		    /* then it cannot be */
	int64_t since_ns;
	/* "generation 7" until it is computed, a second or two later. */
	char digest[NRS_DIGEST_ROOM];
	uint64_t disbelieved; /* sets not taken because of a source */
	char doubt[200];      /* about the last one; empty: it was taken */
};
void nrs_supply_state(struct nrs_supply *supply, struct nrs_supply_state *out);
