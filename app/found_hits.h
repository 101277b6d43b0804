/* SPDX-License-Identifier: Apache-2.0 */
/*
 * found_hits: files of hits (hits.jsonl) into one order, for noroshi report.
 * Plain, gzip or zstd; memory is that of one line.
 */
#pragma once

#include "engine/base/err.h"
#include "sightings/hits_sort.h"

struct nrs_found_hits {
	uint64_t lines, hits, raises;
	uint64_t again;	  /* lines that were there before */
	uint64_t refused; /* lines that are no hit */
	uint64_t failed;  /* files that could not be read whole (said) */
	char first[300];  /* of the refused: file, line and reason */
};

/*
 * All of @paths into @sort. Rotated pieces (NAME, NAME.1, ...) are one
 * recording, and read from the oldest on, in whatever order they are given.
 * NRS_E_NOMEM and errors of the store, with @diag.
 */
int nrs_found_hits_read(struct nrs_hits_sort *sort, char *const *paths,
			unsigned int count, struct nrs_found_hits *out,
			struct nrs_diag *diag);
