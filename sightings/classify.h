/* SPDX-License-Identifier: Apache-2.0 */
/*
 * classify: what deserves to leave (sharing-rules.md rule 10).
 */
#pragma once

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

/* The shipped defaults, the first that fits. @is_important: the own host is an
 * important asset. */
enum nrs_class nrs_classify(enum nrs_direction direction,
			    enum nrs_outcome outcome, bool is_important);
