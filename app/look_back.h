/* SPDX-License-Identifier: Apache-2.0 */
/*
 * look_back: logs through the matcher, with all seats of a db; the hits in the
 * order of the logs, for any number of workers.
 */
#pragma once

#include "app/look_source.h"
#include "engine/record.h"

struct nrs_look_back_options {
	struct nrs_look_source *source;
	const struct nrs_db *db; /* with a seat for each worker */
	unsigned int workers;	 /* 1: in this thread */
	int64_t from_ns, to_ns;
	void *ctx;
	/* In this thread; the record is borrowed, `file` is set. */
	int (*hit)(void *ctx, const struct nrs_record_hit *hit);
	/* Somebody may want it to end early; or NULL. */
	bool (*is_over)(void *ctx);
};

struct nrs_look_back_figures {
	uint64_t rows, lines; /* read */
	uint64_t bad_blocks, bad_lines;
	struct nrs_counters counters;
};

/* Until the last log is read. NRS_E_NOMEM, NRS_E_IO, NRS_E_CANCELLED, or what
 * `hit` returned. Damaged blocks and lines are counted, and no more. */
int nrs_look_back(struct nrs_look_back_figures *figures,
		  const struct nrs_look_back_options *options);
