/* SPDX-License-Identifier: Apache-2.0 */
/*
 * classify: the shipped defaults.
 */
#include "sightings/classify.h"

const char *nrs_class_name(enum nrs_class c)
{
	static const char *const names[] = {"", "noise", "watch", "report",
					    "urgent"};

	return names[c];
}

enum nrs_class nrs_classify(enum nrs_direction direction,
			    enum nrs_outcome outcome, bool is_important)
{
	const bool is_answered = outcome >= NRS_OUTCOME_ANSWERED;

	if (is_important && is_answered &&
	    (direction == NRS_DIRECTION_OUT ||
	     direction == NRS_DIRECTION_LATERAL))
		return NRS_CLASS_URGENT;
	if (direction == NRS_DIRECTION_OUT && is_answered)
		return NRS_CLASS_REPORT;
	if (direction == NRS_DIRECTION_IN && !is_answered)
		return NRS_CLASS_NOISE;
	return NRS_CLASS_WATCH;
}
