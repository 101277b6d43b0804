/* SPDX-License-Identifier: Apache-2.0 */
/*
 * command: the subcommands, and what they share. Exit status: 0 ran, 1 could
 * not do all that was asked, 2 wrong usage.
 */
#pragma once

#include "app/policy_file.h"
#include "app/say.h"
#include "engine/base/err.h"
#include "engine/base/text.h"
#include "engine/db.h"
#include "loaders/choose.h"
#include "loaders/loader.h"

#define NRS_EXIT_OK 0
#define NRS_EXIT_PARTLY 1
#define NRS_EXIT_USAGE 2

struct nrs_command {
	const char *name;
	const char *line; /* for the list */
	int (*main)(int argc, char **argv);
};

int nrs_cmd_match(int argc, char **argv);
int nrs_cmd_observe(int argc, char **argv);
int nrs_cmd_check(int argc, char **argv);
int nrs_cmd_diff(int argc, char **argv);
int nrs_cmd_export(int argc, char **argv);
int nrs_cmd_find(int argc, char **argv);
int nrs_cmd_hours(int argc, char **argv);
int nrs_cmd_compile(int argc, char **argv);
int nrs_cmd_run(int argc, char **argv);
int nrs_cmd_status(int argc, char **argv);
int nrs_cmd_reload(int argc, char **argv);
int nrs_cmd_add(int argc, char **argv);
int nrs_cmd_withdraw(int argc, char **argv);
int nrs_cmd_posture(int argc, char **argv);
int nrs_cmd_selftest(int argc, char **argv);
int nrs_cmd_held(int argc, char **argv);
int nrs_cmd_release(int argc, char **argv);
int nrs_cmd_refuse(int argc, char **argv);
int nrs_cmd_released(int argc, char **argv);
int nrs_cmd_verdict(int argc, char **argv);
int nrs_cmd_report(int argc, char **argv);

/* getopt_long; what it refuses is said, with the command and where help is. */
struct option;
int nrs_next_option(int argc, char **argv, const char *letters,
		    const struct option *table, int *which);

/* What --@option says, as a time. False, and said, if it is none. */
bool nrs_option_time(const char *option, const char *value, int64_t *out);

/* All of @text to @path (replaced whole), or stdout for NULL. */
int nrs_write_file(const char *path, const struct nrs_text *text);

/* A folder for output, if it is not there yet. NRS_E_IO, said. */
int nrs_make_folder(const char *path);

/* What to load: files, and values as typed (--ioc). */
struct nrs_load {
	char *const *paths;
	char *const *values;
	unsigned int path_count, value_count;
	struct nrs_loader_options options;
	/* Names and markings of the files that it knows too; and where there
	 * is nothing else to load, what it names. */
	const struct nrs_policy_file *policy; /* or NULL */
	/* Between loading and compiling (nrs_loaded_read); or NULL. */
	const struct nrs_choose_options *choosing;
};

/*
 * Load into a new set, settled; problems are said. *@failed counts files and
 * values that could not be read whole. NRS_E_NOMEM.
 */
int nrs_load_all(struct nrs_set **out, const struct nrs_load *load,
		 unsigned int *failed);

/* Counts of a set by status, as one line: "34 indicators: full 20, ...". */
void nrs_set_summary(const struct nrs_set *set, struct nrs_text *out);
