/* SPDX-License-Identifier: Apache-2.0 */
/*
 * loader: files of indicators into a set. The format is told by content,
 * unless the caller names it.
 *
 * A bad object or line is kept as a refusal with its place, and the rest still
 * loads. Only a file that cannot be read, or is of no known format at all, is
 * an error.
 */
#pragma once

#include "engine/base/err.h"
#include "engine/set.h"
#include "loaders/confidence.h"
#include "loaders/ignored.h"

struct nrs_loader_options {
	enum nrs_tlp default_tlp; /* for unmarked indicators; NRS_TLP_NONE */
	bool subdomains;      /* names of lists match their subdomains too */
	struct nrs_span name; /* of the source; empty: of the file */
	/* NAME or NAME:KEY=VALUE,... (nrs_format_check); empty: by content */
	struct nrs_span format;
	/* What ends when nobody says so, by type (lifetime.h); empty: never. */
	struct nrs_span lifetime;
	enum nrs_scale scale; /* of the source's confidences */
	/* That it is loaded for (engine/handling.h); empty: all is real that
	 * does not say otherwise. */
	struct nrs_span exercise;
	bool hidden; /* to be run and not read (engine/handling.h) */
};

struct nrs_loader_result {
	const char *format; /* "STIX 2.1 bundle", "list" */
	uint64_t objects;   /* objects or lines seen */
	uint64_t indicators;
	uint64_t refused;
	uint64_t ignored; /* of the objects: by their own word nothing to look
			   * for */
	uint64_t ignored_for[NRS_IGNORED_COUNT]; /* of those, by reason */
	bool truncated; /* the file ends in the middle */
};

/* Count @count objects of @result as ignored for @reason. */
void nrs_loader_ignore(struct nrs_loader_result *result,
		       enum nrs_ignored reason, uint64_t count);

/*
 * Load @path into @set; a folder with a manifest.json is a MISP feed, each of
 * its files a source of the folder's name. NRS_E_IO, NRS_E_FORMAT (of no format
 * that is known: for instance binary data or an empty file), NRS_E_USAGE
 * (the options' texts), NRS_E_NOMEM; @diag names file and reason. A STIX file
 * cut in the middle: what came before is in the set, result.truncated is true,
 * and NRS_E_TRUNCATED is returned.
 */
int nrs_load_file(struct nrs_set *set, const char *path,
		  const struct nrs_loader_options *options,
		  struct nrs_loader_result *result, struct nrs_diag *diag);

/* Is there such a format? NRS_OK or NRS_E_USAGE; the diag says which there are.
 * What follows the name is the format's own, and checked when a file is read.
 */
int nrs_format_check(struct nrs_span format, struct nrs_diag *diag);

/* One value as a person types it (--ioc), defanged or not. NRS_E_FORMAT. */
int nrs_load_value(struct nrs_set *set, struct nrs_span value,
		   const struct nrs_loader_options *options,
		   struct nrs_diag *diag);
