/* SPDX-License-Identifier: Apache-2.0 */
/*
 * scan: the tests that no table can look up; a part of db_layout.h.
 */
#pragma once

#include "engine/base/addr.h"

#define NRS_NONE UINT32_MAX

/* A literal, ready to be compared with a canonical value. */
struct nrs_operand {
	int64_t integer;
	double real;
	bool is_real;
	uint8_t type; /* strict: enum nrs_literal_type */
	struct nrs_prefix prefix;
	struct nrs_span bytes;
};

/* A test that no table can look up: tried on every value of its lane. */
struct nrs_scan {
	uint32_t atom;
	uint32_t owner;	     /* the first indicator that has it */
	uint32_t regex;	     /* LIKE, MATCHES: the expression's atom, or NONE */
	uint32_t characters; /* strict: its atom for values beyond ASCII */
	uint8_t op; /* EQ, IN, GT.., ISSUBSET, ISSUPERSET, EXISTS, LIKE */
	bool inverted;
	uint8_t family; /* 4 or 6: addresses of that family only; 0 both */
	uint8_t form;	/* strict: enum nrs_shown; 0 the sensor profile */
	uint16_t place; /* of a list: number + 1 of the element; 0 any */
	struct nrs_span header; /* HEADER: "name\0" */
	const struct nrs_operand *operands;
	uint32_t operand_count;
};
