/* SPDX-License-Identifier: Apache-2.0 */
/*
 * config_select: the part of the configuration that says what a site wants of
 * what it receives: the policy of loaders/select.h as it is written, and when
 * a feed is not believed any more.
 *
 * Texts are NULL, lists empty where nothing was set. *_s are seconds.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

struct nrs_config_texts {
	const char *const *items;
	unsigned int count;
};

#define NRS_GUARDS_ALLOW_MAX 64u
#define NRS_EXCEPTIONS_MAX 64u

struct nrs_config_rule {
	unsigned int action; /* enum nrs_select_action */
	const char *name;
	struct nrs_config_texts source, kind, label, phase, sector, marking,
		within;
	unsigned int type; /* bits of NRS_ABOUT_TYPES */
	unsigned int tlp;  /* bits of enum nrs_tlp */
	uint64_t min_confidence, max_confidence;
	unsigned int min_severity, max_severity; /* enum nrs_severity */
	uint64_t min_age_s, max_age_s;
	uint64_t max;
	bool unknown;
};

struct nrs_config_rules {
	const struct nrs_config_rule *items;
	unsigned int count;
};

struct nrs_config_select {
	unsigned int otherwise; /* enum nrs_select_action */
	struct nrs_config_rules rules;
};

/* What shall not alert, and what may all the same. */
struct nrs_config_spared {
	struct nrs_config_texts exceptions; /* files */
	struct nrs_config_texts allowed;    /* networks and names */
};

struct nrs_config_feeds {
	uint64_t shrink_percent, grow_percent; /* 0: never mind */
	uint64_t least;
};

struct nrs_config_posture {
	const char *heightened; /* path of a policy; NULL: one posture only */
	const char *source;	/* that may switch it; NULL: none */
};
