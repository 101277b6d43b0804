/* SPDX-License-Identifier: Apache-2.0 */
/*
 * select: what a site wants of what it received: a written policy, as rules in
 * order, over a loaded and settled set.
 *
 * The first rule that decides about an indicator is the one that counts:
 * KEEP, WATCH and DROP decide about what meets all their conditions, REQUIRE
 * drops what does not, LIMIT drops what is beyond the best of each source. The
 * same set and policy give the same choice, whatever the run. One thread.
 */
#pragma once

#include "engine/guard.h"
#include "engine/set.h"

enum nrs_select_action {
	NRS_SELECT_KEEP,
	NRS_SELECT_DROP,
	NRS_SELECT_WATCH, /* match it, but its hits deserve no report */
	NRS_SELECT_REQUIRE,
	NRS_SELECT_LIMIT,
};

/* Words of which an indicator has one, without regard to case; a last * stands
 * for any end. None: no condition. */
enum nrs_select_list {
	NRS_SELECT_SOURCE, /* its name */
	NRS_SELECT_KIND,   /* indicator_types */
	NRS_SELECT_LABEL,
	NRS_SELECT_PHASE, /* of a kill chain: CHAIN:PHASE or PHASE */
	NRS_SELECT_SECTOR,
	NRS_SELECT_MARKING, /* ids */
	NRS_SELECT_WITHIN,  /* networks, domains, or home_net: a value in it */
	NRS_SELECT_LISTS
};
struct nrs_select_words {
	const char *const *items;
	unsigned int count;
};

/* Numbers, both ends included. */
enum nrs_select_number {
	NRS_SELECT_CONFIDENCE, /* 0 to 100 */
	NRS_SELECT_SEVERITY,   /* enum nrs_severity */
	NRS_SELECT_AGE,	       /* seconds since its version was made */
	NRS_SELECT_NUMBERS
};
struct nrs_select_bounds {
	bool has_least, has_most;
	int64_t least, most;
};

enum nrs_severity {
	NRS_SEVERITY_NONE,
	NRS_SEVERITY_LOW,
	NRS_SEVERITY_MEDIUM,
	NRS_SEVERITY_HIGH,
	NRS_SEVERITY_CRITICAL,
};
#define NRS_SEVERITIES "none|low|medium|high|critical"

/* All conditions must be met. Texts are borrowed. */
struct nrs_select_rule {
	enum nrs_select_action action;
	const char *name;  /* for people; NULL: from its conditions */
	const char *where; /* "noroshi.yaml:41"; or NULL */
	struct nrs_select_words words[NRS_SELECT_LISTS];
	struct nrs_select_bounds bounds[NRS_SELECT_NUMBERS];
	uint32_t types;	   /* NRS_ABOUT_TYPES as bits; 0: any */
	uint32_t markings; /* enum nrs_tlp as bits; 0: any */
	uint32_t most;	   /* LIMIT: of each source */
	bool unknown;	   /* what is not said meets a condition */
};

#define NRS_SELECT_RULES_MAX 64u
struct nrs_select_policy {
	const struct nrs_select_rule *rules;
	unsigned int rule_count;
	enum nrs_select_action otherwise; /* KEEP, WATCH or DROP */
	struct nrs_guard_own home;	  /* home_net of WITHIN */
};

struct nrs_select;

/* Borrows @policy. NRS_E_FORMAT with the reason: a word of WITHIN that is
 * neither network nor name; NRS_E_LIMIT: too many rules. */
int nrs_select_new(struct nrs_select **out,
		   const struct nrs_select_policy *policy,
		   struct nrs_diag *diag);
void nrs_select_free(struct nrs_select *select);

/*
 * Choose among the indicators of @set that are FULL or PARTIAL: the others
 * become DROPPED with the rule as their reason. @at_ns: the clock that ages
 * are measured by. NRS_E_NOMEM.
 */
int nrs_select_run(struct nrs_select *select, struct nrs_set *set,
		   int64_t at_ns);

/* Of the last run, by rule from 0; rule_count is `otherwise`. */
uint64_t nrs_select_dropped(const struct nrs_select *select, unsigned int rule);

/* Who dropped indicator @index in the last run: a rule from 0, rule_count for
 * `otherwise`. */
unsigned int nrs_select_decided(const struct nrs_select *select,
				uint32_t index);

/* What the rule drops, for people: "confidence < 70". Appended. */
void nrs_select_label(const struct nrs_select_policy *policy, unsigned int rule,
		      struct nrs_text *out);

/*
 * Of an indicator that the last run dropped: by which rule, with what it says
 * ("rule 3, confidence 50 < 70"), and what would have kept it, through all
 * rules that follow ("min_confidence <= 50"). Both appended; nothing for what
 * was not dropped. Their texts may hold words of the indicator.
 */
void nrs_select_why(struct nrs_select *select, const struct nrs_set *set,
		    uint32_t index, struct nrs_text *why,
		    struct nrs_text *remedy);
