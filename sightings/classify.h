/* SPDX-License-Identifier: Apache-2.0 */
/*
 * classify: what deserves to leave (sharing-rules.md rule 10): rules of a site,
 * then the shipped ones; the first that fits decides.
 */
#pragma once

#include "sightings/assets.h"
#include "sightings/sighted.h"

/* Rising. In a setting, 0 means "not said": then `report` holds. */
enum nrs_class {
	NRS_CLASS_UNSAID,
	NRS_CLASS_NOISE,
	NRS_CLASS_WATCH,
	NRS_CLASS_REPORT,
	NRS_CLASS_URGENT,
};
const char *nrs_class_name(enum nrs_class c); /* "report" */

/* What a class is decided from. */
struct nrs_class_question {
	enum nrs_direction direction;
	enum nrs_outcome outcome;
	enum nrs_importance importance; /* of the own host */
	int match_grade;		/* 100, 75 or 50: rule 12 */
	int confidence;			/* -1: not known */
	struct nrs_span indicator, source;
};

/* What is left out fits everything. */
struct nrs_class_rule {
	unsigned int directions; /* bits of enum nrs_direction; 0: any */
	enum nrs_outcome least;
	enum nrs_outcome most; /* NRS_OUTCOME_UNKNOWN: any */
	enum nrs_importance importance;
	int match_grade; /* at least */
	int confidence;	 /* at least; what is not known does not fit */
	struct nrs_span indicator, source;
	enum nrs_class grade;
};

enum nrs_class nrs_classify(const struct nrs_class_rule *rules,
			    unsigned int count,
			    const struct nrs_class_question *question);
