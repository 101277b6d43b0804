/* SPDX-License-Identifier: Apache-2.0 */
/*
 * classify: the shipped rules are a table like a site's own.
 */
#include "sightings/classify.h"

#define OUT (1u << NRS_DIRECTION_OUT)
#define IN (1u << NRS_DIRECTION_IN)
#define LATERAL (1u << NRS_DIRECTION_LATERAL)

static const struct nrs_class_rule shipped[] = {
	{.directions = OUT | LATERAL,
	 .least = NRS_OUTCOME_ANSWERED,
	 .importance = NRS_IMPORTANCE_HIGH,
	 .grade = NRS_CLASS_URGENT},
	{.directions = OUT,
	 .least = NRS_OUTCOME_ANSWERED,
	 .grade = NRS_CLASS_REPORT},
	{.directions = IN,
	 .most = NRS_OUTCOME_BLOCKED,
	 .grade = NRS_CLASS_NOISE},
	{.grade = NRS_CLASS_WATCH},
};

const char *nrs_class_name(enum nrs_class c)
{
	static const char *const names[] = {"", "noise", "watch", "report",
					    "urgent"};

	return names[c];
}

static bool is_named(struct nrs_span wanted, struct nrs_span name)
{
	return wanted.len == 0 || nrs_span_equal(wanted, name);
}

static bool fits(const struct nrs_class_rule *rule,
		 const struct nrs_class_question *q)
{
	return (rule->directions == 0 ||
		(rule->directions >> q->direction & 1) != 0) &&
	       q->outcome >= rule->least &&
	       (rule->most == NRS_OUTCOME_UNKNOWN ||
		q->outcome <= rule->most) &&
	       q->importance >= rule->importance &&
	       q->match_grade >= rule->match_grade &&
	       (rule->confidence == 0 || q->confidence >= rule->confidence) &&
	       is_named(rule->indicator, q->indicator) &&
	       is_named(rule->source, q->source);
}

enum nrs_class nrs_classify(const struct nrs_class_rule *rules,
			    unsigned int count,
			    const struct nrs_class_question *question)
{
	unsigned int i = 0;

	for (i = 0; i < count; i++) {
		if (fits(&rules[i], question))
			return rules[i].grade;
	}
	for (i = 0; !fits(&shipped[i], question);)
		i++; /* the last fits everything */
	return shipped[i].grade;
}
