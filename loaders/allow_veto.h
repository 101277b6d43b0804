/* SPDX-License-Identifier: Apache-2.0 */
/*
 * allow_veto: what is telling about a test of a pattern, and whether it is
 * covered.
 */
#pragma once

#include "engine/pattern.h"
#include "loaders/allow_inside.h"

enum nrs_allow_rest {
	NRS_ALLOW_NEUTRAL, /* says nothing of its own: a port, a negation */
	NRS_ALLOW_COVERED,
	NRS_ALLOW_LEFT, /* something telling that no exception covers */
};

/* One indicator that is asked about. */
struct nrs_allow_case {
	struct nrs_allow *allow;
	struct nrs_allow_ask ask;	     /* source and time are set */
	const struct nrs_allow_entry *first; /* that covered something */
};

enum nrs_allow_rest nrs_allow_test(struct nrs_allow_case *c,
				   const struct nrs_test *test);

/* A whole pattern. */
enum nrs_allow_rest nrs_allow_pattern(struct nrs_allow_case *c,
				      const struct nrs_node *root);

/* The value of a list. */
enum nrs_allow_rest nrs_allow_shape(struct nrs_allow_case *c,
				    const struct nrs_indicator *item);
