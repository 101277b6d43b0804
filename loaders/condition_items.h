/* SPDX-License-Identifier: Apache-2.0 */
/*
 * condition_items: the items of a condition's run of bytes, for those who
 * write and read them (condition.c, condition_write.c).
 */
#pragma once

#include "engine/base/span.h"

#define NRS_CONDITION_ALL '&'
#define NRS_CONDITION_ANY '|'
#define NRS_CONDITION_CLOSE ')'
#define NRS_CONDITION_TEST '='
#define NRS_CONDITION_REFUSED '!'
#define NRS_CONDITION_REFERENCE '@'

#define NRS_CONDITION_EQUAL 1u
#define NRS_CONDITION_NEGATIVE 2u

struct nrs_condition_item {
	char kind;
	uint8_t flags;	      /* of a test */
	struct nrs_span path; /* of a test */
	struct nrs_span text; /* of a test; the reason; the name */
};

/* Cut the first item off @rest; false at the end. */
bool nrs_condition_next(struct nrs_span *rest, struct nrs_condition_item *item);
