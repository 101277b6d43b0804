/* SPDX-License-Identifier: Apache-2.0 */
/*
 * config_read: a file and the command line into a struct nrs_config, by the
 * table of config_schema.h.
 */
#pragma once

#include "app/config.h"
#include "engine/base/text.h"

/* An option as getopt gave it, by its name in nrs_config_options. */
struct nrs_config_given {
	const char *option;
	const char *value; /* NULL: it takes none */
};

/* All is borrowed for the call. NULL and empty leave a thing out. */
struct nrs_config_input {
	const char *name; /* of the file, as messages shall say it */
	struct nrs_span text;
	const struct nrs_config_given *given;
	unsigned int given_count;
	const char *state_dir; /* where state.dir is not set */
	const char *machine;   /* where sensor.name is not set */
};

#define NRS_CONFIG_PROBLEMS_MAX 20

/*
 * Read and judge. Each problem is a line in @problems, with its place:
 * "noroshi.yaml:12: workers: 99 is not from 0 to 64"; the first 20, and how
 * many more. NRS_E_FORMAT then; NRS_E_USAGE: there is no such option;
 * NRS_E_NOMEM.
 */
int nrs_config_read(struct nrs_config **out,
		    const struct nrs_config_input *input,
		    struct nrs_text *problems);

/* The same with the file at @path (NULL: none), the environment and the name
 * of this machine. Also NRS_E_IO. */
int nrs_config_load(struct nrs_config **out, const char *path,
		    const struct nrs_config_given *given,
		    unsigned int given_count, struct nrs_text *problems);

/*
 * What only this machine can tell: interfaces, filters, files and their
 * modes, folders; and is there anything to match, and to match it with.
 * NRS_E_FORMAT with lines in @problems, NRS_E_NOMEM.
 */
int nrs_config_check(const struct nrs_config *config,
		     struct nrs_text *problems);

/* A file with every setting, its meaning, and its default or a sample. Lines
 * that begin with "#" and no blank are settings to switch on. */
void nrs_config_print_defaults(struct nrs_text *out);

/* The manual page noroshi.conf(5), for man(7). */
void nrs_config_print_man(struct nrs_text *out);

/* The options as lines of a help text; those without a text of their own as a
 * list at its end. */
void nrs_config_print_options(struct nrs_text *out);
