/* SPDX-License-Identifier: Apache-2.0 */
/*
 * stix_indicator: one indicator object into the set, and what is wrong with it
 * (specification, sections 1.5 and 3). The pattern stays text: whether it can
 * be evaluated is the builder's word.
 */
#pragma once

#include "engine/base/json.h"
#include "engine/pattern.h"
#include "engine/set.h"
#include "loaders/confidence.h"
#include "loaders/stix_said.h"

struct nrs_stix_taker {
	struct nrs_set *set;
	uint32_t source;
	enum nrs_scale scale; /* of its confidences */
	struct nrs_stix_said said;
};
void nrs_stix_taker_fini(struct nrs_stix_taker *taker);

/*
 * Add @object, the @number-th of its file. @bundle_version: spec_version of
 * what encloses it, may be empty. NRS_E_NOMEM; NRS_E_FORMAT: no usable id, and
 * nothing was added.
 */
int nrs_stix_indicator(struct nrs_stix_taker *taker,
		       const struct nrs_json *object, uint64_t number,
		       struct nrs_span bundle_version);

/* Neither pattern nor object says its version: the bundle's word counts. */
bool nrs_stix_leaves_version_open(const struct nrs_json *object);
/* What @text says; 2.0 if it is empty. */
enum nrs_stix_version nrs_stix_version_said(struct nrs_span text);
