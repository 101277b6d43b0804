/* SPDX-License-Identifier: Apache-2.0 */
/*
 * comparison: one term of another format, "property, how, value", as a
 * comparison of a STIX pattern.
 */
#pragma once

#include "loaders/condition.h"

enum nrs_how {
	NRS_HOW_IS,
	NRS_HOW_CONTAINS,
	NRS_HOW_STARTS,
	NRS_HOW_ENDS,
	NRS_HOW_MATCHES, /* a regular expression */
	NRS_HOW_ABOVE,
	NRS_HOW_BELOW,
	NRS_HOW_AT_LEAST,
	NRS_HOW_AT_MOST,
	NRS_HOW_BETWEEN, /* "5-9", ends included: numbers and addresses */
};

enum nrs_value_kind {
	NRS_VALUE_TEXT,
	NRS_VALUE_NUMBER,
	NRS_VALUE_ADDRESS, /* of a path that takes both families */
	NRS_VALUE_IP,	   /* ipv4-addr:value or ipv6-addr:value, by value */
};

struct nrs_comparison {
	const char *path; /* "file:name"; of NRS_VALUE_IP: not used */
	enum nrs_value_kind kind;
	enum nrs_how how;
	bool is_negated;
	bool ignores_case;
	struct nrs_span value;
};

/* Add @comparison to @c, or the reason why STIX cannot say it. */
void nrs_comparison_add(struct nrs_condition *c,
			const struct nrs_comparison *comparison);
