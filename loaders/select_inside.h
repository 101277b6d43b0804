/* SPDX-License-Identifier: Apache-2.0 */
/*
 * select_inside: what the select*.c files share.
 */
#pragma once

#include "loaders/about.h"
#include "loaders/select.h"

/* A network, or a domain with all below it. */
struct nrs_select_place {
	bool is_net;
	struct nrs_prefix net;
	struct nrs_span name; /* canonical */
};

struct nrs_select_places {
	struct nrs_select_place *items;
	unsigned int count;
};

#define NRS_SELECT_OTHERWISE 255u

struct nrs_select {
	const struct nrs_select_policy *policy;
	struct nrs_arena *arena; /* of the places */
	struct nrs_about *about;
	struct nrs_select_places within[NRS_SELECT_RULES_MAX];
	int64_t at_ns;
	/* Per indicator of the last run: its types, as bits with HAS_TYPES;
	 * who decided: the rule plus one, 0 nobody. */
	uint32_t *types;
	uint8_t *by;
	uint64_t dropped[NRS_SELECT_RULES_MAX + 1];
};

enum nrs_met {
	NRS_UNMET,
	NRS_MET,
	NRS_UNSAID, /* the indicator does not say */
};

/* One rule asked about one indicator. */
struct nrs_select_case {
	struct nrs_select *select;
	const struct nrs_set *set;
	uint32_t index;
	struct nrs_indicator item; /* a copy */
	const struct nrs_select_rule *rule;
	unsigned int rule_index;
};

/* The conditions of a rule: first those with words, then numbers, then two. */
enum nrs_select_condition {
	NRS_SELECT_TYPE = NRS_SELECT_LISTS + NRS_SELECT_NUMBERS,
	NRS_SELECT_TLP,
	NRS_SELECT_CONDITIONS
};

bool nrs_select_has(const struct nrs_select_rule *rule, unsigned int condition);
enum nrs_met nrs_select_test(const struct nrs_select_case *c,
			     unsigned int condition);
/* All of them; NRS_UNSAID never: `unknown` has decided. */
bool nrs_select_meets(const struct nrs_select_case *c);

/* What an indicator says; lists have a line feed between. */
struct nrs_span nrs_select_list(const struct nrs_select_case *c,
				enum nrs_select_list list);
bool nrs_select_number(const struct nrs_select_case *c,
		       enum nrs_select_number number, int64_t *out);
uint32_t nrs_select_types(const struct nrs_select_case *c);

/* Does @text have this form, "word" or "start*"? */
bool nrs_select_fits(struct nrs_span text, const char *word);

/* Is the first better than the other, for a LIMIT? Never equal. */
bool nrs_select_is_better(const struct nrs_set *set, uint32_t one,
			  uint32_t other);

/* "rule 3, confidence 50 < 70", without words of the indicator. */
void nrs_select_reason(const struct nrs_select_case *c, struct nrs_text *out);
