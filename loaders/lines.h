/* SPDX-License-Identifier: Apache-2.0 */
/*
 * lines: bytes of a file, as they come, to its lines. A line of any length
 * costs no more than twice NRS_LINE_MAX.
 */
#pragma once

#include "engine/base/err.h"
#include "engine/base/text.h"

/* Longest line that is read as a line; what is wrapped around a value may
 * make the line itself longer. */
#define NRS_LINE_MAX ((size_t)8192)

/*
 * @line without its newline and without a byte order mark, @number from 1.
 * @is_cut: it goes on, and the rest of it is gone. A non-zero return stops
 * the push.
 */
typedef int nrs_lines_fn(void *ctx, struct nrs_span line, uint64_t number,
			 bool is_cut);

/* Starts as {.fn, .ctx}. */
struct nrs_lines {
	nrs_lines_fn *fn;
	void *ctx;
	struct nrs_text part; /* a line that is not whole yet */
	bool is_cut;
	uint64_t number; /* of the line handed out last */
};
void nrs_lines_fini(struct nrs_lines *lines);

/* NRS_E_NOMEM, or what the function returned. */
int nrs_lines_push(struct nrs_lines *lines, struct nrs_span bytes);
/* The last line may have no newline. */
int nrs_lines_end(struct nrs_lines *lines);
