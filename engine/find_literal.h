/* SPDX-License-Identifier: Apache-2.0 */
/*
 * find_literal: does an indicator name a value, whether or not anybody can
 * evaluate it? For people who look something up; never decides a match.
 */
#pragma once

#include "engine/base/arena.h"
#include "engine/indicator.h"

enum nrs_named {
	NRS_NAMED_NOT,
	NRS_NAMED_EQUAL,
	NRS_NAMED_WITHIN /* part of the value: inside its prefix, below its
			  * name */
};

/*
 * How @item's value, or some literal of its pattern, stands to @value of
 * @shape (canonical text; addresses may be prefixes). A literal under NOT or
 * != does not count. @scratch is reset.
 */
enum nrs_named nrs_find_named(const struct nrs_indicator *item,
			      enum nrs_shape shape, struct nrs_span value,
			      struct nrs_arena *scratch);
