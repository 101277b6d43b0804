/* SPDX-License-Identifier: Apache-2.0 */
/*
 * given: the options that say on a command line what a configuration file
 * could say too, for the subcommands that need one.
 */
#pragma once

#include <getopt.h>

#include "app/config_read.h"

#define NRS_GIVEN_MAX 256
#define NRS_GIVEN_OPTIONS 72

struct nrs_given {
	struct option options[NRS_GIVEN_OPTIONS]; /* for getopt_long */
	struct nrs_config_given rows[NRS_GIVEN_MAX];
	unsigned int count;
	const char *file; /* -c, --config; or NULL */
};

/* The table's options, -c and @own (up to a row without a name). */
void nrs_given_init(struct nrs_given *given, const struct option *own);

/* A subcommand's own options. */
struct nrs_given_own {
	const struct option *options; /* up to a row without a name */
	const char *help;	      /* NULL: @take shows it */
	/* One of them; NRS_E_USAGE, said. */
	int (*take)(void *ctx, int option, const char *value);
	void *ctx;
};

/*
 * All options of a command line, also those that @own has not; what is none
 * begins at optind. NRS_E_USAGE (said); NRS_E_NOTFOUND: help was shown.
 */
int nrs_given_read(struct nrs_given *given, const struct nrs_given_own *own,
		   int argc, char **argv);

/* The configuration; what is wrong with it is said. NRS_E_FORMAT and the
 * other errors of nrs_config_load. */
int nrs_given_load(struct nrs_config **out, const struct nrs_given *given);

/* Say each line of @problems; if there is none, @err. */
void nrs_given_say(const struct nrs_text *problems, int err);
