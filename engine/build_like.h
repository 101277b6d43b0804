/* SPDX-License-Identifier: Apache-2.0 */
/*
 * build_like: LIKE and MATCHES in the form of the values that they are over.
 */
#pragma once

#include "engine/builder.h"

/* LIKE '198.51.100.%': whole octets are a prefix. */
bool nrs_like_octets(const struct nrs_test *test, struct nrs_prefix *prefix);

/* LIKE over URLs: with the scheme, behind it, or perhaps either. Fills @lanes
 * and returns how many. */
unsigned int nrs_like_url_lanes(struct nrs_span like, enum nrs_lane lanes[2]);

/* The expression as the lane's canonical values want it, in the scratch
 * arena. */
struct nrs_span nrs_like_text(struct nrs_builder *b, enum nrs_lane lane,
			      const struct nrs_test *test);
