/* SPDX-License-Identifier: Apache-2.0 */
/*
 * indicator_json: what is known about an indicator as members of a JSON object
 * that the caller has opened: for hits, listings and comparisons.
 */
#pragma once

#include "engine/base/json.h"
#include "engine/indicator.h"

/* Texts are cut to this many octets, with "..." behind: a hostile description
 * must not come back with each hit. */
#define NRS_JSON_TEXT_MAX 1024u

/* "valid_from" and "valid_until", where they are known. */
void nrs_indicator_json_times(struct nrs_jsonw *w,
			      const struct nrs_indicator *item);

/* "markings": [], the ids. */
void nrs_indicator_json_markings(struct nrs_jsonw *w,
				 const struct nrs_indicator *item);

/* "context": {name, description, background but its markings}, with what was
 * said and nothing else; no member at all where nothing was. */
void nrs_indicator_json_context(struct nrs_jsonw *w,
				const struct nrs_indicator *item);
