/* SPDX-License-Identifier: Apache-2.0 */
/*
 * openioc_term: one IndicatorItem as a term of a condition.
 */
#pragma once

#include "loaders/condition.h"

/* Spans are borrowed for the call. */
struct nrs_openioc_item {
	struct nrs_span search;	   /* of its Context: "PortItem/remoteIP" */
	struct nrs_span condition; /* "is", "contains", ... */
	struct nrs_span value;
	bool is_negated;
	bool ignores_case; /* 1.1: preserve-case="false" */
};

/* Add @item to @c, or the reason why it cannot be said. */
void nrs_openioc_term(struct nrs_condition *c,
		      const struct nrs_openioc_item *item);
