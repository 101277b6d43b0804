/* SPDX-License-Identifier: Apache-2.0 */
/*
 * find: which indicators a value would meet, asked of the compiled db, so that
 * the answer is the one that traffic would get. Not for the packet path.
 */
#pragma once

#include "engine/matcher.h"

/* One meeting of the value with an indicator's pattern. */
struct nrs_find_hit {
	uint32_t indicator;
	enum nrs_field field; /* where traffic would show the value */
	enum nrs_how how;
	bool alone; /* the value is enough; else the pattern wants more */
};

struct nrs_find_question {
	enum nrs_shape shape;  /* NRS_SHAPE_PATTERN: any text */
	struct nrs_span value; /* canonical text; an address, no prefix */
	void *ctx;
	void (*found)(void *ctx, const struct nrs_find_hit *hit);
};

/*
 * Call found for each indicator of @db that the value meets, perhaps more than
 * once for one of them. Validity is not asked. @seat is a seat of the db that
 * nobody uses meanwhile. NRS_E_NOMEM, NRS_E_FORMAT.
 */
int nrs_find(const struct nrs_db *db, unsigned int seat,
	     const struct nrs_find_question *question);
