/* SPDX-License-Identifier: Apache-2.0 */
/*
 * hits_file: the local hits.jsonl of a live run: appended, rotated by size.
 *
 * A full disk loses lines, counted, and never the run; what a crash left
 * without its newline is ended before the first new line, so that every line
 * stays one JSON object or is visibly cut. One thread.
 */
#pragma once

#include "engine/base/err.h"
#include "engine/base/text.h"

struct nrs_hits_file;

struct nrs_hits_file_options {
	const char *path;      /* borrowed; hits.jsonl, then .1, .2, ... */
	uint64_t rotate_bytes; /* a file that would grow beyond; 0: never */
	unsigned int keep;     /* older files; the oldest is removed */
};

/* Open for appending. NRS_E_IO with @diag, NRS_E_NOMEM. */
int nrs_hits_file_open(struct nrs_hits_file **out,
		       const struct nrs_hits_file_options *options,
		       struct nrs_diag *diag);
void nrs_hits_file_close(struct nrs_hits_file *file);

/* Append one line with its newline, whole or not at all (counted). */
void nrs_hits_file_add(struct nrs_hits_file *file, struct nrs_span line);

/* Lines that could not be written since the start. */
uint64_t nrs_hits_file_lost(const struct nrs_hits_file *file);
