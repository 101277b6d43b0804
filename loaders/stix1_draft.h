/* SPDX-License-Identifier: Apache-2.0 */
/*
 * stix1_draft: an Indicator under way: what it says beside its observables.
 */
#pragma once

#include "engine/indicator.h"
#include "loaders/stix1_place.h"

/* Starts as {0}; begin clears what one before it left. */
struct nrs_stix1_draft {
	struct nrs_text id, title, description;
	struct nrs_text creator;
	struct nrs_text types, kill_chain; /* lists (background.h) */
	int64_t time_ns;		   /* of this version; 0 unknown */
	int64_t from_ns, until_ns;
	uint64_t line;
	int8_t confidence;
	enum nrs_tlp tlp;
	bool is_negated, warned;
};

void nrs_stix1_draft_fini(struct nrs_stix1_draft *draft);
void nrs_stix1_draft_begin(struct nrs_stix1_draft *draft,
			   const struct nrs_xml_element *e);

/* A leaf closes in the indicator. */
void nrs_stix1_draft_leaf(struct nrs_stix1_draft *draft,
			  enum nrs_stix1_place place, struct nrs_span text);

/* A Kill_Chain_Phase opens in the indicator. */
void nrs_stix1_draft_phase(struct nrs_stix1_draft *draft,
			   const struct nrs_xml_element *e);

/*
 * An element of a marking opens: the TLP that it says is added to *@tlp, the
 * stricter counts. What marks and is not understood is RED.
 */
void nrs_stix1_marking(const struct nrs_xml_element *e, enum nrs_tlp *tlp);
