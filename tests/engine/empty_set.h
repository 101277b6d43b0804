/* SPDX-License-Identifier: Apache-2.0 */
/* empty_set: a set with one source, for indicators made by hand. */
#pragma once

#include "engine/set.h"
#include "tests/nrs_test.h"

/* A new set, whose source 0 is "t". */
static inline struct nrs_set *empty_set(void)
{
	struct nrs_set *set = NULL;
	uint32_t source;

	assert_int_equal(nrs_set_new(&set), NRS_OK);
	assert_int_equal(nrs_set_source(set, nrs_span_of("t"), nrs_span_of("t"),
					&source),
			 NRS_OK);
	return set;
}
