/* SPDX-License-Identifier: Apache-2.0 */
/*
 * judge: the class of a hit by all that a site says: its own rules, its
 * assets, and what a person called false (sharing-rules.md rules 10 and 20).
 *
 * Asked by the emitter's thread alone. The tables behind it never change: an
 * edited file makes new ones, and whoever asks is handed another judge.
 */
#pragma once

#include "sightings/classify.h"
#include "sightings/suppress.h"
#include "sightings/witness.h"

/* All borrowed; NULL: none. */
struct nrs_judge {
	const struct nrs_class_rule *rules;
	unsigned int rule_count;
	const struct nrs_assets *assets;
	const struct nrs_suppressions *suppressions;
};

struct nrs_judgement {
	enum nrs_class grade;
	const struct nrs_asset *asset;		  /* the own host; or NULL */
	const struct nrs_suppression *suppressed; /* noise by it; or NULL */
};

/* @judge NULL: the shipped rules alone. @outcome: as it is known now. */
void nrs_judge_sighted(const struct nrs_judge *judge,
		       const struct nrs_sighted *hit, enum nrs_outcome outcome,
		       struct nrs_judgement *out);
/* Its grade with each outcome that it may have yet. */
#define NRS_JUDGE_OUTCOMES (NRS_OUTCOME_ESTABLISHED + 1)
void nrs_judge_outcomes(const struct nrs_judge *judge,
			const struct nrs_sighted *hit,
			enum nrs_class grades[NRS_JUDGE_OUTCOMES]);
void nrs_judge_witness(const struct nrs_judge *judge,
		       const struct nrs_witness *hit, enum nrs_outcome outcome,
		       struct nrs_judgement *out);
