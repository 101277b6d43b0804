/* SPDX-License-Identifier: Apache-2.0 */
/*
 * config_schema_judging: a site's own rules of what a hit is worth.
 */
#include "app/config_judging.h"
#include "app/config_schema_sharing.h"
#include "sightings/classify.h"

#define COUNT(rows) ((unsigned int)(sizeof(rows) / sizeof(*(rows))))
#define OUTCOMES "unknown|attempted|blocked|answered|established"

_Static_assert(NRS_CLASS_NOISE == 1 && NRS_CLASS_URGENT == 4,
	       "the order of classes.class, less one");
_Static_assert(NRS_DIRECTION_OUT == 0 && NRS_DIRECTION_IN == 1 &&
		       NRS_DIRECTION_LATERAL == 2 && NRS_DIRECTION_TRANSIT == 3,
	       "the order of classes.direction");
_Static_assert(NRS_OUTCOME_UNKNOWN == 0 && NRS_OUTCOME_ESTABLISHED == 4,
	       "the order of OUTCOMES");
_Static_assert(NRS_IMPORTANCE_UNKNOWN == 0 && NRS_IMPORTANCE_CRITICAL == 4,
	       "the order of classes.importance");

static const struct nrs_config_row class_rows[] = {
	{.key = "class",
	 .type = NRS_CONFIG_CHOICE,
	 .is_required = true,
	 .offset = offsetof(struct nrs_config_class, grade),
	 .choices = "noise|watch|report|urgent",
	 .text = "What a hit is that meets all that stands below.",
	 .sample = "urgent"},
	{.key = "direction",
	 .type = NRS_CONFIG_CHOICES,
	 .offset = offsetof(struct nrs_config_class, direction),
	 .choices = "out|in|lateral|transit",
	 .text = "One of these. Default: any.",
	 .sample = "out, lateral"},
	{.key = "min_outcome",
	 .type = NRS_CONFIG_CHOICE,
	 .offset = offsetof(struct nrs_config_class, min_outcome),
	 .fallback = "unknown",
	 .choices = OUTCOMES,
	 .text = "What became of the connection, at least."},
	{.key = "max_outcome",
	 .type = NRS_CONFIG_CHOICE,
	 .offset = offsetof(struct nrs_config_class, max_outcome),
	 .fallback = "unknown",
	 .choices = OUTCOMES,
	 .text = "And at most; unknown: whatever."},
	{.key = "importance",
	 .type = NRS_CONFIG_CHOICE,
	 .offset = offsetof(struct nrs_config_class, importance),
	 .fallback = "unknown",
	 .choices = "unknown|low|normal|high|critical",
	 .text = "Of the own host, at least."},
	{.key = "match",
	 .type = NRS_CONFIG_CHOICE,
	 .offset = offsetof(struct nrs_config_class, match),
	 .fallback = "any",
	 .choices = "any|close|exact",
	 .text = "How well it matched: close, an exact match, a subdomain or a "
		 "prefix, and no part of the pattern was left out."},
	{.key = "min_confidence",
	 .type = NRS_CONFIG_NUMBER,
	 .offset = offsetof(struct nrs_config_class, min_confidence),
	 .max = 100,
	 .fallback = "0",
	 .text = "Of the indicator; one that says none does not meet this."},
	{.key = "indicator",
	 .type = NRS_CONFIG_TEXT,
	 .offset = offsetof(struct nrs_config_class, indicator),
	 .min = 1,
	 .max = 200,
	 .text = "This indicator alone, by its id."},
	{.key = "source",
	 .type = NRS_CONFIG_TEXT,
	 .offset = offsetof(struct nrs_config_class, source),
	 .min = 1,
	 .max = 200,
	 .text = "Indicators of this source alone."},
};

const struct nrs_config_section nrs_config_class_schema = {
	class_rows, COUNT(class_rows), sizeof(struct nrs_config_class)};
