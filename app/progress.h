/* SPDX-License-Identifier: Apache-2.0 */
/*
 * progress: one line on a terminal's stderr about a replay under way: bytes,
 * packets a second, hits, time left. Nothing where stderr is no terminal.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <time.h>

struct nrs_progress {
	bool is_terminal;
	bool is_shown;
	struct timespec began, shown;
};

/* What it tells. @total_bytes 0: unknown. */
struct nrs_progress_state {
	uint64_t done_bytes, total_bytes;
	uint64_t packets, hits;
};

void nrs_progress_begin(struct nrs_progress *progress);

/* Is it time for another line? (five a second) */
bool nrs_progress_due(struct nrs_progress *progress);
void nrs_progress_show(struct nrs_progress *progress,
		       const struct nrs_progress_state *state);

/* Take the line away. */
void nrs_progress_end(struct nrs_progress *progress);

/* Columns of standard output if that is a terminal that says so; else 0. */
unsigned int nrs_terminal_width(void);

/* The line's text after @seconds, for any writer. */
#define NRS_PROGRESS_LEN 128
void nrs_progress_line(const struct nrs_progress_state *state, double seconds,
		       char out[NRS_PROGRESS_LEN]);
