/* SPDX-License-Identifier: Apache-2.0 */
/*
 * child: a piece of work in a process of its own. What it took of memory is
 * given back when it ends, what it breaks stays broken there, and it can be
 * stopped, which a library's long computation cannot.
 *
 * The caller may have other threads: the work is done on a copy of the memory
 * in which no other thread runs, so it must take no lock that one of them may
 * hold (the heap is safe) and must not use what they write.
 */
#pragma once

#include "engine/base/text.h"

/*
 * Do @work in a child and append what it appended to its text to @out. Returns
 * what @work returned; NRS_E_NOMEM without a process or memory, NRS_E_LIMIT
 * after @seconds, NRS_E_INTERNAL if the child ended otherwise.
 */
int nrs_child_run(int (*work)(void *ctx, struct nrs_text *out), void *ctx,
		  unsigned int seconds, struct nrs_text *out);
