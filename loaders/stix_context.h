/* SPDX-License-Identifier: Apache-2.0 */
/*
 * stix_context: what other objects of a file say about its indicators: who
 * made them, markings, reports, what they indicate, what to do about it, whom
 * it concerns. Collected as it comes, joined at the end (stix_join.c), because
 * any object may stand before or behind the one it names.
 */
#pragma once

#include "engine/base/json.h"
#include "engine/set.h"
#include "loaders/stix_facts.h"

/* Names of others are kept to this length: a report's name goes to each of
 * its indicators, and a hostile one must not multiply. */
#define NRS_STIX_NAME_MAX 256u

/* How many of each an indicator carries: names of what it indicates, reports,
 * courses of action, sectors. */
#define NRS_STIX_INDICATES_MAX 16u

/* Objects that indicators may speak of, in one file. What is said about
 * indicators themselves has a limit of its own (stix_facts.h). */
#define NRS_STIX_OBJECTS_LIMIT ((size_t)500000)

enum nrs_stix_link {
	NRS_STIX_INDICATES, /* or uses */
	NRS_STIX_BASED_ON
};

struct nrs_stix_context {
	struct nrs_arena *arena;
	struct nrs_stix_facts names;	 /* object: its name */
	struct nrs_stix_facts links;	 /* indicator: an id; nrs_stix_link */
	struct nrs_stix_facts reports;	 /* indicator: a report's name */
	struct nrs_stix_facts markings;	 /* marking: kind its enum nrs_tlp;
					  * NRS_TLP_NONE for a statement */
	struct nrs_stix_facts mitigated; /* object: id of a course of action */
	struct nrs_stix_facts targets;	 /* object: id of an identity */
	struct nrs_stix_facts sectors;	 /* identity: list of sectors */
	struct nrs_text text;
};

int nrs_stix_context_new(struct nrs_stix_context **out);
void nrs_stix_context_free(struct nrs_stix_context *context);

/* Take what @object (not an indicator) says. Unknown types say nothing. */
int nrs_stix_context_take(struct nrs_stix_context *context,
			  const struct nrs_json *object);

/* What was said and is left out: beyond the limits. */
uint64_t nrs_stix_context_left_out(const struct nrs_stix_context *context);

/* Complete the indicators of @set from index @first on. */
int nrs_stix_context_join(struct nrs_stix_context *context, struct nrs_set *set,
			  uint32_t first, enum nrs_tlp default_tlp);
