/* SPDX-License-Identifier: Apache-2.0 */
/*
 * hits_sort: hits of several files in the order of their time, each once, with
 * the outcome that later lines gave it. In a file of its own, so that memory
 * stays the same however many there are.
 */
#pragma once

#include "engine/base/store.h"
#include "sightings/hits_in.h"

struct nrs_hits_sort;

/* At @path, which must not be there and is removed at the end. As store.h. */
int nrs_hits_sort_new(struct nrs_hits_sort **out, const char *path,
		      struct nrs_diag *diag);
void nrs_hits_sort_free(struct nrs_hits_sort *sort);

/*
 * A line of the recording @stream, lines in their order: a raise is of the
 * last hit with its number there. *@is_new: it was not there before. Errors
 * as in store.h.
 */
int nrs_hits_sort_put(struct nrs_hits_sort *sort, uint32_t stream,
		      const struct nrs_hit_line *line, bool *is_new,
		      struct nrs_diag *diag);

/* By time; the witness is borrowed. What it returns but NRS_OK ends it. */
typedef int nrs_hits_sort_fn(void *ctx, struct nrs_witness *witness,
			     enum nrs_outcome outcome);
int nrs_hits_sort_walk(struct nrs_hits_sort *sort, nrs_hits_sort_fn *give,
		       void *ctx, struct nrs_diag *diag);
