/* SPDX-License-Identifier: Apache-2.0 */
/*
 * made_db: a compiled set of one indicator.
 */
#pragma once

#include "engine/db.h"
#include "engine/pattern.h"
#include "tests/engine/empty_set.h"

static inline struct nrs_db *build_by(struct nrs_set **set, const char *pattern,
				      const struct nrs_build_options *options)
{
	const struct nrs_indicator item = {.id = nrs_span_of("indicator--1"),
					   .pattern = nrs_span_of(pattern),
					   .valid_from_ns = NRS_TIME_MIN,
					   .valid_until_ns = NRS_TIME_MAX,
					   .confidence = -1,
					   .version = NRS_STIX_21};
	struct nrs_db *db = NULL;

	*set = empty_set();
	assert_int_equal(nrs_set_add(*set, &item), NRS_OK);
	assert_int_equal(nrs_set_settle(*set), NRS_OK);
	assert_int_equal(nrs_db_build(&db, *set, options), NRS_OK);
	return db;
}

static inline struct nrs_db *build(struct nrs_set **set, const char *pattern,
				   uint32_t generation)
{
	const struct nrs_build_options options = {.seats = 1,
						  .generation = generation};

	return build_by(set, pattern, &options);
}
