/* SPDX-License-Identifier: Apache-2.0 */
/*
 * look_figures: what was looked for in the logs, in numbers, for status and
 * metrics.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

struct nrs_look_figures {
	uint64_t known;	    /* indicators: looked for, or in force first */
	uint64_t wanted;    /* not looked for yet */
	uint64_t forgotten; /* too many are known: no longer in force */
	uint64_t refused;   /* too many: never looked for */
	uint64_t unwritten; /* times that what is known was not kept */
	/* Of this run: */
	uint64_t looks;	     /* ended */
	uint64_t indicators; /* that were looked for in them */
	uint64_t rows, hits; /* also of one under way */
	uint64_t damaged;    /* blocks, lines and files of logs */
	uint64_t lost;	     /* hits: longer than a block */
	uint64_t failed;     /* looks: no memory, or the folder */
	int64_t ended_ns;    /* the last one; 0: none yet */
	bool is_under_way;
};
