/* SPDX-License-Identifier: Apache-2.0 */
/*
 * look_source: logs as units of work: a block of an observation log, or some
 * lines of JSON. One thread.
 */
#pragma once

#include "capture/reader.h"
#include "logs/seen_block.h"

struct nrs_look_unit {
	bool is_block;
	unsigned int file;
	uint64_t place; /* its octet or line in the file */
	struct nrs_seen_head head;
	struct nrs_text octets; /* the packed ones, or whole lines */
};

/* Is @path a log, or a folder with logs in it? */
bool nrs_look_is_log(const char *path);

/* What counts hours (app/hour_log.h) begins so. */
#define NRS_HOURS_STEM "hours-"

struct nrs_look_source;
struct nrs_look_source_options {
	const char *const *paths; /* borrowed; files, or folders of them */
	unsigned int path_count;
	/* Of a folder only those whose names begin so (NULL: all but counters
	 * of hours), and none before this one (both without ".part"; NULL:
	 * from the first). */
	const char *stem, *first;
	bool want_digests;
	void *ctx;
	nrs_reader_problem_fn *problem;
};
/* NRS_E_NOMEM; NRS_E_LIMIT: more than NRS_LOOK_FILES_MAX. */
#define NRS_LOOK_FILES_MAX 100000u
int nrs_look_source_new(struct nrs_look_source **out,
			const struct nrs_look_source_options *options);
void nrs_look_source_free(struct nrs_look_source *source);

/* 1: @unit holds the next; 0: there is none; NRS_E_NOMEM. A log that cannot be
 * read (further) is told to `problem`, and the next one goes on. */
int nrs_look_source_next(struct nrs_look_source *source,
			 struct nrs_look_unit *unit);

/* The files in their order, for run.json; valid after they were read. */
unsigned int nrs_look_source_files(const struct nrs_look_source *source);
const struct nrs_reader_file *
nrs_look_source_file(const struct nrs_look_source *source, unsigned int index);
