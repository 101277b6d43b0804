/* SPDX-License-Identifier: Apache-2.0 */
/*
 * predicate: one branch of one indicator's pattern, as the matcher tries it: a
 * single atom, or a program over atoms. Private to the engine.
 */
#pragma once

#include <stdint.h>

enum nrs_predicate_flag {
	NRS_PRED_AT_END = 1,	   /* evaluated when its transaction ends */
	NRS_PRED_FLOW_ONLY = 2,	   /* only flow fields can satisfy it */
	NRS_PRED_FLOW_CAPABLE = 4, /* flow fields alone can satisfy it */
	NRS_PRED_NEVER = 8,	   /* of a rejected one: nothing leads here */
	NRS_PRED_PART = 16,	   /* one expression of several: no hit */
};

struct nrs_predicate {
	uint32_t indicator;
	uint32_t program; /* offset of its code; without code: its one atom */
	uint16_t length;  /* words of code; 0: a single atom */
	uint8_t flags;
	uint8_t window; /* index + 1 into windows; 0 none; of a part its
			 * expression's number + 1 */
};

/* Code words: operation in the upper four bits, atom or count below. */
enum nrs_code {
	NRS_CODE_ATOM = 0u,
	NRS_CODE_AND = 1u << 28, /* of the topmost n sets */
	NRS_CODE_OR = 2u << 28,
	NRS_CODE_NOT = 3u << 28, /* the atom is not satisfied at the end */
};
#define NRS_CODE_ARG 0x0fffffffu
#define NRS_CODE_STACK 300 /* deeper programs are refused by the builder */

struct nrs_window {
	int64_t start_ns, stop_ns;
};
