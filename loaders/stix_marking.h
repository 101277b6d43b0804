/* SPDX-License-Identifier: Apache-2.0 */
/*
 * stix_marking: what a marking means for sharing (specification, section 3;
 * sharing-rules.md rule 2).
 */
#pragma once

#include "engine/base/json.h"
#include "engine/indicator.h"

/*
 * TLP of a word, "red"; with @needs_prefix only "TLP:RED". *@tlp becomes the
 * stricter of both. False: it is no such word, and *@tlp stays.
 */
bool nrs_marking_of_word(struct nrs_span word, bool needs_prefix,
			 enum nrs_tlp *tlp);

/* TLP of the ids that need no definition: TLP 1.0 and 2.0. */
bool nrs_marking_of_id(struct nrs_span id, enum nrs_tlp *tlp);

/*
 * TLP of a marking-definition by its definition, extension or name: the
 * strictest of what it says. NRS_TLP_NONE: a statement, which restricts
 * nothing. Whatever is not understood is RED.
 */
enum nrs_tlp nrs_marking_of(const struct nrs_json *definition);

/*
 * Append the ids of what marks @object as a whole, or its pattern, name or
 * description, a newline between. A marking that cannot be read becomes "?",
 * an id that nobody knows, and so RED.
 */
void nrs_marking_ids(const struct nrs_json *object, struct nrs_text *out);

/* Append "SELECTOR ID" for each property that carries a marking of its own, a
 * newline between. */
void nrs_marking_granular(const struct nrs_json *object, struct nrs_text *out);
