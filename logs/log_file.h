/* SPDX-License-Identifier: Apache-2.0 */
/*
 * log_file: zstd files of one stem in a folder, a new one every hour of the
 * traffic's time or when one is large: STEM-20260301T12-0001SUFFIX, with the
 * number that follows those before it. While it is written it ends in ".part".
 *
 * A crash loses what was not flushed, no more: what a ".part" holds until then
 * can be read, and is kept under its own name at the next start. A full disk
 * loses lines, counted, and never the run. One thread.
 */
#pragma once

#include "engine/base/err.h"
#include "engine/base/text.h"

struct nrs_log_file;

struct nrs_log_file_options {
	const char *folder;    /* must be there; texts are borrowed */
	const char *stem;      /* "flows" */
	const char *suffix;    /* ".jsonl.zst" */
	uint64_t rotate_bytes; /* before they are packed; 0: never */
	bool is_packed;	       /* what is added goes to the file as it is */
	bool goes_on; /* behind the files that are there; else over them */
	unsigned int keep_days; /* older files are removed; 0: never */
};

/* NRS_E_IO with @diag, NRS_E_NOMEM. No file yet. */
int nrs_log_file_new(struct nrs_log_file **out,
		     const struct nrs_log_file_options *options,
		     struct nrs_diag *diag);
/* What is open is ended and gets its name. NULL: nothing. */
void nrs_log_file_free(struct nrs_log_file *file);

/* Add @octets, whole or not at all; of @time_ns. NRS_E_IO: not written,
 * counted; errno says why. */
int nrs_log_file_add(struct nrs_log_file *file, struct nrs_span octets,
		     int64_t time_ns);
/* All that was added can be read now. */
int nrs_log_file_flush(struct nrs_log_file *file);
/* End what is open: the next octets begin a new file. */
int nrs_log_file_end(struct nrs_log_file *file);

struct nrs_log_file_figures {
	uint64_t added;	       /* calls that were taken */
	uint64_t lost;	       /* and that were not */
	uint64_t files, bytes; /* bytes as packed */
};
/* Any thread. */
void nrs_log_file_figures(const struct nrs_log_file *file,
			  struct nrs_log_file_figures *out);
