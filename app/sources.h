/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sources: where the indicators of a live run come from, one unit after
 * another: files (lists, bundles, folders, at most one image), then collections
 * that were pulled. And what is chosen among them, and compiled how.
 */
#pragma once

#include <sys/stat.h>

#include "app/feeds.h"
#include "loaders/choose.h"
#include "loaders/loader.h"
#include "loaders/taxii_keep.h"

/* A file that is watched: replaced by another, it is read again. */
struct nrs_supply_file {
	const char *path;
	bool may_be_absent; /* values added at run time */
	bool is_folder;	    /* all files in it (added.h) */
	struct nrs_loader_options options;
};

/* One collection that was pulled. */
struct nrs_supply_pull {
	unsigned int index;
	bool is_aside; /* not the builder's thread, which may do it too */
	int64_t after; /* only what was kept behind that mark; 0: all */
	/* Filled: how far it was kept then. */
	struct nrs_taxii_extent kept;
};

struct nrs_supply_options {
	const struct nrs_supply_file *files; /* borrowed */
	unsigned int file_count;
	/* Generation and time are set here; the last seat is the builder's. */
	struct nrs_build_options building;
	const char *const *exceptions; /* paths of lists, watched too */
	unsigned int exception_count;
	const char *by_hand; /* path of what is taken off by hand; or NULL */
	const char *vetoes;  /* path of the record of vetoes; or NULL */
	const struct nrs_select_policy *policy; /* or NULL */
	struct nrs_feed_limits feeds;
	/* From how many indicators on a change is laid over the others, and
	 * not compiled with all of them; 0: NRS_SUPPLY_LARGE. */
	uint32_t large;
	/* Collections, loaded behind the files, with their context. */
	unsigned int pulled_count;
	void *ctx;
	int (*load)(void *ctx, struct nrs_supply_pull *pull,
		    struct nrs_set *set, struct nrs_diag *diag);
	int64_t (*now_ns)(void); /* NULL: the wall clock */
	/* Builder: @set is in force now; or NULL. */
	void (*in_force)(void *ctx, const struct nrs_set *set);
	/* A thread of the supply's own: there is news for the builder, which
	 * need not wait until it looks by itself; or NULL. */
	void (*wake)(void *ctx);
};
#define NRS_SUPPLY_LARGE 20000u

/* What a unit was like when it was read. */
struct nrs_source_seen {
	struct stat file;
	struct nrs_taxii_extent kept; /* of a collection */
};

static inline unsigned int
nrs_source_count(const struct nrs_supply_options *options)
{
	return options->file_count + options->pulled_count;
}

/* How file @index is now; zeroes where there is none. */
void nrs_source_look(const struct nrs_supply_options *options,
		     unsigned int index, struct stat *out);
/* The same for any file. */
void nrs_source_look_at(const char *path, struct stat *out);
/* The same for list @index of exceptions. */
void nrs_source_look_at_exceptions(const struct nrs_supply_options *options,
				   unsigned int index, struct stat *out);
bool nrs_source_is_same(const struct nrs_source_seen *a,
			const struct nrs_source_seen *b);

/*
 * Load unit @index into @set; of a collection what is behind @pull->after. How
 * it was before it was read is in *@seen, also on error: NRS_E_IO,
 * NRS_E_FORMAT, NRS_E_TRUNCATED, NRS_E_NOMEM with @diag.
 */
int nrs_source_load(const struct nrs_supply_options *options,
		    struct nrs_supply_pull *pull, struct nrs_set *set,
		    struct nrs_source_seen *seen, struct nrs_diag *diag);

int64_t nrs_source_now_ns(const struct nrs_supply_options *options);
