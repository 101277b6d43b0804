/* SPDX-License-Identifier: Apache-2.0 */
/*
 * export: counter-measure files for other systems, from what may be used so
 * (permit.h). Each entry has its owner, end and indicator beside it as a
 * comment; what a system cannot express is counted with its reason. Nothing
 * is pushed anywhere: the caller gets a text.
 */
#pragma once

#include "engine/measure.h"
#include "engine/set.h"
#include "sightings/permit.h"

struct nrs_export_target {
	const char *name; /* "rpz" */
	const char *line; /* what it is, for --help */
	enum nrs_use use;
};
#define NRS_EXPORT_TARGETS 7u
extern const struct nrs_export_target nrs_export_targets[NRS_EXPORT_TARGETS];
/* NULL: no such target. */
const struct nrs_export_target *nrs_export_target(struct nrs_span name);

/* How many were left out for one reason; reasons are texts for ever. */
struct nrs_export_left {
	const char *reason;
	uint64_t count;
};
#define NRS_EXPORT_REASONS 64u

struct nrs_export_result {
	uint64_t indicators;	/* of the set */
	uint64_t used;		/* have at least one entry */
	uint64_t entries;	/* of the file */
	enum nrs_tlp strictest; /* marking of what is in the file */
	struct nrs_export_left refused[NRS_EXPORT_REASONS]; /* by policy */
	struct nrs_export_left unsaid[NRS_EXPORT_REASONS];  /* by the target */
};

struct nrs_export_options {
	const struct nrs_export_target *target;
	struct nrs_permit_rules rules; /* its use is the target's */
	struct nrs_guard_own own;      /* never to be blocked */
	uint32_t first_sid;	       /* of Suricata rules */
	struct nrs_text
		*why; /* "ID, tab, reason" of what is left out; or NULL */
};

/* Append the file to @out. @set is settled and judged. NRS_E_NOMEM. */
int nrs_export(struct nrs_text *out, const struct nrs_set *set,
	       const struct nrs_export_options *options,
	       struct nrs_export_result *result);
