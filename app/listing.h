/* SPDX-License-Identifier: Apache-2.0 */
/*
 * listing: an indicator with all that is known about it, for people (defanged,
 * safe for a terminal) and as members of a JSON object.
 */
#pragma once

#include "engine/base/json.h"
#include "engine/set.h"

/* "in", "expired", "pending" at @at_ns. */
const char *nrs_listing_validity(const struct nrs_indicator *item,
				 int64_t at_ns);

/* Name or pattern in one line, defanged, at most @width columns (0: all). */
void nrs_listing_title(struct nrs_text *out, const struct nrs_set *set,
		       uint32_t index, unsigned int width);

/* Append @text defanged and safe for a terminal. */
void nrs_listing_safe(struct nrs_text *out, struct nrs_span text,
		      unsigned int width);

/* Lines of "  key: value" for what is known; validity at @at_ns. */
void nrs_listing_text(struct nrs_text *out, const struct nrs_set *set,
		      uint32_t index, int64_t at_ns);

/* The same as members of the object that @w has open. */
void nrs_listing_json(struct nrs_jsonw *w, const struct nrs_set *set,
		      uint32_t index, int64_t at_ns);
