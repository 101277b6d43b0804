/* SPDX-License-Identifier: Apache-2.0 */
/*
 * config_judging: the part of the configuration that says what a hit is worth:
 * own hosts, what was called false, and rules of the site's own; and whose own
 * networks are.
 *
 * Texts are NULL, lists empty where nothing was set.
 */
#pragma once

#include "app/config_select.h"
#include "engine/tenants.h"

#define NRS_ASSET_FILES_MAX 16u
#define NRS_CLASS_RULES_MAX 64u

struct nrs_config_class {
	unsigned int grade;	/* enum nrs_class, less one */
	unsigned int direction; /* bits of enum nrs_direction; 0: any */
	unsigned int min_outcome, max_outcome; /* enum nrs_outcome */
	unsigned int importance;	       /* enum nrs_importance */
	unsigned int match;		       /* 0: any, 1: close, 2: exact */
	uint64_t min_confidence;
	const char *indicator, *source;
};

struct nrs_config_classes {
	const struct nrs_config_class *items;
	unsigned int count;
};

/* Patterns of several observations. */
struct nrs_config_correlating {
	uint64_t window_s;
	uint64_t candidates;
};

struct nrs_config_tenants {
	const struct nrs_tenant *items;
	unsigned int count;
};

struct nrs_config_judging {
	struct nrs_config_tenants tenants;
	struct nrs_config_texts assets;	      /* lines of assets.h */
	struct nrs_config_texts asset_files;  /* paths */
	struct nrs_config_texts suppressions; /* paths */
	struct nrs_config_classes classes;
};
