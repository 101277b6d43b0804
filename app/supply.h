/* SPDX-License-Identifier: Apache-2.0 */
/*
 * supply: the builder's side of a live run: sources in, published databases
 * out. A set that cannot be read whole never replaces a good one.
 *
 * One thread builds. Which set a generation refers to may be asked by any.
 */
#pragma once

#include "app/feeds.h"
#include "app/live_crew.h"
#include "loaders/choose.h"
#include "loaders/loader.h"

struct nrs_supply;

/* A file that is watched: replaced by another, it is read again. */
struct nrs_supply_file {
	const char *path;
	bool may_be_absent; /* values added at run time */
	bool is_folder;	    /* all files in it (added.h) */
	struct nrs_loader_options options;
};

struct nrs_supply_options {
	const struct nrs_supply_file *files; /* borrowed */
	unsigned int file_count;
	/* Generation and time are set here. */
	struct nrs_build_options building;
	const char *const *exceptions; /* paths of lists, watched too */
	unsigned int exception_count;
	const char *vetoes;	   /* path of the record of vetoes; or NULL */
	struct nrs_select *select; /* the policy; or NULL */
	struct nrs_feed_limits feeds;
	/* What does not come from files, loaded behind them; or NULL. */
	void *ctx;
	int (*load)(void *ctx, struct nrs_set *set, struct nrs_diag *diag);
};

int nrs_supply_new(struct nrs_supply **out,
		   const struct nrs_supply_options *options);
/* After the crew has stopped. */
void nrs_supply_free(struct nrs_supply *supply);

/*
 * Load everything and publish it, for the first time too. When some file
 * cannot be read whole, what was published stays, and @diag says why:
 * NRS_E_IO, NRS_E_FORMAT, NRS_E_TRUNCATED, NRS_E_NOMEM; NRS_E_LIMIT when a
 * source is not believed (feeds.h). The digest stays the same when nothing
 * changed; then nothing is published.
 */
int nrs_supply_build(struct nrs_supply *supply, struct nrs_diag *diag);

/* The next build believes every source. */
void nrs_supply_accept(struct nrs_supply *supply);

/* The crew that uses what is published, once there is one: sets are freed
 * when it has done with them. */
void nrs_supply_serve(struct nrs_supply *supply, struct nrs_crew *crew);

/* Was a file replaced since it was last read? Looks at their dates. */
bool nrs_supply_changed(struct nrs_supply *supply);

struct nrs_publisher *nrs_supply_publisher(const struct nrs_supply *supply);
/* The current db, for who starts the crew. */
const struct nrs_db *nrs_supply_db(const struct nrs_supply *supply);

/* The set of @generation; NULL: forgotten. Any thread. */
const struct nrs_set *nrs_supply_set_of(struct nrs_supply *supply,
					uint32_t generation);

/* What is in force, as text for `status` and hits. Any thread; copies. */
#define NRS_SUPPLY_DIGEST_MAX 80
struct nrs_supply_state {
	uint32_t generation;
	struct nrs_funnel funnel; /* from received to kept */
	uint32_t kept;		  /* full or partial ones */
	uint32_t unmarked;	  /* of those: never leave */
	int64_t since_ns;
	char digest[NRS_SUPPLY_DIGEST_MAX];
	uint64_t disbelieved; /* sets not taken because of a source */
	char doubt[200];      /* about the last one; empty: it was taken */
};
void nrs_supply_state(struct nrs_supply *supply, struct nrs_supply_state *out);
